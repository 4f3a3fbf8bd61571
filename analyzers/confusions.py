"""Which mistakes people make: the cost of having typed one word for another, by language.

A mistake costs 1.0 where nothing explains it, less where sound, shape, spelling rules or the keyboard do. The
words are normalised before (see `languages`), so hamza carriers, ى/ي and ة/ه are no mistakes in Arabic.

Sources: for Arabic the error classes of the QALB annotation guidelines (Zaghouani et al., 2014: hamza, ت/ة,
ض/ظ, letters of one shape, missing and doubled alef); for Vietnamese the regional mergers that every grammar
lists (l/n, s/x, tr/ch, d/gi/r, hỏi/ngã); keyboard neighbours from the layouts.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from itertools import pairwise

from rapidfuzz.distance import Levenshtein

from .vietnamese import one_tone_place, unaccented

_FIRST_LETTER = 0.4
"""Added when the first letter is wrong: people get it right."""
_SWAP = 0.7
_DOUBLED = 0.4
_NEIGHBOUR_KEY = 0.7
_ACCENT = 0.3
_MERGER = 0.4

_ARABIC_SOUNDS = {"ضظ": 0.3, "سص": 0.4, "تط": 0.5, "ثس": 0.5, "ثت": 0.5, "ذز": 0.5, "ذد": 0.5, "دض": 0.5}
_ARABIC_SOUNDS |= {"ذظ": 0.5, "زظ": 0.5, "قغ": 0.6, "قك": 0.6, "غج": 0.6, "جك": 0.6, "حه": 0.6, "عا": 0.6}
# خطت for خطة "plan" (normalised: خطه); دعى for دعا "he called"; the seat of a hamza; tanween as a letter.
_ARABIC_SPELLING = {"هت": 0.3, "يا": 0.4, "وا": 0.5, "يو": 0.5, "ءا": 0.4, "ءو": 0.4, "ءي": 0.4, "ان": 0.8}
_ARABIC_SHAPES = ("بتثني", "جحخ", "دذ", "رز", "سش", "صض", "طظ", "عغ", "فق")
_ARABIC_SHAPE_COST = 0.6
_LEFT_OUT = {"ar": {"ا": 0.5, "ء": 0.4, "و": 0.6, "ي": 0.6}, "en": {"e": 0.8, "h": 0.8}}
"""Letters that are added or left out easily: in Arabic the long vowels and the hamza."""

_ARABIC_ROWS = ("ضصثقفغعهخحجد", "شسيبلاتنمكط", "ئءؤرىةوزظ")
_LATIN_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_ENGLISH_VOWELS = "aeiou"
_ENGLISH_SOUNDS = {"ck": 0.6, "sz": 0.6, "sc": 0.6, "iy": 0.5, "fv": 0.7, "gj": 0.7}
_MERGERS = (
    ("tr", "ch"),
    ("gi", "d"),
    ("r", "d"),
    ("x", "s"),
    ("n", "l"),
    ("y", "i"),
    ("gh", "g"),
    ("k", "c"),
)


def mistake_cost(typed: str, meant: str, language: str) -> float:
    """How unlikely it is that `typed` stands for `meant`: 0 for the same word, 1.0 a plain mistake.

    Both are normalised words of the language; any other language goes by the Latin keyboard.

    >>> mistake_cost("تضهر", "تظهر", "ar") < mistake_cost("تمهر", "تظهر", "ar")
    True
    """
    if typed == meant:
        return 0.0
    if language == "vi" and (cost := _vietnamese_cost(typed, meant)) is not None:
        return cost
    first = _FIRST_LETTER if typed[:1] != meant[:1] else 0.0
    if _swapped(typed, meant):
        return _SWAP + first
    replaced, left_out = _replacements(language), _LEFT_OUT.get(language, {})
    cost = first
    for edit in Levenshtein.editops(typed, meant):
        if edit.tag == "replace":
            cost += replaced.get((typed[edit.src_pos], meant[edit.dest_pos]), 1.0)
        else:
            word, at = (typed, edit.src_pos) if edit.tag == "delete" else (meant, edit.dest_pos)
            doubled = word[at] in {word[max(0, at - 1) : at], word[at + 1 : at + 2]}
            cost += min(left_out.get(word[at], 1.0), _DOUBLED if doubled else 1.0)
    return cost


def _swapped(typed: str, meant: str) -> bool:
    if len(typed) != len(meant):
        return False
    at = next((at for at, (a, b) in enumerate(zip(typed, meant, strict=True)) if a != b), len(typed))
    return typed[at : at + 2] == meant[at : at + 2][::-1] and typed[at + 2 :] == meant[at + 2 :]


def _vietnamese_cost(typed: str, meant: str) -> float | None:
    """The cost of wrong accents or of letters that a region pronounces alike; None if neither explains it."""
    bare, wanted = unaccented(typed), unaccented(meant)
    accents = sum(a != b for a, b in zip(typed, meant, strict=False)) * _ACCENT
    if bare == wanted:
        return accents
    for one, other in _MERGERS:
        for wrong, right in ((one, other), (other, one)):
            if bare.startswith(wrong) and right + bare[len(wrong) :] == wanted:
                rest = typed[len(wrong) :], meant[len(right) :]
                return _MERGER + (0.0 if _same_tone(*rest) else _ACCENT)
    return None


def _same_tone(one: str, other: str) -> bool:
    return one_tone_place(one) == one_tone_place(other)


@cache
def _replacements(language: str) -> dict[tuple[str, str], float]:
    """(typed, meant) -> cost, of the letters whose confusion something explains; the least cost counts."""
    costs: dict[tuple[str, str], float] = {}

    def note(letters: Iterable[str], cost: float) -> None:
        several = list(letters)
        for one in several:
            for other in several:
                if one != other:
                    costs[one, other] = min(cost, costs.get((one, other), 1.0))

    arabic = language == "ar"
    for row in _ARABIC_ROWS if arabic else _LATIN_ROWS:
        for pair in pairwise(row):
            note(pair, _NEIGHBOUR_KEY)
    if arabic:
        for shape in _ARABIC_SHAPES:
            note(shape, _ARABIC_SHAPE_COST)
        for pair_of, cost in (_ARABIC_SOUNDS | _ARABIC_SPELLING).items():
            note(pair_of, cost)
    else:
        note(_ENGLISH_VOWELS, _NEIGHBOUR_KEY)
        for pair_of, cost in _ENGLISH_SOUNDS.items():
            note(pair_of, cost)
    return costs
