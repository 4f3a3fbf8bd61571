"""What every job that writes does: hold the home, bring up the index, ask the canaries, leave a receipt."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from .archive import Archive, PutCounts
from .archive_place import archive_name, has_archive, is_shared, open_archive
from .canaries import CanaryReport, ask_canaries
from .config import Settings, load_settings
from .errors import ArchiveError
from .generation_sharing import GenerationSharing
from .generations import Generation, serving_sequence
from .indexing import Progress, Rules, bring_up, silent
from .manifest import Manifest
from .receipts import SHOWN_REJECTS, Receipt
from .refused import ids_of, refused
from .sources import reading_rules
from .unwritable import unwritable
from .writer_lock import writer_lock

Lock = Callable[[Path, float], AbstractContextManager[None]]


@dataclass(frozen=True, slots=True)
class Job:
    """A home held for writing."""

    home: Path
    archive: Archive
    progress: Progress
    settings: Settings
    started: float
    """By `time.perf_counter`."""
    began_at: float
    """By the system's clock, in epoch seconds."""
    sharing: GenerationSharing
    indexed: int
    """The last change that the serving index had when the job began."""
    released: int
    """Articles whose embargo was over when the job began."""

    def rules(self) -> Rules:
        """How the settings want indexes to be brought up."""
        return Rules(
            self.progress,
            self.settings.commit_every,
            self.settings.keep_generations,
            pass_on=self.sharing.pass_on,
        )

    def finish(self, receipt: Receipt) -> Receipt:
        """Bring the index up, then write down what the job did."""
        generation, indexed = bring_up(self.home, self.archive, self.rules())
        return self.receipt(replace(receipt, indexed=indexed), generation)

    def receipt(self, receipt: Receipt, generation: Generation) -> Receipt:
        """The receipt with the state of the index, kept in the archive too."""
        searchable = time.perf_counter() - self.started
        try:
            refusals = tuple(refused(self.archive, self.began_at).values())
            canaries = self.canaries(generation)
            sequence = generation.sequence()
        finally:
            generation.engine.close()
        receipt = replace(
            receipt,
            rejected=receipt.rejected + len(refusals),
            rejects=(*receipt.rejects, *refusals)[:SHOWN_REJECTS],
            released=self.released,
            generation=generation.name,
            sequence=sequence,
            rules=rules_hash(),
            canaries=canaries.passed,
            canary_failures=canaries.failures,
            searchable_s=searchable,
            seconds=time.perf_counter() - self.started,
        )
        self.archive.record_job(receipt.job, receipt.as_dict())
        return receipt

    def canaries(self, generation: Generation) -> CanaryReport:
        """Ask a generation for what it was given since the job began, and what the operator wants asked."""
        missing = ids_of(self.archive, generation)
        changed = [one for one in self.archive.changed_since(self.indexed) if one not in missing]
        return ask_canaries(generation, self.archive, changed, self.settings.canaries)


@contextmanager
def start_job(
    home: Path,
    progress: Progress | None,
    settings: Settings | None,
    *,
    create: bool = False,
    lock: Lock = writer_lock,
) -> Iterator[Job]:
    """Hold a home; articles whose embargo is over are let out first.

    `create`: the home may be new. `lock`: what is held; with another than the writer's, nothing is let out.
    Raises `LockHeld`, `ArchiveError`, `ConfigError`.
    """
    started, began_at = time.perf_counter(), time.time()
    settings = settings or load_settings(home)
    if not create and not home.is_dir() and not (is_shared(home) and has_archive(home)):
        where = archive_name(home) if is_shared(home) else home
        raise ArchiveError(f"there is no archive in {where}; add articles with `dalil add PATH`")
    try:
        home.mkdir(parents=True, exist_ok=True)
        with lock(home, settings.lock_wait_s):
            # For a writer, an archive of an older Dalil gets the tables that it lacks.
            may_write = create or has_archive(home)
            archive = open_archive(home, create=may_write, lock_wait_s=settings.lock_wait_s)
            sharing = GenerationSharing(home)
            try:
                sharing.take_over()
                due = archive.publish_due() if lock is writer_lock else PutCounts()
                released = due.new + due.changed + due.unchanged
                indexed = serving_sequence(home)
                told = progress or silent
                yield Job(home, archive, told, settings, started, began_at, sharing, indexed, released)
            finally:
                sharing.close()
                archive.close()
    except OSError as error:
        raise unwritable(home, error) from error


@cache
def rules_hash() -> str:
    """16 hex digits over all that decides what is read from a file and which terms an article becomes."""
    rules = Manifest.of({}, 0, "")
    decides = [reading_rules(), rules.schema, rules.analyzers, rules.icu]
    return hashlib.sha256(json.dumps(decides, sort_keys=True).encode()).hexdigest()[:16]


def counted(receipt: Receipt, counts: PutCounts) -> Receipt:
    """A receipt with what became of the articles that were put in."""
    return replace(
        receipt,
        new=counts.new,
        changed=counts.changed,
        unchanged=counts.unchanged,
        held=counts.held,
        removed=receipt.removed + counts.hidden,
    )
