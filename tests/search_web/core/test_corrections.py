"""Did-you-mean: near words of the archive for words that it does not have, the rest as typed."""

from __future__ import annotations

import random
import time
from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from analyzers import Analyzer, Lexicon, analyzer_for, build_lexicon, index_language, query_languages
from indexer.articles import article_from
from indexer.engines.base import Upsert
from indexer.engines.memory_engine import MemoryEngine
from indexer.schema import document_of
from search_web.core.corrections import Corrections
from search_web.core.query_parser import parse_leniently
from search_web.core.targets import targets_of
from search_web.core.vocabulary import Vocabularies, Vocabulary

TEXTS = {
    "en": ["Hanoi summit", "Hanoi exports", "The summit of Hanoi", "Hello exports", "Hello", "Unique"],
    "vi": ["Thủ đô Hà Nội", "Có nước và Hà Nội", "Phở nước ngoài", "Phở bò"],
    "ar": ["وزير الصحة", "وزارة الصحة", "وزير الخارجية", "وزارة الخارجية"],
}
"""The Arabic ones: minister or ministry of health, of foreign affairs."""


def offered(query: str, *languages: str) -> list[str]:
    """What a query becomes over an archive of these languages, by the code that the service runs."""
    lexicons = {language: build_lexicon(language, TEXTS[language]) for language in languages}
    engine = MemoryEngine()
    engine.apply(
        Upsert(
            document_of(article_from({"id": f"{language}{at}", "lang": language, "title": text}), analyzer)
        )
        for language in languages
        for analyzer in [analyzer_for(language, lexicons[language])]
        for at, text in enumerate(TEXTS[language])
    )
    return _corrected(query, engine, lexicons)


def _corrected(query: str, engine: MemoryEngine, lexicons: Mapping[str, Lexicon]) -> list[str]:
    def analyzer_of(language: str) -> Analyzer:
        return analyzer_for(language, lexicons.get(index_language(language)))

    node, _ = parse_leniently(query)
    targets = targets_of(query_languages(query, list(lexicons)), analyzer_of)
    return Corrections(engine, lexicons, Vocabularies()).corrected(query, node, targets)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        pytest.param("hanoii summit", "Hanoi summit", id="a letter too many"),
        pytest.param("hani summit", "Hanoi summit", id="a letter too few"),
        pytest.param("hanio", "Hanoi", id="two letters swapped"),
        pytest.param("jello exports", "Hello exports", id="the first letter"),
        pytest.param("summit OR (exprots)", "summit OR (exports)", id="operators stay"),
        pytest.param('"hanoi  sumit"', '"hanoi  summit"', id="in quotes"),
        pytest.param('"hanoi  sumit"~8', '"hanoi  summit"~8', id="near each other"),
        pytest.param("title:sumit -date:2025", "title:summit -date:2025", id="in a title"),
        pytest.param("  sumit, hanio!", "  summit, Hanoi!", id="blanks and punctuation stay"),
    ],
)
def test_a_mistyped_word_is_replaced(typed: str, meant: str) -> None:
    """In the spelling of the archive; the words that it has stay as they were typed."""
    assert offered(typed, "en") == [meant]


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param("Hanoi summit", id="known words"),
        pytest.param("the", id="a stop word"),
        pytest.param("zzzzzz", id="nothing is near"),
        pytest.param("uniqe", id="what stands in one article alone may be a mistake"),
        pytest.param("hx", id="too short"),
        pytest.param("", id="nothing typed"),
        pytest.param("author:hanio", id="an author"),
        pytest.param("-hanio", id="an excluded word"),
    ],
)
def test_other_queries_are_left_alone(typed: str) -> None:
    """Nothing is offered."""
    assert offered(typed, "en") == []


def test_vietnamese_is_offered_as_it_was_typed() -> None:
    """With accents if some were typed, else without."""
    assert offered("nướcc Hà Nội", "vi") == ["nước Hà Nội"]
    assert offered("nuocc ngoai", "vi") == ["nuoc ngoai"]


def test_arabic_is_offered_in_the_archives_spelling() -> None:
    """Minister, one letter wrong."""
    assert offered("وزبر الصحة", "ar") == ["وزير الصحة"]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        pytest.param("hanoi sum mit", "hanoi summit", id="typed apart"),
        pytest.param("hanoisummit", "Hanoi summit", id="run together"),
        pytest.param("sum mit, hanio", "summit, Hanoi", id="two words of one, and another word"),
    ],
)
def test_blanks_are_mistyped_too(typed: str, meant: str) -> None:
    """A blank too many, or none."""
    assert offered(typed, "en")[0] == meant


def test_words_side_by_side_in_the_archive_are_meant_together() -> None:
    """Ministry of health and of foreign affairs: الصحة stands beside وزير as often as الخارجية does."""
    assert offered("وزارة الصجة", "ar")[0] == "وزارة الصحة"
    assert offered("وزارة الخارحية", "ar")[0] == "وزارة الخارجية"


def test_other_suggestions_follow_the_likeliest() -> None:
    """`hellor` may be Hello, or less likely another word; every text differs in one word."""
    texts = offered("exportt hello", "en")
    assert texts[0] == "exports hello"
    assert len(set(texts)) == len(texts)


def test_the_archives_spelling_is_known_for_a_query_that_finds_everything() -> None:
    """Minister of foreign affairs, with ه for ة: nothing to correct, but it is written otherwise."""
    lexicons = {"ar": build_lexicon("ar", TEXTS["ar"])}
    node, _ = parse_leniently("وزير الخارجيه")
    targets = targets_of(query_languages("وزير", ["ar"]), lambda _: analyzer_for("ar", lexicons["ar"]))
    corrections = Corrections(MemoryEngine(), lexicons, Vocabularies())
    assert corrections.orthographic("وزير الخارجيه", node, targets) == "وزير الخارجية"
    node, _ = parse_leniently("وزير الخارجية")
    assert corrections.orthographic("وزير الخارجية", node, targets) is None


def test_each_language_offers_its_own() -> None:
    """A query that may be in two languages has an offer of each that has a near word."""
    assert set(offered("hanio", "en", "vi")) == {"Hanoi"}


def test_only_the_first_unknown_words_are_looked_up() -> None:
    """Someone who pastes a text of another archive does not stop the server."""
    (found,) = offered(" ".join(["sumit"] * 20), "en")
    assert found.split() == ["summit"] * 8 + ["sumit"] * 12


def test_nearer_words_come_first_then_the_first_letter_then_frequency() -> None:
    """One letter from summit, two from the others; a word of one article is not offered."""
    vocabulary = Vocabulary({"summit": 2, "submit": 9, "summits": 50, "dummit": 80, "summon": 99, "once": 1})
    assert [near.word for near in vocabulary.nearest("sumnit")] == ["summit", "summits", "submit", "dummit"]
    assert [(near.distance, near.frequency) for near in vocabulary.nearest("sumnit", limit=1)] == [(1, 2)]


def test_short_words_have_one_mistake() -> None:
    """Two of five letters wrong is another word."""
    vocabulary = Vocabulary({"hanoi": 5, "hue": 5})
    assert [near.word for near in vocabulary.nearest("hanio")] == ["hanoi"]
    assert vocabulary.nearest("hnaio") == []
    assert vocabulary.nearest("hu") == []


letters = st.text(st.sampled_from("abcắبو\U0001f600"), min_size=3, max_size=8)


@given(words=st.sets(letters, max_size=30), word=letters)
def test_no_near_word_is_lost(words: set[str], word: str) -> None:
    """The sets of letters drop only words that are too far away."""
    most = 2 if len(word) >= 6 else 1
    near = {other for other in words if other != word and OSA.distance(word, other) <= most}
    found = Vocabulary(dict.fromkeys(words, 2)).nearest(word, limit=100)
    assert {n.word for n in found} == near


def test_a_hundred_thousand_words_are_searched_in_a_moment() -> None:
    """A reader waits for the page meanwhile."""
    chance = random.Random(7)  # noqa: S311  # words, not secrets
    words = {"".join(chance.choices("etaoinshrdlucmfw", k=chance.randint(4, 12))) for _ in range(100_000)}
    vocabulary = Vocabulary(dict.fromkeys(words, 2))
    typed: Sequence[str] = [f"{word[:2]}q{word[3:]}" for word in sorted(words)[::10_000]]
    started = time.process_time()
    found = [vocabulary.nearest(word) for word in typed]
    assert (time.process_time() - started) / len(typed) < 0.1, "0.01 s is usual"
    assert all(found)
