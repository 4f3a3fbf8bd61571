"""Conditional requests: what a client has already is not made again.

An answer of the index is the same as long as the index is. The tag is weak, so that compression, which
changes the bytes and not the meaning, needs no tag of its own.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

from flask import Response, request

MAX_AGE_S = 300
"""How long a client need not ask again."""


def entity_tag(state: str, *parts: str) -> str:
    """Tag of an answer: of the state of the index and of all that the answer depends on besides."""
    text = "\0".join((state, request.full_path, *parts))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:24]


def known(tag: str, changed: float | None = None) -> Response | None:
    """304 where the client has this answer already, else None.

    `changed`: epoch seconds since which the answer is what it is. Not the date of its newest article: an
    older one may have come to the archive since.
    """
    since = request.if_modified_since
    if request.if_none_match:
        same = request.if_none_match.contains_weak(tag)
    else:
        # The very date, not a later one: after a clock was set back, what is newer has an earlier one.
        same = since is not None and changed is not None and since.timestamp() == int(changed)
    return fresh(Response(status=304), tag, changed) if same else None


def fresh(response: Response, tag: str, changed: float | None = None) -> Response:
    """The answer with its tag and date; it may be kept for a while."""
    response.set_etag(tag, weak=True)
    if changed is not None:
        response.last_modified = datetime.fromtimestamp(changed, UTC)
    response.cache_control.max_age = MAX_AGE_S
    # Its addresses may be those of the host that was asked for.
    response.vary.add("Host")
    return response
