"""Which format a file is in: its content decides, its name helps where the content cannot."""

from __future__ import annotations

import re
import zipfile
import zlib
from pathlib import Path

from ..errors import SourceError
from .jsonl import is_array

FORMATS = ("jsonl", "json", "html", "warc", "wacz", "feed", "page_text")
"""Every format that `read_path` knows, by the name that it takes."""

_HEAD = 1 << 16
_BY_SUFFIX = {
    ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "json", ".html": "html", ".htm": "html", ".xhtml": "html",
    ".warc": "warc", ".wacz": "wacz", ".rss": "feed", ".atom": "feed", ".rdf": "feed", ".txt": "page_text",
}  # fmt: skip
_FEED = re.compile(rb"<(?:\w+:)?(?:rss|feed|RDF)[\s>]")
_HTML = re.compile(rb"<!doctype\s+html|<html[\s>]", re.IGNORECASE)
_UTF_16 = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}


def check_format(format: str | None) -> None:
    """Raise `SourceError` for a name that is none of `FORMATS`; None is no name."""
    if format is not None and format not in FORMATS:
        raise SourceError(f"there is no format {format!r}; use one of {', '.join(FORMATS)}")


def detect_format(path: Path) -> str:
    """The format of a file, one of `FORMATS`; gzip around it is looked through.

    Raises `SourceError` for a file in none of them.
    """
    head = read_head(path)
    found = _by_content(head, path) or _by_name(path, head)
    if found is None:
        raise SourceError(
            f"{path} is in no known format; give --format (one of {', '.join(FORMATS)}) if you know it"
        )
    return found


def read_head(path: Path) -> bytes:
    """The first 64 KB of a file's content, decompressed if it is gzip. Raises `OSError`."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if not head.startswith(b"\x1f\x8b"):
        return head
    try:
        return zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(head, _HEAD)
    except zlib.error:
        return b""


def _by_content(head: bytes, path: Path) -> str | None:
    text = head.decode(_UTF_16[head[:2]], "replace").encode() if head[:2] in _UTF_16 else head
    start = text.removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith(b"WARC/"):
        return "warc"
    if head.startswith(b"PK\x03\x04"):
        return "wacz" if _holds_warc(path) else None
    if start.startswith((b"{", b"[")):
        return "json" if is_array(start) else "jsonl"
    if start.startswith(b"<"):
        markup = _HTML.search(start[:4096])
        feed = _FEED.search(start)
        if feed and (not markup or feed.start() < markup.start()):
            return "feed"
        return "html" if markup else None
    return None


def _by_name(path: Path, head: bytes) -> str | None:
    suffixes = [suffix.lower() for suffix in path.suffixes]
    if suffixes and suffixes[-1] == ".gz":
        suffixes.pop()
    found = _BY_SUFFIX.get(suffixes[-1]) if suffixes else None
    # A picture or program behind a text name; the text formats that may hold a stray NUL reject it by line.
    return (
        None
        if found == "page_text" and head.count(b"\0") > len(head) // 10 and head[:2] not in _UTF_16
        else found
    )


def _holds_warc(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            return any(name.startswith("archive/") for name in archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return path.suffix.lower() == ".wacz"
