"""Of an article that is gone the archive knows that it was there, and since when it is not."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from indexer.archive import Archive
from indexer.archive.databases import Where
from indexer.articles import article_from
from indexer.errors import ArticleNotFound, ArticleRemoved

STORY = article_from({"id": "a", "lang": "vi", "title": "Cầu mới"})


@pytest.fixture
def archive(where: Where) -> Iterator[Archive]:
    opened = Archive.open(where, create=True)
    opened.put([STORY])
    yield opened
    opened.close()


def test_what_was_deleted_is_removed(archive: Archive) -> None:
    """The error has the id and the moment, and says what to do."""
    before = datetime.fromtimestamp(time.time(), UTC)
    archive.delete(["a"])
    with pytest.raises(ArticleRemoved) as caught:
        archive.get("a")
    assert caught.value.article_id == "a"
    assert before <= caught.value.removed_at <= datetime.now(UTC)
    assert str(caught.value) == (
        f"the article 'a' was taken out of the archive on {before:%Y-%m-%d} (UTC); "
        "search for its title, or add it again"
    )


def test_what_is_withdrawn_is_removed(archive: Archive) -> None:
    archive.withdraw(["a"], "a reason that no reader is told")
    with pytest.raises(ArticleRemoved) as caught:
        archive.get("a")
    assert "reason" not in str(caught.value)


def test_what_came_back_is_there(archive: Archive) -> None:
    archive.delete(["a"])
    archive.put([STORY])
    assert archive.get("a") == STORY


@pytest.mark.parametrize("article_id", ["b", "", "a\0", "\ud800", "x" * 5_000])
def test_what_was_never_there_is_not_found(archive: Archive, article_id: str) -> None:
    """Nor is an article under embargo that no one has seen."""
    archive.put([article_from({"id": "b", "lang": "vi", "title": "Mai", "publish_at": "2999-01-01"})])
    with pytest.raises(ArticleNotFound) as caught:
        archive.get(article_id)
    assert not isinstance(caught.value, ArticleRemoved)
