"""`Article`: one story in one language, as the archive keeps it and `dalil export` prints it."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from analyzers.unicode_text import stream_safe

from .errors import ArticleInvalid

MAX_TEXT = 2_000_000
"""Most code points of title, lead, body and captions together."""
MAX_ID = 200
MAX_LINE = 2_000
"""Most code points of a title, a name, a section, a URL."""
MAX_ITEMS = 200
"""Most authors, tags or images of one article."""

_LANG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*\Z")
_TRACKING = re.compile(r"(?:utm_\w+|fbclid|gclid|mc_cid|mc_eid|ref)\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Image:
    """A picture of an article: where it is and what its caption says."""

    url: str
    caption: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One published story in one language. Build it with `article_from`, which validates."""

    id: str
    """Given by the publisher, or derived from the canonical URL; at most 200 code points."""
    lang: str
    """BCP 47 tag, `ar`, `zh-Hant`; `und` when no one could tell."""
    title: str = ""
    lead: str = ""
    body: tuple[str, ...] = ()
    """Paragraphs in order, plain text, none empty."""
    authors: tuple[str, ...] = ()
    source: str = ""
    """Name of the publisher: `Báo Nhân dân`."""
    section: str = ""
    tags: tuple[str, ...] = ()
    published_at: datetime | None = None
    """Aware. A date without a time is midnight UTC of that day."""
    updated_at: datetime | None = None
    url: str = ""
    source_url: str = ""
    """Where this text was taken or translated from."""
    images: tuple[Image, ...] = ()
    publish_at: datetime | None = None
    """Aware. Not to be seen before: see `indexer.archive.held`."""
    withdrawn: bool = False
    """Not to be seen any more; such an article needs no text."""

    @property
    def text(self) -> str:
        """Title, lead and body as one text, a blank line between paragraphs."""
        return "\n\n".join(part for part in (self.title, self.lead, *self.body) if part)

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready: the field names of `dalil export`, dates in ISO 8601, empty fields omitted."""
        record: dict[str, Any] = {"id": self.id, "lang": self.lang}
        for name in ("title", "lead", "source", "section", "url", "source_url"):
            if value := getattr(self, name):
                record[name] = value
        for name in ("body", "authors", "tags"):
            if value := getattr(self, name):
                record[name] = list(value)
        for name in ("published_at", "updated_at", "publish_at"):
            moment: datetime | None = getattr(self, name)
            if moment is not None:
                record[name] = moment.isoformat()
        if self.images:
            record["images"] = [{"url": image.url, "caption": image.caption} for image in self.images]
        if self.withdrawn:
            record["withdrawn"] = True
        return record

    def canonical(self) -> str:
        """JSON of `as_dict` with every key in its place: two articles are the same if and only if it is."""
        return _canonical(self.as_dict())

    def content_hash(self) -> str:
        """SHA-256 (hex) of `canonical`."""
        return hash_of(self.canonical())


_canonical = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def hash_of(canonical: str) -> str:
    """`content_hash` of the article that has this canonical JSON."""
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()


def canonical_url(url: str) -> str:
    """The URL by which two links to one page are known as one.

    Host lower-cased, `www.`, default port, fragment, tracking parameters and a trailing slash gone, other
    parameters sorted.

    >>> canonical_url("HTTPS://www.Example.org:443/ar/ha-noi/?utm_source=x&b=2&a=1#top")
    'https://example.org/ar/ha-noi?a=1&b=2'
    """
    parts = urlsplit(url.strip())
    host = (parts.hostname or "").removeprefix("www.")
    port = parts.port
    if port and port != {"http": 80, "https": 443}.get(parts.scheme):
        host = f"{host}:{port}"
    pairs = [(k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if not _TRACKING.match(k)]
    return urlunsplit((parts.scheme, host, parts.path.rstrip("/"), urlencode(sorted(pairs)), ""))


def id_from_url(url: str) -> str:
    """An id for an article that has none: 16 hex digits of the SHA-256 of its canonical URL.

    `http` and `https` give the same id.
    """
    schemeless = canonical_url(url).split("://", 1)[-1]
    return hashlib.sha256(schemeless.encode()).hexdigest()[:16]


def article_from(record: Mapping[str, Any]) -> Article:
    """Check a record in `Article`'s field names and build the article.

    `body` may be text (split at blank lines) or a list of paragraphs; dates may be `datetime` or ISO 8601;
    `authors` and `tags` a list or one string; `images` a list of `{url, caption}` or of URLs. Control
    characters are dropped and lone surrogates replaced, text is otherwise kept as it is (no NFC).

    Raises `ArticleInvalid` with every problem found.
    """
    problems: list[str] = []
    title, lead = _line(record.get("title"), "title", problems), _text(record.get("lead"), "lead", problems)
    body = _paragraphs(record.get("body"), problems)
    url = _url(record.get("url"), "url", problems)
    source_url = _url(record.get("source_url"), "source_url", problems)
    lang = _lang(record.get("lang"), problems)
    images = _images(record.get("images"), problems)
    article_id = _line(record.get("id"), "id", problems)
    if not article_id and url:
        article_id = id_from_url(url)
    if not article_id:
        problems.append("id is missing and there is no url to derive it from; give one of them")
    elif len(article_id) > MAX_ID:
        problems.append(f"id has {len(article_id)} characters, at most {MAX_ID} are allowed")
    withdrawn = _truth(record.get("withdrawn"), "withdrawn", problems)
    if not (title or lead or body or withdrawn):
        problems.append("title, lead and body are all empty; an article needs some text")
    size = len(title) + len(lead) + sum(map(len, body)) + sum(len(i.caption) for i in images)
    if size > MAX_TEXT:
        problems.append(f"the text has {size} characters, at most {MAX_TEXT} are allowed; split the article")
    article = Article(
        id=article_id,
        lang=lang,
        title=title,
        lead=lead,
        body=body,
        authors=_names(record.get("authors"), "authors", problems),
        source=_line(record.get("source"), "source", problems),
        section=_line(record.get("section"), "section", problems),
        tags=_names(record.get("tags"), "tags", problems),
        published_at=_moment(record.get("published_at"), "published_at", problems),
        updated_at=_moment(record.get("updated_at"), "updated_at", problems),
        url=url,
        source_url=source_url,
        images=images,
        publish_at=_moment(record.get("publish_at"), "publish_at", problems),
        withdrawn=withdrawn,
    )
    if problems:
        raise ArticleInvalid(problems)
    return article


def clean_text(text: str) -> str:
    r"""Text without what no article means to say: NUL and other control characters, lone surrogates, letters
    with heaps of marks (see `stream_safe`).

    Line ends become `\n`; tabs and line ends stay.
    """
    text = stream_safe(text)
    if text.isprintable():
        return text
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return "".join(c for c in text if c in "\n\t" or unicodedata.category(c) != "Cc")


def _text(value: Any, name: str, problems: list[str]) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        problems.append(f"{name} must be text, got {type(value).__name__}")
        return ""
    return clean_text(value).strip()


def _line(value: Any, name: str, problems: list[str]) -> str:
    if isinstance(value, int) and not isinstance(value, bool) and name == "id":
        value = str(value)
    line = " ".join(_text(value, name, problems).split())
    if len(line) > MAX_LINE:
        problems.append(f"{name} has {len(line)} characters, at most {MAX_LINE} are allowed")
    return line


def _paragraphs(value: Any, problems: list[str]) -> tuple[str, ...]:
    if value is None:
        return ()
    if isinstance(value, str):
        value = re.split(r"\n\s*\n", clean_text(value))
    if not isinstance(value, list | tuple):
        problems.append(f"body must be text or a list of paragraphs, got {type(value).__name__}")
        return ()
    paragraphs = (_text(paragraph, "a paragraph of body", problems) for paragraph in value)
    return tuple(paragraph for paragraph in paragraphs if paragraph)


def _names(value: Any, name: str, problems: list[str]) -> tuple[str, ...]:
    if value is None:
        return ()
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, list | tuple):
        problems.append(f"{name} must be a list of names, got {type(value).__name__}")
        return ()
    if len(value) > MAX_ITEMS:
        problems.append(f"{name} has {len(value)} entries, at most {MAX_ITEMS} are allowed")
    names = (_line(item, name, problems) for item in value[:MAX_ITEMS])
    return tuple(dict.fromkeys(item for item in names if item))


def _lang(value: Any, problems: list[str]) -> str:
    tag = _line(value, "lang", problems) or "und"
    if not _LANG.match(tag):
        problems.append(f"lang {tag[:40]!r} is not a BCP 47 tag; use one such as 'ar' or 'zh-Hant'")
        return "und"
    primary, *rest = tag.replace("_", "-").split("-")
    return "-".join([primary.lower(), *rest])


def _url(value: Any, name: str, problems: list[str]) -> str:
    url = _line(value, name, problems)
    if not url:
        return ""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        problems.append(f"{name} {url[:200]!r} is not a URL: {error}")
        return ""
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        problems.append(f"{name} {url[:200]!r} must begin with http:// or https:// and name a host")
        return ""
    return url


def _moment(value: Any, name: str, problems: list[str]) -> datetime | None:
    if value is None or value == "":
        return None
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value.strip())
        except ValueError:
            problems.append(f"{name} {value[:60]!r} is not a date; write it as 2025-10-26T15:30:00+07:00")
            return None
    if not isinstance(value, datetime):
        problems.append(f"{name} must be a date, got {type(value).__name__}")
        return None
    try:
        moment = value if value.tzinfo else value.replace(tzinfo=UTC)
        moment.astimezone(UTC)
    except (OverflowError, ValueError):
        problems.append(f"{name} {value!s} is outside the calendar")
        return None
    return moment


def _truth(value: Any, name: str, problems: list[str]) -> bool:
    # Nothing is guessed from "no" or 0: what was meant to be hidden must not be shown by a mistake.
    if value is None or isinstance(value, bool):
        return bool(value)
    problems.append(f"{name} must be true or false, got {str(value)[:60]!r}")
    return False


def _images(value: Any, problems: list[str]) -> tuple[Image, ...]:
    if value is None:
        return ()
    if not isinstance(value, list | tuple):
        problems.append(f"images must be a list, got {type(value).__name__}")
        return ()
    images = []
    for item in value[:MAX_ITEMS]:
        record = {"url": item} if isinstance(item, str) else item
        if not isinstance(record, Mapping):
            problems.append(f"an image must be a URL or {{url, caption}}, got {type(item).__name__}")
            continue
        url = _line(record.get("url"), "image url", problems)
        images.append(Image(url, _text(record.get("caption"), "image caption", problems)))
    return tuple(images)
