"""Facets: filters that a reader chose -> a query; counts of the engine -> values to choose from."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from indexer.engines.base import FacetCount
from indexer.engines.query import And, AnyOf, Everything, Query
from indexer.errors import QueryError

from .pages import FacetValue, Filters
from .query_parser import days_of
from .translate import between_days

FACETS = ("lang", "section", "source", "author", "year", "month")
"""Names of the facets, which are columns of the index and fields of `Filters`."""
_NEWEST_FIRST = ("year", "month")
_MOST_SHOWN = 100
"""Values of one facet that are not selected; nobody reads a longer list."""
ALL_VALUES = 50_000
"""Values to ask an engine for where a selected one may be rare: its count must be there."""


def filters_query(filters: Filters) -> Query:
    """The query that selects what the filters let through. Days are UTC, digits those of any script.

    Raises `ValueError`, with a message for people, for what is no date and for a range that ends before
    it begins.
    """
    parts: list[Query] = [
        AnyOf(facet, tuple(value.replace("-", "") if facet == "month" else value for value in values))
        for facet in FACETS
        if (values := _chosen(filters, facet))
    ]
    if filters.date_from or filters.date_to:
        first = days_of(filters.date_from)[0] if filters.date_from else None
        last = days_of(filters.date_to)[1] if filters.date_to else None
        if first and last and first > last:
            raise ValueError(
                f"the dates from {filters.date_from!r} to {filters.date_to!r} end before they begin; "
                "write the earlier one first"
            )
        parts.append(between_days(first, last))
    if not parts:
        return Everything()
    return parts[0] if len(parts) == 1 else And(tuple(parts))


def selected_by(filters: Filters) -> Query:
    """As `filters_query`. Raises `QueryError`."""
    try:
        return filters_query(filters)
    except ValueError as error:
        raise QueryError(str(error)) from None


def without_filter(filters: Filters, facet: str) -> Filters:
    """The filters without the selection in one facet."""
    cleared: dict[str, tuple[str, ...]] = {facet: ()}
    return replace(filters, **cleared)  # type: ignore[arg-type]  # facet names a field of strings


def without_dates(filters: Filters) -> Filters:
    """The filters without any by date."""
    return replace(filters, year=(), month=(), date_from="", date_to="")


def has_dates(filters: Filters) -> bool:
    """Whether any filter is by date."""
    return filters != without_dates(filters)


def chosen_days(filters: Filters) -> tuple[date | None, date | None]:
    """First and last day that the filters by date let through, None where they are open.

    Years or months that are alternatives count with all that lies between. Raises `ValueError` as
    `filters_query` does.
    """
    spans = [
        tuple(days_of(value) for value in values)
        for facet in _NEWEST_FIRST
        if (values := _chosen(filters, facet))
    ]
    firsts = [min(first for first, _ in span) for span in spans]
    lasts = [max(last for _, last in span) for span in spans]
    if filters.date_from:
        firsts.append(days_of(filters.date_from)[0])
    if filters.date_to:
        lasts.append(days_of(filters.date_to)[1])
    return max(firsts, default=None), min(lasts, default=None)


def facet_values(
    counts: Mapping[str, Sequence[FacetCount]], filters: Filters
) -> Mapping[str, tuple[FacetValue, ...]]:
    """Values to choose from: years and months newest first, the others by count; selected ones always.

    At most 100 values a facet beside the selected ones: those with the most articles.
    """
    found: dict[str, tuple[FacetValue, ...]] = {}
    for facet in FACETS:
        chosen = _chosen(filters, facet)
        values = [
            FacetValue(value, count.count, value in chosen)
            for at, count in enumerate(counts.get(facet, ()))
            if (value := _shown(facet, count.value)) in chosen or at < _MOST_SHOWN
        ]
        listed = {value.value for value in values}
        values += [FacetValue(value, 0, selected=True) for value in chosen if value not in listed]
        if facet in _NEWEST_FIRST:
            values.sort(key=lambda value: value.value, reverse=True)
        found[facet] = tuple(values)
    return found


def _chosen(filters: Filters, facet: str) -> tuple[str, ...]:
    """The selected values as the lists show them: `٢٠٢٥-١٠` and `2025-10` are one month, names are in NFC."""
    values: tuple[str, ...] = getattr(filters, facet)
    if facet == "year":
        values = tuple(f"{_first_day(value, 'year').year:04}" for value in values)
    elif facet == "month":
        values = tuple(_first_day(value, "month").isoformat()[:7] for value in values)
    return tuple(dict.fromkeys(unicodedata.normalize("NFC", value) for value in values))


def _first_day(value: str, kind: str) -> date:
    if value.count("-") != (kind == "month"):
        raise ValueError(f"{value[:40]!r} is no {kind}; write it as {_EXAMPLES[kind]}")
    return days_of(value)[0]


_EXAMPLES = {"year": "2025", "month": "2025-10"}


def _shown(facet: str, value: str) -> str:
    return f"{value[:4]}-{value[4:]}" if facet == "month" else value
