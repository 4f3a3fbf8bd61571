"""Entity tags of pages: a browser that comes back to a page gets it again only if it has changed."""

from __future__ import annotations

import hashlib
import re

from flask import Response, request

_TOOK = re.compile(rb'<span class="took">[^<]*</span>')
"""How long the search took is no part of what a page says."""


def with_tag(response: Response) -> Response:
    """The page with its tag, or 304 for a browser that has it; it is asked for each time.

    The tag is weak, so that compression, which changes the bytes and not the page, keeps it.
    """
    if response.status_code != 200 or response.mimetype != "text/html" or response.is_streamed:
        return response
    if not response.get_etag()[0]:
        content = _TOOK.sub(b"", response.get_data())
        response.set_etag(hashlib.sha256(content).hexdigest()[:24], weak=True)
    if not response.headers.get("Cache-Control"):
        response.headers["Cache-Control"] = "no-cache"
    response.make_conditional(request)
    return response
