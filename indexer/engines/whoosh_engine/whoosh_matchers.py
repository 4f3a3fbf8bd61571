"""Matchers that Whoosh's searcher needs and lacks, or has wrong: lists, boosts, words that stand so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from whoosh.matching.binary import IntersectionMatcher
from whoosh.matching.mcore import ListMatcher, Matcher
from whoosh.matching.wrappers import WrappingMatcher

from ..query import NO_PLACE, Near, Phrase
from .whoosh_scoring import TermScorer


class SelectedMatcher(ListMatcher):
    """Documents with the same score, all of them one block."""

    def __init__(self, ids: list[int], score: float) -> None:
        super().__init__(ids)
        self._score = score

    def supports_block_quality(self) -> bool:
        """Yes: where one matcher of a tree does not, Whoosh's count of hits may be too small."""
        return True

    def max_quality(self) -> float:
        """The score."""
        return self._score

    block_quality = max_quality
    block_max_weight = max_quality
    weight = max_quality
    score = max_quality

    def skip_to_quality(self, minquality: float) -> int:
        """Go behind the last document if none is better; how many blocks were passed."""
        # Whoosh asks with 0 before it has found enough: documents that score 0 are wanted then.
        if minquality <= 0 or self._score > minquality:
            return 0
        self._i = len(self._ids)
        return 1

    def copy(self) -> SelectedMatcher:
        """Another one that stands at the same document."""
        other = SelectedMatcher(self._ids, self._score)
        other._i = self._i
        return other


class BoostMatcher(WrappingMatcher):
    """Scores times a factor above 0."""

    def replace(self, minquality: float = 0) -> Matcher:
        """Whoosh's own hands down the least score that is wanted as it is, and loses hits by it."""
        found: Matcher = super().replace(minquality / self.boost)
        return found


class PlacedMatcher(WrappingMatcher):
    """Steps through the documents that have all words, and stops where they stand as the query says."""

    def __init__(self, placed: Phrase | Near, words: Sequence[Matcher], scorer: TermScorer) -> None:
        child, *others = words
        for other in others:
            child = IntersectionMatcher(child, other)  # type: ignore[abstract] # by its types only
        super().__init__(child)
        self._placed = placed
        self._words = words
        self._scorer = scorer
        self._frequency = 0
        self._find()

    def _find(self) -> None:
        self._frequency = 0
        while self.child.is_active():
            places = [list(word.value_as("positions")) for word in self._words]
            placed = self._placed
            self._frequency = (
                _matches(placed, places) if isinstance(placed, Phrase) else _windows(placed, places)
            )
            if self._frequency:
                return
            self.child.next()

    def replace(self, minquality: float = 0) -> Matcher:
        """The words stay: their positions are read where they stand."""
        if not self.is_active() or (minquality and self.max_quality() < minquality):
            return SelectedMatcher([], 0.0)
        return self

    def all_ids(self) -> Iterator[int]:
        """Documents from here on."""
        while self.is_active():
            yield self.id()
            self.next()

    def next(self) -> None:
        """Go to the next document that matches."""
        self.child.next()
        self._find()

    def skip_to(self, id: int) -> None:
        """Go to the first document that matches and is not before this one."""
        if id > self.id():
            self.child.skip_to(id)
            self._find()

    def supports_block_quality(self) -> bool:
        """Yes, all documents are one block."""
        return True

    def max_quality(self) -> float:
        """No number of matches counts more than 1."""
        return self._scorer.max_quality()

    block_quality = max_quality

    def skip_to_quality(self, minquality: float) -> int:
        """Go behind the last document if none is better; how many blocks were passed."""
        if minquality <= 0 or self.max_quality() > minquality:
            return 0
        while self.child.is_active():
            self.child.next()
        return 1

    def weight(self) -> float:
        """How often the words stand so in the document."""
        return float(self._frequency)

    def score(self) -> float:
        """As one term."""
        return self._scorer.score_of(self._frequency, self.id())


def _matches(phrase: Phrase, places: Sequence[Sequence[int]]) -> int:
    starts = [
        {position - offset for position in found}
        for found, (offset, _) in zip(places, phrase.terms, strict=True)
    ]
    common = starts[0].intersection(*starts[1:])
    return sum(start >= 0 and start % phrase.unit == 0 for start in common)


def _windows(near: Near, places: Sequence[Sequence[int]]) -> int:
    words = [[position // near.unit for position in found if position != NO_PLACE] for found in places]
    spots = [(word, term) for term, found in enumerate(words) for word in found]
    begins = dict.fromkeys(range(len(words)), -1)
    windows: dict[int, int] = {}
    for end, term in sorted(spots):
        begins[term] = end
        # A window that begins earlier, or ends later, has this one inside.
        windows[min(begins.values())] = min(end, windows.get(min(begins.values()), end))
    windows.pop(-1, None)
    return sum(end - begin <= near.reach for begin, end in windows.items())
