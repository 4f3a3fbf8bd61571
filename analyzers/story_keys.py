"""What a story says in every language: its numbers, dates, names in Latin script, and concepts.

An article and its translations have these in common, though they share no word. Each is a term that does not
depend on the language: `n:5000` for 5,000, 5.000, ٥٠٠٠ and "five thousand", `d:10-26` for 26 October, 26/10
and ٢٦ تشرين الأول, `l:vietjet` for VietJet, and the concepts of `concepts`. Names in two scripts are those of
`names`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from .concepts import Beginning, Concepts, Phrase, concepts_of
from .languages import stop_words
from .unicode_text import ascii_digits, compatible
from .vietnamese import unaccented
from .vietnamese_syllables import is_syllable
from .word_numbers import MarkedColumn, NumberedTexts

STORY_KEYS_VERSION = "1"
"""Raise it whenever a rule or a table changes which keys a text has."""

_NUMBER = re.compile(r"\d[\d.,\N{ARABIC DECIMAL SEPARATOR}\N{ARABIC THOUSANDS SEPARATOR}]*")
_GROUPED = re.compile(r"\d{1,3}(?:[.,]\d{3})+")
_LATIN = re.compile(r"[A-Za-zÀ-ɏẠ-ỹ][A-Za-zÀ-ɏẠ-ỹ0-9'\N{RIGHT SINGLE QUOTATION MARK}.&-]*")
_POSSESSIVE = re.compile("['\N{RIGHT SINGLE QUOTATION MARK}]s?$")
_OTHER_SCRIPT = frozenset("ar fa ur he ru el hy hi ne ta zh ja ko th lo km my".split())
"""Written in another script, where any word in Latin letters is a name."""
_POINT_IS_DECIMAL = frozenset("en zh ja ko th hi".split())
_EVERY_NOUN = frozenset({"de"})
"""Capitals tell no names."""
_MOST_DIGITS = 24
_MONTH = "m:"
_DAY_MARK = "ngày"
"""Before 26/10 in Vietnamese; 2-1 elsewhere is a result."""


class StoryKey(NamedTuple):
    """One thing that a text says."""

    term: str
    at: int
    """Number of its first word in the text."""
    length: int
    """In words."""
    share: float
    """How much of an occurrence it is, above 0, at most 1: a phrase that may name two concepts is half of
    each."""


@dataclass(frozen=True, slots=True)
class _StoryWord:
    """What one word of a text can be."""

    form: str
    """As `Concepts.form` gives it; "" for none."""
    phrases: Beginning | None
    """Those that begin with the word."""
    number: str
    """As a decimal with a point, "" for none."""
    latin: str
    """A name in Latin script in lower case without accents, "" for none."""
    marks_day: bool
    skipped: bool
    """Whether it is a stop word: a phrase goes on behind it."""
    tells: frozenset[str]
    """The keys of the word by itself; of dates their day or month."""


class StoryKeyReader:
    """Finds the keys of texts in one language and keeps what it learns of each word; safe for threads."""

    def __init__(self, language: str) -> None:
        self._language = language
        self._concepts: Concepts = concepts_of(language)
        self._stop = stop_words(language)
        self._column: MarkedColumn[_StoryWord | None] | None = None

    def keys_of_texts(
        self, texts: NumberedTexts, wanted: Collection[str] | None = None
    ) -> Iterator[tuple[int, list[StoryKey]]]:
        """(number of the text, its keys in order of position) for texts that have any.

        `wanted`: those that may have none of these keys are left out, which takes less time.
        """
        begin = None if wanted is None else _beginnings(wanted)
        column = self._column
        if column is None or column.words is not texts.words:
            column = self._column = MarkedColumn(texts.words, self._word, _begins)
        words, marked = column.of(texts.numbers)
        first = 0
        start = 0
        for text, end in enumerate(texts.ends):
            last = first
            while last < len(marked) and marked[last] < end:
                last += 1
            if last > first and (begin is None or _may_tell(words, marked[first:last], begin)):
                found = _keys(words[start:end], [at - start for at in marked[first:last]])
                if found:
                    yield text, found
            start, first = end, last

    def _word(self, written: str) -> _StoryWord | None:
        word = ascii_digits(compatible(written))
        number = _canonical_number(word, point_is_decimal=self._language in _POINT_IS_DECIMAL)
        form = number or self._concepts.form(word)
        latin = self._latin(word)
        if form is None and not latin:
            return None
        phrases = self._concepts.beginning.get(form) if form else None
        tells = set(phrases.alone.concepts if phrases and phrases.alone else ())
        if number:
            tells.add(f"n:{number}")
        if latin:
            tells.add(f"l:{latin}")
        return _StoryWord(
            form or "", phrases, number, latin, word.lower() == _DAY_MARK, form == "", frozenset(tells)
        )

    def _latin(self, word: str) -> str:
        if not _LATIN.fullmatch(word) or len(word) < 2 or self._language in _EVERY_NOUN:
            return ""
        bare = unaccented(_POSSESSIVE.sub("", word).casefold())
        if self._language in _OTHER_SCRIPT:
            return bare
        if word == word.lower() or word.lower() in self._stop:
            return ""
        return "" if self._language == "vi" and is_syllable(bare) else bare


@lru_cache(maxsize=64)
def story_key_reader(language: str) -> StoryKeyReader:
    """The reader of a language (a row of `languages`); the same one for the same language."""
    return StoryKeyReader(language)


def _begins(word: _StoryWord | None) -> bool:
    return word is not None and bool(word.phrases or word.number or word.latin)


def _beginnings(wanted: Collection[str]) -> frozenset[str]:
    """What `tells` of the word has with which any of the keys may begin."""
    found = set(wanted)
    for key in wanted:
        if key.startswith("d:"):
            month, day = map(int, key.removeprefix("d:").split("-"))
            found.update((f"{_MONTH}{month}", f"n:{day}"))
    return frozenset(found)


def _may_tell(words: Sequence[_StoryWord | None], marked: Sequence[int], begin: frozenset[str]) -> bool:
    """Whether one of the words at the marked places may begin a key."""
    for at in marked:
        word = words[at]
        if word is None:
            continue
        if not begin.isdisjoint(word.tells):
            return True
        phrases = word.phrases
        if phrases is not None and phrases.longer and not begin.isdisjoint(phrases.concepts):
            phrase, _ = _longest(words, at, phrases)
            if phrase is not None and not begin.isdisjoint(phrase.concepts):
                return True
    return False


def _keys(words: Sequence[_StoryWord | None], marked: Sequence[int]) -> list[StoryKey]:
    found: list[StoryKey] = []
    free = 0
    for at in marked:
        word = words[at]
        if word is None:
            continue
        if word.number:
            found.append(StoryKey(f"n:{word.number}", at, 1, 1.0))
            if date := _numbers_of_date(words, at):
                found.append(date)
        if word.latin:
            found.append(StoryKey(f"l:{word.latin}", at, 1, 1.0))
        phrases = word.phrases
        if at < free or phrases is None:
            continue
        # Most words are a phrase by themselves or none: no call for them.
        phrase, end = _longest(words, at, phrases) if phrases.longer else (phrases.alone, at + 1)
        if phrase is not None:
            free = end
            concepts = phrase.concepts
            length, share = end - at, 1 / len(concepts)
            # Quicker than the constructor, and an article has many.
            found += [_made(StoryKey, (concept, at, length, share)) for concept in concepts]
            if concepts[0].startswith(_MONTH) and (date := _day_of(words, at, end, phrase)):
                found.append(date)
    return found


_made = tuple.__new__


def _longest(words: Sequence[_StoryWord | None], at: int, phrases: Beginning) -> tuple[Phrase | None, int]:
    """The longest phrase that begins at a word, and the number of the word after it."""
    second = _next(words, at)
    following = words[second] if second < len(words) else None
    if following is not None and following.form in phrases.longer:
        for phrase in phrases.longer[following.form]:
            if end := _end(words, second, phrase.forms[1:]):
                return phrase, end
    return phrases.alone, at + 1


def _next(words: Sequence[_StoryWord | None], at: int) -> int:
    """Number of the word after one, stop words left out."""
    at += 1
    while at < len(words) and (word := words[at]) is not None and word.skipped:
        at += 1
    return at


def _end(words: Sequence[_StoryWord | None], at: int, forms: Sequence[str]) -> int:
    """Number of the word after these, the first of which stands here; 0 where they do not."""
    for form in forms[1:]:
        at = _next(words, at)
        if at == len(words) or (word := words[at]) is None or word.form != form:
            return 0
    return at + 1


def _day_of(words: Sequence[_StoryWord | None], at: int, end: int, month: Phrase) -> StoryKey | None:
    """The date of a day beside the name of its month: 26 October, October 26, ngày 26 tháng 10."""
    number = int(month.concepts[0].removeprefix(_MONTH))
    for place in (at - 1, end):
        word = words[place] if 0 <= place < len(words) else None
        if word is not None and (day := _whole(word.number, 31)):
            first = min(at, place)
            return StoryKey(_date(day, number), first, max(end, place + 1) - first, 1.0)
    return None


def _numbers_of_date(words: Sequence[_StoryWord | None], at: int) -> StoryKey | None:
    """The date that 26/10 is behind ngày."""
    before = words[at - 1] if at else None
    after = words[at + 1] if at + 1 < len(words) else None
    if before is None or after is None or not before.marks_day:
        return None
    word = words[at]
    day, month = _whole(word.number if word else "", 31), _whole(after.number, 12)
    return StoryKey(_date(day, month), at, 2, 1.0) if day and month else None


def _date(day: int, month: int) -> str:
    return f"d:{month:02}-{day:02}"


def _whole(number: str, most: int) -> int:
    """A number from 1 to `most`; 0 for any other."""
    return int(number) if number.isdecimal() and len(number) <= 2 and 1 <= int(number) <= most else 0


def _canonical_number(word: str, *, point_is_decimal: bool) -> str:
    """A number as a decimal with a point, however its thousands are parted; "" for what is none.

    >>> [_canonical_number(n, point_is_decimal=False) for n in ("5.000", "5,000", "2,80", "007", "1.2.3")]
    ['5000', '5000', '2.8', '7', '']
    """
    if not word[:1].isdecimal() or len(word) > _MOST_DIGITS or not _NUMBER.fullmatch(word):
        return ""
    plain = word.translate(_SEPARATORS)
    if _GROUPED.fullmatch(plain) and not (point_is_decimal and "." in plain):
        return plain.replace(".", "").replace(",", "").lstrip("0") or "0"
    # The last mark of several kinds is the decimal one: 1,234.5 and 1.234,5.
    decimal = max(",.", key=plain.rfind)
    parted = "," in plain and "." in plain
    whole, point, rest = plain.replace(",.".replace(decimal, ""), "" if parted else decimal).partition(
        decimal
    )
    if not point:
        return whole.lstrip("0") or "0"
    if not rest.isdecimal():
        return ""
    return f"{whole.lstrip('0') or '0'}.{rest}".rstrip("0").rstrip(".")


_SEPARATORS = str.maketrans("\N{ARABIC DECIMAL SEPARATOR}\N{ARABIC THOUSANDS SEPARATOR}", ".,")
