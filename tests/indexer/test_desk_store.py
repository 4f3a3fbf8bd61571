"""What editors keep outlives the process, and is safe beside other processes."""

from __future__ import annotations

import sqlite3
import stat
import time
from pathlib import Path

import pytest

from indexer.archive import desk_store
from indexer.archive.desk_store import FILE, DeskStore
from indexer.errors import ArchiveError


def test_searches_are_kept(tmp_path: Path) -> None:
    """With what was known of them; a visit changes what was seen, not what was known."""
    first = DeskStore(tmp_path)
    saved = first.save("Lũ", "vi", "q=l%C5%A9", ["a", "b"])
    first.close()
    store = DeskStore(tmp_path)
    assert store.saved() == [saved]
    assert store.visit(saved.token, ["b", "c"])
    found = store.saved_by(saved.token)
    assert found is not None
    assert (set(found.known), set(found.seen)) == ({"a", "b"}, {"b", "c"})
    assert found.visited_at >= saved.visited_at
    assert store.rename(saved.token, "Bão")
    assert [item.name for item in store.saved()] == ["Bão"]
    assert store.forget(saved.token)
    assert not store.forget(saved.token)
    assert store.saved() == []
    store.close()


def test_the_same_search_is_kept_once(tmp_path: Path) -> None:
    """A form that is sent twice."""
    store = DeskStore(tmp_path)
    assert store.save("Lũ", "vi", "q=a", []).token == store.save("Lũ", "vi", "q=a", ["x"]).token
    assert store.save("Lũ", "vi", "q=b", []).token != store.save("Bão", "vi", "q=b", []).token
    assert len(store.saved()) == 3
    store.close()


def test_there_is_a_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond it nothing is kept."""
    monkeypatch.setattr(desk_store, "MOST_SAVED", 2)
    store = DeskStore(tmp_path)
    store.save("a", "vi", "q=a", [])
    store.save("b", "vi", "q=b", [])
    with pytest.raises(ArchiveError, match="already"):
        store.save("c", "vi", "q=c", [])
    store.close()


def test_every_process_has_the_same_salt(tmp_path: Path) -> None:
    """And each home its own."""
    one, other = DeskStore(tmp_path), DeskStore(tmp_path)
    (tmp_path / "b").mkdir()
    elsewhere = DeskStore(tmp_path / "b")
    assert one.salt() == other.salt() == one.salt()
    assert len(one.salt()) == 32
    assert one.salt() != elsewhere.salt()
    for store in (one, other, elsewhere):
        store.close()
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600


def test_sessions_end(tmp_path: Path) -> None:
    """For every process; what is over by itself is forgotten."""
    one, other = DeskStore(tmp_path), DeskStore(tmp_path)
    assert not one.has_ended("a")
    one.end_session("old", time.time() - 1)
    one.end_session("a", time.time() + 60)
    assert other.has_ended("a")
    assert not other.has_ended("old")
    one.close()
    other.close()


def test_reading_makes_no_file(tmp_path: Path) -> None:
    """A home of which nothing is kept stays as it is."""
    store = DeskStore(tmp_path)
    assert store.saved() == []
    assert store.saved_by("x") is None
    assert not store.rename("x", "y")
    assert not store.has_ended("x")
    assert list(tmp_path.iterdir()) == []
    store.close()


def test_a_file_of_another_program_is_told(tmp_path: Path) -> None:
    """A newer schema, no database at all, no home."""
    DeskStore(tmp_path).salt()
    with sqlite3.connect(tmp_path / FILE) as connection:
        connection.execute("update about set value = '9' where name = 'schema'")
    connection.close()
    with pytest.raises(ArchiveError, match="schema"):
        DeskStore(tmp_path).salt()
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / FILE).write_bytes(b"no database" * 100)
    with pytest.raises(ArchiveError, match="cannot be used"):
        DeskStore(tmp_path / "b").saved()
    with pytest.raises(ArchiveError, match="dalil add"):
        DeskStore(tmp_path / "none").salt()


def test_machines_share_what_editors_keep(tmp_path: Path, postgres: str) -> None:
    """In the database of the archive: one salt, the same searches, sessions that end everywhere."""
    one, other = (DeskStore(tmp_path / name, server=postgres) for name in ("a", "b"))
    saved = one.save("Lũ", "vi", "q=l%C5%A9", ["a", "b"])
    assert other.saved() == [saved]
    assert other.save("Lũ", "vi", "q=l%C5%A9", []) == saved
    assert one.salt() == other.salt()
    one.end_session("n", time.time() + 60)
    assert other.has_ended("n")
    assert other.rename(saved.token, "Bão")
    assert [item.name for item in one.saved()] == ["Bão"]
    assert one.forget(saved.token)
    assert other.saved_by(saved.token) is None
    assert list(tmp_path.iterdir()) == []
    one.close()
    other.close()
