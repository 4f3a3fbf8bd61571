"""Word and sentence breaks by ICU: the only file that imports `icu`.

ICU counts UTF-16 units; everything that leaves this file counts code points of the original text.
"""

from __future__ import annotations

import re
import threading
import unicodedata

import icu

ICU_VERSION: str = icu.ICU_VERSION

_WORD_LIKE = 100
"""Rule statuses below this are spaces, punctuation and symbols (UBRK_WORD_NUMBER begins here)."""

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
# ICU 72 and 77 join letters across these two differently; `_` would make pair terms ambiguous.
_ALWAYS_APART = str.maketrans(":@_", "   ")
# `TP.HCM` (Ho Chi Minh City) is two words; `U.S` and `1.500` stay one.
_DOT_BETWEEN_WORDS = re.compile(r"(?<=[^\W\d_][^\W\d_])\.(?=[^\W\d_][^\W\d_])")

# The commonest case without ICU: one word of Latin or Arabic letters, with punctuation round it. ICU breaks
# at the same two places (a test compares them).
_ONE_WORD = re.compile(
    "[\"'(\\[«“‘]*"
    "([a-zA-ZÀ-ÖØ-öø-žƠơƯưẠ-ỹ]+"
    # A vowel sign belongs to the letter before it, so a word does not begin with one.
    "|[\N{ARABIC LETTER HAMZA}-\N{ARABIC LETTER GHAIN}]"
    "[\N{ARABIC LETTER HAMZA}-\N{ARABIC LETTER GHAIN}\N{ARABIC LETTER FEH}-\N{ARABIC HAMZA BELOW}]*"
    "|[\N{ARABIC LETTER FEH}-\N{ARABIC LETTER YEH}]"
    "[\N{ARABIC LETTER HAMZA}-\N{ARABIC LETTER GHAIN}\N{ARABIC LETTER FEH}-\N{ARABIC HAMZA BELOW}]*)"
    "[.,;:!?\"')\\]»”’…\N{ARABIC COMMA}\N{ARABIC SEMICOLON}\N{ARABIC QUESTION MARK}]*"
)

_LONGEST_COMPOSED = 256
"""Longer decomposed chunks are broken as they are: finding each offset again takes quadratic time."""

_local = threading.local()


def word_breaks(text: str) -> tuple[list[int], list[int]]:
    """Starts and ends of the words of a text in code points, in order.

    Words are runs of letters, digits or ideographs by UAX #29 and ICU's dictionaries (Thai, Lao, Khmer,
    Burmese, Chinese, Japanese). Any `str` is accepted, lone surrogates included.
    """
    if one := _ONE_WORD.fullmatch(text):
        return [one.start(1)], [one.end(1)]
    if not unicodedata.is_normalized("NFC", text) and len(text) <= _LONGEST_COMPOSED:
        return _decomposed_word_breaks(text)
    if not text.isascii():
        text = _LONE_SURROGATE.sub("\ufffd", text)
    # One character for one character: offsets do not move.
    text = _DOT_BETWEEN_WORDS.sub(" ", text.translate(_ALWAYS_APART) if _joined(text) else text)
    iterator = _iterator()
    iterator.setText(text)
    status = iterator.getRuleStatus
    starts: list[int] = []
    ends: list[int] = []
    previous = 0
    for boundary in iterator:
        if status() >= _WORD_LIKE:
            starts.append(previous)
            ends.append(boundary)
        previous = boundary
    if previous != len(text):
        _to_code_points(text, starts, ends)
    return starts, ends


def sentence_breaks(text: str) -> list[tuple[int, int]]:
    """Half-open ranges of code points that cover a text: its sentences, each with the blanks after it.

    A line break ends a sentence (UAX #29).
    """
    iterator = getattr(_local, "sentences", None)
    if iterator is None:
        iterator = _local.sentences = icu.BreakIterator.createSentenceInstance(icu.Locale.getRoot())
    iterator.setText(_LONE_SURROGATE.sub("\ufffd", text))
    ends = list(iterator)
    starts = [0, *ends[:-1]] if ends else []
    if ends and ends[-1] != len(text):
        _to_code_points(text, starts, ends)
    return list(zip(starts, ends, strict=True))


def _decomposed_word_breaks(text: str) -> tuple[list[int], list[int]]:
    """ICU breaks some composed and decomposed texts differently; both break as the composed one does."""
    composed = unicodedata.normalize("NFC", text)
    original: dict[int, int] = {}
    for offset in range(len(text) + 1):
        before = len(unicodedata.normalize("NFC", text[:offset]))
        if before + len(unicodedata.normalize("NFC", text[offset:])) == len(composed):
            original.setdefault(before, offset)
    starts, ends = word_breaks(composed)
    spans = [
        (original[start], original[end])
        for start, end in zip(starts, ends, strict=True)
        if start in original and end in original
    ]
    return [start for start, _ in spans], [end for _, end in spans]


def _joined(text: str) -> bool:
    return ":" in text or "@" in text or "_" in text


def _iterator() -> icu.BreakIterator:
    # A BreakIterator carries its text and position: one a thread.
    iterator = getattr(_local, "words", None)
    if iterator is None:
        iterator = _local.words = icu.BreakIterator.createWordInstance(icu.Locale.getRoot())
    return iterator


def _to_code_points(text: str, starts: list[int], ends: list[int]) -> None:
    """Turn UTF-16 offsets into code points, in place."""
    units: list[int] = []
    for index, character in enumerate(text):
        units.append(index)
        if character > "\uffff":
            units.append(index)
    units.append(len(text))
    starts[:] = [units[start] for start in starts]
    ends[:] = [units[end] for end in ends]
