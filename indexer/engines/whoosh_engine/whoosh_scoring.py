"""Whoosh's weighting models, made to score as every engine of ours does (`bm25.py`)."""

from __future__ import annotations

from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from whoosh import scoring

from ..bm25 import idf, saturated
from .codec.documents import Lengths
from .codec.whoosh_documents import DocumentsReader

LENGTH = "length."
"""Begins the name of the column in which an index of Whoosh's own codec keeps exact lengths of a field."""


class Bm25(scoring.WeightingModel):
    """BM25 over live documents and exact lengths, for `index.searcher(weighting=Bm25())`."""

    def __init__(self) -> None:
        self._statistics: WeakKeyDictionary[Any, IndexStatistics] = WeakKeyDictionary()

    def statistics(self, searcher: Any) -> IndexStatistics:
        """The numbers of the whole index that a searcher, or its parent, reads."""
        whole = searcher.get_parent()
        if whole not in self._statistics:
            self._statistics[whole] = IndexStatistics(whole.reader())
        return self._statistics[whole]

    def idf(self, searcher: Any, fieldname: str, text: str | bytes) -> float:
        """Inverse document frequency in the whole index."""
        found = self.statistics(searcher)
        return idf(found.field_size(fieldname)[0], found.document_frequency(fieldname, text))

    def scorer(self, searcher: Any, fieldname: str, text: str | bytes, qf: int = 1) -> scoring.BaseScorer:
        """Scores one term in one segment."""
        if not searcher.schema[fieldname].scorable:
            return scoring.WeightScorer(searcher.term_info(fieldname, text).max_weight())
        average = self.statistics(searcher).field_size(fieldname)[1]
        weight = qf * self.idf(searcher, fieldname, text)
        return TermScorer(weight, average, lengths_of(searcher.reader(), fieldname))


class TermScorer(scoring.BaseScorer):
    """The score of a term, or of a phrase, by its idf and its frequency in a document."""

    def __init__(self, weight: float, average: float, lengths: dict[int, float]) -> None:
        """`weight`: the idf; `average`: length of the field in the index; `lengths`: in each document."""
        self._weight = weight
        self._average = average
        self._lengths = lengths

    def supports_block_quality(self) -> bool:
        """Yes: with the same bound for every block, lists are passed as a whole or not at all."""
        return True

    def score(self, matcher: Any) -> float:
        """Of the document at which a matcher stands."""
        return self.score_of(matcher.weight(), matcher.id())

    def score_of(self, frequency: float, document: int) -> float:
        """Of a frequency in a document."""
        return self._weight * saturated(frequency, self._lengths[document], self._average)

    def max_quality(self) -> float:
        """No frequency counts more than 1."""
        return self._weight

    def block_quality(self, _matcher: Any) -> float:
        """The same: Whoosh skips a block of one list by the present block of another alone."""
        return self.max_quality()


class IndexStatistics:
    """Numbers over the live documents of an index, each worked out once."""

    def __init__(self, reader: Any) -> None:
        # Whoosh's reader of an empty index is a leaf that can be asked nothing.
        self._leaves = [leaf for leaf, _ in reader.leaf_readers() if reader.doc_count_all()]
        self._sizes: dict[str, tuple[int, float]] = {}
        self._frequencies: dict[tuple[str, str | bytes], int] = {}

    def field_size(self, field: str) -> tuple[int, float]:
        """Live documents that have a field, and their average length."""
        if field not in self._sizes:
            count, total = 0, 0.0
            for leaf in self._leaves:
                stored = stored_lengths(leaf, field)
                dead = list(leaf.deleted_docs_set)
                lengths = stored.lengths[~np.isin(stored.documents, dead)]
                count += len(lengths)
                total += float(lengths.sum())
            self._sizes[field] = (count, total / count if count else 0.0)
        return self._sizes[field]

    def document_frequency(self, field: str, text: str | bytes) -> int:
        """Live documents with a term. Whoosh counts deleted ones too, so they are looked at one by one."""
        key = (field, text)
        if key not in self._frequencies:
            self._frequencies[key] = sum(_live_documents(leaf, field, text) for leaf in self._leaves)
        return self._frequencies[key]


def _live_documents(leaf: Any, field: str, text: str | bytes) -> int:
    if (field, text) not in leaf:
        return 0
    if not leaf.has_deletions():
        count: int = leaf.doc_frequency(field, text)
        return count
    return sum(1 for _ in leaf.postings(field, text).all_ids())


def stored_lengths(leaf: Any, field: str) -> Lengths:
    """The exact lengths of a field in one segment, of deleted documents too."""
    documents = leaf._perdoc  # noqa: SLF001 -- Whoosh's reader of a segment hands out rounded lengths only
    if isinstance(documents, DocumentsReader):
        return documents.stored_lengths(field)
    if f"{LENGTH}{field}" not in leaf.schema:
        return Lengths(np.empty(0, np.int32), np.empty(0))
    lengths = np.array(leaf.column_reader(f"{LENGTH}{field}").load(), np.float64)
    having = np.flatnonzero(lengths)
    return Lengths(having.astype(np.int32), lengths[having])


def lengths_of(leaf: Any, field: str) -> dict[int, float]:
    """The length of a field by document, of the documents of one segment that have it."""
    cached: dict[str, dict[int, float]] = leaf.__dict__.setdefault("exact_lengths", {})
    if field not in cached:
        stored = stored_lengths(leaf, field)
        cached[field] = dict(zip(stored.documents.tolist(), stored.lengths.tolist(), strict=True))
    return cached[field]
