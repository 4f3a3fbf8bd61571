"""What is under embargo or withdrawn can be seen nowhere; what an article said before can be told."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from indexer import inspection, jobs
from indexer.archive import held, versions
from indexer.archive.databases import Where
from indexer.archive_place import open_archive
from indexer.articles import article_from
from indexer.errors import ArticleInvalid, ArticleNotFound
from indexer.library import Library

News = Callable[[int], list[dict[str, str]]]
Write = Callable[..., Path]

TOMORROW = (datetime.now(UTC) + timedelta(days=1)).isoformat()
YESTERDAY = (datetime.now(UTC) - timedelta(days=1)).isoformat()

pytestmark = pytest.mark.usefixtures("on_both")


def story(article_id: str = "1", **fields: Any) -> dict[str, Any]:
    return {"id": article_id, "lang": "ar", "title": "قصة من المدينة", **fields}  # a story of the city


def seen(home: Path) -> set[str]:
    """Ids that the index, the archive's readers or the export show."""
    with closing(Library(home)) as library:
        found = set(library.snapshot().engine.ids())
        shown = {str(n) for n in range(10) if str(n) in library.articles([str(n)])}
    exported = {json.loads(line)["id"] for line in inspection.export(home)}
    assert found == shown == exported
    return found


def kept_back(home: Path) -> dict[str, tuple[str, bool]]:
    with closing(open_archive(home)) as archive, archive.transaction() as connection:
        return {one.id: (one.why, one.ordered) for one in held.held(connection)}


def let_time_pass(home: Path, seconds: float = 2 * 86_400) -> int:
    """What a job does first, so much later; how many articles it lets out."""
    with closing(open_archive(home)) as archive:
        counts = archive.publish_due(time.time() + seconds)
    return counts.new + counts.changed


def test_an_article_under_embargo_is_nowhere_until_its_moment(home: Path, write: Write) -> None:
    path = write([story("1"), story("2", publish_at=TOMORROW)])
    receipt = jobs.add(home, [path])
    assert (receipt.new, receipt.held, receipt.exit_code) == (1, 1, 0)
    assert seen(home) == {"1"}
    assert jobs.add(home, [path]).unchanged == 2
    assert jobs.catch_up(home).released == 0
    assert let_time_pass(home) == 1
    jobs.catch_up(home)
    assert seen(home) == {"1", "2"}
    assert kept_back(home) == {}
    assert inspection.check(home) == []


def test_every_job_lets_out_what_is_due(home: Path, write: Write) -> None:
    soon = (datetime.now(UTC) + timedelta(seconds=1)).isoformat()
    path = write([story("1"), story("2", publish_at=soon)])
    assert jobs.add(home, [path]).held == 1
    time.sleep(1.1)
    receipt = jobs.add(home, [path])
    assert (receipt.released, receipt.new, receipt.unchanged, receipt.indexed) == (1, 0, 2, 1)
    assert seen(home) == {"1", "2"}


def test_an_embargo_that_is_over_holds_nothing(home: Path, write: Write) -> None:
    assert jobs.add(home, [write([story(publish_at=YESTERDAY)])]).new == 1
    assert seen(home) == {"1"}


def test_a_new_embargo_hides_what_was_public(home: Path, write: Write) -> None:
    """Whoever sets one wants the article unseen, also its version of before."""
    jobs.add(home, [write([story("1"), story("2")])])
    receipt = jobs.add(home, [write([story("2", publish_at=TOMORROW)])])
    assert (receipt.held, receipt.removed) == (1, 1)
    assert seen(home) == {"1"}
    assert jobs.add(home, [write([story("2", title="خبر")])]).new == 1
    assert seen(home) == {"1", "2"}
    assert kept_back(home) == {}


def test_a_withdrawn_record_hides_the_article(home: Path, write: Write) -> None:
    """It needs no text; a later record without the word shows the article again."""
    jobs.add(home, [write([story("1"), story("2")])])
    receipt = jobs.add(home, [write([{"id": "2", "withdrawn": True}])])
    assert (receipt.rejected, receipt.held, receipt.removed) == (0, 1, 1)
    assert (seen(home), kept_back(home)) == ({"1"}, {"2": ("withdrawn", False)})
    assert let_time_pass(home) == 0
    assert jobs.add(home, [write([story("2")])]).new == 1
    assert seen(home) == {"1", "2"}


def test_a_file_of_withdrawals_alone_is_read_in_a_folder(home: Path, write: Write) -> None:
    jobs.add(home, [write([story("1"), story("2")], "news/a.jsonl")])
    path = write(['{"id": "2", "withdrawn": true}'], "news/b.jsonl")
    jobs.add(home, [path.parent])
    assert seen(home) == {"1"}


@pytest.mark.parametrize("value", ["no", "true", 0, 1, []])
def test_withdrawn_must_be_true_or_false(value: object) -> None:
    """A guess that is wrong would show what must not be seen, or hide what must be."""
    with pytest.raises(ArticleInvalid, match="withdrawn must be true or false"):
        article_from(story(withdrawn=value))


def test_a_record_whose_embargo_cannot_be_read_is_rejected(home: Path, write: Write) -> None:
    receipt = jobs.add(home, [write([story("1"), story("2", publish_at="next week")])])
    assert (receipt.new, receipt.rejected) == (1, 1)
    assert seen(home) == {"1"}


def test_withdrawing_by_order_outlasts_every_record(home: Path, write: Write) -> None:
    path = write([story("1"), story("2")])
    jobs.add(home, [path])
    receipt = jobs.withdraw(home, ["2", "7"], "by court order")
    assert (receipt.removed, receipt.held, seen(home)) == (1, 2, {"1"})
    write([story("1"), story("2", title="خبر"), story("7")])
    again = jobs.add(home, [path])
    assert (again.new, again.unchanged, seen(home)) == (0, 1, {"1"})
    assert kept_back(home) == {"2": ("withdrawn", True), "7": ("withdrawn", True)}
    jobs.remove(home, ["2"])
    assert kept_back(home)["2"] == ("withdrawn", True)
    receipt = jobs.restore_public(home, ["2", "7", "nobody"])
    assert (receipt.new, seen(home)) == (2, {"1", "2", "7"})
    with closing(Library(home)) as library:
        assert library.article("2").title == "خبر"  # the newest record, not that of the day it was withdrawn


def test_releasing_what_is_under_embargo_keeps_the_embargo(home: Path, write: Write) -> None:
    jobs.add(home, [write([story("1"), story("2", publish_at=TOMORROW)])])
    jobs.withdraw(home, ["2"])
    jobs.restore_public(home, ["2"])
    assert (seen(home), kept_back(home)) == ({"1"}, {"2": ("embargoed", False)})


def test_of_two_records_in_one_file_the_later_counts(home: Path, write: Write) -> None:
    jobs.add(home, [write([story("1"), story("2"), story("2", publish_at=TOMORROW)])])
    assert seen(home) == {"1"}
    jobs.add(home, [write([story("2", publish_at=TOMORROW), story("2")])])
    assert seen(home) == {"1", "2"}


def test_reindexing_lets_out_what_is_due(home: Path, write: Write) -> None:
    soon = (datetime.now(UTC) + timedelta(seconds=0.6)).isoformat()
    jobs.add(home, [write([story("1"), story("2", publish_at=soon)])])
    time.sleep(0.7)
    jobs.reindex(home)
    assert seen(home) == {"1", "2"}
    assert inspection.check(home) == []


def history(home: Path, article_id: str) -> list[tuple[str, str]]:
    """State and title of each version, newest first."""
    with closing(open_archive(home)) as archive, archive.transaction() as connection:
        found = versions.history(connection, article_id)
    assert all(version.since for version in found)
    return [(version.state, str(version.record.get("title", ""))) for version in found]


def test_a_history_has_every_version(home: Path, write: Write) -> None:
    for title in ("واحد", "اثنان", "ثلاثة"):
        jobs.add(home, [write([story(title=title)])])
    jobs.add(home, [write([story(title="ثلاثة")])])  # no change, no version
    assert history(home, "1") == [("public", "ثلاثة"), ("changed", "اثنان"), ("changed", "واحد")]
    jobs.remove(home, ["1"])
    assert history(home, "1")[0] == ("removed", "ثلاثة")
    jobs.add(home, [write([story(title="أربعة")])])
    jobs.withdraw(home, ["1"])
    assert history(home, "1")[:3] == [("withdrawn", "أربعة"), ("hidden", "أربعة"), ("removed", "ثلاثة")]
    assert history(home, "nobody") == []


def test_a_history_is_bounded(home: Path, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(versions, "MOST", 3)
    for n in range(7):
        jobs.add(home, [write([story(title=f"خبر {n}"), story("2", title=f"قصة {n % 2}")])])
    assert history(home, "1") == [("public", "خبر 6"), *(("changed", f"خبر {n}") for n in (5, 4, 3))]
    assert len(history(home, "2")) == 4


def test_erasing_forgets_what_was_said(home: Path, write: Write, on_both: Where) -> None:
    for title in ("واحد", "اثنان"):
        jobs.add(home, [write([story(title=title), story("2", title=title)])])
    jobs.remove(home, ["1"], erase=True)
    assert history(home, "1") == []
    assert len(history(home, "2")) == 2
    if isinstance(on_both, Path):
        assert "واحد".encode() in on_both.read_bytes() + _wal(home)  # of article 2


def test_erasing_a_withdrawn_article_keeps_it_withdrawn(home: Path, write: Write) -> None:
    path = write([story("1"), story("2")])
    jobs.add(home, [path])
    jobs.withdraw(home, ["2"], "privacy")
    jobs.remove(home, ["2"], erase=True)
    assert history(home, "2") == [("withdrawn", "")]
    jobs.add(home, [path])
    assert seen(home) == {"1"}


def _wal(home: Path) -> bytes:
    path = home / "archive.db-wal"
    return path.read_bytes() if path.exists() else b""


def test_what_is_held_is_not_found_by_id(home: Path, write: Write) -> None:
    jobs.add(home, [write([story("1"), story("2", publish_at=TOMORROW)])])
    with closing(Library(home)) as library, pytest.raises(ArticleNotFound):
        library.article("2")
