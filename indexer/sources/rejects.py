"""`Reject`: what stands in the place of a record that cannot become an article."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

_EXCERPT = 120


@dataclass(frozen=True, slots=True)
class Reject:
    """A record that was not read, so that someone can find and mend it."""

    path: str
    position: str
    """Where in the file: `line 17`, `record 3`, empty for the file as a whole."""
    reason: str
    """What is wrong, the value, what to do."""
    excerpt: str = ""
    """How the record begins; safe to print (no control or direction characters)."""


def excerpt(data: str | bytes) -> str:
    r"""The beginning of a record as one printable line.

    >>> excerpt(b'{"title": "a' + bytes([0]))
    '{"title": "a\\x00'
    """
    text = data[: 4 * _EXCERPT].decode("utf-8", "replace") if isinstance(data, bytes) else data
    return " ".join("".join(map(_printable, text[:_EXCERPT])).split())


def _printable(char: str) -> str:
    if unicodedata.category(char) == "Zs":
        return " "
    return char if char.isprintable() else ascii(char)[1:-1]
