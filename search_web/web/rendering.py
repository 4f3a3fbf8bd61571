"""How values look on a page: numbers, dates, names of languages, marked words, directions."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton
from babel.numbers import format_decimal
from babel.units import format_unit
from flask import Flask, g, url_for

from ..core.pages import SearchInput, Snippet, Span
from .config import PAGE_LANGUAGES
from .search_url import chosen, full_date, toggled, without_filters, write_search
from .texts import gettext

OWN_NAMES = {"ar": "العربية", "vi": "Tiếng Việt", "en": "English"}
"""Each page language as its readers call it."""


def install(app: Flask) -> None:
    """Give templates the filters and functions of this module."""
    app.jinja_env.filters.update(
        number=number,
        day=day,
        month_name=month_name,
        language_name=language_name,
        text_dir=text_dir,
        pieces=pieces,
        seconds=seconds,
        web_link=web_link,
        points=points,
    )
    app.jinja_env.globals.update(
        search_href=search_href,
        explain_href=explain_href,
        static_href=static_href,
        toggled=toggled,
        without_filters=without_filters,
        write_search=write_search,
        chosen=chosen,
        full_date=full_date,
        own_names=OWN_NAMES,
        page_languages=PAGE_LANGUAGES,
        facet_label=facet_label,
        facet_title=facet_title,
    )


def page_language() -> str:
    """Language of the page being made, one of `PAGE_LANGUAGES`."""
    language: str = g.get("page_language", "en")
    return language


def number(value: float) -> str:
    """A number in the page's digits and grouping."""
    return format_decimal(value, locale=page_language(), numbering_system="default")


def points(score: float) -> str:
    """A score with two decimals in the page's digits."""
    return format_decimal(score, format="#,##0.00", locale=page_language(), numbering_system="default")


def seconds(milliseconds: float) -> str:
    """A duration in seconds with its unit, never shown as zero."""
    return format_unit(
        max(milliseconds / 1000, 0.001),
        "second",
        length="short",
        format="0.000",
        locale=page_language(),
        numbering_system="default",
    )


def day(moment: datetime | date) -> str:
    """The day of a moment, as the publisher's clock had it, in the page's words."""
    return format_date(moment, format="long", locale=page_language())


def month_name(value: str) -> str:
    """`2025-10` as `October 2025` in the page's words; other text stays."""
    year, _, month = value.partition("-")
    if not (year.isdecimal() and month.isdecimal() and 1 <= int(month) <= 12 and 1 <= int(year) <= 9999):
        return value
    return format_skeleton("yMMMM", date(int(year), int(month), 1), locale=page_language())


def language_name(tag: str) -> str:
    """Name of a language in the page's language; the tag itself where CLDR has none."""
    locale = _locale(tag)
    if locale is None:
        return gettext("Unknown language") if tag in ("", "und") else tag
    return locale.get_display_name(page_language()) or tag


def text_dir(tag: str) -> str:
    """Value of `dir` for text of a language: `rtl`, `ltr`, or `auto` where no one can tell."""
    locale = _locale(tag)
    if locale is None:
        return "auto"
    return "rtl" if locale.character_order == "right-to-left" else "ltr"


@lru_cache(maxsize=512)
def _locale(tag: str) -> Locale | None:
    """What CLDR knows of a tag, else of its language alone; None for `und`."""
    # Babel resolves `und` to the likeliest language of the world, which would be English.
    if tag.partition("-")[0] in ("", "und"):
        return None
    for candidate in (tag, tag.partition("-")[0]):
        try:
            return Locale.parse(candidate, sep="-", resolve_likely_subtags=False)
        except (ValueError, UnknownLocaleError):
            continue
    return None


def pieces(snippet: Snippet) -> Iterator[tuple[str, bool]]:
    """The text of a snippet in order, cut where marks begin and end: (text, marked)."""
    at = 0
    for mark in (*snippet.marks, Span(len(snippet.text), len(snippet.text))):
        if mark.start > at:
            yield snippet.text[at : mark.start], False
        if mark.end > max(mark.start, at):
            yield snippet.text[max(mark.start, at) : mark.end], True
        at = max(at, mark.end)


def web_link(url: str) -> str:
    """The URL if a browser may follow it (http or https with a host), else nothing."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return url if parts.scheme in ("http", "https") and parts.netloc else ""


def search_href(search: SearchInput, **changes: Any) -> str:
    """Address of the results of a search, with some of its fields changed."""
    return _href("pages.search", write_search(replace(search, **changes)))


def explain_href(search: SearchInput, article_id: str) -> str:
    """Address of the page that says why a search finds an article; it leads back to the same results."""
    return _href("pages.explain", [*write_search(search), ("id", article_id)])


def _href(endpoint: str, pairs: list[tuple[str, str]]) -> str:
    query: dict[str, list[str]] = {}
    for name, value in pairs:
        query.setdefault(name, []).append(value)
    return url_for(endpoint, **query)  # type: ignore[arg-type]  # flask types the rest as str | None


def facet_label(facet: str, value: str) -> str:
    """A facet's value as a reader sees it."""
    if facet == "lang":
        return language_name(value)
    return month_name(value) if facet == "month" else value


def facet_title(facet: str) -> str:
    """Heading of a facet."""
    return {
        "lang": gettext("Language"),
        "section": gettext("Section"),
        "source": gettext("Source"),
        "author": gettext("Author"),
        "year": gettext("Year"),
        "month": gettext("Month"),
    }[facet]


def static_href(filename: str) -> str:
    """Address of a file of ours; changes with its content, so browsers may keep it for long."""
    return url_for("static", filename=filename, v=_digest(filename))


@lru_cache(maxsize=32)
def _digest(filename: str) -> str:
    content = (Path(__file__).parent / "static" / filename).read_bytes()
    return hashlib.sha256(content).hexdigest()[:10]
