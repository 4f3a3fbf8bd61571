"""What an HTML page says about itself: JSON-LD, OpenGraph, `meta` names, `link`, `html lang`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lxml import html

from .html_text import element_text, plain
from .records import schema_org_fields

_ARTICLE_TYPES = frozenset((
    "Article", "NewsArticle", "ReportageNewsArticle", "AnalysisNewsArticle", "OpinionNewsArticle",
    "BackgroundNewsArticle", "ReviewNewsArticle", "BlogPosting", "LiveBlogPosting", "Report",
))  # fmt: skip
_MOST_NODES = 2_000
_SEPARATED = re.compile(r"\s+[-–—|·»]\s*(.{2,80})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """A page's statements about its article; empty where it says nothing."""

    is_article: bool
    title: str
    heading: str
    """Of the page, when it has a single `h1`."""
    lead: str
    body: str
    authors: list[str]
    site: str
    section: str
    tags: list[str]
    published: str
    updated: str
    url: str
    lang: str
    images: list[str]


def metadata_of(tree: html.HtmlElement) -> Metadata:
    """Read all metadata of a parsed page, JSON-LD before OpenGraph before plain `meta` names."""
    linked = _json_ld_article(tree)
    meta = _meta(tree)
    fields = schema_org_fields(linked) if linked else {}

    def first(name: str, *meta_names: str) -> str:
        value = fields.get(name)
        if isinstance(value, str) and value.strip():
            return plain(value)
        return next((plain(meta[key][0]) for key in meta_names if meta.get(key)), "")

    def every(name: str, *meta_names: str) -> list[str]:
        values = fields.get(name) or next((meta[key] for key in meta_names if meta.get(key)), [])
        return [text for value in values if (text := plain(str(value)))]

    return Metadata(
        is_article=bool(linked) or "article" in meta.get("og:type", ()),
        title=first("title", "og:title", "twitter:title") or _heading(tree),
        heading=_heading(tree),
        lead=first("lead", "og:description", "description", "twitter:description"),
        body=str(fields.get("body") or ""),
        authors=[name for name in every("authors", "article:author", "author") if not name.startswith("http")]
        or [plain(name) for name in meta.get("author", ())],
        site=first("source", "og:site_name", "application-name") or _site_in_title(tree),
        section=first("section", "article:section"),
        tags=every("tags", "article:tag") or _split(meta.get("keywords", [])),
        published=first("published", "article:published_time", "datepublished", "date", "dc.date")
        or _time(tree),
        updated=first("updated", "article:modified_time", "og:updated_time", "datemodified"),
        url=_canonical(tree) or _web(fields.get("url")) or _web(next(iter(meta.get("og:url", ())), "")),
        lang=str(fields.get("lang") or tree.get("lang") or tree.get("xml:lang") or _locale(meta)),
        images=[url for url in (fields.get("images") or meta.get("og:image", [])) if _web(url)],
    )


def _json_ld_article(tree: html.HtmlElement) -> Mapping[str, Any] | None:
    for script in tree.iter("script"):
        if (script.get("type") or "").strip().lower() != "application/ld+json":
            continue
        try:
            value = json.loads(script.text_content(), strict=False)
        except (ValueError, RecursionError):
            continue
        for node in _nodes(value):
            if _types(node) & _ARTICLE_TYPES:
                return node
    return None


def _nodes(value: Any) -> Iterator[Mapping[str, Any]]:
    """The things of a JSON-LD document: itself, its list, its `@graph`, what a page is about."""
    waiting = [value]
    for _ in range(_MOST_NODES):
        if not waiting:
            return
        value = waiting.pop(0)
        if isinstance(value, list):
            waiting.extend(value[:_MOST_NODES])
        elif isinstance(value, Mapping):
            yield value
            waiting += [value[name] for name in ("@graph", "mainEntity", "mainEntityOfPage") if name in value]


def _types(node: Mapping[str, Any]) -> set[str]:
    types = node.get("@type")
    return {str(name).rsplit("/", 1)[-1] for name in (types if isinstance(types, list) else [types])}


def _meta(tree: html.HtmlElement) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for element in tree.iter("meta"):
        name = element.get("property") or element.get("name") or element.get("itemprop") or ""
        content = (element.get("content") or "").strip()
        if name and content:
            found.setdefault(name.strip().lower(), []).append(content)
    return found


def _canonical(tree: html.HtmlElement) -> str:
    for link in tree.iter("link"):
        if "canonical" in (link.get("rel") or "").lower().split():
            return _web(link.get("href"))
    return ""


def _web(value: object) -> str:
    return (
        value.strip() if isinstance(value, str) and value.strip().startswith(("http://", "https://")) else ""
    )


def _heading(tree: html.HtmlElement) -> str:
    headings = [text for heading in tree.iter("h1") if (text := element_text(heading))]
    return headings[0] if len(headings) == 1 else ""


def _site_in_title(tree: html.HtmlElement) -> str:
    """`Flood recedes | Three Rivers Times` names its site when the heading is `Flood recedes`."""
    title, heading = element_text(head) if (head := tree.find(".//title")) is not None else "", _heading(tree)
    if not heading or not title.startswith(heading):
        return ""
    found = _SEPARATED.fullmatch(title[len(heading) :])
    return found[1] if found else ""


def _time(tree: html.HtmlElement) -> str:
    for element in tree.iterfind(".//article//time"):
        if moment := element.get("datetime"):
            return str(moment)
    return ""


def _locale(meta: Mapping[str, list[str]]) -> str:
    return next(iter(meta.get("og:locale", ()) or meta.get("content-language", ())), "")


def _split(values: list[str]) -> list[str]:
    return [part.strip() for value in values for part in value.split(",") if part.strip()]
