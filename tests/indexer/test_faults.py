"""A job that is cut off anywhere loses nothing: the same command again does the rest."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from indexer import inspection, jobs
from indexer.archive import Archive
from indexer.config import Settings
from indexer.errors import ArchiveError
from indexer.generations import Generation, open_current
from indexer.library import Library

News = Callable[[int], list[dict[str, str]]]
Write = Callable[..., Path]

_RUN = """
import sys
from pathlib import Path
from indexer import jobs

jobs.add(Path(sys.argv[1]), [Path(sys.argv[2])])
"""


class CutOffError(BaseException):
    """As if the process ended here."""


def cut_off(*_: object) -> None:
    raise CutOffError


def test_cut_off_between_archive_and_index(
    home: Path, write: Write, news: News, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Adding the same file again changes no article, and brings the index up all the same."""
    jobs.add(home, [write(news(4))])
    path = write(news(6))
    with monkeypatch.context() as patch:
        patch.setattr("indexer.job.bring_up", cut_off)
        with pytest.raises(CutOffError):
            jobs.add(home, [path])
    assert inspection.status(home).behind == 2
    assert inspection.check(home) == ["2 articles wait for the index; run `dalil catch-up`"]
    receipt = jobs.add(home, [path])
    assert (receipt.new, receipt.unchanged, receipt.indexed) == (0, 6, 2)
    assert inspection.check(home) == []


def test_cut_off_between_commit_and_state(
    home: Path, write: Write, news: News, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The index has more than its state says; the changes are applied once more, which changes nothing."""
    jobs.add(home, [write(news(4))])
    with monkeypatch.context() as patch:
        patch.setattr(Generation, "save_sequence", cut_off)
        with pytest.raises(CutOffError):
            jobs.add(home, [write(news(6))])
    library = Library(home)
    assert len(set(library.snapshot().engine.ids())) == 6
    assert library.behind() == 2
    assert jobs.catch_up(home).indexed == 2
    assert inspection.check(home) == []
    assert len(list(library.snapshot().engine.ids())) == 6
    library.close()


def test_cut_off_while_the_engine_writes(
    home: Path, write: Write, news: News, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs.add(home, [write(news(4))])
    with monkeypatch.context() as patch:
        patch.setattr("indexer.engines.whoosh_engine.writing.write_commit", cut_off)
        with pytest.raises(CutOffError):
            jobs.add(home, [write(news(6))])
    assert len(set(Library(home).snapshot().engine.ids())) == 4
    jobs.catch_up(home)
    assert inspection.check(home) == []


def test_cut_off_while_reading_keeps_what_was_archived(home: Path, write: Write, news: News) -> None:
    def stop(_phase: str, done: int, _total: int | None) -> None:
        if done >= 700:
            raise CutOffError

    path = write(news(900))
    with pytest.raises(CutOffError):
        jobs.add(home, [path], progress=stop)
    receipt = jobs.add(home, [path])
    assert (receipt.new, receipt.unchanged, receipt.indexed) == (400, 500, 900)
    assert inspection.check(home) == []


def test_changes_made_while_an_index_is_built_are_in_it(home: Path, write: Write, news: News) -> None:
    """Whoever else writes to the archive meanwhile: the change log is replayed before the index serves."""
    jobs.add(home, [write(news(6))])
    archive = Archive.open(home / "archive.db")

    def publish(phase: str, done: int, total: int | None) -> None:
        if phase == "index" and done == total:
            archive.delete(["0"])

    jobs.reindex(home, progress=publish)
    archive.close()
    assert inspection.check(home) == []
    assert "0" not in set(Library(home).snapshot().engine.ids())


def test_a_restored_older_archive_gets_an_index_of_its_own(home: Path, write: Write, news: News) -> None:
    """The index knows changes that this archive never had."""
    jobs.add(home, [write(news(4))])
    old = (home / "archive.db").read_bytes()
    jobs.add(home, [write(news(6))])
    (home / "archive.db").write_bytes(old)
    assert "index of another archive" in inspection.check(home)[0]
    assert jobs.catch_up(home).generation == "gen-000002"
    assert inspection.check(home) == []


def test_a_full_disk_is_told_and_loses_nothing(
    home: Path, write: Write, news: News, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    jobs.add(home, [write(news(4))])
    with monkeypatch.context() as patch:
        patch.setattr("indexer.engines.whoosh_engine.durable_storage.DurableStorage.rename_file", full)
        with pytest.raises(ArchiveError, match="No space left on device"):
            jobs.add(home, [write(news(6))])
    assert len(set(Library(home).snapshot().engine.ids())) == 4
    assert jobs.catch_up(home).indexed == 2
    assert inspection.check(home) == []


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="rights do not bind this user")
def test_a_home_without_rights_is_told(home: Path, write: Write, news: News) -> None:
    path = write(news(2))
    home.mkdir(mode=0o500)
    with pytest.raises(ArchiveError, match=r"cannot be written .*Permission denied"):
        jobs.add(home, [path])


def test_a_home_that_is_a_file_is_told(write: Write, news: News) -> None:
    path = write(news(2))
    with pytest.raises(ArchiveError, match="cannot be written"):
        jobs.add(path, [path])


@pytest.mark.parametrize("after_s", [0.3, 0.9, 1.5, 2.1])
def test_a_killed_job_leaves_a_home_that_the_next_one_completes(
    home: Path, write: Write, news: News, after_s: float
) -> None:
    """SIGKILL, wherever it strikes: no lock stays, no article is lost, index and archive agree in the end."""
    path = write(news(1_500))
    process = subprocess.Popen([sys.executable, "-c", _RUN, str(home), str(path)])  # noqa: S603 -- our own command
    deadline = time.monotonic() + 30
    while not (home / "lock").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    time.sleep(after_s)
    process.send_signal(signal.SIGKILL)
    process.wait()
    receipt = jobs.add(home, [path], settings=Settings(lock_wait_s=1))
    assert receipt.new + receipt.unchanged == 1_500
    assert inspection.check(home) == []
    assert len(list(Library(home).snapshot().engine.ids())) == 1_500
    assert json.loads((home / "index" / receipt.generation / "state.json").read_text())["sequence"] == 1_500


def test_two_jobs_at_once_take_turns(home: Path, write: Write, news: News) -> None:
    first, second = (
        write(news(40), "a.jsonl"),
        write([a | {"id": f"b{a['id']}"} for a in news(40)], "b.jsonl"),
    )
    processes = [
        subprocess.Popen([sys.executable, "-c", _RUN, str(home), str(path)])  # noqa: S603 -- our own command
        for path in (first, second)
    ]
    assert [process.wait(60) for process in processes] == [0, 0]
    assert inspection.check(home) == []
    assert open_current(home).engine.statistics().documents == 80
