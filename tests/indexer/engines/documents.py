"""Documents and query trees for tests of engines, from text and from JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from indexer.engines.base import COLUMNS_TEXT, IndexDocument, Occurrences
from indexer.engines.query import (
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

FIELD = "en.stem"


def document(document_id: str, columns: Mapping[str, Any]) -> IndexDocument:
    """`text` becomes terms at blanks; the other keys are columns."""
    words = str(columns["text"]).split()
    fields = {FIELD: Occurrences(words, [1.0] * len(words), range(len(words)))} if words else {}
    texts = {name: columns[name] for name in COLUMNS_TEXT if name in columns}
    lists = {name: tuple(columns[name]) for name in ("author", "tag") if name in columns}
    numbers = {name: columns[name] for name in ("published_at", "year", "month", "day") if name in columns}
    return IndexDocument(document_id, fields, texts, lists, numbers)


def query_of(node: Sequence[Any]) -> Query:  # noqa: C901, PLR0912 -- one line a kind of node
    """`["and", ["term", "cat"], ...]` -> the tree."""
    kind, *rest = node
    match kind:
        case "term":
            return Term(rest[1] if len(rest) > 1 else FIELD, rest[0])
        case "phrase":
            return Phrase(FIELD, tuple((at, word) for at, word in rest))
        case "near":
            return Near(FIELD, tuple(rest[1:]), rest[0])
        case "prefix":
            return Prefix(FIELD, rest[0])
        case "and":
            return And(tuple(map(query_of, rest)))
        case "or":
            return Or(tuple(map(query_of, rest[1:])), minimum=rest[0])
        case "not":
            return Not(query_of(rest[0]))
        case "maybe":
            return Optionally(query_of(rest[0]), query_of(rest[1]))
        case "boost":
            return Boost(query_of(rest[1]), rest[0])
        case "any":
            return AnyOf(rest[0], tuple(rest[1:]))
        case "between":
            return Between(*rest)
        case "all":
            return Everything()
        case "none":
            return Nothing()
    raise ValueError(kind)
