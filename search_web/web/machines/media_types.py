"""What programs are sent: types that are worth compressing, addresses whose errors are no page."""

from __future__ import annotations

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

JSON_ENDINGS = ("/search.json", "/search.jsonl", "/suggestions")
"""Of paths whose errors have the shape of the API's."""
TEXT_ENDINGS = ("/search.atom", "/search.csv", ".xml", "/robots.txt")
"""Of paths whose errors are a line of text."""
