"""A query tree of ours as a tree of Whoosh's queries, for Whoosh's own searcher and matchers.

Whoosh's `Require` and `AndNot` give wrong documents, its `Or(minmatch=...)` has no effect, and its phrases
know neither gaps nor units: what selects without scoring becomes a list of documents here, and a phrase a
matcher over the matchers of its words, as words near each other are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import Any

from whoosh.matching.mcore import Matcher
from whoosh.query import compound, qcolumns, qcore, terms
from whoosh.query.wrappers import WrappingQuery

from .. import query_limits
from ..query import (
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
from .whoosh_matchers import BoostMatcher, PlacedMatcher, SelectedMatcher
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


class BoostQuery(WrappingQuery):
    """A query whose scores are multiplied, whatever it is."""

    def __init__(self, child: qcore.Query, factor: float) -> None:
        super().__init__(child)
        self._factor = factor

    def matcher(self, searcher: Any, context: Any = None) -> Matcher:
        """Nothing is divided by a factor of 0."""
        if not self._factor:
            return SelectedMatcher(sorted(_docs(self.child, searcher)), 0.0)
        return BoostMatcher(self.child.matcher(searcher, context), boost=self._factor)


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
