"""The mapping of an index: settings and fields, the same for every language.

Each field of terms `F` becomes up to four: `counted.F` for scores, `placed.F` for phrases, `exact.F` for
phrases of words as they are written, `length.F`. They come with the first document that has them.

`counted.F` holds frequencies alone, each already divided by the document's length as BM25 does it. Lucene
would keep lengths in one byte, and whole frequencies: ours are sums of sixteenths. A term of frequency f in a
document of length l has the frequency `STEPS * f / (1 - B + B * l / pivot)`, and BM25 without lengths and
with `k1 = STEPS * K1` is then BM25 with exact lengths, for the pivot as the average length. A pivot is fixed
with the first documents of its field; the average of news moves little, and a new index begins anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..base import COLUMNS_LIST, COLUMNS_NUMBER, COLUMNS_SHOWN, COLUMNS_TEXT, K1
from .stored_terms import COUNT, GAP

FORMAT = 1
STEPS = 4096
"""Steps of a frequency of 1 in a document of average length."""
LENGTH_STEPS = 65_536
"""Steps of a length of 1."""
MOST = 2**30
"""Largest frequency in steps; Lucene has 31 bits for the sum of a field's."""
PLACE_GAP = 100
"""Words between two strings of a placed field."""
LEAD_TEXTS = 3
LEAD = LEAD_TEXTS * PLACE_GAP
"""Words that a placed field has before its first one, so that something may begin before it."""
GC_DELETES = "10m"
"""How long a deletion is remembered, so that an older change does not bring the document back."""


def settings_of(shards: int, replicas: int) -> dict[str, Any]:
    """Settings of a new index. Only a refresh of ours shows changes, so that a commit is seen as one."""
    return {
        "number_of_shards": shards,
        "number_of_replicas": replicas,
        "refresh_interval": "-1",
        "gc_deletes": GC_DELETES,
        "mapping.total_fields.limit": 5_000,
        "similarity": {
            "counted": {"type": "BM25", "k1": K1 * STEPS, "b": 0.0},
            # How often, and nothing else: `query_json` makes a score of it.
            "occurrences": {"type": "scripted", "script": {"lang": "painless", "source": "return doc.freq;"}},
        },
        "analysis": {
            "filter": {
                "count": {"type": "delimited_term_freq", "delimiter": COUNT},
                "gap": {"type": "stop", "stopwords": [GAP]},
            },
            "analyzer": {
                "counted": {"type": "custom", "tokenizer": "whitespace", "filter": ["count"]},
                "placed": {"type": "custom", "tokenizer": "whitespace", "filter": ["gap"]},
            },
        },
    }


def mappings_of(meta: Mapping[str, Any]) -> dict[str, Any]:
    """Mappings of a new index. `meta`: what the index says of itself, see `cluster.IndexPlan`."""
    placed = {
        "type": "text",
        "analyzer": "placed",
        "index_options": "positions",
        "norms": False,
        "similarity": "occurrences",
        "position_increment_gap": PLACE_GAP,
    }
    counted = {
        "type": "text",
        "analyzer": "counted",
        "search_analyzer": "whitespace",
        "index_options": "freqs",
        "norms": False,
        "similarity": "counted",
        "fielddata": True,  # costs nothing until the dictionary of a field is asked for
    }
    length = {"type": "long", "index": False}
    return {
        "dynamic": "strict",
        "date_detection": False,
        "_meta": {"dalil": dict(meta)},
        # No second copy of all terms: the archive has the text.
        "_source": {"includes": ["id", *COLUMNS_SHOWN]},
        "dynamic_templates": [
            _template("counted", "string", counted),
            _template("placed", "string", placed),
            _template("exact", "string", placed),
            _template("length", "long", length),
        ],
        "properties": {
            **{
                name: {"type": "object", "dynamic": True} for name in ("counted", "placed", "exact", "length")
            },
            **{name: {"type": "keyword"} for name in ("id", "fields", *COLUMNS_TEXT, *COLUMNS_LIST)},
            **{name: {"type": "long"} for name in COLUMNS_NUMBER},
        },
    }


def _template(part: str, kind: str, mapping: Mapping[str, Any]) -> dict[str, Any]:
    return {part: {"path_match": f"{part}.*", "match_mapping_type": kind, "mapping": dict(mapping)}}
