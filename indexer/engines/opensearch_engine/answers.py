"""What a cluster answers, as values of `base`; and the body of a search."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from ..base import (
    COLUMNS_NUMBER,
    COLUMNS_SHOWN,
    FacetCount,
    Hit,
    SearchRequest,
    SearchResponse,
    Sort,
)
from ..bm25 import DIGITS
from ..query import Everything
from .query_json import Json, Statistics, matches_json, query_json

COUNTED_TO = 10_000
"""Hits that are counted when the total need not be exact."""
_MOST_NUMBERS = 10_000
"""Different numbers of a facet: they are ranked here, because equal counts go by their text."""
_SHARD_VALUES = 5_000
"""Values that each of several shards tells of a facet, so that no count is missing."""

_BY_DATE = {Sort.NEWEST: "desc", Sort.OLDEST: "asc"}


def search_body(request: SearchRequest, statistics: Statistics, shards: int) -> Json:
    """The JSON of a request."""
    query = query_json(request.query, statistics)
    if not isinstance(request.filter, Everything):
        query = {"bool": {"must": [query], "filter": [matches_json(request.filter)]}}
    order: Json = {"_score": "desc"}
    if request.sort is not Sort.RELEVANCE:
        order = {"published_at": {"order": _BY_DATE[request.sort], "missing": "_last"}}
    body: Json = {
        "query": query,
        "from": request.offset,
        "size": request.limit,
        "sort": [order, {"id": "asc"}],
        "track_scores": True,
        "track_total_hits": True if request.exact_total or request.facets else COUNTED_TO,
    }
    if request.facets:
        body["aggs"] = {name: _facet(name, request.facet_limit, shards) for name in request.facets}
    return body


def _facet(column: str, limit: int, shards: int) -> Json:
    terms: Json = {"field": column, "size": limit, "order": [{"_count": "desc"}, {"_key": "asc"}]}
    if column in COLUMNS_NUMBER:
        terms["size"] = max(limit, _MOST_NUMBERS)
    if shards > 1:
        terms["shard_size"] = max(terms["size"], _SHARD_VALUES)
    return {"terms": terms}


def response_of(answer: Mapping[str, Any], request: SearchRequest, took_ms: float) -> SearchResponse:
    """The response of a cluster's answer."""
    total = answer["hits"]["total"]
    hits = [hit_of(hit) for hit in answer["hits"]["hits"]]
    if request.sort is Sort.RELEVANCE:
        # Rounding makes ties of what differed in the last bit.
        hits.sort(key=lambda hit: (-hit.score, hit.id))
    relation: Literal["eq", "gte"] = "eq" if total["relation"] == "eq" else "gte"
    facets = {
        name: _counts(answer["aggregations"][name]["buckets"], request.facet_limit) for name in request.facets
    }
    return SearchResponse(tuple(hits), total["value"], relation, facets, took_ms)


def hit_of(hit: Mapping[str, Any]) -> Hit:
    """One hit."""
    source = hit["_source"]
    columns = {name: source[name] for name in COLUMNS_SHOWN if name in source}
    return Hit(source["id"], score_of(hit), columns)


def score_of(hit: Mapping[str, Any]) -> float:
    """The score of a hit, as every engine rounds it."""
    return round(float(hit["_score"] or 0.0), DIGITS)


def _counts(buckets: list[Mapping[str, Any]], limit: int) -> tuple[FacetCount, ...]:
    counts = [FacetCount(str(bucket["key"]), bucket["doc_count"]) for bucket in buckets]
    return tuple(sorted(counts, key=lambda each: (-each.count, each.value))[:limit])
