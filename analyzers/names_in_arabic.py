"""Where an Arabic text may name a person or place: phrases of syllables, and places of the gazetteer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from .arabic import (
    ALEF,
    ARTICLE,
    BEH,
    FEH,
    KAF,
    LAM,
    WAW,
    arabic_letters,
    bare_hamza,
    plain_final_letters,
    without_tashkeel,
)
from .gazetteer import Name, Names, Place, gazetteer
from .languages import stop_words
from .name_keys_arabic import ArabicSyllable, arabic_syllable, looks_vietnamese, two_syllables
from .name_keys_foreign import TERM as FOREIGN
from .name_keys_foreign import foreign_arabic_key
from .name_phrases import LONGEST, SHORTEST, begins_arabic
from .unicode_text import compatible

Ordinary = Callable[[str], bool]
"""Whether a normalised word is an ordinary one of the language in this archive."""

_COMMON_SHARE = 0.01
"""Part of an archive's articles from which an ordinary word is a common one."""
_VOWELS = "اوي"
_FEMININE = "ته"
_PRESENT = "يت"
_FUTURE = "س"
_LEAST_TELLING = 2
"""Words of a phrase that are no common ones; less would meet كان "was" and من "of" everywhere."""
_LEAST_WITH_CLITIC = 4
_LEAST_LETTERS = 5
"""A shorter single word is no name of a town that few know."""


@lru_cache(maxsize=1 << 16)
def normal_word(written: str) -> str:
    """An Arabic word as the Arabic analyzer compares it."""
    return plain_final_letters(bare_hamza(without_tashkeel(arabic_letters(compatible(written)))))


def ordinary_words(counts: Mapping[str, int]) -> Ordinary:
    """Tells ordinary words from names by whether an archive uses them with and without the article.

    `counts`: normalised word -> document frequency. بيان "statement" has البيان beside it, and الخبر (a city,
    and "the news") خبر; names have not. Nothing is ordinary where nothing is counted.
    """

    def ordinary(word: str) -> bool:
        count = counts.get(word, 0)
        if word.startswith(ARTICLE):
            return 0 < count <= 2 * counts.get(word[2:], 0)
        return 0 < count <= 4 * counts.get(ARTICLE + word, 0)

    return ordinary


@dataclass(frozen=True, slots=True)
class NameWord:
    """What one word of an Arabic text can be in a name."""

    normal: str
    """Without the clitic where the name stands only behind one: نغوين of ونغوين."""
    syllable: ArabicSyllable | None
    telling: bool
    """Whether the word is no common one: two at least in a phrase."""
    strange: bool
    """Whether the word is no ordinary one, however rare: beside it a common word may be a syllable."""
    longer: Names | None
    """Names of the gazetteer of several words that begin with this one."""
    places: tuple[Place, ...]
    """Places that the word names by itself."""
    foreign: str | None
    """The key of a foreign name that the word may be."""
    after_clitic: bool
    """Whether `normal` stands behind a clitic: no name goes on with such a word."""
    tells: frozenset[str]
    """The terms of names that may begin with the word, of phrases what stands before their first `-`; and
    what `heard_from` gives for places that are told by sound."""

    @property
    def known(self) -> bool:
        """Whether it is more than a word that may be a foreign name."""
        return bool(self.syllable or self.places or self.longer)


class ArabicWords(dict[str, NameWord | None]):
    """Written word -> what it can be in a name, None for most; computed once a word."""

    _LIMIT = 300_000

    def __init__(self, counts: Mapping[str, int], documents: int) -> None:
        """`counts`: normalised word -> document frequency in an archive of so many `documents`."""
        super().__init__()
        self._counts = counts
        self._common_from = max(2.0, _COMMON_SHARE * documents)
        self._ordinary = ordinary_words(counts)
        self._stop = frozenset(map(normal_word, stop_words("ar")))

    def __missing__(self, written: str) -> NameWord | None:
        if len(self) >= self._LIMIT:
            self.clear()
        found = self[written] = self._read(normal_word(written))
        return found

    def _read(self, word: str) -> NameWord | None:
        whole = self._name_word(word, after_clitic=False)
        if word in self._stop or (whole and whole.known):
            return whole
        behind = [self._name_word(rest, after_clitic=True) for rest in without_clitics(word)]
        # A foreign name last: بنغوين "by Nguyễn" has consonants enough for one.
        return next((found for found in behind if found and found.known), whole)

    def _name_word(self, word: str, *, after_clitic: bool) -> NameWord | None:
        stop = word in self._stop
        syllable = arabic_syllable(word)
        names = gazetteer().arabic(word)
        places: tuple[Place, ...] = ()
        if not stop:
            if names.alone and self._names(word, names.alone.places[0], after_clitic=after_clitic):
                places = names.alone.places
            elif not names.alone and not syllable and looks_vietnamese(word):
                halves = two_syllables(word)
                places = gazetteer().by_sound(*halves) if halves else ()
        ordinary = self._ordinary(word)
        foreign = (
            None if stop or syllable or places else self._foreign(word)
        )  # After a clitic a common syllable says nothing: وكان "and was".
        if not (places or names.longer or foreign or (syllable and not (stop and after_clitic))):
            return None
        tells = {*(place.term for place in places), *names.terms}
        if syllable:
            tells.update((*begins_arabic(syllable), heard_from(syllable.coda)))
        if foreign:
            tells.add(FOREIGN + foreign)
        return NameWord(
            word,
            syllable,
            telling=not stop and (self._rare(word) or not ordinary or looks_vietnamese(word)),
            strange=not stop and not ordinary,
            longer=names if names.longer else None,
            places=places,
            foreign=foreign,
            after_clitic=after_clitic,
            tells=frozenset(tells),
        )

    def unusual(self, word: str) -> bool:
        """Whether a normalised word is none of the language's own, as far as this archive tells.

        A place may well be in several articles of a hundred; a verb has no other form that tells it.
        """
        count = self._counts.get(word, 0)
        if word in self._stop or count >= 5 * self._common_from or self._inflected(word):
            return False
        # The future of a verb, سيكون "will be" of يكون "is".
        return not (word[0] == _FUTURE and self._counts.get(word[1:], 0) > count)

    def frequency(self, word: str) -> int:
        """Articles of the archive that have a normalised word."""
        return self._counts.get(word, 0)

    def _foreign(self, word: str) -> str | None:
        if len(word) < _LEAST_LETTERS or self._inflected(word):
            return None
        # و before a consonant is "and": وترامب. Names have a vowel there: ويلسون.
        return foreign_arabic_key(word[1:] if word[0] == WAW and word[1] not in _VOWELS else word)

    def _inflected(self, word: str) -> bool:
        """Whether the archive has other forms of a word, as it has of its language's own and not of names."""
        counts = self._counts
        if self._ordinary(word):
            return True
        # Feminine and past: مراسل/مراسله "correspondent", انطلق/انطلقت "started"; present: يتمكن/تتمكن "is
        # able".
        if any(word + ending in counts for ending in _FEMININE):
            return True
        if word[-1:] in _FEMININE and word[:-1] in counts:
            return True
        if word[:1] in _PRESENT and all(letter + word[1:] in counts for letter in _PRESENT):
            return True
        count = counts.get(word, 0)
        return any(counts.get(rest, 0) > count for rest in without_clitics(word))

    def _rare(self, word: str) -> bool:
        return self._counts.get(word, 0) < self._common_from

    def _names(self, word: str, place: Place, *, after_clitic: bool) -> bool:
        if place.size == "C":
            return True
        if self._ordinary(word):
            return False
        return place.known_widely or (not after_clitic and len(word) >= _LEAST_LETTERS)


def without_clitics(word: str) -> Iterator[str]:
    """What stands behind clitics, the shortest cut first: ونغوين "and Nguyễn", لليابان "to Japan" ->
    اليابان.
    """
    if len(word) < _LEAST_WITH_CLITIC:
        return
    rest = word
    if rest[0] in (WAW, FEH):
        rest = rest[1:]
        yield rest
    if rest.startswith(LAM + LAM):
        yield ALEF + rest[1:]
    elif rest[0] in (BEH, LAM, KAF) and len(rest) >= _LEAST_WITH_CLITIC:
        yield rest[1:]


def heard_from(coda: str) -> str:
    """What stands in `NameWord.tells` for the places whose first syllable ends so."""
    return f"-{coda}"


Found = tuple[int, int, tuple[Place, ...]]
"""Number of the first word, length in words, places."""


def places(
    written: Sequence[str], words: Sequence[NameWord | None], active: Sequence[int]
) -> Iterator[Found]:
    """The places that a text names, none inside another; `active`: where `words` has one."""
    free = 0
    for at in active:
        word = words[at]
        if word is None or at < free:
            continue
        longer = _longest(word.longer, written, at) if word.longer else None
        if longer:
            free = at + len(longer.words)
            yield at, free - at, longer.places
        elif word.places:
            yield at, 1, word.places


def _longest(names: Names, written: Sequence[str], at: int) -> Name | None:
    if at + 1 == len(written):
        return None
    second = normal_word(written[at + 1])
    if second not in names.longer:
        return None
    return names.longest(second, lambda count: map(normal_word, written[at + 1 : at + 1 + count]))


def runs(words: Sequence[NameWord | None], active: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Start and end of each run of two or more words that can be syllables of one name."""
    start = end = 0
    for at in active:
        word = words[at]
        if word is None or word.syllable is None:
            continue
        if at != end or word.after_clitic:
            if end - start >= SHORTEST:
                yield start, end
            start = at
        end = at + 1
    if end - start >= SHORTEST:
        yield start, end


def places_of_two(words: Sequence[NameWord | None], start: int, end: int) -> Iterator[Found]:
    """The Vietnamese places of two syllables in a run, told by sound; one of the two may be a common word."""
    for at in range(start, end - 1):
        first, second = words[at], words[at + 1]
        if not (first and second and first.syllable and second.syllable):
            continue
        # A strange word with a telling one on its other side is part of a name there: تونغ أن "Tùng that".
        alone = first.strange and not (at > start and _tells(words[at - 1]))
        alone = alone or (second.strange and not (at + 2 < end and _tells(words[at + 2])))
        if (first.telling and second.telling) or alone:
            found = gazetteer().by_sound(first.syllable, second.syllable)
            if not found and first.strange and second.strange:
                found = gazetteer().nearly(first.syllable, second.syllable)
            if found:
                yield at, 2, found


def _tells(word: NameWord | None) -> bool:
    return word is not None and word.telling


def phrases(words: Sequence[NameWord | None], start: int, end: int) -> Iterator[tuple[int, int]]:
    """Start and end of each phrase of two to four syllables in a run: two telling words, one common at
    most.
    """
    for first in range(start, end - 1):
        telling = 0
        for last in range(first, min(first + LONGEST, end)):
            word = words[last]
            telling += word is not None and word.telling
            if telling >= max(_LEAST_TELLING, last - first):
                yield first, last + 1
