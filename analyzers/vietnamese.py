"""Vietnamese: tone placement and unaccented forms.

A syllable carries one of five tone marks (or none) over its vowel. Where the mark stands in oa, oe, uy is a
matter of taste: hoà and hòa "peace" are one word.
"""

from __future__ import annotations

import re
import unicodedata

TONES = frozenset(
    {
        "\N{COMBINING GRAVE ACCENT}",
        "\N{COMBINING ACUTE ACCENT}",
        "\N{COMBINING HOOK ABOVE}",
        "\N{COMBINING TILDE}",
        "\N{COMBINING DOT BELOW}",
    }
)
_VOWELS = frozenset("aăâeêioôơuưy")
_SHAPED = frozenset("ăâêôơư")
"""Vowels whose own mark draws the tone to them: việt, người."""
_D_STROKE = "\N{LATIN SMALL LETTER D WITH STROKE}"
_ETH = "\N{LATIN SMALL LETTER ETH}"


def stroked_d(word: str) -> str:
    """The Icelandic eth ð, which some fonts and scanners give for đ, as đ. Takes lower case."""
    return word.replace(_ETH, _D_STROKE)


def one_tone_place(word: str) -> str:
    """The tone mark where the older spelling puts it, wherever it was written.

    >>> one_tone_place("hoà"), one_tone_place("thuỷ"), one_tone_place("vịêt"), one_tone_place("quý")
    ('hòa', 'thủy', 'việt', 'quý')
    """
    if word.isascii():
        return word
    tone = ""
    letters: list[str] = []
    for character in unicodedata.normalize("NFD", word):
        if character not in TONES:
            letters.append(character)
        elif tone:
            # Two tones: not a Vietnamese syllable.
            return word
        else:
            tone = character
    if not tone:
        return word
    plain = unicodedata.normalize("NFC", "".join(letters))
    place = _tone_place(plain)
    if place is None:
        return word
    return unicodedata.normalize("NFC", plain[: place + 1] + tone + plain[place + 1 :])


def _tone_place(plain: str) -> int | None:
    """Index of the vowel that carries the tone in a toneless syllable; None if it is no syllable."""
    first = next((i for i, letter in enumerate(plain) if letter in _VOWELS), None)
    if first is None:
        return None
    last = first
    while last + 1 < len(plain) and plain[last + 1] in _VOWELS:
        last += 1
    if any(letter in _VOWELS for letter in plain[last + 1 :]):
        return None
    # In qu- and gi- the first vowel letter belongs to the consonant: quá, già.
    if last > first and plain[:first] + plain[first] in ("qu", "gi"):
        first += 1
    shaped = [i for i in range(first, last + 1) if plain[i] in _SHAPED]
    if shaped:
        return shaped[-1]
    closed = last + 1 < len(plain)
    length = last - first + 1
    if length == 1:
        return first
    if length == 2:
        return last if closed else first
    return first + 1


def unaccented(word: str) -> str:
    """Without tone and vowel marks, đ as d: what people type in a hurry. Takes lower case.

    >>> unaccented("đường")
    'duong'
    """
    if word.isascii():
        return word
    if _COMPOSED_LATIN.fullmatch(word):
        return word.translate(_BARE)
    return _unaccented(word)


def _unaccented(word: str) -> str:
    decomposed = unicodedata.normalize("NFD", word)
    bare = "".join(c for c in decomposed if unicodedata.category(c) != "Mn")
    return unicodedata.normalize("NFC", bare).replace(_D_STROKE, "d")


# Nearly every word has composed letters only, which can be looked up: Basic Latin to Latin Extended-B,
# and Latin Extended Additional.
_COMPOSED_LATIN = re.compile("[\0-\u024f\u1e00-\u1eff]*")
_LETTERS = map(chr, (*range(0x80, 0x250), *range(0x1E00, 0x1F00)))
_BARE = str.maketrans({letter: _unaccented(letter) for letter in _LETTERS})
