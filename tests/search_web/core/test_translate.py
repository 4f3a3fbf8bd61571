"""From what the parser read to the engines' query tree, by cases that print the tree in one line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from analyzers import Analyzer, analyzer_for, build_lexicon, query_languages
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
from search_web.core.query_parser import parse_leniently
from search_web.core.targets import targets_of
from search_web.core.translate import Matching, Translation, translate

CASES: dict[str, Any] = json.loads(
    (Path(__file__).resolve().parents[2] / "cases/search_web/translate.json").read_text(encoding="utf-8")
)
LEXICON = build_lexicon("ar", ["وزير الوزير نهر النهر"])


def translated(query: str, languages: list[str], matching: Matching = Matching.TYPED) -> Translation:
    node, _ = parse_leniently(query)
    targets = targets_of(query_languages(query, languages), analyzer_of)
    return translate(node, targets, lambda _, typed: (typed.upper(),), matching=matching)


def analyzer_of(language: str) -> Analyzer:
    return analyzer_for(language, LEXICON if language == "ar" else None)


def tree(query: Query) -> str:  # noqa: C901, PLR0912 -- one line a kind of node
    """See the comment in the cases."""
    match query:
        case Term(field, term, boost):
            return f"{field}:{term}{factor(boost)}"
        case Prefix(field, beginning, boost):
            return f"{field}:{beginning}*{factor(boost)}"
        case Phrase(field, terms, boost, unit):
            exact = "=" if unit > 1 else ""
            return f"{field}:{exact}{'~'.join(f'{term}@{at // unit}' for at, term in terms)}{factor(boost)}"
        case Near(field, terms, distance, boost):
            return f"{field}:{' '.join(terms)}~{distance}{factor(boost)}"
        case And(children):
            return f"({' & '.join(map(tree, children))})"
        case Or((child,)):
            return tree(child)
        case Or(children, minimum):
            some = f"{minimum} of " if minimum > 1 else ""
            return f"{some}({' | '.join(map(tree, children))})"
        case Not(child):
            return f"!{tree(child)}"
        case Optionally(required, optional):
            return f"{tree(required)} + {tree(optional)}"
        case Boost(child, weight):
            return f"{tree(child)}{factor(weight)}"
        case AnyOf(column, values):
            return f"{column} in {','.join(values)}"
        case Between(column, first, last):
            return f"{column} {'' if first is None else first}..{'' if last is None else last}"
        case Everything():
            return "everything"
        case Nothing():
            return "nothing"


def factor(boost: float) -> str:
    return "" if boost == 1 else f"^{boost:g}"


@pytest.mark.parametrize("case", [pytest.param(case, id=case["label"]) for case in CASES["cases"]])
def test_trees(case: dict[str, Any]) -> None:
    """Every case of the table."""
    assert tree(translated(case["query"], case["languages"]).query) == case["tree"]


@pytest.mark.parametrize("case", [pytest.param(case, id=case["label"]) for case in CASES["relaxed"]])
def test_relaxed_trees(case: dict[str, Any]) -> None:
    """What is searched when no article has all the words."""
    assert tree(translated(case["query"], case["languages"], Matching.ANY_WORD).query) == case["tree"]


@pytest.mark.parametrize(
    ("query", "scored"),
    [("rice", True), ("rice -bridge lang:en", True), ("-rice", False), ("lang:en", False), ("", False)],
)
def test_filters_alone_score_nothing(query: str, *, scored: bool) -> None:
    """Then the service shows the newest first."""
    assert translated(query, ["en"]).scored is scored


def test_terms_are_counted_in_the_likeliest_languages() -> None:
    """`the` is a term of Vietnamese, but an English stop word all the same."""
    assert translated("the", ["en", "vi"]) == Translation(Nothing(), 0, scored=False)
    assert translated("rice exports", ["en", "vi"]).terms == 2
