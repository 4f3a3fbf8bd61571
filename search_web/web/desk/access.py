"""Who may use the desk: one password, a signed cookie, a token in every form that changes something.

The key that signs is derived from the password and a salt of the home, so that every process of a server has
the same one, and another password ends all sessions. A session holds no more than a number and its end.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import ipaddress
import re
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlsplit

from flask import Response, abort, g, request
from flask_limiter.util import get_remote_address

from ..config import PAGE_LANGUAGES
from ..rate_counts import SharedCounts
from .backend import Sessions

SESSION_S = 12 * 3600
"""A working day; then one signs in again."""
ATTEMPTS = 10
"""Wrong passwords that an address may give before it has to wait."""
ATTEMPTS_S = 900.0
_NAME = "dalil-desk"
# With this prefix a browser takes the cookie over HTTPS only, and from no other host of the domain.
_SECURE_NAME = f"__Host-{_NAME}"
_OWN = re.compile(rf"/(?:{'|'.join(PAGE_LANGUAGES)})/desk(?:/[^\\\s]*)?\Z")


@dataclass(frozen=True, slots=True)
class Session:
    """What a cookie of ours says."""

    number: str
    until: int
    """Epoch seconds."""


class TooManyAttempts(Exception):
    """An address has given too many wrong passwords."""

    def __init__(self, wait_s: int) -> None:
        super().__init__(f"too many wrong passwords; wait {wait_s} s")
        self.wait_s = wait_s


class Access:
    """The door of the desk. Safe for several threads."""

    def __init__(
        self,
        password: str,
        sessions: Sessions | None,
        counts: SharedCounts,
        lets_in: Callable[[], bool] = lambda: False,
    ) -> None:
        """Without a password the desk can be read by all and changed by nobody.

        `lets_in`: whether the program that sends this request needs no password.
        """
        self._lets_in = lets_in
        self._password = password.encode()
        self._sessions = sessions
        self._counts = counts

    @property
    def closed(self) -> bool:
        """Whether there is a password at all."""
        return bool(self._password)

    @property
    def may_read(self) -> bool:
        """Whether this request may see the desk."""
        return not self.closed or self.session is not None

    @property
    def session(self) -> Session | None:
        """The session of this request, looked up once."""
        if not self.closed:
            return None
        if "desk_session" not in g:
            g.desk_session = self._read_session()
        found: Session | None = g.desk_session
        return found

    def form_token(self) -> str:
        """What every form that changes something carries; of no use in another session."""
        return self._sign(f"form:{self.session.number}") if self.session else ""

    def require_form(self) -> None:
        """Let a change through from our own form in a session, and nothing else (403)."""
        session = self.session
        given = request.form.get("token", "").encode()
        if not session or not same_origin() or not hmac.compare_digest(given, self.form_token().encode()):
            abort(403)

    def require_api(self) -> None:
        """Let a program through by `Authorization: Bearer PASSWORD`, a browser by its session (401, 429).

        A token of the scope `desk` is as good as the password.
        """
        if not self.closed or self.session or self._lets_in():
            return
        scheme, _, given = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not self.password_fits(given.strip()):
            abort(401)

    def password_fits(self, given: str) -> bool:
        """Whether it is the password; each wrong one counts. Raises `TooManyAttempts`."""
        key = f"desk:{_network(get_remote_address())}"
        count, end = self._counts.look(key)
        if count >= ATTEMPTS:
            raise TooManyAttempts(max(1, round(end - time.time())))
        # Digests have one length: the time tells nothing of that of the password.
        one, other = (hashlib.sha256(text).digest() for text in (given.encode(), self._password))
        fits = self.closed and hmac.compare_digest(one, other)
        if fits:
            self._counts.forget(key)
        else:
            self._counts.add(key, ATTEMPTS_S, 1)
        return fits

    def begin(self, response: Response) -> None:
        """Begin a session in this answer."""
        until = int(time.time()) + SESSION_S
        content = f"{secrets.token_urlsafe(18)}.{until}"
        response.set_cookie(
            _SECURE_NAME if request.is_secure else _NAME,
            f"{content}.{self._sign(f'session:{content}')}",
            max_age=SESSION_S,
            path="/",
            secure=request.is_secure,
            httponly=True,
            samesite="Strict",
        )

    def end(self, response: Response) -> None:
        """End the session for good: a copy of its cookie is worth nothing either."""
        if self.session and self._sessions:
            self._sessions.end_session(self.session.number, self.session.until)
        g.desk_session = None
        for name, secure in ((_NAME, False), (_SECURE_NAME, True)):
            if name in request.cookies:
                response.delete_cookie(name, path="/", secure=secure, httponly=True, samesite="Strict")

    def _read_session(self) -> Session | None:
        cookie = request.cookies.get(_SECURE_NAME if request.is_secure else _NAME, "")
        content, _, signature = cookie.rpartition(".")
        if not hmac.compare_digest(signature.encode(), self._sign(f"session:{content}").encode()):
            return None
        number, _, until = content.partition(".")
        session = Session(number, int(until))
        if session.until <= time.time() or (self._sessions and self._sessions.has_ended(number)):
            return None
        return session

    def _sign(self, text: str) -> str:
        digest = hmac.digest(self._key, text.encode("utf-8", "surrogateescape"), "sha256")
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")

    @cached_property
    def _key(self) -> bytes:
        salt = self._sessions.salt() if self._sessions else secrets.token_bytes(16)
        return hashlib.scrypt(self._password, salt=salt, n=2**14, r=8, p=1, dklen=32)


def same_origin() -> bool:
    """Whether a POST comes from a page of ours, as far as the browser says."""
    origin = request.headers.get("Origin")
    if origin is not None:
        # The host alone: a proxy that ends TLS may not be among the trusted ones.
        return origin.partition("://")[2] == request.host
    return request.headers.get("Sec-Fetch-Site", "same-origin") in ("same-origin", "none")


def own_address(address: str) -> str:
    """The address if it is one of the desk on this host, else nothing: nobody is sent elsewhere.

    >>> own_address("/ar/desk/saved?a=1"), own_address("//example.org/ar/desk"), own_address("/ar/search")
    ('/ar/desk/saved?a=1', '', '')
    """
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    if parts.scheme or parts.netloc or not _OWN.match(parts.path) or not address.isprintable():
        return ""
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _network(address: str) -> str:
    """One home has a network of IPv6 addresses, not one."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address) and not found.ipv4_mapped:
        return str(ipaddress.ip_network((found, 64), strict=False))
    return address
