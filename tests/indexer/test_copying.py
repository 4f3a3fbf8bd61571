"""An archive moves from a file to a server and back, with all that belongs to it; a backup is of either."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from indexer import inspection, jobs
from indexer.access import AccessFile
from indexer.archive import Archive, publications, transfers
from indexer.archive.databases import Where
from indexer.archive.desk_store import DeskStore
from indexer.archive.publications import Publication
from indexer.archive.transfers import TargetNotEmpty, transfer
from indexer.articles import article_from
from indexer.backups import backup, restore
from indexer.copying import copy_home
from indexer.errors import ArchiveError, ArchiveMissing
from indexer.library import Library
from search_web.cli import main
from tests.postgres_server import PostgresServer

Write = Callable[..., Path]
News = Callable[[int], list[dict[str, str]]]


@pytest.fixture
def other(request: pytest.FixtureRequest, where: Where, tmp_path: Path) -> Where:
    """The other kind of place than `where`."""
    if isinstance(where, Path):
        url: str = request.getfixturevalue("postgres")
        return url
    return tmp_path / "other.db"


@pytest.fixture
def full(where: Where) -> Iterator[Archive]:
    """An archive with something in every table."""
    with closing(Archive.open(where, create=True)) as archive:
        stories = [
            article_from({"id": f"{n}", "lang": "vi", "title": f"tin số {n} \N{COMBINING ACUTE ACCENT}"})
            for n in range(1_203)
        ]
        archive.put(stories)
        archive.put([article_from({"id": "7", "lang": "ar", "title": "قصة"})])
        archive.put([article_from({"id": "later", "lang": "ar", "title": "غدا", "publish_at": "2999-01-01"})])
        archive.delete(["8"])
        archive.withdraw(["9"], "privacy")
        archive.record_job("add", {"new": 1})
        with archive.transaction() as connection:
            for job in ("a", "b"):
                publications.remember(connection, Publication(job, 1.0, "cms", "", 3, True, {"new": 1}))
            publications.forget_old(connection)
        yield archive


def everything(archive: Archive) -> object:
    """What readers, indexes and editors see of it."""
    with archive.transaction() as connection:
        counts = publications.job_counts(connection)
    sequence = archive.last_sequence()
    return (
        list(archive.all()),
        archive.changes_since(0, 10_000),
        archive.mark(sequence),
        archive.last_jobs(),
        counts,
    )


def test_a_copy_has_everything_and_goes_on(full: Archive, where: Where, other: Where) -> None:
    """An index of the one is an index of the other: numbers and marks of changes are the same."""
    made = transfer(where, other)
    assert made.articles == full.count() == 1_201
    with closing(Archive.open(other)) as copy:
        assert everything(copy) == everything(full)
        assert copy.damage() == []
        for archive in (full, copy):
            archive.put([article_from({"id": "new", "lang": "vi", "title": "Mới"})])
        assert copy.last_sequence() > full.changes_since(0, 10_000)[-2].sequence
        assert copy.count_since(0) == full.count_since(0)


def test_what_is_there_already_is_left_alone(full: Archive, where: Where, other: Where) -> None:
    del full
    with closing(Archive.open(other, create=True)) as there:
        there.put([article_from({"id": "mine", "lang": "vi", "title": "Tin"})])
        with pytest.raises(TargetNotEmpty, match=r"is not empty: its table \w+ has rows"):
            transfer(where, other)
        assert there.ids() == ["mine"]
        transfer(where, other, replace=True)
        assert there.count() == 1_201


@pytest.mark.usefixtures("full")
def test_a_copy_that_fails_leaves_nothing(
    where: Where, other: Where, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever fails: here what was written is not what was read."""
    real = transfers._add  # noqa: SLF001 -- what is compared
    seen: list[int] = []

    def forget_one(digest: object, batch: list[object]) -> None:
        seen.append(len(batch))
        real(digest, batch if len(seen) != 4 else batch[1:])  # type: ignore[arg-type]

    monkeypatch.setattr(transfers, "_add", forget_one)
    with pytest.raises(ArchiveError, match="is not what was copied; nothing was kept"):
        transfer(where, other)
    with closing(Archive.open(other)) as there:
        assert (there.count(), there.last_sequence()) == (0, 0)


def test_a_home_moves_to_a_server_and_back(
    home: Path,
    tmp_path: Path,
    write: Write,
    news: News,
    postgres: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With saved searches and tokens; the index that was made before serves on."""
    jobs.add(home, [write(news(6))])
    desk = DeskStore(home)
    saved = desk.save("Lũ", "vi", "q=l%C5%A9", ["1"])
    desk.close()
    given = AccessFile(home).create_token("cms", "write")
    done = CliRunner().invoke(main, ["--home", str(home), "copy-archive", "--to", postgres, "--json"])
    assert done.exit_code == 0, done.output
    told = json.loads(done.output)
    assert (told["rows"]["articles"], told["saved_searches"], told["access"]) == (6, 1, True)
    again = CliRunner().invoke(main, ["--home", str(home), "copy-archive", "--to", postgres])
    assert (again.exit_code, "is not empty" in again.output) == (2, True)

    monkeypatch.setenv("DALIL_ARCHIVE_URL", postgres)
    (home / "archive.db").rename(tmp_path / "put away")
    assert inspection.check(home) == []
    assert jobs.catch_up(home).indexed == 0
    assert AccessFile(home).now().token(given) is not None
    with closing(Library(home)) as library:
        assert library.article("1").id == "1"
        assert library.behind() == 0

    back = tmp_path / "back"
    copied = copy_home(home, str(back))
    assert (copied.rows["articles"], copied.saved_searches, copied.access) == (6, 1, True)
    monkeypatch.delenv("DALIL_ARCHIVE_URL")
    assert AccessFile(back).now().token(given) is not None
    for name in ("desk.db", "access.json"):
        assert stat.S_IMODE((back / name).stat().st_mode) == 0o600
    store = DeskStore(back)
    assert store.saved() == [saved]
    store.close()
    with closing(Archive.open(back / "archive.db")) as archive:
        assert archive.count() == 6


def test_a_place_that_cannot_be_copied_to_is_told(
    home: Path, write: Write, news: News, tmp_path: Path
) -> None:
    jobs.add(home, [write(news(2))])
    for to, told in (
        (str(home), "is the archive of .* itself"),
        (str(tmp_path / "a.db"), "is no folder"),
        ("mysql://u:geheim@h/d", "only PostgreSQL"),
        ("postgresql://u:geheim@127.0.0.1:1/d", "cannot be reached now"),
    ):
        with pytest.raises(Exception, match=told) as caught:
            copy_home(home, to)
        assert "geheim" not in str(caught.value)


def test_a_backup_of_a_server_is_restored_anywhere(
    home: Path,
    tmp_path: Path,
    write: Write,
    news: News,
    postgres: str,
    postgres_server: PostgresServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Into its own database, another one, and a home without a server; what was withdrawn stays so."""
    monkeypatch.setenv("DALIL_ARCHIVE_URL", postgres)
    jobs.add(home, [write(news(6))])
    assert backup(home, tmp_path / "copy").articles == 6
    jobs.remove(home, ["1"])
    jobs.withdraw(home, ["2"], "privacy")
    with pytest.raises(ArchiveError, match="has an archive; give --replace"):
        restore(home, tmp_path / "copy")
    assert restore(home, tmp_path / "copy", replace=True).new == 5
    assert inspection.check(home) == []
    for place in ("", postgres_server.place()):
        monkeypatch.setenv("DALIL_ARCHIVE_URL", place)
        there = tmp_path / f"home of {bool(place)}"
        assert restore(there, tmp_path / "copy").new == 6
        assert inspection.check(there) == []


def test_a_home_without_an_archive_is_not_copied(tmp_path: Path) -> None:
    with pytest.raises(ArchiveMissing, match=r"no archive in .*dalil add"):
        copy_home(tmp_path / "nowhere", str(tmp_path / "there"))
    assert list(tmp_path.iterdir()) == []
