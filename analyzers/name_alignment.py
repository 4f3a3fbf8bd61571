"""Which Arabic words of a story spell which Vietnamese names of it: what a dictionary grows from.

Two texts of one story are known to name the same people and places, so that more is a spelling here than
`names` dares to join unseen: syllables written as one word (فوكوك for Phú Quốc), a last consonant that is not
written, a syllable that is an Arabic word of its own. Each is chance now and then; the dictionary wants
several stories that witness it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

from .name_keys_arabic import ArabicSyllable, two_syllables
from .name_keys_vietnamese import VietnameseSyllable, vietnamese_syllable
from .name_phrases import LONGEST, SHORTEST
from .names import NameReader
from .names_in_arabic import NameWord, normal_word, without_clitics
from .names_in_latin import FAMILY_NAMES
from .vietnamese import one_tone_place, unaccented

_BARE_FAMILY_NAMES = frozenset(map(unaccented, FAMILY_NAMES))
_BORDERS = re.compile(r"[^\w\s\N{ARABIC TATWEEL}\u0300-\u036f\u064b-\u065f\u0670]+|\d+")
"""Between the words of a name stands nothing but blanks; marks belong to the words."""
_LEAST_MERGED = 4
"""Letters of a word that may be two syllables: less is nearly always an Arabic word."""


@dataclass(frozen=True, slots=True)
class LatinName:
    """What may be a name, in a text or an address in Latin script."""

    name: str
    """`Phạm Thế Tùng`; in lower case without accents where the text has no Vietnamese letters."""
    start: int
    """Number of its first word in the text."""
    end: int
    syllables: tuple[VietnameseSyllable, ...]
    sure: bool
    """Whether it is written as a name; a span of an address is any words side by side."""


@dataclass(frozen=True, slots=True)
class Spelling:
    """A name and how an Arabic text writes it, normalised, words parted by blanks."""

    name: str
    arabic: str


def bare_name(name: str) -> str:
    """How names are compared: lower case, no accents.

    >>> bare_name("Phạm Thế Tùng")
    'pham the tung'
    """
    return unaccented(unicodedata.normalize("NFC", name).lower())


def normal_spelling(arabic: str) -> str:
    """How Arabic spellings are compared: each word as the Arabic analyzer compares it."""
    return " ".join(map(normal_word, arabic.split()))


def names_in_address(title: str) -> list[LatinName]:
    """What may be names in the headline of an address: three or four syllables side by side, or two behind a
    family name.

    >>> [found.name for found in names_in_address("bac ho 2025")]
    []
    """
    found: list[LatinName] = []
    at = 0
    for part in _BORDERS.split(title):
        words = part.split()
        syllables = [vietnamese_syllable(word) for word in words]
        for first in range(len(words)):
            shortest = SHORTEST if words[first] in _BARE_FAMILY_NAMES else SHORTEST + 1
            for last in range(first + shortest, min(first + LONGEST, len(words)) + 1):
                spelt = _whole(syllables[first:last])
                if spelt:
                    name = " ".join(words[first:last])
                    found.append(LatinName(name, at + first, at + last, spelt, sure=False))
        at += len(words) + 1
    return found


def names_in_latin(text: str, *, vietnamese: bool) -> list[LatinName]:
    """Names of two to four syllables in a text with capitals."""
    found: list[LatinName] = []
    at = 0
    for part in _BORDERS.split(unicodedata.normalize("NFC", text)):
        words = part.split()
        run = 0
        for end in range(len(words) + 1):
            if end < len(words) and words[end][0].isupper() and vietnamese_syllable(words[end]):
                continue
            if end - run >= SHORTEST:
                found += _names_of_run(words, run, end, at, vietnamese=vietnamese)
            run = end + 1
        at += len(words) + 1
    return found


def _names_of_run(
    words: Sequence[str], start: int, end: int, offset: int, *, vietnamese: bool
) -> Iterator[LatinName]:
    lower = list(map(_lower, words[start:end]))
    spans = {(0, end - start)}
    if start == 0:
        # The first word of a sentence has a capital anyway: "Tại Hà Nội" is "in Hà Nội".
        spans.add((1, end - start))
    for at, word in enumerate(lower):
        if (word if vietnamese else unaccented(word)) in (FAMILY_NAMES if vietnamese else _BARE_FAMILY_NAMES):
            spans |= {(at, min(at + LONGEST, len(lower))), (at, min(at + LONGEST - 1, len(lower)))}
    for first, last in sorted(spans):
        if SHORTEST <= last - first <= LONGEST:
            syllables = _whole([vietnamese_syllable(word) for word in lower[first:last]])
            if syllables:
                written = lower[first:last]
                name = " ".join(word.capitalize() for word in written) if vietnamese else None
                place = offset + start
                yield LatinName(
                    name or unaccented(" ".join(written)), place + first, place + last, syllables, sure=True
                )


@lru_cache(maxsize=1 << 15)
def _lower(word: str) -> str:
    return one_tone_place(word.lower())


def _whole(syllables: Sequence[VietnameseSyllable | None]) -> tuple[VietnameseSyllable, ...]:
    found = tuple(syllable for syllable in syllables if syllable is not None)
    return found if len(found) == len(syllables) else ()


@dataclass(frozen=True, slots=True)
class _Word:
    """An Arabic word as part of a name."""

    normal: str
    readings: tuple[tuple[ArabicSyllable, ...], ...]
    """As one syllable or as two."""
    telling: bool
    strange: bool
    begins: bool
    """Whether a clitic stands before it, so that a name begins here."""


class NameAligner:
    """Finds the names of a story in its Arabic text, with the words of one archive in mind."""

    def __init__(self, reader: NameReader) -> None:
        self._words = _Words(reader)

    def heard(self, text: str) -> str:
        """What an Arabic text has that may be a name, lines of words: all that `aligned` needs of it."""
        lines: list[str] = []
        get = self._words.__getitem__
        for part in _BORDERS.split(text):
            written = part.split()
            words = list(map(get, written))
            run: list[str] = []
            strange = False
            for word in (*words, None):
                if word is not None and not (word.begins and run):
                    run.append(word.normal)
                    strange = strange or word.strange
                    continue
                if strange:
                    lines.append(" ".join(run))
                run, strange = ([], False) if word is None else ([word.normal], word.strange)
        return "\n".join(dict.fromkeys(lines))

    def aligned(self, names: Iterable[LatinName], heard: str) -> list[Spelling]:
        """The spellings of names in a text as `heard`, of names inside one another the longest."""
        wanted: dict[str, list[LatinName]] = {}
        for name in names:
            for onsets in product(*(syllable.onsets for syllable in name.syllables)):
                wanted.setdefault("".join(onsets), []).append(name)
        strict: dict[LatinName, dict[str, None]] = {}
        loose: dict[LatinName, dict[str, None]] = {}
        for line in heard.split("\n"):
            words = [word for word in map(self._words.__getitem__, line.split()) if word]
            for part, syllables in _phrases(words):
                for name in wanted.get("".join(s.onset for s in syllables), ()):
                    fits = _fits(name, syllables, part)
                    if fits is not None:
                        kept = strict if fits else loose
                        kept.setdefault(name, {})[" ".join(word.normal for word in part)] = None
        found = {name: strict.get(name) or loose[name] for name in {**strict, **loose}}
        spellings = (
            Spelling(name.name, arabic)
            for name, spelt in sorted(found.items(), key=lambda item: (item[0].start, item[0].end))
            if not any(_inside(name, other) for other in found)
            for arabic in spelt
        )
        return list(dict.fromkeys(spellings))


class _Words(dict[str, _Word | None]):
    """Written word -> what it can be in a name; computed once a word."""

    _LIMIT = 300_000

    def __init__(self, reader: NameReader) -> None:
        super().__init__()
        self._known = reader.arabic_words

    def __missing__(self, written: str) -> _Word | None:
        if len(self) >= self._LIMIT:
            self.clear()
        found = self[written] = self._read(written)
        return found

    def _read(self, written: str) -> _Word | None:
        known = self._known[written]
        if known and known.syllable:
            return _Word(known.normal, ((known.syllable,),), known.telling, known.strange, known.after_clitic)
        word = normal_word(written)
        for rest in (word, *without_clitics(word)):
            halves = self._merged(rest, known)
            if halves:
                return _Word(rest, (halves,), telling=True, strange=True, begins=rest != word)
        return None

    def _merged(self, word: str, known: NameWord | None) -> tuple[ArabicSyllable, ...]:
        if len(word) < _LEAST_MERGED or not self._known.unusual(word):
            return ()
        if known and any(place.size != "V" for place in known.places):
            # تونس "Tunis" is no Vietnamese name.
            return ()
        return two_syllables(word) or ()


def _phrases(words: Sequence[_Word]) -> Iterator[tuple[Sequence[_Word], tuple[ArabicSyllable, ...]]]:
    """Every part of a line that has two to four syllables."""
    for first in range(len(words)):
        syllables: tuple[ArabicSyllable, ...] = ()
        for last in range(first, len(words)):
            syllables += words[last].readings[0]
            if len(syllables) > LONGEST:
                break
            if len(syllables) >= SHORTEST:
                yield words[first : last + 1], syllables


def _fits(name: LatinName, heard: Sequence[ArabicSyllable], words: Sequence[_Word]) -> bool | None:
    """Whether a phrase spells a name by the strict rules; None where it does not spell it at all."""
    lost = missed = 0
    for syllable, sound in zip(name.syllables, heard, strict=True):
        if sound.coda != syllable.coda:
            if sound.coda:
                return None
            lost += 1
        missed += sound.vowels not in syllable.vowels
    two = len(heard) == SHORTEST
    whole = len(words) == len(heard)
    telling = sum(word.telling for word in words)
    strange = sum(word.strange for word in words)
    firm = whole and telling >= max(SHORTEST, len(words) - 1)
    if firm and not lost and missed <= (0 if two else 1):
        return True
    if not name.sure or not strange or lost + missed > 1:
        return None
    if two and whole and (lost or missed) and strange < SHORTEST:
        return None
    if two and not whole and (lost or missed):
        return None
    return False


def _inside(name: LatinName, other: LatinName) -> bool:
    return (
        other.start <= name.start
        and name.end <= other.end
        and other.end - other.start > name.end - name.start
    )
