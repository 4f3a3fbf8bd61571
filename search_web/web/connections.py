"""The server's connections: who is slow, or sends what is no request, takes no thread or place from others.

Waitress waits two minutes for any byte, takes in nobody beyond a hundred connections, and holds a thread as
long as a reader leaves a long answer unread. Here what a client owes has an end, and when all places are
taken those who have waited longest make room.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from typing import Any

from waitress.adjustments import Adjustments  # type: ignore[import-untyped]  # it ships no types
from waitress.channel import HTTPChannel  # type: ignore[import-untyped]
from waitress.server import MultiSocketServer, TcpWSGIServer  # type: ignore[import-untyped]
from waitress.task import ErrorTask, ThreadedTaskDispatcher  # type: ignore[import-untyped]

from .incoming import Admission, IncomingRequest
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
_SPARED = 0.9
"""Of all places: so many stay taken when others must make room."""
_HEADERS = [
    ("X-Content-Type-Options", "nosniff"),
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
    ("X-Frame-Options", "DENY"),
    ("Cache-Control", "no-store"),
]


class _Refusal(ErrorTask):  # type: ignore[misc]
    """An answer to what is no request."""

    def execute(self) -> None:
        """Send it, with the headers that every answer of ours has."""
        self.response_headers += _HEADERS
        super().execute()


class _Channel(HTTPChannel):  # type: ignore[misc]
    """One connection, and since when its client owes us something."""

    error_task_class = _Refusal
    request: IncomingRequest | None
    requests: list[IncomingRequest]

    def __init__(self, *given: Any, **named: Any) -> None:
        self.quiet_since = time.monotonic()
        self._moved = 0
        self._owed: object = None
        self._pace = (self.quiet_since, 0)
        super().__init__(*given, **named)
        self.parser_class = self._new_request

    def bodies(self) -> list[IncomingRequest]:
        """The requests that are coming in, waiting or being answered."""
        return [each for each in (self.request, *self.requests) if each is not None]

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
        request = self.request
        if request is not None:
            if request.waits():
                return False
            self._go_on(request)
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

    def _go_on(self, request: IncomingRequest) -> None:
        """Refuse a request that waited, if so; as `received` does with one that is whole."""
        with self.requests_lock:
            request.goes_on()
            if request.completed and self.request is request:
                self.request = None
                self.requests.append(request)
                if len(self.requests) == 1:
                    self.server.add_task(self)

    def _new_request(self, adj: Any) -> IncomingRequest:
        return IncomingRequest(adj, self.server.admission, self.server.pull_trigger)

    def _count(self, moved: int) -> int:
        if moved:
            self._moved += moved
            self.quiet_since = time.monotonic()
        return moved


class _Server(TcpWSGIServer):  # type: ignore[misc]
    """Takes in connections as long as there are places, and makes room when there are none."""

    channel_class = _Channel
    admission: Admission

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


def answer(
    app: Any, sockets: list[socket.socket], threads: int, knows: Callable[[str], bool] = lambda _: False
) -> None:
    """Answer requests that come by these sockets until the process is told to stop.

    `knows`: whether the holder of a token may publish, and so may send long bodies; see `Admission`.
    """
    settings = Adjustments(
        sockets=sockets,
        threads=threads,
        ident=None,
        clear_untrusted_proxy_headers=False,
        max_request_header_size=HEADER_BYTES,
        # Of anything; `incoming` has smaller limits.
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
    admission = Admission(knows, lambda: _bodies(channels))
    for server in servers:
        server.admission = admission
    ways = [(server.effective_host, server.effective_port) for server in servers]
    MultiSocketServer(channels, settings, ways, workers, servers[0].log_info).run()


def _bodies(channels: dict[int, Any]) -> Iterator[IncomingRequest]:
    for channel in list(channels.values()):
        if isinstance(channel, _Channel):
            yield from channel.bodies()
