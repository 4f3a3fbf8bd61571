"""What the damaged forms of Vietnamese queries look like."""

from __future__ import annotations

import doctest
import unicodedata

import pytest

from benchmarks import query_forms
from benchmarks.query_forms import QUERY_FORMS, in_form


@pytest.mark.parametrize(
    ("form", "text", "expected"),
    [
        ("unaccented", "Đặng Thị Hường ở Đắk Lắk", "Dang Thi Huong o Dak Lak"),
        ("no-tones", "Đặng Thị Hường ở Đắk Lắk", "Đăng Thi Hương ơ Đăk Lăk"),
        ("telex", "Đặng Thị Hường ở Đắk Lắk", "DDawngj Thij Huowngf owr DDawks Lawks"),
        ("telex", "chính phủ", "chinhs phur"),
        ("telex", "thuở xưa, tiếng nước ngoài", "thuowr xuwa, tieengs nuowcs ngoaif"),
        ("telex", "HỘI NGHỊ", "HOOIJ NGHIJ"),
        ("telex", "năm 2018 của NATO?", "nawm 2018 cuar NATO?"),
        ("nfd", "Hà Nội", unicodedata.normalize("NFD", "Hà Nội")),
    ],
)
def test_vietnamese_is_written_in_the_form(form: str, text: str, expected: str) -> None:
    """Real words, with a sentence of names, vowels of every mark and what has no mark at all."""
    assert in_form(text, "vi", form) == expected
    assert in_form(unicodedata.normalize("NFD", text), "vi-VN", form) == expected


@pytest.mark.parametrize("form", [*QUERY_FORMS, None])
@pytest.mark.parametrize("lang", ["ar", "en", "fr"])
def test_other_languages_are_left_alone(form: str | None, lang: str) -> None:
    """Café loses its accent in no form: only Vietnamese queries are damaged."""
    assert in_form("café في هانوي", lang, form) == "café في هانوي"


def test_no_form_means_the_text_as_it_stands() -> None:
    """Without `--query-form` a Vietnamese query is asked as the set has it."""
    assert in_form("Hà Nội", "vi", None) == "Hà Nội"


def test_documented_examples_hold() -> None:
    """The examples in the docstrings are true."""
    assert doctest.testmod(query_forms) == doctest.TestResults(failed=0, attempted=4)
