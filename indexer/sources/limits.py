"""How much a source may ask of us: one table of limits, and the readers that keep them.

InputDamaged             the bytes end or break before they should
└── InputTooLarge        a limit of `Limits` is passed
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

_CHUNK = 1 << 16
_GZIP_MAGIC = b"\x1f\x8b\x08"


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes in bytes. The text of one article is limited by `Article` itself."""

    record: int = 20_000_000
    """One record: a JSON line, an HTML page, the payload of a WARC record."""
    document: int = 200_000_000
    """A file that must be read whole: a JSON array, a feed."""
    ratio: int = 200
    """Most bytes that one compressed byte may become ..."""
    ratio_floor: int = 100_000_000
    """... unless the whole is smaller than this."""


DEFAULT_LIMITS = Limits()


class InputDamaged(Exception):
    """The bytes of a source end or break before they should; what was read before is good."""


class InputTooLarge(InputDamaged):
    """A source passes one of the limits."""


class Budget:
    """Counts what comes out of a compressed file and stops a bomb.

    `spend` raises `InputTooLarge` once the total passes `ratio` times the compressed size and the floor.
    """

    def __init__(self, compressed_size: int, limits: Limits) -> None:
        """`compressed_size` is the size of the file in bytes."""
        self._allowed = max(limits.ratio_floor, limits.ratio * compressed_size)
        self._size = compressed_size
        self._spent = 0

    def spend(self, count: int) -> None:
        """Count `count` more decompressed bytes."""
        self._spent += count
        if self._spent > self._allowed:
            raise InputTooLarge(
                f"{self._size} compressed bytes grow to more than {self._allowed}, which looks like a "
                "decompression bomb; unpack the file yourself if you trust it"
            )


class GunzipReader(io.RawIOBase):
    """Decompresses gzip members one after another, within a budget.

    Everything before a fault is given out first; then `read` raises `InputDamaged`. A reader that goes on
    after that continues at the next member that can be found.
    """

    def __init__(self, raw: BinaryIO, budget: Budget) -> None:
        """`raw` holds the gzip data."""
        self._raw = raw
        self._budget = budget
        self._input = b""
        self._consumed = 0
        self._member: zlib._Decompress | None = None

    def readable(self) -> bool:
        """Always true: the stream is for reading only."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Fill `buffer` with at most its length of decompressed bytes; 0 at the end."""
        while True:
            if not self._input and not self._refill():
                if self._member is None:
                    return 0
                self._member = None
                raise InputDamaged(f"the gzip data is cut off after {self._consumed} bytes")
            if self._member is None:
                self._start_member()
                continue
            data = self._decompress(len(buffer))
            if data:
                self._budget.spend(len(data))
                buffer[: len(data)] = data
                return len(data)

    def _refill(self) -> bool:
        self._input = self._raw.read(_CHUNK)
        self._consumed += len(self._input)
        return bool(self._input)

    def _start_member(self) -> None:
        # Zero bytes between members are padding that tape-minded programs write.
        self._input = self._input.lstrip(b"\0")
        if self._input:
            self._member = zlib.decompressobj(zlib.MAX_WBITS | 16)

    def _decompress(self, limit: int) -> bytes:
        assert self._member is not None
        try:
            data = self._member.decompress(self._input, limit)
        except zlib.error as error:
            position = self._consumed - len(self._input)
            self._skip_to_next_member()
            raise InputDamaged(f"the gzip data is damaged near byte {position} ({error})") from error
        if self._member.eof:
            self._input, self._member = self._member.unused_data, None
        else:
            self._input = self._member.unconsumed_tail
        return data

    def _skip_to_next_member(self) -> None:
        self._member = None
        rest = self._input[1:]
        while (found := rest.find(_GZIP_MAGIC)) < 0:
            tail = rest[-2:]
            if not self._refill():
                self._input = b""
                return
            rest = tail + self._input
        self._input = rest[found:]


class ZipMemberReader(io.RawIOBase):
    """One member of a zip file, within a budget; nothing is written to disk.

    Behind a fault, which is told once by `InputDamaged`, it has ended.
    """

    def __init__(self, member: BinaryIO, budget: Budget) -> None:
        """`member` is an open member of a zip file."""
        self._member = member
        self._budget = budget
        self._broken = False

    def readable(self) -> bool:
        """Always true: the stream is for reading only."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Fill `buffer` with at most its length of bytes; 0 at the end."""
        if self._broken:
            return 0
        try:
            data = self._member.read(len(buffer))
        except (zlib.error, EOFError, OSError, ValueError, RuntimeError) as error:
            self._broken = True
            raise InputDamaged(f"the zip member is damaged ({error})") from error
        except Exception as error:  # zipfile.BadZipFile and NotImplementedError share no useful root
            self._broken = True
            raise InputDamaged(f"the zip member cannot be read ({error})") from error
        self._budget.spend(len(data))
        buffer[: len(data)] = data
        return len(data)


@dataclass(frozen=True, slots=True)
class LongLine:
    """Stands for a line that was too long to keep; `head` is how it begins."""

    size: int
    head: bytes


def bounded_lines(stream: BinaryIO, longest: int) -> Iterator[bytes | LongLine]:
    """The lines of a stream without their line end; a line over `longest` bytes is counted, not kept."""
    while line := stream.readline(longest + 2):
        content = line.rstrip(b"\r\n")
        if len(content) <= longest:
            yield content
            continue
        size, head, ended = len(content), content[:200], line.endswith(b"\n")
        del line, content
        while not ended and (rest := stream.readline(_CHUNK)):
            size, ended = size + len(rest.rstrip(b"\r\n")), rest.endswith(b"\n")
        yield LongLine(size, head)


def read_whole(stream: BinaryIO, limit: int, what: str) -> bytes:
    """All bytes of a stream; raises `InputTooLarge` when there are more than `limit`."""
    parts, size = [], 0
    while part := stream.read(_CHUNK):
        size += len(part)
        if size > limit:
            raise InputTooLarge(f"{what} has more than {limit} bytes, the most that is read; split it")
        parts.append(part)
    return b"".join(parts)
