"""How a search can be narrowed and widened: languages as tabs, facets as lists, filters in use as chips."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from ..core.facets import chosen_days
from ..core.pages import FacetValue, Filters, SearchInput
from .addresses import search_href, toggled_hrefs
from .chart import stretch
from .rendering import facet_label, language_name, number
from .search_url import FACETS, chosen, is_empty, toggled, without_filters
from .texts import gettext

_TABS = 6
"""Languages that stand side by side; the others stand in a list."""
_MOST_OFFERS = 5


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to choose, as a link with a number of articles."""

    href: str
    label: str
    count: str
    selected: bool


@dataclass(frozen=True, slots=True)
class Tabs:
    """The languages of what was found."""

    shown: tuple[Choice, ...]
    """All languages together first, then each by itself."""
    more: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Chip:
    """One filter in use, and the search without it."""

    facet: str
    """Which filter; `date` of a range."""
    label: str
    wider: SearchInput

    @property
    def named(self) -> bool:
        """Whether the label is a name of the archive; else it is in the page's language."""
        return self.facet in ("section", "source", "author")

    @property
    def href(self) -> str:
        """Address of the search without the filter."""
        return search_href(self.wider)


@dataclass(frozen=True, slots=True)
class Offer:
    """A wider search, where this one finds nothing."""

    href: str
    label: str
    """Of the filter that it goes without; empty: without any."""
    named: bool
    count: int


def language_tabs(search: SearchInput, values: Sequence[FacetValue]) -> Tabs:
    """Each language by itself; nothing where there is only one to choose, or none to find."""
    own = search.filters.lang
    if not any(value.count for value in values) or (len(values) < 2 and not own):
        return Tabs((), ())

    def tab(value: FacetValue) -> Choice:
        href = search_href(search, filters=replace(search.filters, lang=(value.value,)), page=1)
        return Choice(href, language_name(value.value), number(value.count), value.value in own)

    everything = search_href(search, filters=replace(search.filters, lang=()), page=1)
    total = number(sum(value.count for value in values))
    first = [value for at, value in enumerate(values) if at < _TABS or value.selected]
    rest = [value for value in values if value not in first]
    every = Choice(everything, gettext("All languages"), total, not own)
    return Tabs((every, *map(tab, first)), tuple(map(tab, rest)))


def facet_rows(search: SearchInput, facet: str, values: Sequence[FacetValue]) -> list[Choice]:
    """Values of a facet as links that add them to the search or take them away."""
    hrefs = toggled_hrefs(search, facet, [value.value for value in values])
    return [
        Choice(href, facet_label(facet, value.value), number(value.count), value.selected)
        for href, value in zip(hrefs, values, strict=True)
    ]


def chips(search: SearchInput) -> list[Chip]:
    """The filters in use, in the order of the address."""
    found = [
        Chip(facet, facet_label(facet, value), toggled(search, facet, value))
        for facet in FACETS
        for value in chosen(search.filters, facet)
    ]
    if search.filters.date_from or search.filters.date_to:
        anytime = replace(search.filters, date_from="", date_to="")
        found.append(Chip("date", _dates(search.filters), replace(search, filters=anytime, page=1)))
    return found


def _dates(filters: Filters) -> str:
    first, last = chosen_days(Filters(date_from=filters.date_from, date_to=filters.date_to))
    if first and last:
        return stretch(first, last)
    if first:
        return gettext("from %(day)s", day=stretch(first, first))
    return gettext("until %(day)s", day=stretch(last or date.max, last or date.max))


def offers(search: SearchInput, count: Callable[[SearchInput], int]) -> list[Offer]:
    """Searches without one of the filters, or without any, that find something; asked of the index each."""
    return [offer for offer in _offers(search, count) if offer.count]


def _offers(search: SearchInput, count: Callable[[SearchInput], int]) -> Iterator[Offer]:
    used = chips(search)
    if len(used) > 1:
        for chip in used[:_MOST_OFFERS]:
            yield Offer(chip.href, chip.label, chip.named, count(chip.wider))
    if not is_empty(search.filters):
        wider = without_filters(search)
        yield Offer(search_href(wider), "", False, count(wider))
