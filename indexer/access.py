"""Who may publish over HTTP: tokens of programs, secrets of hooks. One small file of a home.

    HOME/access.json        readable for its owner alone

Where machines share an archive on a server, it is a document of that database instead, and one token opens
all of them.

Of a token only the SHA-256 is kept: it is 256 random bits, which nobody finds by trying. The secret of a hook
must be kept as it is, since a signature is checked with what it was made with.
"""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import json
import os
import re
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args

from .archive.databases import shown
from .archive.documents import Documents
from .archive_place import server_of
from .durable_files import sync_folder
from .errors import AccessError

FILE = "access.json"
Scope = Literal["write", "read", "desk"]
SCOPES: tuple[str, ...] = get_args(Scope)
"""`write`: publish and remove, and all of `read`. `read`: jobs and metrics. `desk`: the desk's API."""
SHARED_S = 1.0
"""A change in a database is seen within this time by who has read it before."""
MOST = 200
"""Tokens, and hooks, of a home."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_PREFIX = "dalil_"
_Named = TypeVar("_Named")
_GIVES = {"write": ("write", "read"), "read": ("read",), "desk": ("desk",)}


@dataclass(frozen=True, slots=True)
class Token:
    """What is known of a token, which is not the token."""

    name: str
    scope: str
    sha256: str = field(repr=False)
    created: str
    """ISO 8601 UTC."""

    def may(self, scope: Scope) -> bool:
        """Whether it opens what asks for this scope."""
        return scope in _GIVES.get(self.scope, ())


@dataclass(frozen=True, slots=True)
class Hook:
    """An address that a publisher's system posts articles to, signed."""

    name: str
    secret: str = field(repr=False)
    created: str


@dataclass(frozen=True, slots=True)
class Access:
    """All tokens and hooks of a home, by name."""

    tokens: Mapping[str, Token] = field(default_factory=dict)
    hooks: Mapping[str, Hook] = field(default_factory=dict)

    @property
    def may_publish(self) -> bool:
        """Whether anyone may publish."""
        return bool(self.hooks) or any(token.may("write") for token in self.tokens.values())

    def token(self, given: str) -> Token | None:
        """The token that this text is; asks every one, so that the time tells nothing."""
        digest = _digest(given)
        found = None
        for token in self.tokens.values():
            if hmac.compare_digest(token.sha256, digest):
                found = token
        return found


class AccessFile:
    """The file, read again when it has changed. Safe for several threads and beside other processes.

    Of one in a database every method raises `ArchiveUnavailable`, `ArchiveError` too; a change there is seen
    by other processes within `SHARED_S` seconds.
    """

    def __init__(self, home: Path) -> None:
        self._path = home / FILE
        server = server_of(home)
        self._documents = Documents(server) if server else None
        self._name = f"{FILE} in {shown(server)}" if server else str(self._path)
        self._lock = threading.Lock()
        self._seen: tuple[int, int, int] | None = None
        self._access = Access()
        self._asked = float("-inf")

    def now(self) -> Access:
        """What it says now; nothing where it is not there. Raises `AccessError`."""
        if self._documents is not None:
            with self._lock:
                if time.monotonic() - self._asked >= SHARED_S:
                    self._access = _parsed(self._documents.read(FILE), self._name)
                    self._asked = time.monotonic()
                return self._access
        try:
            stat = self._path.stat()
        except OSError:
            return Access()
        seen = (stat.st_mtime_ns, stat.st_ino, stat.st_size)
        with self._lock:
            if seen != self._seen:
                self._access, self._seen = _read(self._path), seen
            return self._access

    def create_token(self, name: str, scope: str) -> str:
        """Make a token; it is told this once. Raises `AccessError`."""
        if scope not in SCOPES:
            raise AccessError(f"there is no scope {scope!r}; use one of {', '.join(SCOPES)}")
        given = _PREFIX + secrets.token_urlsafe(32)
        token = Token(name, scope, _digest(given), _now())

        def with_it(access: Access) -> Access:
            _check_name("token", name, access.tokens)
            return replace(access, tokens={**access.tokens, name: token})

        self._change(with_it)
        return given

    def create_hook(self, name: str) -> str:
        """Make a hook; its secret. Raises `AccessError`."""
        secret = secrets.token_urlsafe(32)

        def with_it(access: Access) -> Access:
            _check_name("hook", name, access.hooks)
            return replace(access, hooks={**access.hooks, name: Hook(name, secret, _now())})

        self._change(with_it)
        return secret

    def revoke_token(self, name: str) -> None:
        """End a token. Raises `AccessError` where there is none of this name."""
        self._change(lambda access: replace(access, tokens=_without("token", name, access.tokens)))

    def revoke_hook(self, name: str) -> None:
        """End a hook. Raises `AccessError` where there is none of this name."""
        self._change(lambda access: replace(access, hooks=_without("hook", name, access.hooks)))

    def _change(self, how: Callable[[Access], Access]) -> None:
        """Change all of it while nobody else does."""
        if self._documents is not None:
            with self._documents.changing(FILE) as (content, then):
                then.append(_text(how(_parsed(content, self._name))).encode())
            self._asked = float("-inf")
            return
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with (self._path.parent / "access.lock").open("a") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                self._write(how(_read(self._path) if self._path.exists() else Access()))
        except OSError as error:
            raise AccessError(
                f"{self._path} cannot be written ({error.strerror}); check its rights"
            ) from error

    def _write(self, access: Access) -> None:
        """As `write_durably`, and never readable for others, not even for a moment."""
        temporary = self._path.with_name(f".{FILE}.{os.getpid()}.tmp")
        temporary.unlink(missing_ok=True)
        try:
            descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(_text(access))
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(self._path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        sync_folder(self._path.parent)


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """The signature of a post to a hook: HMAC-SHA256 over `timestamp.body`, in hex."""
    return hmac.digest(secret.encode(), timestamp.encode() + b"." + body, "sha256").hex()


def _digest(given: str) -> str:
    return hashlib.sha256(given.encode("utf-8", "surrogatepass")).hexdigest()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _check_name(kind: str, name: str, known: Mapping[str, object]) -> None:
    if not _NAME.fullmatch(name):
        raise AccessError(
            f"{name[:80]!r} is no name of a {kind}; use 1 to 64 letters a-z, digits, and any of . _ -"
        )
    if name in known:
        raise AccessError(f"there is a {kind} {name!r} already; revoke it first, or choose another name")
    if len(known) >= MOST:
        raise AccessError(f"there are {MOST} {kind}s already; revoke those that nobody uses")


def _without(kind: str, name: str, known: Mapping[str, _Named]) -> dict[str, _Named]:
    if name not in known:
        raise AccessError(f"there is no {kind} {name[:80]!r}; `dalil {kind} list` prints them")
    return {other: value for other, value in known.items() if other != name}


def _read(path: Path) -> Access:
    try:
        return _parsed(path.read_bytes(), str(path))
    except FileNotFoundError:
        return Access()
    except OSError as error:
        raise _unreadable(error, str(path)) from None


def _parsed(content: bytes | None, name: str) -> Access:
    if content is None:
        return Access()
    try:
        found: dict[str, Any] = json.loads(content)
        tokens = {one["name"]: Token(**one) for one in found["tokens"]}
        hooks = {one["name"]: Hook(**one) for one in found["hooks"]}
        # Comparing and signing end with an error of Python's for other letters.
        for text in [*(token.sha256 for token in tokens.values()), *(hook.secret for hook in hooks.values())]:
            str.encode(text, "ascii")
    except (ValueError, TypeError, KeyError) as error:
        raise _unreadable(error, name) from None
    return Access(tokens, hooks)


def _text(access: Access) -> str:
    found = {
        "tokens": [asdict(token) for token in access.tokens.values()],
        "hooks": [asdict(hook) for hook in access.hooks.values()],
    }
    return json.dumps(found, indent=1) + "\n"


def _unreadable(error: Exception, name: str) -> AccessError:
    # Never its content: messages end up in logs.
    return AccessError(
        f"{name} cannot be read ({type(error).__name__}); check its rights, or remove it and make "
        "tokens and hooks anew"
    )
