"""Sound keys of Vietnamese syllables: which Arabic words may spell each.

A syllable is onset + vowels + coda. Some onsets have several classes: d is read z in the north and y in the
south, and is written by its look as well. Vowels have a set of classes that an Arabic word may show. Tone and
vowel marks are left out, so that unaccented names have the same keys; only đ is told from d.

Source of the sounds: L. C. Thompson, *A Vietnamese Reference Grammar*, 1965; of the Arabic letters for them:
the sounds that each letter of `name_keys_arabic` has in Arabic.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from .name_keys_arabic import NO_ONSET, ArabicSyllable
from .vietnamese import stroked_d, unaccented

# The first class is the one that a Vietnamese text is indexed by.
_ONSETS = {
    "": NO_ONSET,
    "b": "B",
    "c": "K",
    "ch": "CS",
    "d": "TZJ" + NO_ONSET,
    "đ": "T",
    "g": "KJ",
    "gh": "KJ",
    "gi": "JZK",
    "h": "H",
    "k": "K",
    "kh": "K",
    "l": "L",
    "m": "M",
    "n": "N",
    "ng": "N",
    "ngh": "N",
    "nh": "N",
    "p": "B",
    "ph": "F",
    "q": "K",
    "r": "R",
    "s": "S",
    "t": "T",
    "th": "T",
    "tr": "QC",
    "v": "F",
    "x": "SZC",
}
_CODAS = {"": "", "p": "B", "t": "T", "c": "K", "ch": "K", "k": "K", "m": "M", "n": "N", "ng": "N", "nh": "N"}
# Classes of `name_keys_arabic`, the likeliest first: a = ا, i = ي, u = و, e = اي, o = او, y = وي, x = all, 0
# = none.
_VOWELS = {
    "a": "a0",
    "ai": "eai",
    "ao": "ou",
    "au": "ou",
    "ay": "eai",
    "e": "i0a",
    "eo": "yxo",
    "eu": "yxo",
    "i": "i0",
    "ia": "eia",
    "ie": "ie0",
    "ieu": "yxo",
    "iu": "yu",
    "o": "u0",
    "oa": "ou",
    "oai": "xy",
    "oay": "xy",
    "oe": "yx",
    "oi": "yu",
    "oo": "u",
    "u": "u0",
    "ua": "ou",
    "uai": "xy",
    "uay": "xy",
    "ue": "yi",
    "ui": "yu",
    "uo": "uyo0",
    "uoi": "yu",
    "uou": "uy",
    "uu": "uy",
    "uy": "yiu",
    "uya": "xy",
    "uye": "yixu",
    "uyu": "y",
    "y": "i0",
    "ye": "iey",
    "yeu": "yxo",
}
_AFTER_GI = {"a": "ae0", "ao": "oux", "au": "oux"}
"""The i of gi is a consonant, yet written at times: جيانغ beside زانغ for Giang."""

_SYLLABLE = re.compile(
    "(ngh|ng|nh|gh|gi(?=[aeou])|kh|ph|th|tr|ch|[bcdđghklmnpqrstvx])?([aeiouy]+)(ch|nh|ng|[cktpmn])?"
)


@dataclass(frozen=True, slots=True)
class VietnameseSyllable:
    """One syllable by the classes that Arabic spellings of it may have."""

    onsets: str
    """One character a class, the one for indexing first."""
    vowels: str
    """One character a class, the likeliest first."""
    coda: str
    """Its one class; empty for an open syllable."""

    def sounds_like(self, heard: ArabicSyllable) -> bool:
        """Whether the consonants agree, whatever the vowels."""
        return heard.onset in self.onsets and heard.coda == self.coda

    def may_be(self, heard: ArabicSyllable) -> bool:
        """Whether consonants and vowels agree."""
        return self.sounds_like(heard) and heard.vowels in self.vowels


@lru_cache(maxsize=1 << 16)
def vietnamese_syllable(word: str) -> VietnameseSyllable | None:
    """The classes of a syllable in any case, accented or not, NFC or NFD; None if it cannot be one.

    >>> vietnamese_syllable("Tùng")
    VietnameseSyllable(onsets='T', vowels='u0', coda='N')
    >>> vietnamese_syllable("street")
    """
    match = _SYLLABLE.fullmatch(bare_syllable(word))
    if match is None:
        return None
    onset, vowels, coda = (part or "" for part in match.groups())
    classes = _AFTER_GI.get(vowels) if onset == "gi" else None
    classes = classes or _VOWELS.get(vowels)
    return VietnameseSyllable(_ONSETS[onset], classes, _CODAS[coda]) if classes else None


def bare_syllable(word: str) -> str:
    """Lower case, without tone and vowel marks; đ stays.

    >>> bare_syllable("ĐƯỜNG")
    'đuong'
    """
    parts = stroked_d(unicodedata.normalize("NFC", word.lower())).split("đ")
    return "đ".join(map(unaccented, parts))


def _spelt_by() -> dict[str, str]:
    """Arabic onset class -> the classes by which Vietnamese texts are indexed that it may stand for."""
    found: dict[str, list[str]] = {}
    for classes in _ONSETS.values():
        for heard in classes:
            if classes[0] not in found.setdefault(heard, []):
                found[heard].append(classes[0])
    return {heard: "".join(sorted(own, key=lambda c: c != heard)) for heard, own in found.items()}


def _vowels_spelt_by() -> dict[str, str]:
    found: dict[str, str] = {}
    for classes in (*_VOWELS.values(), *_AFTER_GI.values()):
        for heard in classes:
            known = found.get(heard, "")
            found[heard] = known if classes[0] in known else known + classes[0]
    return found


INDEXED_ONSETS = _spelt_by()
"""Arabic onset class -> first classes of the Vietnamese onsets that it may stand for."""
INDEXED_VOWELS = _vowels_spelt_by()
"""Arabic vowel class -> first classes of the Vietnamese vowels that it may stand for."""
