"""Steps of the languages that need little: possessives, elisions, Snowball stems, Han digraphs."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable

import snowballstemmer

from .unicode_text import without_marks

_ELISION = re.compile(
    r"^(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu|all|dall|dell|nell|sull|un|quest|gl|v|z)'(?=\w)"
)


def without_possessive(word: str) -> str:
    """English `minister's` as `minister`. Takes lower case and straight apostrophes."""
    return word.removesuffix("'s").rstrip("'")


def without_elision(word: str) -> str:
    """French, Italian and Catalan `l'eau` "the water" as `eau`, `dell'arte` as `arte`."""
    return _ELISION.sub("", word) if "'" in word else word


class _Stemmers(threading.local):
    """A stemmer for each thread: it keeps the word that it is at in itself."""

    def __init__(self, algorithm: str) -> None:
        self.stem: Callable[[str], str] = snowballstemmer.stemmer(algorithm).stemWord


def snowball(algorithm: str) -> Callable[[str], str]:
    """The Snowball stemmer of this name (Porter2 for `english`), https://snowballstem.org."""
    stemmers = _Stemmers(algorithm)

    def stem(word: str) -> str:
        return stemmers.stem(word)

    return stem


def unmarked_latin(word: str) -> str:
    """Accents off, so that `elysee` finds `Élysée`; other scripts keep their marks."""
    return without_marks(word) if word and word[0] < "\N{GREEK CAPITAL LETTER HETA}" else word
