"""A query tree of ours as a tree of Whoosh's queries, for Whoosh's own searcher and matchers.

Whoosh's `Require` and `AndNot` give wrong documents, its `Or(minmatch=...)` has no effect, and its phrases
know neither gaps nor units: what selects without scoring becomes a list of documents here, and a phrase a
matcher over the matchers of its words, as words near each other are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from whoosh.matching.binary import IntersectionMatcher
from whoosh.matching.mcore import ListMatcher, Matcher
from whoosh.matching.wrappers import WrappingMatcher
from whoosh.query import compound, qcolumns, qcore, terms
from whoosh.query.wrappers import WrappingQuery

from .. import query_limits
from ..query import (
    NO_PLACE,
    And,
    AnyOf,
    Between,
    Boost,
    Everything,
    Near,
    Not,
    Nothing,
    Optionally,
    Or,
    Phrase,
    Prefix,
    Query,
    Term,
)
from .whoosh_scoring import Bm25, TermScorer, lengths_of

Selector = Callable[[AnyOf | Between], qcore.Query]
"""How the index that is searched looks into its columns."""


def whoosh_query(tree: Query, selected: Selector) -> qcore.Query:
    """The same query for Whoosh."""

    def of(node: Query) -> qcore.Query:
        return whoosh_query(node, selected)

    match tree:
        case Term(field, text, boost):
            return BoostQuery(terms.Term(field, text), boost)
        case Phrase() | Near():
            return PlacedQuery(tree)
        case And(children):
            return compound.And([of(child) for child in children]) if children else of(Everything())
        case Or(children, minimum):
            return _any_of([of(child) for child in children], minimum)
        case Optionally(required, optional):
            return compound.AndMaybe(of(required), of(optional))
        case Boost(child, factor):
            return BoostQuery(of(child), factor)
        case Not(child):
            return _excluding(of(child))
        case _:
            return _selecting(tree, selected)


def _selecting(leaf: Prefix | AnyOf | Between | Everything | Nothing, selected: Selector) -> qcore.Query:
    match leaf:
        case Prefix(field, text, boost):
            return Selecting(lambda searcher: _beginning(field, text, searcher), boost)
        case AnyOf() | Between():
            child = selected(leaf)
            return Selecting(lambda searcher: _docs(child, searcher))
        case Everything():
            return Selecting(lambda searcher: searcher.reader().all_doc_ids())
        case Nothing():
            return Selecting(lambda _: ())


def of_columns(leaf: AnyOf | Between) -> qcore.Query:
    """Looks into columns, document by document: how Whoosh reads the files of `WhooshEngine`."""
    if isinstance(leaf, Between):
        return qcolumns.ColumnQuery(leaf.column, lambda number: _within(number, leaf.first, leaf.last))
    return qcolumns.ColumnQuery(leaf.column, lambda value: not _texts(value).isdisjoint(leaf.values))


def _within(number: int | None, first: int | None, last: int | None) -> bool:
    return number is not None and (first is None or number >= first) and (last is None or number <= last)


def _texts(value: Any) -> set[str]:
    if value is None:
        return set()
    return set(value) if isinstance(value, tuple) else {str(value)}


def _any_of(children: Sequence[qcore.Query], minimum: int) -> qcore.Query:
    if len(children) < max(minimum, 1):
        return Selecting(lambda _: ())
    any_of = compound.Or(children)
    # An array of scores holds no document that scores 0, so the tree of unions is asked for.
    any_of.matcher_type = compound.Or.DEFAULT_MATCHER
    if minimum <= 1:
        return any_of

    def enough(searcher: Any) -> Iterable[int]:
        counts = Counter(number for child in children for number in _docs(child, searcher))
        return (number for number, count in counts.items() if count >= minimum)

    return compound.And([Selecting(enough), any_of])


def _excluding(child: qcore.Query) -> qcore.Query:
    return Selecting(lambda searcher: set(searcher.reader().all_doc_ids()).difference(_docs(child, searcher)))


def _beginning(field: str, text: str, searcher: Any) -> set[int]:
    if field not in searcher.schema:
        return set()
    whole = searcher.get_parent().reader().expand_prefix(field, text)
    if next(islice(whole, query_limits.MAX_PREFIX_TERMS, None), None) is not None:
        raise query_limits.too_many_prefix_terms(field, text)
    return _docs(terms.Prefix(field, text), searcher)


def _docs(child: qcore.Query, searcher: Any) -> set[int]:
    deleted = searcher.reader().is_deleted
    found = child.matcher(searcher, searcher.boolean_context()).all_ids()
    return {number for number in found if not deleted(number)}


class Selecting(qcore.Query):
    """Documents of one segment at a time, all with the same score."""

    def __init__(self, documents: Callable[[Any], Iterable[int]], score: float = 0.0) -> None:
        self._documents = documents
        self._score = score

    def estimate_size(self, ixreader: Any) -> int:
        """Of a query that selects nothing is known before."""
        size: int = ixreader.doc_count()
        return size

    def matcher(self, searcher: Any, _context: Any = None) -> Matcher:
        """The list of the documents."""
        return SelectedMatcher(sorted(self._documents(searcher)), self._score)


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


class BoostQuery(WrappingQuery):
    """A query whose scores are multiplied, whatever it is."""

    def __init__(self, child: qcore.Query, factor: float) -> None:
        super().__init__(child)
        self._factor = factor

    def matcher(self, searcher: Any, context: Any = None) -> Matcher:
        """Whoosh's wrapper with a boost, which divides by it."""
        if not self._factor:
            return SelectedMatcher(sorted(_docs(self.child, searcher)), 0.0)
        return WrappingMatcher(self.child.matcher(searcher, context), boost=self._factor)


class PlacedQuery(qcore.Query):
    """Words that stand so, scored as one term: the sum of their idfs, the number of matches."""

    def __init__(self, placed: Phrase | Near) -> None:
        self._placed = placed
        self._terms = _terms_of(placed)

    def estimate_size(self, ixreader: Any) -> int:
        """No more documents than have the rarest word."""
        field = self._placed.field
        if field not in ixreader.schema:
            return 0
        return min((ixreader.doc_frequency(field, term) for term in self._terms), default=0)

    def matcher(self, searcher: Any, _context: Any = None) -> Matcher:
        """Documents with all words, in the places that the query says."""
        field, boost, reader = self._placed.field, self._placed.boost, searcher.reader()
        if not self._terms or any((field, term) not in reader for term in self._terms):
            return SelectedMatcher([], 0.0)
        if not searcher.schema[field].positions:
            return SelectedMatcher([], 0.0)
        words = [searcher.postings(field, term) for term in self._terms]
        bm25 = searcher.weighting
        assert isinstance(bm25, Bm25)
        weight = boost * sum(bm25.idf(searcher, field, term) for term in self._terms)
        average = bm25.statistics(searcher).field_size(field)[1]
        return PlacedMatcher(self._placed, words, TermScorer(weight, average, lengths_of(reader, field)))


def _terms_of(placed: Phrase | Near) -> list[str]:
    if isinstance(placed, Phrase):
        return [term for _, term in placed.terms]
    return list(dict.fromkeys(placed.terms))


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
