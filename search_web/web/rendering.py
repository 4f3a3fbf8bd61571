"""How values look on a page: numbers, dates, names of languages, marked words, directions."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton
from babel.numbers import format_decimal, format_percent
from babel.units import format_unit
from flask import Flask
from markupsafe import Markup, escape

from ..core.pages import Snippet, Span
from .addresses import article_href, explain_href, fixed_href, search_href, write_search
from .config import PAGE_LANGUAGES
from .search_url import chosen, full_date, without_filters
from .texts import gettext, ngettext, page_language

OWN_NAMES = {"ar": "العربية", "vi": "Tiếng Việt", "en": "English"}
"""Each page language as its readers call it."""


def install(app: Flask) -> None:
    """Give templates the filters and functions of this module."""
    app.jinja_env.filters.update(
        number=number,
        day=day,
        language_name=language_name,
        own_language_name=own_language_name,
        text_dir=text_dir,
        marked=marked,
        passage=passage,
        seconds=seconds,
        web_link=web_link,
        points=points,
        articles_counted=articles_counted,
    )
    app.jinja_env.globals.update(
        search_href=search_href,
        explain_href=explain_href,
        article_href=article_href,
        fixed_href=fixed_href,
        static_href=static_href,
        without_filters=without_filters,
        write_search=write_search,
        chosen=chosen,
        full_date=full_date,
        own_names=OWN_NAMES,
        page_languages=PAGE_LANGUAGES,
        facet_title=facet_title,
    )


def number(value: float) -> str:
    """A number in the page's digits and grouping."""
    return _number(value, page_language())


@lru_cache(maxsize=4_096)
def _number(value: float, language: str) -> str:
    return format_decimal(value, locale=language, numbering_system="default")


def percent(value: float) -> str:
    """So many hundredths in the page's digits: `69%`."""
    return format_percent(value / 100, locale=page_language(), numbering_system="default")


def articles_counted(count: int) -> str:
    """`12 articles` in the page's words and digits."""
    return ngettext("%(count)s article", "%(count)s articles", count, count=number(count))


def points(score: float) -> str:
    """A score with two decimals in the page's digits."""
    return format_decimal(score, format="#,##0.00", locale=page_language(), numbering_system="default")


def seconds(milliseconds: float) -> str:
    """A duration in seconds with its unit, never shown as zero."""
    return _seconds(round(max(milliseconds / 1000, 0.001), 3), page_language())


@lru_cache(maxsize=1_024)
def _seconds(seconds: float, language: str) -> str:
    return format_unit(
        seconds, "second", length="short", format="0.000", locale=language, numbering_system="default"
    )


def day(moment: datetime | date) -> str:
    """The day of a moment, as the publisher's clock had it, in the page's words."""
    return _day(moment.date() if isinstance(moment, datetime) else moment, page_language())


@lru_cache(maxsize=4_096)
def _day(day: date, language: str) -> str:
    return format_date(day, format="long", locale=language)


def month_name(value: str) -> str:
    """`2025-10` as `October 2025` in the page's words; other text stays."""
    return _month_name(value, page_language())


@lru_cache(maxsize=2_048)
def _month_name(value: str, language: str) -> str:
    year, _, month = value.partition("-")
    if not (year.isdecimal() and month.isdecimal() and 1 <= int(month) <= 12 and 1 <= int(year) <= 9999):
        return value
    return format_skeleton("yMMMM", date(int(year), int(month), 1), locale=language)


def own_language_name(tag: str) -> str:
    """Name of a language as its speakers write it."""
    return OWN_NAMES.get(tag) or _own_language_name(tag) or language_name(tag)


@lru_cache(maxsize=512)
def _own_language_name(tag: str) -> str | None:
    locale = _locale(tag)
    return locale.get_display_name() if locale else None


def language_name(tag: str) -> str:
    """Name of a language in the page's language; the tag itself where CLDR has none."""
    name = _language_name(tag, page_language())
    return gettext("Unknown language") if name is None else name


@lru_cache(maxsize=1_024)
def _language_name(tag: str, language: str) -> str | None:
    locale = _locale(tag)
    if locale is None:
        return None if tag in ("", "und") else tag
    return locale.get_display_name(language) or tag


@lru_cache(maxsize=512)
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


def marked(snippet: Snippet) -> Markup:
    """The text of a snippet with its marks."""
    parts = [f"<mark>{escape(text)}</mark>" if hit else escape(text) for text, hit in pieces(snippet)]
    return Markup("".join(parts))  # noqa: S704  # what is of the archive is escaped


def passage(snippet: Snippet, lang: str) -> Markup:
    """A snippet in its own language and direction, with dots where its text goes on."""
    before, after = "… " if snippet.cut_before else "", " …" if snippet.cut_after else ""
    return Markup(  # noqa: S704  # what is of the archive is escaped
        f'<bdi lang="{escape(lang)}" dir="{text_dir(lang)}">{before}{marked(snippet)}{after}</bdi>'
    )


def web_link(url: str) -> str:
    """The URL if a browser may follow it (http or https with a host), else nothing."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return url if parts.scheme in ("http", "https") and parts.netloc else ""


def facet_label(facet: str, value: str) -> str:
    """A facet's value as a reader sees it."""
    if facet == "lang":
        return language_name(value)
    return month_name(value) if facet == "month" else value


def facet_title(facet: str) -> str:
    """Heading of a facet."""
    match facet:
        case "lang":
            return gettext("Language")
        case "section":
            return gettext("Section")
        case "source":
            return gettext("Source")
        case "author":
            return gettext("Author")
        case "year":
            return gettext("Year")
        case _:
            return gettext("Month")


def static_href(filename: str) -> str:
    """Address of a file of ours; changes with its content, so browsers may keep it for long."""
    return fixed_href("static", filename=filename, v=_digest(filename))


@lru_cache(maxsize=32)
def _digest(filename: str) -> str:
    content = (Path(__file__).parent / "static" / filename).read_bytes()
    return hashlib.sha256(content).hexdigest()[:10]
