"""Bars of dates as a picture of links, in each page language."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import pytest
from flask import g
from flask.testing import FlaskClient

from search_web.core.histogram import axis_of, bars_of, unit_of
from search_web.core.pages import Filters, Histogram, SearchInput
from search_web.web.chart import HEIGHT, Chart, chart_of, stretch


def histogram_of(counts: dict[date, int], chosen: tuple[date | None, date | None]) -> Histogram:
    axis = axis_of((min(counts), max(counts)), chosen)
    unit = unit_of(axis)
    return Histogram(unit, bars_of(counts, unit, axis), 3)


MONTHS = {date(2023, 1, 1): 40, date(2024, 6, 1): 1, date(2025, 10, 1): 10}


@contextmanager
def page_in(client: FlaskClient, language: str) -> Iterator[None]:
    with client.application.test_request_context(f"/{language}/search"):
        g.page_language = language
        yield


def chart(search: SearchInput, counts: dict[date, int], *days: date) -> Chart:
    chosen = (days[0], days[-1]) if days else (None, None)
    made = chart_of(search, histogram_of(counts, chosen))
    assert made is not None
    return made


def test_a_bar_is_a_link_that_says_what_it_is(client: FlaskClient) -> None:
    """Its stretch of time and its articles; empty months are no links, small bars can be seen."""
    with page_in(client, "en"):
        made = chart(SearchInput("a b", page=3), MONTHS)
    links = [column for column in made.columns if column.href]
    assert [column.name for column in links] == [
        "January 2023: 40 articles",
        "June 2024: 1 article",
        "October 2025: 10 articles",
    ]
    assert links[0].href == "/en/search?q=a+b&from=2023-01&to=2023-01"
    assert (links[0].height, links[1].height) == (HEIGHT, 2)
    assert len(made.columns) == 34
    assert made.firsts.split()[-1] == made.lasts.split()[-1] == "2025-10"
    assert (made.trail, made.undated) == ((), 3)


@pytest.mark.parametrize(
    ("language", "name", "shown"),
    [
        ("en", "October 2025: 10 articles", "January 2023 – October 2025"),
        ("vi", "Tháng 10 năm 2025: 10 bài viết", "Tháng 1 năm 2023 – tháng 10 năm 2025"),
        ("ar", "أكتوبر 2025: 10 مقالات", "يناير 2023 – أكتوبر 2025"),
    ],
)
def test_names_are_in_the_language_of_the_page(
    client: FlaskClient, language: str, name: str, shown: str
) -> None:
    """Calendar words, digits and plurals of each."""
    with page_in(client, language):
        made = chart(SearchInput(""), MONTHS)
    assert made.columns[-1].name == name
    # CLDR puts thin or no-break spaces around the dash of a range.
    assert " ".join(made.shown.replace("–", " – ").split()) == shown


def test_time_runs_as_the_page_reads(client: FlaskClient) -> None:
    """The oldest bar is the leftmost on a page from left to right, the rightmost on an Arabic one."""
    for language, at_end in (("en", False), ("ar", True)):
        with page_in(client, language):
            columns = chart(SearchInput(""), MONTHS).columns
        assert (columns[0].x > columns[-1].x) is at_end
        assert min(column.x for column in columns) == pytest.approx(0, abs=0.01)
        assert max(column.x + column.slot for column in columns) == pytest.approx(100, abs=0.01)


def test_a_range_can_be_left_step_by_step(client: FlaskClient) -> None:
    """From two days to their month, their year, all dates; other filters, order and size stay."""
    days = (date(2025, 10, 3), date(2025, 10, 4))
    filters = Filters(section=("Society",), month=("2025-10",), date_from="2025-10-03", date_to="2025-10-04")
    with page_in(client, "en"):
        made = chart(SearchInput("a", filters, page_size=20), {days[0]: 1, days[1]: 2}, *days)
    assert [words for words, _ in made.trail] == ["All dates", "2025", "October 2025"]
    assert [href for _, href in made.trail] == [
        "/en/search?q=a&section=Society&size=20",
        "/en/search?q=a&section=Society&from=2025&to=2025&size=20",
        "/en/search?q=a&section=Society&from=2025-10&to=2025-10&size=20",
    ]
    assert [column.chosen for column in made.columns].count(True) == 2
    assert made.anywhere == made.trail[0][1]


def test_no_choice_no_picture(client: FlaskClient) -> None:
    """Where all articles are of one month, and where none has a date."""
    with page_in(client, "en"):
        assert chart_of(SearchInput(""), None) is None
        assert chart_of(SearchInput(""), histogram_of({date(2025, 10, 1): 9}, (None, None))) is None


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        ("2025-01-01", "2025-12-31", "2025"),
        ("2020-01-01", "2024-12-31", "2020–2024"),
        ("2024-02-01", "2024-02-29", "February 2024"),
        ("2025-10-26", "2025-10-26", "October 26, 2025"),
        ("9999-12-01", "9999-12-31", "December 9999"),
        ("0001-01-01", "9999-12-31", "1–9999"),
    ],
)
def test_a_stretch_of_time_in_words(client: FlaskClient, first: str, last: str, words: str) -> None:
    """Whole years and months are called by their names."""
    with page_in(client, "en"):
        assert stretch(date.fromisoformat(first), date.fromisoformat(last)) == words


def test_labels_stay_apart(client: FlaskClient) -> None:
    """At most sixteen words under the bars, none twice."""
    for counts in (
        {date(1871, 1, 1): 1, date(2025, 1, 1): 2},
        {date(2021, 1, 1): 1, date(2025, 12, 1): 2},
        {date(2025, 3, 1): 1, date(2025, 12, 1): 2},
        {date(2025, 9, 1): 1, date(2025, 10, 30): 2},
    ):
        with page_in(client, "en"):
            texts = [label.text for label in chart(SearchInput(""), counts).labels]
        assert 2 <= len(texts) <= 16
        assert len(texts) == len(set(texts))


def test_labels_at_an_end_stay_inside(client: FlaskClient) -> None:
    """The first of a month begins where its bar does, on the side where the page begins."""
    for language, end in (("en", 0), ("ar", 100)):
        with page_in(client, language):
            labels = chart(SearchInput(""), {date(2025, 9, 1): 1, date(2025, 10, 30): 2}).labels
        assert (labels[0].x, labels[0].edge) == (end, "first")
        assert {label.edge for label in labels[1:]} == {""}
