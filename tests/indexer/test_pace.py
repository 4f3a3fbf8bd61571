"""States of an index follow each other at once while there is time to spare, else less often."""

from __future__ import annotations

import time
from itertools import count
from pathlib import Path

import pytest

from indexer.articles import Article
from indexer.config import Settings
from indexer.library import Library
from indexer.pace import MOST_S, Pace
from indexer.publishing import Publisher, PublishRequest


class Fixed(Pace):
    """Always as busy."""

    def __init__(self, between_s: float) -> None:
        super().__init__()
        self.now_s = between_s

    def between_s(self) -> float:
        """What the test says."""
        return self.now_s


@pytest.mark.parametrize(
    ("share", "between_s"), [(0.0, 0.0), (0.6, 0.0), (0.725, MOST_S / 2), (0.85, MOST_S), (1.0, MOST_S)]
)
def test_the_busier_the_less_often(share: float, between_s: float) -> None:
    seconds = [0.0]
    pace = Pace(lambda: seconds[0], lambda: seconds[0] * share)
    assert pace.between_s() == 0
    seconds[0] = 2.0
    assert pace.between_s() == pytest.approx(between_s)


def test_a_window_that_is_not_over_says_nothing() -> None:
    walls, used = iter([0.0, 0.1, 0.2, 0.6]), iter([0.0, 0.1, 0.2, 0.6])
    pace = Pace(lambda: next(walls), lambda: next(used))
    assert [pace.between_s() for _ in range(3)] == [0.0, 0.0, MOST_S]


@pytest.fixture
def names() -> count[int]:
    """Numbers for jobs."""
    return count()


def one(number: int) -> PublishRequest:
    """A request with one article."""
    article = Article(id=f"a{number}", lang="vi", title=f"Tin số {number}", body=("Hà Nội",))
    return PublishRequest(f"job{number}", "test", [article])


def test_while_busy_acknowledged_at_once_and_searchable_later(tmp_path: Path) -> None:
    """The first one is searchable at once; those right behind it are together, and none is forgotten."""
    pace = Fixed(0.0)
    library = Library(tmp_path, pace)
    publisher = Publisher(tmp_path, library, Settings(), pace)
    try:
        assert publisher.wait_searchable(publisher.publish(one(0)).publication.sequence, 10)
        pace.now_s = 0.6
        first = publisher.publish(one(1)).publication.sequence
        assert publisher.wait_searchable(first, 10)
        began = time.monotonic()
        later = [publisher.publish(one(number)).publication.sequence for number in (2, 3)]
        acknowledged = time.monotonic()
        assert acknowledged - began < 0.5
        assert library.snapshot().sequence == first
        assert publisher.wait_searchable(later[-1], 10)
        assert time.monotonic() > acknowledged
        assert library.snapshot().engine.statistics().documents == 4
    finally:
        publisher.close()
        library.close()


def test_what_was_put_off_is_done_when_it_stops(tmp_path: Path) -> None:
    pace = Fixed(0.0)
    library = Library(tmp_path)
    publisher = Publisher(tmp_path, library, Settings(), pace)
    assert publisher.wait_searchable(publisher.publish(one(0)).publication.sequence, 10)
    pace.now_s = 30.0
    assert publisher.wait_searchable(publisher.publish(one(1)).publication.sequence, 10)
    last = publisher.publish(one(2)).publication.sequence
    publisher.close()
    library.look()
    assert library.snapshot().sequence == last
    library.close()
