"""Numbers and dates of texts in three languages, and which of them say the same."""

from __future__ import annotations

import json
import unicodedata
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_web.core.translations.figures import Figure, FigureKind, agree, without_fellow
from search_web.core.translations.figures_in_text import composed, figures_in, number_values
from search_web.core.translations.number_words import word_numbers

CASES = json.loads((Path(__file__).resolve().parents[2] / "cases/search_web/figures.json").read_text("utf-8"))


def _params(cases: list[dict[str, Any]]) -> list[Any]:
    return [
        pytest.param(
            case,
            id=case["label"],
            marks=[pytest.mark.xfail(strict=True, reason=case["fails"])] if "fails" in case else [],
        )
        for case in cases
    ]


def _firm(text: str, lang: str, kind: FigureKind) -> list[Figure]:
    return [figure for figure in figures_in(text, lang) if figure.firm and figure.kind is kind]


@pytest.mark.parametrize("case", _params(CASES))
def test_figures(case: dict[str, Any]) -> None:
    """Each case has these firm numbers and dates and no others, in composed letters and in split ones."""
    for form in ("NFC", "NFD"):
        text = composed(unicodedata.normalize(form, case["text"]))
        if "numbers" in case:
            found = {text[f.start : f.end]: f.numbers for f in _firm(text, case["lang"], FigureKind.NUMBER)}
            assert found == {key: frozenset(map(Decimal, v)) for key, v in case["numbers"].items()}
        if "dates" in case:
            dates = {
                text[f.start : f.end].strip(): f.days for f in _firm(text, case["lang"], FigureKind.DATE)
            }
            assert dates == {key: frozenset(map(tuple, v)) for key, v in case["dates"].items()}


@pytest.mark.parametrize(
    ("text", "lang", "value"),
    [
        ("hai mươi lăm", "vi", 25),
        ("mười bốn", "vi", 14),
        ("ba trăm", "vi", 300),
        ("hai chục", "vi", 20),
        ("خمسة وعشرون", "ar", 25),
        ("أربع عشرة", "ar", 14),
        ("ثلاثمئة", "ar", 300),
        ("مليونين", "ar", 2_000_000),
        ("twenty-five", "en", 25),
        ("two hundred and six", "en", 206),
    ],
)
def test_numbers_in_words(text: str, lang: str, value: int) -> None:
    """Words are read as the number they are together."""
    assert value in {found for _, _, found in word_numbers(text, lang)}


def test_digits_have_a_fellow_in_words() -> None:
    """A number in digits is not missed where the other text has it in words."""
    vi, ar = "220 đại biểu từ 14 nước", "220 مندوبا من أربع عشرة دولة"
    assert without_fellow(figures_in(vi, "vi"), figures_in(ar, "ar")) == []
    assert without_fellow(figures_in(vi.replace("14", "15"), "vi"), figures_in(ar, "ar")) != []


def test_dates_agree_where_one_leaves_out_the_year() -> None:
    """7/10 and 7 October 2025 may be one day, 8 October is another."""
    (one,) = _firm("sáng 7/10", "vi", FigureKind.DATE)
    (same,) = _firm("7 October 2025", "en", FigureKind.DATE)
    (other,) = _firm("8 October 2025", "en", FigureKind.DATE)
    assert agree(one, same)
    assert not agree(one, other)


@given(st.text(max_size=60), st.sampled_from(["ar", "vi", "en", "fr", "th", "und"]))
def test_any_text_is_read(text: str, lang: str) -> None:
    """Offsets lie in the text, in order, whatever it holds."""
    text = composed(text)
    figures = figures_in(text, lang)
    assert all(0 <= figure.start < figure.end <= len(text) for figure in figures)
    assert [figure.start for figure in figures] == sorted(figure.start for figure in figures)


@given(st.integers(min_value=0, max_value=10**12))
def test_grouped_digits_are_the_number(number: int) -> None:
    """However thousands are parted, the number is among what the digits may say."""
    for sign in ",.":
        assert Decimal(number) in number_values(f"{number:,}".replace(",", sign))
