"""Machines that share an archive have the same small files of its index, whole and verified."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from indexer import jobs
from indexer.archive.shared_store import Serving, SharedStore
from indexer.errors import ArchiveError
from indexer.generations import open_current
from indexer.shared_files import Memory, describe, fetch, put
from tests.postgres_server import PostgresServer


@pytest.fixture
def store(postgres: str) -> Iterator[SharedStore]:
    opened = SharedStore(postgres)
    yield opened
    opened.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A generation on the machine that indexes; the engine's files are no concern of others."""
    made = tmp_path / "here" / "gen-000001"
    for name in (
        "lexicons/ar.tsv",
        "manifest.json",
        "names.tsv",
        "state.json",
        "whoosh/big",
        ".names.tsv.7.tmp",
    ):
        path = made / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{name} once", encoding="utf-8")
    (made / "accents.bin").write_bytes(os.urandom(2_500_000))
    return made


@pytest.fixture
def there(tmp_path: Path) -> Path:
    """The index folder of another machine, which is not there yet."""
    return tmp_path / "there" / "index"


SHARED = ["accents.bin", "lexicons/ar.tsv", "manifest.json", "names.tsv", "state.json"]


def contents(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_another_machine_gets_what_was_put(store: SharedStore, folder: Path, there: Path) -> None:
    assert fetch(store, there, Memory()) is None
    assert sorted(put(store, folder, 7, Memory())) == SHARED
    assert fetch(store, there, Memory()) == Serving("gen-000001", 7, 1)
    assert (there / "CURRENT").read_text(encoding="utf-8") == "gen-000001\n"
    wanted = contents(folder)
    assert contents(there / "gen-000001") == {name: wanted[name] for name in SHARED}


def test_only_what_changed_is_sent_and_written(store: SharedStore, folder: Path, there: Path) -> None:
    here, other = Memory(), Memory()
    put(store, folder, 7, here)
    fetch(store, there, other)
    before = (there / "gen-000001" / "accents.bin").stat()
    assert put(store, folder, 7, here) == ()
    assert store.serving() == Serving("gen-000001", 7, 1)
    (folder / "names.tsv").unlink()
    (folder / "state.json").write_text("two", encoding="utf-8")
    assert put(store, folder, 8, here) == ("state.json",)
    assert fetch(store, there, other, seen=1) == Serving("gen-000001", 8, 2)
    assert sorted(contents(there / "gen-000001")) == [name for name in SHARED if name != "names.tsv"]
    after = (there / "gen-000001" / "accents.bin").stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_what_was_seen_costs_one_question(
    store: SharedStore, folder: Path, there: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(store, folder, 7, Memory())
    serving = fetch(store, there, Memory())
    assert serving is not None
    monkeypatch.setattr(store, "fetch", None)
    assert fetch(store, there, Memory(), serving.revision) == serving


def test_a_new_generation_takes_what_is_the_same_from_the_one_before(
    store: SharedStore, folder: Path, there: Path, postgres: str, postgres_server: PostgresServer
) -> None:
    """Contents stand in the database once, and those that nobody needs any more are dropped."""
    put(store, folder, 7, Memory())
    fetch(store, there, Memory())
    newer = folder.rename(folder.with_name("gen-000002"))
    (newer / "state.json").write_text("two", encoding="utf-8")
    assert put(store, newer, 9, Memory()) == ("state.json",)
    assert fetch(store, there, Memory()) == Serving("gen-000002", 9, 2)
    count = "SELECT count(DISTINCT hash) FROM file_parts"
    assert postgres_server.sql(count, postgres) == [["6"]]
    store.forget_others()
    assert postgres_server.sql(count, postgres) == [["5"]]


def test_the_state_comes_last_and_what_served_before_serves_while_a_file_is_damaged(
    store: SharedStore, folder: Path, there: Path, postgres: str, postgres_server: PostgresServer
) -> None:
    put(store, folder, 7, Memory())
    fetch(store, there, Memory())
    before = contents(there)
    newer = folder.rename(folder.with_name("gen-000002"))
    (newer / "state.json").write_text("two", encoding="utf-8")
    (newer / "names.tsv").write_text("new names", encoding="utf-8")
    put(store, newer, 9, Memory())
    damage = (
        "UPDATE file_parts SET content = (SELECT content FROM file_parts WHERE hash = '{}') WHERE hash = '{}'"
    )
    files = describe(newer, Memory())
    postgres_server.sql(damage.format(files["manifest.json"].hash, files["names.tsv"].hash), postgres)
    with pytest.raises(ArchiveError, match=r"names\.tsv is not what was put"):
        fetch(store, there, Memory())
    after = contents(there)
    assert {name: after[name] for name in before} == before
    assert "gen-000002/state.json" not in after
    assert "gen-000002/names.tsv" not in after


def test_what_is_withdrawn_is_fetched_by_nobody_and_revisions_count_on(
    store: SharedStore, folder: Path, there: Path, postgres: str, postgres_server: PostgresServer
) -> None:
    """A machine that has it keeps it, until something is put that it has not seen."""
    put(store, folder, 7, Memory())
    memory = Memory()
    seen = fetch(store, there, memory)
    assert seen is not None
    store.withdraw()
    store.withdraw()
    assert fetch(store, there, memory, seen.revision) is None
    assert (there / "CURRENT").read_text(encoding="utf-8") == f"{folder.name}\n"
    assert postgres_server.sql("SELECT count(*) FROM file_parts", postgres) == [["0"]]
    put(store, folder, 7, Memory())
    again = fetch(store, there, memory, seen.revision)
    assert again is not None
    assert again.revision > seen.revision


@pytest.mark.parametrize("name", ["../CURRENT", "/etc/passwd", "a/../../b", "whoosh/MAIN", ""])
def test_a_name_leads_out_of_no_folder(
    store: SharedStore, folder: Path, there: Path, postgres: str, postgres_server: PostgresServer, name: str
) -> None:
    put(store, folder, 7, Memory())
    postgres_server.sql(f"UPDATE generation_files SET name = '{name}' WHERE name = 'names.tsv'", postgres)  # noqa: S608
    with pytest.raises(ArchiveError, match="is no name of a file"):
        fetch(store, there, Memory())
    assert not (there / "CURRENT").exists()


def test_a_file_that_changes_while_it_is_sent_is_not_shared(
    store: SharedStore, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that another commit wrote meanwhile, which the writer's lock rules out."""
    monkeypatch.setattr(
        "indexer.shared_files.describe",
        _and_then(lambda: (folder / "names.tsv").write_text("x", encoding="utf-8")),
    )
    with pytest.raises(ArchiveError, match="changed while it was sent"):
        put(store, folder, 7, Memory())
    assert store.serving() is None


def _and_then(change: Callable[[], object]) -> Callable[..., object]:
    def described(folder: Path, memory: Memory) -> object:
        found = describe(folder, memory)
        change()
        return found

    return described


def test_a_fetched_generation_opens_as_if_it_was_built_there(
    tmp_path: Path,
    store: SharedStore,
    write: Callable[..., Path],
    news: Callable[[int], list[dict[str, str]]],
) -> None:
    """With the engine's files beside it, which a cluster has."""
    home = tmp_path / "home"
    jobs.add(home, [write(news(6))])
    built = open_current(home, read_only=True)
    put(store, built.folder, built.sequence(), Memory())
    other = tmp_path / "other"
    fetch(store, other / "index", Memory())
    (other / "index" / built.name / "whoosh").symlink_to(built.folder / "whoosh")
    opened = open_current(other, read_only=True)
    assert (opened.name, opened.sequence(), opened.mark()) == (built.name, built.sequence(), built.mark())
    assert opened.lexicons.keys() == built.lexicons.keys()
    assert (opened.suggestions() is None) == (built.suggestions() is None)
    opened.engine.close()
    built.engine.close()
