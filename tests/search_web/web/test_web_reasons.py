"""Reasons of related articles in the words of each page language."""

from __future__ import annotations

import pytest
from flask import g, render_template_string
from flask.testing import FlaskClient

from indexer.articles import Article
from search_web.core.pages import Reason, ReasonKind, Related
from search_web.core.results import plain_result
from search_web.web.reasons import reason_words

NAMES = Reason(ReasonKind.NAMES, (), 3)
NUMBERS = Reason(ReasonKind.NUMBERS, ("57", "120"), 2)
SAME_DAY = Reason(ReasonKind.DATE)
LINE = '{% from "_reasons.html" import why with context %}{{ why(item)|striptags }}'


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("en", "3 names, 2 numbers (57, 120), same day"),
        ("vi", "3 tên riêng, 2 con số (57, 120), cùng ngày"),
        ("ar", "3 أسماء، رقمان (57، 120)، في اليوم نفسه"),
    ],
)
def test_reasons_are_one_line(client: FlaskClient, language: str, line: str) -> None:
    """`3 names, 2 numbers (57, 120), same day` with the plurals and the comma of the language."""
    with client.application.test_request_context():
        g.page_language = language
        item = Related(plain_result(Article(id="x", lang="vi"), 0.0), (NAMES, NUMBERS, SAME_DAY))
        assert render_template_string(LINE, item=item) == line


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
