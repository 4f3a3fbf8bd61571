"""Whether two texts are nearly the same: by their shingles, five words in a row.

Two texts are as alike as the share of their shingles that both have (Jaccard), and the shorter is an excerpt
of the longer as far as its shingles stand there (containment). A sketch tells the first nearly as well in 64
letters: the hashes of a text's shingles fall into 64 bins, each letter is of the least of its bin, and two
texts have the same letter as often as they are alike (Broder 1997, "On the resemblance and containment of
documents"; six bits of each: Li and König 2010, "b-Bit Minwise Hashing"; bins: Li, Owen and Zhang 2012, "One
Permutation Hashing"; empty ones: Shrivastava 2017, "Optimal Densification for Fast and Accurate Minwise
Hashing").
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

SHINGLE_WORDS = 5
"""Words of a shingle."""
SHORT_TEXT = 26
"""A text of fewer different shingles, thirty words, is nearly the same as another only if all of them are."""
SHORTEST_TEXT = 6
"""Fewer, ten words, are no text to compare: "more soon", the place and day of a picture."""
LETTERS = 64
"""Letters of a sketch."""
_BITS = 6
_FIRST_LETTER = ord("0")
PARTS = 16
"""Sketches that differ in fewer letters have one of so many parts in common."""
LEAST_SAME = 52
"""Letters that the sketches of nearly the same texts have in common."""

Hashes = NDArray[np.uint64]
Places = NDArray[np.int64]

_FACTOR = np.uint32(0x9E3779B1)
_BIN_STARTS = (np.arange(LETTERS, dtype=np.uint64) << np.uint64(32 - _BITS)).astype(np.uint32)
# What makes one number, that of a whole short text, into letters that have little in common.
_FACTORS = np.array([zlib.crc32(bytes((row,))) | 1 for row in range(LETTERS)], np.uint32)
_ROWS = np.arange(LETTERS)
# Not by a random generator of NumPy's, whose numbers may change with its version.
_LENDERS = np.array(
    [sorted(range(LETTERS), key=lambda other: zlib.crc32(bytes((row, other)))) for row in _ROWS]
)


def shingle_hashes(fingerprints: NDArray[np.uint32]) -> Hashes:
    """Hash of every five words in a row, in the order of the text; none of fewer words.

    `fingerprints`: of each word, as `IndexWords.fingerprints` has them.
    """
    count = len(fingerprints) - SHINGLE_WORDS + 1
    if count < 1:
        return np.empty(0, np.uint64)
    words = fingerprints.astype(np.uint64)
    hashes = np.zeros(count, np.uint64)
    for place in range(SHINGLE_WORDS):
        hashes = (hashes ^ words[place : place + count]) * np.uint64(0x9E3779B97F4A7C15)
        hashes ^= hashes >> np.uint64(29)
    return hashes


def sketch_of(shingles: Hashes) -> str:
    """Letters of which near-duplicates have most in common, from the different shingles of a text, ascending.

    Two of fewer than `SHORT_TEXT` have all letters in common or few; there is none of fewer than
    `SHORTEST_TEXT`.
    """
    if len(shingles) < SHORT_TEXT:
        if len(shingles) < SHORTEST_TEXT:
            return ""
        return _letters(np.uint32(zlib.crc32(shingles.astype("<u8").tobytes())) * _FACTORS)
    hashes = (shingles >> np.uint64(32)).astype(np.uint32)
    starts = np.searchsorted(hashes, _BIN_STARTS)
    filled = starts < np.append(starts[1:], len(hashes))
    least = hashes[np.minimum(starts, len(hashes) - 1)]
    if not filled.all():
        # An empty bin borrows from the first filled one in an order of its own.
        least = least[np.where(filled, np.arange(LETTERS), _LENDERS[_ROWS, filled[_LENDERS].argmax(axis=1)])]
    return _letters(least)


def _letters(numbers: NDArray[np.uint32]) -> str:
    """Six bits of each."""
    # The least numbers of one bin differ in their lower bits.
    mixed = (numbers * _FACTOR) >> np.uint32(32 - _BITS)
    return bytes(mixed.astype(np.uint8) + np.uint8(_FIRST_LETTER)).decode("ascii")


def alike_sketches(
    sketches: Sequence[str], within: int, least_same: int = LEAST_SAME
) -> list[tuple[int, int]]:
    """Places of sketches with so many letters in common, at most `within` places apart.

    The pairs (earlier place, later place) come in order; what is no sketch is like no other.
    """
    places = np.array([place for place, text in enumerate(sketches) if len(text) == LETTERS], np.int64)
    if len(places) < 2:
        return []
    joined = "".join(sketches[place] for place in places.tolist())
    letters = np.frombuffer(joined.encode("ascii", "replace"), np.uint8).reshape(-1, LETTERS)
    first, second = _candidates(letters, within)
    near = places[second] - places[first] <= within
    first, second = first[near], second[near]
    same = np.count_nonzero(letters[first] == letters[second], axis=1) >= least_same
    return list(zip(places[first[same]].tolist(), places[second[same]].tolist(), strict=True))


def _candidates(letters: NDArray[np.uint8], within: int) -> tuple[Places, Places]:
    """Rows with a part in common, at most so many rows apart: the earlier ones, the later ones."""
    rows = len(letters)
    parts = letters.view(np.uint32).reshape(rows, PARTS)
    # Stable, so that among equal parts the rows ascend.
    order = np.argsort(parts, axis=0, kind="stable")
    ranked = np.take_along_axis(parts, order, axis=0)
    found: list[Places] = []
    for lag in range(1, min(rows, within + 1)):
        same = ranked[lag:] == ranked[:-lag]
        if not same.any():
            break
        found.append(order[:-lag][same] * rows + order[lag:][same])
    pairs = np.unique(np.concatenate([np.empty(0, np.int64), *found]))
    return pairs // rows, pairs % rows
