"""Vietnamese queries as they arrive from keyboards that are not set up, or by people in a hurry.

An evaluation asks the same questions again in each of these forms. The rules stand here by themselves
and do not call the analyzers, which undo the same damage: a fault shared by both would hide itself.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping

_TONE_KEYS = {
    "\N{COMBINING ACUTE ACCENT}": "s",
    "\N{COMBINING GRAVE ACCENT}": "f",
    "\N{COMBINING HOOK ABOVE}": "r",
    "\N{COMBINING TILDE}": "x",
    "\N{COMBINING DOT BELOW}": "j",
}
_BREVE_OR_HORN = ("\N{COMBINING BREVE}", "\N{COMBINING HORN}")
_STROKED = {"đ": "d", "Đ": "D"}
_UNSTROKED = str.maketrans("đĐ", "dD")
_WORD = re.compile(r"[^\W\d_]+")


def unaccented(text: str) -> str:
    """Without any mark, đ as d.

    >>> unaccented("Đường phố Hà Nội")
    'Duong pho Ha Noi'
    """
    bare = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    return unicodedata.normalize("NFC", bare).translate(_UNSTROKED)


def without_tones(text: str) -> str:
    """Without the five tone marks; the marks that make another vowel, and đ, stay.

    >>> without_tones("Đường phố Hà Nội")
    'Đương phô Ha Nôi'
    """
    kept = "".join(c for c in unicodedata.normalize("NFD", text) if c not in _TONE_KEYS)
    return unicodedata.normalize("NFC", kept)


def telex(text: str) -> str:
    """The keys of the Telex method, as a text field shows them when the method is off.

    The tone key ends the syllable; one w serves both letters of ươ, as people type it.

    >>> telex("chính phủ"), telex("Đường phố Hà Nội"), telex("người")
    ('chinhs phur', 'DDuowngf phoos Haf Nooij', 'nguowif')
    """
    return _WORD.sub(lambda word: _syllable_keys(word[0]), unicodedata.normalize("NFC", text))


def decomposed(text: str) -> str:
    """NFD, as file names and pastes from some systems bring it: looks the same, other code points.

    >>> len("phở"), len(decomposed("phở"))
    (3, 5)
    """
    return unicodedata.normalize("NFD", text)


def _syllable_keys(syllable: str) -> str:
    keys, tone = [], ""
    for letter in syllable:
        parts = unicodedata.normalize("NFD", letter)
        base, marks = parts[0], parts[1:]
        tone = next((_TONE_KEYS[mark] for mark in marks if mark in _TONE_KEYS), tone)
        keys.append(_letter_keys(base, marks))
    if len(syllable) > 1 and syllable.isupper():
        tone = tone.upper()
    # ươ is typed u o w by everyone, though u w o w would do.
    return re.sub("(u)w(ow)", r"\1\2", "".join(keys), flags=re.IGNORECASE) + tone


def _letter_keys(base: str, marks: str) -> str:
    if base in _STROKED:
        return _STROKED[base] * 2
    if "\N{COMBINING CIRCUMFLEX ACCENT}" in marks:
        return base * 2
    if any(mark in _BREVE_OR_HORN for mark in marks):
        return base + ("W" if base.isupper() else "w")
    return base


QUERY_FORMS: Mapping[str, Callable[[str], str]] = {
    "unaccented": unaccented,
    "no-tones": without_tones,
    "telex": telex,
    "nfd": decomposed,
}
"""Every form by the name that `--query-form` takes."""


def in_form(text: str, lang: str, form: str | None) -> str:
    """A query's text in a form of `QUERY_FORMS`; None, and text of another language, changes nothing."""
    if form is None or lang.partition("-")[0].lower() != "vi":
        return text
    return QUERY_FORMS[form](text)
