"""Vietnamese queries as they arrive from keyboards that are not set up, or by people in a hurry.

An evaluation asks the same questions again in each of these forms. The rules stand here by themselves
and do not call the analyzers, which undo the same damage: a fault shared by both would hide itself.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count

_CIRCUMFLEX = "\N{COMBINING CIRCUMFLEX ACCENT}"
_HORN = "\N{COMBINING HORN}"
_BREVE = "\N{COMBINING BREVE}"
_TELEX_TONES = {
    "\N{COMBINING ACUTE ACCENT}": "s",
    "\N{COMBINING GRAVE ACCENT}": "f",
    "\N{COMBINING HOOK ABOVE}": "r",
    "\N{COMBINING TILDE}": "x",
    "\N{COMBINING DOT BELOW}": "j",
}
_VNI_TONES = dict(zip(_TELEX_TONES, "12345", strict=True))
_VNI_MARKS = {_CIRCUMFLEX: "6", _HORN: "7", _BREVE: "8"}
_STROKED = {"đ": "d", "Đ": "D"}
_UNSTROKED = str.maketrans("đĐ", "dD")
_WORD = re.compile(r"[^\W\d_]+")
_MOVABLE_TONE = re.compile(r"(?<![qQ])(oa|oe|uy)\Z", re.IGNORECASE)
"""Vowels at the end of a syllable whose tone stands on the first of them or on the second, by school."""


@dataclass(frozen=True, slots=True)
class _Letter:
    """One letter taken apart."""

    base: str
    """`d` for đ."""
    mark: str
    """What makes another letter of it: circumflex, horn, breve, or `đ` itself; "" for none."""
    tone: str
    """Combining tone mark; "" for none."""


def unaccented(text: str) -> str:
    """Without any mark, đ as d.

    >>> unaccented("Đường phố Hà Nội")
    'Duong pho Ha Noi'
    """
    bare = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    return unicodedata.normalize("NFC", bare).translate(_UNSTROKED)


def half_accented(text: str) -> str:
    """Every second word without its marks, as people drop them where a word is clear.

    >>> half_accented("Đường phố Hà Nội")
    'Đường pho Hà Noi'
    """
    number = count(1)
    return _words(text, lambda word: word if next(number) % 2 else unaccented(word))


def without_tones(text: str) -> str:
    """Without the five tone marks; the marks that make another vowel, and đ, stay.

    >>> without_tones("Đường phố Hà Nội")
    'Đương phô Ha Nôi'
    """
    kept = "".join(c for c in unicodedata.normalize("NFD", text) if c not in _TELEX_TONES)
    return unicodedata.normalize("NFC", kept)


def decomposed(text: str) -> str:
    """NFD, as file names and pastes from some systems bring it: looks the same, other code points.

    >>> len("phở"), len(decomposed("phở"))
    (3, 5)
    """
    return unicodedata.normalize("NFD", text)


def other_tone_style(text: str) -> str:
    """The tone of oa, oe, uy at a syllable's end on the other vowel: both schools are in use.

    After q the u is no vowel, so quý stays.

    >>> other_tone_style("Hòa thuỷ quý hoàn")
    'Hoà thủy quý hoàn'
    """
    return _words(text, _with_moved_tone)


def telex(text: str) -> str:
    """The keys of the Telex method, as a text field shows them when the method is off.

    The tone key ends the syllable; one w serves both letters of ươ, as people type it.

    >>> telex("chính phủ"), telex("Đường phố Hà Nội"), telex("người")
    ('chinhs phur', 'DDuowngf phoos Haf Nooij', 'nguowif')
    """
    return _words(text, lambda word: _telex_keys(word, in_place=False))


def telex_in_place(text: str) -> str:
    """As `telex`, the tone key right behind the letter that bears the tone.

    >>> telex_in_place("Phạm Việt"), telex_in_place("người")
    ('Phajm Vieejt', 'nguowfi')
    """
    return _words(text, lambda word: _telex_keys(word, in_place=True))


def telex_each_letter(text: str) -> str:
    """As `telex`, with a w for each letter of ươ.

    >>> telex_each_letter("người nước")
    'nguwowif nuwowcs'
    """
    return _words(text, lambda word: _telex_keys(word, in_place=False, shared_w=False))


def vni(text: str) -> str:
    """The keys of the VNI method: a digit for a mark behind its letter, the tone's behind the syllable.

    >>> vni("Việt Nam"), vni("Đường phố")
    ('Vie6t5 Nam', 'D9uo7ng2 pho61')
    """
    return _words(text, lambda word: _vni_keys(word, marks_last=False))


def vni_last(text: str) -> str:
    """As `vni`, with all digits behind the syllable.

    >>> vni_last("Việt Nam"), vni_last("Đường phố")
    ('Viet65 Nam', 'Duong972 pho61')
    """
    return _words(text, lambda word: _vni_keys(word, marks_last=True))


def _words(text: str, rewritten: Callable[[str], str]) -> str:
    return _WORD.sub(lambda word: rewritten(word[0]), unicodedata.normalize("NFC", text))


def _letters(word: str) -> Iterator[_Letter]:
    for letter in word:
        parts = unicodedata.normalize("NFD", letter)
        base, marks = parts[0], parts[1:]
        mark = next((mark for mark in marks if mark in _VNI_MARKS), "đ" if base in _STROKED else "")
        tone = next((mark for mark in marks if mark in _TELEX_TONES), "")
        yield _Letter(_STROKED.get(base, base), mark, tone)


def _telex_keys(word: str, *, in_place: bool, shared_w: bool = True) -> str:
    keys, last = "", ""
    shouted = len(word) > 1 and word.isupper()
    for letter in _letters(word):
        keys += letter.base
        if letter.mark in {_CIRCUMFLEX, "đ"}:
            keys += letter.base
        elif letter.mark:
            keys += "W" if letter.base.isupper() else "w"
        # ươ is typed u o w by most, though u w o w would do.
        if shared_w:
            keys = re.sub(r"(?i)(u)w(ow)\Z", r"\1\2", keys)
        tone = _TELEX_TONES.get(letter.tone, "")
        tone = tone.upper() if shouted else tone
        if in_place:
            keys += tone
        else:
            last = tone or last
    return keys + last


def _vni_keys(word: str, *, marks_last: bool) -> str:
    keys, marks, tone = "", "", ""
    for letter in _letters(word):
        digit = "9" if letter.mark == "đ" else _VNI_MARKS.get(letter.mark, "")
        keys += letter.base
        if marks_last:
            marks += digit
        else:
            keys += digit
        tone = _VNI_TONES.get(letter.tone, tone)
    # One 7 serves both letters of ươ.
    return re.sub("(?i)(u)7(o7)", r"\1\2", keys) + marks.replace("77", "7") + tone


def _with_moved_tone(word: str) -> str:
    letters = list(_letters(word))
    bases = "".join(letter.base for letter in letters)
    if not _MOVABLE_TONE.search(bases):
        return word
    first, second = letters[-2:]
    if first.mark or second.mark or bool(first.tone) == bool(second.tone):
        return word
    moved = first.base + second.tone + second.base + first.tone
    return word[:-2] + unicodedata.normalize("NFC", moved)


QUERY_FORMS: Mapping[str, Callable[[str], str]] = {
    "unaccented": unaccented,
    "half": half_accented,
    "no-tones": without_tones,
    "nfd": decomposed,
    "tone-style": other_tone_style,
    "telex": telex,
    "telex-in-place": telex_in_place,
    "telex-each-letter": telex_each_letter,
    "vni": vni,
    "vni-last": vni_last,
}
"""Every form by the name that `--query-form` takes."""


def in_form(text: str, lang: str, form: str | None) -> str:
    """A query's text in a form of `QUERY_FORMS`; None, and text of another language, changes nothing."""
    if form is None or lang.partition("-")[0].lower() != "vi":
        return text
    return QUERY_FORMS[form](text)
