"""A publisher's record, by whatever names, -> `Article`."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from typing import Any

from analyzers import detect_language

from ..articles import Article, article_from
from ..errors import ArticleInvalid
from .dates import parse_date
from .rejects import Reject, excerpt

# Names of one field, best first. The first is `Article`'s own; then schema.org's; then what feeds and
# data sets call it.
TITLE = ("title", "headline")
LEAD = ("lead", "summary", "abstract", "description", "alternativeHeadline")
BODY = ("body", "articleBody", "text", "content")
_AUTHORS = ("authors", "author", "creator", "byline")
_PUBLISHED = ("published_at", "datePublished", "published", "date", "pubDate", "date_published")
_UPDATED = ("updated_at", "dateModified", "updated", "modified", "date_modified")
_PUBLISH_AT = ("publish_at", "embargo_until", "embargoed")
_SECTION = ("section", "articleSection", "category", "categories")
_TAGS = ("tags", "keywords")
_LANG = ("lang", "inLanguage", "language")
_URL = ("url", "link", "mainEntityOfPage", "@id")
_SOURCE = ("source", "publisher")
_SOURCE_URL = ("source_url", "isBasedOn", "isBasedOnUrl")
_IMAGES = ("images", "image")
_ID = ("id", "identifier")
_MOMENTS = (("published_at", _PUBLISHED), ("updated_at", _UPDATED), ("publish_at", _PUBLISH_AT))

# BCP 47 asks for the shortest code of a language; many tools write ISO 639-3.
_SHORT_CODES = {
    "ara": "ar", "deu": "de", "eng": "en", "fra": "fr", "ind": "id", "ita": "it", "jpn": "ja", "khm": "km",
    "kor": "ko", "lao": "lo", "nld": "nl", "por": "pt", "rus": "ru", "spa": "es", "tha": "th", "vie": "vi",
    "zho": "zh",
}  # fmt: skip
_DETECT_FROM = 4_000
"""Code points that are enough to tell a language."""


def read_record(record: Mapping[str, Any], path: str, position: str) -> Article | Reject:
    """An article from a record in the names of `Article`, of schema.org or of their aliases.

    Never raises for what the record holds: a `Reject` carries every problem found.
    """
    problems: list[str] = []
    fields = _own_names(record, problems)
    return article_or_reject(fields, path, position, problems)


def schema_org_fields(record: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a schema.org thing by short names; dates stay text, nothing is validated.

    Keys: those of `Article`, with `published` and `updated` for the dates and URLs alone for `images`.
    """
    fields = _texts(record)
    body = _first(record, BODY)
    return {
        **fields,
        "body": body if isinstance(body, str) else "\n\n".join(_names(body)),
        "published": _scalar(_first(record, _PUBLISHED)),
        "updated": _scalar(_first(record, _UPDATED)),
        "images": [image["url"] for image in fields["images"] if image["url"]],
    }


def article_or_reject(
    fields: dict[str, Any], path: str, position: str, problems: list[str] | None = None
) -> Article | Reject:
    """Validate a record in `Article`'s own names; a missing `lang` is told from the text.

    `problems` are those found before; they are reported together with the article's own.
    """
    found = list(problems or ())
    if not fields.get("lang"):
        fields["lang"] = language_of(fields)
    try:
        article = article_from(fields)
    except ArticleInvalid as error:
        found.extend(error.problems)
    else:
        if not found:
            return article
    begins = str(fields.get("title") or fields.get("lead") or fields.get("url") or fields.get("id") or "")
    return Reject(path, position, "; ".join(found), excerpt(begins))


def derived_id(*parts: str) -> str:
    """A stable id for a record without one: 16 hex digits of the SHA-256 of what names it."""
    return hashlib.sha256("\n".join(parts).encode("utf-8", "replace")).hexdigest()[:16]


def split_paragraphs(text: str) -> list[str]:
    """Paragraphs of a text: between blank lines, or one a line when there is no blank line."""
    text = text.replace("\r\n", "\n")
    return re.split(r"\n\s*\n", text) if re.search(r"\n\s*\n", text.strip()) else text.split("\n")


def clean_lang(tag: str) -> str:
    """A language tag by BCP 47: `vi_VN` -> `vi-VN`, `ara` -> `ar`."""
    primary, *rest = tag.strip().replace("_", "-").split("-")
    return "-".join([_SHORT_CODES.get(primary.lower(), primary), *rest])


def _own_names(record: Mapping[str, Any], problems: list[str]) -> dict[str, Any]:
    fields = _texts(record)
    body = _first(record, BODY)
    fields["body"] = split_paragraphs(body) if isinstance(body, str) else body
    fields["id"] = _scalar(_first(record, _ID))
    fields["withdrawn"] = record.get("withdrawn")
    for name, names in _MOMENTS:
        try:
            fields[name] = parse_date(_first(record, names))
        except ValueError as error:
            problems.append(f"{name} {error}")
    return fields


def _texts(record: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that need no checking of their own."""
    sections = list(_names(_first(record, _SECTION)))
    return {
        "lang": clean_lang(str(_scalar(_first(record, _LANG)) or "")),
        "title": _first(record, TITLE),
        "lead": _first(record, LEAD),
        "authors": list(_names(_first(record, _AUTHORS))),
        "source": _scalar(_first(record, _SOURCE)),
        "section": sections[0] if sections else None,
        "tags": [*sections[1:], *_tags(_first(record, _TAGS))],
        "url": _address(record, _URL),
        "source_url": _address(record, _SOURCE_URL),
        "images": list(_images(_first(record, _IMAGES))),
    }


def _first(record: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    for name in names:
        value = record.get(name)
        if value not in (None, "", []):
            return value
    return None


def _scalar(value: Any) -> Any:
    """The text of a value that schema.org lets be text, a thing with a name, or a list of these."""
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, Mapping):
        value = _first(value, ("name", "value", "alternateName", "@id"))
    # What is left may be a number, which the article's own rules accept or refuse by name.
    return None if isinstance(value, list | Mapping) else value


def _names(value: Any) -> Iterator[str]:
    for item in value if isinstance(value, list) else [value]:
        name = _scalar(item)
        if isinstance(name, str) and name.strip():
            yield name


def _tags(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        value = re.split(r"\s*[,;،]\s*", value)
    return _names(value)


def _address(record: Mapping[str, Any], names: tuple[str, ...]) -> str | None:
    for name in names:
        value = record.get(name)
        if isinstance(value, list):
            value = value[0] if value else None
        if isinstance(value, Mapping):
            value = _first(value, ("url", "@id"))
        # "@id" and mainEntityOfPage often hold a fragment or `true`; only the own names must be right.
        if isinstance(value, str) and (name in {"url", "source_url"} or value.startswith("http")):
            return value
    return None


def _images(value: Any) -> Iterator[dict[str, str]]:
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, str):
            yield {"url": item, "caption": ""}
        elif isinstance(item, Mapping):
            url = _first(item, ("url", "contentUrl", "@id"))
            caption = _first(item, ("caption", "description"))
            yield {"url": str(url or ""), "caption": caption if isinstance(caption, str) else ""}


def language_of(fields: Mapping[str, Any]) -> str:
    """The language of a record's own text; `und` when no one could tell."""
    body = fields.get("body")
    parts = [fields.get("title"), fields.get("lead"), *(body if isinstance(body, list | tuple) else [body])]
    text = "\n".join(part[:_DETECT_FROM] for part in parts[:20] if isinstance(part, str))
    return detect_language(text[:_DETECT_FROM])
