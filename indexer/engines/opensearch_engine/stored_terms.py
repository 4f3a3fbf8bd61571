r"""Terms as a cluster's `whitespace` analyzer can have them: one term stays one token, whatever is in it.

A document's field travels as one string with blanks between its terms, some of them with a number behind. Our
marks are control characters that JSON does not escape, because each stands thousands of times in a document.

    >>> stored("وزير") == "وزير", stored("New York"), stored("a\x7f")
    (True, 'New\x9120;York', 'a\x917f;')
    >>> read(stored("New York"))
    'New York'
"""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache

COUNT = "\N{DELETE}"
"""Stands before the number that is a term's frequency."""
GAP = "\N{CANCEL CHARACTER}"
"""The word that stands where a field has none."""
ESCAPE = "\N{PRIVATE USE ONE}"

_FIRST_SHAPE = 0xE000
SHAPES = 6_400
"""Ways to write a word that can be told apart: letters of the private use area, one behind the term."""

LONGEST = 240
"""UTF-16 units of a term; the rest of a longer one becomes a hash. The tokenizer cuts after 255."""

_SPECIAL = re.compile(f"[\\s\x1c-\x1f{COUNT}{GAP}{ESCAPE}\ud800-\udfff]")
_ESCAPED = re.compile(f"{ESCAPE}([0-9a-f]*);")
_KEPT = 1 << 17


@lru_cache(_KEPT)
def stored(term: str) -> str:
    """The term without anything that a tokenizer parts at or this module has a meaning for."""
    if not term:
        return f"{ESCAPE};"
    if _SPECIAL.search(term):
        term = _SPECIAL.sub(lambda found: f"{ESCAPE}{ord(found[0]):x};", term)
    # No term of so few characters is too long.
    if len(term) > LONGEST // 2 and _units(term) > LONGEST:
        return _shortened(term)
    return term


def stored_prefix(prefix: str) -> str:
    """What the stored terms that begin with `prefix` begin with."""
    return _cut(stored(prefix).partition(f"{ESCAPE}#")[0], LONGEST // 2) if prefix else ""


def shaped(term: str, shape: int) -> str:
    """The stored term of a word that is written so; `shape` is below `SHAPES`."""
    return stored(term) + chr(_FIRST_SHAPE + shape)


def read(text: str) -> str:
    """The term that was stored; of one that was too long, its beginning and its hash."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)) if found[1] else "", text)


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _shortened(term: str) -> str:
    digest = hashlib.blake2b(term.encode(), digest_size=12).hexdigest()
    return f"{_cut(term, LONGEST // 2)}{ESCAPE}#{digest}"


def _cut(text: str, units: int) -> str:
    return text.encode("utf-16-le")[: units * 2].decode("utf-16-le", "ignore")
