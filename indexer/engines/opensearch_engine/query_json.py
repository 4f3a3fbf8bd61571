"""A query tree as the JSON of OpenSearch: pure functions, no query language that parses text.

Boosts are multiplied down to the leaves. What selects without scoring stands in filters.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..base import COLUMNS_NUMBER, K1, B
from ..bm25 import idf
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
from ..query_limits import children_of
from .mapping import LEAD, LENGTH_STEPS
from .stored_terms import GAP, shaped, stored, stored_prefix

Json = dict[str, Any]
ALL: Json = {"match_all": {"boost": 0.0}}
NONE: Json = {"match_none": {}}

PHRASE_SCORE = (
    "double f = _score / params.n;"
    "double l = doc[params.length].value / params.steps;"
    "return params.w * f / (f + params.k * (params.c + params.b * l / params.pivot));"
)
"""BM25 of a phrase; `_score` of each of its terms is how often the phrase stands there."""
NEAR_SCORE = (
    "double f = Math.max(1.0, Math.round(_score / (1.0 - _score)));"
    "double l = doc[params.length].value / params.steps;"
    "return params.w * f / (f + params.k * (params.c + params.b * l / params.pivot));"
)
"""The same of words near each other; `_score` is x / (1 + x) of x windows."""


class Statistics:
    """What the scores of phrases stand on: filled by one request before the search."""

    def __init__(
        self,
        sizes: Mapping[str, int] | None = None,
        frequencies: Mapping[tuple[str, str], int] | None = None,
        pivots: Mapping[str, float] | None = None,
    ) -> None:
        self.sizes = sizes or {}
        """Field -> documents that have it."""
        self.frequencies = frequencies or {}
        """(field, term) -> documents with it."""
        self.pivots = pivots or {}
        """Field -> its average length."""

    def weight(self, field: str, terms: Sequence[str]) -> float:
        """The sum of the idfs of terms."""
        size = self.sizes.get(field, 0)
        return sum(idf(size, self.frequencies.get((field, term), 0)) for term in terms)


def asked_of(query: Query) -> set[tuple[str, str]]:
    """(field, term) pairs whose document frequencies the phrases of a tree need."""
    if isinstance(query, Phrase):
        return {(query.field, term) for _, term in query.terms}
    if isinstance(query, Near):
        return {(query.field, term) for term in query.terms}
    found: set[tuple[str, str]] = set()
    for child in children_of(query):
        found |= asked_of(child)
    return found


def query_json(query: Query, statistics: Statistics, factor: float = 1.0) -> Json:
    """The JSON of a tree, its scores multiplied by `factor`."""
    match query:
        case Term(field, text, boost):
            return {"term": {f"counted.{field}": {"value": stored(text), "boost": factor * boost}}}
        case Phrase():
            return _phrase(query, statistics, factor * query.boost)
        case Near():
            return _near(query, statistics, factor * query.boost)
        case Prefix(field, text, boost):
            prefix = {"prefix": {f"counted.{field}": {"value": stored_prefix(text)}}}
            return {"constant_score": {"filter": prefix, "boost": factor * boost}}
        case AnyOf() | Between() | Everything() | Nothing() | Not():
            return filter_json(query, statistics)
        case Boost(child, more):
            return query_json(child, statistics, factor * more)
        case And(children):
            return _all(children, statistics, factor)
        case Or(children, minimum):
            return _any([query_json(child, statistics, factor) for child in children], minimum)
        case Optionally(required, optional):
            bool_query = {
                "must": [query_json(required, statistics, factor)],
                "should": [query_json(optional, statistics, factor)],
                "minimum_should_match": 0,
            }
            return {"bool": bool_query}


def filter_json(query: Query, statistics: Statistics | None = None) -> Json:
    """The JSON of a tree that selects and scores 0."""
    match query:
        case AnyOf(column, values):
            wanted = _numbers(values) if column in COLUMNS_NUMBER else list(values)
            return {"bool": {"filter": [{"terms": {column: wanted}}]}} if wanted else NONE
        case Between(column, first, last):
            ends = {name: end for name, end in (("gte", first), ("lte", last)) if end is not None}
            return {
                "bool": {"filter": [{"range": {column: ends}} if ends else {"exists": {"field": column}}]}
            }
        case Everything():
            return ALL
        case Nothing():
            return NONE
        case Not(child):
            return {"bool": {"filter": [ALL], "must_not": [_matches(child)]}}
        case _:
            return {"bool": {"filter": [query_json(query, statistics or Statistics())]}}


def _matches(query: Query) -> Json:
    """The JSON of a tree of which only the matches count: phrases need no statistics."""
    match query:
        case Phrase():
            return _phrase_match(query) or NONE
        case Near():
            return _near_match(query) or NONE
        case And(children):
            return _combined(children, _matches)
        case Or(children, minimum):
            return _any([_matches(child) for child in children], minimum)
        case Optionally(required, _):
            return _matches(required)
        case Boost(child, _):
            return _matches(child)
        case Term(field, text):
            return {"term": {f"counted.{field}": {"value": stored(text)}}}
        case Prefix(field, text):
            return {"prefix": {f"counted.{field}": {"value": stored_prefix(text)}}}
        case _:
            return filter_json(query)


def matches_json(query: Query) -> Json:
    """The JSON of a tree that selects, without any score."""
    return _matches(query)


def _all(children: Sequence[Query], statistics: Statistics, factor: float) -> Json:
    return _combined(children, lambda child: query_json(child, statistics, factor))


def _combined(children: Sequence[Query], made: Callable[[Query], Json]) -> Json:
    positive = [made(child) for child in children if not isinstance(child, Not)]
    negative = [_matches(child.child) for child in children if isinstance(child, Not)]
    bool_query: Json = {"must": positive} if positive else {"filter": [ALL]}
    if negative:
        bool_query["must_not"] = negative
    return {"bool": bool_query}


def _any(children: Sequence[Json], minimum: int) -> Json:
    if not children or minimum > len(children):
        return NONE
    return {"bool": {"should": list(children), "minimum_should_match": max(minimum, 1)}}


def _phrase(phrase: Phrase, statistics: Statistics, factor: float) -> Json:
    matching = _phrase_match(phrase)
    if matching is None:
        return NONE
    terms = [term for _, term in phrase.terms]
    params = {"n": len(terms), "w": statistics.weight(phrase.field, terms)}
    return _scored(matching, PHRASE_SCORE, params, (phrase.field, statistics, factor))


def _near(near: Near, statistics: Statistics, factor: float) -> Json:
    matching = _near_match(near)
    if matching is None:
        return NONE
    params = {"w": statistics.weight(near.field, list(dict.fromkeys(near.terms)))}
    return _scored(matching, NEAR_SCORE, params, (near.field, statistics, factor))


def _scored(matching: Json, source: str, params: Json, place: tuple[str, Statistics, float]) -> Json:
    field, statistics, factor = place
    if field not in statistics.pivots:
        return NONE
    params |= {"k": K1, "b": B, "c": 1 - B, "length": f"length.{field}", "steps": float(LENGTH_STEPS)}
    params["pivot"] = statistics.pivots[field]
    script = {"lang": "painless", "source": source, "params": params}
    return {"script_score": {"query": matching, "script": script, "boost": factor}}


def _phrase_match(phrase: Phrase) -> Json | None:
    """None for a phrase that no document has."""
    exact = phrase.unit > 1
    places: dict[int, str] = {}
    for at, term in phrase.terms:
        number, shape = divmod(at, phrase.unit)
        word = shaped(term, shape) if exact else stored(term)
        if places.setdefault(number, word) != word:
            return None
    if not places:
        return None
    field = f"{'exact' if exact else 'placed'}.{phrase.field}"
    if len(places) == 1:
        # `n` is the number of terms that score: here one, however often it is named.
        return {"term": {field: {"value": next(iter(places.values())), "boost": float(len(phrase.terms))}}}
    words = [places.get(at, GAP) for at in range(min(places), max(places) + 1)]
    return {"match_phrase": {field: {"query": " ".join(words)}}}


def _near_match(near: Near) -> Json | None:
    """None for words that no document has near each other.

    An interval of Lucene counts less the more words lie between, and ours counts as one. So each word here
    begins as many words earlier as it takes for no interval to be longer than its words together. What is
    between them is then below zero, where `max_gaps` has no meaning and a script must look.
    """
    words = list(dict.fromkeys(map(stored, near.terms)))
    if not words:
        return None
    others = max(len(words) - 1, 1)
    longer = min(-(-near.distance // others), LEAD) if len(words) > 1 else 0
    between = near.distance - others * longer
    match: Json = {
        "query": " ".join(" ".join([*[GAP] * longer, word]) for word in words),
        "analyzer": "placed",
        "ordered": False,
    }
    if between < 0:
        match["filter"] = {"script": {"source": f"interval.gaps <= {between}"}}
    else:
        match["max_gaps"] = between
    return {"intervals": {f"placed.{near.field}": {"match": match}}}


def _numbers(values: Sequence[str]) -> list[int]:
    """The values that are written as a column writes its numbers."""
    found = []
    for value in values:
        try:
            number = int(value)
        except ValueError:
            continue
        if str(number) == value and -(2**63) <= number < 2**63:
            found.append(number)
    return found
