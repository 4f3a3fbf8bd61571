"""Bars over the dates of what was found."""

from __future__ import annotations

from datetime import date

import pytest

from search_web.core.facets import chosen_days
from search_web.core.histogram import MOST_BARS, axis_of, bars_of, unit_of
from search_web.core.pages import Filters, Histogram, SearchInput
from search_web.core.service import SearchService


def bars(service: SearchService, text: str = "", **filters: object) -> Histogram:
    found = service.search(SearchInput(text, Filters(**filters), histogram=True)).histogram  # type: ignore[arg-type]
    assert found is not None
    return found


def counted(found: Histogram) -> dict[str, int]:
    """First day of each bar that has articles."""
    return {bar.first.isoformat(): bar.count for bar in found.bars if bar.count}


def test_months_of_the_whole_archive_without_gaps(service: SearchService) -> None:
    """From the first month with an article to the last one; what has no date is counted beside."""
    found = bars(service)
    assert found.unit == "month"
    assert [bar.first for bar in found.bars[:3]] == [date(2023, 1, 1), date(2023, 2, 1), date(2023, 3, 1)]
    assert found.bars[-1].last == date(2025, 10, 31)
    assert len(found.bars) == 34
    assert counted(found)["2025-10-01"] == 4
    assert sum(bar.count for bar in found.bars) == 11
    assert found.undated == 1


def test_a_month_shows_its_days(service: SearchService) -> None:
    """A chosen month, or a day of it; a year its months; each with the articles around it."""
    for chosen in ({"month": ("2025-10",)}, {"date_from": "2025-10-26", "date_to": "2025-10-26"}):
        found = bars(service, **chosen)
        assert found.unit == "day"
        assert len(found.bars) == 31
        assert counted(found) == {"2025-10-25": 1, "2025-10-26": 1, "2025-10-27": 1, "2025-10-30": 1}
    found = bars(service, date_from="2025-06", date_to="2025-09")
    assert (found.unit, len(found.bars)) == ("month", 12)
    assert counted(found) == {"2025-09-01": 2, "2025-10-01": 4}


def test_other_filters_and_the_words_count(service: SearchService) -> None:
    """Only what would be found without the filters by date."""
    assert counted(bars(service, lang=("ar",), year=("2024",))) == {"2024-03-01": 1}
    assert counted(bars(service, "rice", date_from="2025-09-04", date_to="2025-09-04")) == {"2025-09-04": 1}
    everyone = bars(service, "bridge")
    assert counted(everyone) == counted(bars(service, "bridge", date_to="2025-10-25")) != {}


def test_no_dates_no_bars(service: SearchService) -> None:
    """Of nothing, and where none was asked for."""
    assert service.search(SearchInput("zzzzqqq", histogram=True)).histogram is None
    assert service.search(SearchInput("")).histogram is None


@pytest.mark.parametrize(
    ("found", "chosen", "axis", "unit", "count"),
    [
        (("2025-10", "2025-10"), (None, None), ("2025-10-01", "2025-10-31"), "day", 31),
        (("2025-09", "2025-10"), (None, None), ("2025-09-01", "2025-10-31"), "day", 61),
        (("2025-08", "2025-10"), (None, None), ("2025-01-01", "2025-12-31"), "month", 12),
        (("2024-11", "2025-11"), (None, None), ("2024-11-01", "2025-11-30"), "month", 13),
        (("2020-01", "2024-12"), (None, None), ("2020-01-01", "2024-12-31"), "month", 60),
        (("2019-12", "2024-12"), (None, None), ("2019-01-01", "2024-12-31"), "year", 6),
        (("1871-03", "2024-12"), (None, None), ("1871-01-01", "2024-12-31"), "year", 31),
        (("1871-03", "2024-12"), ("2001-02-03", "2001-02-03"), ("2001-02-01", "2001-02-28"), "day", 28),
        (("1871-03", "2024-12"), ("2001-02-03", None), ("2001-01-01", "2024-12-31"), "year", 24),
        (("2020-01", "2024-12"), ("1000-01-01", "9999-12-31"), ("2020-01-01", "2024-12-31"), "month", 60),
        (("2020-01", "2024-12"), ("1990-05-05", "1990-05-05"), ("1990-05-01", "1990-05-31"), "day", 31),
        (("2020-01", "2024-12"), ("2030-05-05", None), ("2024-01-01", "2030-12-31"), "year", 7),
        (("0001-01", "9999-12"), (None, None), ("0001-01-01", "9999-12-31"), "year", 50),
    ],
)
def test_the_axis(
    found: tuple[str, str],
    chosen: tuple[str | None, str | None],
    axis: tuple[str, str],
    unit: str,
    count: int,
) -> None:
    """As long as what was found, or as the range; whole months and years; never more bars than fit."""
    first, last = (date.fromisoformat(f"{month}-01") for month in found)
    days = axis_of((first, last), tuple(day and date.fromisoformat(day) for day in chosen))  # type: ignore[arg-type]  # a pair
    assert [day.isoformat() for day in days] == list(axis)
    assert unit_of(days) == unit
    made = bars_of({last: 3, date(1, 1, 1): 0}, unit_of(days), days)
    assert len(made) == count <= MOST_BARS
    assert made[0].first <= days[0]
    assert made[-1].last >= days[1]


@pytest.mark.parametrize(
    ("filters", "days"),
    [
        (Filters(), (None, None)),
        (Filters(year=("2023", "2025")), (date(2023, 1, 1), date(2025, 12, 31))),
        (Filters(year=("2025",), month=("2025-10",)), (date(2025, 10, 1), date(2025, 10, 31))),
        (Filters(year=("2025",), date_from="2025-03"), (date(2025, 3, 1), date(2025, 12, 31))),
        (Filters(date_to="٢٠٢٤"), (None, date(2024, 12, 31))),
    ],
)
def test_the_days_of_filters(filters: Filters, days: tuple[date | None, date | None]) -> None:
    """Filters by date narrow each other."""
    assert chosen_days(filters) == days
