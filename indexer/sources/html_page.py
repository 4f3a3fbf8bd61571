"""An HTML page -> its article: the text by trafilatura, what the page says about itself by its own metadata.

JSON-LD is believed before OpenGraph and `meta` names, these before what trafilatura guesses.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import Any, BinaryIO
from urllib.parse import urljoin, urlsplit

import trafilatura
from lxml import etree, html

from ..articles import Article
from .dates import parse_date
from .html_text import element_text, parse_html
from .limits import InputDamaged, Limits, read_whole
from .page_metadata import Metadata, metadata_of
from .records import article_or_reject, clean_lang, derived_id, language_of, split_paragraphs
from .rejects import Reject, excerpt

_META_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
# What browsers read these labels as (WHATWG Encoding Standard).
_WEB_CODECS = {
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "iso8859-9": "cp1254",
    "tis-620": "cp874",
    "gb2312": "gb18030",
}
# Codecs of Python that are no character sets of pages; some take quadratic time.
_NEVER_ON_PAGES = frozenset(
    ("idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape", "utf-7")
)
_LEAST_TEXT = 80
"""Code points below which a page without article metadata is a menu or a notice, not an article."""
_LEAST_PARAGRAPH = 40
"""Code points of a paragraph that is prose, not the name of a link or a field."""
_MOST_BROKEN = 0.01
"""Share of undecodable characters from which the text is not worth keeping."""
_LARGE = 2_000_000
"""Code points from which trafilatura's second opinions cost minutes; its first reading is taken."""
_DEEPEST = 400
"""Nested elements: trafilatura's time grows with the cube, one second here."""
_MOST_ELEMENTS = 200_000


class NoArticle(Exception):
    """The page holds no article; the message says why."""


def read_html(stream: BinaryIO, path: str, limits: Limits) -> Iterator[Article | Reject]:
    """The article of one HTML file, or why there is none."""
    try:
        data = read_whole(stream, limits.record, "an HTML page")
    except InputDamaged as error:
        yield Reject(path, "", str(error))
        return
    yield read_page(data, path, "")


def read_page(
    data: bytes, path: str, position: str, *, url: str = "", charset: str | None = None
) -> Article | Reject:
    """The article of a page's bytes. `charset` is what the server declared, `url` where the page was."""
    problems: list[str] = []
    try:
        text = decode_page(data, charset)
        fields = _fields(text, url, problems)
    except NoArticle as error:
        return Reject(path, position, str(error), url or excerpt(data.lstrip()))
    except (RecursionError, etree.LxmlError, ValueError) as error:
        reason = f"the page cannot be parsed ({type(error).__name__}: {str(error)[:200]})"
        return Reject(path, position, reason, url or excerpt(data.lstrip()))
    return article_or_reject(fields, path, position, problems)


def decode_page(data: bytes, declared: str | None) -> str:
    """A page's text by byte order mark, then UTF-8 if it is that, then what server or page declare.

    Raises `NoArticle` if no character set fits.
    """
    if not data.strip():
        raise NoArticle("the page is empty")
    for bom, codec in _BOMS:
        if data.startswith(bom):
            return _readable(data[len(bom) :].decode(codec, "replace"), codec)
    if b"\0" in data[:1_000_000]:
        raise NoArticle(
            f"the page has a NUL byte at byte {data.index(0) + 1}; the file is damaged or not HTML"
        )
    found = _META_CHARSET.search(data[:8192])
    try:
        # A page that was saved again as UTF-8 often keeps its old declaration.
        return data.decode("utf-8")
    except UnicodeDecodeError:
        labels = (declared, found[1].decode("ascii") if found else None)
        name = next((name for label in labels if (name := _codec(label))), "utf-8")
        return _readable(data.decode(name, "replace"), name)


def _codec(label: str | None) -> str | None:
    try:
        name = codecs.lookup((label or "").strip()).name
        b"a".decode(name, "replace")  # refuses codecs that make bytes of bytes, such as base64
    except (LookupError, ValueError):
        return None
    if name in _NEVER_ON_PAGES:
        return None
    return _WEB_CODECS.get(name, name)


def _readable(text: str, codec: str) -> str:
    broken = text.count("\N{REPLACEMENT CHARACTER}")
    if broken > max(3, len(text) * _MOST_BROKEN):
        raise NoArticle(f"broken {codec}: {broken} characters cannot be read; save the page as UTF-8")
    return text


def _fields(text: str, url: str, problems: list[str]) -> dict[str, Any]:
    tree = _parse(text)
    own = metadata_of(tree)
    images = _images(tree, own, url or own.url)
    guessed = _extract(tree, url, fast=len(text) > _LARGE)
    title = _without_site(own.title or str(guessed.get("title") or ""), own.site)
    lead = own.lead
    unwanted = {title, own.heading, lead, *own.authors, *(image["caption"] for image in images)}
    body = [p for p in _body(guessed.get("body")) if p not in unwanted]
    if body and lead and body[0].startswith(lead.rstrip(" .…")):
        lead = ""  # many sites cut the description out of the first paragraph
    if sum(map(len, body)) < min(_LEAST_TEXT, len(own.body)):
        body = split_paragraphs(own.body)
    address = url or own.url
    if not body or not (own.is_article or (_is_prose(body) and not _is_front_page(address))):
        raise NoArticle("the page holds no article: no text was found beside menus and notices")
    fields: dict[str, Any] = {
        "title": title,
        "lead": lead,
        "body": body,
        "authors": own.authors or _guessed_list(guessed.get("author")),
        "source": own.site or guessed.get("sitename"),
        "section": own.section or next(iter(guessed.get("categories") or ()), None),
        "tags": own.tags or guessed.get("tags"),
        "url": address,
        "images": images,
        "lang": clean_lang(own.lang),
    }
    _read_dates(fields, own, str(guessed.get("date") or ""), problems)
    fields["lang"] = fields["lang"] or language_of(fields)
    if not fields["url"]:
        fields["id"] = derived_id("page", str(fields["source"] or ""), fields["title"], fields["lang"])
    return fields


def _extract(tree: html.HtmlElement, url: str, *, fast: bool) -> dict[str, Any]:
    """What trafilatura makes of a page, by its own names; it may change the tree."""
    try:
        document = trafilatura.bare_extraction(
            tree, url=url or None, fast=fast, with_metadata=True, include_comments=False
        )
    except Exception as error:  # odd pages break it in kinds without a common root
        raise NoArticle(f"the page cannot be parsed ({type(error).__name__}: {str(error)[:200]})") from error
    return document.as_dict() if document is not None and not isinstance(document, dict) else {}


def _is_prose(body: list[str]) -> bool:
    return sum(map(len, body)) >= _LEAST_TEXT and max(map(len, body)) >= _LEAST_PARAGRAPH


def _is_front_page(url: str) -> bool:
    parts = urlsplit(url)
    return bool(parts.netloc) and parts.path in {"", "/"} and not parts.query


def _parse(text: str) -> html.HtmlElement:
    tree, whole = parse_html(text)
    if not whole:
        raise NoArticle("the page nests elements more than 2048 deep; it is damaged or made to harm")
    elements = depth = deepest = 0
    for event, _ in etree.iterwalk(tree, events=("start", "end")):
        elements += event == "start"
        depth += 1 if event == "start" else -1
        deepest = max(deepest, depth)
    if elements > _MOST_ELEMENTS or deepest > _DEEPEST:
        raise NoArticle(
            f"the page has {elements} elements {deepest} deep; at most {_MOST_ELEMENTS} elements, "
            f"{_DEEPEST} deep, are read"
        )
    return tree


def _body(extracted: Any) -> Iterator[str]:
    """Paragraphs of the tree that trafilatura keeps."""
    if extracted is None:
        return
    for element in extracted:
        items = element.findall(".//item") if element.tag == "list" else element.findall(".//row")
        for item in items or (element,):
            lines = [" ".join(line.split()) for line in "".join(item.itertext()).split("\n")]
            # Loose words of a menu or a form come as one paragraph, a line each.
            short = max(map(len, lines)) < _LEAST_PARAGRAPH
            yield from (line for line in (lines if short else [" ".join(lines)]) if line)


def _images(tree: html.HtmlElement, own: Metadata, base: str) -> list[dict[str, str]]:
    captions: dict[str, str] = dict.fromkeys(own.images, "")
    for figure in tree.iter("figure"):
        picture, caption = figure.find(".//img"), figure.find(".//figcaption")
        source = picture.get("src") or picture.get("data-src") or "" if picture is not None else ""
        if source and not source.startswith("data:"):
            captions[urljoin(base, source)] = element_text(caption) if caption is not None else ""
    return [{"url": url, "caption": caption} for url, caption in captions.items()]


def _without_site(title: str, site: str) -> str:
    """`Flood recedes | Three Rivers Times` -> `Flood recedes` when the site is called so."""
    if not site:
        return title
    cut = re.sub(rf"\s+[-–—|:·»]\s*{re.escape(site)}\s*\Z", "", title, flags=re.IGNORECASE)
    return cut or title


def _guessed_list(value: object) -> list[str]:
    return [part.strip() for part in str(value or "").split(";") if part.strip()]


def _read_dates(fields: dict[str, Any], own: Metadata, guessed: str, problems: list[str]) -> None:
    for name, value in (("published_at", own.published or guessed), ("updated_at", own.updated)):
        try:
            fields[name] = parse_date(value)
        except ValueError as error:
            problems.append(f"{name} {error}")
