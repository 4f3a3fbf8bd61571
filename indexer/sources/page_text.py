"""Saved page text: what a browser shows of an article page, copied into a text file.

    Site name                                   not always there
    Title
    Lead                                        not always there
    Báo Sông XanhBáo Sông Xanh08/03/2024        by-line: a name (often twice, glued) and a date
    A caption.                                  a block that says one line twice
    A caption.
    First paragraph ...
    photo_4100.jpg                              an image file name, its caption in the same block
    A caption.
    Last paragraph ...
    Source: https://...                         the article ends here
    Comment (0)                                 ... or here; lists of other stories follow

Blocks are separated by blank lines. The structure decides; the only words known are the headings that end
an article, the labels of a source line and those of a photo credit, each in a few languages.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

from ..articles import Article
from .dates import parse_date
from .limits import InputDamaged, Limits, read_whole
from .page_parts import parse_page
from .records import article_or_reject, derived_id, language_of
from .rejects import Reject, excerpt


def read_page_text(stream: BinaryIO, path: str, limits: Limits) -> Iterator[Article | Reject]:
    """The article of one saved page, or why there is none."""
    try:
        text = _decode(read_whole(stream, limits.record, "a saved page"))
    except InputDamaged as error:
        yield Reject(path, "", str(error))
        return
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        where = f"line {line}, byte {error.start + 1} of the file"
        yield Reject(path, where, f"broken UTF-8 ({error.reason}); save the file as UTF-8", "")
        return
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        yield Reject(
            path, f"line {line}", "the page has a NUL byte; the file is damaged or not text", excerpt(text)
        )
        return
    page = parse_page(text)
    if not text.strip():
        yield Reject(path, "", "the file is empty")
    elif page is None:
        reason = (
            "no saved article: it has neither a by-line with a date (`Name26/10/2025`) nor a source line "
            "(`Source: https://...`); give --format if it is something else"
        )
        yield Reject(path, "", reason, excerpt(text.lstrip()))
    else:
        yield _article(page, path)


def _article(fields: dict[str, Any], path: str) -> Article | Reject:
    problems: list[str] = []
    try:
        fields["published_at"] = parse_date(fields["published_at"])
    except ValueError as error:
        problems.append(f"published_at {error}")
        fields["published_at"] = None
    fields["lang"] = language_of(fields)
    # A saved page does not tell its own address; editions of a story share a source link, never a language.
    name = (fields["source_url"], "") if fields["source_url"] else (fields["source"], fields["title"])
    fields["id"] = derived_id(*name, fields["lang"])
    return article_or_reject(fields, path, "", problems)


def _decode(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16")
    return data.decode("utf-8-sig")
