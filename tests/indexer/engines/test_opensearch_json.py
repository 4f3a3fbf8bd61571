"""What a cluster is asked and sent, without a cluster: queries, documents, errors, from tables of cases."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opensearchpy.exceptions import HTTP_EXCEPTIONS, TransportError

from indexer import errors
from indexer.engines.base import IndexDocument, Occurrences
from indexer.engines.opensearch_engine import ClusterUnavailable, query_json
from indexer.engines.opensearch_engine.documents import average_lengths, key_of, stored_document
from indexer.engines.opensearch_engine.failures import failure
from indexer.engines.opensearch_engine.stored_terms import (
    COUNT,
    ESCAPE,
    GAP,
    LONGEST,
    read,
    shaped,
    stored,
    stored_prefix,
)
from indexer.engines.query import Not, Phrase, Query

from .documents import FIELD, query_of

_CASES = Path(__file__).parents[2] / "cases/engines"


def _cases(name: str) -> list[Any]:
    found: list[Any] = json.loads((_CASES / name).read_text(encoding="utf-8"))["cases"]
    return found


def _tree(node: Sequence[Any]) -> Query:
    match node[0]:
        case "quoted":
            return Phrase(FIELD, tuple((at, word) for at, word in node[2:]), unit=node[1])
        case "not":
            return Not(_tree(node[1]))
        case _:
            return query_of(node)


_STATISTICS = query_json.Statistics(
    sizes={FIELD: 10},
    frequencies={(FIELD, "cat"): 1, (FIELD, "dog"): 2, (FIELD, "on"): 10},
    pivots={FIELD: 5.0},
)
_SCRIPTS = {query_json.PHRASE_SCORE: "phrase", query_json.NEAR_SCORE: "near"}
_BM25 = {"k": 1.2, "b": 0.75, "c": 0.25, "steps": 65536.0}


def _short(node: Any) -> Any:
    """JSON with the names of scripts in their place, and of their parameters what is particular."""
    if isinstance(node, list):
        return [_short(each) for each in node]
    if not isinstance(node, dict):
        return round(node, 6) if isinstance(node, float) else node
    if "params" in node:
        params = node["params"]
        assert params.items() >= _BM25.items()
        own = {name: _short(value) for name, value in params.items() if name not in _BM25}
        return {"source": _SCRIPTS[node["source"]], "params": own}
    return {name: _short(value) for name, value in node.items()}


@pytest.mark.parametrize("case", _cases("opensearch_queries.json"), ids=lambda case: case["label"])
def test_a_query_becomes_this_json(case: dict[str, Any]) -> None:
    assert _short(query_json.query_json(_tree(case["query"]), _STATISTICS)) == case["json"]


def test_phrases_of_a_field_that_no_document_has_match_nothing() -> None:
    phrase = Phrase("xx.word", ((0, "a"), (1, "b")))
    assert query_json.query_json(phrase, query_json.Statistics()) == query_json.NONE


@pytest.mark.parametrize("case", _cases("opensearch_documents.json"), ids=lambda case: case["label"])
def test_a_document_becomes_this_json(case: dict[str, Any]) -> None:
    field = Occurrences(case["terms"], case["weights"], case["positions"])
    units = {FIELD: case["unit"]} if "unit" in case else {}
    sent = stored_document(IndexDocument("x", {FIELD: field}), {FIELD: 4.0}, units)
    assert sent.pop("id") == "x"
    assert sent.pop("fields") == [FIELD]
    parts = ("counted", "placed", "exact", "length")
    assert sent == {part: {FIELD: case[part]} for part in parts if part in case}
    json.dumps(sent, ensure_ascii=False).encode()


def test_average_lengths_are_those_of_the_documents_that_have_a_field() -> None:
    long, short = Occurrences(["a", "b"], [3.0, 2.0], ()), Occurrences(["a"], [1.0], ())
    documents = [IndexDocument("x", {"f": long, "g": short}), IndexDocument("y", {"f": short})]
    assert average_lengths(documents, ("g",)) == {"f": 3.0}


@given(st.text(st.characters(), max_size=300))
def test_a_stored_term_is_one_token_and_can_be_read(term: str) -> None:
    """Whatever is in it: no blanks, no marks of ours, not too long, and it is UTF-8."""
    written = stored(term)
    assert written
    assert written.split() == [written]
    assert not set(written) & {COUNT, GAP}
    assert len(written.encode("utf-16-le")) // 2 <= LONGEST
    assert len(shaped(term, 1023).encode("utf-16-le")) // 2 < 255
    assert f"{ESCAPE}#" in written or read(written) == term


@given(st.text(st.characters(), max_size=150), st.text(st.characters(), max_size=150))
def test_a_stored_term_begins_as_its_prefix(prefix: str, rest: str) -> None:
    """As far as terms are stored whole."""
    assert stored(prefix + rest).startswith(stored_prefix(prefix))


def test_terms_that_are_too_long_stay_apart() -> None:
    assert stored("a" * 400 + "b") != stored("a" * 400 + "c")
    assert stored("\U0001f600" * 200) != stored("\U0001f600" * 201)


def test_ids_that_are_too_long_for_a_key_are_hashed() -> None:
    """And one that looks like such a hash is hashed too, so that no two ids meet."""
    assert key_of("vnexpress/ar/123") == "vnexpress/ar/123"
    long = "ế" * 200
    assert len(key_of(long).encode()) <= 512
    assert key_of(key_of(long)) != key_of(long)


@pytest.mark.parametrize("case", _cases("opensearch_failures.json"), ids=lambda case: case["label"])
def test_an_error_says_what_to_do(case: dict[str, Any]) -> None:
    raised = HTTP_EXCEPTIONS.get(case["status"], TransportError)(case["status"], "error", case["answer"])
    found = failure(raised, "https://search-1:9200")
    kind = ClusterUnavailable if case["error"] == "ClusterUnavailable" else getattr(errors, case["error"])
    assert type(found) is kind
    assert [word for word in case["says"] if word not in str(found)] == []
    if "retry_after_s" in case:
        assert isinstance(found, ClusterUnavailable)
        assert found.retry_after_s == case["retry_after_s"]
