"""The words of an archive, searched by distance: what did-you-mean chooses from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from operator import or_

import numpy as np
import numpy.typing as npt
from rapidfuzz import process
from rapidfuzz.distance import OSA

from analyzers import Lexicon, analyzer_for

SHORTEST = 3
"""Letters; shorter words have too many neighbours."""
_TWO_MISTAKES = 6
"""Letters from which two mistakes are forgiven; one below."""
LEAST_OFFERED = 2
"""Articles: a word that stands in one alone may be a mistake itself."""
_KEPT = 32
"""Vocabularies remembered; a server sees a few languages of one generation after the other."""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A word of the vocabulary near another one."""

    word: str
    distance: int
    """Letters added, dropped, replaced, or swapped with the next."""
    frequency: int
    """Articles that have it."""


@dataclass(frozen=True, slots=True)
class _SameLength:
    """Words of one length, with their letters as sets of 64 bits (by code point modulo 64)."""

    words: list[str]
    letters: npt.NDArray[np.uint64]

    @classmethod
    def of(cls, words: list[str]) -> _SameLength:
        code_points = np.frombuffer("".join(words).encode("utf-32-le", "surrogatepass"), np.uint32)
        bits = np.uint64(1) << (code_points.astype(np.uint64) % np.uint64(64))
        # keepdims: NumPy's types know this form in every version.
        return cls(words, np.bitwise_or.reduce(bits.reshape(len(words), -1), axis=1, keepdims=True)[:, 0])

    def sharing(self, letters: int, most: int) -> list[str]:
        """Words that lack at most so many of the letters and add at most so many.

        A mistake adds and takes away at most one letter each, so no near word is lost.
        """
        wanted = np.uint64(letters)
        missing, added = wanted & ~self.letters, self.letters & ~wanted
        one = np.uint64(1)
        for _ in range(most):
            # x & (x - 1) takes one bit away; where none is left, 0 - 1 wraps and 0 stays.
            missing &= missing - one
            added &= added - one
        return [self.words[at] for at in np.flatnonzero((missing | added) == 0)]


class Vocabulary:
    """Words with their frequencies, searched by distance."""

    def __init__(self, counts: Mapping[str, int]) -> None:
        self.counts = counts
        """Word -> articles that have it; those of one article too, which are known but never offered."""
        by_length: dict[int, list[str]] = {}
        for word, count in counts.items():
            if word and count >= LEAST_OFFERED and not any(map(str.isdigit, word)):
                by_length.setdefault(len(word), []).append(word)
        self._by_length = {length: _SameLength.of(words) for length, words in by_length.items()}

    def nearest(self, word: str, limit: int = 5) -> list[Neighbour]:
        """The nearest words, the more frequent first among equally near ones."""
        if len(word) < SHORTEST:
            return []
        most = 2 if len(word) >= _TWO_MISTAKES else 1
        letters = reduce(or_, (1 << ord(character) % 64 for character in word))
        lengths = range(len(word) - most, len(word) + most + 1)
        likely = [
            near
            for length in lengths
            if length in self._by_length
            for near in self._by_length[length].sharing(letters, most)
        ]
        found = process.extract(word, likely, scorer=OSA.distance, score_cutoff=most, limit=None)
        neighbours = [
            Neighbour(near, int(distance), self.counts[near]) for near, distance, _ in found if near != word
        ]
        # People get the first letter right.
        neighbours.sort(key=lambda n: (n.distance, n.word[0] != word[0], -n.frequency, n.word))
        return neighbours[:limit]


class Vocabularies:
    """Vocabularies by lexicon, kept while an index grows: a lexicon is frozen with its generation.

    Safe for several threads: two may build the same one, either is as good.
    """

    def __init__(self) -> None:
        self._built: dict[tuple[str, str, str], Vocabulary] = {}

    def of(self, language: str, lexicon: Lexicon, form: str = "") -> Vocabulary:
        """The normalised words of a lexicon, or their terms in a field (`fold`: without accents)."""
        key = (language, lexicon.hash, form)
        found = self._built.get(key)
        if found is None:
            if len(self._built) >= _KEPT:
                self._built.clear()
            counts = _in_form(lexicon.counts, language, form) if form else lexicon.counts
            found = self._built[key] = Vocabulary(counts)
        return found


def _in_form(counts: Mapping[str, int], language: str, form: str) -> dict[str, int]:
    analyzer = analyzer_for(language)
    terms: dict[str, int] = {}
    for word, count in counts.items():
        # Analysis takes the time, and half the words of an archive stand in one article.
        if count >= LEAST_OFFERED:
            for term in analyzer.words(word).forms[form]:
                if term is not None:
                    terms[term] = terms.get(term, 0) + count
    return terms
