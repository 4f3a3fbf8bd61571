"""An explanation shows the path that the search took, with the scores that it gave."""

from __future__ import annotations

import pytest

from indexer.errors import ArticleNotFound
from search_web.core.explanation import Explanation
from search_web.core.pages import SearchInput
from search_web.core.service import SearchService


def parts(explanation: Explanation) -> float:
    """What the words and the extras add up to."""
    matches = [match for word in explanation.words for match in word.matches]
    return sum(match.score or 0.0 for match in (*matches, *explanation.extras))


@pytest.mark.parametrize(
    ("query", "article_id"),
    [
        ("rice exports", "en-rice"),
        ("the rice", "en-rice"),
        ("الوزير", "ar-verse"),
        ("نهر هان", "ar-bridge"),
        ("Hà Nội", "vi-hanoi"),
        ("Hà Nội", "vi-crab"),
        ("cầu đi bộ", "en-bridge"),
        ("farms grow rice near rivers every summer", "en-climate"),
    ],
)
def test_the_parts_of_a_run_of_words_are_its_score(
    service: SearchService, query: str, article_id: str
) -> None:
    """And that is the score with which the search lists the article."""
    explanation = service.explain(query, article_id)
    assert explanation.score == pytest.approx(parts(explanation), abs=1e-5)
    (listed,) = (r for r in service.search(SearchInput(query)).results if r.id == article_id)
    assert listed.score == explanation.score


def test_each_word_shows_its_steps(service: SearchService) -> None:
    """From what was typed to the term, with the place in the query."""
    explanation = service.explain("سوق الوزير", "ar-trade")
    (word,) = (word for word in explanation.words if word.surface == "الوزير")
    assert (word.language, word.start, word.end) == ("ar", 4, 10)
    assert [(step.name, step.after) for step in word.steps][-2:] == [
        ("stem: clitics", "وزير"),
        ("skel: inflection", "وزر"),
    ]
    assert [(match.field, match.term, match.document_frequency) for match in word.matches] == [
        ("ar.stem", "وزير", 3),
        ("ar.skel", "وزر", 3),
    ]
    assert {(place.part, place.written) for place in word.matches[0].places} == {
        ("title", "الوزير"),
        ("body", "الوزير"),
    }


def test_a_stop_word_has_no_match(service: SearchService) -> None:
    """It is shown all the same, so that nobody misses it."""
    explanation = service.explain("the rice", "en-rice")
    (word,) = (w for w in explanation.words if (w.language, w.surface) == ("en", "the"))
    assert word.matches == ()


def test_what_does_not_match_says_so(service: SearchService) -> None:
    """An excluded word counts; a word that is there is shown with what it would add."""
    explanation = service.explain("rice -climate", "en-climate")
    assert (explanation.matches, explanation.score) == (False, None)
    assert parts(explanation) > 0
    assert not service.explain("zebra", "en-rice").matches


def test_an_article_found_by_some_of_the_words_is_explained_so(service: SearchService) -> None:
    """The search shows articles with some words where none has all; the explanation knows it."""
    query = "rice exports zebra"
    (listed, *_) = service.search(SearchInput(query)).results
    explanation = service.explain(query, listed.id)
    assert explanation.score == listed.score == pytest.approx(parts(explanation), abs=1e-5)
    assert not service.explain("rice exports", "en-climate").matches, "where one article has all"


def test_no_words_match_without_a_score(service: SearchService) -> None:
    """As in the search: every article, in order of time."""
    explanation = service.explain("", "en-rice")
    assert (explanation.matches, explanation.score, explanation.words) == (True, 0.0, ())


def test_an_unknown_article_is_an_error_of_ours(service: SearchService) -> None:
    """With its id."""
    with pytest.raises(ArticleNotFound, match="'nowhere'"):
        service.explain("rice", "nowhere")
