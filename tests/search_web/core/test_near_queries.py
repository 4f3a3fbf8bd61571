"""Quotes with a tilde: what is read as words near each other, what stays text, what is a mistake."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from search_web.core import query_ast as ast
from search_web.core.pages import NoticeKind
from search_web.core.query_parser import MAX_WORDS, QuerySyntaxError, parse, parse_leniently
from search_web.core.running_text import as_running_text

CASES: dict[str, Any] = json.loads(
    (Path(__file__).resolve().parents[2] / "cases/search_web/near.json").read_text(encoding="utf-8")
)


def nodes(node: ast.Node) -> list[str]:
    """See the comment in the cases."""
    return [
        f"near {leaf.distance}: {leaf.text}"
        if isinstance(leaf, ast.Near)
        else f"{type(leaf).__name__.lower()}: {leaf.text}"
        for leaf in ast.leaves(node)
    ]


@pytest.mark.parametrize("case", [pytest.param(case, id=case["label"]) for case in CASES["cases"]])
def test_readings(case: dict[str, Any]) -> None:
    """Every case of the table, leniently and to the letter."""
    query, mistake = case["query"], case.get("mistake")
    node, notices = parse_leniently(query)
    assert nodes(node) == case["nodes"]
    told = [query[notice.start : notice.end] for notice in notices]
    assert told == ([] if mistake is None else [mistake])
    assert all(notice.kind is NoticeKind.QUERY_REPAIRED for notice in notices)
    if mistake is None:
        assert parse(query) == node
    else:
        with pytest.raises(QuerySyntaxError) as raised:
            parse(query)
        assert query[raised.value.start : raised.value.end] == mistake


def test_a_node_stands_for_its_quotes_and_its_number() -> None:
    """Places count code points of what was typed."""
    assert parse('bão "lũ cầu"~12 x').children[1] == ast.Near("lũ cầu", 12, 4, 15)  # type: ignore[union-attr]


def test_its_words_count_for_the_length_of_a_query() -> None:
    """As those of a phrase."""
    with pytest.raises(QuerySyntaxError, match="more than 64 words"):
        parse(f'"{"a " * (MAX_WORDS + 1)}"~3')


@pytest.mark.parametrize("case", [pytest.param(case, id=case["label"]) for case in CASES["running_text"]])
def test_in_pasted_text(case: dict[str, Any]) -> None:
    """No text has a tilde behind its quotes: who writes it means it."""
    words = as_running_text(parse(case["query"]))
    found = None if words is None else " ".join(leaf.text for leaf in ast.leaves(words))
    assert found == case["words"]
