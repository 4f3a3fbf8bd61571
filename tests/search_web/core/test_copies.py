"""Copies and excerpts: what is one, which share is told, that drafts and articles are asked alike."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from indexer.articles import Article, article_from
from indexer.engines.query import AnyOf
from search_web.core.copies import Text, compared, copies_of
from search_web.core.pages import ReasonKind, Related, RelatedInput
from search_web.core.service import SearchService

from .small_library import ARTICLES, SmallLibrary, library_of

CASES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[2] / "cases" / "search_web" / "copies.json").read_text(encoding="utf-8")
)
KNOWN = [case for case in CASES if case.get("known_failure")]
TELLING = [case for case in CASES if not case.get("known_failure")]


def both(case: dict[str, Any]) -> tuple[Article, Article]:
    """The two articles of a case."""
    one, other = ({"id": name, "lang": case["lang"]} | case[name] for name in ("original", "other"))
    return article_from(one), article_from(other)


def found_of(library: SmallLibrary, article: Article) -> list[Related]:
    """What a library has of an article or draft."""
    state = library.state
    analyzer = state.analyzer(article.lang)
    return copies_of(Text.of(article, analyzer), analyzer, state.engine, library.articles)


def check(case: dict[str, Any]) -> None:
    """Each of the two finds the other for the same reason, or neither does."""
    one, other = both(case)
    library = library_of([*ARTICLES, one, other])
    for asked, wanted in ((one, other), (other, one)):
        found = {item.result.id: item.reasons for item in found_of(library, asked)}
        if not case["reason"]:
            assert found == {}
            continue
        assert found.keys() == {wanted.id}
        (reason,) = found[wanted.id]
        assert reason.kind is ReasonKind(case["reason"])
        assert case["least"] <= reason.count <= 100


@pytest.mark.parametrize("case", TELLING, ids=lambda case: case["label"])
def test_cases(case: dict[str, Any]) -> None:
    check(case)


@pytest.mark.parametrize("case", KNOWN, ids=lambda case: case["label"])
@pytest.mark.xfail(strict=True, reason="what shingles cannot tell")
def test_known_failures(case: dict[str, Any]) -> None:
    check(case)


@pytest.mark.parametrize("case", TELLING, ids=lambda case: case["label"])
def test_a_draft_is_asked_as_an_article_is(case: dict[str, Any]) -> None:
    """Its words stand in the index once less."""
    one, other = both(case)
    library = library_of([*ARTICLES, other])
    draft = Article(id="", lang=one.lang, title=one.title, lead=one.lead, body=one.body)
    reasons = [item.reasons[0].kind.value for item in found_of(library, draft)]
    assert reasons == ([case["reason"]] if case["reason"] else [])


def test_copies_come_before_excerpts_and_the_nearest_first() -> None:
    words = [f"word{number}" for number in range(200)]
    bodies = {
        "whole": words,
        "changed": [*words[:150], *(f"other{number}" for number in range(50))],
        "nearer": [*words[:190], *(f"more{number}" for number in range(10))],
        "part": words[40:90],
    }
    library = library_of(
        article_from({"id": name, "lang": "en", "title": name, "body": [" ".join(body)]})
        for name, body in bodies.items()
    )
    found = found_of(library, library.article("whole"))
    assert [(item.result.id, item.reasons[0].kind) for item in found] == [
        ("nearer", ReasonKind.COPY),
        ("changed", ReasonKind.COPY),
        ("part", ReasonKind.EXCERPT),
    ]
    assert [item.reasons[0].count for item in found] == [90, 59, 100]
    assert [item.result.score for item in found] == [0.9, 0.59, 1.0]


def test_filters_hold_for_copies() -> None:
    one, other = both(CASES[0])
    library = library_of([*ARTICLES, one, other])
    analyzer = library.state.analyzer("vi")
    none = copies_of(
        Text.of(one, analyzer), analyzer, library.state.engine, library.articles, AnyOf("lang", ("ar",))
    )
    assert none == []


def test_a_text_without_words_has_no_copies(library: SmallLibrary) -> None:
    assert found_of(library, Article(id="", lang="vi", title="…", body=("!",))) == []
    assert found_of(library, Article(id="", lang="vi", title="")) == []


def test_equal_texts_are_copies_to_the_full() -> None:
    one, _ = both(CASES[0])
    text = Text.of(one, library_of([one]).state.analyzer("vi"))
    reason = compared(text.shingles, text.shingles)
    assert reason is not None
    assert (reason.kind, reason.count) == (ReasonKind.COPY, 100)


def test_the_page_of_an_article_has_its_copies_apart() -> None:
    """They are not among the related stories."""
    one, other = both(CASES[0])
    service = SearchService(library_of([*ARTICLES, one, other]))
    page = service.article("original")
    assert [(item.result.id, item.reasons[0].kind) for item in page.copies] == [("other", ReasonKind.COPY)]
    assert "other" not in {item.result.id for item in page.related}
    assert {item.result.id for item in service.related_page(RelatedInput("other")).copies} == {"original"}
