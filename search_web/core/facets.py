"""Facets: filters that a reader chose -> a query; counts of the engine -> values to choose from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from indexer.engines.base import FacetCount
from indexer.engines.query import And, AnyOf, Everything, Query

from .pages import FacetValue, Filters
from .query_parser import days_of
from .translate import between_days

FACETS = ("lang", "section", "source", "author", "year", "month")
"""Names of the facets, which are columns of the index and fields of `Filters`."""
_NEWEST_FIRST = ("year", "month")


def filters_query(filters: Filters) -> Query:
    """The query that selects what the filters let through. Raises `ValueError` for what is no date."""
    parts: list[Query] = [
        AnyOf(facet, tuple(_stored(facet, value) for value in values))
        for facet in FACETS
        if (values := getattr(filters, facet))
    ]
    if filters.date_from or filters.date_to:
        first = days_of(filters.date_from)[0] if filters.date_from else None
        last = days_of(filters.date_to)[1] if filters.date_to else None
        parts.append(between_days(first, last))
    if not parts:
        return Everything()
    return parts[0] if len(parts) == 1 else And(tuple(parts))


def without_filter(filters: Filters, facet: str) -> Filters:
    """The filters without the selection in one facet."""
    cleared: dict[str, tuple[str, ...]] = {facet: ()}
    return replace(filters, **cleared)  # type: ignore[arg-type]  # facet names a field of strings


def facet_values(
    counts: Mapping[str, Sequence[FacetCount]], filters: Filters
) -> Mapping[str, tuple[FacetValue, ...]]:
    """Values to choose from: years and months newest first, the others by count; selected ones always."""
    found: dict[str, tuple[FacetValue, ...]] = {}
    for facet in FACETS:
        chosen = getattr(filters, facet)
        values = [
            FacetValue(_shown(facet, count.value), count.count, _shown(facet, count.value) in chosen)
            for count in counts.get(facet, ())
        ]
        listed = {value.value for value in values}
        values += [
            FacetValue(value, 0, selected=True) for value in dict.fromkeys(chosen) if value not in listed
        ]
        if facet in _NEWEST_FIRST:
            values.sort(key=lambda value: value.value, reverse=True)
        found[facet] = tuple(values)
    return found


def _stored(facet: str, value: str) -> str:
    """`2025-10` is 202510 in the index."""
    return value.replace("-", "") if facet == "month" else value


def _shown(facet: str, value: str) -> str:
    return f"{value[:4]}-{value[4:]}" if facet == "month" else value
