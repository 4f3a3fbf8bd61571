"""Cases of the languages, as data: words that must meet, words that must not, known failures."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from analyzers import Analyzer, analyzer_for, build_lexicon

CASES = Path(__file__).resolve().parents[1] / "cases" / "analyzers"


def _load(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((CASES / f"{name}.json").read_text(encoding="utf-8"))
    return loaded


def _analyzer(cases: dict[str, Any]) -> Analyzer:
    language = cases["language"]
    return analyzer_for(language, build_lexicon(language, cases["lexicon_text"]))


def _pairs(kind: str) -> list[Any]:
    return [
        pytest.param(name, case, id=f"{name}: {case['label']}")
        for name in ("arabic", "vietnamese")
        for case in _load(name)[kind]
    ]


@pytest.mark.parametrize(("name", "case"), _pairs("same"))
def test_spellings_of_one_word_give_one_term(name: str, case: dict[str, str]) -> None:
    """A reader who types either spelling finds the other."""
    analyzer = _analyzer(_load(name))
    assert analyzer.terms(case["a"]) == analyzer.terms(case["b"])
    assert len(analyzer.terms(case["a"])) == 1


@pytest.mark.parametrize(("name", "case"), _pairs("different"))
def test_different_words_stay_apart(name: str, case: dict[str, str]) -> None:
    """A rule that joins too much would pass every `same` case; these hold it back."""
    analyzer = _analyzer(_load(name))
    assert analyzer.terms(case["a"]) != analyzer.terms(case["b"])


@pytest.mark.parametrize(("name", "case"), _pairs("known_failures"))
@pytest.mark.xfail(strict=True, reason="what the rules are known not to do")
def test_known_failures(name: str, case: dict[str, str]) -> None:
    """When one of these begins to pass, it becomes a case of its own."""
    analyzer = _analyzer(_load(name))
    assert analyzer.terms(case["a"]) == analyzer.terms(case["b"])


@pytest.mark.parametrize("name", ["arabic", "vietnamese"])
def test_stop_words_leave_a_gap(name: str) -> None:
    """A dropped word has no term but keeps its position, so phrases stay honest."""
    cases = _load(name)
    analyzer = _analyzer(cases)
    for word in cases["dropped"]:
        assert analyzer.terms(word) == [], word
        assert analyzer.tokens(f"xyz {word} abc").positions == [0, 2]


@pytest.mark.parametrize("case", _load("others")["cases"], ids=lambda case: case["label"])
def test_terms_of_other_languages(case: dict[str, Any]) -> None:
    """Each row of the language table gives the terms that its case names."""
    assert analyzer_for(case["language"]).terms(case["text"]) == case["terms"]


def test_unaccented_field_meets_what_people_type() -> None:
    """`ha noi` and `Hà Nội` meet in `fold`, with the pair that keeps the noise out."""
    analyzer = analyzer_for("vi")
    accented, typed = analyzer.index_terms("Hà Nội"), analyzer.index_terms("ha noi")
    assert accented["fold"].terms == typed["fold"].terms == ["ha", "noi"]
    assert accented["pair"].terms == typed["pair"].terms == ["ha_noi"]
    assert accented["syl"].terms != typed["syl"].terms


def test_explanation_names_the_step_that_changed_the_word() -> None:
    """`explain` runs the code path of `terms` and says what each step did."""
    analyzer = analyzer_for("ar", build_lexicon("ar", ["الوزير"]))
    (word,) = analyzer.explain("والوزيرة")
    assert [step.name for step in word.steps] == ["final letters", "stem: clitics", "skel: inflection"]
    assert word.terms["stem"] == analyzer.terms("والوزيرة")[0] == "وزيره"


def test_lexicon_survives_its_file(tmp_path: Path) -> None:
    """What is saved is loaded again: counts, written forms, hash."""
    lexicon = build_lexicon("ar", ["المدرسة المدرسة", "المدرسة مدرسه"])
    lexicon.save(tmp_path / "ar.tsv")
    loaded = type(lexicon).load(tmp_path / "ar.tsv")
    assert (loaded.counts, loaded.hash) == (lexicon.counts, lexicon.hash)
    assert loaded.counts["المدرسه"] == 2
    assert loaded.surface("المدرسه") == "المدرسة"
