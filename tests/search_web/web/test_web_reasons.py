"""Reasons of related articles in the words of each page language."""

from __future__ import annotations

import pytest
from flask import g
from flask.testing import FlaskClient

from search_web.core.pages import Reason, ReasonKind
from search_web.web.reasons import reason_words, reasons_line

NAMES = Reason(ReasonKind.NAMES, ("Phạm Thế Tùng", "Hà Nội"), 3)
NUMBERS = Reason(ReasonKind.NUMBERS, ("57", "120"), 2)
SAME_DAY = Reason(ReasonKind.DATE)


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("en", "3 names, 2 numbers, same day"),
        ("vi", "3 tên riêng, 2 con số, cùng ngày"),
        ("ar", "3 أسماء، رقمان، في اليوم نفسه"),
    ],
)
def test_reasons_are_one_line(client: FlaskClient, language: str, line: str) -> None:
    """`3 names, 2 numbers, same day` with the plurals and the comma of the language."""
    with client.application.test_request_context():
        g.page_language = language
        assert reasons_line((NAMES, NUMBERS, SAME_DAY)) == line


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        (Reason(ReasonKind.NAMES, ("Huế",), 1), "اسم واحد"),
        (Reason(ReasonKind.NAMES, (), 11), "11 اسما"),
        (Reason(ReasonKind.DATE, (), 2), "بفارق يومين"),
        (Reason(ReasonKind.WORDS, ("a", "b", "c")), "3 كلمات نادرة"),
        (Reason(ReasonKind.NUMBERS, (), 100), "100 رقم"),
        (Reason(ReasonKind.COPY, (), 69), "69% من النص مشترك"),
    ],
)
def test_arabic_counts_in_six_forms(client: FlaskClient, reason: Reason, words: str) -> None:
    """One, two, few, many and hundreds; a count that is left out is that of the values."""
    with client.application.test_request_context():
        g.page_language = "ar"
        assert reason_words(reason) == words


@pytest.mark.parametrize("kind", list(ReasonKind))
@pytest.mark.parametrize("language", ["ar", "vi", "en"])
def test_every_kind_has_words(client: FlaskClient, kind: ReasonKind, language: str) -> None:
    """No kind of reason is shown by its own name or as nothing."""
    with client.application.test_request_context():
        g.page_language = language
        words = reason_words(Reason(kind, (), 4))
        assert words
        assert words != kind.value
