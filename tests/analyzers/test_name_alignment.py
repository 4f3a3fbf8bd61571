"""Names of a story in two scripts, as data: what is taken for a spelling, and what is not."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path
from typing import Any

import pytest

from analyzers import NameReader
from analyzers.name_alignment import NameAligner, names_in_address, names_in_latin

CASES = json.loads(
    (Path(__file__).resolve().parents[1] / "cases" / "names" / "alignment.json").read_text(encoding="utf-8")
)
COUNTS = {"قانون": 30, "القانون": 20}
"""Words of an invented archive of a hundred articles."""


@pytest.fixture(scope="module")
def aligner() -> NameAligner:
    return NameAligner(NameReader(COUNTS, documents=100))


def _cases(kind: str) -> list[Any]:
    return [pytest.param(case, id=case["label"]) for case in CASES[kind]]


def _aligned(aligner: NameAligner, latin: str, arabic: str) -> list[list[str]]:
    found = aligner.aligned(names_in_latin(latin, vietnamese=True), aligner.heard(arabic))
    return [[spelling.name, spelling.arabic] for spelling in found]


def _aligned_address(aligner: NameAligner, case: dict[str, Any]) -> list[list[str]]:
    found = aligner.aligned(names_in_address(case["latin"]), aligner.heard(case["arabic"]))
    return [[spelling.name, spelling.arabic] for spelling in found]


@pytest.mark.parametrize("case", _cases("found"))
def test_a_spelling_is_found(aligner: NameAligner, case: dict[str, Any]) -> None:
    assert _aligned(aligner, case["latin"], case["arabic"]) == case["spellings"]


@pytest.mark.parametrize("case", _cases("found"))
def test_decomposed_letters_are_the_same_name(aligner: NameAligner, case: dict[str, Any]) -> None:
    latin, arabic = (unicodedata.normalize("NFD", case[key]) for key in ("latin", "arabic"))
    assert _aligned(aligner, latin, arabic) == case["spellings"]


@pytest.mark.parametrize("case", _cases("not_found"))
def test_what_is_no_spelling(aligner: NameAligner, case: dict[str, Any]) -> None:
    assert _aligned(aligner, case["latin"], case["arabic"]) == []


@pytest.mark.parametrize("case", _cases("in_address"))
def test_an_address_says_less(aligner: NameAligner, case: dict[str, Any]) -> None:
    assert _aligned_address(aligner, case) == case["spellings"]


@pytest.mark.parametrize("case", _cases("known_failures"))
@pytest.mark.xfail(strict=True, reason="see the case's comment")
def test_known_failures(aligner: NameAligner, case: dict[str, Any]) -> None:
    assert _aligned_address(aligner, case) == case["spellings"]


def test_an_ordinary_word_is_no_name_written_as_one() -> None:
    """قانون "law" has القانون beside it; where no word is counted it could be a name."""
    latin, arabic = "ông Cà Nương", "قانون جديد"
    assert _aligned(NameAligner(NameReader()), latin, arabic) == [["Cà Nương", "قانون"]]
    assert _aligned(NameAligner(NameReader(COUNTS, documents=100)), latin, arabic) == []


def test_the_future_of_a_verb_is_no_name() -> None:
    """سيكون "will be" sounds as Sài Gòn does, and the archive has يكون "is" more often."""
    counts = {"سيكون": 3, "يكون": 9}
    assert _aligned(NameAligner(NameReader(counts, 100)), "ở Sài Gòn", "سيكون جديدا") == []
    assert _aligned(NameAligner(NameReader({"سايغون": 3}, 100)), "ở Sài Gòn", "في سايغون") == [
        ["Sài Gòn", "سايغون"]
    ]


def test_a_text_in_english_has_bare_names(aligner: NameAligner) -> None:
    names = names_in_latin("Lieutenant General Pham The Tung spoke", vietnamese=False)
    found = aligner.aligned(names, aligner.heard("قال فام ذي تونغ"))
    assert [(spelling.name, spelling.arabic) for spelling in found] == [("pham the tung", "فام ذي تونغ")]


def test_nothing_comes_of_nothing(aligner: NameAligner) -> None:
    assert aligner.heard("") == ""
    assert aligner.aligned([], "") == []
    assert names_in_latin("", vietnamese=True) == []
    assert names_in_address("") == []
