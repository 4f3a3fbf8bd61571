"""A backup is a home at one moment, whatever happens meanwhile; a damaged one restores nothing."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tarfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from indexer import backups, inspection, jobs
from indexer.archive import Archive
from indexer.archive.desk_store import DeskStore
from indexer.backups import backup, restore
from indexer.config import Settings
from indexer.errors import ArchiveError, LockHeld
from indexer.generations import current_name
from indexer.library import Library
from indexer.writer_lock import build_lock, writer_lock

News = Callable[[int], list[dict[str, str]]]
Write = Callable[..., Path]


@pytest.fixture
def built(home: Path, write: Write, news: News) -> Path:
    """A home with six articles and settings."""
    jobs.add(home, [write(news(6))])
    (home / "dalil.toml").write_text('title = "أرشيف"\n', encoding="utf-8")
    return home


def ids_of(home: Path) -> set[str]:
    with closing(Library(home)) as library:
        return set(library.snapshot().engine.ids())


@pytest.mark.parametrize("name", ["copy", "copy.tar", "copy.tar.gz", "copy.tgz"])
def test_a_backup_restores_the_home(built: Path, tmp_path: Path, name: str) -> None:
    made = backup(built, tmp_path / name)
    assert (made.articles, made.sequence) == (6, 6)
    assert made.index == ("gen-000001" if name == "copy" else "")
    other = tmp_path / "other"
    receipt = restore(other, tmp_path / name)
    assert (receipt.new, receipt.indexed) == (6, 0 if made.index else 6)
    assert ids_of(other) == ids_of(built)
    assert list(inspection.export(other)) == list(inspection.export(built))
    assert (other / "dalil.toml").read_text(encoding="utf-8") == 'title = "أرشيف"\n'
    assert inspection.check(other) == []
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_a_backup_is_not_changed_by_later_jobs(built: Path, tmp_path: Path, write: Write, news: News) -> None:
    """It shares files with the home; they never change."""
    backup(built, tmp_path / "copy")
    before = {path: path.read_bytes() for path in (tmp_path / "copy").rglob("*") if path.is_file()}
    jobs.add(built, [write(news(9))])
    jobs.remove(built, ["0"])
    jobs.reindex(built)
    assert {path: path.read_bytes() for path in (tmp_path / "copy").rglob("*") if path.is_file()} == before
    restore(tmp_path / "other", tmp_path / "copy")
    assert {path: path.read_bytes() for path in (tmp_path / "copy").rglob("*") if path.is_file()} == before
    assert ids_of(tmp_path / "other") == {str(n) for n in range(6)}


def test_without_links_files_are_copied(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(os, "link", refuse)
    backup(built, tmp_path / "copy")
    assert restore(tmp_path / "other", tmp_path / "copy").indexed == 0


def test_restoring_over_an_archive_must_be_meant(
    built: Path, tmp_path: Path, write: Write, news: News
) -> None:
    """Servers see it, and an index of what came after the backup does not serve."""
    backup(built, tmp_path / "copy.tar")
    jobs.add(built, [write(news(9))])
    with pytest.raises(ArchiveError, match="has an archive; give --replace"):
        restore(built, tmp_path / "copy.tar")
    with closing(Library(built)) as library:
        assert len(set(library.snapshot().engine.ids())) == 9
        restore(built, tmp_path / "copy.tar", replace=True)
        library._looked = float("-inf")  # noqa: SLF001 -- half a second later
        assert len(set(library.snapshot().engine.ids())) == 6
        assert library.articles(["7"]) == {}
    assert inspection.check(built) == []


def test_an_index_of_later_changes_is_not_taken_for_the_restored_archive(
    built: Path, tmp_path: Path, write: Write, news: News, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cut off between archive and index; the next job then publishes up to the same number of change."""
    backup(built, tmp_path / "copy.tar")
    jobs.add(built, [write(news(9))])
    with monkeypatch.context() as patch:
        patch.setattr("indexer.job.bring_up", _cut_off)
        with pytest.raises(KeyboardInterrupt):
            restore(built, tmp_path / "copy.tar", replace=True)
    others = [{"id": f"b{n}", "title": f"خبر {n}"} for n in range(3)]
    receipt = jobs.add(built, [write(others, "b.jsonl")])
    assert receipt.sequence == 9
    assert ids_of(built) == {"0", "1", "2", "3", "4", "5", "b0", "b1", "b2"}
    assert inspection.check(built) == []


def _cut_off(*_: object) -> None:
    raise KeyboardInterrupt


def test_what_was_withdrawn_since_stays_withdrawn(built: Path, tmp_path: Path) -> None:
    backup(built, tmp_path / "copy")
    jobs.withdraw(built, ["3"], "by court order")
    restore(built, tmp_path / "copy", replace=True)
    assert ids_of(built) == {"0", "1", "2", "4", "5"}
    assert inspection.check(built) == []


def test_what_was_withdrawn_is_never_seen_while_a_backup_is_restored(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The archive of the backup comes without it, so that a job that is cut off shows nothing."""
    backup(built, tmp_path / "copy")
    jobs.withdraw(built, ["3"], "by court order")
    with monkeypatch.context() as patch:
        patch.setattr(Archive, "withdraw", _cut_off)
        with pytest.raises(KeyboardInterrupt):
            restore(built, tmp_path / "copy", replace=True)
    with closing(Archive.open(built / "archive.db")) as archive:
        assert "3" not in archive.ids()


def test_a_backup_of_an_older_archive_gets_the_tables_that_it_lacks(built: Path, tmp_path: Path) -> None:
    """Archives of an older Dalil had no table of what is withdrawn."""
    with closing(sqlite3.connect(built / "archive.db")) as connection:
        connection.execute("DROP TABLE held")
    backup(built, tmp_path / "copy")
    jobs.withdraw(built, ["3"], "by court order")
    restore(built, tmp_path / "copy", replace=True)
    assert ids_of(built) == {"0", "1", "2", "4", "5"}


def test_nothing_is_restored_while_an_index_is_being_built(built: Path, tmp_path: Path) -> None:
    """It would be of the archive before, and serve as the index of the restored one."""
    backup(built, tmp_path / "copy")
    jobs.remove(built, ["0"])
    with build_lock(built, 0), pytest.raises(LockHeld, match="is building an index"):
        restore(built, tmp_path / "copy", replace=True)
    assert ids_of(built) == {"1", "2", "3", "4", "5"}


@pytest.mark.parametrize("name", ["copy", "copy.tar.gz"])
def test_what_only_the_owner_may_read_stays_so(built: Path, tmp_path: Path, name: str) -> None:
    """The settings may have a password, and the desk's database has what signs sessions."""
    with closing(DeskStore(built)) as desk:
        desk.salt()
    (built / "dalil.toml").chmod(0o600)
    backup(built, tmp_path / name)
    restore(tmp_path / "other", tmp_path / name)
    secret = [built / "desk.db", *(tmp_path / "other" / file for file in ("desk.db", "dalil.toml"))]
    secret += [tmp_path / "copy" / "desk.db"] if name == "copy" else [tmp_path / name]
    assert {path: oct(path.stat().st_mode & 0o777) for path in secret} == dict.fromkeys(secret, "0o600")


def test_articles_published_while_the_backup_is_made_are_in_neither_or_both(
    built: Path, tmp_path: Path, write: Write, news: News, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The index is taken first and the archive after it: restoring catches up."""
    rest = backups._copy_rest  # noqa: SLF001

    def publish(home: Path, folder: Path, index: str) -> dict[str, object]:
        jobs.add(built, [write(news(9))])
        return rest(home, folder, index)

    monkeypatch.setattr(backups, "_copy_rest", publish)
    assert backup(built, tmp_path / "copy").articles == 9
    receipt = restore(tmp_path / "other", tmp_path / "copy")
    assert (receipt.new, receipt.indexed) == (9, 3)
    assert inspection.check(tmp_path / "other") == []


@pytest.mark.parametrize("name", ["archive.db", "index/gen-000001/manifest.json", "backup.json"])
def test_a_damaged_backup_restores_nothing(built: Path, tmp_path: Path, name: str) -> None:
    backup(built, tmp_path / "copy")
    path = tmp_path / "copy" / name
    data = path.read_bytes()
    path.unlink()  # a copy of the home's file, not the file
    path.write_bytes(data[:-9])
    with pytest.raises(ArchiveError, match=r"is damaged|is no backup"):
        restore(tmp_path / "other", tmp_path / "copy")
    assert not (tmp_path / "other").exists()


def test_other_files_are_no_backups(built: Path, tmp_path: Path, write: Write, news: News) -> None:
    for source in (write(news(2)), tmp_path):
        with pytest.raises(ArchiveError, match=r"cannot be read as a backup|is no backup"):
            restore(tmp_path / "other", source)
    assert built.exists()


@pytest.mark.parametrize("name", ["../../evil", "/evil", "backup/../../evil", "link"])
def test_a_packed_backup_cannot_write_elsewhere(tmp_path: Path, name: str) -> None:
    with tarfile.open(tmp_path / "evil.tar", "w") as tar:
        note = tmp_path / "note"
        note.write_text("{}", encoding="utf-8")
        member = tar.gettarinfo(note)
        member.name = name
        if name == "link":
            member.type, member.linkname, member.size = tarfile.SYMTYPE, "/etc", 0
        with note.open("rb") as file:
            tar.addfile(member, file)
    with pytest.raises(ArchiveError, match="is no file of a backup"):
        restore(tmp_path / "other", tmp_path / "evil.tar")
    assert not Path("/evil").exists()
    assert not list(tmp_path.rglob("evil"))


def test_a_backup_never_overwrites(built: Path, tmp_path: Path) -> None:
    (tmp_path / "copy.tar").write_text("mine", encoding="utf-8")
    with pytest.raises(ArchiveError, match="is there already"):
        backup(built, tmp_path / "copy.tar")
    assert (tmp_path / "copy.tar").read_text(encoding="utf-8") == "mine"


def test_a_backup_that_fails_leaves_nothing(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "copytree", full)
    with pytest.raises(ArchiveError, match="No space left on device"):
        backup(built, tmp_path / "out" / "copy")
    assert list((tmp_path / "out").iterdir()) == []


def test_a_backup_waits_for_a_job_and_no_longer(built: Path, tmp_path: Path) -> None:
    with writer_lock(built, 0):
        with pytest.raises(LockHeld):
            backup(built, tmp_path / "copy", settings=Settings(lock_wait_s=0.1))
        assert backup(built, tmp_path / "copy", with_index=False).index == ""


def test_an_index_of_other_rules_in_a_backup_is_built_anew(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup(built, tmp_path / "copy")
    with monkeypatch.context() as patch:
        patch.setattr("indexer.manifest.icu_version", lambda: "58.2")
        receipt = restore(tmp_path / "other", tmp_path / "copy")
        assert receipt.indexed == 6
        assert inspection.check(tmp_path / "other") == []


def test_a_state_without_a_mark_is_that_of_an_older_dalil(built: Path) -> None:
    """Its index is used as before."""
    state = built / "index" / current_name(built) / "state.json"
    state.write_text('{"sequence": 6}\n', encoding="utf-8")
    receipt = jobs.catch_up(built)
    assert (receipt.generation, receipt.indexed) == ("gen-000001", 0)


def test_marks_tell_copies_that_went_two_ways_apart(built: Path, tmp_path: Path) -> None:
    with closing(Archive.open(built / "archive.db")) as archive:
        same = archive.mark(6)
        assert same
        assert archive.mark(99) == ""
    backup(built, tmp_path / "copy.tar")
    restore(tmp_path / "other", tmp_path / "copy.tar")
    for place in (built, tmp_path / "other"):
        jobs.remove(place, ["0"])
    marks = []
    for place in (built, tmp_path / "other"):
        with closing(Archive.open(place / "archive.db")) as archive:
            assert archive.mark(6) == same
            marks.append(archive.mark(7))
    assert marks[0] != marks[1]
