"""Jobs can be run again at any time: they do what is left to do, and their receipts say what that was."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from indexer import inspection, jobs
from indexer.archive_place import open_archive
from indexer.config import Settings
from indexer.engines.base import SearchRequest
from indexer.engines.query import Term
from indexer.errors import ArchiveError, ArticleNotFound, LockHeld, SourceError
from indexer.library import Library
from indexer.writer_lock import writer_lock

News = Callable[[int], list[dict[str, str]]]
Write = Callable[..., Path]

pytestmark = pytest.mark.usefixtures("on_both")


def ids_of(home: Path) -> set[str]:
    """What a reader can find."""
    library = Library(home)
    found = set(library.snapshot().engine.ids())
    library.close()
    return found


def found_by(home: Path, field: str, term: str) -> list[str]:
    library = Library(home)
    response = library.snapshot().engine.search(SearchRequest(Term(field, term), limit=100))
    library.close()
    return sorted(hit.id for hit in response.hits)


def test_what_was_added_is_found(home: Path, write: Write, news: News) -> None:
    receipt = jobs.add(home, [write(news(6))])
    assert (receipt.new, receipt.changed, receipt.unchanged, receipt.indexed) == (6, 0, 0, 6)
    assert (receipt.generation, receipt.sequence, receipt.exit_code) == ("gen-000001", 6, 0)
    assert found_by(home, "vi.fold", "noi") == ["1", "3", "5"]


def test_adding_again_changes_nothing(home: Path, write: Write, news: News) -> None:
    path = write(news(6))
    first = jobs.add(home, [path])
    again = jobs.add(home, [path])
    assert (again.new, again.changed, again.unchanged, again.indexed) == (0, 0, 6, 0)
    assert (again.generation, again.sequence) == (first.generation, first.sequence)


def test_only_what_changed_is_indexed(home: Path, write: Write, news: News) -> None:
    jobs.add(home, [write(news(6))])
    changed = news(7)
    changed[1]["title"] = "tin mới Huế"
    receipt = jobs.add(home, [write(changed)])
    assert (receipt.new, receipt.changed, receipt.unchanged, receipt.indexed) == (1, 1, 5, 2)
    assert receipt.generation == "gen-000001"
    assert found_by(home, "vi.fold", "hue") == ["1"]
    assert found_by(home, "vi.fold", "noi") == ["3", "5"]


def test_removed_articles_are_not_found(home: Path, write: Write, news: News) -> None:
    jobs.add(home, [write(news(6))])
    receipt = jobs.remove(home, ["1", "2", "nobody"])
    assert (receipt.removed, receipt.indexed, receipt.exit_code) == (2, 0, 0)
    assert ids_of(home) == {"0", "3", "4", "5"}
    assert jobs.remove(home, ["1", "2"]).removed == 0
    library = Library(home)
    with pytest.raises(ArticleNotFound):
        library.article("1")
    library.close()


def test_a_removed_article_comes_back(home: Path, write: Write, news: News) -> None:
    path = write(news(4))
    jobs.add(home, [path])
    jobs.remove(home, ["1"])
    assert jobs.add(home, [path]).new == 1
    assert ids_of(home) == {"0", "1", "2", "3"}


def test_the_last_article_may_go(home: Path, write: Write, news: News) -> None:
    jobs.add(home, [write(news(2))])
    jobs.remove(home, ["0", "1"])
    assert ids_of(home) == set()
    assert inspection.check(home) == []


def test_a_bad_record_stops_nothing_and_is_kept(home: Path, write: Write, news: News) -> None:
    records = news(4)
    path = write([records[0], "{broken", records[1], '{"id": "9", "lang": "ar"}', records[2]])
    receipt = jobs.add(home, [path])
    assert (receipt.new, receipt.rejected, receipt.exit_code) == (3, 2, 1)
    assert [reject.position for reject in receipt.rejects] == ["line 2", "line 4"]
    kept = quarantined(home)
    assert [(path, position) for path, position, _ in kept] == [(str(path), "line 2"), (str(path), "line 4")]


def test_a_mended_file_leaves_the_quarantine(home: Path, write: Write, news: News) -> None:
    """Also when it is read as part of its folder, and from another current folder."""
    records = news(4)
    write(["{broken", records[0]], "news/a.jsonl")
    other = write(["{broken"], "other.jsonl")
    jobs.add(home, [other, other.parent / "news"])
    assert len(quarantined(home)) == 2
    write(records, "news/a.jsonl")
    assert jobs.add(home, [Path(os.path.relpath(other.parent / "news"))]).rejected == 0
    assert [path for path, _, _ in quarantined(home)] == [str(other)]


def test_a_receipt_shows_some_rejects_and_counts_all(home: Path, write: Write, news: News) -> None:
    receipt = jobs.add(home, [write([*news(1), *["{broken"] * 450])])
    assert (receipt.rejected, len(receipt.rejects)) == (450, 20)
    assert len(quarantined(home)) == 450


def test_a_missing_path_is_rejected_beside_others(home: Path, write: Write, news: News) -> None:
    receipt = jobs.add(home, [home / "nowhere", write(news(2))])
    assert (receipt.new, receipt.rejected, receipt.exit_code) == (2, 1, 1)


def test_only_missing_paths_write_nothing(home: Path) -> None:
    with pytest.raises(SourceError, match="no such file or folder"):
        jobs.add(home, [home / "nowhere", home / "elsewhere"])
    assert not home.exists()


def test_an_unknown_format_writes_nothing(home: Path, write: Write, news: News) -> None:
    with pytest.raises(SourceError, match="no format 'pdf'; use one of"):
        jobs.add(home, [write(news(2))], format="pdf")
    assert not home.exists()


@pytest.mark.skipif(os.name == "nt", reason="file names are text there")
def test_a_file_name_in_no_encoding_is_read(home: Path, write: Write, news: News) -> None:
    path = write([*news(2), "{broken"])
    strange = path.rename(Path(os.fsdecode(os.fsencode(path.parent) + b"/na\xffme.jsonl")))
    receipt = jobs.add(home, [strange])
    assert (receipt.new, receipt.rejected) == (2, 1)
    assert "na\N{REPLACEMENT CHARACTER}me" in quarantined(home)[0][0]


def test_an_archive_that_outgrew_its_vocabulary_is_built_anew(home: Path, write: Write, news: News) -> None:
    """More than twice the articles: its words decide about clitics, so they are counted again."""
    jobs.add(home, [write(news(4))])
    assert jobs.add(home, [write(news(8))]).generation == "gen-000001"
    receipt = jobs.add(home, [write(news(9))])
    assert (receipt.new, receipt.indexed, receipt.generation) == (1, 9, "gen-000002")
    assert len(ids_of(home)) == 9


def test_reindex_gives_the_same_answers(home: Path, write: Write, news: News) -> None:
    jobs.add(home, [write(news(6))])
    before = found_by(home, "vi.fold", "noi")
    receipt = jobs.reindex(home)
    assert (receipt.generation, receipt.indexed, receipt.sequence) == ("gen-000002", 6, 6)
    assert found_by(home, "vi.fold", "noi") == before


def test_small_commits_give_the_same_answers(home: Path, write: Write, news: News) -> None:
    path = write(news(9))
    jobs.add(home, [path], settings=Settings(commit_every=2))
    assert len(ids_of(home)) == 9
    changed = [article | {"title": "Huế"} for article in news(9)]
    jobs.add(home, [write(changed)], settings=Settings(commit_every=2))
    assert found_by(home, "vi.fold", "hue") == ["1", "3", "5", "7"]
    assert inspection.check(home) == []


def test_jobs_without_an_archive_say_so(home: Path) -> None:
    for job in (jobs.catch_up, jobs.reindex, lambda home: jobs.remove(home, ["1"])):
        with pytest.raises(ArchiveError, match=r"no archive (in|at) .*dalil add"):
            job(home)
    assert not home.exists()


def test_a_second_writer_is_told_who_writes(home: Path, write: Write, news: News) -> None:
    path = write(news(2))
    jobs.add(home, [path])
    with writer_lock(home, 0), pytest.raises(LockHeld, match=rf"process {os.getpid()} on .* is writing to"):
        jobs.add(home, [path], settings=Settings(lock_wait_s=0.2))
    assert jobs.add(home, [path]).unchanged == 2


def test_settings_of_the_home_count(home: Path, write: Write, news: News) -> None:
    path = write(news(2))
    jobs.add(home, [path])
    (home / "dalil.toml").write_text("lock_wait_s = 0.1\n", encoding="utf-8")
    with writer_lock(home, 0), pytest.raises(LockHeld, match=r"did not finish within 0\.1 s"):
        jobs.remove(home, ["1"])


def test_progress_counts_up_to_its_total(home: Path, write: Write, news: News) -> None:
    told: list[tuple[str, int, int | None]] = []
    jobs.add(home, [write(news(250))], progress=lambda *step: told.append(step))
    last = {phase: (done, total) for phase, done, total in told}
    # Only the words of the Arabic half must be counted before the first article is indexed.
    assert last == {"read": (250, None), "vocabulary": (125, 125), "index": (250, 250)}
    assert [done for phase, done, _ in told if phase == "index"] == [100, 200, 250]


def quarantined(home: Path) -> list[tuple[str, str, str]]:
    archive = open_archive(home)
    found = [(record.path, record.position, record.reason) for record in archive.quarantined()]
    archive.close()
    return found


def test_a_receipt_is_json(home: Path, write: Write, news: News) -> None:
    receipt: dict[str, Any] = jobs.add(home, [write([*news(1), "{broken"])]).as_dict()
    assert receipt["exit_code"] == 1
    assert receipt["rejects"][0]["position"] == "line 2"
