"""The archive database keeps what it was given, and its change log tells every difference."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from indexer.archive import Archive, PutCounts
from indexer.archive.databases import Where
from indexer.articles import Article, article_from
from indexer.errors import ArchiveError, ArticleNotFound
from indexer.sources import Reject


def story(article_id: str, title: str = "فيتنام تستضيف المؤتمر", lang: str = "ar") -> Article:
    """An article; the title says "Viet Nam hosts the conference"."""
    return article_from({"id": article_id, "lang": lang, "title": title, "body": ["Hà Nội", "م\u064eدينة"]})


def run_sql(path: Path, statement: str) -> list[tuple[str, ...]]:
    """What another program does to the file."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        return connection.execute(statement).fetchall()


@pytest.fixture
def archive(where: Where) -> Iterator[Archive]:
    opened = Archive.open(where, create=True)
    yield opened
    opened.close()


def test_what_was_put_in_comes_out(archive: Archive) -> None:
    archive.put([story("a"), story("b")])
    assert archive.get("a") == story("a")
    assert [article.id for article in archive.all()] == archive.ids() == ["a", "b"]
    assert archive.count() == 2


def test_every_field_comes_out(archive: Archive) -> None:
    """Time zones, captions, marks and letters outside the first plane are kept as they are."""
    full = article_from(
        {
            "id": "full",
            "lang": "zh-Hant",
            "title": "\U00020000 \N{RIGHT-TO-LEFT MARK}",
            "lead": "e\u0301",
            "body": ["one\ntwo", "ثلاثة"],
            "authors": ["Lê Thị Mơ"],
            "source": "The Fictional Post",
            "section": "Culture",
            "tags": ["Huế"],
            "published_at": "2025-10-26T15:30:00+07:00",
            "updated_at": "2025-10-27",
            "url": "https://example.org/a",
            "source_url": "https://example.org/b",
            "images": [{"url": "https://example.org/c.jpg", "caption": "صورة"}],
        }
    )
    archive.put([full])
    assert archive.get("full") == full
    assert archive.get("full").as_dict() == full.as_dict()


def test_counts_say_what_is_new_changed_and_unchanged(archive: Archive) -> None:
    assert archive.put([story("a"), story("b")]) == PutCounts(new=2)
    assert archive.put([story("a"), story("b", "Other"), story("c")]) == PutCounts(1, 1, 1)


def test_unchanged_articles_write_nothing(archive: Archive) -> None:
    archive.put(story(str(n)) for n in range(1_200))
    before = archive.last_sequence()
    assert archive.put(story(str(n)) for n in range(1_200)) == PutCounts(unchanged=1_200)
    assert archive.last_sequence() == before


def test_of_two_with_one_id_the_later_stays(archive: Archive) -> None:
    assert archive.put([story("a", "Old"), story("a", "New"), story("a", "New")]) == PutCounts(1, 1, 1)
    assert archive.get("a").title == "New"


def test_a_run_with_two_versions_of_one_article_changes_nothing_the_second_time(archive: Archive) -> None:
    versions = [story("a", "Old"), story("a", "New")]
    archive.put(versions)
    before = archive.last_sequence()
    assert archive.put(versions) == PutCounts(unchanged=2)
    assert archive.last_sequence() == before


def test_the_change_log_tells_every_difference_in_order(archive: Archive) -> None:
    archive.put([story("a"), story("b")])
    archive.delete(["a"])
    archive.put([story("b", "Other")])
    told = [(change.id, change.deleted) for change in archive.changes_since(0)]
    assert told == [("a", False), ("b", False), ("a", True), ("b", False)]
    sequences = [change.sequence for change in archive.changes_since(0)]
    assert sequences == sorted(set(sequences))
    assert archive.changes_since(sequences[1], limit=1)[0].deleted
    assert archive.count_since(sequences[1]) == 2
    assert sorted(archive.changed_since(sequences[1])) == ["a", "b"]


def test_sequence_numbers_are_never_used_twice(tmp_path: Path) -> None:
    """An index that has seen number 1 would miss a second one."""
    run_sql(_archive_with(tmp_path, "a"), "DELETE FROM changes")
    archive = Archive.open(tmp_path / "archive.db")
    archive.put([story("b")])
    assert [change.sequence for change in archive.changes_since(0)] == [2]
    archive.close()


def test_delete_counts_what_was_there(archive: Archive) -> None:
    archive.put([story("a"), story("b")])
    assert archive.delete(["a", "a", "nobody"]) == 1
    assert archive.delete(["a"]) == 0
    with pytest.raises(ArticleNotFound, match="the article 'a' was taken out of the archive"):
        archive.get("a")


def test_many_ids_are_fetched_in_batches(archive: Archive) -> None:
    """More than SQLite takes as parameters of one statement."""
    archive.put([story("a")])
    ids = [str(n) for n in range(40_000)]
    assert list(archive.get_many([*ids, "a"])) == ["a"]
    assert archive.delete([*ids, "a"]) == 1


def test_quarantine_is_kept_until_the_file_is_read_anew(archive: Archive) -> None:
    archive.quarantine(
        [
            Reject("/news/a.jsonl", "line 1", "no text", "{}"),
            Reject("/news/100%/b.jsonl", "", "empty"),
            Reject("/newsreel.jsonl", "line 3", "no text"),
        ]
    )
    archive.forget_quarantine("/news/100")
    assert archive.count_quarantined() == 3
    archive.forget_quarantine("/news/100%/")
    archive.forget_quarantine("/news/a.jsonl")
    assert [record.path for record in archive.quarantined()] == ["/newsreel.jsonl"]
    archive.forget_quarantine("/news")
    assert archive.clear_quarantine() == 1
    assert archive.quarantined() == []


def test_a_folder_in_quarantine_does_not_name_its_neighbours(archive: Archive) -> None:
    """`_` and `%` in file names are no wildcards."""
    archive.quarantine([Reject("/a_b/1.html", "", "empty"), Reject("/axb/1.html", "", "empty")])
    archive.forget_quarantine("/a_b")
    assert [record.path for record in archive.quarantined()] == ["/axb/1.html"]


def test_threads_share_one_archive(archive: Archive) -> None:
    archive.put(story(str(n)) for n in range(200))
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda n: archive.get(str(n)).id, range(200)))
        list(pool.map(lambda n: archive.put([story(f"new {n}")]), range(20)))
    assert found == [str(n) for n in range(200)]
    assert archive.count() == 220


def test_a_reader_does_not_wait_for_a_writer(tmp_path: Path) -> None:
    """A server opens and reads the archive while a job is in the middle of a transaction."""
    path = _archive_with(tmp_path, "a")
    writer = sqlite3.connect(path, isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    reader = Archive.open(path, lock_wait_s=0)
    assert reader.get("a").id == "a"
    reader.close()
    writer.execute("ROLLBACK")
    writer.close()


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    path.write_bytes(b"these are no tables " * 100)
    for create in (True, False):
        with pytest.raises(ArchiveError, match=r"archive.db cannot be used .*not a database"):
            Archive.open(path, create=create)
    assert path.read_bytes().startswith(b"these are no tables")


def test_a_missing_archive_is_told_and_not_made(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match=r"no archive at .*dalil add"):
        Archive.open(tmp_path / "archive.db")
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="unable to open database file"):
        Archive.open(tmp_path / "nowhere" / "archive.db", create=True)


def test_an_archive_of_another_schema_is_told_and_left_alone(tmp_path: Path) -> None:
    path = _archive_with(tmp_path, "a")
    run_sql(path, "UPDATE about SET value = '99'")
    for create in (True, False):
        with pytest.raises(ArchiveError, match="has schema 99, this program knows 1"):
            Archive.open(path, create=create)


def test_the_database_of_another_program_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    run_sql(path, "CREATE TABLE recipes (name TEXT)")
    with pytest.raises(ArchiveError, match="no such table: about"):
        Archive.open(path, create=True)
    assert run_sql(path, "SELECT name FROM sqlite_master") == [("recipes",)]


def test_damage_names_the_article(tmp_path: Path) -> None:
    path = _archive_with(tmp_path, "a", "b", "c")
    run_sql(path, "UPDATE articles SET record = replace(record, 'Nội', 'Noi') WHERE id = 'b'")
    run_sql(path, "UPDATE articles SET record = '{' WHERE id = 'c'")
    archive = Archive.open(path)
    found = archive.damage()
    archive.close()
    assert found == [f"article {name!r} is not what was archived; add it again" for name in ("b", "c")]


def _archive_with(folder: Path, *ids: str) -> Path:
    archive = Archive.open(folder / "archive.db", create=True)
    archive.put([story(article_id) for article_id in ids])
    archive.close()
    return folder / "archive.db"
