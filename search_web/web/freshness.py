"""Conditional requests: what a client has already is not made again.

An answer of the index is the same as long as the index is. The tag is weak, so that compression, which
changes the bytes and not the meaning, needs no tag of its own.
"""

from __future__ import annotations

import hashlib

from flask import Response, request

MAX_AGE_S = 300
"""How long a client need not ask again."""


def entity_tag(state: str, *parts: str) -> str:
    """Tag of an answer: of the state of the index and of all that the answer depends on besides."""
    text = "\0".join((state, request.full_path, *parts))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:24]


def known(tag: str) -> Response | None:
    """304 where the client has this answer already, else None."""
    if request.if_none_match.contains_weak(tag):
        return fresh(Response(status=304), tag)
    return None


def fresh(response: Response, tag: str) -> Response:
    """The answer with its tag; it may be kept for a while."""
    response.set_etag(tag, weak=True)
    response.cache_control.max_age = MAX_AGE_S
    # Its addresses may be those of the host that was asked for.
    response.vary.add("Host")
    return response
