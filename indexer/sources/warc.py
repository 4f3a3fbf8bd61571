"""Web archives: WARC, plain or gzip, and WACZ, which is WARCs in a zip file."""

from __future__ import annotations

import io
import os
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any, BinaryIO, cast

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from ..articles import Article
from .html_page import read_page
from .limits import Budget, GunzipReader, InputDamaged, InputTooLarge, Limits, ZipMemberReader
from .rejects import Reject

_HTML_TYPES = ("text/html", "application/xhtml+xml")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_WARC_MEMBER = re.compile(r"archive/[^/]+\.warc(?:\.gz)?\Z", re.IGNORECASE)
_MOST_MEMBERS = 10_000
_LONGEST_LINE = 1 << 20
# Beside its own error warcio lets through what a header that is not what it should be makes of Python.
_FAULTS = (
    InputDamaged, ArchiveLoadFailed, ValueError, EOFError, OSError, AttributeError, TypeError,
    LookupError, zlib.error,
)  # fmt: skip


def read_warc(stream: BinaryIO, path: str, limits: Limits, inside: str = "") -> Iterator[Article | Reject]:
    """The articles among the responses of a web archive.

    Records that are no successful HTML response are passed over; an archive with none at all gives one
    `Reject`. `inside` names the member of a WACZ and begins every position.
    """
    records = _Records(stream)
    count = found = 0
    while True:
        position = f"{inside}record {count + 1}"
        item: Article | Reject | None
        try:
            record = records.next()
            if record is None:
                break
            item = _read_record(record, path, position, limits)
        except InputTooLarge as error:
            yield Reject(path, position, str(error))
            return
        except _FAULTS as error:
            item = Reject(path, position, f"a damaged WARC record: {_why(error)}; the other records are read")
            records.skip_to_next()
        count += 1
        if item is not None:
            found += 1
            yield item
    if not found:
        yield Reject(path, inside.rstrip(", "), f"no HTML article in {count} records")


def read_wacz(stream: BinaryIO, path: str, limits: Limits) -> Iterator[Article | Reject]:
    """The articles of every WARC in a WACZ. Nothing is unpacked to disk, so member names are only labels."""
    budget = Budget(os.fstat(stream.fileno()).st_size, limits)
    try:
        with zipfile.ZipFile(stream) as archive:
            names = [name for name in archive.namelist()[:_MOST_MEMBERS] if _WARC_MEMBER.match(name)]
            if not names:
                yield Reject(
                    path, "", "the zip file holds no archive/*.warc or archive/*.warc.gz, so it is no WACZ"
                )
            for name in sorted(set(names)):
                yield from _read_member(archive, name, path, budget, limits)
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        yield Reject(path, "", f"the zip file is damaged or cut off ({error})")


def _read_member(
    archive: zipfile.ZipFile, name: str, path: str, budget: Budget, limits: Limits
) -> Iterator[Article | Reject]:
    try:
        member = archive.open(name)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError) as error:
        yield Reject(path, name, f"the zip member cannot be opened ({error})")
        return
    with member:
        content = cast(BinaryIO, io.BufferedReader(ZipMemberReader(cast(BinaryIO, member), budget)))
        if name.lower().endswith(".gz"):
            content = cast(BinaryIO, GunzipReader(content, budget))
        yield from read_warc(content, path, limits, inside=f"{name}, ")


class _Records:
    """Warcio's iterator, with a way to go on behind a record that it cannot read."""

    def __init__(self, stream: BinaryIO) -> None:
        self._iterator: Any = _RecordIterator(_Plain(b"", stream))

    def next(self) -> Any:
        """The next record, `None` behind the last."""
        return next(self._iterator, None)

    def skip_to_next(self) -> None:
        """Go to the next line that begins a record, or to the end."""
        reader = self._iterator.reader
        while True:
            try:
                line = reader.readline(1 << 16)
            except InputTooLarge:
                line = b""
            except InputDamaged:
                continue  # the stream goes on at its next whole gzip member
            if not line or line.startswith(b"WARC/1"):
                self._iterator = _RecordIterator(_Plain(line, reader))
                return


class _RecordIterator(ArchiveIterator):  # type: ignore[misc,unused-ignore]  # warcio has no types
    """Warcio's iterator, that takes a wrong Content-Length for a fault instead of a line on stderr.

    No line of a header may be longer than `_LONGEST_LINE`: warcio would collect it, however long it is.
    """

    def __init__(self, stream: Any) -> None:
        super().__init__(stream)
        unbounded = self.reader.readline
        self.reader.readline = lambda length=None: unbounded(min(length or _LONGEST_LINE, _LONGEST_LINE))

    def _consume_blanklines(self) -> tuple[bytes | None, int]:
        blank = 0
        while line := self.reader.readline():
            if line.strip():
                if line.startswith(b"WARC/"):
                    return line, blank
                raise ArchiveLoadFailed(f"{line[:40]!r} stands where a record should begin")
            blank += len(line)
        return None, blank


class _Plain:
    """What was read too early, then the rest of a stream that must not be gzip.

    Warcio would unpack gzip inside it without a budget.
    """

    def __init__(self, first: bytes, rest: Any) -> None:
        self._first = first
        self._rest = rest
        self._checked = bool(first)

    def read(self, size: int = -1) -> bytes:
        if self._first:
            first, self._first = self._first, b""
            return first
        data = cast(bytes, self._rest.read(size))
        if not self._checked and data.startswith(b"\x1f\x8b"):
            raise InputTooLarge("gzip inside gzip is not unpacked; unpack the file once")
        self._checked = True
        return data


def _read_record(record: Any, path: str, position: str, limits: Limits) -> Article | Reject | None:
    if record.rec_type not in {"response", "resource"}:
        return None
    headers = record.http_headers
    if record.rec_type == "response" and (headers is None or headers.get_statuscode() != "200"):
        return None
    content_type = str((headers or record.rec_headers).get_header("Content-Type") or "")
    if not content_type.lower().lstrip().startswith(_HTML_TYPES):
        return None
    url = str(record.rec_headers.get_header("WARC-Target-URI") or "").strip("<> ")
    data = _payload(record.content_stream(), limits.record)
    if data is None:
        reason = f"the page has more than {limits.record} bytes, the most that is read"
        return Reject(path, position, reason, url)
    charset = _CHARSET.search(content_type)
    return read_page(data, path, position, url=url, charset=charset[1] if charset else None)


def _payload(stream: Any, limit: int) -> bytes | None:
    parts, size = [], 0
    while part := stream.read(1 << 14):
        parts.append(part)
        size += len(part)
        if size > limit:
            return None
    return b"".join(parts)


def _why(error: Exception) -> str:
    message = " ".join(str(error).split())[:200]
    return (
        message
        if isinstance(error, InputDamaged | ArchiveLoadFailed)
        else f"{type(error).__name__}: {message}"
    )
