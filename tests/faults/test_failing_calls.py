"""Each call of the system may fail, at each place of a job: the error is told, and nothing is lost.

After every failure the archive has each article as before or as it was to become, all that was acknowledged
is there, readers are served one or the other, and one `catch-up` makes `check` content.

`make test` takes a sample; FAULTS=all, as `make torture` sets it, takes every call.
"""

from __future__ import annotations

import errno
import os
import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from indexer import inspection, jobs
from indexer.errors import IndexerError
from tests.faults.calls import KINDS, failing
from tests.faults.small_home import SETTINGS, WORDS, archived_words, found_words, small_home, write_articles

SEED = os.environ.get("TORTURE_SEED") or "7"
ALL = os.environ.get("FAULTS") == "all"
SAMPLE = 3
"""Calls of a kind that fail in one job; the first and the last are always among them."""
ERRORS = {
    "open": errno.EMFILE, "write": errno.ENOSPC, "fsync": errno.EIO, "rename": errno.EIO,
    "replace": errno.ENOSPC, "unlink": errno.EIO, "mkdir": errno.ENOSPC, "mmap": errno.ENOMEM,
}  # fmt: skip
AFTER = WORDS | {"a1": "a1b", "m1": "m1", "m2": "m2"}
"""What the archive has when the job is done."""


def first(home: Path, file: Path) -> None:
    """Into a home that is not there yet."""
    jobs.add(home, [file], settings=SETTINGS)


def more(home: Path, file: Path) -> None:
    """Into the index that serves."""
    jobs.add(home, [file], settings=SETTINGS)


def rebuilt(home: Path, file: Path) -> None:
    """Into an archive without its index, then a new index beside that one."""
    del file
    jobs.reindex(home, settings=SETTINGS)


JOBS: dict[str, Callable[[Path, Path], None]] = {"first": first, "more": more, "rebuilt": rebuilt}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a home, and a file that changes one article and has two more."""
    folder = tmp_path_factory.mktemp("made")
    small_home(folder)
    write_articles(folder / "more.jsonl", AFTER)
    return folder


def trials(count: int, chance: random.Random) -> Iterator[int]:
    """Which calls are to fail, of so many."""
    chosen = set(range(count)) if ALL else {0, count - 1, *(chance.randrange(count) for _ in range(SAMPLE))}
    return iter(sorted(n for n in chosen if 0 <= n < count)) if count else iter(())


@pytest.mark.parametrize("job", JOBS)
@pytest.mark.parametrize("kind", KINDS)
def test_any_call_may_fail(made: Path, tmp_path: Path, job: str, kind: str) -> None:
    before = {} if job == "first" else WORDS
    after = WORDS if job == "rebuilt" else AFTER
    home = tmp_path / "home"
    fresh(made, home, job)
    with failing(kind, -1, 0, only=str(home)) as calls:
        JOBS[job](home, made / "more.jsonl")
    chance = random.Random(f"{SEED} {job} {kind}")  # noqa: S311 -- dice of a test
    told = tried = 0
    for nth in trials(calls.counted, chance):
        fresh(made, home, job)
        place = f"{kind} {nth} of {calls.counted} in {job}"
        message = ""
        with failing(kind, nth, ERRORS[kind], only=str(home)) as failed:
            try:
                JOBS[job](home, made / "more.jsonl")
            except IndexerError as error:
                message = str(error)
        done = not message
        assert failed.failed or done, place
        tried += bool(failed.failed)
        told += not done
        look(home, before, after, done=done, place=f"{place} ({failed.failed})")
    print(f"{job}, {kind}: {tried} of {calls.counted} calls failed, {told} told")  # noqa: T201 -- for torture


def fresh(made: Path, home: Path, job: str) -> None:
    """The home as the job finds it."""
    shutil.rmtree(home, ignore_errors=True)
    if job != "first":
        shutil.copytree(made / "home", home)


def look(home: Path, before: dict[str, str], after: dict[str, str], *, done: bool, place: str) -> None:
    """What is left of a job in which something failed."""
    archived = archived_words(home) if (home / "archive.db").exists() else {}
    for article_id in {*before, *after}:
        allowed = {after[article_id]} if done else {before.get(article_id), after[article_id]}
        assert archived.get(article_id) in allowed, place
    if (home / "index" / "CURRENT").exists():
        found = found_words(home)
        for article_id in {*before, *after}:
            allowed = {after[article_id]} if done else {before.get(article_id), after[article_id]}
            assert found.get(article_id) in allowed, f"{place}: the index has {article_id} otherwise"
    if not (home / "archive.db").exists():
        return
    jobs.catch_up(home, settings=SETTINGS)
    assert inspection.check(home) == [], place
    assert found_words(home) == archived, place
    left = [path.name for path in home.rglob("*.tmp")]
    assert not left, f"{place}: {left} is left over"
