"""Related stories: translations by the address, then articles that share the best words."""

from __future__ import annotations

import pytest

from indexer.articles import article_from
from indexer.engines.query import And, AnyOf, Not, Or, Term
from indexer.errors import ArticleNotFound
from search_web.core.pages import ReasonKind
from search_web.core.related import KeyTerm, key_terms, related_query, translations_query
from search_web.core.service import SearchService

from .small_library import SmallLibrary

_GROUP = "cau-di-bo-moi-bac-qua-song-han"


def test_translations_come_first_then_what_shares_words(service: SearchService) -> None:
    """Each with its reason; the words are written as the other article writes them."""
    found = service.related("vi-bridge")
    assert [(item.result.id, item.reasons[0].kind) for item in found[:3]] == [
        ("ar-bridge", ReasonKind.TRANSLATION),
        ("en-bridge", ReasonKind.TRANSLATION),
        ("vi-hanoi", ReasonKind.WORDS),
    ]
    assert {"bộ", "đi"} <= set(found[2].reasons[0].values)
    (footbridge,) = service.related("en-undated")
    assert (footbridge.result.id, footbridge.reasons[0].values) == ("en-bridge", ("footbridge", "river"))


def test_an_article_is_not_related_to_itself(service: SearchService, library: SmallLibrary) -> None:
    """Nor named twice, nor more often than asked for."""
    for article_id in library.kept:
        found = [item.result.id for item in service.related(article_id)]
        assert article_id not in found
        assert len(found) == len(set(found))
        assert len(service.related(article_id, limit=1)) <= 1


def test_no_article_no_related_ones(service: SearchService) -> None:
    """An error of ours that names the id."""
    with pytest.raises(ArticleNotFound, match="'nowhere'"):
        service.related("nowhere")


def test_key_terms_are_frequent_here_and_rare_elsewhere(library: SmallLibrary) -> None:
    """A term that no other article has could find nothing."""
    article = library.kept["en-rice"]
    terms = key_terms(article, library.state.analyzer("en"), library.state.engine)
    assert [key.term for key in terms[:2]] == ["minist", "rice"]
    assert [key.weight for key in terms] == sorted((key.weight for key in terms), reverse=True)
    assert "export" not in {key.term for key in terms}


def test_the_query_leaves_the_translations_out(library: SmallLibrary) -> None:
    """They are listed by themselves. Boosts are shares of the best term's weight."""
    terms = [KeyTerm("en.stem", "river", 4.0), KeyTerm("en.stem", "han", 1.0)]
    words = Or((Term("en.stem", "river", 1.0), Term("en.stem", "han", 0.25)))
    assert related_query(library.kept["en-rice"], terms) == words
    assert related_query(library.kept["en-bridge"], terms) == And((words, Not(AnyOf("group", (_GROUP,)))))
    assert related_query(library.kept["en-bridge"], []) is None


def test_a_group_is_told_by_the_address(library: SmallLibrary) -> None:
    """Also by that of the text it was translated from."""
    assert translations_query(library.kept["ar-bridge"]) == AnyOf("group", (_GROUP,))
    assert translations_query(library.kept["en-rice"]) is None
    translated = article_from(
        {"id": "x", "lang": "fr", "title": "Pont", "source_url": f"https://example.org/vi/{_GROUP}.html"}
    )
    assert translations_query(translated) == AnyOf("group", (_GROUP,))
