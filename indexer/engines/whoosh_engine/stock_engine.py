"""`WhooshStockEngine`: Whoosh as it comes, with its own codec, writer, searcher and matchers.

It is here to be compared with: the same answers as `WhooshEngine`, in Whoosh's time. Only the score is ours
(`whoosh_scoring.py`), and with it the exact lengths, which Whoosh keeps rounded. An empty string in a column
counts as no value.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from whoosh import columns, fields, index
from whoosh.query import compound, qcore, ranges, terms

from ..base import (
    COLUMNS_LIST,
    COLUMNS_NUMBER,
    COLUMNS_SHOWN,
    COLUMNS_TEXT,
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
)
from ..bm25 import DIGITS
from ..query import AnyOf, Between, Everything, Query
from ..query_limits import check_query, check_request
from .stored_terms import ID, TermsField
from .whoosh_queries import whoosh_query
from .whoosh_scoring import LENGTH, Bm25, IndexStatistics

_MISSING = 2**63 - 1
"""What Whoosh's columns of numbers have where a document has none."""


class WhooshStockEngine:
    """`SearchEngine` over a directory of stock Whoosh. Every search sees the last commit."""

    def __init__(self, directory: Path) -> None:
        """Opens what `create` made."""
        self._index = index.open_dir(str(directory))
        self._searcher: Any = self._index.searcher(weighting=Bm25())
        self._columns: dict[str, list[Any]] = {}

    @classmethod
    def create(cls, directory: Path) -> WhooshStockEngine:
        """Make an empty index in a directory, which is made if missing."""
        directory.mkdir(parents=True, exist_ok=True)
        schema = fields.Schema(**{ID: fields.ID(unique=True, stored=True)})
        for name in COLUMNS_TEXT:
            schema.add(name, fields.ID(sortable=True))
        for name in COLUMNS_LIST:
            schema.add(name, fields.ID(stored=True))
        for name in COLUMNS_NUMBER:
            schema.add(name, fields.NUMERIC(int, bits=64, signed=True, sortable=True))
        index.create_in(str(directory), schema)
        return cls(directory)

    def apply(self, changes: Iterable[Change]) -> None:
        """See `SearchEngine.apply`."""
        last: dict[str, Change] = {}
        for change in changes:
            last[change.document.id if isinstance(change, Upsert) else change.id] = change
        if not last:
            return
        writer: Any
        with self._index.writer() as writer:
            known = set(writer.schema.names())
            for change in last.values():
                for name, found in change.document.fields.items() if isinstance(change, Upsert) else ():
                    if name not in known:
                        known.add(name)
                        writer.add_field(name, TermsField(positions=len(found.positions) > 0))
                        writer.add_field(f"{LENGTH}{name}", fields.COLUMN(columns.NumericColumn("d")))
            empty = not self._searcher.doc_count_all()
            for name in () if empty else last:
                writer.delete_by_term(ID, name)
            for change in last.values():
                if isinstance(change, Upsert):
                    writer.add_document(**_values(change.document))
        self.refresh()

    def refresh(self) -> bool:
        """See newer commits; whether there were any."""
        if self._searcher.up_to_date():
            return False
        # Whoosh's own `refresh` keeps segments that were merged away.
        self._searcher = self._index.searcher(weighting=Bm25())
        self._columns = {}
        return True

    def search(self, request: SearchRequest) -> SearchResponse:
        """See `SearchEngine.search`."""
        started = time.perf_counter()
        check_request(request)
        whole = request.exact_total or request.facets or request.sort is not Sort.RELEVANCE
        end = request.offset + request.limit
        selected = None if isinstance(request.filter, Everything) else whoosh_query(request.filter, _of_terms)
        found = self._found(request.query, selected, None if whole or not end else end + 1)
        if not whole and len(found) > end and found[end - 1][0] == found[end][0]:
            # Of equal scores the first by id are wanted, Whoosh took the first by number.
            found = self._found(request.query, selected, None)
        page = self._ordered(found, request.sort)[request.offset : end]
        numbers = [number for _, number in found]
        return SearchResponse(
            hits=tuple(Hit(self._id(number), score, self._shown(number)) for score, number in page),
            total=len(found),
            total_relation="eq" if request.exact_total else "gte",
            facets={name: self._facet(name, numbers, request.facet_limit) for name in request.facets},
            took_ms=(time.perf_counter() - started) * 1000,
        )

    def _found(self, tree: Query, selected: qcore.Query | None, limit: int | None) -> list[tuple[float, int]]:
        """Rounded scores and documents, the best first."""
        wanted = whoosh_query(tree, _of_terms)
        results = self._searcher.search(wanted, limit=limit, filter=selected)
        return [(round(score, DIGITS), number) for score, number in results.top_n]

    def _ordered(self, found: list[tuple[float, int]], sort: Sort) -> list[tuple[float, int]]:
        if sort is Sort.RELEVANCE:
            return sorted(found, key=lambda hit: (-hit[0], self._id(hit[1])))
        moments = self._column("published_at")
        sign = 1 if sort is Sort.OLDEST else -1
        return sorted(
            found,
            key=lambda hit: (
                moments[hit[1]] == _MISSING,
                sign * moments[hit[1]] if moments[hit[1]] != _MISSING else 0,
                self._id(hit[1]),
            ),
        )

    def _id(self, number: int) -> str:
        name: str = self._searcher.stored_fields(number)[ID]
        return name

    def _column(self, name: str) -> list[Any]:
        """The values of a column. Whoosh's reader over several segments fails where one has no value."""
        if name not in self._columns:
            reader = self._searcher.reader()
            leaves = [leaf for leaf, _ in reader.leaf_readers() if reader.doc_count_all()]
            self._columns[name] = [value for leaf in leaves for value in leaf.column_reader(name)]
        return self._columns[name]

    def _shown(self, number: int) -> dict[str, str]:
        values = {name: self._column(name)[number] for name in COLUMNS_SHOWN}
        return {name: value for name, value in values.items() if value}

    def _facet(self, name: str, numbers: Sequence[int], limit: int) -> tuple[FacetCount, ...]:
        if name in COLUMNS_LIST:
            stored = (self._searcher.stored_fields(number).get(name, ()) for number in numbers)
            counts = Counter(value for values in stored for value in values)
        else:
            column = self._column(name)
            counts = Counter(str(v) for n in numbers if (v := column[n]) not in {"", _MISSING})
        ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        return tuple(FacetCount(value, count) for value, count in ranked[:limit])

    def score_of(self, tree: Query, document_id: str) -> float | None:
        """See `SearchEngine.score_of`."""
        check_query(tree)
        found = self._found(tree, terms.Term(ID, document_id), None)
        return found[0][0] if found else None

    def document_frequencies(self, field: str, terms: Sequence[str]) -> list[int]:
        """See `SearchEngine.document_frequencies`."""
        return [self._statistics().document_frequency(field, term) for term in terms]

    def field_size(self, field: str) -> tuple[int, float]:
        """See `SearchEngine.field_size`."""
        return self._statistics().field_size(field)

    def _statistics(self) -> IndexStatistics:
        found: IndexStatistics = self._searcher.weighting.statistics(self._searcher)
        return found

    def terms(self, field: str, prefix: str = "", limit: int = 100) -> list[TermStatistics]:
        """See `SearchEngine.terms`."""
        if field not in self._searcher.schema:
            return []
        texts = (text.decode() for text in self._searcher.reader().expand_prefix(field, prefix))
        counted = ((text, self._statistics().document_frequency(field, text)) for text in texts)
        return list(islice((TermStatistics(text, count) for text, count in counted if count), limit))

    def ids(self) -> Iterable[str]:
        """See `SearchEngine.ids`."""
        return [stored[ID] for stored in self._searcher.all_stored_fields()]

    def statistics(self) -> EngineStatistics:
        """See `SearchEngine.statistics`."""
        numbers = list(self._searcher.reader().all_doc_ids())
        languages = self._facet("lang", numbers, len(numbers))
        names = [name for name, field in self._searcher.schema.items() if isinstance(field, TermsField)]
        return EngineStatistics(
            len(numbers),
            {language.value: language.count for language in languages},
            tuple(sorted(name for name in names if self.field_size(name)[0])),
        )

    def close(self) -> None:
        """See `SearchEngine.close`."""
        if not self._searcher.is_closed:
            self._searcher.close()


def _values(document: IndexDocument) -> dict[str, Any]:
    """A document as Whoosh's writer takes it."""
    lengths = {f"{LENGTH}{name}": float(sum(found.weights)) for name, found in document.fields.items()}
    lists = {name: list(dict.fromkeys(values)) for name, values in document.list_columns.items() if values}
    texts = {name: value for name, value in document.text_columns.items() if value}
    return {ID: document.id, **document.fields, **lengths, **texts, **lists, **document.number_columns}


def _of_terms(leaf: AnyOf | Between) -> qcore.Query:
    """Columns are terms as well."""
    if isinstance(leaf, Between):
        return ranges.NumericRange(leaf.column, leaf.first, leaf.last)
    values: Iterable[Any] = leaf.values
    if leaf.column in COLUMNS_NUMBER:
        values = [int(value) for value in leaf.values if value.isdecimal() and value == str(int(value))]
    return compound.Or([terms.Term(leaf.column, value) for value in values])
