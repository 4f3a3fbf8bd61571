"""The file of one segment: named arrays, checksummed in chunks, behind a header that is written last.

    header   64 bytes: magic, version, length of the file, place and length of the directory, checksums
    arrays   one after the other, each from a multiple of 8 bytes
    checks   CRC-32 of each 64 KiB between the header and here
    directory   JSON: the file's name, what the arrays are called, where they stand, what the writer noted

All numbers are little-endian. A file is complete or not there: it gets its name after its last byte is on
the disk. Readers map it and check each chunk the first time that they touch it.
"""

from __future__ import annotations

import json
import mmap
import os
import struct
import zlib
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from ....errors import IndexDamaged

VERSION = 2
MAGIC = b"DALILCOL"
CHUNK = 1 << 16
PADDING = 8
"""Bytes after the last array, so that eight bytes can be read from any byte of any array."""

_HEADER = struct.Struct("<8sIQQII")
"""Magic, version, length of the file, end of the arrays, CRC-32 of what follows them and of the header."""
_HEADER_SIZE = 64

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Section:
    """Where an array stands: first byte in the file, number of items, type."""

    start: int
    size: int
    dtype: np.dtype[Any]


class SegmentFileWriter:
    """Writes arrays one after the other; `finish` makes the file whole and durable under its name."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
        self._file: BinaryIO = self._temporary.open("w+b")
        self._file.write(bytes(_HEADER_SIZE))
        self._sections: dict[str, Section] = {}
        self._checks: list[int] = []
        self._pending = bytearray()
        self._at = _HEADER_SIZE

    def add(self, name: str, parts: Iterable[Array | bytes], dtype: Any) -> None:
        """Write one array from its parts, all of one type."""
        self._write(bytes(-self._at % 8))
        start, kind = self._at, np.dtype(dtype).newbyteorder("<")
        for part in parts:
            self._write(part if isinstance(part, bytes) else np.ascontiguousarray(part, kind).tobytes())
        self._sections[name] = Section(start, (self._at - start) // kind.itemsize, kind)

    def finish(self, notes: Mapping[str, Any]) -> None:
        """Write the checks, the directory with `notes` (JSON-ready), the header; give the file its name."""
        self._write(bytes(PADDING + (-self._at % 8)))
        if self._pending:
            self._checks.append(zlib.crc32(self._pending))
        sections = {name: (s.start, s.size, s.dtype.str) for name, s in self._sections.items()}
        directory = json.dumps({"name": self._path.name, "sections": sections, "notes": notes}).encode()
        rest = np.array(self._checks, "<u4").tobytes() + directory
        self._file.write(rest)
        head = (MAGIC, VERSION, self._at + len(rest), self._at, zlib.crc32(rest))
        plain = _HEADER.pack(*head, 0)
        self._file.seek(0)
        self._file.write(_HEADER.pack(*head, zlib.crc32(plain)))
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self._temporary.replace(self._path)

    def discard(self) -> None:
        """Leave nothing behind; harmless after `finish`."""
        with suppress(OSError):
            # Closing writes what is buffered, for which there may be no room.
            self._file.close()
        self._temporary.unlink(missing_ok=True)

    def _write(self, data: bytes) -> None:
        self._file.write(data)
        self._at += len(data)
        self._pending += data
        whole = len(self._pending) - len(self._pending) % CHUNK
        if whole:
            view = memoryview(self._pending)
            self._checks += [zlib.crc32(view[at : at + CHUNK]) for at in range(0, whole, CHUNK)]
            view.release()
            del self._pending[:whole]


class SegmentFile:
    """Reads what `SegmentFileWriter` wrote; safe for several threads. Raises `IndexDamaged`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with path.open("rb") as file:
            length = os.fstat(file.fileno()).st_size
            self._end, check = self._header(file.read(_HEADER_SIZE), length)
            self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        try:
            self._read_directory(check)
        except BaseException:
            self._map.close()
            raise

    def _header(self, head: bytes, length: int) -> tuple[int, int]:
        if len(head) < _HEADER_SIZE:
            raise self._damaged(f"has only {length} bytes")
        magic, version, expected, end, check, own = _HEADER.unpack_from(head)
        if magic != MAGIC:
            raise self._damaged("does not begin as a segment does")
        plain = _HEADER.pack(magic, version, expected, end, check, 0)
        if zlib.crc32(plain) != own or any(head[_HEADER.size :]):
            raise self._damaged("has a header that does not match its checksum")
        if version != VERSION:
            raise self._damaged(f"has format {version}, this program reads format {VERSION}")
        if length != expected:
            raise self._damaged(f"has {length} bytes instead of {expected}")
        return end, check

    def _read_directory(self, check: int) -> None:
        rest = self._map[self._end :]
        if zlib.crc32(rest) != check:
            raise self._damaged("has a directory that does not match its checksum")
        chunks = -((_HEADER_SIZE - self._end) // CHUNK)
        directory = json.loads(rest[4 * chunks :])
        if directory["name"] != self.path.name:
            raise self._damaged(f"was written as {directory['name']}")
        self.notes: Mapping[str, Any] = directory["notes"]
        self.sections = {
            name: Section(start, size, np.dtype(kind))
            for name, (start, size, kind) in directory["sections"].items()
        }
        self._checks = np.frombuffer(rest, "<u4", chunks).tolist()
        self._checked = bytearray(chunks)

    def array(self, name: str, start: int = 0, stop: int | None = None) -> Array:
        """Items `start` to `stop` of an array, checked, not copied."""
        section = self.sections[name]
        stop = section.size if stop is None else stop
        first = section.start + start * section.dtype.itemsize
        self.check(first, section.start + stop * section.dtype.itemsize)
        return np.frombuffer(self._map, section.dtype, stop - start, first)

    def bytes_anywhere(self, name: str, start: int, stop: int) -> Array:
        """Eight bytes from each byte `start` to `stop` of an array on, as overlapping integers."""
        section = self.sections[name]
        first = section.start + start
        self.check(first, min(section.start + stop + PADDING, self._end))
        flat = np.frombuffer(self._map, "u1", stop - start + PADDING, first)
        return np.ndarray((stop - start,), "<u8", flat, 0, (1,))

    def take(self, name: str, indexes: NDArray[np.int64]) -> Array:
        """Items of an array, checked, in any order."""
        section = self.sections[name]
        size = section.dtype.itemsize
        places = section.start + indexes * size
        self.check_each(places, places + size)
        items: Array = np.frombuffer(self._map, section.dtype, section.size, section.start)[indexes]
        return items

    def from_array(self, name: str) -> NDArray[np.uint8]:
        """The bytes of an array, checked, and what stands behind it in the file: at least the directory."""
        section = self.sections[name]
        self.check(section.start, section.start + section.size * section.dtype.itemsize)
        return np.frombuffer(self._map, np.uint8, offset=section.start)

    def words(self) -> Array:
        """Eight bytes from each byte of the file on, as overlapping integers; not checked."""
        flat = np.frombuffer(self._map, "u1")
        return np.ndarray((len(flat) - PADDING + 1,), "<u8", flat, 0, (1,))

    def check_each(self, first: NDArray[np.int64], last: NDArray[np.int64]) -> None:
        """`check` for many stretches, none of them empty."""
        begin, end = (first - _HEADER_SIZE) // CHUNK, (last - 1 - _HEADER_SIZE) // CHUNK
        checked = np.frombuffer(self._checked, np.uint8)
        # What lies between the ends of a long stretch is looked at too.
        unsure = (checked[begin] == 0) | (checked[end] == 0) | (end - begin > 1)
        for at in np.flatnonzero(unsure).tolist():
            self.check(int(first[at]), int(last[at]))

    def check(self, first: int, last: int) -> None:
        """Raise `IndexDamaged` if a chunk with a byte of [first, last) is not what was written."""
        begin, end = (first - _HEADER_SIZE) // CHUNK, -((_HEADER_SIZE - last) // CHUNK)
        checked = self._checked
        if checked.find(0, begin, end) < 0:
            return
        for chunk in range(begin, end):
            if not checked[chunk]:
                place = _HEADER_SIZE + chunk * CHUNK
                with memoryview(self._map) as view, view[place : min(place + CHUNK, self._end)] as data:
                    found = zlib.crc32(data)
                if found != self._checks[chunk]:
                    raise self._damaged(f"does not match its checksum near byte {place}")
                checked[chunk] = 1

    def check_length(self) -> None:
        """Raise `IndexDamaged` if someone has cut the file off: touching what is gone ends the process."""
        if self._map.size() < len(self._map):
            raise self._damaged(f"has been cut off to {self._map.size()} bytes")

    def release(self) -> None:
        """Let the system take back the pages that were read; they stay readable."""
        if hasattr(mmap, "MADV_DONTNEED"):
            self._map.madvise(mmap.MADV_DONTNEED)

    def check_all(self) -> None:
        """Check every chunk."""
        self.check(_HEADER_SIZE, self._end)

    def close(self) -> None:
        """Unmap the file, once no array of it is in use."""
        try:
            self._map.close()
        except BufferError:
            # Arrays of ours are still being read somewhere; the map goes with the last of them.
            return

    def _damaged(self, what: str) -> IndexDamaged:
        return IndexDamaged(f"{self.path} {what}; run `dalil reindex`")
