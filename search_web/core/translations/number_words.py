"""Numbers that a text writes in words, in running order; each may be the fellow of a number in digits."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from .figure_words import SCALES, TENS, UNITS, WHOLE, plain

_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|[\N{ARABIC TATWEEL}\N{ARABIC FATHATAN}-\N{ARABIC SUKUN}])*")
_TEEN = frozenset({"عشر", "عشره"})
_CLITICS = ("وال", "بال", "لل", "ال", "و", "ب", "ل", "ف")
"""Arabic particles that stand before a number."""
_MOST = 9
"""Words of a number that are read together."""
_NOTHING: Mapping[str, int] = {}

Number = tuple[int, int, int]
"""Start, end, value."""


def word_numbers(text: str, language: str) -> Iterator[Number]:
    """(start, end, value) of numbers in words: each word by itself, and what they are together."""
    units = UNITS.get(language)
    if units is None:
        return
    tens, whole = TENS[language], WHOLE.get(language, _NOTHING)
    scales = SCALES.get(language, _NOTHING)
    words = [(m.start(), m.end(), _form(m[0], language)) for m in _WORD.finditer(text)]
    at = 0
    while at < len(words):
        start, end, word = words[at]
        if word in scales:
            yield start, end, scales[word]
        if not _is_number(word, units, tens, whole, language):
            at += 1
            continue
        last = at
        while last + 1 < len(words) and last - at < _MOST and _goes_on(words, last, text, language):
            last += 1
        run = [words[number][2] for number in range(at, last + 1)]
        for number in range(at, last + 1):
            value = _alone(run[number - at], units, tens, whole)
            if value is not None:
                yield words[number][0], words[number][1], value
        if last > at:
            for value in _together(run, units, tens, whole, scales, language):
                yield start, words[last][1], value
        at = last + 1


def _form(word: str, language: str) -> str:
    """A word as the tables have it, an Arabic one without its particles where the rest is a number."""
    if language != "ar":
        return word.lower()
    bare = plain(word)
    if bare in _AR:
        return bare
    for clitic in _CLITICS:
        if bare.startswith(clitic) and bare[len(clitic) :] in _AR:
            return bare[len(clitic) :]
    return bare


_AR = {*UNITS["ar"], *TENS["ar"], *WHOLE["ar"], *SCALES["ar"]}


def _is_number(
    word: str, units: Mapping[str, int], tens: Mapping[str, int], whole: Mapping[str, int], language: str
) -> bool:
    return word in units or word in tens or word in whole or (language == "vi" and word in {"mười", "nửa"})


def _goes_on(words: list[tuple[int, int, str]], last: int, text: str, language: str) -> bool:
    """Whether the next word belongs to the same number."""
    gap = text[words[last][1] : words[last + 1][0]]
    if gap.strip(" -\N{NO-BREAK SPACE}"):
        return False
    word = words[last + 1][2]
    tables = (UNITS[language], TENS[language], WHOLE.get(language, _NOTHING), SCALES.get(language, _NOTHING))
    if any(word in table for table in tables):
        return True
    if language == "vi":
        return word in {"mười", "mươi", "linh", "lẻ", "rưỡi", "chục"}
    return language == "en" and word == "and"


def _alone(
    word: str, units: Mapping[str, int], tens: Mapping[str, int], whole: Mapping[str, int]
) -> int | None:
    if word in ("mười", "chục"):
        return 10
    return units.get(word, tens.get(word, whole.get(word)))


def _together(
    run: list[str],
    units: Mapping[str, int],
    tens: Mapping[str, int],
    whole: Mapping[str, int],
    scales: Mapping[str, int],
    language: str,
) -> Iterator[int]:
    """What the words are together, read from left to right: 25 of hai mươi lăm, of خمسة وعشرون."""
    total = group = 0
    for number, word in enumerate(run):
        if word in scales and scales[word] >= 1_000:
            total += max(group, 1) * scales[word]
            group = 0
        elif word in scales:
            group = max(group, 1) * 100
        elif word in ("mươi", "chục"):
            group = group - group % 10 + (group % 10) * 10
        elif word == "mười" or (language == "ar" and word in _TEEN and number):
            group += 10
        else:
            group += units.get(word, tens.get(word, whole.get(word, 0)))
        yield total + group
