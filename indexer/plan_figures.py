"""What a plan is computed from: each number once, with where it comes from.

Measured ones are of 24,564 public news articles in Arabic, Vietnamese and English, with one node of
OpenSearch 3.5.0 on a virtual machine of two cores (AMD EPYC); docs/cluster.md has the commands. Rules of
others carry their source.
"""

from __future__ import annotations

from dataclasses import dataclass

_HERE = "measured, docs/cluster.md"
_AWS = "AWS Well-Architected, OpenSearch Lens AOSPERF01-BP01"
_DOCS = "OpenSearch documentation, Performance tuning"
_GUESS = "a choice, not measured"


@dataclass(frozen=True, slots=True)
class Figure:
    """One number that plans are computed from."""

    value: float
    unit: str
    source: str


FIGURES = {
    "article_bytes": Figure(2_700, "bytes of UTF-8 JSON an article", _HERE),
    "archive_share": Figure(1.37, "bytes of archive a byte of article", _HERE),
    "index_share": Figure(2.45, "bytes of index a byte of article, merged", _HERE),
    "unmerged_share": Figure(6.3, "bytes of index a byte of article, just written", _HERE),
    "embedded_share": Figure(3.2, "bytes of the embedded index a byte of article", _HERE),
    "home_share": Figure(0.37, "bytes beside the index (completions, names) a byte of article", _HERE),
    "articles_per_core_s": Figure(240, "articles analysed and sent a CPU second", _HERE),
    "node_ms_per_article": Figure(3.2, "ms of a node's CPU to store an article", _HERE),
    "server_ms": Figure(26, "ms of CPU of dalil serve for a page of results", _HERE),
    "node_ms": Figure(4.5, "ms of a node's CPU for a page of results, of each shard", _HERE),
    "node_ms_per_million": Figure(45, "more ms for each million articles", _HERE),
    "longest_search_ms": Figure(300, "ms that a shard may be busy with a search: else more shards", _GUESS),
    "memory_per_core": Figure(2, "GiB of memory a core of a node, at least", _GUESS),
    "busy": Figure(0.6, "share of the CPU in use at the planned load", _GUESS),
    "growth": Figure(1.2, "room for growth", _AWS.replace("01-BP01", "01") + ": 10 to 20 %"),
    "shard_bytes": Figure(25 * 2**30, "bytes a primary shard", _AWS + ": 10 to 30 GiB for search"),
    "shards_per_heap_gib": Figure(25, "shards a GiB of heap, at most", _AWS),
    "most_heap_gib": Figure(31, "GiB of heap, at most", _DOCS + ": half of the memory, below 32 GB"),
    "index_per_memory": Figure(16, "bytes of index a byte of memory, at most", _GUESS),
    "free_disk": Figure(1.45, "bytes of disk a byte of index", _AWS + ": 1.45 for free space and the system"),
    "embedded_articles": Figure(300_000, "articles in an index on one machine, at most", _GUESS),
    "embedded_qps": Figure(50, "searches a second by one machine, at most", _GUESS),
}


def figure(name: str) -> float:
    """The number of that name."""
    return FIGURES[name].value
