"""RSS 2.0, RSS 1.0 (RDF) and Atom feeds that carry their articles' text."""

from __future__ import annotations

import io
import re
from calendar import timegm
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any, BinaryIO

import feedparser

from ..articles import Article
from .dates import parse_date
from .html_text import element_text, paragraphs, parse_fragment, plain
from .limits import InputDamaged, Limits, read_whole
from .records import article_or_reject, clean_lang
from .rejects import Reject, excerpt

_ENTITY = re.compile(rb"<!(?:ENTITY|ATTLIST|ELEMENT)", re.IGNORECASE)
_ROOT = re.compile(rb"<(?:\w+:)?(?:rss|feed|RDF)[\s>]")
_ITEM_END = re.compile(rb"</(?:\w+:)?(?:item|entry)\s*>")
_ITEM = re.compile(rb"<(?:\w+:)?(?:item|entry)[\s>]")
_LONGEST_HEAD = 20_000
"""Bytes before the first item of a feed, when they must be read again with every item."""
_FORMS: dict[type, tuple[str, ...]] = {
    list: ("links", "tags", "authors", "content", "media_content", "media_thumbnail"),
    dict: ("source", "title_detail", "summary_detail"),
}
_PUBLISHED = ("published", "created", "updated")


def read_feed(stream: BinaryIO, path: str, limits: Limits) -> Iterator[Article | Reject]:
    """One article an item. Nothing is fetched; a feed that declares XML entities is not read at all."""
    try:
        data = read_whole(stream, limits.document, "a feed")
    except InputDamaged as error:
        yield Reject(path, "", str(error))
        return
    if not data.strip():
        yield Reject(path, "", "the file is empty")
        return
    root = _ROOT.search(data)
    if _ENTITY.search(data[: root.start() if root else len(data)]):
        reason = "the feed declares XML entities, which are never expanded; remove the declarations"
        yield Reject(path, "", reason, excerpt(data))
        return
    yield from _read_parsed(data, path)


def _read_parsed(data: bytes, path: str) -> Iterator[Article | Reject]:
    try:
        feed = _parse(data)
    except Exception as error:  # noqa: BLE001 - markup breaks feedparser in kinds without a root
        yield from _read_one_by_one(data, path, error)
        return
    entries = list(feed.entries)
    fault = feed.get("bozo_exception") if feed.get("bozo") else None
    broken = fault is not None and not isinstance(fault, feedparser.CharacterEncodingOverride)
    whole = len(_ITEM_END.findall(data)) if broken else len(entries)
    for number, entry in enumerate(entries, start=1):
        if number > whole:
            yield Reject(path, f"item {number}", "the item is cut off; fetch the feed again", _title(entry))
        else:
            yield _read_entry(entry, feed.feed, path, f"item {number}")
    if broken and isinstance(fault, Exception):
        reason = (
            f"the feed is not well-formed ({str(fault)[:200]}); {min(whole, len(entries))} items were read"
        )
        yield Reject(path, "", reason, excerpt(data))
    elif not entries:
        yield Reject(path, "", "the feed has no items", excerpt(data))


def _parse(data: bytes) -> Any:
    # A stream, not bytes: feedparser opens a string that looks like an address or a file name.
    return feedparser.parse(io.BytesIO(data), resolve_relative_uris=False, sanitize_html=False)


def _read_one_by_one(data: bytes, path: str, fault: Exception) -> Iterator[Article | Reject]:
    """The items of a feed that breaks the parser, each in a feed of its own, so that one breaks alone."""
    starts = [found.start() for found in _ITEM.finditer(data)]
    if not starts or starts[0] > _LONGEST_HEAD:
        yield Reject(path, "", f"the feed cannot be parsed ({_why(fault)})", excerpt(data))
        return
    for number, (start, end) in enumerate(pairwise((*starts, len(data))), start=1):
        position = f"item {number}"
        try:
            feed = _parse(data[: starts[0]] + data[start:end])
        except Exception as error:  # noqa: BLE001 - as above
            reason = f"the item cannot be parsed ({_why(error)})"
            yield Reject(path, position, reason, excerpt(data[start:end]))
            continue
        for entry in feed.entries:
            yield _read_entry(entry, feed.feed, path, position)


def _why(error: Exception) -> str:
    return f"{type(error).__name__}: {str(error)[:200]}"


def _drop_strangers(entry: Any) -> None:
    """Elements of other vocabularies with names of feedparser's own lists: `<authors>`, `<links>`."""
    for form, names in _FORMS.items():
        for name in names:
            # Plain `dict.get`: feedparser's own stumbles over them.
            if not isinstance(dict.get(entry, name, form()), form):
                dict.pop(entry, name)


def _read_entry(entry: Any, feed: Any, path: str, position: str) -> Article | Reject:
    _drop_strangers(entry)
    problems: list[str] = []
    summary, content = str(entry.get("summary") or ""), _longest_content(entry)
    if content == summary and len(paragraphs(summary)) > 1:
        summary = ""
    lead, body = plain(summary), [p for p in paragraphs(content) if p != plain(summary)]
    title = plain(str(entry.get("title") or ""))
    if not (title or lead or body):
        return Reject(
            path, position, "the item has neither title nor text", excerpt(str(entry.get("link") or ""))
        )
    tags = [
        tag
        for tag in (plain(str(tag.get("label") or tag.get("term") or "")) for tag in entry.get("tags", ()))
        if tag
    ]
    link = str(entry.get("link") or "")
    fields: dict[str, Any] = {
        "title": title,
        "lead": lead,
        "body": body,
        "authors": _authors(entry),
        "source": plain(str((entry.get("source") or {}).get("title") or feed.get("title") or "")),
        "section": tags[0] if tags else "",
        "tags": tags[1:],
        "url": link if link.startswith(("http://", "https://")) else "",
        "images": _images(entry, content),
        "lang": _language(entry, feed),
    }
    if not fields["url"]:
        fields["id"] = str(entry.get("id") or "")
    for name, keys in (("published_at", _PUBLISHED), ("updated_at", ("updated",))):
        try:
            fields[name] = _moment(entry, keys)
        except ValueError as error:
            problems.append(f"{name} {error}")
    return article_or_reject(fields, path, position, problems)


def _title(entry: Any) -> str:
    return excerpt(plain(str(entry.get("title") or "")))


def _longest_content(entry: Any) -> str:
    values = [str(item.get("value") or "") for item in entry.get("content", ()) if _is_text(item)]
    return max(values, key=len, default="") or str(entry.get("summary") or "")


def _is_text(content: Any) -> bool:
    kind = str(content.get("type") or "text/html")
    return kind.startswith("text/") or "html" in kind


def _authors(entry: Any) -> list[str]:
    names = [plain(str(author.get("name") or "")) for author in entry.get("authors", ())]
    return [name for name in names if name] or [
        name for name in [plain(str(entry.get("author") or ""))] if name
    ]


def _language(entry: Any, feed: Any) -> str:
    details = [entry.get("title_detail") or {}, *entry.get("content", ()), entry.get("summary_detail") or {}]
    declared = [entry.get("language"), *(detail.get("language") for detail in details), feed.get("language")]
    return clean_lang(next((str(tag) for tag in declared if tag), ""))


def _moment(entry: Any, names: tuple[str, ...]) -> datetime | None:
    """The first date that can be read; feedparser's own reading helps with the forms of old feeds."""
    for name in names:
        # Plain `dict.get`: feedparser's own answers "updated" with "published", and warns.
        if written := str(dict.get(entry, name) or "").strip():
            try:
                return parse_date(written)
            except ValueError:
                parsed = dict.get(entry, f"{name}_parsed")
                if parsed is None or written.startswith("0000"):
                    raise
                return datetime.fromtimestamp(timegm(parsed), UTC)
    return None


def _images(entry: Any, content: str) -> list[dict[str, str]]:
    captions: dict[str, str] = {}
    for item in (
        *entry.get("media_content", ()),
        *entry.get("media_thumbnail", ()),
        *entry.get("enclosures", ()),
    ):
        kind = str(item.get("type") or item.get("medium") or "image")
        address = str(item.get("url") or item.get("href") or "")
        if address and kind.startswith("image"):
            captions.setdefault(address, "")
    tree = parse_fragment(content) if "<img" in content else None
    for picture in tree.iter("img") if tree is not None else ():
        figure = next(picture.iterancestors("figure"), None)
        caption = figure.find(".//figcaption") if figure is not None else None
        source = str(picture.get("src") or "")
        if source and not source.startswith("data:"):
            captions[source] = element_text(caption) if caption is not None else ""
    return [{"url": address, "caption": caption} for address, caption in captions.items()]
