"""Languages of documents and of queries, and headlines in addresses, by cases."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from analyzers import detect_language, query_languages, slug_group, slug_title

CASES = Path(__file__).resolve().parents[1] / "cases/analyzers"
LANGUAGES: dict[str, Any] = json.loads((CASES / "query_languages.json").read_text(encoding="utf-8"))
SLUGS: dict[str, Any] = json.loads((CASES / "slugs.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", [pytest.param(case, id=case["label"]) for case in LANGUAGES["cases"]])
def test_languages_of_a_query(case: dict[str, Any]) -> None:
    """The likely languages with full weight, best first; the unlikely ones below."""
    found = query_languages(case["query"], LANGUAGES["available"])
    assert [language.lang for language in found if language.weight == 1] == case["likely"]
    assert all(0 < language.weight <= 1 for language in found)
    unaccented = [language.lang for language in found if language.unaccented]
    if "unaccented" in case:
        assert unaccented == (["vi"] if case["unaccented"] else [])


@pytest.mark.parametrize("case", [pytest.param(case, id=case["label"]) for case in LANGUAGES["documents"]])
def test_language_of_a_document(case: dict[str, Any]) -> None:
    """`und` where no one could tell."""
    assert detect_language(case["text"]) == case["lang"]


def test_a_query_has_a_language_of_the_archive_or_none() -> None:
    """Whatever is typed, and be the archive empty."""
    assert query_languages("hội nghị", ["ar"]) != ()
    assert [language.lang for language in query_languages("hội nghị", ["en"])] == ["en"]
    assert query_languages("hội nghị", []) == ()


@pytest.mark.parametrize("case", [pytest.param(case, id=case["label"]) for case in SLUGS["cases"]])
def test_headlines_in_addresses(case: dict[str, Any]) -> None:
    """The group's name, and the headline with blanks."""
    assert slug_group(case["url"]) == case["group"]
    assert slug_title(case["url"]) == case["group"].replace("-", " ")
