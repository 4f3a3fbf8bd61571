"""Text typed while the other keyboard layout was on: `hgsghl` is السلام "peace", `اثممخ` is hello.

The same keys give Arabic letters in one layout and Latin ones in the other. Some Arabic keys give two letters
(لا on b), and the same two letters also come from two keys (g, h): both readings are given.

Sources: Microsoft, *Arabic (101)* (kbda1) and *Arabic (102) AZERTY* (kbda3); Apple's Arabic layout as
xkeyboard-config 2.35 has it (`ara(mac)`, MIT licence). Apple's differs in the lowest row and near Return.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice, product

_FATHA, _KASRA, _DAMMA = "\N{ARABIC FATHA}", "\N{ARABIC KASRA}", "\N{ARABIC DAMMA}"
_FATHATAN, _KASRATAN, _DAMMATAN = "\N{ARABIC FATHATAN}", "\N{ARABIC KASRATAN}", "\N{ARABIC DAMMATAN}"
_SUKUN, _SHADDA, _TATWEEL = "\N{ARABIC SUKUN}", "\N{ARABIC SHADDA}", "\N{ARABIC TATWEEL}"

_BOTH = ("qwertyuiop[", "ض ص ث ق ف غ ع ه خ ح ج"), ("asdfghjkl;", "ش س ي ب ل ا ت ن م ك")
_WINDOWS_SHIFT = (
    ("QWERTYUIOP", f"{_FATHA} {_FATHATAN} {_DAMMA} {_DAMMATAN} لإ إ ‘ ÷ × ؛"),
    ("ASGHJKLZXBNM?", f"{_KASRA} {_KASRATAN} لأ أ {_TATWEEL} ، / ~ {_SUKUN} لآ آ ’ ؟"),
    ("~", _SHADDA),
)
_WINDOWS = (*_BOTH, ("]'`", "د ط ذ"), ("zxcvbnm,./", "ئ ء ؤ ر لا ى ة و ز ظ"), *_WINDOWS_SHIFT)
_MAC = (
    *_BOTH,
    ("]", "ة"),
    ("zxcvbnm,", "ظ ط ذ د ز ر و ،"),
    ("ERTYUI", f"{_KASRA} {_KASRATAN} {_DAMMA} {_DAMMATAN} {_SUKUN} {_SHADDA}"),
    ("DHCVBNM?", "ى آ ئ ء أ إ ؤ ؟"),
)
_AZERTY = (
    ("azertyuiop", "ض ص ث ق ف غ ع ه خ ح"),
    ("qsdfghjklmù", "ش س ي ب ل ا ت ن م ك ط"),
    ("wxcvbn,;:!", "ئ ء ؤ ر لا ى ة و ز ظ"),
    ("^$*", "ج د ذ"),
    ("TYGHBN", "لإ إ لأ أ لآ آ"),
)


def _table(rows: Iterable[tuple[str, str]]) -> Mapping[str, str]:
    return {key: value for keys, values in rows for key, value in zip(keys, values.split(), strict=True)}


LAYOUTS: Mapping[str, Mapping[str, str]] = {
    "windows": _table(_WINDOWS),
    "mac": _table(_MAC),
    "azerty": _table(_AZERTY),
}
"""Layout -> Latin key (capital: with Shift) -> the Arabic text that it gives."""

_MOST_READINGS = 16
"""لا has two readings; a word with more than four of them is none."""


def arabic_readings(typed: str, layout: str = "windows") -> list[str]:
    """What Latin keys give with an Arabic layout; empty if a letter is on no key or no letter comes out.

    Capital letters are read with Shift, and without as well: a telephone writes the first letter large by
    itself.

    >>> arabic_readings("tdjkhl"), arabic_readings("bt")
    (['فيتنام'], ['لاف'])
    """
    keys = LAYOUTS[layout]
    readings: dict[str, None] = {}
    for text in (typed, typed.lower()):
        if all(key in keys or not key.isalpha() for key in text):
            reading = "".join(keys.get(key, key) for key in text)
            if any(letter.isalpha() for letter in reading):
                readings[reading] = None
    return list(readings)


def latin_readings(typed: str, layout: str = "windows") -> list[str]:
    """What the keys of an Arabic text give with a Latin layout; empty if a letter has no key.

    >>> latin_readings("اثممخ")[0], latin_readings("مهلاف")[:2]
    ('hello', ['libt', 'light'])
    """
    choices: list[tuple[str, ...]] = []
    keys = _INVERSE[layout]
    at = 0
    while at < len(typed):
        pair = typed[at : at + 2]
        if len(pair) == 2 and pair in keys:
            # One key before two: few words have gh. لا is on one key and on two, لأ too.
            apart = ("".join(keys[letter] for letter in pair),) if set(pair) <= keys.keys() else ()
            choices.append((keys[pair], *apart))
            at += 2
        elif typed[at] in keys or not typed[at].isalpha():
            choices.append((keys.get(typed[at], typed[at]),))
            at += 1
        else:
            return []
    return ["".join(read) for read in islice(product(*choices), _MOST_READINGS)]


def _inverse(layout: Mapping[str, str]) -> Mapping[str, str]:
    inverse: dict[str, str] = {}
    for key, value in layout.items():
        # A letter that two keys give: the one without Shift.
        if value not in inverse or inverse[value].isupper():
            inverse[value] = key
    return inverse


_INVERSE = {name: _inverse(layout) for name, layout in LAYOUTS.items()}
