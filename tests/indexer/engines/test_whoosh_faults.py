"""A commit that fails at any point: the last state is served, nothing is left over, the next one works."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from itertools import chain, count
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from indexer.engines.base import Change, Delete, SearchRequest, Upsert
from indexer.engines.query import Everything, Term
from indexer.engines.whoosh_engine import WhooshEngine, merge_policy, writing
from indexer.engines.whoosh_engine.codec.segment_file import SegmentFileWriter

from .documents import FIELD, document

_BEFORE: list[Change] = [Upsert(document(f"a{n}", {"text": f"cat w{n}", "lang": "en"})) for n in range(5)]
_SMALL: list[Change] = [Upsert(document("b", {"text": "cat bird"})), Delete("a1")]
_MERGING: list[Change] = [Upsert(document(f"b{n}", {"text": "cat bird"})) for n in range(4)]


def _state(engine: WhooshEngine) -> tuple[list[str], int]:
    return sorted(engine.ids()), engine.search(SearchRequest(Term(FIELD, "cat"))).total


def _names(folder: Path) -> set[str]:
    """Files that are no lock."""
    return {path.name for path in folder.iterdir() if not path.name.endswith("LOCK")}


class _Failing:
    """Lets a function fail at its n-th call from now on."""

    def __init__(self, function: Callable[..., Any], nth: int, error: type[BaseException]) -> None:
        self._function = function
        self._left = nth
        self._error = error
        self.failed = False

    def __call__(self, *args: Any, **options: Any) -> Any:
        self._left -= 1
        if self._left == 0:
            self.failed = True
            raise self._error(errno.ENOSPC, "No space left on device")
        return self._function(*args, **options)


_FAULTS = {
    "write": (SegmentFileWriter, "_write"),
    "fsync": (os, "fsync"),
    "name of a segment": (Path, "replace"),
    "name of a table of contents": (os, "rename"),
}


@pytest.mark.parametrize("changes", [_SMALL, _MERGING], ids=["small", "merging"])
@pytest.mark.parametrize("fault", _FAULTS)
@pytest.mark.parametrize("error", [OSError, KeyboardInterrupt])
def test_a_commit_may_fail_anywhere(
    tmp_path: Path, fault: str, changes: list[Change], error: type[BaseException]
) -> None:
    """At many writes, at each fsync, at each renaming, one after the other, until a commit succeeds."""
    owner, name = _FAULTS[fault]
    with patch.object(writing, "SPILL", 4), patch.object(merge_policy, "FACTOR", 2):
        engine = WhooshEngine.create(tmp_path)
        engine.apply(_BEFORE)
        before, files = _state(engine), _names(tmp_path)
        for nth in chain(range(1, 12), count(12, 11 if fault == "write" else 1)):
            original = getattr(owner, name)
            failing = _Failing(original, nth, error)
            replacement = (lambda *a, _f=failing, **o: _f(*a, **o)) if isinstance(owner, type) else failing
            with patch.object(owner, name, replacement):
                try:
                    engine.apply(changes)
                except error:
                    assert failing.failed
                else:
                    assert not failing.failed
                    break
            assert _state(engine) == before
            assert _names(tmp_path) == files
            with closing(WhooshEngine.open(tmp_path, read_only=True)) as other:
                assert _state(other) == before
        assert nth > 1, "nothing failed"
        _assert_applied(engine, changes)
        engine.close()
        with closing(WhooshEngine.open(tmp_path)) as other:
            _assert_applied(other, changes)


def _assert_applied(engine: WhooshEngine, changes: list[Change]) -> None:
    added = {change.document.id for change in changes if isinstance(change, Upsert)}
    gone = {change.id for change in changes if isinstance(change, Delete)}
    expected = ({f"a{n}" for n in range(5)} | added) - gone
    assert _state(engine) == (sorted(expected), len(expected))
    assert engine.damage() == []


def test_what_a_killed_writer_left_is_taken_away(tmp_path: Path) -> None:
    """A segment without a table of contents, files in the making: they go with the next commit."""
    with closing(WhooshEngine.create(tmp_path)) as engine:
        left = ["MAIN_abcdefgh12345678.columns", ".MAIN_abc.columns.77.tmp", "_MAIN_7.toc.1790000000.5"]
        for name in left:
            (tmp_path / name).write_bytes(b"half")
        (tmp_path / "notes.txt").write_bytes(b"not ours")
        engine.apply(_BEFORE)
        assert not _names(tmp_path).intersection(left)
        assert "notes.txt" in _names(tmp_path)


_CHILD = """
import resource, signal, sys
from pathlib import Path
from indexer.engines.base import Occurrences, IndexDocument, Upsert
from indexer.engines.whoosh_engine import WhooshEngine
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
engine = WhooshEngine.open(Path(sys.argv[1]))
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
words = [f"word{n}" for n in range(3000)]
try:
    engine.apply([Upsert(IndexDocument("b", {"en.stem": Occurrences(words, [1.0] * 3000, range(3000))}))])
except OSError as error:
    sys.exit(f"told: {error}")
"""


@pytest.mark.parametrize("room", [0, 100, 3000, 20_000])
def test_a_full_disk(tmp_path: Path, room: int) -> None:
    """The operating system refuses to write on: the child says so, and the index is as it was."""
    with closing(WhooshEngine.create(tmp_path)) as engine:
        engine.apply(_BEFORE)
        before, files = _state(engine), _names(tmp_path)
    command = [sys.executable, "-W", "error", "-c", _CHILD, str(tmp_path), str(room)]
    child = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)  # noqa: S603 -- our own
    assert child.stderr.startswith("told: [Errno 27]"), child.stderr
    assert child.returncode == 1
    assert _names(tmp_path) == files
    with closing(WhooshEngine.open(tmp_path)) as engine:
        assert _state(engine) == before
        engine.apply(_SMALL)
        assert engine.search(SearchRequest(Everything())).total == 5
