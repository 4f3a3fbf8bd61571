"""Which accents a Vietnamese text typed without them would have: `ha noi` is hà nội, not hạ nơi.

A model of an archive's own words and pairs of neighbours (a bigram model, searched by the Viterbi algorithm):
each word without a tone may be any word of the archive with its letters, and the likeliest row of words wins.
It guides ranking only: no article is left out because of it.
"""

from __future__ import annotations

import unicodedata
from array import array
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .packed_strings import Arrays, pack, unpack
from .vietnamese import TONES, unaccented
from .word_numbers import LastingNumbers, NumberedTexts

_LEAST = 2
"""Occurrences of a word or pair; what comes once may be a slip."""
_MOST_COUNTED = 2_000_000
"""Different pairs held while counting; then those that came once so far are dropped."""
_COUNTED_AT_ONCE = 2_000_000
"""Words that wait to be counted together."""
_MOST_PAIRS = 1_000_000
"""The commonest so many are kept: 12 bytes each."""
_MOST_FORMS = 24
"""Accentuations of a word that are weighed."""
_PAIR_SHARE = 0.85
"""Of a word's probability that its neighbour decides; the rest its own frequency."""
_SHORTEST_TEXT = 4
_AS_TYPED = 3.0
"""Natural logarithm of odds for a word just as it was typed, in a query that has tones."""


class AccentModel:
    """Words and neighbours of an archive, counted. Immutable."""

    def __init__(
        self,
        words: Sequence[str],
        counts: NDArray[np.uint32],
        pairs: NDArray[np.uint64],
        pair_counts: NDArray[np.uint32],
    ) -> None:
        """`counts`: occurrences of each word. `pairs`: first word's number * 2**32 + second's, ascending."""
        self.words = tuple(words)
        self.counts, self.pairs, self.pair_counts = counts, pairs, pair_counts
        self._number = {word: number for number, word in enumerate(self.words)}
        self._total = float(counts.sum()) or 1.0
        self._by_letters: dict[str, list[int]] = {}
        self._by_shape: dict[str, list[int]] = {}
        for number in np.argsort(-counts.astype(np.int64), kind="stable").tolist():
            word = self.words[number]
            self._by_letters.setdefault(unaccented(word), []).append(number)
            self._by_shape.setdefault(_toneless(word), []).append(number)

    def restored(self, typed: Sequence[str]) -> list[str]:
        """The likeliest words for normalised ones: those with a tone stay, the others may get accents."""
        if not typed:
            return []
        bonus = _AS_TYPED if _has_its_accents(typed) else 0.0
        rows = [self._forms(word) for word in typed]
        score = self._frequency(rows[0]) + bonus * self._same(rows[0], typed[0])
        back: list[NDArray[np.intp]] = []
        for at in range(1, len(rows)):
            steps = score[:, None] + self._following(rows[at - 1], rows[at])
            back.append(steps.argmax(axis=0))
            score = steps.max(axis=0) + bonus * self._same(rows[at], typed[at])
        place = int(score.argmax())
        places = [place]
        for pointers in reversed(back):
            place = int(pointers[place])
            places.append(place)
        chosen = zip(typed, rows, reversed(places), strict=True)
        return [word if row[place] < 0 else self.words[row[place]] for word, row, place in chosen]

    def _forms(self, word: str) -> list[int]:
        """Numbers of the words that it may be; -1 for itself where the archive has it not."""
        own = self._number.get(word, -1)
        if _toneless(word) != word:
            return [own]
        alike = self._by_letters if word == unaccented(word) else self._by_shape
        found = alike.get(word, [])[:_MOST_FORMS]
        return found if own in found else [*found, own]

    def _same(self, row: Sequence[int], word: str) -> NDArray[np.float64]:
        own = self._number.get(word, -1)
        return np.array([number == own for number in row], np.float64)

    def _frequency(self, row: Sequence[int]) -> NDArray[np.float64]:
        counts = np.array([self.counts[number] if number >= 0 else 0 for number in row], np.float64)
        return np.log((counts + 0.5) / self._total)

    def _following(self, before: Sequence[int], row: Sequence[int]) -> NDArray[np.float64]:
        """Logarithm of the probability of each word of a row after each word before it."""
        first, second = (np.array(numbers, np.int64)[:, None] for numbers in (before, row))
        keys = (np.maximum(first, 0) << 32) + np.maximum(second.T, 0)
        at = np.searchsorted(self.pairs, keys.astype(np.uint64))
        at = np.minimum(at, max(len(self.pairs) - 1, 0))
        known = (first >= 0) & (second.T >= 0)
        if len(self.pairs):
            known &= self.pairs[at] == keys.astype(np.uint64)
            together = np.where(known, self.pair_counts[at], 0).astype(np.float64)
        else:
            together = np.zeros(keys.shape)
        alone = np.array([self.counts[number] if number >= 0 else 0 for number in before], np.float64) + 1
        own = np.exp(self._frequency(row))
        return np.log(_PAIR_SHARE * together / alone[:, None] + (1 - _PAIR_SHARE) * own[None, :])


class AccentCounter:
    """Counts the words and neighbours of texts into a model."""

    def __init__(self) -> None:
        self._numbers = LastingNumbers()
        self._waiting: list[NDArray[np.int32]] = []
        self._ends = array("q")
        """Where paragraphs end in what waits."""
        self._size = 0
        self._counts = np.zeros(0, np.int64)
        self._pairs = np.zeros(0, np.int64)
        """First word's number * 2**32 + second's, ascending."""
        self._pair_counts = np.zeros(0, np.int64)

    def add(self, words: Sequence[str]) -> None:
        """Count the normalised words of one paragraph, in text order."""
        self._take(np.fromiter(map(self._numbers.__getitem__, words), np.int32, len(words)), [len(words)])

    def add_texts(self, texts: NumberedTexts) -> None:
        """Count the words of paragraphs."""
        numbers = self._numbers.column(texts.words, texts.words.normals)[texts.numbers]
        ends = texts.ends
        nothing = self._numbers.get("")
        if nothing is not None:
            # What the analysis leaves nothing of parts no neighbours.
            kept = numbers != nothing
            ends = np.concatenate([[0], np.cumsum(kept)])[ends].tolist()
            numbers = numbers[kept]
        self._take(numbers, ends)

    def _take(self, numbers: NDArray[np.int32], ends: Sequence[int]) -> None:
        self._waiting.append(numbers)
        self._ends.extend([self._size + end for end in ends])
        self._size += numbers.size
        if self._size > _COUNTED_AT_ONCE:
            self._count()

    def _count(self) -> None:
        if not self._size:
            return
        numbers = np.concatenate(self._waiting).astype(np.int64)
        beside = np.ones(self._size, np.bool_)
        beside[np.frombuffer(self._ends, np.int64) - 1] = False
        beside = beside[:-1]
        self._waiting, self._ends, self._size = [], array("q"), 0
        counts = np.bincount(numbers, minlength=len(self._numbers))
        counts[: self._counts.size] += self._counts
        self._counts = counts
        pairs, pair_counts = np.unique((numbers[:-1][beside] << 32) + numbers[1:][beside], return_counts=True)
        self._pairs, place = np.unique(np.concatenate([self._pairs, pairs]), return_inverse=True)
        together = np.bincount(place, np.concatenate([self._pair_counts, pair_counts]), self._pairs.size)
        self._pair_counts = together.astype(np.int64)
        if self._pairs.size > _MOST_COUNTED:
            self._keep(self._pair_counts > 1)

    def _keep(self, chosen: NDArray[np.bool_] | NDArray[np.intp]) -> None:
        self._pairs, self._pair_counts = self._pairs[chosen], self._pair_counts[chosen]

    def packed(self) -> dict[str, NDArray[Any]]:
        """All that was counted, as arrays; `of_packed` goes on with it."""
        self._count()
        counted = {"counts": self._counts, "pairs": self._pairs, "pair_counts": self._pair_counts}
        return pack(self._numbers) | counted

    @classmethod
    def of_packed(cls, arrays: Arrays) -> AccentCounter:
        """A counter that has counted what `packed` packed."""
        counter = cls()
        counter._numbers.update(unpack(arrays))
        counter._counts = arrays["counts"].copy()
        counter._pairs = arrays["pairs"].copy()
        counter._pair_counts = arrays["pair_counts"].copy()
        return counter

    def model(self) -> AccentModel:
        """The model of what was counted."""
        self._count()
        words = list(self._numbers)
        # Numbers are given to words before they are counted: the last ones may not be.
        counts = [*self._counts.tolist(), *[0] * (len(words) - self._counts.size)]
        kept = sorted(word for word, count in zip(words, counts, strict=True) if count >= _LEAST)
        self._keep(self._pair_counts >= _LEAST)
        if self._pairs.size > _MOST_PAIRS:
            self._keep(np.argsort(-self._pair_counts, kind="stable")[:_MOST_PAIRS])
        place = np.zeros(len(words), np.int64)
        place[[self._numbers[word] for word in kept]] = np.arange(len(kept))
        keys = (place[self._pairs >> 32] << 32) + place[self._pairs & 0xFFFFFFFF]
        order = np.argsort(keys)
        return AccentModel(
            kept,
            np.array([counts[self._numbers[word]] for word in kept], np.uint32),
            keys[order].astype(np.uint64),
            self._pair_counts[order].astype(np.uint32),
        )


def count_accents(paragraphs: Iterable[Sequence[str]]) -> AccentModel:
    """The model of paragraphs, each given by its normalised words.

    >>> model = count_accents([["thủ", "đô", "hà", "nội"]] * 3 + [["hạ", "tầng"]] * 5)
    >>> model.restored(["ha", "noi"]), model.restored(["ha", "tang"])
    (['hà', 'nội'], ['hạ', 'tầng'])
    """
    counter = AccentCounter()
    for words in paragraphs:
        counter.add(words)
    return counter.model()


def _has_its_accents(words: Sequence[str]) -> bool:
    """Whether someone typed accents on purpose: tones, or the marks of a short name, as in Đăk Lăk.

    Of four words of a text one has a tone, so that who types none leaves them out.
    """
    toned = any(_toneless(word) != word for word in words)
    return toned or (len(words) < _SHORTEST_TEXT and not all(map(str.isascii, words)))


def _toneless(word: str) -> str:
    if word.isascii():
        return word
    kept = "".join(c for c in unicodedata.normalize("NFD", word) if c not in TONES)
    return unicodedata.normalize("NFC", kept)
