"""How many of the articles found are of which time: bars that show a story's course and narrow the search.

Counts come from the engine's columns `month` and `day` (UTC). The filters by date are left out of them, so
that a chosen range can be moved; the axis follows it: some days are shown in their month, some months in
their year. Without a range the axis is as long as what was found.
"""

from __future__ import annotations

from bisect import bisect_right
from calendar import monthrange
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Literal

from indexer.engines.base import SearchEngine, SearchRequest, SearchResponse
from indexer.engines.query import And, Everything, Query

from .facets import chosen_days, filters_query, has_dates, without_dates
from .pages import Bar, Filters, Histogram
from .translate import between_days

MOST_BARS = 62
"""Two months of days, five years of months."""
_MOST_MONTHS = 60
_DAYS_BY_MONTHS = 2
"""So many months are shown day by day."""
_YEARS = (1, 2, 5, 10, 20, 50, 100, 200)
"""Years that one bar may have: the fewest that keep the bars few."""
_ALL_VALUES = 120_000
"""Values to ask an engine for: every month of the calendar."""

Unit = Literal["year", "month", "day"]
Days = tuple[date, date]
"""First and last day, both included."""


def histogram(
    query: Query, filters: Filters, engine: SearchEngine, response: SearchResponse
) -> Histogram | None:
    """The bars of a search; None where no article found has a date.

    `response`: what the engine answered to the search with all filters; its counts by month are taken where
    they are the ones wanted. Raises `ValueError` for filters that are no dates.
    """
    others = filters_query(without_dates(filters))
    if has_dates(filters) or not _has_every_month(response):
        response = engine.search(
            SearchRequest(query, filter=others, limit=0, facets=("month",), facet_limit=_ALL_VALUES)
        )
    by_month = {_month_of(item.value): item.count for item in response.facets["month"]}
    if not by_month:
        return None
    axis = axis_of((min(by_month), max(by_month)), chosen_days(filters))
    unit = unit_of(axis)
    counts: Mapping[date, int] = by_month
    if unit == "day":
        within = And((others, between_days(*axis))) if others != Everything() else between_days(*axis)
        found = engine.search(
            SearchRequest(query, filter=within, limit=0, facets=("day",), facet_limit=_ALL_VALUES)
        )
        counts = {_day_of(item.value): item.count for item in found.facets["day"]}
    return Histogram(unit, bars_of(counts, unit, axis), response.total - sum(by_month.values()))


def axis_of(found: Days, chosen: tuple[date | None, date | None]) -> Days:
    """The days that the bars run over: whole months, whole years where there are more than two.

    `found`: any day of the first and of the last month with an article; `chosen`: a range open at a None.

    >>> axis_of((date(2019, 5, 1), date(2025, 10, 1)), (date(2025, 10, 3), date(2025, 10, 4)))
    (datetime.date(2025, 10, 1), datetime.date(2025, 10, 31))
    """
    first, last = chosen[0] or found[0], chosen[1] or found[1]
    if first <= _end_of_month(found[1]) and last >= found[0]:
        first, last = max(first, found[0]), min(last, _end_of_month(found[1]))
    # A range that is open towards where nothing was found.
    first, last = min(first, last), max(first, last)
    if _months(first, last) > _DAYS_BY_MONTHS and (
        _months(first, last) < 12 or _months(first, last) > _MOST_MONTHS or any(chosen)
    ):
        return date(first.year, 1, 1), date(last.year, 12, 31)
    return first.replace(day=1), _end_of_month(last)


def unit_of(axis: Days) -> Unit:
    """The length of a bar on an axis of whole months."""
    months = _months(*axis)
    if months <= _DAYS_BY_MONTHS:
        return "day"
    return "month" if months <= _MOST_MONTHS else "year"


def bars_of(counts: Mapping[date, int], unit: Unit, axis: Days) -> tuple[Bar, ...]:
    """Bars from end to end of the axis, those without an article too; of several years where it is long.

    `counts`: articles by their day, or by any day of their month.
    """
    stretches = _stretches(unit, axis)
    starts = [first for first, _ in stretches]
    sums = [0] * len(starts)
    for day, number in counts.items():
        if axis[0] <= day <= axis[1]:
            sums[bisect_right(starts, day) - 1] += number
    return tuple(Bar(first, last, number) for (first, last), number in zip(stretches, sums, strict=True))


def _stretches(unit: Unit, axis: Days) -> list[Days]:
    first, last = axis
    if unit == "day":
        days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
        return [(day, day) for day in days]
    if unit == "month":
        months = [divmod(first.year * 12 + first.month - 1 + n, 12) for n in range(_months(*axis))]
        starts = [date(year, month + 1, 1) for year, month in months]
        return [(start, _end_of_month(start)) for start in starts]
    step = next(size for size in _YEARS if (last.year - first.year) // size < MOST_BARS - 1)
    years = range(first.year - first.year % step, last.year + 1, step)
    return [(date(max(year, 1), 1, 1), date(min(year + step - 1, 9999), 12, 31)) for year in years]


def _month_of(value: str) -> date:
    return date(int(value) // 100, int(value) % 100, 1)


def _day_of(value: str) -> date:
    return date(int(value) // 10_000, int(value) // 100 % 100, int(value) % 100)


def _months(first: date, last: date) -> int:
    return (last.year - first.year) * 12 + last.month - first.month + 1


def _end_of_month(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])


def _has_every_month(response: SearchResponse) -> bool:
    # An engine gives a hundred values unless asked for more.
    return len(response.facets.get("month", ())) < 100 and "month" in response.facets
