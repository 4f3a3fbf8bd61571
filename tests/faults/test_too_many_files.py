"""When nothing more can be opened, no file counts as damaged: nothing is built anew, nothing thrown away."""

from __future__ import annotations

import errno
import os
from contextlib import closing
from pathlib import Path

import pytest

from indexer import inspection, jobs
from indexer.errors import IndexDamaged, IndexUnavailable
from indexer.generations import current_name
from indexer.library import Library
from indexer.unreadable import unreadable
from tests.faults.calls import failing
from tests.faults.small_home import SETTINGS, found_words, small_home, write_articles

NO_MORE_FILES = OSError(errno.EMFILE, "Too many open files")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Four articles that an index serves."""
    return small_home(tmp_path)


@pytest.mark.parametrize("place", ["CURRENT", "manifest.json", "state.json", "ar.tsv", ".toc", ".columns"])
def test_a_job_archives_and_builds_nothing(home: Path, tmp_path: Path, place: str) -> None:
    """Whatever file it is that cannot be opened: the job says so, and the next one brings the index up."""
    serving = current_name(home)
    more = write_articles(tmp_path / "more.jsonl", {"m1": "m1"})
    with failing("open", 0, errno.EMFILE, only=place, every=True) as calls:
        with pytest.raises(IndexUnavailable, match="Too many open files"):
            jobs.add(home, [more], settings=SETTINGS)
        assert calls.failed
    assert current_name(home) == serving
    assert inspection.check(home) == ["1 articles wait for the index; run `dalil catch-up`"]
    assert jobs.catch_up(home, settings=SETTINGS).generation == serving
    assert inspection.check(home) == []
    assert found_words(home)["m1"] == "m1"


def test_a_server_goes_on_with_what_it_has_open(home: Path, tmp_path: Path) -> None:
    """A commit that it cannot open is seen when it can."""
    with closing(Library(home)) as library:
        before = library.snapshot()
        jobs.add(home, [write_articles(tmp_path / "more.jsonl", {"m1": "m1"})], settings=SETTINGS)
        with failing("open", 0, errno.EMFILE, only=".columns") as calls:
            library.look()
            assert library.snapshot() is before
            assert set(before.engine.ids()) == {"a0", "a1", "a2", "a3"}
            assert calls.failed
        library.look()
        assert set(library.snapshot().engine.ids()) == {"a0", "a1", "a2", "a3", "m1"}


def test_a_new_generation_that_cannot_be_opened_is_seen_later(home: Path) -> None:
    """Twice in vain, and the one before answers all the while."""
    with closing(Library(home)) as library:
        before = library.snapshot()
        jobs.reindex(home, settings=SETTINGS)
        with failing("open", 0, errno.EMFILE, only="gen-000002", every=True):
            for _ in range(3):
                library.look()
                assert library.snapshot() is before
                assert len(set(before.engine.ids())) == 4
        library.look()
        assert library.snapshot().generation == "gen-000002"


def test_a_server_that_has_nothing_yet_says_why(home: Path) -> None:
    with (
        closing(Library(home)) as library,
        failing("open", 0, errno.EMFILE, only="manifest.json"),
        pytest.raises(IndexUnavailable, match=r"manifest\.json cannot be read now"),
    ):
        library.snapshot()


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (NO_MORE_FILES, IndexUnavailable),
        (MemoryError(), IndexUnavailable),
        (PermissionError(errno.EACCES, os.strerror(errno.EACCES)), IndexUnavailable),
        (OSError(errno.EIO, os.strerror(errno.EIO)), IndexDamaged),
        (FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT)), IndexDamaged),
        (ValueError("no JSON"), IndexDamaged),
    ],
)
def test_what_is_damage(error: Exception, kind: type[Exception]) -> None:
    """A disk that cannot read a block is: the new index stands on others."""
    assert type(unreadable("x", error)) is kind
