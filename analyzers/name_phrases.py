"""Index terms of Vietnamese names as phrases of sound keys.

Three or four syllables are told by their consonants alone, joined by `-`: Phạm Thế Tùng and فام ذي تونغ are
`FM-T-TN`. Two would meet too much by chance, so their vowels are in the term: Quảng Ninh is `KoN-NiN`. A
Vietnamese text is indexed by the first class of each onset and vowel, an Arabic one by what is written; a
query asks for the other spellings, a few terms more.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice, product

from .name_keys_arabic import ArabicSyllable
from .name_keys_vietnamese import INDEXED_ONSETS, INDEXED_VOWELS, VietnameseSyllable

SHORTEST, LONGEST = 2, 4
"""Syllables of a phrase."""
_MOST_TERMS = 64
"""Terms asked for one name; the likeliest come first."""


def arabic_term(syllables: Sequence[ArabicSyllable]) -> str:
    """The term of a phrase in an Arabic text."""
    if len(syllables) == SHORTEST:
        return "-".join([s.onset + s.vowels + s.coda for s in syllables])
    return "-".join([s.onset + s.coda for s in syllables])


def vietnamese_term(syllables: Sequence[VietnameseSyllable]) -> str:
    """The term of a phrase in a Vietnamese text."""
    if len(syllables) == SHORTEST:
        return "-".join([s.onsets[0] + s.vowels[0] + s.coda for s in syllables])
    return "-".join([s.onsets[0] + s.coda for s in syllables])


def begins_arabic(syllable: ArabicSyllable) -> tuple[str, str]:
    """How the terms of phrases in an Arabic text begin, up to the first `-`, whose first syllable this is."""
    return syllable.onset + syllable.vowels + syllable.coda, syllable.onset + syllable.coda


def begins_vietnamese(syllable: VietnameseSyllable) -> tuple[str, str]:
    """The same of phrases in a Vietnamese text."""
    onset = syllable.onsets[0]
    return onset + syllable.vowels[0] + syllable.coda, onset + syllable.coda


def terms_for_vietnamese(syllables: Sequence[VietnameseSyllable]) -> tuple[str, ...]:
    """Every term that a name of these syllables may have, in texts of both scripts; its own comes first."""
    vowels = [s.vowels if len(syllables) == SHORTEST else "" for s in syllables]
    return _terms(_choices(s.onsets, v, s.coda) for s, v in zip(syllables, vowels, strict=True))


def terms_for_arabic(syllables: Sequence[ArabicSyllable]) -> tuple[str, ...]:
    """Every term of names that an Arabic spelling may stand for; its own comes first."""
    if len(syllables) == SHORTEST:
        choices = [
            [
                s.onset + s.vowels + s.coda,
                *_choices(INDEXED_ONSETS[s.onset], INDEXED_VOWELS[s.vowels], s.coda),
            ]
            for s in syllables
        ]
    else:
        choices = [[s.onset + s.coda, *_choices(INDEXED_ONSETS[s.onset], "", s.coda)] for s in syllables]
    return _terms(choices)


def _choices(onsets: str, vowels: str, coda: str) -> list[str]:
    return [onset + vowel + coda for onset in onsets for vowel in vowels or ("",)]


def _terms(choices: Iterable[Sequence[str]]) -> tuple[str, ...]:
    phrases = ("-".join(phrase) for phrase in product(*choices))
    return tuple(islice(dict.fromkeys(phrases), _MOST_TERMS))


def misses(spelling: Sequence[VietnameseSyllable], heard: Sequence[ArabicSyllable]) -> int | None:
    """Syllables whose vowels disagree; None where consonants or lengths do.

    None or one is the same name in all probability; ten in a hundred true spellings have one.
    """
    if len(spelling) != len(heard) or not all(map(VietnameseSyllable.sounds_like, spelling, heard)):
        return None
    return sum(h.vowels not in s.vowels for s, h in zip(spelling, heard, strict=True))
