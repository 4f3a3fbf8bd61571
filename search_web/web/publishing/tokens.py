"""Who sends a request: a token in `Authorization: Bearer ...`, looked at once."""

from __future__ import annotations

import logging
from typing import Protocol

from flask import Response, abort, g, request

from indexer.access import Access, Scope, Token

from ..errors import json_error

log = logging.getLogger(__name__)

SENDERS = "dalil-senders"
"""Extension of an application that says whether a token may publish, before there is a request."""


class Guard(Protocol):
    """What knows the tokens and hooks: `indexer.access.AccessFile`."""

    def now(self) -> Access:
        """All of them, as they are now."""


class Tokens:
    """The door of what programs may do. Without any token it is closed."""

    def __init__(self, guard: Guard | None) -> None:
        self._guard = guard

    def access(self) -> Access:
        """The tokens and hooks as they are now. Raises `AccessError`."""
        return self._guard.now() if self._guard else Access()

    @property
    def token(self) -> Token | None:
        """The token of this request; None without one, or with one that is not known."""
        if "api_token" not in g:
            given = _given()
            g.api_token = self.access().token(given) if given else None
        found: Token | None = g.api_token
        return found

    def may(self, scope: Scope) -> bool:
        """Whether the token of this request opens this."""
        return self.token is not None and self.token.may(scope)

    def may_publish(self, given: str) -> bool:
        """Whether a token opens publishing. Raises `AccessError`, and of a shared archive `ArchiveError`."""
        token = self.access().token(given)
        return token is not None and token.may("write")

    def require(self, scope: Scope) -> Token:
        """The token of this request; answers 401 or 403 with what to do where it does not do."""
        token = self.token
        if token is None or not token.may(scope):
            abort(self._refusal(scope, token))
        return token

    def _refusal(self, scope: Scope, token: Token | None) -> Response:
        make = f"`dalil token create --scope {scope} NAME` makes one"
        if token is not None:
            log.warning("the token %s lacks the scope %s", token.name, scope)
            return json_error(
                403,
                "scope_missing",
                f"the token {token.name!r} has the scope {token.scope}, this needs {scope}; {make}",
            )
        if not self.access().tokens:
            return json_error(403, "publishing_off", f"there is no token, so this is closed; {make}")
        given = _given()
        if given:
            log.warning("a token that is not known")
        message = "the token is not known or was revoked" if given else "a token is needed"
        code = "token_unknown" if given else "token_missing"
        response = json_error(401, code, f"{message}; send Authorization: Bearer TOKEN, {make}")
        response.headers["WWW-Authenticate"] = 'Bearer realm="dalil"'
        return response


def _given() -> str:
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    return given.strip()[:200] if scheme.lower() == "bearer" else ""
