"""A search as the query part of a URL, and back. Pure: no Flask here.

    q=text&lang=ar&section=...&source=...&author=...&year=2025&month=2025-10
     &from=2025-10-01&to=2025-10-31&sort=newest&size=20&page=2&typed=1&fold=0

Facets repeat; `typed=1` takes the text to the letter (`SearchInput.as_typed`), `fold=0` shows every article
and not every story once (`SearchInput.apart`). `size` is left out where a page has so many anyway.
Reading never fails: what is wrong is left out and named in a `Problem`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from indexer.engines.base import Sort

from ..core.pages import Filters, SearchInput

FACETS = ("lang", "section", "source", "author", "year", "month")
MAX_QUERY = 512
"""Most code points of a query; the rest is cut and the page says so."""
MAX_VALUE = 300
"""Most code points of a facet value."""
MAX_VALUES = 20
"""Most values of one facet."""
MAX_SIZE = 100
"""Most results of one page."""
MAX_RESULT = 10_000
"""Deepest result that pages lead to."""

_KNOWN = {*FACETS, "q", "from", "to", "sort", "page", "size", "typed", "fold"}
_FOREIGN = re.compile(r"utm_\w+|fbclid|gclid|ref", re.IGNORECASE)
_FORM = {
    "lang": re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*"),
    "year": re.compile(r"[0-9]{4}"),
    "month": re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])"),
}
_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{1,2})(?:-([0-9]{1,2}))?)?")
# A reader's keyboard may write the digits of the page's own script; int() and re do not fold them alike.
_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")

ProblemKind = Literal[
    "parameter", "page", "size", "date", "date_order", "sort", "typed", "fold", "facet", "too_many", "cut"
]


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in the URL that was left out."""

    kind: ProblemKind
    name: str
    value: str
    """At most 60 code points of it."""

    @property
    def wrong(self) -> bool:
        """Whether the request itself is at fault (status 400); a long query is only cut."""
        return self.kind != "cut"


def read_search(
    pairs: Iterable[tuple[str, str]], page_size: int = 10
) -> tuple[SearchInput, tuple[Problem, ...]]:
    """The search that the parameters of a URL ask for, and what could not be read in them.

    `page_size`: of a URL that names no size.
    """
    values: dict[str, list[str]] = {}
    problems: list[Problem] = []
    for name, value in pairs:
        if name in _KNOWN:
            values.setdefault(name, []).append(value.replace("\0", "").strip())
        elif not _FOREIGN.fullmatch(name):
            problems.append(_problem("parameter", name, value))

    def last(name: str) -> str:
        return values.get(name, [""])[-1]

    text = last("q")
    if len(text) > MAX_QUERY:
        problems.append(_problem("cut", "q", text))
        text = text[:MAX_QUERY].rstrip()
    facets = {name: _facet(name, values.get(name, []), problems) for name in FACETS}
    first, end = (_date(name, last(name), problems) for name in ("from", "to"))
    if first and end and _bounds(first)[0] > _bounds(end)[1]:
        problems.append(_problem("date_order", "from", f"{first} … {end}"))
        first = end = ""
    fold = _flag("fold", last("fold"), problems, otherwise=True)
    page_size = _size(last("size"), page_size, problems)
    return SearchInput(
        text=text,
        filters=Filters(**facets, date_from=first, date_to=end),
        page=_page(last("page"), page_size, problems),
        page_size=page_size,
        sort=_sort(last("sort"), problems),
        as_typed=_flag("typed", last("typed"), problems, otherwise=False),
        fold=fold,
        apart=not fold,
    ), tuple(problems)


def write_search(search: SearchInput, page_size: int = 10) -> list[tuple[str, str]]:
    """The parameters that `read_search` reads back; defaults and the site's own `page_size` are left out."""
    filters = search.filters
    pairs = [("q", search.text)] if search.text else []
    for name in FACETS:
        pairs += [(name, value) for value in chosen(filters, name)]
    pairs += [
        (name, value) for name, value in (("from", filters.date_from), ("to", filters.date_to)) if value
    ]
    if search.sort is not Sort.RELEVANCE:
        pairs.append(("sort", search.sort.value))
    if search.as_typed:
        pairs.append(("typed", "1"))
    if search.apart:
        pairs.append(("fold", "0"))
    if search.page_size not in (page_size, SearchInput("").page_size):
        pairs.append(("size", str(search.page_size)))
    if search.page > 1:
        pairs.append(("page", str(search.page)))
    return pairs


def chosen(filters: Filters, facet: str) -> tuple[str, ...]:
    """The values of one facet that a reader chose."""
    values: tuple[str, ...] = getattr(filters, facet)
    return values


def toggled(search: SearchInput, facet: str, value: str) -> SearchInput:
    """The search with this value of a facet added, or removed if it is there; back on page 1."""
    old = chosen(search.filters, facet)
    new = tuple(item for item in old if item != value) if value in old else (*old, value)
    return replace(search, filters=_with_facet(search.filters, facet, new), page=1)


def without_filters(search: SearchInput) -> SearchInput:
    """The search with nothing but its text and order; back on page 1."""
    return replace(search, filters=Filters(), page=1)


def is_empty(filters: Filters) -> bool:
    """Whether nothing is narrowed."""
    return filters == Filters()


def full_date(text: str, *, end: bool) -> str:
    """First or last day of `2025`, `2025-10` or `2025-10-26`, as a date input needs it; empty stays empty.

    >>> full_date("2024-02", end=True), full_date("2024", end=False), full_date("", end=True)
    ('2024-02-29', '2024-01-01', '')
    """
    return _bounds(text)[end].isoformat() if text else ""


def _problem(kind: ProblemKind, name: str, value: str) -> Problem:
    return Problem(kind, name[:60], value if len(value) <= 60 else value[:60] + "…")


def _facet(name: str, raw: Sequence[str], problems: list[Problem]) -> tuple[str, ...]:
    form = _FORM.get(name)
    kept: list[str] = []
    for given in raw:
        value = given.translate(_DIGITS) if name in ("year", "month") else given
        if not value or value in kept:
            continue
        if len(value) > MAX_VALUE or (form and not form.fullmatch(value)):
            problems.append(_problem("facet", name, value))
        elif len(kept) == MAX_VALUES:
            problems.append(_problem("too_many", name, value))
            break
        else:
            kept.append(value)
    return tuple(kept)


def _with_facet(filters: Filters, facet: str, values: tuple[str, ...]) -> Filters:
    changed: Filters = replace(filters, **{facet: values})  # type: ignore[arg-type]  # facet is one of FACETS
    return changed


def _date(name: str, value: str, problems: list[Problem]) -> str:
    value = value.translate(_DIGITS)
    if not value:
        return ""
    try:
        _bounds(value)
    except ValueError:
        problems.append(_problem("date", name, value))
        return ""
    return "-".join(part.zfill(2) for part in value.split("-"))


def _bounds(text: str) -> tuple[date, date]:
    match = _DATE.fullmatch(text)
    if not match:
        raise ValueError(text)
    year, month, day = (int(part) if part else None for part in match.groups())
    assert year is not None
    if day:
        exact = date(year, month or 1, day)
        return exact, exact
    if "-" in text:
        if not month or (match[3] is not None):
            raise ValueError(text)
        first = date(year, month, 1)
        after = date(year + month // 12, month % 12 + 1, 1) if year < 9999 or month < 12 else None
        return first, date.fromordinal(after.toordinal() - 1) if after else date(year, 12, 31)
    return date(year, 1, 1), date(year, 12, 31)


def _page(value: str, page_size: int, problems: list[Problem]) -> int:
    digits = value.translate(_DIGITS)
    if not digits:
        return 1
    if re.fullmatch(r"[0-9]{1,6}", digits) and 1 <= int(digits) <= max(1, MAX_RESULT // page_size):
        return int(digits)
    problems.append(_problem("page", "page", value))
    return 1


def _size(value: str, page_size: int, problems: list[Problem]) -> int:
    digits = value.translate(_DIGITS)
    if not digits:
        return page_size
    if re.fullmatch(r"[0-9]{1,3}", digits) and 1 <= int(digits) <= MAX_SIZE:
        return int(digits)
    problems.append(_problem("size", "size", value))
    return page_size


def _flag(name: Literal["typed", "fold"], value: str, problems: list[Problem], *, otherwise: bool) -> bool:
    digit = value.translate(_DIGITS)
    if digit in ("0", "1"):
        return digit == "1"
    if digit:
        problems.append(_problem(name, name, value))
    return otherwise


def _sort(value: str, problems: list[Problem]) -> Sort:
    if not value:
        return Sort.RELEVANCE
    try:
        return Sort(value)
    except ValueError:
        problems.append(_problem("sort", "sort", value))
        return Sort.RELEVANCE
