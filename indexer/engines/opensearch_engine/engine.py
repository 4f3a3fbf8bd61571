"""`OpenSearchEngine`: the `SearchEngine` over one index of a cluster."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import Any
from urllib.parse import quote

from ...errors import IndexOutOfDate
from ..base import (
    Change,
    EngineStatistics,
    SearchRequest,
    SearchResponse,
    TermStatistics,
    Upsert,
)
from ..query import Query
from ..query_limits import check_query, check_request
from .answers import response_of, score_of, search_body
from .bulk import Line, line_of, send
from .cluster import Cluster, IndexPlan
from .condition import block_problems, drift_problems, health_problems, mapping_problems
from .connection import ClusterSettings, Connection
from .documents import average_lengths, key_of, stored_document
from .errors import ClusterUnavailable, DocumentsRejected
from .mapping import FORMAT, LENGTH_STEPS
from .query_json import Statistics, asked_of, query_json
from .stored_terms import read, stored, stored_prefix

SAMPLE = 2_000
"""First changes of an `apply` that tell the average lengths of fields that are new."""
_SOON_S = 10.0
_SLOW_S = 120.0
_APART_S = 1.0
_PAGE = 10_000
_MOST_VALUES = 10_000
_TERMS_AT_ONCE = 500
_MOST_BUCKETS = 60_000


class OpenSearchEngine:
    """Terms and columns in one index of a cluster. Any number of writers and readers; safe for threads.

    Searches see the changes of an `apply` when it has ended. On one shard they see all or nothing of it; on
    several, a search in that moment may see them on one shard and not yet on another. If an `apply` fails
    half-way, what was sent is seen after the next one, which must send the same changes again.
    """

    def __init__(self, connection: Connection, index: str) -> None:
        """Raises `IndexMissing`, `IndexOutOfDate`, `ClusterUnavailable`."""
        self._connection = connection
        self.index = index
        self._path = f"/{quote(index, safe='')}"
        self._meta: Mapping[str, Any] = {}
        self._seen: tuple[int, int] = (-1, -1)
        self._read_meta()

    @classmethod
    def create(cls, settings: ClusterSettings, index: str, plan: IndexPlan) -> OpenSearchEngine:
        """Make an empty index. Raises `ConfigError` if there is one of this name."""
        cluster = Cluster(settings)
        cluster.create(index, plan)
        return cls(cluster.connection, index)

    @classmethod
    def open(cls, settings: ClusterSettings, index: str, manifest: str | None = None) -> OpenSearchEngine:
        """Open what `create` made. Raises `IndexOutOfDate` if it was made by other rules than `manifest`."""
        engine = cls(Connection(settings), index)
        if manifest is not None and engine.manifest != manifest:
            raise IndexOutOfDate(
                f"the rules {manifest[:12]}", f"the rules {engine.manifest[:12] or '(none)'}"
            )
        return engine

    @property
    def manifest(self) -> str:
        """Hash of the rules that the documents were made by."""
        return str(self._meta["manifest"])

    @property
    def averages(self) -> Mapping[str, float]:
        """Field -> the length that its scores take for the average."""
        found: Mapping[str, float] = self._meta["averages"]
        return found

    def _read_meta(self) -> None:
        answer = self._connection.ask("GET", f"{self._path}/_mapping")
        mappings = answer.get(self.index, {}).get("mappings", {})
        meta = mappings.get("_meta", {}).get("dalil")
        if meta is None:
            raise IndexOutOfDate(
                "an index of its own", f"something else ({self.index!r} is no index of Dalil)"
            )
        if meta["format"] != FORMAT:
            raise IndexOutOfDate(f"cluster format {FORMAT}", f"format {meta['format']}")
        self._meta = meta

    def apply(self, changes: Iterable[Change], *, merge_later: bool = False, version: int = 0) -> None:
        """See `StoredEngine.apply`. Raises `DocumentsRejected` when all others are in, `ClusterUnavailable`.

        Merging is the cluster's own matter. `merge_later` says that somebody waits, a server who will come
        again: a cluster that is away is then not waited for.
        """
        remaining = iter(changes)
        first = list(islice(remaining, SAMPLE))
        if not first:
            return
        self._learn(first)
        lines = (self._line(change, version) for change in chain(first, remaining))
        refused = send(self._connection, self.index, lines, patient=not merge_later)
        self._show(patient=not merge_later)
        if refused:
            raise DocumentsRejected(refused)

    def _show(self, *, patient: bool) -> None:
        """Let searches see what was sent, on every copy; a node that hangs is soon left for another.

        A copy that was not told would go on answering with what was before, whenever a search comes to it.
        """
        path, timeout_s = f"{self._path}/_refresh", _SOON_S
        until = time.monotonic() + (_SLOW_S if patient else 0)
        while problem := self._not_shown(path, timeout_s):
            if time.monotonic() >= until:
                raise problem
            timeout_s = _SLOW_S
            time.sleep(_APART_S)

    def _not_shown(self, path: str, timeout_s: float) -> ClusterUnavailable | None:
        try:
            failed = self._connection.ask("POST", path, timeout_s=timeout_s)["_shards"]["failed"]
        except ClusterUnavailable as error:
            return error
        if not failed:
            return None
        return ClusterUnavailable(
            f"{failed} copies of the index {self.index!r} do not show what is new; "
            "see that all nodes of the cluster reach each other"
        )

    def _learn(self, changes: Sequence[Change]) -> None:
        """Fix the average lengths of fields that no document had before."""
        documents = [change.document for change in changes if isinstance(change, Upsert)]
        if all(name in self.averages for document in documents for name in document.fields):
            return
        self._read_meta()  # another writer may know them
        new = average_lengths(documents, self.averages.keys())
        if new:
            meta = {**self._meta, "averages": {**self.averages, **new}}
            self._connection.ask(
                "PUT", f"{self._path}/_mapping", {"_meta": {"dalil": meta}}, timeout_s=_SLOW_S
            )
            self._meta = meta

    def _line(self, change: Change, version: int) -> Line:
        document_id = change.document.id if isinstance(change, Upsert) else change.id
        meta: dict[str, Any] = {"_id": key_of(document_id)}
        if version:
            meta |= {"version": version, "version_type": "external_gte"}
        if not isinstance(change, Upsert):
            return line_of("delete", meta, document_id)
        if any(name not in self.averages for name in change.document.fields):
            self._learn([change])
        body = stored_document(change.document, self.averages, self._meta["units"])
        return line_of("index", meta, document_id, body)

    def tidy(self, *, whole: bool = False) -> None:
        """See `StoredEngine.tidy`: a cluster merges by itself."""

    def refresh(self) -> bool:
        """See `StoredEngine.refresh`: searches always see what others have applied."""
        answer = self._connection.ask(
            "GET",
            f"{self._path}/_stats/refresh,docs",
            params={"filter_path": "_all.primaries"},
            # Whoever asks has a search to make after it, and the state before is as good.
            timeout_s=self._connection.settings.timeout_s / 2,
        )
        primaries = answer["_all"]["primaries"]
        seen = (primaries["refresh"]["external_total"], primaries["docs"]["count"])
        before, self._seen = self._seen, seen
        if seen != before:
            self._read_meta()
        return seen != before

    def search(self, request: SearchRequest) -> SearchResponse:
        """See `SearchEngine.search`. Raises `ClusterUnavailable` besides `QueryError`."""
        started = time.perf_counter()
        check_request(request)
        statistics = self._statistics(request.query)
        answer = self._search(search_body(request, statistics, self._shards))
        return response_of(answer, request, (time.perf_counter() - started) * 1000)

    @property
    def _shards(self) -> int:
        return int(self._meta["shards"])

    def _search(self, body: Mapping[str, Any], **options: str) -> Any:
        params = {"allow_partial_search_results": "false", **options}
        if self._shards > 1:
            # Document frequencies of all shards, so that a score says the same on each.
            params["search_type"] = "dfs_query_then_fetch"
        return self._connection.ask("POST", f"{self._path}/_search", body, params=params)

    def _statistics(self, query: Query) -> Statistics:
        asked = asked_of(query)
        if not asked:
            return Statistics()
        sizes, frequencies = self._counts(sorted(asked))
        if any(count and field not in self.averages for field, count in sizes.items()):
            self._read_meta()
        return Statistics(sizes, frequencies, self.averages)

    def _counts(self, asked: Sequence[tuple[str, str]]) -> tuple[dict[str, int], dict[tuple[str, str], int]]:
        """How many documents have a field, and how many a term in it; of deleted ones none."""
        fields = sorted({field for field, _ in asked})
        filters: dict[str, Any] = {f"f{at}": {"term": {"fields": name}} for at, name in enumerate(fields)}
        for at, (field, term) in enumerate(asked):
            filters[f"t{at}"] = {"term": {f"counted.{field}": stored(term)}}
        aggregations = {name: {"filter": each} for name, each in filters.items()}
        answer = self._search({"size": 0, "track_total_hits": False, "aggs": aggregations})
        found = {name: each["doc_count"] for name, each in answer["aggregations"].items()}
        sizes = {name: found[f"f{at}"] for at, name in enumerate(fields)}
        return sizes, {pair: found[f"t{at}"] for at, pair in enumerate(asked)}

    def score_of(self, query: Query, document_id: str) -> float | None:
        """See `SearchEngine.score_of`."""
        check_query(query)
        one = {"ids": {"values": [key_of(document_id)]}}
        body = {
            "query": {"bool": {"must": [query_json(query, self._statistics(query))], "filter": [one]}},
            "size": 1,
            "_source": False,
        }
        hits = self._search(body)["hits"]["hits"]
        return score_of(hits[0]) if hits else None

    def document_frequencies(self, field: str, terms: Sequence[str]) -> list[int]:
        """See `SearchEngine.document_frequencies`."""
        distinct = list(dict.fromkeys(terms))
        known: dict[tuple[str, str], int] = {}
        for at in range(0, len(distinct), _TERMS_AT_ONCE):
            known |= self._counts([(field, term) for term in distinct[at : at + _TERMS_AT_ONCE]])[1]
        return [known[field, term] for term in terms]

    def field_size(self, field: str) -> tuple[int, float]:
        """See `SearchEngine.field_size`."""
        total = {"length": {"sum": {"field": f"length.{field}"}}}
        body = {"size": 0, "query": {"term": {"fields": field}}, "track_total_hits": True, "aggs": total}
        answer = self._search(body)
        count = answer["hits"]["total"]["value"]
        length = answer["aggregations"]["length"]["value"]
        return (count, length / LENGTH_STEPS / count) if count else (0, 0.0)

    def terms(self, field: str, prefix: str = "", limit: int = 100) -> list[TermStatistics]:
        """See `SearchEngine.terms`. The cluster reads the whole field into memory for it, the first time."""
        terms = {
            "field": f"counted.{field}",
            "size": min(max(limit, 1), _MOST_BUCKETS),
            "order": {"_key": "asc"},
            "include": f"{_literal(stored_prefix(prefix))}.*",
        }
        answer = self._search({"size": 0, "track_total_hits": False, "aggs": {"terms": {"terms": terms}}})
        buckets = answer["aggregations"]["terms"]["buckets"]
        found = sorted((read(str(bucket["key"])), bucket["doc_count"]) for bucket in buckets)
        return [TermStatistics(term, count) for term, count in found[:limit]]

    def ids(self) -> Iterator[str]:
        """See `SearchEngine.ids`. Ascending, page after page."""
        body: dict[str, Any] = {
            "size": _PAGE,
            "_source": False,
            "sort": [{"id": "asc"}],
            "track_total_hits": False,
        }
        while answer := self._search(body, filter_path="hits.hits.sort"):
            page = [hit["sort"][0] for hit in answer["hits"]["hits"]]
            yield from page
            body["search_after"] = page[-1:]

    def statistics(self) -> EngineStatistics:
        """See `SearchEngine.statistics`."""
        aggregations = {name: {"terms": {"field": name, "size": _MOST_VALUES}} for name in ("lang", "fields")}
        answer = self._search({"size": 0, "track_total_hits": True, "aggs": aggregations})
        counts = {
            name: {bucket["key"]: bucket["doc_count"] for bucket in answer["aggregations"][name]["buckets"]}
            for name in aggregations
        }
        total = answer["hits"]["total"]["value"]
        return EngineStatistics(total, counts["lang"], tuple(sorted(counts["fields"])))

    def damage(self) -> list[str]:
        """See `StoredEngine.damage`: what the cluster says of the index, and whether it is as it was made."""
        health = self._connection.ask("GET", f"/_cluster/health{self._path}")["status"]
        if problems := health_problems(self.index, health):
            return problems
        settings = self._connection.ask("GET", f"{self._path}/_settings", params={"flat_settings": "true"})
        mapping = self._connection.ask("GET", f"{self._path}/_mapping")
        averages = {name: self.field_size(name)[1] for name in self.statistics().fields}
        return [
            *block_problems(self.index, settings[self.index]["settings"]),
            *mapping_problems(mapping[self.index]["mappings"]),
            *drift_problems(self.averages, averages),
        ]

    def close(self) -> None:
        """See `SearchEngine.close`."""
        self._connection.close()


def _literal(text: str) -> str:
    """The regular expression of Lucene that finds just this text."""
    return re.sub(r"([^\w\s])", r"\\\1", text)
