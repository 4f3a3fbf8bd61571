"""Articles as Atom 1.0 (RFC 4287, pages by RFC 5005) and as JSON Feed 1.1. Pure: no Flask here.

Plain text has no `dir`: a title whose first letter would turn it the wrong way begins with a mark of its
language's direction (https://www.w3.org/TR/string-meta/).
"""

from __future__ import annotations

import json
import re
import unicodedata
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from lxml import etree

from ...core.pages import Result

ATOM_TYPE = "application/atom+xml"
JSON_FEED_TYPE = "application/feed+json"
_ATOM = "http://www.w3.org/2005/Atom"
_OPENSEARCH = "http://a9.com/-/spec/opensearch/1.1/"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_UNDATED = datetime(1970, 1, 1, tzinfo=UTC)
"""`updated` is required and must not move while the article does not change."""

# What XML 1.0 does not allow (https://www.w3.org/TR/xml/#charsets).
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Embeddings, overrides and isolates: what is not closed in a title would turn the reader's whole list.
_EMBEDDING = re.compile(
    "[\N{LEFT-TO-RIGHT EMBEDDING}-\N{RIGHT-TO-LEFT OVERRIDE}"
    "\N{LEFT-TO-RIGHT ISOLATE}-\N{POP DIRECTIONAL ISOLATE}]"
)
# What stands in no IRI (RFC 3987), and in addresses of articles all the same.
_NO_IRI = re.compile(r'[\x00-\x20<>"{}|\\^`]')
_MARKS = {"rtl": "\N{RIGHT-TO-LEFT MARK}", "ltr": "\N{LEFT-TO-RIGHT MARK}"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One article of a feed."""

    id: str
    """An absolute IRI that stays when the article moves: see `item_id`."""
    link: str
    """Our page of it."""
    lang: str
    """BCP 47 tag."""
    dir: str
    """`ltr`, `rtl` or `auto`."""
    title: str
    summary: str
    authors: tuple[str, ...] = ()
    source: str = ""
    section: str = ""
    published: datetime | None = None
    updated: datetime | None = None
    original: str = ""
    """Where it was published; empty if nowhere that a browser may go."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """One page of a feed."""

    id: str
    """The same for all pages of it."""
    title: str
    lang: str
    """Of title and description."""
    site: str
    """Name of the archive: who speaks where an article has no author."""
    self_link: str
    page_link: str
    """The same for people."""
    updated: datetime
    items: tuple[Item, ...]
    description: str = ""
    total: int | None = None
    """How many articles all pages have."""
    first: str = ""
    previous: str = ""
    next: str = ""
    last: str = ""
    """Addresses of other pages, empty where there are none."""
    icon: str = ""


def item_of(result: Result, link: str, dir: str) -> Item:  # noqa: A002  # the word of HTML
    """A result of a search in a feed; its passages are the summary."""
    passages = result.snippets
    goes_on = bool(passages) and passages[-1].cut_after
    return Item(
        id=item_id(result.id, result.url),
        link=link,
        lang=result.lang,
        dir=dir,
        title=result.title.text,
        summary=" … ".join(item.text for item in passages) + " …" * goes_on,
        authors=result.authors,
        source=result.source,
        section=result.section,
        published=result.published_at,
        updated=result.updated_at or result.published_at,
        original=result.url,
    )


def item_id(article_id: str, url: str) -> str:
    """A name of an article that depends on no host of ours: a UUID of its id and its first address."""
    return uuid.uuid5(uuid.NAMESPACE_URL, f"{url}#{article_id}").urn


def feed_id(address: str) -> str:
    """A name of a feed from the address of its first page, as the article's is made."""
    return uuid.uuid5(uuid.NAMESPACE_URL, address).urn


def newest_of(items: Sequence[Item]) -> datetime:
    """When the last of the articles changed; 1970 if none has a date."""
    return max((item.updated for item in items if item.updated), default=_UNDATED)


def atom_feed(feed: Feed) -> bytes:
    """The feed as an Atom document."""
    names: dict[str | None, str] = {None: _ATOM}
    if feed.total is not None:
        names["opensearch"] = _OPENSEARCH
    root = etree.Element(f"{{{_ATOM}}}feed", nsmap=names)
    root.set(_LANG, feed.lang)
    _add(root, "id", feed.id)
    _add(root, "title", plain_text(feed.title))
    if feed.description:
        _add(root, "subtitle", plain_text(feed.description))
    _add(root, "updated", moment_text(feed.updated))
    _add(_add(root, "author"), "name", plain_text(feed.site))
    _add(root, "generator", "Dalil")
    if feed.icon:
        _add(root, "icon", feed.icon)
    _link(root, "self", feed.self_link, ATOM_TYPE)
    _link(root, "alternate", feed.page_link, "text/html")
    for relation in ("first", "previous", "next", "last"):
        if address := getattr(feed, relation):
            _link(root, relation, address, ATOM_TYPE)
    if feed.total is not None:
        etree.SubElement(root, f"{{{_OPENSEARCH}}}totalResults").text = str(feed.total)
    for item in feed.items:
        _entry(root, item)
    return etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True)


def _entry(root: etree._Element, item: Item) -> None:
    entry = _add(root, "entry")
    entry.set(_LANG, _xml_lang(item.lang))
    _add(entry, "id", item.id)
    _add(entry, "title", directed(item.title, item.dir))
    _add(entry, "updated", moment_text(item.updated or item.published or _UNDATED))
    if item.published:
        _add(entry, "published", moment_text(item.published))
    # RFC 4287 wants an author; the feed has one for articles without.
    for name in item.authors or ((item.source,) if item.source else ()):
        _add(_add(entry, "author"), "name", plain_text(name))
    _link(entry, "alternate", item.link, "text/html", item.lang)
    if item.original:
        _link(entry, "via", item.original, "", item.lang)
    if item.section:
        _add(entry, "category").set("term", plain_text(item.section))
    if item.summary:
        _add(entry, "summary", directed(item.summary, item.dir))


def json_feed(feed: Feed) -> str:
    """The feed as JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/)."""
    document: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": plain_text(feed.title),
        "home_page_url": feed.page_link,
        "feed_url": feed.self_link,
        "description": plain_text(feed.description),
        "next_url": feed.next,
        "icon": feed.icon,
        "language": feed.lang,
        "authors": [{"name": plain_text(feed.site)}],
        "items": [_json_item(item) for item in feed.items],
    }
    if feed.total is not None:
        document["_dalil"] = {"total": feed.total}
    kept = {name: value for name, value in document.items() if value or name == "items"}
    return json.dumps(kept, ensure_ascii=False)


def _json_item(item: Item) -> dict[str, Any]:
    record: dict[str, Any] = {
        "id": item.id,
        "url": item.link,
        "external_url": item.original,
        "title": directed(item.title, item.dir),
        # An item must have a content; without any text it is an empty one.
        "content_text": directed(item.summary, item.dir) or directed(item.title, item.dir),
        "date_published": moment_text(item.published) if item.published else "",
        "date_modified": moment_text(item.updated) if item.updated else "",
        "authors": [{"name": plain_text(name)} for name in item.authors or (item.source,) if name],
        "tags": [plain_text(item.section)] if item.section else [],
        "language": _xml_lang(item.lang),
    }
    return {name: value for name, value in record.items() if value or name == "content_text"}


def plain_text(text: str) -> str:
    """Text for a line of a list: what XML may hold, in one line, without open embeddings."""
    return " ".join(_EMBEDDING.sub("", _NO_XML.sub("", text)).split())


def directed(text: str, dir: str) -> str:  # noqa: A002  # the word of HTML
    r"""`plain_text`, with a mark in front where its first letter would turn it the wrong way.

    >>> directed("ABC الإخبارية تقول", "rtl")[0] == "\N{RIGHT-TO-LEFT MARK}", directed("كلمة", "rtl")
    (True, 'كلمة')
    """
    line = plain_text(text)
    strong = (unicodedata.bidirectional(letter) for letter in line)
    first = next((kind for kind in strong if kind in ("L", "R", "AL")), "")
    # A mark is no part of a text without letters.
    turned = {"rtl": first == "L", "ltr": first in ("R", "AL")}.get(dir, False)
    return _MARKS[dir] + line if turned else line


def _add(parent: etree._Element, name: str, text: str = "") -> etree._Element:
    child = etree.SubElement(parent, f"{{{_ATOM}}}{name}")
    if text:
        child.text = text
    return child


def _link(parent: etree._Element, relation: str, address: str, kind: str, lang: str = "") -> None:
    link = _add(parent, "link")
    link.set("rel", relation)
    link.set("href", _NO_IRI.sub(lambda found: quote(found[0]), _NO_XML.sub("", address)))
    if kind:
        link.set("type", kind)
    if lang and lang != "und":
        link.set("hreflang", lang)


def _xml_lang(tag: str) -> str:
    # XML says "no language" by an empty tag.
    return "" if tag == "und" else tag


def moment_text(moment: datetime) -> str:
    """A moment as feeds and site maps write it (RFC 3339), in UTC."""
    # A publisher's offset may have seconds (before 1911 Hà Nội's had), which RFC 3339 does not know.
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
