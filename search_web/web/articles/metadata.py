"""What an article says of itself to programs: schema.org's NewsArticle, Open Graph, a description.

Sources: https://schema.org/NewsArticle, https://ogp.me/.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from indexer.articles import Article

from ..rendering import web_link

_DESCRIPTION = 200
"""Code points of a description: what search engines and previews show."""
_LOCALES = {"ar": "ar_AR", "vi": "vi_VN", "en": "en_US"}
"""Open Graph wants a territory; these are the usual ones for a language alone."""


def description(article: Article) -> str:
    """The lead or the beginning of the text, in one line, at most 200 code points, cut at a blank."""
    text = article.lead or next(iter(article.body), "")
    line = " ".join(text[: 4 * _DESCRIPTION].split())
    if len(line) <= _DESCRIPTION:
        return line
    cut = line[: _DESCRIPTION - 1]
    return f"{cut.rpartition(' ')[0] or cut}…"


def news_article(
    article: Article, address: str, translations: Sequence[tuple[str, str]] = ()
) -> dict[str, Any]:
    """JSON-LD of an article for its page at `address`; `translations`: (address, language) of each."""
    found: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": article.title,
        "description": description(article),
        "inLanguage": "" if article.lang == "und" else article.lang,
        "datePublished": article.published_at.isoformat() if article.published_at else "",
        "dateModified": article.updated_at.isoformat() if article.updated_at else "",
        "author": [{"@type": "Person", "name": name} for name in article.authors],
        "publisher": {"@type": "Organization", "name": article.source} if article.source else {},
        "articleSection": article.section,
        "keywords": list(article.tags),
        "image": _pictures(article),
        "url": web_link(article.url) or address,
        "mainEntityOfPage": address,
        "isBasedOn": web_link(article.source_url),
        "workTranslation": [
            {"@type": "NewsArticle", "url": other, "inLanguage": lang} for other, lang in translations
        ],
    }
    return {name: value for name, value in found.items() if value}


def open_graph(article: Article, address: str, site: str) -> list[tuple[str, str]]:
    """Properties and contents of the `meta` elements by which others preview a link to the article."""
    pairs = [
        ("og:type", "article"),
        ("og:site_name", site),
        ("og:title", article.title),
        ("og:description", description(article)),
        ("og:url", address),
        ("og:locale", _LOCALES.get(article.lang.partition("-")[0], "")),
        *(("og:image", url) for url in _pictures(article)[:1]),
        ("article:published_time", article.published_at.isoformat() if article.published_at else ""),
        ("article:modified_time", article.updated_at.isoformat() if article.updated_at else ""),
        ("article:section", article.section),
        *(("article:tag", tag) for tag in article.tags[:20]),
    ]
    return [(name, content) for name, content in pairs if content]


def _pictures(article: Article) -> list[str]:
    return [url for image in article.images if (url := web_link(image.url))]
