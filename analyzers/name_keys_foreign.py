"""Keys of foreign names between Latin and Arabic script: Merkel and ميركل, Sarkozy and ساركوزي.

Arabic writes the consonants of such a name and some of its vowels. A key is the consonants by class, with `.`
where a vowel letter stands between them: ميركل is `M.RKL`. An Arabic text is indexed by what it writes, a
Latin one by all its vowels; a query tries which of them the other script may leave out. Where Latin has no
vowel, Arabic has none: that tells Macron from مقارنه "comparison". Names of fewer than four consonants meet
too much by chance.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import islice, product

from .vietnamese import unaccented

TERM = "f:"
_LEAST_CONSONANTS = 4
_LEAST_LETTERS = 5
_MOST_LETTERS = 24
_MOST_TERMS = 96
_MOST_TRIED = 1024
_VOWEL = "."

_ARABIC = {
    **dict.fromkeys("كقخ", "K"),
    **dict.fromkeys("غج", "G"),
    "ش": "C",
    "ب": "B",
    **dict.fromkeys("تط", "T"),
    "د": "D",
    "ف": "F",
    "س": "S",
    "ز": "Z",
    "م": "M",
    "ن": "N",
    "ل": "L",
    "ر": "R",
}
_VOWEL_LETTERS = "اوي"
# Letters that newspapers do not use for foreign sounds; the article; endings of verbs, plurals and pronouns.
_NATIVE = re.compile("[عحضظصذءث]|^(?:[وبفك]?ال|لل)|(?:ات|وا|ها|هم|نا|تها|يه|ته)$")

# The first class is the one by which a text in Latin script is indexed; "" stands for a silent letter.
_LATIN: dict[str, tuple[str, ...]] = {
    "sch": ("C",),
    "tch": ("C",),
    "sh": ("C",),
    "ch": ("C", "K"),
    "ph": ("F",),
    "th": ("T",),
    "kh": ("K",),
    "gh": ("G",),
    "ck": ("K",),
    **dict.fromkeys("bp", ("B",)),
    **dict.fromkeys("ckq", ("K",)),
    "d": ("D",),
    "t": ("T",),
    **dict.fromkeys("fv", ("F",)),
    "w": ("", "F"),
    "s": ("S", "Z"),
    "z": ("Z", "S"),
    "g": ("G",),
    "j": ("G", "K"),
    "h": ("H", ""),
    "m": ("M",),
    "n": ("N",),
    "l": ("L",),
    "r": ("R",),
    "x": ("KS",),
}
_SOFT = re.compile("c(?=[eiy])")
_UNIT = re.compile(f"({'|'.join(sorted(_LATIN, key=len, reverse=True))})\\1*|[aeiouy]+")
_OTHER_SCRIPT: dict[str, str] = {"S": "SZ", "Z": "ZS", "K": "KCG"}
"""Arabic class -> Latin first classes that it may stand for, where it is not the same one alone."""


def foreign_arabic_key(word: str) -> str | None:
    """The key of a normalised Arabic word that may be a foreign name; None for others.

    >>> foreign_arabic_key("ميركل"), foreign_arabic_key("المدرسه")
    ('M.RKL', None)
    """
    if not _LEAST_LETTERS <= len(word) <= _MOST_LETTERS or _NATIVE.search(word):
        return None
    key = ""
    word = word.replace("تش", "ش")
    for at, letter in enumerate(word):
        if letter in _ARABIC:
            key += _ARABIC[letter]
        elif letter == "ه" and at < len(word) - 1:
            key += "H"
        elif letter in _VOWEL_LETTERS or letter == "ه":
            key = key.removesuffix(_VOWEL) + _VOWEL
        else:
            return None
    return key if _long_enough(key) else None


def foreign_latin_key(word: str) -> str | None:
    """The key by which a word in Latin script is indexed; None if it is too short for one.

    >>> foreign_latin_key("Merkel"), foreign_latin_key("Putin")
    ('M.RK.L', None)
    """
    units = _units(word)
    if units is None:
        return None
    key = _joined(unit[0] for unit in units)
    return key if _long_enough(key) else None


def keys_for_latin(word: str) -> tuple[str, ...]:
    """The keys that Arabic spellings of a word in Latin script may have, the fullest first."""
    units = _units(word)
    if units is None:
        return ()
    # A first vowel is always written: اردوغان for Erdoğan.
    choices = [(_VOWEL, "") if unit == (_VOWEL,) and at else unit for at, unit in enumerate(units)]
    return _keys(choices)


def keys_for_arabic(key: str) -> tuple[str, ...]:
    """The keys by which texts in Latin script may have the name of an Arabic key."""
    choices: list[Sequence[str]] = []
    for at, unit in enumerate(key):
        # Between two consonants Latin may have a vowel that Arabic leaves out.
        if choices and unit != _VOWEL and key[at - 1] != _VOWEL:
            choices.append(("", _VOWEL))
        choices.append(_OTHER_SCRIPT.get(unit, unit))
    if key[-1] != _VOWEL:
        choices.append(("", _VOWEL))
    return _keys(choices)


def _units(word: str) -> list[tuple[str, ...]] | None:
    bare = unaccented(word.lower())
    if not _LEAST_LETTERS <= len(bare) <= _MOST_LETTERS or not bare.isascii() or not bare.isalpha():
        return None
    bare = _SOFT.sub("s", bare)
    return [_LATIN.get(match[1], ()) if match[1] else (_VOWEL,) for match in _UNIT.finditer(bare)]


def _joined(parts: Iterable[str]) -> str:
    key = ""
    for part in parts:
        if part and not (part == key[-1:] == _VOWEL):
            key += part
    return key


def _keys(choices: Sequence[Sequence[str]]) -> tuple[str, ...]:
    # Bounded before it is deduplicated: a word of twenty vowels has a million ways.
    found = map(_joined, islice(product(*choices), _MOST_TRIED))
    return tuple(islice(dict.fromkeys(filter(_long_enough, found)), _MOST_TERMS))


def _long_enough(key: str) -> bool:
    return len(key) - key.count(_VOWEL) >= _LEAST_CONSONANTS
