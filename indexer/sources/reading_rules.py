"""By which rules files are read, as one hash: with another one the same file may give other articles."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import version
from pathlib import Path

_HERE = Path(__file__).parent
_READERS = ("feedparser", "lxml", "py3langid", "trafilatura", "warcio")
"""Libraries that decide what is read."""


@cache
def reading_rules() -> str:
    """16 hex digits over the code that reads sources and the versions of its libraries.

    The code itself, not a number that somebody must remember to raise.
    """
    digest = hashlib.sha256()
    for path in (*sorted(_HERE.glob("*.py")), _HERE.parent / "articles.py"):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    for library in _READERS:
        digest.update(f"{library} {version(library)}\0".encode())
    return digest.hexdigest()[:16]
