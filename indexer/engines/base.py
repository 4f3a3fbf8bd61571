"""What a search engine is to Dalil: it stores terms, it answers query trees.

An engine knows no language and no text: `IndexDocument` brings terms, the query tree brings terms.
Every engine gives the same answers in the same order (equal scores: by id, ascending); one table of
cases under `tests/` holds them to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Literal, Protocol

from .query import Everything, Query

K1 = 1.2
B = 0.75


@dataclass(frozen=True, slots=True)
class Occurrences:
    """One field of one document: its terms in the order of the text, each as often as it occurs.

    A term's frequency is the sum of its weights, the field's length in BM25 the sum of all.
    """

    terms: Sequence[str]
    weights: Sequence[float]
    """What each occurrence counts, by its zone (title, lead, body), above 0; as many as `terms`."""
    positions: Sequence[int]
    """Where each stands, below 2**32 and never falling for any one term; as many as `terms`, or empty in
    fields that keep none."""


COLUMNS_TEXT = ("lang", "section", "source", "group", "sketch")
"""Columns with at most one string a document."""
COLUMNS_SHOWN = ("lang", "group", "sketch")
"""Columns that hits carry."""
COLUMNS_LIST = ("author", "tag")
"""Columns with any number of strings a document."""
COLUMNS_NUMBER = ("published_at", "year", "month", "day")
"""Columns with at most one integer a document: epoch seconds, 2025, 202510, 20251026 (all UTC)."""


@dataclass(frozen=True, slots=True)
class IndexDocument:
    """One article as an engine sees it: terms and columns."""

    id: str
    fields: Mapping[str, Occurrences]
    """`ar.stem` -> its terms. A document has fields of one language only, and none without a term."""
    text_columns: Mapping[str, str] = field(default_factory=dict)
    list_columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    number_columns: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Upsert:
    """Make this the document of its id; an older one with the same id goes."""

    document: IndexDocument


@dataclass(frozen=True, slots=True)
class Delete:
    """Take the document of this id out; harmless when there is none."""

    id: str


Change = Upsert | Delete


def frequencies(field: Occurrences) -> dict[str, float]:
    """The terms of a field in the order of their first occurrences, each with its frequency."""
    found: dict[str, float] = {}
    for term, weight in zip(field.terms, field.weights, strict=True):
        found[term] = found.get(term, 0.0) + weight
    return found


class Sort(Enum):
    """Order of hits. Equal keys: by id ascending. Undated documents come last in both date orders."""

    RELEVANCE = "relevance"
    NEWEST = "newest"
    OLDEST = "oldest"


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """One search. `filter` selects without scoring; facets count over all hits that pass it."""

    query: Query
    filter: Query = field(default_factory=Everything)
    offset: int = 0
    limit: int = 10
    sort: Sort = Sort.RELEVANCE
    facets: tuple[str, ...] = ()
    """Column names to count over all hits."""
    facet_limit: int = 100
    """At most so many values a facet, the most frequent first (equal counts: by value)."""
    exact_total: bool = True
    """Whether `total` must be exact; without it an engine may leave out what cannot reach the page."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One document found."""

    id: str
    score: float
    columns: Mapping[str, str]
    """Those of `COLUMNS_SHOWN` that the document has."""


@dataclass(frozen=True, slots=True)
class FacetCount:
    """One value of a column among the hits; numbers as decimal text."""

    value: str
    count: int


@dataclass(frozen=True, slots=True)
class SearchResponse:
    """What a search found."""

    hits: tuple[Hit, ...]
    total: int
    total_relation: Literal["eq", "gte"]
    """`eq`: total is exact; `gte`: at least so many."""
    facets: Mapping[str, tuple[FacetCount, ...]]
    took_ms: float


@dataclass(frozen=True, slots=True)
class TermStatistics:
    """One term of a field's dictionary."""

    term: str
    document_frequency: int


@dataclass(frozen=True, slots=True)
class EngineStatistics:
    """What an engine holds."""

    documents: int
    languages: Mapping[str, int]
    """Documents by the column `lang`."""
    fields: tuple[str, ...]
    """Names of the fields that have at least one term, sorted."""


class SearchEngine(Protocol):
    """Stores documents and answers query trees. Searches see all or nothing of an `apply`."""

    def apply(self, changes: Iterable[Change]) -> None:
        """Apply the changes in order, as one atomic and durable commit."""

    def search(self, request: SearchRequest) -> SearchResponse:
        """Answer one request from the state at the last `apply`. Raises `QueryError`."""

    def score_of(self, query: Query, document_id: str) -> float | None:
        """What `query` scores on one document; None when it does not match or is not there."""

    def document_frequencies(self, field: str, terms: Sequence[str]) -> list[int]:
        """In how many documents each term stands."""

    def field_size(self, field: str) -> tuple[int, float]:
        """Documents that have the field, and their average length: the N and avgdl of BM25."""

    def terms(self, field: str, prefix: str = "", limit: int = 100) -> list[TermStatistics]:
        """Terms of a field that begin so, in order of code points."""

    def ids(self) -> Iterable[str]:
        """The id of every document, in any order."""

    def statistics(self) -> EngineStatistics:
        """Counts for `dalil status` and the facet of languages."""

    def close(self) -> None:
        """Release files. Closing twice is harmless."""


class StoredEngine(SearchEngine, Protocol):
    """An engine that outlives its process: what a generation keeps."""

    def apply(self, changes: Iterable[Change], *, merge_later: bool = False, version: int = 0) -> None:
        """See `SearchEngine.apply`.

        `merge_later`: housekeeping may wait for `tidy`, or for the next `apply` without it. `version`: a
        number that never falls, such as the last change of the archive that is in it: an engine that several
        writers reach ignores what is older than what it has; 0 for an engine that one writer has alone.
        """

    def tidy(self, *, whole: bool = False) -> None:
        """Do what `merge_later` left. `whole`: for an index that was built in parts, as if in one."""

    def refresh(self) -> bool:
        """See what others have applied since; whether there was anything."""

    def damage(self) -> list[str]:
        """Look through everything that is stored; what is wrong, and what to do."""
