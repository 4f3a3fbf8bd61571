"""The archive follows its sources; what is removed, is removed on good grounds."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from indexer import inspection, jobs
from indexer.archive_place import open_archive
from indexer.errors import SourceError
from indexer.library import Library
from indexer.receipts import Receipt
from indexer.syncing import SyncOptions, forget_source, sync_sources

News = Callable[[int], list[dict[str, str]]]
Write = Callable[..., Path]

ANYWAY = SyncOptions(remove_anyway=True)


def ids_of(home: Path) -> set[str]:
    """What a reader can find."""
    with closing(Library(home)) as library:
        return set(library.snapshot().engine.ids())


def counts(receipt: Receipt) -> tuple[int, int, int, int]:
    return receipt.new, receipt.changed, receipt.unchanged, receipt.removed


@pytest.fixture
def folder(write: Write, news: News) -> Path:
    """Forty articles in four files of a folder: `0.jsonl` has 0 to 9, and so on."""
    for part in range(4):
        write(news(40)[part * 10 : part * 10 + 10], f"news/{part}.jsonl")
    return write([], "news/.hidden").parent


def feed(path: Path, items: Iterable[Mapping[str, str]]) -> Path:
    """An RSS feed of articles."""
    entries = "".join(
        f"<item><title>{item['title']}</title><link>https://example.org/{item['id']}</link>"
        f"<description>{item['title']}</description></item>"
        for item in items
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        f'<rss version="2.0"><channel><title>t</title>{entries}</channel></rss>', encoding="utf-8"
    )
    return path


def test_a_folder_is_followed(home: Path, folder: Path, write: Write, news: News) -> None:
    """New, changed, moved and removed articles, each counted once."""
    first = sync_sources(home, [folder])
    assert counts(first) == (40, 0, 0, 0)
    records = news(42)
    records[1]["title"] = "tin mới Huế"
    # 1 changed, 2 went, 9 moved to another file, 40 and 41 are new.
    write([r for n, r in enumerate(records[:9]) if n != 2], "news/0.jsonl")
    write([records[9], *records[40:42]], "news/4.jsonl")
    second = sync_sources(home, [folder])
    assert counts(second) == (2, 1, 38, 1)
    assert (second.sources[0].files, second.sources[0].read, second.exit_code) == (5, 2, 0)
    assert ids_of(home) == {str(n) for n in range(42)} - {"2"}
    assert inspection.check(home) == []


def test_unchanged_files_are_not_read_again(
    home: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sync_sources(home, [folder])

    def read(*_: object, **__: object) -> None:
        raise AssertionError

    monkeypatch.setattr("indexer.reading.read_path", read)
    assert counts(sync_sources(home, [folder])) == (0, 0, 40, 0)


def test_other_reading_rules_read_everything_again(
    home: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that is the same byte by byte may give another article."""
    sync_sources(home, [folder])
    monkeypatch.setattr("indexer.syncing.reading_rules", lambda: "other")
    receipt = sync_sources(home, [folder])
    assert counts(receipt) == (0, 0, 40, 0)
    assert receipt.sources[0].read == 4


def test_a_file_that_lost_an_article_to_another_job_is_read_again(home: Path, folder: Path) -> None:
    sync_sources(home, [folder])
    jobs.remove(home, ["3"])
    receipt = sync_sources(home, [folder])
    assert counts(receipt) == (1, 0, 39, 0)
    assert receipt.sources[0].read == 1


def test_more_than_a_tenth_is_not_removed(home: Path, folder: Path) -> None:
    """Ten of forty articles went with their file: someone should look first."""
    sync_sources(home, [folder])
    (folder / "3.jsonl").unlink()
    for _ in range(2):  # also at the next time: it is not forgotten
        held_back = sync_sources(home, [folder])
        assert counts(held_back) == (0, 0, 30, 0)
        assert (held_back.kept, held_back.exit_code) == (10, 1)
        assert "10 of 40 articles are gone" in held_back.sources[0].kept_because
        assert held_back.sources[0].kept_ids[:2] == ("30", "31")
    assert len(ids_of(home)) == 40
    removed = sync_sources(home, [folder], ANYWAY)
    assert (removed.removed, removed.kept, removed.exit_code) == (10, 0, 0)
    assert ids_of(home) == {str(n) for n in range(30)}


def test_held_back_articles_that_come_back_are_no_longer_gone(
    home: Path, folder: Path, write: Write, news: News
) -> None:
    sync_sources(home, [folder])
    (folder / "3.jsonl").unlink()
    assert sync_sources(home, [folder]).kept == 10
    write(news(40)[30:], "news/again.jsonl")
    receipt = sync_sources(home, [folder])
    assert (counts(receipt), receipt.kept) == ((0, 0, 40, 0), 0)


def test_a_few_may_always_go(home: Path, write: Write, news: News) -> None:
    """Five of eight: a tenth of a small source is nothing."""
    path = write(news(8))
    sync_sources(home, [path])
    write(news(3))
    assert sync_sources(home, [path]).removed == 5
    write([])
    with pytest.raises(SourceError):
        sync_sources(home, [path.with_name("nowhere.jsonl")])
    assert ids_of(home) == {"0", "1", "2"}


def test_an_empty_file_of_many_is_suspicious(home: Path, write: Write, news: News) -> None:
    """An export that failed half way leaves an empty file: it is rejected, and removes nothing."""
    path = write(news(30))
    sync_sources(home, [path])
    write([])
    receipt = sync_sources(home, [path])
    assert receipt.removed == 0
    assert receipt.exit_code == 1
    assert len(ids_of(home)) == 30


def test_a_file_that_became_empty_is_no_evidence(home: Path, folder: Path, write: Write, news: News) -> None:
    write(news(42)[40:], "news/4.jsonl")
    sync_sources(home, [folder])
    write([""], "news/4.jsonl")
    for _ in range(2):
        receipt = sync_sources(home, [folder])
        assert (receipt.removed, receipt.kept, receipt.exit_code) == (0, 2, 1)
    assert sync_sources(home, [folder], ANYWAY).removed == 2


def test_a_reject_that_could_be_the_missing_article_keeps_it(
    home: Path, folder: Path, write: Write, news: News
) -> None:
    sync_sources(home, [folder])
    write([*news(9), "{broken"], "news/0.jsonl")
    receipt = sync_sources(home, [folder])
    assert (receipt.removed, receipt.kept, receipt.rejected, receipt.exit_code) == (0, 1, 1, 1)
    assert "could not be read" in receipt.sources[0].kept_because
    assert "9" in ids_of(home)
    # Mended without it, the article is gone indeed.
    write(news(9), "news/0.jsonl")
    assert sync_sources(home, [folder]).removed == 1


def test_a_file_that_became_none_of_articles_keeps_its_own(
    home: Path, folder: Path, write: Write, news: News
) -> None:
    """In a folder such files are passed over, but this one had articles."""
    write(news(42)[40:], "news/4.jsonl")
    sync_sources(home, [folder])
    for _ in range(2):
        write(["{broken"], "news/4.jsonl")
        receipt = sync_sources(home, [folder])
        assert (receipt.removed, receipt.rejected, receipt.exit_code) == (0, 1, 1)
    write(news(42)[40:], "news/4.jsonl")
    assert counts(sync_sources(home, [folder])) == (0, 0, 42, 0)


@pytest.mark.parametrize("at_once", [1, 2, 3, 500])
def test_files_are_told_apart_however_many_are_read_at_once(
    home: Path, folder: Path, write: Write, news: News, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    """What could not be read in one of them casts no doubt on the next."""
    monkeypatch.setattr("indexer.syncing._FILES_AT_ONCE", at_once)
    sync_sources(home, [folder])
    write([*news(9), "{broken"], "news/0.jsonl")
    write(news(19)[10:], "news/1.jsonl")
    write([*news(29)[20:], "{broken"], "news/2.jsonl")
    receipt = sync_sources(home, [folder])
    assert (receipt.removed, receipt.sources[0].kept_ids, receipt.rejected) == (1, ("29", "9"), 2)
    assert receipt.sources[0].read == 3


def test_a_reject_elsewhere_keeps_nothing(home: Path, folder: Path, write: Write, news: News) -> None:
    """A file that is broken for years must not keep every other article for ever."""
    write(['{"id": "x", "title": ""}'], "news/old.jsonl")
    assert sync_sources(home, [folder]).exit_code == 1
    write(news(9), "news/0.jsonl")
    receipt = sync_sources(home, [folder])
    assert (receipt.removed, receipt.rejected) == (1, 1)


def test_a_renamed_file_with_rejects_keeps_its_articles(home: Path, write: Write, news: News) -> None:
    write(news(20), "news/a.jsonl")
    folder = write(news(24)[20:], "news/b.jsonl").parent
    sync_sources(home, [folder])
    (folder / "b.jsonl").unlink()
    write([*news(24)[20:23], "{broken"], "news/c.jsonl")
    receipt = sync_sources(home, [folder])
    assert (receipt.removed, receipt.kept) == (0, 1)


def test_a_source_that_is_not_there_removes_nothing(home: Path, folder: Path) -> None:
    sync_sources(home, [folder])
    moved = folder.rename(folder.with_name("moved"))
    with pytest.raises(SourceError, match="does not exist, and nothing was removed"):
        sync_sources(home, [folder], ANYWAY)
    assert len(ids_of(home)) == 40
    moved.rename(folder)
    assert counts(sync_sources(home, [folder])) == (0, 0, 40, 0)


def test_a_folder_that_cannot_be_listed_removes_nothing(
    home: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sync_sources(home, [folder])
    (folder / "0.jsonl").unlink()

    def listed(*_: object, **__: object) -> object:
        from indexer.sources import Reject  # noqa: PLC0415

        return iter([*((folder / f"{n}.jsonl", "jsonl") for n in (1, 2, 3)), Reject("news/x", "", "cannot")])

    monkeypatch.setattr("indexer.syncing.list_files", listed)
    receipt = sync_sources(home, [folder])
    assert (receipt.removed, receipt.kept) == (0, 10)


def test_a_source_never_removes_what_another_has(home: Path, write: Write, news: News) -> None:
    """Two folders share article 3; the one that loses it does not take it from the other."""
    one = write(news(4), "one/a.jsonl").parent
    two = write(news(6)[3:], "two/a.jsonl").parent
    sync_sources(home, [one, two])
    write(news(3), "one/a.jsonl")
    receipt = sync_sources(home, [one])
    assert (receipt.removed, ids_of(home)) == (0, {"0", "1", "2", "3", "4", "5"})
    write(news(6)[4:], "two/a.jsonl")
    assert sync_sources(home, [two]).removed == 1
    assert ids_of(home) == {"0", "1", "2", "4", "5"}


def test_added_articles_are_no_ones(home: Path, folder: Path, write: Write) -> None:
    jobs.add(home, [write([{"id": "mine", "title": "خبر"}], "mine.jsonl")])
    sync_sources(home, [folder])
    assert sync_sources(home, [folder], ANYWAY).removed == 0
    assert "mine" in ids_of(home)


def test_a_forgotten_source_leaves_its_articles(home: Path, folder: Path) -> None:
    sync_sources(home, [folder])
    assert forget_source(home, str(folder)) == 40
    (folder / "0.jsonl").unlink()
    assert counts(sync_sources(home, [folder], ANYWAY)) == (0, 0, 30, 0)
    assert len(ids_of(home)) == 40


def test_what_left_a_feed_stays(home: Path, tmp_path: Path, news: News) -> None:
    """A feed shows its newest items; the same for a feed in a folder, and when the feed itself is gone."""
    path = feed(tmp_path / "feeds" / "news.rss", news(6))
    sync_sources(home, [path.parent])
    feed(path, news(8)[4:])
    assert counts(sync_sources(home, [path.parent])) == (2, 0, 2, 0)
    feed(path.with_name("other.rss"), news(1))
    path.unlink()
    assert sync_sources(home, [path.parent]).removed == 0
    assert len(ids_of(home)) == 8


def test_a_complete_feed_removes(home: Path, tmp_path: Path, news: News) -> None:
    path = feed(tmp_path / "all.rss", news(6))
    sync_sources(home, [path], SyncOptions(complete=True))
    feed(path, news(4))
    assert sync_sources(home, [path], SyncOptions(complete=True)).removed == 2
    assert len(ids_of(home)) == 4


@pytest.mark.usefixtures("on_both")
def test_a_dry_run_tells_the_same_and_writes_nothing(
    home: Path, folder: Path, write: Write, news: News
) -> None:
    assert counts(sync_sources(home, [folder], dry_run=True)) == (40, 0, 0, 0)
    assert not home.exists()
    sync_sources(home, [folder])
    write([*news(8), "{broken"], "news/0.jsonl")
    before = state_of(home)
    told = sync_sources(home, [folder], dry_run=True)
    assert told.dry_run
    assert state_of(home) == before
    done = sync_sources(home, [folder])
    assert (counts(told), told.kept, told.rejected) == (counts(done), done.kept, done.rejected)


def state_of(home: Path) -> list[tuple[object, ...]]:
    tables = ("articles", "changes", "quarantine", "jobs", "source_files", "source_articles", "versions")
    with closing(open_archive(home)) as archive, archive.transaction() as connection:
        return [
            tuple(row)
            for table in tables
            for row in connection.exec_driver_sql(f"SELECT * FROM {table}")  # noqa: S608
        ]


@pytest.mark.usefixtures("on_both")
def test_an_archive_of_an_older_dalil_learns_to_follow(home: Path, folder: Path) -> None:
    """The tables are added by the first job that writes; reading needs none of them."""
    jobs.add(home, [folder])
    with closing(open_archive(home)) as archive, archive.transaction() as connection:
        for table in ("held", "versions", "source_files", "source_articles"):
            connection.exec_driver_sql(f"DROP TABLE {table}")
    status = inspection.status(home)
    assert (status.embargoed, status.sources) == (0, {})
    assert counts(sync_sources(home, [folder])) == (0, 0, 40, 0)
    assert inspection.status(home).sources == {str(folder): 40}


def sitemap(path: Path, pages: Mapping[str, str]) -> Path:
    """A sitemap: address -> date."""
    entries = "".join(
        f"<url><loc>{address}</loc>{f'<lastmod>{date}</lastmod>' if date else ''}</url>"
        for address, date in pages.items()
    )
    path.write_text(
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</urlset>', encoding="utf-8"
    )
    return path


def test_a_sitemap_tells_what_the_site_has(home: Path, tmp_path: Path, write: Write, news: News) -> None:
    """Addresses known, unknown and newer there; what it listed and lists no longer is removed."""
    site = "https://example.org/"
    jobs.add(home, [write([r | {"url": f"{site}{r['id']}"} for r in news(5)])])
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    pages = {f"{site}0": "2020-01-01", "http://www.example.org/1/?utm_source=x": tomorrow, f"{site}2": ""}
    path = sitemap(tmp_path / "sitemap.xml", pages | {f"{site}9": ""})
    receipt = sync_sources(home, [path])
    (report,) = receipt.sources
    assert (report.files, report.removed, receipt.exit_code) == (4, 0, 0)
    assert (report.unknown_pages, report.outdated) == ((f"{site}9",), 1)
    assert report.outdated_pages == ("http://www.example.org/1/?utm_source=x",)
    sitemap(path, {f"{site}0": ""})
    assert sync_sources(home, [path]).removed == 2
    # 3 and 4 were never listed, so the sitemap has no say about them.
    assert ids_of(home) == {"0", "3", "4"}


def test_a_broken_sitemap_removes_nothing(home: Path, tmp_path: Path, write: Write, news: News) -> None:
    site = "https://example.org/"
    jobs.add(home, [write([r | {"url": f"{site}{r['id']}"} for r in news(3)])])
    path = sitemap(tmp_path / "sitemap.xml", {f"{site}{n}": "" for n in range(3)})
    sync_sources(home, [path])
    path.write_bytes(path.read_bytes()[:-60])
    receipt = sync_sources(home, [path])
    assert (receipt.removed, receipt.rejected, receipt.exit_code) == (0, 1, 1)
    assert len(ids_of(home)) == 3


def test_a_sitemap_of_files_reads_them(home: Path, tmp_path: Path, write: Write, news: News) -> None:
    """Pages beside it; one that is missing keeps the others from being removed."""
    for n in range(3):
        write(news(3)[n : n + 1], f"site/page {n}.jsonl")
    folder = tmp_path / "site"
    path = sitemap(folder / "sitemap.xml", {f"page {n}.jsonl": "" for n in range(3)})
    assert counts(sync_sources(home, [path])) == (3, 0, 0, 0)
    sitemap(path, {"page 0.jsonl": "", "page 7.jsonl": ""})
    doubtful = sync_sources(home, [path])
    assert (doubtful.removed, doubtful.kept, doubtful.rejected) == (0, 2, 1)
    sitemap(path, {"page 0.jsonl": ""})
    assert sync_sources(home, [path]).removed == 2
    assert ids_of(home) == {"0"}


def test_a_receipt_of_a_sync_is_json(home: Path, folder: Path) -> None:
    receipt = json.loads(json.dumps(sync_sources(home, [folder]).as_dict()))
    assert receipt["sources"][0]["source"] == str(folder)
    assert (receipt["kept"], receipt["exit_code"], len(receipt["rules"])) == (0, 0, 16)
