"""Unicode steps that every language shares. Each takes and gives one word."""

from __future__ import annotations

import re
import unicodedata

INVISIBLE = dict.fromkeys(
    [
        ord("\N{SOFT HYPHEN}"),
        ord("\N{COMBINING GRAPHEME JOINER}"),
        ord("\N{ARABIC LETTER MARK}"),
        ord("\N{ZERO WIDTH SPACE}"),
        ord("\N{ZERO WIDTH NON-JOINER}"),
        ord("\N{ZERO WIDTH JOINER}"),
        ord("\N{LEFT-TO-RIGHT MARK}"),
        ord("\N{RIGHT-TO-LEFT MARK}"),
        *range(ord("\N{LEFT-TO-RIGHT EMBEDDING}"), ord("\N{RIGHT-TO-LEFT OVERRIDE}") + 1),
        ord("\N{WORD JOINER}"),
        *range(ord("\N{LEFT-TO-RIGHT ISOLATE}"), ord("\N{POP DIRECTIONAL ISOLATE}") + 1),
        ord("\N{ZERO WIDTH NO-BREAK SPACE}"),
        *range(ord("\N{VARIATION SELECTOR-1}"), ord("\N{VARIATION SELECTOR-16}") + 1),
    ]
)
"""Characters that show nothing and mean nothing to a search, for `str.translate`."""


# The rest of INVISIBLE is what `str.isprintable` calls unprintable.
_INVISIBLE_PRINTABLE = re.compile(
    "[\N{COMBINING GRAPHEME JOINER}\N{VARIATION SELECTOR-1}-\N{VARIATION SELECTOR-16}]"
)


def compatible(word: str) -> str:
    r"""NFKC, without invisible characters: ﻻ (one ligature glyph) becomes لا, full-width Ａ becomes A.

    >>> compatible("\ufefb")
    'لا'
    """
    if not unicodedata.is_normalized("NFKC", word):
        # ゛ decomposes to a blank and a mark.
        word = "".join(unicodedata.normalize("NFKC", word).split())
    if not word.isprintable() or _INVISIBLE_PRINTABLE.search(word):
        # Again: taking out a joiner can bring a letter and its mark together.
        word = unicodedata.normalize("NFKC", word.translate(INVISIBLE))
    return word


def folded_case(word: str) -> str:
    """Case folded, `Straße` as `strasse`; NFKC again since folding may decompose."""
    folded = word.casefold()
    return folded if folded == word else unicodedata.normalize("NFKC", folded)


def ascii_digits(word: str) -> str:
    """Decimal digits of any script as 0-9: ٢٠٢٥ and ۲۰۲۵ become 2025."""
    if word.isalpha() or word.isascii() or not any(c.isdecimal() for c in word):
        return word
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in word)


def without_marks(word: str) -> str:
    """Without accents and other combining marks: `Élysée` becomes `Elysee`; đ and ø stay."""
    if word.isascii():
        return word
    decomposed = unicodedata.normalize("NFD", word)
    bare = "".join(c for c in decomposed if unicodedata.category(c) != "Mn")
    return unicodedata.normalize("NFC", bare)


MOST_MARKS = 30
"""Combining marks behind one letter: the Stream-Safe Text Format of UAX #15, section 13."""
_HARMLESS = 1_000
"""Code points of a text that is normalised in a millisecond, whatever it is."""
# What is no letter, digit or blank: few texts have so much of it in a row, so that little is looked at twice.
_MANY_MARKS = re.compile(rf"[^\w\s]{{{MOST_MARKS + 1},}}")


def stream_safe(text: str) -> str:
    r"""A long text in which no letter has more than `MOST_MARKS` combining marks; those after go.

    Normalising takes time with the square of their number: two million of them would take an hour.

    >>> len(stream_safe("a" + "\u0301\u0323" * 1000)), stream_safe("Hà Nội!" * 2)
    (31, 'Hà Nội!Hà Nội!')
    """
    return text if len(text) < _HARMLESS or text.isascii() else _MANY_MARKS.sub(_few_marks, text)


def _few_marks(found: re.Match[str]) -> str:
    kept, marks = [], 0
    for character in found[0]:
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks <= MOST_MARKS:
            kept.append(character)
    return "".join(kept)


def straight_apostrophe(word: str) -> str:
    """’ and ʼ as ': `l’eau` becomes `l'eau`."""
    if word.isalpha():
        return word
    return word.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").replace("\N{MODIFIER LETTER APOSTROPHE}", "'")
