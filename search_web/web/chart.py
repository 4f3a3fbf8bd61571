"""The bars of a histogram as a picture of links: where each stands, what it is called, where it leads.

Places are percentages of the width, so that the picture fits any page; on pages from right to left time runs
from right to left.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import groupby

from babel.dates import format_date, format_interval, format_skeleton

from ..core.facets import chosen_days, without_dates
from ..core.pages import Bar, Histogram, SearchInput
from .addresses import range_hrefs, search_href
from .rendering import articles_counted
from .texts import gettext, page_language

HEIGHT = 56
"""Of the tallest bar, in the picture's units (CSS pixels)."""
_LEAST = 2
"""Height of a bar of one article."""
_EDGE = 4
"""So near an end of the picture, in percent, a label does not stand under the middle of its bar."""
_LABELS = 8
"""Labels under the bars, at most."""


@dataclass(frozen=True, slots=True)
class Column:
    """One bar as it is drawn."""

    x: float
    """Where its place begins, in percent of the width, and how wide that place is."""
    slot: float
    bar_x: float
    bar_width: float
    height: float
    name: str
    """`October 2025: 12 articles`"""
    href: str
    chosen: bool
    """Whether the search is narrowed to it, or not by dates at all."""


@dataclass(frozen=True, slots=True)
class Label:
    """A word under the bars."""

    x: float
    text: str
    spare: bool
    """Left out where there is little room."""
    edge: str
    """`first` or `last` where it begins or ends at `x`, at an end of the picture; else `x` is its middle."""


@dataclass(frozen=True, slots=True)
class Chart:
    """All that the template draws."""

    columns: tuple[Column, ...]
    labels: tuple[Label, ...]
    title: str
    trail: tuple[tuple[str, str], ...]
    """(words, address) of wider ranges, the widest first."""
    shown: str
    """The stretch of time that was chosen, or else that of the bars unless they say so themselves."""
    firsts: str
    """First and last days of the bars as an address takes them, with blanks between, in the order of time."""
    lasts: str
    anywhere: str
    """Address of the search without dates."""
    undated: int


def chart_of(search: SearchInput, histogram: Histogram | None) -> Chart | None:
    """The picture of the bars of a search; None where there is no choice between them."""
    if histogram is None:
        return None
    bars, unit = histogram.bars, histogram.unit
    chosen = chosen_days(search.filters)
    if chosen == (None, None) and sum(bar.count > 0 for bar in bars) < 2:
        return None
    ranges = [(_written(bar.first, unit), _written(bar.last, unit)) for bar in bars]
    hrefs = range_hrefs(search, ranges)
    return Chart(
        columns=tuple(_columns(histogram, hrefs, chosen)),
        labels=tuple(_labels(histogram)),
        title=_title(histogram),
        trail=tuple(_trail(search, bars, chosen)),
        shown=_shown(histogram, chosen),
        firsts=" ".join(first for first, _ in ranges),
        lasts=" ".join(last for _, last in ranges),
        anywhere=search_href(search, filters=without_dates(search.filters), page=1),
        undated=histogram.undated,
    )


def _shown(histogram: Histogram, chosen: tuple[date | None, date | None]) -> str:
    if chosen == (None, None) and histogram.unit == "year":
        return ""
    return stretch(chosen[0] or histogram.bars[0].first, chosen[1] or histogram.bars[-1].last)


def stretch(first: date, last: date) -> str:
    """Two days as a stretch of time in the page's words: whole years and months are named as such."""
    return _stretch(first, last, page_language())


@lru_cache(maxsize=4_096)
def _stretch(first: date, last: date, language: str) -> str:
    whole_months = first.day == 1 and _ends_month(last)
    if whole_months and first.month == 1 and last.month == 12:
        same = first.year == last.year
        words = str(first.year) if same else f"{first.year}\N{EN DASH}{last.year}"
    elif whole_months and (first.year, first.month) == (last.year, last.month):
        words = format_skeleton("yMMMM", first, locale=language)
    elif first == last:
        words = format_date(first, "long", locale=language)
    else:
        words = format_interval(first, last, "yMMMM" if whole_months else "yMMMd", locale=language)
    return words[:1].upper() + words[1:]


def _ends_month(day: date) -> bool:
    return day.day == monthrange(day.year, day.month)[1]


def _columns(
    histogram: Histogram, hrefs: Sequence[str], chosen: tuple[date | None, date | None]
) -> Iterator[Column]:
    bars = histogram.bars
    # A few articles are not drawn as towers.
    most = max(4, *(bar.count for bar in bars))
    slot = 100 / len(bars)
    # A few bars are not drawn as walls.
    width = min(slot * 0.8, 4)
    for number, (bar, href) in enumerate(zip(bars, hrefs, strict=True)):
        x = _from_start(number * slot, slot)
        yield Column(
            x=round(x, 3),
            slot=round(slot, 3),
            bar_x=round(x + (slot - width) / 2, 3),
            bar_width=round(width, 3),
            height=round(max(HEIGHT * bar.count / most, _LEAST), 1) if bar.count else 0,
            name=f"{stretch(bar.first, bar.last)}: {articles_counted(bar.count)}",
            href=href if bar.count else "",
            chosen=(chosen[0] or bar.first) <= bar.last and (chosen[1] or bar.last) >= bar.first,
        )


def _labels(histogram: Histogram) -> Iterator[Label]:
    bars, language = histogram.bars, page_language()
    slot = 100 / len(bars)
    if histogram.unit == "year":
        step = -(-len(bars) // _LABELS)
        for number in range(0, len(bars), step):
            yield _label(number * slot, slot, str(bars[number].first.year), spare=number // step % 2 == 1)
    elif histogram.unit == "day":
        for number, bar in enumerate(bars):
            if bar.first.day in (1, 8, 15, 22) or (bar.first.day == 29 and len(bars) < 32):
                words = format_skeleton("MMMd", bar.first, locale=language)
                yield _label(number * slot, slot, words, spare=bar.first.day in (8, 22) or len(bars) > 31)
    elif bars[0].first.year == bars[-1].first.year:
        for number, bar in enumerate(bars):
            words = format_date(bar.first, "LLL", locale=language)
            yield _label(number * slot, slot, words, spare=number % 3 > 0)
    else:
        years = [list(own) for _, own in groupby(enumerate(bars), lambda item: item[1].first.year)]
        for own in years:
            if len(own) >= len(bars) / 16:
                yield _label(own[0][0] * slot, len(own) * slot, str(own[0][1].first.year), spare=False)


def _label(x: float, width: float, text: str, *, spare: bool) -> Label:
    middle = x + width / 2
    if middle < _EDGE:
        return Label(round(_from_start(x, 0), 3), text, spare, "first")
    if middle > 100 - _EDGE:
        return Label(round(_from_start(x + width, 0), 3), text, spare, "last")
    return Label(round(_from_start(middle, 0), 3), text, spare, "")


def _from_start(x: float, width: float) -> float:
    """Where the page's language begins to read."""
    return 100 - x - width if page_language() == "ar" else x


def _title(histogram: Histogram) -> str:
    match histogram.unit:
        case "day":
            return gettext("Articles by day")
        case "month":
            return gettext("Articles by month")
        case _:
            return gettext("Articles by year")


def _trail(
    search: SearchInput, bars: Sequence[Bar], chosen: tuple[date | None, date | None]
) -> Iterator[tuple[str, str]]:
    """Ranges that hold the chosen one: all dates, its year, its month."""
    if chosen == (None, None):
        return
    yield gettext("All dates"), search_href(search, filters=without_dates(search.filters), page=1)
    first, last = chosen[0] or bars[0].first, chosen[1] or bars[-1].last
    year, month = (f"{first:%Y}", f"{last:%Y}"), (f"{first:%Y-%m}", f"{last:%Y-%m}")
    if year[0] != year[1]:
        return
    if (first, last) != (date(first.year, 1, 1), date(first.year, 12, 31)):
        words = stretch(date(first.year, 1, 1), date(first.year, 12, 31))
        yield words, range_hrefs(search, [year])[0]
    if month[0] == month[1] and (first.day > 1 or not _ends_month(last)):
        words = stretch(first.replace(day=1), first.replace(day=monthrange(first.year, first.month)[1]))
        yield words, range_hrefs(search, [month])[0]


def _written(day: date, unit: str) -> str:
    text = day.isoformat()
    return {"year": text[:4], "month": text[:7]}.get(unit, text)
