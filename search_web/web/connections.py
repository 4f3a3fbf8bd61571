"""The server's connections: who is slow, or sends what is no request, takes no thread or place from others.

Waitress waits two minutes for any byte, takes in nobody beyond a hundred connections, and holds a thread as
long as a reader leaves a long answer unread. Here what a client owes has an end, and when all places are
taken those who have waited longest make room.
"""

from __future__ import annotations

import re
import socket
import time
from typing import Any

from waitress.adjustments import Adjustments  # type: ignore[import-untyped]  # it ships no types
from waitress.channel import HTTPChannel  # type: ignore[import-untyped]
from waitress.parser import HTTPRequestParser, ParsingError  # type: ignore[import-untyped]
from waitress.server import MultiSocketServer, TcpWSGIServer  # type: ignore[import-untyped]
from waitress.task import ErrorTask, ThreadedTaskDispatcher  # type: ignore[import-untyped]
from waitress.utilities import RequestEntityTooLarge  # type: ignore[import-untyped]

from .publishing.models import BULK_BYTES

CONNECTIONS = 800
"""Of one process; below the thousand files that a system lets a process open by itself."""
HEADER_BYTES = 32 * 1024
"""Of a request's line and headers; a query has 512 characters."""
IDLE_S = 60.0
"""Between two requests of a connection."""
HEADERS_S = 10.0
"""From the first byte of a request until its headers are there."""
PACE_S = 15.0
"""In this time a client that sends a body or is sent an answer must move `PACE_BYTES`."""
PACE_BYTES = 8 * 1024
BODY_BYTES = 1024 * 1024
"""Of a request that publishes nothing; routes have limits of their own below it."""
_SPARED = 0.9
"""Of all places: so many stay taken when others must make room."""
_PUBLISHES = re.compile(r"/api/v1/(?:articles|hooks)[/:]")
_HEADERS = [
    ("X-Content-Type-Options", "nosniff"),
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
    ("X-Frame-Options", "DENY"),
    ("Cache-Control", "no-store"),
]


class _Request(HTTPRequestParser):  # type: ignore[misc]  # untyped
    """A request while it comes in. What can be read in two ways is refused: a proxy may read it otherwise."""

    error: Any

    def __init__(self, adj: Any) -> None:
        super().__init__(adj)
        self.began = time.monotonic()

    def parse_header(self, header_plus: bytes) -> None:
        """As waitress does. Raises `ParsingError` for a body of two lengths and an address that is none."""
        try:
            super().parse_header(header_plus)
        except ValueError as error:
            # Half an IPv6 address, a length of five thousand digits.
            raise ParsingError("the request line or a length cannot be read") from error
        lines = header_plus.split(b"\r\n")[1:]
        names = [line.partition(b":")[0].strip().lower() for line in lines]
        if b"transfer-encoding" in names and (b"content-length" in names or self.version != "1.1"):
            raise ParsingError("a body has one length: Transfer-Encoding of HTTP/1.1, or Content-Length")
        for name in (b"host", b"content-length", b"transfer-encoding"):
            if names.count(name) > 1:
                raise ParsingError(f"more than one {name.decode()}")

    def received(self, data: bytes) -> int:
        """As waitress does; a body has a limit by its address, and by what it says of itself."""
        taken: int = super().received(data)
        if self.headers_finished and not self.error:
            most = BULK_BYTES if _PUBLISHES.match(self.path) else BODY_BYTES
            if max(self.content_length, self.body_bytes_received) > most:
                self.error = RequestEntityTooLarge(f"at most {most} bytes are taken in here")
                self.completed = True
        return taken


class _Refusal(ErrorTask):  # type: ignore[misc]
    """An answer to what is no request."""

    def execute(self) -> None:
        """Send it, with the headers that every answer of ours has."""
        self.response_headers += _HEADERS
        super().execute()


class _Channel(HTTPChannel):  # type: ignore[misc]
    """One connection, and since when its client owes us something."""

    parser_class = _Request
    error_task_class = _Refusal

    def __init__(self, *given: Any, **named: Any) -> None:
        self.quiet_since = time.monotonic()
        self._moved = 0
        self._owed: object = None
        self._pace = (self.quiet_since, 0)
        super().__init__(*given, **named)

    def send(self, data: bytes, do_close: bool = True) -> int:  # noqa: FBT001, FBT002 -- as declared there
        """Send what goes; how much that was."""
        return self._count(super().send(data, do_close))

    def recv(self, size: int) -> bytes:
        """What has come."""
        data: bytes = super().recv(size)
        self._count(len(data))
        return data

    def readable(self) -> bool:
        """Whether to look for what comes."""
        return self.connected and bool(super().readable())

    def writable(self) -> bool:
        """Whether to look for room to send; what was given up during this look has no file any more."""
        return self.connected and bool(super().writable())

    def give_up(self) -> None:
        """Close at once: what waits until there is room to send may wait for ever."""
        self.will_close = True
        self.handle_close()

    def waits_since(self) -> float:
        """When the client began to owe us what it owes."""
        request = self.request
        return self.quiet_since if request is None else float(request.began)

    def is_slow(self, now: float) -> bool:
        """Whether the client has had its time, which it has for each request anew."""
        request = self.request
        if self.total_outbufs_len:
            return self._dawdles(now, "answer")
        if self.requests:
            return False
        if request is None:
            return now - self.quiet_since > IDLE_S
        if not request.headers_finished:
            return now - float(request.began) > HEADERS_S
        return self._dawdles(now, request)

    def _dawdles(self, now: float, owed: object) -> bool:
        if owed is not self._owed:
            self._owed, self._pace = owed, (now, self._moved)
        since, moved = self._pace
        if now - since < PACE_S:
            return False
        self._pace = (now, self._moved)
        return self._moved - moved < PACE_BYTES

    def _count(self, moved: int) -> int:
        if moved:
            self._moved += moved
            self.quiet_since = time.monotonic()
        return moved


class _Server(TcpWSGIServer):  # type: ignore[misc]
    """Takes in connections as long as there are places, and makes room when there are none."""

    channel_class = _Channel

    def readable(self) -> bool:
        """Whether connections can be taken in, after making room for some."""
        if len(self._map) >= CONNECTIONS:
            self._make_room()
        return bool(super().readable())

    def maintenance(self, now: float) -> None:
        """Close the connections whose clients have had their time. Called every second."""
        del now
        moment = time.monotonic()
        for channel in list(self.active_channels.values()):
            if channel.is_slow(moment):
                channel.give_up()

    def _make_room(self) -> None:
        waiting = [each for each in self.active_channels.values() if not each.requests]
        waiting.sort(key=_Channel.waits_since)
        for channel in waiting[: max(1, len(self._map) - int(CONNECTIONS * _SPARED))]:
            channel.give_up()


def answer(app: Any, sockets: list[socket.socket], threads: int) -> None:
    """Answer requests that come by these sockets until the process is told to stop."""
    settings = Adjustments(
        sockets=sockets,
        threads=threads,
        ident=None,
        clear_untrusted_proxy_headers=False,
        max_request_header_size=HEADER_BYTES,
        # Bodies are taken in before anyone has looked at what they are for.
        max_request_body_size=BULK_BYTES,
        # Beyond this a body, or an answer that is not read, goes to a file.
        inbuf_overflow=1 << 17,
        outbuf_overflow=1 << 18,
        outbuf_high_watermark=1 << 22,
        cleanup_interval=1,
        # Never reached: room is made before.
        connection_limit=CONNECTIONS + 100,
        # select knows no file beyond the thousandth.
        asyncore_use_poll=True,
    )
    channels: dict[int, Any] = {}
    workers = ThreadedTaskDispatcher()
    workers.set_thread_count(threads)
    servers = [
        _Server(
            app, channels, True, each, dispatcher=workers, adj=settings, bind_socket=False,
            sockinfo=(each.family, each.type, each.proto, each.getsockname()),
        )
        for each in sockets
    ]  # fmt: skip
    ways = [(server.effective_host, server.effective_port) for server in servers]
    MultiSocketServer(channels, settings, ways, workers, servers[0].log_info).run()
