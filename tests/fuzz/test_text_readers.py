"""Random input for what reads texts that people send: an answer or an error of ours, soon.

Seeded and bounded; `effort` says how many inputs each gets.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from analyzers.keyboards import arabic_readings, latin_readings
from analyzers.vietnamese_keys import decode_telex, decode_vni, telex_escaped
from indexer.articles import canonical_url, clean_text
from indexer.sources.dates import parse_date
from search_web.core.query_parser import parse_leniently
from search_web.core.translations.figures_in_text import composed, figures_in
from search_web.web.desk.access import own_address
from search_web.web.search_url import read_search, write_search
from tests.fuzz.effort import EXAMPLES, SEED, tries

AT_ONCE = 60
"""Texts that hypothesis makes from one seed."""
SLOWEST_S = 1.0

_SYNTAX = (
    list('"()-+*~:^|&/\\.,;?!%$#@[]{}<>= \n\t') + "AND OR NOT NEAR date: lang: title: .. 2025 -1 ٣ %".split()
)
_LETTERS = [
    "đ",
    "ế",
    "e\N{COMBINING ACUTE ACCENT}",
    "ء",
    "لا",
    "ﻻ",
    "ﷺ",
    "İ",
    "ß",
    "\ud800",
    "\x00",
    "\u202e",
    "😀",
]
TEXTS = st.one_of(
    st.text(max_size=300),
    st.lists(
        st.sampled_from(_SYNTAX + _LETTERS + "ha noi فيتنام việt nooij 1.000 tỷ".split()), max_size=80
    ).map("".join),
    st.tuples(st.sampled_from(_SYNTAX + _LETTERS), st.integers(1, 500)).map(lambda pair: pair[0] * pair[1]),
)


def figures(text: str) -> None:
    for lang in ("ar", "vi", "en", "fr"):
        plain = composed(clean_text(text))
        for figure in figures_in(plain, lang):
            assert 0 <= figure.start <= figure.end <= len(plain)


def typed(text: str) -> None:
    for word in text.split() or [""]:
        for read in (
            decode_telex,
            decode_vni,
            telex_escaped,
            arabic_readings,
            latin_readings,
        ):
            read(word)


def address(text: str) -> None:
    search, _ = read_search([("q", text), ("from", text), ("page", text), ("sort", text), ("size", text)], 10)
    write_search(search)


def inside(text: str) -> None:
    found = own_address(text)
    assert not found or found.startswith(("/ar/desk", "/vi/desk", "/en/desk"))


READERS: dict[str, tuple[Callable[[str], Any], tuple[type[Exception], ...]]] = {
    "query": (lambda text: parse_leniently(clean_text(text)[:512]), ()),
    "figures": (figures, ()),
    "typed": (typed, ()),
    "address": (address, ()),
    "next": (inside, ()),
    "url": (canonical_url, (ValueError,)),
    "date": (parse_date, (ValueError,)),
}


@pytest.mark.parametrize("name", READERS)
def test_no_text_breaks(name: str) -> None:
    read, expected = READERS[name]
    tried, slowest = 0, 0.0

    @settings(max_examples=AT_ONCE, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(TEXTS)
    def run(text: str) -> None:
        nonlocal tried, slowest
        tried += 1
        started = time.thread_time()
        with suppress(*expected):
            read(text)
        slowest = max(slowest, time.thread_time() - started)
        assert slowest < SLOWEST_S

    for number in tries():
        seed(f"{name}{SEED}{number}")(run)()
        if EXAMPLES and tried >= EXAMPLES:
            break
    print(f"{name}: {tried} texts, slowest {slowest:.3f} s")  # noqa: T201 -- for `make torture`
