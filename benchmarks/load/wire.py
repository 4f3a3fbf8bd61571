"""HTTP/1.1 over asyncio's sockets, no more than a load needs: its cores are those of the server."""

from __future__ import annotations

import asyncio
import gzip
import json
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

PATIENCE_S = 30.0
"""For an answer; a connection that takes longer has failed."""
_MOST_HEAD = 1 << 20
_IDLE_S = 30.0
"""A connection that was not used for so long is opened anew: the server may be about to close it."""


class Failed(Exception):
    """A connection that was refused, broke off or took too long."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer."""

    status: int
    body: bytes
    """As it came, which may be packed."""
    packed: bool
    took_s: float
    """From the request's first byte until the answer's last one."""

    def text(self) -> str:
        """The body as text."""
        return (gzip.decompress(self.body) if self.packed else self.body).decode()

    def json(self) -> dict[str, Any]:
        """The body as an object; an empty one where it is none."""
        try:
            found = json.loads(self.text())
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}


class Connection:
    """One connection to this machine, opened when it is needed. For one task."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._used = 0.0

    async def get(self, address: str) -> Answer:
        """Ask for a page as a browser does, packed. Raises `Failed`."""
        return await self.send("GET", address, {"Accept-Encoding": "gzip"})

    async def send(
        self, method: str, address: str, headers: dict[str, str] | None = None, body: bytes = b""
    ) -> Answer:
        """Send a request and wait for all of its answer. Raises `Failed`; nothing is sent twice."""
        lines = [f"{method} {address} HTTP/1.1", f"Host: 127.0.0.1:{self._port}"]
        lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
        if body:
            lines.append(f"Content-Length: {len(body)}")
        request = "\r\n".join([*lines, "\r\n"]).encode("ascii") + body
        if time.monotonic() - self._used > _IDLE_S:
            await self.close()
        started = time.perf_counter()
        try:
            async with asyncio.timeout(PATIENCE_S):
                if self._streams is None:
                    self._streams = await asyncio.open_connection("127.0.0.1", self._port, limit=_MOST_HEAD)
                reader, writer = self._streams
                writer.write(request)
                status, fields = _read_head(await reader.readuntil(b"\r\n\r\n"))
                found = await _body(reader, fields)
        except (OSError, EOFError, TimeoutError, asyncio.LimitOverrunError, ValueError) as error:
            await self.close()
            raise Failed(f"{type(error).__name__} {error} after {method} {address[:100]}") from error
        took = time.perf_counter() - started
        self._used = time.monotonic()
        if fields.get("connection", "").lower() == "close":
            await self.close()
        return Answer(status, found, fields.get("content-encoding") == "gzip", took)

    async def close(self) -> None:
        """Close it; the next request opens another one."""
        if self._streams is not None:
            (_, writer), self._streams = self._streams, None
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()


def _read_head(head: bytes) -> tuple[int, dict[str, str]]:
    r"""Status and fields, by names in lower case.

    >>> _read_head(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n")
    (200, {'content-length': '2'})
    """
    first, *lines = head.decode("latin-1").rstrip("\r\n").split("\r\n")
    pairs = (line.partition(":") for line in lines)
    return int(first.split(" ")[1]), {name.lower(): value.strip() for name, _, value in pairs}


async def _body(reader: asyncio.StreamReader, fields: dict[str, str]) -> bytes:
    if "content-length" in fields:
        return await reader.readexactly(int(fields["content-length"]))
    if fields.get("transfer-encoding") != "chunked":
        return b""
    pieces = []
    while size := int((await reader.readuntil(b"\r\n")).split(b";")[0], 16):
        pieces.append(await reader.readexactly(size))
        await reader.readexactly(2)
    await reader.readuntil(b"\r\n")
    return b"".join(pieces)
