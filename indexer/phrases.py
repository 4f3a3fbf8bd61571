"""Frequent phrases of a language: words that stand side by side in several articles, and not by chance.

Counted as arrays of numbers, a length at a time: a phrase of n words is two overlapping phrases of n - 1,
so only what is frequent is ever made longer (Agrawal and Srikant 1994, "Fast algorithms for mining
association rules"). The measure of chance is that of Bouma 2009, "Normalized (pointwise) mutual information
in collocation extraction".
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt

from analyzers import Analyzer

from .suggestion_keys import joiner

Numbers = npt.NDArray[np.signedinteger[Any]]

LONGEST = 7
"""Words; a Vietnamese word is one to three of them."""
_COVERED = 0.6
"""A phrase is left out when a longer one stands in so much of its articles: Hồ Chí beside Hồ Chí Minh."""
_LEAST_STRENGTH = 0.2
"""Two words that each stand in a hundredth of the articles then meet three times as often as by chance."""
_REMEMBERED = 300_000
_BUCKETS = (1 << 22) - 3
"""A prime, for counts by remainder."""
_BREAK = -1


@dataclass(frozen=True, slots=True)
class Phrase:
    """One frequent word or phrase."""

    text: str
    """As it is written most often."""
    key: str
    """See `suggestion_keys.exact_key`."""
    words: int
    documents: Numbers
    """Numbers of the articles that have it, ascending."""
    strength: float
    """0 to 1: how much more than by chance its parts stand together; 1 for a single word."""

    @property
    def is_name(self) -> bool:
        """Whether every word is written with a capital."""
        return self.words > 1 and all(word[:1].isupper() for word in self.text.split())


@dataclass(frozen=True, slots=True)
class _Text:
    """All texts of a language, one behind the other."""

    surfaces: Numbers
    """Position -> number of the written word there, -1 for a break."""
    documents: Numbers
    """Position -> document."""
    least: int
    """Documents that a frequent phrase stands in."""


@dataclass(frozen=True, slots=True)
class _Level:
    """The frequent phrases of one length."""

    words: int
    at: Numbers
    """Position in the text -> number of the phrase that begins there, -1 for none."""
    documents: Numbers
    """The documents of each phrase, ascending, one phrase behind the other."""
    bounds: Numbers
    """Phrase -> where its documents begin; one more for the end."""
    first: Numbers
    """Phrase -> the first place where it stands."""

    @property
    def size(self) -> int:
        """How many phrases there are."""
        return self.first.size

    @property
    def frequencies(self) -> Numbers:
        """Phrase -> documents that have it."""
        return np.diff(self.bounds)


class _Pieces(dict[str, tuple[int, ...]]):
    """Piece of text between blanks -> numbers of its words; computed once a piece."""

    def __init__(self, numbered: Callable[[str], tuple[int, ...]]) -> None:
        super().__init__()
        self._numbered = numbered

    def __missing__(self, piece: str) -> tuple[int, ...]:
        if len(self) >= _REMEMBERED:
            self.clear()
        found = self[piece] = self._numbered(piece)
        return found


class PhraseCounter:
    """Takes the texts of one language in the order of their documents."""

    def __init__(self, analyzer: Analyzer) -> None:
        self._analyzer = analyzer
        self._spaced = joiner(analyzer.language) == " "
        self._surfaces: dict[tuple[str, str], int] = {}
        self._pieces = _Pieces(self._numbered)
        self._text = array("i")
        self._documents = array("i")
        self._ends = array("q")

    def add(self, document: int, text: str) -> None:
        """Count a text of a document; numbers of documents must not go down."""
        numbers = self._text
        numbers.extend(chain.from_iterable(map(self._pieces.__getitem__, text.split())))
        numbers.append(_BREAK)
        self._documents.append(document)
        self._ends.append(len(numbers))

    def phrases(self, least: int, most: int) -> Iterator[Phrase]:
        """What stands in at least so many documents, by number of words, at most so many of each."""
        if not self._text:
            return
        ends = np.frombuffer(self._ends, np.int64)
        documents = np.repeat(np.frombuffer(self._documents, np.int32), np.ediff1d(ends, to_begin=ends[0]))
        text = _Text(np.frombuffer(self._text, np.int32), documents, least)
        written = list(self._surfaces)
        words: dict[str, int] = {}
        word_of = np.array([words.setdefault(word, len(words)) for word, _ in written], np.int32)
        places = np.flatnonzero(text.surfaces >= 0).astype(np.int32)
        singles = _level(places, word_of[text.surfaces[places]], text, 1)
        del places
        good = self._good_ends(singles, text, written)
        count = len(set(self._documents))
        level = singles
        while level.size and level.words <= LONGEST:
            longer = _longer(level, text)
            chosen = _chosen(level, longer, singles, good, count)
            best = np.argsort(-level.frequencies[chosen], kind="stable")[:most]
            chosen = np.sort(chosen[best])
            strengths = _strengths(level, singles, count)
            for number, start in _written_mostly(level, chosen, text.surfaces):
                parts = [written[surface] for surface in text.surfaces[start : start + level.words]]
                between = " " if self._spaced else ""
                yield Phrase(
                    text=between.join(surface for _, surface in parts),
                    key=between.join(word for word, _ in parts),
                    words=level.words,
                    documents=level.documents[level.bounds[number] : level.bounds[number + 1]],
                    strength=float(strengths[number]),
                )
            level = longer

    def _numbered(self, piece: str) -> tuple[int, ...]:
        """Numbers of a piece between blanks, with a break where punctuation keeps phrases apart."""
        pairs = self._analyzer.normal(piece)
        if not pairs:
            return (_BREAK,)
        begin, end = piece.find(pairs[0][1]), piece.rfind(pairs[-1][1]) + len(pairs[-1][1])
        if self._spaced and len(pairs) > 1:
            # Covid-19 stays as it is written.
            pairs = [(" ".join(word for word, _ in pairs), piece[begin:end])]
        numbers = [self._surfaces.setdefault(pair, len(self._surfaces)) for pair in pairs]
        return ((_BREAK,) if begin > 0 else ()) + (*numbers,) + ((_BREAK,) if end < len(piece) else ())

    def _good_ends(
        self, singles: _Level, text: _Text, written: list[tuple[str, str]]
    ) -> npt.NDArray[np.bool_]:
        """Single word -> whether a phrase may begin and end with it: no stop word, no mere number or sign."""
        words = (written[surface] for surface in text.surfaces[singles.first])
        return np.array(
            [
                bool(self._analyzer.terms(surface)) and any(letter.isalpha() for letter in word)
                for word, surface in words
            ],
            np.bool_,
        )


def _level(places: Numbers, numbers: Numbers, text: _Text, words: int) -> _Level:
    """Keep what stands in enough documents; `numbers`: what tells the phrases at these places apart."""
    # Most phrases come once. Counts of remainders, cheap to have, show what cannot be frequent, before a sort
    # (Park, Chen and Yu 1995, "An effective hash-based algorithm for mining association rules").
    buckets = numbers % _BUCKETS
    often = np.bincount(buckets, minlength=1)[buckets] >= text.least
    places, numbers = places[often], numbers[often]
    places, numbers = _sorted_together(places, numbers)
    documents = text.documents[places]
    begins = _changes(numbers)
    dense = np.cumsum(begins) - 1
    # Places of a phrase are in the order of the text, so that a document's stand together.
    distinct = begins | _changes(documents)
    kept = np.bincount(dense[distinct], minlength=1) >= text.least
    renumbered = (np.cumsum(kept) - 1).astype(np.int32)
    inside = kept[dense] if dense.size else begins
    at = np.full(text.surfaces.size, _BREAK, np.int32)
    at[places[inside]] = renumbered[dense[inside]]
    listed = distinct & inside
    phrase = renumbered[dense[listed]]
    size = int(kept.sum()) if dense.size else 0
    bounds = np.searchsorted(phrase, np.arange(size + 1))
    return _Level(words, at, documents[listed], bounds, places[begins & inside])


def _sorted_together(places: Numbers, numbers: Numbers) -> tuple[Numbers, Numbers]:
    """Both in the order of `numbers`, equal ones as they come; `places` ascend."""
    bits = int(places[-1]).bit_length() if places.size else 0
    if bits + int(numbers.max(initial=0)).bit_length() < 64:
        # One number for both is sorted many times faster.
        both = np.sort((numbers.astype(np.int64) << bits) | places)
        return (both & ((1 << bits) - 1)).astype(places.dtype), both >> bits
    order = np.argsort(numbers, kind="stable")
    return places[order], numbers[order]


def _changes(values: npt.NDArray[np.integer[Any]]) -> npt.NDArray[np.bool_]:
    """Where a value differs from the one before; the first does."""
    changes = np.ones(values.size, np.bool_)
    np.not_equal(values[1:], values[:-1], out=changes[1:])
    return changes


def _longer(level: _Level, text: _Text) -> _Level:
    places = np.flatnonzero((level.at[:-1] >= 0) & (level.at[1:] >= 0)).astype(np.int32)
    numbers = level.at[places].astype(np.int64) * level.size + level.at[places + 1]
    return _level(places, numbers, text, level.words + 1)


def _chosen(
    level: _Level, longer: _Level, singles: _Level, good: npt.NDArray[np.bool_], count: int
) -> Numbers:
    """Phrases worth showing: whole, between words that mean something, and not by chance."""
    fit = _holds(level, singles, good, count)
    # Nothing longer is shown than the longest: whatever goes on there is a piece of a formula.
    covering = np.arange(longer.size)
    if level.words < LONGEST:
        covering = np.flatnonzero(_holds(longer, singles, good, count))
    reach = np.zeros(level.size, np.int64)
    for shift in (0, 1):
        np.maximum.at(reach, level.at[longer.first[covering] + shift], longer.frequencies[covering])
    return np.flatnonzero(fit & (reach < _COVERED * level.frequencies))


def _holds(level: _Level, singles: _Level, good: npt.NDArray[np.bool_], count: int) -> npt.NDArray[np.bool_]:
    begin, end = singles.at[level.first], singles.at[level.first + level.words - 1]
    holds: npt.NDArray[np.bool_] = good[begin] & good[end]
    return holds & (_strengths(level, singles, count) >= _LEAST_STRENGTH)


def _strengths(level: _Level, singles: _Level, count: int) -> npt.NDArray[np.float64]:
    """Log of how much more often than by chance the words meet, a joint, beside the most that it could be."""
    if level.words == 1:
        return np.ones(level.size)
    expected = np.ones(level.size)
    for word in range(level.words):
        expected *= singles.frequencies[singles.at[level.first + word]] / count
    rarity = np.log((count + 1) / level.frequencies)
    strengths: npt.NDArray[np.float64] = np.log(level.frequencies / count / expected) / rarity
    return np.clip(strengths / (level.words - 1), 0.0, 1.0)


def _written_mostly(level: _Level, chosen: Numbers, surfaces: Numbers) -> Iterator[tuple[int, int]]:
    """(phrase, a place where it is written as it mostly is)."""
    wanted = np.zeros(level.size + 1, np.bool_)
    wanted[chosen] = True
    # -1, no phrase, is the last of `wanted`.
    places = np.flatnonzero(wanted[level.at])
    if not places.size:
        return
    form = np.zeros(places.size, np.uint64)
    for word in range(level.words):
        # A hash of the spelling; two spellings of one phrase that clash would only swap capitals.
        form = form * np.uint64(0x9E3779B97F4A7C15) + surfaces[places + word].astype(np.uint64)
    order = np.lexsort((form, level.at[places]))
    places, form, phrase = places[order], form[order], level.at[places[order]]
    starts = np.flatnonzero(_changes(phrase) | _changes(form))
    counts = np.diff(np.append(starts, places.size))
    places, phrase = places[starts], phrase[starts]
    # The last of each phrase is its commonest spelling, of equals the first in the text.
    ranked = np.lexsort((-places, counts, phrase))
    best = ranked[np.append(_changes(phrase[ranked])[1:], True)]
    yield from zip(phrase[best].tolist(), places[best].tolist(), strict=True)
