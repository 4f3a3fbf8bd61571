"""One writer per home: others wait, are told who writes, and never find the lock of a dead process."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from indexer.errors import LockHeld
from indexer.writer_lock import build_lock, holder_of, writer_lock

_HOLD = """
import sys, time
from pathlib import Path
from indexer.writer_lock import writer_lock

with writer_lock(Path(sys.argv[1]), 0):
    print("held", flush=True)
    time.sleep(float(sys.argv[2]))
"""


@contextmanager
def holder(home: Path, seconds: float) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the lock for so long."""
    words = [sys.executable, "-c", _HOLD, str(home), str(seconds)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 -- our own command
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_whoever_waits_is_told_who_writes(tmp_path: Path) -> None:
    with holder(tmp_path, 60) as process:
        told = (
            rf"process {process.pid} on \S+ \(-c {tmp_path} 60, since 20.+\) is writing to {tmp_path} and did"
        )
        with pytest.raises(LockHeld, match=told), writer_lock(tmp_path, 0.2):
            pass
        assert holder_of(tmp_path).startswith(f"process {process.pid} on ")


def test_the_lock_of_a_killed_process_is_free_at_once(tmp_path: Path) -> None:
    with holder(tmp_path, 60) as process:
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert holder_of(tmp_path) == ""
        with writer_lock(tmp_path, 0):
            pass


def test_waiting_ends_when_the_holder_is_done(tmp_path: Path) -> None:
    started = time.monotonic()
    with holder(tmp_path, 0.5), writer_lock(tmp_path, 20):
        waited = time.monotonic() - started
    assert waited < 15


_TURNS = """
import sys, time
from pathlib import Path
from indexer.writer_lock import writer_lock

until = time.monotonic() + float(sys.argv[2])
while time.monotonic() < until:
    with writer_lock(Path(sys.argv[1]), 5):
        print("held", flush=True)
        # Another one that waits is not seen by who has the lock, and gets it between two turns.
        time.sleep(0.15)
"""


def test_short_turns_of_another_are_waited_for_and_a_long_hold_is_not(tmp_path: Path) -> None:
    """One that publishes article after article is not busy: patience is for one hold, not for all of them."""
    words = [sys.executable, "-c", _TURNS, str(tmp_path), "1.5"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 -- our own command
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        with writer_lock(tmp_path, 0.4, 30):
            pass
        process.kill()
    with holder(tmp_path, 60):
        started = time.monotonic()
        with pytest.raises(LockHeld), writer_lock(tmp_path, 0.4, 30):
            pass
        assert time.monotonic() - started < 10


def test_an_error_frees_the_lock(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="x"), writer_lock(tmp_path, 0):
        raise ValueError("x")
    with writer_lock(tmp_path, 0):
        pass


def test_writing_and_building_are_two_locks(tmp_path: Path) -> None:
    with (
        writer_lock(tmp_path, 0),
        build_lock(tmp_path, 0),
        pytest.raises(LockHeld, match="is building"),
        build_lock(tmp_path, 0),
    ):
        pass


def test_a_lock_file_that_says_nothing_names_no_one(tmp_path: Path) -> None:
    with writer_lock(tmp_path, 0):
        (tmp_path / "lock").write_text("{", encoding="utf-8")
        with pytest.raises(LockHeld, match="another process is writing"), writer_lock(tmp_path, 0):
            pass
