"""Requests while they come in: whose body is taken in, and how many bytes of bodies at a time.

A body lies on the disk of the server before any route has looked at the request. So a long one is taken in
only from who has a token, which is looked at when the headers are there, or where the body is signed (hooks),
up to a smaller limit; and all bodies that are there at once have a limit together.
"""

from __future__ import annotations

import json
import logging
import re
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from waitress.parser import HTTPRequestParser, ParsingError  # type: ignore[import-untyped]  # it ships no types
from waitress.utilities import Error, RequestEntityTooLarge  # type: ignore[import-untyped]

from indexer.errors import IndexerError

from .publishing.models import BULK_BYTES, HOOK_BYTES

log = logging.getLogger(__name__)

BODY_BYTES = 1024 * 1024
"""Of a request that publishes nothing, or without a token; routes have limits of their own below it."""
SMALL_BYTES = 128 * 1024
"""Of a body that is neither looked at nor counted: so much of each is kept in memory."""
STRANGERS_BYTES = 64 * 1024 * 1024
"""Of all bodies that a process has from clients without a known token; below the limit, each may go on."""
KNOWN_BYTES = 4 * BULK_BYTES
"""Of all bodies that a process has from clients with one."""
RETRY_S = 5
_ARTICLES = re.compile(r"/api/v1/articles[/:]")
_NOT_ASCII = re.compile(rb"[\x80-\xff]")
_HOOKS = re.compile(r"/api/v1/hooks/")


class Refusal(Error):  # type: ignore[misc]  # untyped
    """An answer before there is a request, as the API's errors are."""

    def __init__(self, status: int, reason: str, code: str, message: str, *headers: tuple[str, str]) -> None:
        super().__init__(message)
        self.code, self.reason = status, reason
        self._code = code
        self._headers = headers

    def to_response(self, ident: str | None = None) -> tuple[str, list[tuple[str, str]], bytes]:
        """Status, headers and body."""
        del ident
        body = json.dumps({"error": {"code": self._code, "message": self.body}}).encode()
        return f"{self.code} {self.reason}", [("Content-Type", "application/json"), *self._headers], body


class Admission:
    """Who may send how much to a process. `bodies`: all requests that are coming in or being answered."""

    def __init__(
        self, knows: Callable[[str], bool], bodies: Callable[[], Iterable[IncomingRequest]] = tuple
    ) -> None:
        """`knows`: whether a token may publish; it may take its time, and raise `IndexerError`."""
        self._knows = knows
        self._bodies = bodies
        # Tokens may stand in a database, and whoever waits for it must not keep the others waiting.
        self._asking = ThreadPoolExecutor(1, "tokens")

    def ask(self, token: str, then: Callable[[], None]) -> Future[bool]:
        """Whether a token is known; `then` is called when that has been found out."""
        answer = self._asking.submit(self._knows, token)
        answer.add_done_callback(lambda _: then())
        return answer

    def has_room(self, *, known: bool) -> bool:
        """Whether bodies of such clients have room for more."""
        taken: int = sum(each.body_bytes_received for each in self._bodies() if each.known == known)
        return taken <= (KNOWN_BYTES if known else STRANGERS_BYTES)


def _percent(found: re.Match[bytes]) -> bytes:
    return b"%%%02X" % found[0][0]


class IncomingRequest(HTTPRequestParser):  # type: ignore[misc]
    """A request while it comes in. What can be read in two ways is refused: a proxy may read it otherwise."""

    error: Any
    completed: bool
    known = False
    """Whether it has a token that may publish."""

    def __init__(self, adj: Any, admission: Admission, woken: Callable[[], None]) -> None:
        """`woken` is called when a request that waited can go on."""
        super().__init__(adj)
        self.began = time.monotonic()
        self._admission = admission
        self._woken = woken
        self._asked: Future[bool] | None = None
        self._judged = False
        self._counted = 0

    def parse_header(self, header_plus: bytes) -> None:
        """As waitress does. Raises `ParsingError` for a body of two lengths and an address that is none.

        An address may have letters as they are, as curl sends them; waitress refuses what is no ASCII.
        """
        line, end, others = header_plus.partition(b"\r\n")
        if not line.isascii():
            header_plus = _NOT_ASCII.sub(_percent, line) + end + others
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
        """As waitress does; a body has a limit by its address, its sender, and the others."""
        taken: int = super().received(data)
        if self.headers_finished and not self.error:
            self._judge()
        return taken

    def waits(self) -> bool:
        """Whether nothing more is read of it until its token has been looked at."""
        return self._asked is not None and not self._asked.done()

    def goes_on(self) -> None:
        """See what was found out about its token; nothing more may come of it by itself before an answer."""
        if self._asked is not None and not self.completed and not self._judged:
            self._judge()

    def _judge(self) -> None:
        self.error = self._refusal()
        self._judged = not self.waits()
        if self.error is not None:
            self.completed = True

    def _refusal(self) -> Error | None:
        size = max(self.content_length, self.body_bytes_received)
        if size <= SMALL_BYTES:
            return None
        most = HOOK_BYTES if _HOOKS.match(self.path) else BODY_BYTES
        if _ARTICLES.match(self.path):
            given = _bearer(self.headers.get("AUTHORIZATION", ""))
            if given and self._asked is None:
                self._asked = self._admission.ask(given, self._woken)
            if self.waits():
                return None
            fault = self._look_at_token(given)
            if fault is not None and size > BODY_BYTES:
                return fault
            most = BULK_BYTES if self.known else BODY_BYTES
        if size > most:
            return RequestEntityTooLarge(f"at most {most} bytes are taken in here")
        if self.body_bytes_received - self._counted > SMALL_BYTES:
            self._counted = self.body_bytes_received
            if not self._admission.has_room(known=self.known):
                message = "too much is being sent to this server at once; send it again in a moment"
                return _busy("too_much_at_once", message)
        return None

    def _look_at_token(self, given: str) -> Refusal | None:
        code, message = "token_missing", "a token is needed for a body of this size"
        if self._asked is not None:
            try:
                self.known = self._asked.result()
            except IndexerError as error:
                log.error("tokens cannot be read: %s", error)  # noqa: TRY400 -- known, and no fault of ours
                return _busy("unavailable", "tokens cannot be looked at now; send it again in a moment")
        if self.known:
            return None
        if given:
            code, message = "token_unknown", "the token is not known, was revoked, or may not publish"
        remedy = "send Authorization: Bearer TOKEN, `dalil token create --scope write NAME` makes one"
        realm = ("WWW-Authenticate", 'Bearer realm="dalil"')
        return Refusal(401, "Unauthorized", code, f"{message}; {remedy}", realm)


def _busy(code: str, message: str) -> Refusal:
    return Refusal(503, "Service Unavailable", code, message, ("Retry-After", str(RETRY_S)))


def _bearer(header: str) -> str:
    scheme, _, given = header.partition(" ")
    return given.strip()[:200] if scheme.lower() == "bearer" else ""
