"""Threads of a server stem words at the same time."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from analyzers.other_languages import snowball

WORDS = ["continuellement", "gouvernementales", "intelligemment", "nationalisations", "a", "responsabilités"]


@pytest.fixture
def many_turns() -> Iterator[None]:
    """Threads take turns a thousand times as often as usual."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(5e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("many_turns")
def test_a_word_has_the_same_stem_whatever_other_threads_stem() -> None:
    """A stemmer keeps its word in itself: one for all threads would give stems of other words."""
    stem = snowball("french")
    expected = [stem(word) for word in WORDS]

    def stems(_: int) -> list[list[str]]:
        return [[stem(word) for word in WORDS] for _ in range(100)]

    with ThreadPoolExecutor(4) as threads:
        for found in threads.map(stems, range(4)):
            assert all(each == expected for each in found)
