"""How an Arabic word is written: the hamza of its first letter, ى and ة, from words that an archive has.

A word that the archive lacks is looked at without its clitics: والاكتاف "and the shoulders" is written as
أكتاف is, ايامه "his days" as أيام. Of verbal nouns like استنتاج "deduction" grammar says that the first
letter has no hamza, whoever wrote إستنتاج.

Source: W. Wright, *A Grammar of the Arabic Language*, vol. I, on the joining hamza of the derived forms VII,
VIII and X and on the pronominal suffixes.
"""

from __future__ import annotations

import re
from collections.abc import Callable

_ALEF, _BELOW = "\N{ARABIC LETTER ALEF}", "\N{ARABIC LETTER ALEF WITH HAMZA BELOW}"
_PREFIXES = ("", *"وال فال بال كال ولل لل ال و ف ب ل ك س وب ول".split())
_SUFFIXES = ("", *"هما كما هم هن ها نا كم ات ين ون ان ه ك ي ا".split())
_SHORTEST_STEM = 3
_YEH_HAMZA = "\N{ARABIC LETTER ALEF MAKSURA}\N{ARABIC LETTER HAMZA}"
_JOINING = re.compile(
    "(?:[وفبلك]?(?:ال)?|لل|و[بل])"
    f"(?P<hamza>{_BELOW})"
    # استفعال and its verb; انفعال; افتعال and its verb, with the forms that its t takes; اتحاد and the like,
    # by name since إتقان looks the same.
    "(?=ست...|ن[^ا][^ا]ا.|نت[^ا]ا.|[^ان]ت[^ا]ا?.|[صض]ط[^ا]ا?.|زد[^ا]ا?."
    "|ت(?:باع|جاه|حاد|خاذ|زان|ساع|صال|ضاح|فاق|كال|هام))"
)
"""إ where grammar wants a plain alef."""


def without_joining_hamza(word: str) -> str:
    """Verbal nouns and verbs of the forms VII, VIII, X without the hamza that they never have.

    >>> [without_joining_hamza(word) for word in ("إستنتاج", "الإجتماع", "إتحاد", "إسلام", "إنتاج", "إتقان")]
    ['استنتاج', 'الاجتماع', 'اتحاد', 'إسلام', 'إنتاج', 'إتقان']
    """
    found = _JOINING.match(word)
    return word[: found.start("hamza")] + _ALEF + word[found.end("hamza") :] if found else word


def yeh_with_hamza(word: str) -> str:
    """ىء as ئ, as Egyptian typists write it: الطارىء as الطارئ "the emergency"."""
    return word.replace(_YEH_HAMZA, "\N{ARABIC LETTER YEH WITH HAMZA ABOVE}")


def written(normal: str, known: Callable[[str], str | None]) -> str | None:
    """A normalised word as the archive would write it; None if it has neither the word nor its stem.

    `known` gives the written form of a normalised word, None for one that the archive lacks.
    """
    for suffix in _SUFFIXES:
        for prefix in _PREFIXES:
            stem = normal[len(prefix) : len(normal) - len(suffix)]
            if not (normal.startswith(prefix) and normal.endswith(suffix)):
                continue
            if len(stem) < _SHORTEST_STEM and (prefix or suffix):
                continue
            form = known(stem)
            # Before a suffix ى and ة change, and ء its seat: such a stem says nothing of this word.
            if form and (not suffix or form[-1] == stem[-1] != "\N{ARABIC LETTER HAMZA}"):
                return prefix + form + suffix
    return None
