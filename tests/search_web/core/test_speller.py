"""What a mistyped word may be: cases of likely mistakes, spellings, words run together."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers import Lexicon, analyzer_for
from analyzers.arabic_spelling import without_joining_hamza
from analyzers.confusions import mistake_cost
from search_web.core.speller import Speller, SuggestionKind
from search_web.core.vocabulary import Vocabulary

PATH = Path(__file__).resolve().parents[2] / "cases" / "typing" / "spelling.json"
CASES: dict[str, Any] = json.loads(PATH.read_text(encoding="utf-8"))


def _label(case: dict[str, str]) -> str:
    return case["label"]


def speller(language: str) -> Speller:
    """Over the words of the cases."""
    entries: dict[str, tuple[int, str]] = {}
    for surface, count in CASES["words"][language].items():
        ((normal, _),) = analyzer_for(language).normal(surface)
        entries[normal] = (count, surface)
    lexicon = Lexicon(entries)
    return Speller(language, Vocabulary(lexicon.counts), lexicon.surface)


@pytest.mark.parametrize("case", CASES["likelier"], ids=_label)
def test_likely_mistakes_cost_less(case: dict[str, str]) -> None:
    """Sound, shape, spelling rules and keys explain a mistake."""
    meant, language = case["meant"], case["language"]
    assert mistake_cost(case["likely"], meant, language) < mistake_cost(case["unlikely"], meant, language)
    assert mistake_cost(meant, meant, language) == 0


@pytest.mark.parametrize("case", CASES["first"], ids=_label)
def test_the_right_word_is_offered_first(case: dict[str, str]) -> None:
    """In the spelling of the archive, with what kind of mistake it was."""
    first = speller(case["language"]).suggestions(case["typed"])[0]
    assert (first.text, first.kind) == (case["meant"], SuggestionKind(case["kind"]))


@pytest.mark.parametrize("case", CASES["no_spelling"], ids=_label)
def test_right_and_unknown_words_keep_their_spelling(case: dict[str, str]) -> None:
    """A rule that changed everything would pass the other cases."""
    assert speller(case["language"]).orthographic(case["typed"]) is None


@pytest.mark.parametrize("case", CASES["known_failures"], ids=_label)
@pytest.mark.xfail(strict=True, reason="what a lexicon of one spelling a word cannot know")
def test_known_failures(case: dict[str, str]) -> None:
    """When one of these begins to pass, it becomes a case of its own."""
    assert (speller(case["language"]).orthographic(case["typed"]) or case["typed"]) == case["meant"]
    assert speller(case["language"]).orthographic(case["typed"]) is not None


def test_prefixes_are_no_words() -> None:
    """وال is a prefix (and the), whatever name an archive has: والكتاب is no "Wal book"."""
    assert all(one.kind is not SuggestionKind.SPLIT for one in speller("ar").suggestions("والكتابا"))


def test_two_words_typed_apart_are_joined_if_the_archive_has_the_whole() -> None:
    """The events, in two parts; a part of nothing stays."""
    arabic = speller("ar")
    assert arabic.joined("الحوا دث") == "الحوادث"
    assert arabic.joined("الحوا ثدث") is None


def test_neighbours_decide_between_equally_near_words() -> None:
    """`hat`: after `top` the archive has hats, after `wild` cats."""

    def beside(pairs: Sequence[tuple[str, str]]) -> list[int]:
        return [9 if pair in {("top", "hats"), ("wild", "cats")} else 0 for pair in pairs]

    words = Speller("en", Vocabulary({"hats": 5, "cats": 5}), pair_frequencies=beside)
    assert words.suggestions("gats", 1, before="top")[0].text == "hats"
    assert words.suggestions("gats", 1, before="wild")[0].text == "cats"
    assert words.suggestions("gats", 1, after="wild")[0].score == words.suggestions("gats", 1)[0].score


def test_at_most_as_many_as_asked() -> None:
    """And none for what is no word."""
    assert len(speller("ar").suggestions("تضهل", limit=1)) == 1
    assert speller("ar").suggestions("") == []
    assert speller("ar").suggestions("؟") == []


arabic_words = st.text(st.sampled_from("اأإآبتثجحدذرزسشصضطظعغفقكلمنهويىةءئؤ"), max_size=9)


@given(typed=arabic_words, meant=arabic_words)
def test_costs_are_never_negative_and_only_equal_words_cost_nothing(typed: str, meant: str) -> None:
    """Any two words, in each language."""
    for language in ("ar", "vi", "en"):
        cost = mistake_cost(typed, meant, language)
        assert (cost == 0) if typed == meant else (cost > 0)


@given(arabic_words)
def test_a_joining_hamza_goes_once_and_nothing_else_changes(word: str) -> None:
    """The same letters but for one إ."""
    plain = without_joining_hamza(word)
    assert len(plain) == len(word)
    assert sum(a != b for a, b in zip(word, plain, strict=True)) <= 1
    assert without_joining_hamza(plain) == plain or plain == word
