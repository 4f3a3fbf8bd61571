"""Shingles and sketches: how far letters tell the share of shingles, and what they never do."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from analyzers import alike_sketches, shingle_hashes, sketch_of
from analyzers.shingles import LEAST_SAME, LETTERS, SHINGLE_WORDS, SHORT_TEXT, SHORTEST_TEXT

words = st.lists(st.integers(0, 2**32 - 1), max_size=60).map(lambda found: np.array(found, np.uint32))


def some_words(seed: int, count: int) -> NDArray[np.uint32]:
    """Fingerprints of words."""
    random = Random(seed)  # noqa: S311  # no secret
    return np.array([random.getrandbits(32) for _ in range(count)], np.uint32)


def sketch(fingerprints: NDArray[np.uint32]) -> str:
    """Of a text of these words."""
    return sketch_of(np.unique(shingle_hashes(fingerprints)))


@given(words)
def test_a_shingle_for_every_five_words(fingerprints: NDArray[np.uint32]) -> None:
    """It is told by these words alone, and not by where they stand."""
    found = shingle_hashes(fingerprints)
    assert len(found) == max(0, len(fingerprints) - SHINGLE_WORDS + 1)
    for at, value in enumerate(found.tolist()):
        assert shingle_hashes(fingerprints[at : at + SHINGLE_WORDS]).tolist() == [value]


def test_the_order_of_words_counts() -> None:
    one = np.arange(5, dtype=np.uint32)
    assert shingle_hashes(one).tolist() != shingle_hashes(one[::-1]).tolist()


@given(words)
def test_letters_are_plain(fingerprints: NDArray[np.uint32]) -> None:
    """An engine may keep them as any text; too short a text has none."""
    found = sketch(fingerprints)
    enough = len(set(shingle_hashes(fingerprints).tolist())) >= SHORTEST_TEXT
    assert len(found) == (LETTERS if enough else 0)
    assert found.isascii()
    assert found.isprintable()


def test_ten_words_are_the_fewest_that_have_a_sketch() -> None:
    assert sketch(some_words(1, SHORTEST_TEXT + SHINGLE_WORDS - 2)) == ""
    assert sketch(some_words(1, SHORTEST_TEXT + SHINGLE_WORDS - 1)) != ""


@pytest.mark.parametrize(
    ("kept", "least", "most"),
    [(1.0, 64, 64), (0.97, 52, 64), (0.9, 40, 62), (0.7, 20, 48), (0.0, 0, 8)],
)
@pytest.mark.parametrize("size", [60, 300, 2_000])
def test_letters_tell_the_share_of_shingles(size: int, kept: float, least: int, most: int) -> None:
    """On average so many letters as the share of shingles says, and one of 64 by chance."""
    one = some_words(2, size)
    other = one.copy()
    other[int(size * kept) :] = some_words(3, size)[int(size * kept) :]
    exact = len(np.intersect1d(shingle_hashes(one), shingle_hashes(other))) / (
        len(np.union1d(shingle_hashes(one), shingle_hashes(other)))
    )
    same = sum(a == b for a, b in zip(sketch(one), sketch(other), strict=True))
    assert abs(same / LETTERS - exact) < 0.2
    assert least <= same <= most


def test_short_texts_are_the_same_or_are_not() -> None:
    """One word more in a text of twenty leaves no likeness."""
    one = some_words(4, SHORT_TEXT - 2)
    assert sketch(one) == sketch(one.copy())
    assert sum(a == b for a, b in zip(sketch(one), sketch(one[1:]), strict=True)) < 10


sketches = st.lists(
    st.builds(
        lambda text, changed: text[changed:] + "x" * changed if changed < LETTERS else "",
        st.sampled_from(["abcd" * 16, "abce" * 16, "0123456789abcdef" * 4]),
        st.sampled_from([0, 1, 6, 12, 13, 30, LETTERS]),
    ),
    max_size=30,
)


@settings(max_examples=200)
@given(sketches, st.integers(1, 30))
def test_alike_are_all_pairs_with_enough_letters(found: list[str], within: int) -> None:
    """No pair is missed by the short cut over parts of sketches."""
    expected = [
        (one, other)
        for one in range(len(found))
        for other in range(one + 1, min(len(found), one + within + 1))
        if found[one]
        and found[other]
        and sum(a == b for a, b in zip(found[one], found[other], strict=True)) >= LEAST_SAME
    ]
    assert alike_sketches(found, within) == expected


def test_what_is_no_sketch_is_like_nothing() -> None:
    assert alike_sketches(["short", "short", "đ" * LETTERS, "", "a" * LETTERS], 5) == []
