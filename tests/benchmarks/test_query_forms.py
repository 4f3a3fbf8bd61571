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
        ("telex-in-place", "Phạm Thế Tùng, tiếng nước ngoài", "Phajm Thees Tufng, tieesng nuowsc ngoafi"),
        ("telex-in-place", "HỘI NGHỊ", "HOOJI NGHIJ"),
        ("telex-each-letter", "người Đường", "nguwowif DDuwowngf"),
        ("vni", "Đặng Thị Hường ở Đắk Lắk", "D9a8ng5 Thi5 Huo7ng2 o73 D9a8k1 La8k1"),
        ("vni", "thuở xưa NƯỚC", "thuo73 xu7a NUO7C1"),
        ("vni-last", "Đặng Thị Hường", "Dang985 Thi5 Huong72"),
        ("half", "Đặng Thị Hường ở Đắk Lắk", "Đặng Thi Hường o Đắk Lak"),
        ("tone-style", "hoà hòa HOÀ khoẻ Thủy uỷ", "hòa hoà HÒA khỏe Thuỷ ủy"),
        ("tone-style", "hoàng quý hoa thuở toán huế", "hoàng quý hoa thuở toán huế"),
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
    assert doctest.testmod(query_forms) == doctest.TestResults(failed=0, attempted=10)
