"""What a mistyped word may be: its spelling in the archive, words near it, two words run together.

Candidates come from the archive's own vocabulary, so that a suggestion finds something. They are ordered by
how likely the mistake is (`analyzers.confusions`), how many articles have the word, and, where the index has
pairs of words, how often it stands beside the other words of the query.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum

from analyzers import analyzer_for
from analyzers.arabic import without_tashkeel
from analyzers.arabic_spelling import without_joining_hamza, written, yeh_with_hamza
from analyzers.confusions import mistake_cost

from .vocabulary import LEAST_OFFERED, Vocabulary

PairFrequencies = Callable[[Sequence[tuple[str, str]]], Sequence[int]]
"""Articles that have each of these pairs of words side by side."""


class SuggestionKind(Enum):
    """What a suggestion changes."""

    SPELLING = "spelling"
    """The same word to a search: الاردن as الأردن. A query finds as much either way."""
    NEAR = "near"
    """Another word, near the one typed."""
    SPLIT = "split"
    """Two words that were run together."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One thing that a word may be meant to be, as the archive writes it."""

    text: str
    kind: SuggestionKind
    score: float = field(compare=False)
    """The larger the likelier; comparable for one word only."""


_LONGEST_WORD = 60
"""Code points of a word that may be mistyped: looking at each part of a longer one takes seconds."""
_FREQUENCY_WEIGHT = 0.35
"""Of log10 of the articles that have a word, against a mistake of cost 1.0."""
_PAIR_WEIGHT = 0.5
"""The same for the articles that have it beside its neighbour."""
_IN_CONTEXT = 12
"""So many of the likeliest are looked up beside their neighbours."""
_SPLIT_COST = 1.0
_SPELLING_SCORE = 1.0
_CANDIDATES = 60
_SHORTEST_PART = {"vi": 2}
"""Letters of each part of a word that is split; else three."""
_ENDS_A_WORD = re.compile("(?<=[ةى])(?=[ا-ي])")
"""ة and ى stand at the end of words only: سنةواحدة is two."""
_ARTICLES = frozenset("وال فال بال كال ولل".split())
"""Prefixes, which are no words though an archive has names like them."""


class Speller:
    """Suggestions for the words of one vocabulary.

    `language` decides which mistakes are likely. `surface`: the written form of a word of the vocabulary.
    """

    def __init__(
        self,
        language: str,
        vocabulary: Vocabulary,
        surface: Callable[[str], str] = str,
        pair_frequencies: PairFrequencies | None = None,
    ) -> None:
        self._language = language
        self._counts = vocabulary.counts
        self._vocabulary = vocabulary
        self._surface = surface
        self._pairs = pair_frequencies

    def has(self, word: str) -> bool:
        """Whether the archive has the word, in any spelling that a search takes for the same."""
        return self._normal(word) in self._counts

    def orthographic(self, word: str) -> str | None:
        """How the word is written by the archive or by grammar; None if it is typed so, or nobody can tell.

        Arabic clitics are looked through, see `analyzers.arabic_spelling`. Tashkeel is no difference.
        """
        form = self._written(word)
        return form if form and without_tashkeel(form) != without_tashkeel(word) else None

    def joined(self, phrase: str) -> str | None:
        """Two words typed apart as the one that the archive has: في تنام as فيتنام, Vietnam."""
        normal = self._normal("".join(phrase.split()))
        return self._surface(normal) if self._counts.get(normal, 0) >= LEAST_OFFERED else None

    def suggestions(self, word: str, limit: int = 3, before: str = "", after: str = "") -> list[Suggestion]:
        """The likeliest first. `before`, `after`: the words beside it in the query, "" at an end."""
        normal = self._normal(word) if len(word) <= _LONGEST_WORD else ""
        if not normal:
            return []
        found: dict[str, Suggestion] = {}
        for suggestion in self._candidates(word, normal):
            known = found.get(suggestion.text)
            if suggestion.text != word and (known is None or known.score < suggestion.score):
                found[suggestion.text] = suggestion
        ranked = sorted(found.values(), key=_rank)
        if self._pairs and (before or after):
            likeliest = ranked[:_IN_CONTEXT]
            beside = self._beside([one.text for one in likeliest], before, after)
            likeliest = [replace(a, score=a.score + b) for a, b in zip(likeliest, beside, strict=True)]
            ranked = sorted(likeliest, key=_rank)
        return ranked[:limit]

    def _candidates(self, word: str, normal: str) -> Iterable[Suggestion]:
        if spelled := self.orthographic(word):
            yield Suggestion(spelled, SuggestionKind.SPELLING, _SPELLING_SCORE + self._weight(normal))
        for neighbour in self._vocabulary.nearest(normal, _CANDIDATES):
            cost = mistake_cost(normal, neighbour.word, self._language)
            score = self._weight(neighbour.word) - cost
            yield Suggestion(self._surface(neighbour.word), SuggestionKind.NEAR, score)
        yield from self._splits(word)

    def _splits(self, word: str) -> Iterable[Suggestion]:
        plain = without_tashkeel(word)
        if self._language == "ar" and (ends := _ENDS_A_WORD.split(plain, maxsplit=1))[1:]:
            parts = [self._written(part) or part for part in ends]
            yield Suggestion(" ".join(parts), SuggestionKind.SPLIT, _SPELLING_SCORE)
        shortest = _SHORTEST_PART.get(self._language, 3)
        for at in range(shortest, len(plain) - shortest + 1):
            first, second = self._normal(plain[:at]), self._normal(plain[at:])
            if (
                first in _ARTICLES
                or min(self._counts.get(first, 0), self._counts.get(second, 0)) < LEAST_OFFERED
            ):
                continue
            score = min(self._weight(first), self._weight(second)) - _SPLIT_COST
            text = f"{self._surface(first)} {self._surface(second)}"
            yield Suggestion(text, SuggestionKind.SPLIT, score)

    def _beside(self, texts: Sequence[str], before: str, after: str) -> list[float]:
        """What standing beside its neighbours adds to the score of each text."""
        total = [0.0] * len(texts)
        pairs = [
            *([[(before, text.split()[0]) for text in texts]] if before else []),
            *([[(text.split()[-1], after) for text in texts]] if after else []),
        ]
        for side in pairs:
            counts = self._pairs(side) if self._pairs else [0] * len(side)
            total = [sum_ + _PAIR_WEIGHT * math.log10(1 + n) for sum_, n in zip(total, counts, strict=True)]
        return total

    def _weight(self, normal: str) -> float:
        return _FREQUENCY_WEIGHT * math.log10(1 + self._counts.get(normal, 0))

    def _normal(self, word: str) -> str:
        """The normalised word; "" if it is none, or several."""
        found = analyzer_for(self._language).normal(word)
        return found[0][0] if len(found) == 1 else ""

    def _written(self, word: str) -> str | None:
        normal = self._normal(word)
        if normal in self._counts:
            return self._surface(normal)
        if self._language != "ar":
            return None
        plain = without_tashkeel(word)
        spelled = without_joining_hamza(yeh_with_hamza(plain))
        if spelled != plain:
            corrected = self._normal(spelled)
            return self._surface(corrected) if corrected in self._counts else spelled
        return written(normal, lambda stem: self._surface(stem) if stem in self._counts else None)


def _rank(suggestion: Suggestion) -> tuple[float, str]:
    return -suggestion.score, suggestion.text
