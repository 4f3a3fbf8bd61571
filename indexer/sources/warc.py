"""Web archives: WARC, plain or gzip, and WACZ, which is WARCs in a zip file."""

from __future__ import annotations

import io
import os
import re
import zipfile
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


def read_warc(
    stream: BinaryIO, path: str, limits: Limits, inside: str = ""
) -> Iterator[Article | Reject]:
    """The articles among the responses of a web archive.

    Records that are no successful HTML response are passed over; an archive with none at all gives one
    `Reject`. `inside` names the member of a WACZ and begins every position.
    """
    count, pages = 0, 0
    lines: _Records | None = _Records(stream)
    while lines is not None:
        try:
            for record in lines.iterator:
                count += 1
                item = _read_record(record, path, f"{inside}record {count}", limits)
                pages += item is not None
                if item is not None:
                    yield item
            lines = None
        except ArchiveLoadFailed as error:
            count += 1
            pages += 1
            yield Reject(path, f"{inside}record {count}", f"not a WARC record: {str(error).strip()[:200]}")
            lines = lines.after_fault()
        except InputTooLarge as error:
            yield Reject(path, f"{inside}record {count + 1}", str(error))
            return
        except InputDamaged as error:
            count += 1
            pages += 1
            yield Reject(path, f"{inside}record {count}", f"{error}; the records before were read")
            lines = lines.after_fault()
        except (ValueError, EOFError, OSError, AttributeError, TypeError, IndexError, KeyError) as error:
            # What warcio lets through when a header is not what it should be.
            count += 1
            pages += 1
            yield Reject(path, f"{inside}record {count}", f"a damaged WARC record ({type(error).__name__}: {error})")
            lines = lines.after_fault()
    if not pages:
        yield Reject(path, inside.rstrip(", "), f"no HTML article in {count} records")


def read_wacz(stream: BinaryIO, path: str, limits: Limits) -> Iterator[Article | Reject]:
    """The articles of every WARC in a WACZ. Nothing is unpacked to disk, so member names are only labels."""
    budget = Budget(os.fstat(stream.fileno()).st_size, limits)
    try:
        with zipfile.ZipFile(stream) as archive:
            names = [name for name in archive.namelist()[:_MOST_MEMBERS] if _WARC_MEMBER.match(name)]
            if not names:
                yield Reject(path, "", "the zip file holds no archive/*.warc or archive/*.warc.gz, so it is no WACZ")
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
        self._stream = stream
        self.iterator: Any = ArchiveIterator(cast(Any, _NotGzip(stream)))

    def after_fault(self) -> _Records | None:
        """The records from the next one that can be found; `None` if there is none."""
        reader = self.iterator.reader
        while True:
            try:
                line = reader.readline(1 << 16)
                if not line:
                    return None
                if line.startswith(b"WARC/1"):
                    return _Records(cast(BinaryIO, _Joined(line, reader)))
            except InputTooLarge:
                return None
            except InputDamaged:
                # The stream behind goes on at its next whole gzip member.
                continue


class _NotGzip:
    """A stream as warcio wants it: gzip is undone before, within the budget."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def read(self, size: int = -1) -> bytes:
        return self._stream.read(size)


class _Joined:
    """A line that was read too early, then the rest."""

    def __init__(self, first: bytes, rest: Any) -> None:
        self._first = first
        self._rest = rest

    def read(self, size: int = -1) -> bytes:
        if self._first:
            first, self._first = self._first[:size], self._first[size:]
            return first
        return cast(bytes, self._rest.read(size))


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
