"""Sound keys of Arabic words that may spell Vietnamese syllables.

A Vietnamese name in Arabic script follows its sound, one word a syllable: Phạm Thế Tùng is written فام ذي
تونغ, and فام ذا تونغ too. Letters that stand for the same Vietnamese consonant fall into one class; vowels,
which vary most, into one of eight. A word that cannot be a syllable has no key: that alone keeps the keys out
of ordinary Arabic text, where one word in eight could be one and hardly three in a row.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

NO_ONSET = "."
"""Class of a missing onset."""

_ONSETS = {
    # tr; ch
    "تر": "Q",
    "تش": "C",
    # ng, ngh; nh
    **dict.fromkeys(("نغ", "نج", "نق", "نه", "ن"), "N"),
    "ب": "B",
    "ف": "F",
    # t, th, đ; d as it looks
    **dict.fromkeys("تطثذدضظ", "T"),
    # d and gi as the north says them
    "ز": "Z",
    **dict.fromkeys("سصش", "S"),
    "ج": "J",
    # c, k, q, kh; g
    **dict.fromkeys("كقخغ", "K"),
    **dict.fromkeys("هح", "H"),
    "ل": "L",
    "م": "M",
    "ر": "R",
}
_CODAS = {
    **dict.fromkeys(("نغ", "نج", "نق", "نك", "نه", "ن"), "N"),
    "م": "M",
    "ب": "B",
    **dict.fromkeys("تطدث", "T"),
    **dict.fromkeys(("ك", "ق", "خ", "تش", "ش"), "K"),
}
_VOWELS = {"": "0", "ا": "a", "ي": "i", "و": "u", "او": "o", "اي": "e", "وي": "y", "اوي": "x"}
VOWEL_CLASSES = "".join(_VOWELS.values())


def _any_of(classes: Collection[str]) -> str:
    return "|".join(sorted(classes, key=len, reverse=True))


_ONSET, _CODA = f"({_any_of(_ONSETS)})", f"({_any_of(_CODAS)})"
# A last ه after the vowel is how ê, a and ơ are closed at times: ته for Thế.
_ONE = re.compile(f"{_ONSET}?([اوي]*){_CODA}?ه?")
_TWO = re.compile(f"{_ONSET}([اوي]+){_CODA}??{_ONSET}([اوي]+){_CODA}?ه?")
_NEVER_ARABIC = re.compile("تش|^نغ[اوي]|[اوي]ن[غجق]|ن[غجقك]$")


@dataclass(frozen=True, slots=True)
class ArabicSyllable:
    """An Arabic word, or half of one, read as one Vietnamese syllable; each part by its class."""

    onset: str
    vowels: str
    """One of `VOWEL_CLASSES`: which of the letters ا و ي stand after the onset, in whatever order."""
    coda: str
    """Empty for an open syllable."""


def arabic_syllable(word: str) -> ArabicSyllable | None:
    """The syllable that a normalised Arabic word may spell; None for most words.

    >>> arabic_syllable("تونغ")
    ArabicSyllable(onset='T', vowels='u', coda='N')
    >>> arabic_syllable("كتاب")
    """
    match = _ONE.fullmatch(word) if len(word) > 1 else None
    if match is None:
        return None
    onset, vowels, coda = match.groups()
    if not onset and not vowels:
        return None
    return _syllable(onset, vowels, coda)


def two_syllables(word: str) -> tuple[ArabicSyllable, ArabicSyllable] | None:
    """The two syllables of a name written as one word, هانوي for Hà Nội; None for other words."""
    match = _TWO.fullmatch(word)
    if match is None:
        return None
    parts = match.groups()
    return _syllable(*parts[:3]), _syllable(*parts[3:])


def looks_vietnamese(word: str) -> bool:
    """Whether a syllable has letters together that Arabic words of that length have not: نغ, نج, تش.

    Such a word stays a name's however common it is in an archive about Vietnam: نغوين for Nguyễn.
    """
    return _NEVER_ARABIC.search(word) is not None


def _syllable(onset: str | None, vowels: str, coda: str | None) -> ArabicSyllable:
    present = "".join(letter for letter in "اوي" if letter in vowels)
    return ArabicSyllable(_ONSETS.get(onset or "", NO_ONSET), _VOWELS[present], _CODAS.get(coda or "", ""))
