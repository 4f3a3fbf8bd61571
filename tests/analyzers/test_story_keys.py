"""What a story says in every language, by cases."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from analyzers import StoryKey, analyzer_for, known_languages, story_key_reader
from analyzers.concepts import MOST_CONCEPTS, concepts_of

CASES: dict[str, Any] = json.loads(
    (Path(__file__).resolve().parents[1] / "cases/analyzers/story_keys.json").read_text(encoding="utf-8")
)
TABLED = ("ar", "en", "es", "fr", "ru", "vi", "zh")
"""Languages with concepts."""


def keys(language: str, *texts: str) -> list[tuple[int, list[StoryKey]]]:
    """The keys of some texts of one article."""
    return list(story_key_reader(language).keys_of_texts(analyzer_for(language).numbered(texts)))


def terms(language: str, text: str) -> set[str]:
    """The terms of a text."""
    return {key.term for _, found in keys(language, text) for key in found}


@pytest.mark.parametrize("case", [pytest.param(case, id=case["label"]) for case in CASES["same"]])
def test_texts_say_the_same(case: dict[str, Any]) -> None:
    """In every language the keys are there."""
    for language, text in case["texts"]:
        assert set(case["keys"]) <= terms(language, text), text


@pytest.mark.parametrize("case", [pytest.param(case, id=case["label"]) for case in CASES["not"]])
def test_what_a_text_does_not_say(case: dict[str, Any]) -> None:
    """None of the keys is there."""
    assert terms(*case["text"]).isdisjoint(case["keys"])


@pytest.mark.parametrize("case", [pytest.param(case, id=case["label"]) for case in CASES["known_failures"]])
@pytest.mark.xfail(strict=True, reason="what story keys are known not to see")
def test_known_failures(case: dict[str, Any]) -> None:
    """Each would be better with the key."""
    assert set(case["keys"]) <= terms(*case["text"])


def test_keys_stand_where_they_are_said() -> None:
    """By number of the text and word, the texts without any left out."""
    found = keys("vi", "Cây cầu", "", "Ngày 26/10 mở bệnh viện")
    (second,) = [text_keys for text, text_keys in found if text == 2]
    assert [text for text, _ in found] == sorted(text for text, _ in found)
    assert StoryKey("d:10-26", 1, 2, 1.0) in second
    assert StoryKey("1f3e5", 4, 2, 1.0) in second
    assert [key.at for key in second] == sorted(key.at for key in second)


def test_a_phrase_of_several_meanings_is_a_part_of_each() -> None:
    """So that `police` counts as much as `Monday`."""
    shares: dict[int, float] = {}
    for _, found in keys("en", "Police on Monday"):
        for key in found:
            if not key.term.startswith("l:"):
                shares[key.at] = shares.get(key.at, 0.0) + key.share
    assert shares == pytest.approx({0: 1.0, 2: 1.0})


def test_every_language_can_be_read() -> None:
    """Numbers in all of them; only those with a table have concepts."""
    for language in known_languages():
        assert "n:1954" in terms(language, "1954"), language
        assert bool(concepts_of(language).beginning) == (language in TABLED)


@pytest.mark.parametrize("language", TABLED)
def test_concepts_of_a_language_are_those_of_another(language: str) -> None:
    """Or they would find nothing. No phrase names more than the limit."""
    others = {each for other in TABLED if other != language for each in _named(other)}
    assert _named(language) <= others | {"1f5b1"}
    for beginning in concepts_of(language).beginning.values():
        phrases = [phrase for found in beginning.longer.values() for phrase in found]
        phrases += [beginning.alone] if beginning.alone else []
        assert all(0 < len(phrase.concepts) <= MOST_CONCEPTS for phrase in phrases)


def _named(language: str) -> set[str]:
    lines = Path(__file__).parents[2].joinpath("analyzers", "data", "concepts", f"{language}.tsv")
    rows = [line for line in lines.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return {each for row in rows for each in row.partition("\t")[2].split()}
