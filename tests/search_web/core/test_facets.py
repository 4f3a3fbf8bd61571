"""Facets: what a reader selected becomes a query, what an engine counted becomes a list to choose from."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from indexer.engines.base import FacetCount
from indexer.engines.query import And, AnyOf, Between, Everything
from search_web.core.facets import FACETS, facet_values, filters_query, without_filter
from search_web.core.pages import FacetValue, Filters


def seconds(*day: int) -> int:
    return int(datetime(day[0], day[1], day[2], tzinfo=UTC).timestamp())


def test_no_filter_lets_everything_through() -> None:
    """An empty selection is no condition."""
    assert filters_query(Filters()) == Everything()


def test_values_of_one_facet_are_alternatives_and_facets_all_hold() -> None:
    """Either language, and the section."""
    filters = Filters(lang=("ar", "vi"), section=("Thế giới",))
    assert filters_query(filters) == And((AnyOf("lang", ("ar", "vi")), AnyOf("section", ("Thế giới",))))


@pytest.mark.parametrize("month", ["2025-10", "٢٠٢٥-١٠", "۲۰۲۵-۱۰"])
def test_a_month_is_a_number_in_the_index(month: str) -> None:
    """Digits of any script are meant alike."""
    assert filters_query(Filters(month=(month,))) == AnyOf("month", ("202510",))


def test_a_month_of_one_digit_is_the_same_month() -> None:
    """Selected twice in two spellings it is one value."""
    filters = Filters(month=("2025-1", "2025-01"), year=("٢٠٢٥",))
    assert filters_query(filters) == And((AnyOf("year", ("2025",)), AnyOf("month", ("202501",))))


@pytest.mark.parametrize(
    ("first", "last", "from_day", "to_day"),
    [
        ("2025-10-26", "2025-10-26", (2025, 10, 26), (2025, 10, 27)),
        ("2025-10", "2025-12", (2025, 10, 1), (2026, 1, 1)),
        ("2024-02", "2024-02", (2024, 2, 1), (2024, 3, 1)),
        ("٢٠٢٥", "2025", (2025, 1, 1), (2026, 1, 1)),
    ],
)
def test_dates_are_whole_days_of_utc(
    first: str, last: str, from_day: tuple[int, ...], to_day: tuple[int, ...]
) -> None:
    """From the first second of the first day to the last second of the last one."""
    between = Between("published_at", seconds(*from_day), seconds(*to_day) - 1)
    assert filters_query(Filters(date_from=first, date_to=last)) == between


def test_a_date_range_may_be_open() -> None:
    """On either side."""
    assert filters_query(Filters(date_from="2025")) == Between("published_at", seconds(2025, 1, 1), None)
    assert filters_query(Filters(date_to="2024")) == Between("published_at", None, seconds(2025, 1, 1) - 1)


@pytest.mark.parametrize(
    ("filters", "message"),
    [
        (Filters(date_from="soon"), "'soon' is no date; write it as 2025, 2025-10 or 2025-10-26"),
        (
            Filters(date_to="2025-02-30"),
            "'2025-02-30' is not in the calendar; write it as 2025, 2025-10 or 2025-10-26",
        ),
        (
            Filters(date_from="2025-10", date_to="2025-09"),
            "the dates from '2025-10' to '2025-09' end before they begin; write the earlier one first",
        ),
        (Filters(year=("2025-10",)), "'2025-10' is no year; write it as 2025"),
        (Filters(month=("2025",)), "'2025' is no month; write it as 2025-10"),
        (
            Filters(month=("2025-13",)),
            "'2025-13' is not in the calendar; write it as 2025, 2025-10 or 2025-10-26",
        ),
    ],
)
def test_what_is_no_date_is_named(filters: Filters, message: str) -> None:
    """The message has the value and how to write it."""
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        filters_query(filters)


def test_years_and_months_are_newest_first_and_others_as_counted() -> None:
    """An engine gives the most frequent first."""
    counts = {
        "year": [FacetCount("2023", 9), FacetCount("2025", 2), FacetCount("2024", 1)],
        "month": [FacetCount("202301", 5), FacetCount("202512", 1)],
        "lang": [FacetCount("vi", 9), FacetCount("ar", 3)],
    }
    found = facet_values(counts, Filters())
    assert [value.value for value in found["year"]] == ["2025", "2024", "2023"]
    assert [value.value for value in found["month"]] == ["2025-12", "2023-01"]
    assert [value.value for value in found["lang"]] == ["vi", "ar"]
    assert set(found) == set(FACETS)
    assert found["author"] == ()


def test_selected_values_are_always_there() -> None:
    """Else a reader could not take a selection back that found nothing."""
    counts = {"month": [FacetCount("202510", 4)], "lang": [FacetCount("vi", 4)]}
    found = facet_values(counts, Filters(month=("٢٠٢٥-١٠", "2026-01"), lang=("ar",)))
    assert found["month"] == (
        FacetValue("2026-01", 0, selected=True),
        FacetValue("2025-10", 4, selected=True),
    )
    assert found["lang"] == (FacetValue("vi", 4, selected=False), FacetValue("ar", 0, selected=True))


def test_a_rare_selected_value_keeps_its_count() -> None:
    """The list is cut at 100 values; the selected one after them still says how many articles it has."""
    counts = {"author": [FacetCount(f"Author {number}", 500 - number) for number in range(150)]}
    found = facet_values(counts, Filters(author=("Author 140",)))["author"]
    assert len(found) == 101
    assert found[-1] == FacetValue("Author 140", 360, selected=True)


def test_without_filter_clears_one_facet() -> None:
    """The others stay."""
    filters = Filters(lang=("vi",), year=("2025",))
    assert without_filter(filters, "lang") == Filters(year=("2025",))
