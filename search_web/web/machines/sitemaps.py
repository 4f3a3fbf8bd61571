"""Site maps (https://www.sitemaps.org/protocol.html) as XML, piece by piece. Pure: no Flask here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from xml.sax.saxutils import escape, quoteattr

from .feeds import moment_text, plain_text

PAGE = 10_000
"""Articles of one site map; the protocol allows 50,000 addresses and 50 MB."""
MOST_NEWS = 1_000
"""Articles of the news site map, by Google's limit."""

_HEAD = '<?xml version="1.0" encoding="utf-8"?>\n'
_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_XHTML = "http://www.w3.org/1999/xhtml"
_NEWS = "http://www.google.com/schemas/sitemap-news/0.9"
_PIECE = 200
_ISO_639 = re.compile(r"[a-z]{2,3}")


@dataclass(frozen=True, slots=True)
class Place:
    """One page of the site."""

    address: str
    changed: datetime | None = None
    editions: Mapping[str, str] | None = None
    """Language -> address of the same page in it, its own too."""


@dataclass(frozen=True, slots=True)
class NewsItem:
    """One article of the last two days."""

    address: str
    lang: str
    title: str
    publication: str
    published: datetime


def index_of(addresses: Iterable[str]) -> str:
    """The list of site maps."""
    maps = "".join(f"<sitemap><loc>{escape(item)}</loc></sitemap>\n" for item in addresses)
    return f'{_HEAD}<sitemapindex xmlns="{_SITEMAP}">\n{maps}</sitemapindex>\n'


def site_map(places: Iterable[Place]) -> Iterator[str]:
    """A site map, some hundred places at a time."""
    lines = [f'{_HEAD}<urlset xmlns="{_SITEMAP}" xmlns:xhtml="{_XHTML}">']
    for place in places:
        lines.append(_place(place))
        if len(lines) >= _PIECE:
            yield "\n".join(lines) + "\n"
            lines.clear()
    lines.append("</urlset>\n")
    yield "\n".join(lines)


def news_map(items: Iterable[NewsItem]) -> str:
    """A site map of news; https://developers.google.com/search/docs/crawling-indexing/sitemaps/news-sitemap."""
    urls = "".join(
        f"<url><loc>{escape(item.address)}</loc><news:news><news:publication>"
        f"<news:name>{escape(plain_text(item.publication))}</news:name>"
        f"<news:language>{_news_language(item.lang)}</news:language></news:publication>"
        f"<news:publication_date>{moment_text(item.published)}</news:publication_date>"
        f"<news:title>{escape(plain_text(item.title))}</news:title></news:news></url>\n"
        for item in items
    )
    return f'{_HEAD}<urlset xmlns="{_SITEMAP}" xmlns:news="{_NEWS}">\n{urls}</urlset>\n'


def _place(place: Place) -> str:
    changed = f"<lastmod>{moment_text(place.changed)}</lastmod>" if place.changed else ""
    editions = "".join(
        f'<xhtml:link rel="alternate" hreflang={quoteattr(lang)} href={quoteattr(address)}/>'
        for lang, address in (place.editions or {}).items()
    )
    return f"<url><loc>{escape(place.address)}</loc>{changed}{editions}</url>"


def _news_language(tag: str) -> str:
    """ISO 639, and the two of Chinese by their script, as Google asks."""
    language, *rest = tag.split("-")
    if language == "zh":
        return "zh-tw" if {"Hant", "TW", "HK", "MO"} & set(rest) else "zh-cn"
    return language if _ISO_639.fullmatch(language) else "und"
