"""A search and its URL say the same."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.engines.base import Sort
from search_web.core.pages import Filters, SearchInput
from search_web.web.search_url import (
    MAX_QUERY,
    MAX_VALUES,
    full_date,
    read_search,
    toggled,
    without_filters,
    write_search,
)

CASES = json.loads(
    (Path(__file__).resolve().parents[2] / "cases/search_web/search_url.json").read_text("utf-8")
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["label"])
def test_reading_a_url(case: dict[str, Any]) -> None:
    """Every case reads as it says; what is wrong is named and leaves the rest whole."""
    search, problems = read_search(parse_qsl(case["query"], keep_blank_values=True))
    filters = asdict(Filters()) | {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in case.get("filters", {}).items()
    }
    assert search.text == case.get("text", "")
    assert asdict(search.filters) == filters
    assert search.page == case.get("page", 1)
    assert search.page_size == case.get("page_size", 10)
    assert search.sort == Sort(case.get("sort", "relevance"))
    assert search.as_typed == case.get("as_typed", False)
    assert search.fold == case.get("fold", True)
    assert [item.kind for item in problems] == case.get("problems", [])
    assert all(item.wrong for item in problems)


def test_a_long_query_is_cut_and_is_not_a_fault() -> None:
    """100,000 characters leave the first 512, with a problem that does not make the request wrong."""
    search, problems = read_search([("q", "س" * 100_000)])
    assert search.text == "س" * MAX_QUERY
    assert [(item.kind, item.wrong) for item in problems] == [("cut", False)]
    assert len(problems[0].value) <= 61


def test_values_of_one_facet_have_a_limit() -> None:
    """A thousand sections leave twenty and one problem."""
    search, problems = read_search([("section", str(number)) for number in range(1000)])
    assert len(search.filters.section) == MAX_VALUES
    assert [item.kind for item in problems] == ["too_many"]


values = st.lists(st.text("abcأبđế &=?#%", min_size=1, max_size=5).map(str.strip).filter(bool), unique=True)


@given(
    st.text('a ب"&=%#+đ', max_size=20).map(str.strip),
    values.map(tuple),
    values.map(tuple),
    st.sampled_from(["", "2024", "2024-02", "2024-02-29"]),
    st.sampled_from(Sort),
    st.integers(1, 100),
    st.booleans(),
    st.booleans(),
    st.integers(1, 100),
)
@settings(max_examples=60, deadline=None)
def test_written_and_read_back(
    text: str,
    section: tuple[str, ...],
    author: tuple[str, ...],
    date: str,
    sort: Sort,
    page: int,
    as_typed: bool,  # noqa: FBT001 -- Hypothesis gives it by position
    fold: bool,  # noqa: FBT001 -- Hypothesis gives it by position
    page_size: int,
) -> None:
    """`read_search` gives back exactly what `write_search` was given, through a real query string."""
    filters = Filters(section=section[:20], author=author[:20], date_from=date)
    search = SearchInput(text, filters, page, page_size, sort, as_typed=as_typed, fold=fold, apart=not fold)
    pairs = parse_qsl(urlencode(write_search(search)))
    assert read_search(pairs) == (search, ())


def test_a_filter_is_added_and_removed_by_the_same_link() -> None:
    """Toggling twice comes back to the search, on page 1; other filters stay."""
    search = SearchInput("a", Filters(lang=("ar",)), page=7, as_typed=True)
    more = toggled(search, "lang", "vi")
    assert more.filters.lang == ("ar", "vi")
    assert more.page == 1
    assert toggled(more, "lang", "vi") == toggled(toggled(search, "year", "2025"), "year", "2025")
    assert without_filters(more) == SearchInput("a", as_typed=True)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2024", "2024-01-01", "2024-12-31"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2024-12", "2024-12-01", "2024-12-31"),
        ("9999-12", "9999-12-01", "9999-12-31"),
        ("2024-02-03", "2024-02-03", "2024-02-03"),
    ],
)
def test_a_date_box_shows_the_first_and_last_day(text: str, first: str, last: str) -> None:
    """A year or a month becomes the day that counts, since a date box holds whole days only."""
    assert (full_date(text, end=False), full_date(text, end=True)) == (first, last)
