"""Whole indexes: built beside the serving one, taken back, repaired."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from .canaries import ask_canaries, sample_of
from .config import Settings
from .errors import CanariesFailed, IndexDamaged, IndexMissing
from .generations import (
    Generation,
    activate,
    complete_generations,
    current_name,
    index_folder,
    open_generation,
)
from .indexing import Progress, build, catch_up_with, check_complete, is_of
from .inspection import check
from .job import Job, start_job
from .receipts import Receipt
from .writer_lock import build_lock, writer_lock

_LONGEST_WAIT_S = 3_600.0
"""A built index waits so long for a job that is writing: it would be a pity about the work."""


def reindex(
    home: Path,
    *,
    swap_anyway: bool = False,
    progress: Progress | None = None,
    settings: Settings | None = None,
) -> Receipt:
    """Build a new generation beside the serving one and let it serve when it is complete.

    Other jobs publish meanwhile, into the serving generation; the new one gets it too before it serves. It
    does not serve, and `CanariesFailed` is raised, when it lacks an article or does not pass the canaries,
    unless `swap_anyway`.
    """
    with start_job(home, progress, settings, lock=build_lock) as job:

        @contextmanager
        def alone() -> Iterator[None]:
            with writer_lock(home, max(job.settings.lock_wait_s, _LONGEST_WAIT_S)):
                job.archive.publish_due()
                yield

        def approve(generation: Generation) -> None:
            # Without an index that serves, one with a missing canary is better than none.
            if not swap_anyway and complete_generations(home):
                _approve(job, generation)

        rules = replace(job.rules(), alone=alone, approve=approve)
        generation, indexed = build(home, job.archive, rules)
        return job.receipt(Receipt("reindex", indexed=indexed), generation)


def _approve(job: Job, generation: Generation) -> None:
    """Raise `CanariesFailed` unless a sample of all articles is found in it, and what the operator wants."""
    report = ask_canaries(generation, job.archive, sample_of(job.archive.ids()), job.settings.canaries)
    if report.failures:
        raise CanariesFailed(report.failures)


def rollback(
    home: Path, name: str = "", *, progress: Progress | None = None, settings: Settings | None = None
) -> Receipt:
    """Let an older generation serve again, with all that was published since.

    `name`: which; without it the newest before the serving one. Raises `IndexMissing` when there is none,
    `IndexOutOfDate` and `IndexDamaged` when it cannot serve; then the serving one stays.
    """
    with start_job(home, progress, settings) as job, build_lock(home, 0):
        folder = index_folder(home) / (name or _before(home))
        if folder.name not in complete_generations(home):
            kept = ", ".join(complete_generations(home)) or "none"
            raise IndexMissing(f"there is no generation {folder.name}; kept are: {kept}")
        generation = open_generation(folder)
        try:
            _check_origin(job, generation)
            indexed = catch_up_with(job.archive, generation, job.rules())
            check_complete(job.archive, generation)
            activate(generation, job.settings.keep_generations)
            job.sharing.pass_on(generation)
        except BaseException:
            generation.engine.close()
            raise
        return job.receipt(Receipt("rollback", indexed=indexed), generation)


def _check_origin(job: Job, generation: Generation) -> None:
    if not is_of(job.archive, generation):
        raise IndexDamaged(f"{generation.name} is the index of another archive; run `dalil reindex`")


def _before(home: Path) -> str:
    """The newest complete generation before the serving one; the newest of all when none serves."""
    try:
        current = current_name(home)
    except (IndexMissing, IndexDamaged):
        current = ""
    others = [name for name in complete_generations(home) if not current or name < current]
    if not others:
        raise IndexMissing(
            f"there is no generation before {current or 'the first'}; `dalil reindex` makes one, and "
            "keep_generations says how many are kept"
        )
    return others[-1]


@dataclass(frozen=True, slots=True)
class Repair:
    """What `repair` found, did and left."""

    found: tuple[str, ...]
    jobs: tuple[Receipt, ...]
    left: tuple[str, ...]


def repair(home: Path, *, progress: Progress | None = None, settings: Settings | None = None) -> Repair:
    """Mend what `check` finds wrong with the index: catch up first, build a new one if that is not enough.

    A damaged archive is named in `left`: only a backup has what it lost.
    """
    found = tuple(check(home))
    left, done = found, []
    if left:
        with start_job(home, progress, settings) as job:
            done.append(job.finish(Receipt("repair")))
        left = tuple(check(home))
    if left and any("dalil reindex" in problem for problem in left):
        done.append(reindex(home, swap_anyway=True, progress=progress, settings=settings))
        left = tuple(check(home))
    return Repair(found, tuple(done), left)
