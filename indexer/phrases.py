"""Frequent phrases of a language: words that stand side by side in several articles, and not by chance.

Counted as arrays of numbers, a length at a time: a phrase of n words is two overlapping phrases of n - 1,
so only what is frequent is ever made longer (Agrawal and Srikant 1994, "Fast algorithms for mining
association rules"). The measure of chance is that of Bouma 2009, "Normalized (pointwise) mutual information
in collocation extraction".
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analyzers import Analyzer

from .suggestion_keys import joiner

Numbers = npt.NDArray[np.int64]

LONGEST = 8
"""Words; a Vietnamese word is one to three of them."""
_COVERED = 0.6
"""A phrase is left out when a longer one stands in so much of its articles: Hồ Chí beside Hồ Chí Minh."""
_LIFT = 3.0
"""How many times more often than by chance the parts must meet."""
_REMEMBERED = 300_000
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
class _Level:
    """The phrases of one length."""

    words: int
    at: Numbers
    """Position in the text -> number of the phrase that begins there, -1 for none."""
    pairs: Numbers
    """Sorted, distinct: number of a phrase times the number of documents, plus the document."""
    frequencies: Numbers
    """Phrase -> documents that have it."""
    first: Numbers
    """Phrase -> a position where it begins."""


class PhraseCounter:
    """Takes the texts of one language in the order of their documents."""

    def __init__(self, analyzer: Analyzer) -> None:
        self._analyzer = analyzer
        self._spaced = joiner(analyzer.language) == " "
        self._surfaces: dict[tuple[str, str], int] = {}
        self._pieces: dict[str, tuple[int, ...]] = {}
        self._text = array("i")
        self._documents = array("i")
        self._ends = array("q")

    def add(self, document: int, text: str) -> None:
        """Count a text of a document; numbers of documents must not go down."""
        pieces, numbers = self._pieces, self._text
        for piece in text.split():
            found = pieces.get(piece)
            numbers.extend(self._numbered(piece) if found is None else found)
        numbers.append(_BREAK)
        self._documents.append(document)
        self._ends.append(len(numbers))

    def phrases(self, least: int, most: int) -> Iterator[Phrase]:
        """What stands in at least so many documents, the most frequent first, at most so many of a length."""
        if not self._text:
            return
        surfaces = np.frombuffer(self._text, np.int32).astype(np.int64)
        documents = np.repeat(
            np.frombuffer(self._documents, np.int32).astype(np.int64),
            np.ediff1d(np.frombuffer(self._ends, np.int64), to_begin=self._ends[0]),
        )
        written = list(self._surfaces)
        words: dict[str, int] = {}
        word_of = np.array([words.setdefault(word, len(words)) for word, _ in written] + [_BREAK], np.int64)
        level = singles = _level(word_of[surfaces], documents, least, 1)
        ends = self._ends_well(singles, surfaces, written)
        count = max(len(set(self._documents)), 1)
        while level.frequencies.size:
            longer = _longer(level, documents, least) if level.words < LONGEST else None
            chosen = _chosen(level, longer, singles, ends, count)
            best = np.argsort(-level.frequencies[chosen], kind="stable")[:most]
            chosen = np.sort(chosen[best])
            strengths = _strengths(level, singles, count)
            for number, start, found in _with_places(level, chosen, surfaces, int(documents[-1]) + 1):
                parts = [written[surface] for surface in surfaces[start : start + level.words]]
                between = " " if self._spaced else ""
                yield Phrase(
                    text=between.join(surface for _, surface in parts),
                    key=between.join(word for word, _ in parts),
                    words=level.words,
                    documents=found,
                    strength=float(strengths[number]),
                )
            if longer is None:
                return
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
        found = ((_BREAK,) if begin > 0 else ()) + (*numbers,) + ((_BREAK,) if end < len(piece) else ())
        if len(self._pieces) >= _REMEMBERED:
            self._pieces.clear()
        self._pieces[piece] = found
        return found

    def _ends_well(
        self, singles: _Level, surfaces: Numbers, written: list[tuple[str, str]]
    ) -> npt.NDArray[np.bool_]:
        """Single word -> whether a phrase may begin and end with it: no stop word, no mere number or sign."""
        words = (written[surface] for surface in surfaces[singles.first])
        return np.array(
            [
                bool(self._analyzer.terms(surface)) and any(letter.isalpha() for letter in word)
                for word, surface in words
            ],
            np.bool_,
        )


def _level(numbers: Numbers, documents: Numbers, least: int, words: int) -> _Level:
    """Keep what stands in enough documents; `numbers`: position -> what tells phrases apart, or -1."""
    places = np.flatnonzero(numbers >= 0)
    _, dense, counts = np.unique(numbers[places], return_inverse=True, return_counts=True)
    often = counts[dense] >= least
    places, dense = places[often], dense[often]
    span = int(documents[-1]) + 1 if documents.size else 1
    pairs = np.unique(dense * span + documents[places])
    frequencies = np.bincount(pairs // span, minlength=counts.size)
    kept = frequencies >= least
    renumbered = np.where(kept, np.cumsum(kept) - 1, -1)
    at = np.full(numbers.size, -1, np.int64)
    at[places] = renumbered[dense]
    places = places[at[places] >= 0]
    first = np.zeros(int(kept.sum()), np.int64)
    # Backwards, so that the first place is the one that stays.
    first[at[places[::-1]]] = places[::-1]
    pairs = pairs[kept[pairs // span]]
    return _Level(words, at, renumbered[pairs // span] * span + pairs % span, frequencies[kept], first)


def _longer(level: _Level, documents: Numbers, least: int) -> _Level:
    begins, goes_on = level.at[:-1], level.at[1:]
    both = (begins >= 0) & (goes_on >= 0)
    numbers = np.full(level.at.size, -1, np.int64)
    numbers[:-1][both] = begins[both] * level.frequencies.size + goes_on[both]
    return _level(numbers, documents, least, level.words + 1)


def _chosen(
    level: _Level, longer: _Level | None, singles: _Level, ends: npt.NDArray[np.bool_], count: int
) -> Numbers:
    """Phrases worth showing: whole, between words that mean something, and not by chance."""
    fit = _between(level, singles, ends)
    if level.words > 1:
        fit &= _lifts(level, singles, count) >= _LIFT
    if longer is not None and longer.frequencies.size:
        covering = np.flatnonzero(_between(longer, singles, ends))
        reach = np.zeros(level.frequencies.size, np.int64)
        for shift in (0, 1):
            inside = level.at[longer.first[covering] + shift]
            np.maximum.at(reach, inside, longer.frequencies[covering])
        fit &= (reach < _COVERED * level.frequencies) if level.words > 1 else True
    return np.flatnonzero(fit)


def _between(level: _Level, singles: _Level, ends: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    last: npt.NDArray[np.bool_] = ends[singles.at[level.first + level.words - 1]]
    return ends[singles.at[level.first]] & last


def _lifts(level: _Level, singles: _Level, count: int) -> npt.NDArray[np.float64]:
    """How many times more often its words meet than chance has it, by the geometric mean of its joints."""
    expected = np.ones(level.frequencies.size)
    for word in range(level.words):
        expected *= singles.frequencies[singles.at[level.first + word]] / count
    lifts: npt.NDArray[np.float64] = (level.frequencies / count / expected) ** (1 / max(level.words - 1, 1))
    return lifts


def _strengths(level: _Level, singles: _Level, count: int) -> npt.NDArray[np.float64]:
    if level.words == 1:
        return np.ones(level.frequencies.size)
    rarity = np.log((count + 1) / level.frequencies)
    strengths: npt.NDArray[np.float64] = np.log(_lifts(level, singles, count)) / np.maximum(
        rarity, math.log(2)
    )
    return np.clip(strengths, 0.0, 1.0)


def _with_places(
    level: _Level, chosen: Numbers, surfaces: Numbers, span: int
) -> Iterator[tuple[int, int, Numbers]]:
    """(phrase, a place where it is written as it mostly is, its documents)."""
    wanted = np.zeros(level.frequencies.size, np.bool_)
    wanted[chosen] = True
    places = np.flatnonzero(level.at >= 0)
    places = places[wanted[level.at[places]]]
    if not places.size:
        return
    form = np.zeros(places.size, np.uint64)
    for word in range(level.words):
        # A hash of the spelling; two spellings of one phrase that clash would only swap capitals.
        form = form * np.uint64(0x9E3779B97F4A7C15) + surfaces[places + word].astype(np.uint64)
    order = np.lexsort((form, level.at[places]))
    places, form, phrase = places[order], form[order], level.at[places[order]]
    starts = np.flatnonzero(np.r_[True, (phrase[1:] != phrase[:-1]) | (form[1:] != form[:-1])])
    counts = np.diff(np.r_[starts, places.size])
    # The last of each phrase is its commonest spelling, of equals the first in the text.
    ranked = np.lexsort((-places[starts], counts, phrase[starts]))
    best = ranked[np.r_[np.flatnonzero(np.diff(phrase[starts][ranked])), ranked.size - 1]]
    bounds = np.searchsorted(level.pairs, np.stack([chosen * span, (chosen + 1) * span]))
    for number, start, low, high in zip(chosen, places[starts[best]], bounds[0], bounds[1], strict=True):
        yield int(number), int(start), level.pairs[low:high] % span
