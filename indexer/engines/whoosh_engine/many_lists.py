"""The postings of many words through all segments, in a few calls for all of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from .codec.packing import starts_of
from .codec.segment import Segment
from .columns import Ids, Mask


@dataclass(frozen=True, slots=True)
class ManyLists:
    """Live documents with each of some words, word by word."""

    ids: Ids
    """Of each word ascending."""
    frequencies: NDArray[np.float64]
    """Weighted."""
    starts: NDArray[np.int64]
    """Where the documents of each word begin, and the end of the last."""


def find_each(segments: Sequence[Segment], field: str, terms: Sequence[bytes]) -> list[NDArray[np.int64]]:
    """The numbers of some terms in each segment, -1 where it does not have one."""
    return [segment.find_each(field, terms) for segment in segments]


def counts_of(segments: Sequence[Segment], found: Sequence[NDArray[np.int64]]) -> NDArray[np.int64]:
    """Documents with each term, deleted ones included; `found`: as of `find_each`, at least one of them."""
    counts = np.zeros(len(found[0]), np.int64)
    for segment, numbers in zip(segments, found, strict=True):
        there = np.flatnonzero(numbers >= 0)
        if len(there):
            counts[there] += segment.many.counts(numbers[there])
    return counts


def read_lists(
    segments: Sequence[Segment], bases: Sequence[int], live: Mask | None, found: Sequence[NDArray[np.int64]]
) -> ManyLists:
    """The postings of some terms.

    `bases`: number of the first document of each segment; `live`: which documents are, None for all;
    `found`: as of `find_each`, at least one of them.
    """
    ids: list[Ids] = [np.empty(0, np.int32)]
    frequencies: list[NDArray[np.float64]] = [np.empty(0)]
    words: list[NDArray[np.intp]] = [np.empty(0, np.intp)]
    for segment, base, numbers in zip(segments, bases, found, strict=False):
        there = np.flatnonzero(numbers >= 0)
        if len(there):
            postings = segment.many.postings(numbers[there])
            ids.append(postings.documents + np.int32(base))
            frequencies.append(segment.frequencies[postings.codes])
            words.append(np.repeat(there, postings.counts))
    joined = _joined(ids, frequencies, words)
    if live is not None:
        alive = live[joined[0]]
        joined = joined[0][alive], joined[1][alive], joined[2][alive]
    return ManyLists(*joined[:2], starts_of(np.bincount(joined[2], minlength=len(found[0]))))


def read_starts(segment: Segment, numbers: NDArray[np.int64]) -> Iterator[tuple[Ids, NDArray[np.int64]]]:
    """Of each term, in a field with positions, its documents and where the positions of each begin."""
    postings = segment.many.postings(numbers)
    positions = starts_of(segment.many.occurrences(numbers, postings, segment.frequencies))
    for start, end in pairwise(starts_of(postings.counts).tolist()):
        yield postings.documents[start:end].copy(), positions[start : end + 1] - positions[start]


def _joined(
    ids: Sequence[Ids], frequencies: Sequence[NDArray[np.float64]], words: Sequence[NDArray[np.intp]]
) -> tuple[Ids, NDArray[np.float64], NDArray[np.intp]]:
    """Of several segments, word by word."""
    if len(ids) == 2:
        return ids[1], frequencies[1], words[1]
    word = np.concatenate(words)
    # Segments come in the order of their documents: what is stable leaves those of a word ascending.
    order = np.argsort(word, kind="stable")
    return np.concatenate(ids)[order], np.concatenate(frequencies)[order], word[order]
