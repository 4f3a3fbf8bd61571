"""The memory engine: slow, obvious, correct. The oracle that the other engines are compared with."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from .base import (
    COLUMNS_LIST,
    COLUMNS_NUMBER,
    COLUMNS_SHOWN,
    Change,
    EngineStatistics,
    FacetCount,
    Hit,
    IndexDocument,
    SearchRequest,
    SearchResponse,
    Sort,
    TermStatistics,
    Upsert,
    frequencies,
)
from .bm25 import DIGITS, idf, saturated
from .query import (
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
from .query_limits import MAX_PREFIX_TERMS, check_query, check_request, too_many_prefix_terms


class MemoryEngine:
    """`SearchEngine` over a dictionary of documents; every search looks at every document."""

    def __init__(self) -> None:
        self._documents: Mapping[str, IndexDocument] = {}

    def apply(self, changes: Iterable[Change]) -> None:
        """See `SearchEngine.apply`."""
        documents = dict(self._documents)
        for change in changes:
            if isinstance(change, Upsert):
                documents[change.document.id] = change.document
            else:
                documents.pop(change.id, None)
        self._documents = documents

    def search(self, request: SearchRequest) -> SearchResponse:
        """See `SearchEngine.search`."""
        started = time.perf_counter()
        check_request(request)
        search = _Search(self._documents)
        found: list[tuple[IndexDocument, float]] = []
        for document in self._documents.values():
            score = search.score(request.query, document)
            if score is not None and search.score(request.filter, document) is not None:
                found.append((document, round(score, DIGITS)))
        found.sort(key=lambda hit: _sort_key(request.sort, *hit))
        page = found[request.offset : request.offset + request.limit]
        return SearchResponse(
            hits=tuple(Hit(document.id, score, _shown(document)) for document, score in page),
            total=len(found),
            total_relation="eq",
            facets={
                column: _facet((document for document, _ in found), column, request.facet_limit)
                for column in request.facets
            },
            took_ms=(time.perf_counter() - started) * 1000,
        )

    def score_of(self, query: Query, document_id: str) -> float | None:
        """See `SearchEngine.score_of`."""
        check_query(query)
        document = self._documents.get(document_id)
        score = _Search(self._documents).score(query, document) if document else None
        return None if score is None else round(score, DIGITS)

    def document_frequencies(self, field: str, terms: Sequence[str]) -> list[int]:
        """See `SearchEngine.document_frequencies`."""
        search = _Search(self._documents)
        return [search.document_frequency(field, term) for term in terms]

    def field_size(self, field: str) -> tuple[int, float]:
        """See `SearchEngine.field_size`."""
        return _Search(self._documents).field_size(field)

    def terms(self, field: str, prefix: str = "", limit: int = 100) -> list[TermStatistics]:
        """See `SearchEngine.terms`."""
        counts = _Search(self._documents).vocabulary(field)
        found = sorted(term for term in counts if term.startswith(prefix))[:limit]
        return [TermStatistics(term, counts[term]) for term in found]

    def ids(self) -> Iterable[str]:
        """See `SearchEngine.ids`."""
        return list(self._documents)

    def statistics(self) -> EngineStatistics:
        """See `SearchEngine.statistics`."""
        documents = self._documents.values()
        languages = Counter(d.text_columns["lang"] for d in documents if "lang" in d.text_columns)
        fields = {name for d in documents for name in d.fields}
        return EngineStatistics(len(self._documents), dict(languages), tuple(sorted(fields)))

    def close(self) -> None:
        """See `SearchEngine.close`."""


class _Search:
    """Scores documents of one state of the engine."""

    def __init__(self, documents: Mapping[str, IndexDocument]) -> None:
        self._documents = documents
        self._prefixes: dict[tuple[str, str], frozenset[str]] = {}
        self._sizes: dict[str, tuple[int, float]] = {}
        self._vocabularies: dict[str, Counter[str]] = {}
        self._frequencies: dict[tuple[str, str], Mapping[str, float]] = {}

    def vocabulary(self, field: str) -> Counter[str]:
        """Terms of a field with their document frequencies."""
        if field not in self._vocabularies:
            self._vocabularies[field] = Counter(
                term
                for document in self._documents.values()
                if field in document.fields
                for term in set(document.fields[field].terms)
            )
        return self._vocabularies[field]

    def document_frequency(self, field: str, term: str) -> int:
        return self.vocabulary(field)[term]

    def field_size(self, field: str) -> tuple[int, float]:
        if field not in self._sizes:
            lengths = [_length(d, field) for d in self._documents.values() if field in d.fields]
            self._sizes[field] = (len(lengths), sum(lengths) / len(lengths) if lengths else 0.0)
        return self._sizes[field]

    def score(self, query: Query, document: IndexDocument) -> float | None:
        """None when the document does not match."""
        match query:
            case Term(field, text, boost):
                count = self._frequency(document, field, text)
                weight = idf(self.field_size(field)[0], self.document_frequency(field, text))
                return boost * self._bm25(weight, count, field, document) if count else None
            case Phrase(field, terms, boost, unit):
                frequency = _phrase_frequency(document, field, terms, unit)
                size = self.field_size(field)[0]
                weight = sum(idf(size, self.document_frequency(field, term)) for _, term in terms)
                return boost * self._bm25(weight, frequency, field, document) if frequency else None
            case Near(field, terms, _, boost):
                frequency = _near_frequency(document, query)
                size = self.field_size(field)[0]
                weight = sum(idf(size, self.document_frequency(field, term)) for term in set(terms))
                return boost * self._bm25(weight, frequency, field, document) if frequency else None
            case Prefix(field, text, boost):
                present = document.fields[field].terms if field in document.fields else ()
                return None if self._expanded(field, text).isdisjoint(present) else boost
            case AnyOf(column, values):
                return None if _column_values(document, column).isdisjoint(values) else 0.0
            case Between(column, first, last):
                return 0.0 if _within(document.number_columns.get(column), first, last) else None
            case Everything():
                return 0.0
            case Nothing():
                return None
            case _:
                return self._combined(query, document)

    def _combined(self, query: Query, document: IndexDocument) -> float | None:
        match query:
            case And(children):
                scores = [self.score(child, document) for child in children]
                return None if None in scores else sum(score for score in scores if score is not None)
            case Or(children, minimum):
                matched = [s for child in children if (s := self.score(child, document)) is not None]
                return sum(matched) if len(matched) >= max(minimum, 1) else None
            case Not(child):
                return 0.0 if self.score(child, document) is None else None
            case Optionally(required, optional):
                score = self.score(required, document)
                return None if score is None else score + (self.score(optional, document) or 0.0)
            case Boost(child, factor):
                score = self.score(child, document)
                return None if score is None else factor * score
            case _:
                raise AssertionError(query)

    def _frequency(self, document: IndexDocument, field: str, term: str) -> float:
        key = (document.id, field)
        if key not in self._frequencies:
            here = document.fields.get(field)
            self._frequencies[key] = frequencies(here) if here else {}
        return self._frequencies[key].get(term, 0.0)

    def _bm25(self, weight: float, frequency: float, field: str, document: IndexDocument) -> float:
        return weight * saturated(frequency, _length(document, field), self.field_size(field)[1])

    def _expanded(self, field: str, prefix: str) -> frozenset[str]:
        key = (field, prefix)
        if key not in self._prefixes:
            found = frozenset(term for term in self.vocabulary(field) if term.startswith(prefix))
            if len(found) > MAX_PREFIX_TERMS:
                raise too_many_prefix_terms(field, prefix)
            self._prefixes[key] = found
        return self._prefixes[key]


def _length(document: IndexDocument, field: str) -> float:
    return sum(document.fields[field].weights)


def _phrase_frequency(
    document: IndexDocument, field: str, terms: Sequence[tuple[int, str]], unit: int
) -> int:
    if field not in document.fields or not terms:
        return 0
    found = document.fields[field]
    starts = [
        {p - offset for t, p in zip(found.terms, found.positions, strict=False) if t == term}
        for offset, term in terms
    ]
    return sum(start >= 0 and start % unit == 0 for start in set.intersection(*starts))


def _near_frequency(document: IndexDocument, near: Near) -> int:
    if near.field not in document.fields or not near.terms:
        return 0
    found = document.fields[near.field]
    words: dict[str, list[int]] = {term: [] for term in near.terms}
    for term, position in zip(found.terms, found.positions, strict=False):
        if term in words and position != NO_PLACE:
            words[term].append(position // near.unit)
    windows: dict[int, int] = {}
    for end in sorted({word for places in words.values() for word in places}):
        latest = [max((word for word in places if word <= end), default=None) for places in words.values()]
        begins = [word for word in latest if word is not None]
        if len(begins) == len(words):
            # A later end of the same beginning has this window inside.
            windows.setdefault(min(begins), end)
    return sum(end - begin <= near.reach for begin, end in windows.items())


def _column_values(document: IndexDocument, column: str) -> set[str]:
    if column in COLUMNS_LIST:
        return set(document.list_columns.get(column, ()))
    if column in COLUMNS_NUMBER:
        return {str(document.number_columns[column])} if column in document.number_columns else set()
    return {document.text_columns[column]} if column in document.text_columns else set()


def _within(number: int | None, first: int | None, last: int | None) -> bool:
    return number is not None and (first is None or number >= first) and (last is None or number <= last)


def _sort_key(sort: Sort, document: IndexDocument, score: float) -> tuple[bool, float, str]:
    if sort is Sort.RELEVANCE:
        return False, -score, document.id
    moment = document.number_columns.get("published_at")
    if moment is None:
        return True, 0, document.id
    return False, moment if sort is Sort.OLDEST else -moment, document.id


def _shown(document: IndexDocument) -> dict[str, str]:
    return {name: document.text_columns[name] for name in COLUMNS_SHOWN if name in document.text_columns}


def _facet(documents: Iterable[IndexDocument], column: str, limit: int) -> tuple[FacetCount, ...]:
    counts = Counter(value for document in documents for value in _column_values(document, column))
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return tuple(FacetCount(value, count) for value, count in ranked[:limit])
