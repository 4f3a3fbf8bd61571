"""What programs are sent: types that are worth compressing, addresses whose errors are no page."""

from __future__ import annotations

import re

COMPRESSED = [
    "text/html",
    "text/css",
    "text/csv",
    "text/javascript",
    "text/plain",
    "application/atom+xml",
    "application/feed+json",
    "application/javascript",
    "application/json",
    "application/opensearchdescription+xml",
    "application/x-ndjson",
    "application/x-suggestions+json",
    "application/xml",
    "image/svg+xml",
]

JSON_PATH = re.compile(r"/[a-z]{2}/(?:search\.jsonl?|suggestions)")
"""Paths whose errors have the shape of the API's. The id of an article may end as they do."""
TEXT_PATH = re.compile(r"(?:/[a-z]{2})?/(?:search\.atom|search\.csv|[^/]+\.xml|robots\.txt)")
"""Paths whose errors are a line of text."""
