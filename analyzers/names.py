"""Names across scripts: the terms by which فام ذي تونغ, Phạm Thế Tùng and `pham the tung` find the same
articles.

Two kinds of term: a Vietnamese name is a phrase of sound keys (`name_phrases`), a place of the gazetteer its
`g:` and id (`gazetteer`). A text is indexed by few terms and each spelling asks for a few more, so that a
query needs only exact look-ups.

Measured by `benchmarks/eval_names.py`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from . import names_in_arabic as arabic
from . import names_in_latin as latin
from .gazetteer import NO_NAMES, gazetteer
from .icu_text import word_breaks
from .name_keys_arabic import ArabicSyllable
from .name_keys_foreign import TERM as FOREIGN
from .name_keys_foreign import keys_for_arabic, keys_for_latin
from .name_keys_vietnamese import VietnameseSyllable
from .name_phrases import (
    LONGEST,
    SHORTEST,
    arabic_term,
    misses,
    terms_for_arabic,
    terms_for_vietnamese,
    vietnamese_term,
)
from .word_numbers import MarkedColumn, NumberedTexts, WordNumbers

NAMES_VERSION = "1"
"""Raise it whenever a rule or the gazetteer changes which terms a text has."""

NameTerm = tuple[str, int, int]
"""Term, number of the word where the name begins, its length in words."""

_INSIDE_NAMES = " -\N{NO-BREAK SPACE}\N{EN DASH}\t\n"
"""Between the words of a name nothing else stands: Bà Rịa - Vũng Tàu."""
_NO_COUNTS: Mapping[str, int] = {}


@dataclass(frozen=True, slots=True)
class NameMention:
    """A name in a query."""

    terms: tuple[str, ...]
    """Any of them is the name; the likeliest first."""
    start: int
    """Number of its first word in the text."""
    end: int
    """Number of the word after its last one."""
    kind: str
    """`sound` for a phrase of Vietnamese syllables, `place` of the gazetteer, `foreign` for a foreign
    name, `dictionary` for one that only an archive's dictionary knows."""
    spellings: tuple[str, ...] = ()
    """Other ways to write it that no term tells; only an archive's dictionary has them."""
    refused: tuple[str, ...] = ()
    """Ways to write other names that `terms` tell as well: an article is not found for having these."""


@dataclass(frozen=True, slots=True)
class NamePair:
    """One name in two scripts, as two texts of a story write it."""

    name: str
    """In Latin script."""
    arabic: str
    """Its Arabic spelling, without a clitic."""
    misses: int
    """Syllables whose vowels disagree; 0 or 1."""


class NameReader:
    """Finds names with the words of one archive in mind; keeps what it learns of each word.

    Safe for several threads: what is kept is the same whoever computes it.
    """

    def __init__(self, counts: Mapping[str, int] = _NO_COUNTS, documents: int = 0) -> None:
        """`counts`: normalised Arabic word -> document frequency in an archive of so many `documents`.

        With none, only stop words are held for common.
        """
        self._arabic = arabic.ArabicWords(counts, documents)
        self._latin = latin.LatinWords()
        self._arabic_columns: dict[str, MarkedColumn[arabic.NameWord | None]] = {}
        self._latin_columns: dict[str, MarkedColumn[latin.LatinWord]] = {}
        """By language."""

    @property
    def arabic_words(self) -> arabic.ArabicWords:
        """What each Arabic word can be in a name, in this archive."""
        return self._arabic

    def terms(self, words: Sequence[str], language: str) -> list[NameTerm]:
        """The terms to index for a text of a language, given its words as written, in order of position."""
        if language == "ar":
            heard = list(map(self._arabic.__getitem__, words))
            return _arabic_terms(words, heard, [at for at, word in enumerate(heard) if word is not None])
        read = list(map(self._latin.__getitem__, words))
        return _latin_terms(read, latin.capitals(read), language)

    def terms_of_texts(
        self, texts: NumberedTexts, language: str, wanted: Collection[str] | None = None
    ) -> Iterator[tuple[int, list[NameTerm]]]:
        """(number of the text, the same of it) for texts of a language that have any.

        `wanted`: those that may have none of these terms are left out, which takes less time.
        """
        begin = None if wanted is None else _beginnings(wanted)
        if language == "ar":
            heard, active = self._arabic_column(texts.words, language).of(texts.numbers)
            written: list[str] = []
            for text, start, end, marked in _parts(texts.ends, active):
                if marked and (begin is None or _may_tell(heard[start:end], marked, begin)):
                    written = written or texts.surfaces()
                    yield text, _arabic_terms(written[start:end], heard[start:end], marked)
        else:
            read, capitals = self._latin_column(texts.words, language).of(texts.numbers)
            for text, start, end, marked in _parts(texts.ends, capitals):
                part = read[start:end]
                if begin is None or _may_tell(part, marked or range(len(part)), begin):
                    yield text, _latin_terms(part, marked, language)

    def _arabic_column(self, words: WordNumbers, language: str) -> MarkedColumn[arabic.NameWord | None]:
        column = self._arabic_columns.get(language)
        if column is None or column.words is not words:
            column = MarkedColumn(words, self._arabic.__getitem__, lambda word: word is not None)
            self._arabic_columns[language] = column
        return column

    def _latin_column(self, words: WordNumbers, language: str) -> MarkedColumn[latin.LatinWord]:
        column = self._latin_columns.get(language)
        if column is None or column.words is not words:
            column = MarkedColumn(words, self._latin.__getitem__, lambda word: word.capital)
            self._latin_columns[language] = column
        return column

    def mentions(self, text: str, language: str) -> list[NameMention]:
        """The names in a query, which may be in either script or in both, in order of position.

        `language` is that of the query. Typed in lower case, foreign names are seen in Vietnamese alone,
        whose own words have another shape: `storm` sounds like a name too.
        """
        read = _read_text(text)
        found = [*self._arabic_mentions(read), *self._latin_mentions(read, vietnamese=language == "vi")]
        return sorted(found, key=lambda mention: (mention.start, mention.end))

    def pairs(self, latin_text: str, arabic_text: str) -> list[NamePair]:
        """See `aligned_names`."""
        read = _read_text(latin_text)
        words = [self._latin[word] for word in read.words]
        heard = [self._arabic[word] for word in _read_text(arabic_text).words]
        active = [at for at, word in enumerate(heard) if word is not None]
        spelt: dict[str, list[tuple[str, list[ArabicSyllable]]]] = {}
        for start, end in arabic.runs(heard, active):
            for first, last in arabic.phrases(heard, start, end):
                normal = " ".join(word.normal for word in heard[first:last] if word)
                syllables = _heard(heard, first, last)
                spelt.setdefault(arabic_term(syllables), []).append((normal, syllables))
        found: dict[NamePair, None] = {}
        for first, last in latin_names(words, latin.capitals(words), breaks=read.breaks):
            spelling = _spelt(words, first, last)
            for term in terms_for_vietnamese(spelling):
                for normal, syllables in spelt.get(term, ()):
                    missed = misses(spelling, syllables)
                    if missed is not None and missed <= 1:
                        found[NamePair(" ".join(read.words[first:last]), normal, missed)] = None
        return list(found)

    def _arabic_mentions(self, text: _Text) -> Iterator[NameMention]:
        heard = [self._arabic[word] for word in text.words]
        active = [at for at, word in enumerate(heard) if word is not None]
        runs = list(arabic.runs(heard, active))
        named = list(arabic.places(text.words, heard, active))
        for start, end in runs:
            named += arabic.places_of_two(heard, start, end)
        taken: set[tuple[int, int]] = set()
        for at, length, found in named:
            if (at, at + length) not in taken:
                taken.add((at, at + length))
                yield NameMention(tuple(place.term for place in found), at, at + length, "place")
        for at in active:
            if key := _foreign(heard[at]):
                terms = (key, *keys_for_arabic(key))
                yield NameMention(tuple(FOREIGN + t for t in dict.fromkeys(terms)), at, at + 1, "foreign")
        for start, end in runs:
            for first, last in _arabic_names(heard, start, end):
                yield NameMention(terms_for_arabic(_heard(heard, first, last)), first, last, "sound")

    def _latin_mentions(self, text: _Text, *, vietnamese: bool) -> Iterator[NameMention]:
        words = [self._latin[word] for word in text.words]
        capitals = latin.capitals(words)
        cased = bool(capitals)
        persons = latin_names(words, capitals, breaks=text.breaks)
        places: set[tuple[int, int]] = set()
        placed: set[int] = set()
        for at, length, named in latin.places(words, capitals if cased else range(len(words)), cased=cased):
            first, last = at, at + length
            # Châu Phi Nhạn is a person, though Châu Phi is Africa.
            if any(
                start <= first and last <= end and end - start > max(length, SHORTEST)
                for start, end in persons
            ):
                continue
            if (
                named[0].size == "V"
                and SHORTEST <= length <= LONGEST
                and len(_spelt(words, first, last)) == length
            ):
                places.add((first, last))
            placed.update(range(first, last))
            yield NameMention(tuple(place.term for place in named), first, last, "place")
        for at, word in enumerate(words):
            if at not in placed and word.foreign and (word.capital or not cased) and (cased or vietnamese):
                terms = (word.foreign, *keys_for_latin(word.lower))
                yield NameMention(tuple(FOREIGN + t for t in dict.fromkeys(terms)), at, at + 1, "foreign")
        for first, last in sorted(places | set(persons)):
            yield NameMention(terms_for_vietnamese(_spelt(words, first, last)), first, last, "sound")


def _beginnings(wanted: Collection[str]) -> frozenset[str]:
    """What `tells` of the word has with which any of the terms may begin."""
    found = set(wanted)
    for term in wanted:
        found.add(term.partition("-")[0])
        found.update(map(arabic.heard_from, gazetteer().first_codas(term)))
    return frozenset(found)


def _may_tell(
    words: Sequence[latin.LatinWord] | Sequence[arabic.NameWord | None],
    marked: Sequence[int],
    begin: frozenset[str],
) -> bool:
    """Whether one of the words at the marked places may begin a term."""
    for at in marked:
        word = words[at]
        if word is not None and not begin.isdisjoint(word.tells):
            return True
    return False


def _parts(ends: Sequence[int], marked: Sequence[int]) -> Iterator[tuple[int, int, int, list[int]]]:
    """(number, start, end, places of marked words from the start) of each text that is not empty."""
    start = first = 0
    for number, end in enumerate(ends):
        last = bisect_left(marked, end, first)
        if end > start:
            yield number, start, end, [at - start for at in marked[first:last]]
        start, first = end, last


def _arabic_terms(
    written: Sequence[str], heard: Sequence[arabic.NameWord | None], active: Sequence[int]
) -> list[NameTerm]:
    found: list[NameTerm] = []
    for at, length, named in arabic.places(written, heard, active):
        found += [(place.term, at, length) for place in named]
    found += [(FOREIGN + key, at, 1) for at in active if (key := _foreign(heard[at]))]
    for start, end in arabic.runs(heard, active):
        for at, length, named in arabic.places_of_two(heard, start, end):
            found += [(place.term, at, length) for place in named]
        for first, last in arabic.phrases(heard, start, end):
            found.append((arabic_term(_heard(heard, first, last)), first, last - first))
    # A place may be found by its spelling and by its sound.
    return sorted(set(found), key=lambda term: (term[1], term[0]))


def _latin_terms(words: Sequence[latin.LatinWord], capitals: Sequence[int], language: str) -> list[NameTerm]:
    found: list[NameTerm] = []
    if not capitals:
        for at, length, named in latin.places(words, range(len(words)), cased=False):
            found += [(place.term, at, length) for place in named]
        return found
    syllables: list[int] = []
    begin: list[int] = []
    for at in capitals:
        word = words[at]
        if word.syllable:
            syllables.append(at)
        # German writes every noun with a capital.
        elif word.foreign and language != "de":
            found.append((FOREIGN + word.foreign, at, 1))
        if word.names is not NO_NAMES:
            begin.append(at)
    for at, length, named in latin.places(words, begin, cased=True):
        found += [(place.term, at, length) for place in named]
    vietnamese = language == "vi"
    for start, end in latin.runs(syllables):
        for first, last in latin.phrases(start, end):
            if vietnamese or last - first > SHORTEST or latin.family_name(words[first], accented=False):
                found.append((vietnamese_term(_spelt(words, first, last)), first, last - first))
    return sorted(set(found), key=lambda term: (term[1], term[0]))


@dataclass(frozen=True, slots=True)
class _Text:
    """A text as words, and which of them begin after punctuation."""

    words: list[str]
    breaks: frozenset[int]


def _foreign(word: arabic.NameWord | None) -> str | None:
    return word.foreign if word else None


def _heard(words: Sequence[arabic.NameWord | None], first: int, last: int) -> list[ArabicSyllable]:
    return [word.syllable for word in words[first:last] if word and word.syllable]


def _spelt(words: Sequence[latin.LatinWord], first: int, last: int) -> list[VietnameseSyllable]:
    return [word.syllable for word in words[first:last] if word.syllable]


def _arabic_names(words: Sequence[arabic.NameWord | None], start: int, end: int) -> list[tuple[int, int]]:
    """The longest phrases of a run, the longest with no common word at an end, and all of three syllables.

    Where a name ends is not written: in فام ذي تونغ نائب "Phạm Thế Tùng, deputy" the last word may be one.
    """
    phrases = list(arabic.phrases(words, start, end))
    telling = [bool(word and word.telling) for word in words]
    firm = [(first, last) for first, last in phrases if telling[first] and telling[last - 1]]
    three = [(first, last) for first, last in phrases if last - first == LONGEST - 1]
    return sorted({*_widest(phrases), *_widest(firm), *three})


def _widest(phrases: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Phrases that no other one holds: of a name the whole name is asked for."""
    return [
        (first, last)
        for first, last in phrases
        if not any((start, end) != (first, last) and start <= first and last <= end for start, end in phrases)
    ]


def latin_names(
    words: Sequence[latin.LatinWord], capitals: Sequence[int], *, breaks: Collection[int]
) -> list[tuple[int, int]]:
    """Start and end of the Vietnamese names of a query or text in Latin script, each as long as it goes.

    `capitals`: places of the words that begin with one. `breaks`: words before which a name ends, since
    punctuation stands there.
    """
    accented = not all(word.lower.isascii() for word in words)
    cased = bool(capitals)
    candidates = capitals if cased else range(len(words))
    syllables = [at for at in candidates if words[at].syllable]
    found = []
    for start, end in _parted(latin.runs(syllables), breaks):
        family = [at for at in range(start, end - 1) if latin.family_name(words[at], accented=accented)]
        if cased and end - start <= LONGEST:
            if end - start > SHORTEST or start in family or accented:
                found.append((start, end))
            family = [at for at in family if end - at > SHORTEST]
        found += [(at, min(at + LONGEST, end)) for at in family]
        if not cased:
            # Where the name ends is not written: "nguyễn phú trọng thăm" is a name and "visits".
            found += [(at, at + LONGEST - 1) for at in family if at + LONGEST <= end]
    return _widest(found) if cased else sorted(set(found))


def _parted(runs: Iterable[tuple[int, int]], breaks: Collection[int]) -> Iterator[tuple[int, int]]:
    for start, end in runs:
        cuts = [start, *(at for at in range(start + 1, end) if at in breaks), end]
        yield from ((first, last) for first, last in pairwise(cuts) if last - first >= SHORTEST)


@lru_cache(maxsize=1)
def _reader() -> NameReader:
    return NameReader()


def name_terms(words: Sequence[str], language: str) -> list[NameTerm]:
    """`NameReader.terms` without an archive's counts."""
    return _reader().terms(words, language)


def name_keys(text: str, language: str) -> list[NameMention]:
    """`NameReader.mentions` without an archive's counts.

    >>> [name_keys(name, "vi")[0].terms[0] for name in ("Phạm Thế Tùng", "pham the tung", "فام ذا تونغ")]
    ['FM-T-TN', 'FM-T-TN', 'FM-T-TN']
    """
    return _reader().mentions(text, language)


def aligned_names(latin_text: str, arabic_text: str) -> list[NamePair]:
    """Names that two texts of one story share, by key: what a dictionary of spellings grows from."""
    return _reader().pairs(latin_text, arabic_text)


def _read_text(text: str) -> _Text:
    starts, ends = word_breaks(text)
    gaps = (text[end:start] for end, start in zip(ends, starts[1:], strict=False))
    breaks = frozenset(at for at, gap in enumerate(gaps, start=1) if gap.strip(_INSIDE_NAMES))
    return _Text([text[start:end] for start, end in zip(starts, ends, strict=True)], breaks)
