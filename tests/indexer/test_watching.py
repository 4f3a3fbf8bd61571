"""Watched folders: read when they rest, again when they change, and left in peace when asked to stop."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from indexer import inspection, jobs, watching
from indexer.archive_place import open_archive
from indexer.receipts import Receipt
from indexer.watching import Pace, look, watch_sources
from indexer.writer_lock import writer_lock

News = Callable[[int], list[dict[str, str]]]
Write = Callable[..., Path]
Step = Callable[[], object]

_RUN = """
import click
from pathlib import Path
from indexer import cli

group = click.Group()
cli.register(group)
group(obj=cli.Context(Path({home!r})))
"""


class Clock:
    """Does the next step at each wait, and stops when there is none."""

    def __init__(self, *steps: Step) -> None:
        self.steps = list(steps)
        self.waits: list[float] = []
        self.told: list[Receipt | Exception] = []

    def wait(self, seconds: float) -> bool:
        self.waits.append(seconds)
        if not self.steps:
            return True
        self.steps.pop(0)()
        return False


def rest() -> None:
    """Nothing happens."""


def counts(clock: Clock) -> list[tuple[int, int, int]]:
    return [
        (told.new, told.changed, told.removed) if isinstance(told, Receipt) else (-1, -1, -1)
        for told in clock.told
    ]


def test_a_folder_is_read_when_it_changes(home: Path, write: Write, news: News) -> None:
    folder = write(news(3), "news/a.jsonl").parent
    clock = Clock(rest, rest, lambda: write(news(4), "news/a.jsonl"), rest, rest)
    watch_sources(home, [folder], clock.told.append, clock.wait)
    assert counts(clock) == [(3, 0, 0), (1, 0, 0)]
    assert inspection.check(home) == []


def test_files_are_read_once_they_rest(home: Path, write: Write, news: News) -> None:
    """A file that is still being written is not read half."""
    folder = write(news(1), "news/a.jsonl").parent
    growing = [lambda n=n: write(news(n), "news/a.jsonl") for n in range(2, 6)]
    clock = Clock(*growing, rest, rest)
    watch_sources(home, [folder], clock.told.append, clock.wait, pace=Pace(every_s=7, settle_s=3))
    assert counts(clock) == [(5, 0, 0)]
    assert clock.waits == [3, 3, 3, 3, 3, 7, 7]


def test_a_file_that_never_rests_is_read_all_the_same(home: Path, write: Write, news: News) -> None:
    folder = write(news(1), "news/a.jsonl").parent
    growing = [lambda n=n: write(news(n), "news/a.jsonl") for n in range(2, 33)]
    clock = Clock(*growing)
    watch_sources(home, [folder], clock.told.append, clock.wait)
    assert counts(clock)[0] == (31, 0, 0)


def test_an_embargo_ends_while_watching(home: Path, write: Write) -> None:
    soon = (datetime.now(UTC) + timedelta(seconds=0.5)).isoformat()
    folder = write([{"id": "1", "title": "خبر", "publish_at": soon}], "news/a.jsonl").parent
    clock = Clock(rest, lambda: time.sleep(0.6), rest)
    watch_sources(home, [folder], clock.told.append, clock.wait)
    held, released = clock.told
    assert isinstance(held, Receipt)
    assert isinstance(released, Receipt)
    assert (held.held, released.released, inspection.status(home).indexed) == (1, 1, 1)


def test_an_error_that_lasts_is_told_once_and_tried_again(home: Path, write: Write, news: News) -> None:
    folder = home.parent / "news"
    clock = Clock(*[rest] * 6, lambda: write(news(2), "news/a.jsonl"), rest, rest)
    watch_sources(home, [folder], clock.told.append, clock.wait)
    assert counts(clock) == [(-1, -1, -1), (2, 0, 0)]
    assert "does not exist, and nothing was removed" in str(clock.told[0])


def test_another_job_is_waited_for(
    home: Path, write: Write, news: News, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who is publishing meanwhile is no error."""
    folder = write(news(2), "news/a.jsonl").parent
    jobs.add(home, [folder])
    monkeypatch.setenv("DALIL_LOCK_WAIT_S", "0")
    lock = writer_lock(home, 0)
    lock.__enter__()
    clock = Clock(rest, lambda: lock.__exit__(None, None, None), rest, rest)
    write(news(3), "news/a.jsonl")
    watch_sources(home, [folder], clock.told.append, clock.wait)
    assert counts(clock) == [(1, 0, 0)]


def test_hidden_files_are_not_looked_at(write: Write) -> None:
    folder = write([], "news/a.jsonl").parent
    write([], "news/.b.jsonl")
    write([], "news/.git/c.jsonl")
    assert list(look([folder])) == [str(folder / "a.jsonl")]
    assert look([folder / "nowhere"]) == {}
    assert list(look([folder / "a.jsonl"])) == [str(folder / "a.jsonl")]


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_well(home: Path, write: Write, news: News, number: signal.Signals) -> None:
    """As a service manager does: the job under way is finished, exit code 0, nothing left behind."""
    folder = write(news(3), "news/a.jsonl").parent
    words = ["watch", str(folder), "--settle", "0", "--every", "0.1", "--json"]
    process = subprocess.Popen(  # noqa: S603 -- our own command
        [sys.executable, "-c", _RUN.format(home=str(home)), *words], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    with closing(process.stdout):
        receipt = json.loads(process.stdout.readline())
        process.send_signal(number)
        assert process.wait(30) == 0
    assert receipt["new"] == 3
    assert inspection.check(home) == []
    with closing(open_archive(home)) as archive:
        assert archive.count() == 3


def test_signals_are_given_back() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with watching.StopSignals() as stop:
        assert signal.getsignal(signal.SIGTERM) != before
        assert not stop.wait(0)
        signal.raise_signal(signal.SIGTERM)
        assert stop.wait(0)
        # A second signal ends the process as usual.
        assert signal.getsignal(signal.SIGTERM) == before
    assert signal.getsignal(signal.SIGTERM) == before
