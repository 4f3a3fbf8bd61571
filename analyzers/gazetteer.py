"""Places by their names in Arabic and Latin script: `data/gazetteer.tsv` in memory.

A place has one term, `g:` and its id, wherever it stands and however it is written: هانوي, Hà Nội and Hanoi
are `g:1581130`. The file says where the names come from; `scripts/make_gazetteer.py` makes it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources

from .name_keys_arabic import ArabicSyllable
from .name_keys_vietnamese import VietnameseSyllable, vietnamese_syllable
from .name_phrases import misses
from .unicode_text import straight_apostrophe
from .vietnamese import one_tone_place, unaccented

TERM = "g:"
_MOST_PLACES = 2
"""Places of one name that are told apart by nothing, the largest first: two cities are called Hyderabad."""
_PARTS = re.compile(r"[\s.&/,-]+")


@dataclass(frozen=True, slots=True)
class Place:
    """One place of the file."""

    id: str
    """GeoNames number, ISO 3166 or UN M49 code, or a name of ours with a colon in it."""
    size: str
    """C country or region, B capital or half a million people, V in Vietnam, M 100,000 people, S smaller."""

    @property
    def term(self) -> str:
        """The term of the place in an index."""
        return TERM + self.id

    @property
    def known_widely(self) -> bool:
        """Whether a bare name that could be something else rather means this place."""
        return self.size in "CBV"


@dataclass(frozen=True, slots=True)
class Name:
    """A name with the places that have it."""

    words: tuple[str, ...]
    """In Arabic as the analyzer normalises them; in Latin script in lower case without accents, đ as d."""
    places: tuple[Place, ...]
    written: frozenset[tuple[str, ...]]
    """The words in Latin script with their accents, where there are any: Hà Lan "Holland" is not Hà Lân."""


@dataclass(frozen=True, slots=True)
class Names:
    """The names that begin with one word."""

    alone: Name | None
    """The word by itself."""
    longer: Mapping[str, tuple[Name, ...]]
    """Longer names by their second word, the longest first."""
    terms: frozenset[str]
    """Those of all places that have the names."""

    def longest(self, second: str, following: Callable[[int], Iterable[str]]) -> Name | None:
        """The longest name that a text has here; `following(n)` gives its next n words."""
        for name in self.longer.get(second, ()):
            if len(name.words) == 2 or tuple(following(len(name.words) - 1)) == name.words[1:]:
                return name
        return None


NO_NAMES = Names(None, {}, frozenset())
_Listed = dict[str, list[tuple[str, Place]]]
"""First word -> names as the file has them, the largest places first."""


class Gazetteer:
    """Names by their first word; what is looked for is worked out then, so that loading is quick."""

    def __init__(self, lines: Iterable[str]) -> None:
        """`lines`: those of the file."""
        self._arabic: _Listed = {}
        self._latin: _Listed = {}
        self._by_codas: dict[tuple[str, str], list[tuple[VietnameseSyllable, VietnameseSyllable, Place]]] = {}
        self._first_codas: dict[str, set[str]] = {}
        for line in lines:
            if line.startswith("#"):
                continue
            id_, size, latin, arabic = line.split("\t")
            place = Place(id_, size)
            for name in latin.split("|"):
                self._latin.setdefault(_first_latin_word(name), []).append((name, place))
                if size == "V":
                    self._add_by_sound(name, place)
            for name in arabic.split("|") if arabic else ():
                self._arabic.setdefault(name.partition(" ")[0], []).append((name, place))
        self.arabic = lru_cache(maxsize=1 << 14)(self._arabic_names)
        """First word, normalised -> names in Arabic script."""
        self.latin = lru_cache(maxsize=1 << 14)(self._latin_names)
        """First word, in lower case and without accents -> names in Latin script."""
        self.by_sound = lru_cache(maxsize=1 << 14)(self._places_by_sound)
        """Two Arabic syllables -> the Vietnamese places that they may spell."""
        self.nearly = lru_cache(maxsize=1 << 14)(self._places_nearly)
        """The same, where the vowels of one syllable disagree."""

    def spellings(self) -> Iterator[tuple[Place, tuple[str, ...]]]:
        """Every place with each of its Arabic names, as words."""
        for listed in self._arabic.values():
            for name, place in listed:
                yield place, tuple(name.split())

    def first_codas(self, term: str) -> Collection[str]:
        """How the first of the two syllables may end by which `by_sound` and `nearly` tell a place."""
        return self._first_codas.get(term, ())

    def _add_by_sound(self, name: str, place: Place) -> None:
        syllables = [vietnamese_syllable(word) for word in _PARTS.split(name)]
        if len(syllables) == 2 and syllables[0] and syllables[1]:
            codas = syllables[0].coda, syllables[1].coda
            self._by_codas.setdefault(codas, []).append((syllables[0], syllables[1], place))
            self._first_codas.setdefault(place.term, set()).add(codas[0])

    def _arabic_names(self, first: str) -> Names:
        listed = self._arabic.get(first)
        return _names((tuple(name.split()), (), place) for name, place in listed) if listed else NO_NAMES

    def _latin_names(self, first: str) -> Names:
        listed = self._latin.get(first)
        if not listed:
            return NO_NAMES
        return _names(
            (latin_words(n), () if n.isascii() else accented_words(n), place) for n, place in listed
        )

    def _places_by_sound(self, first: ArabicSyllable, second: ArabicSyllable) -> tuple[Place, ...]:
        known = self._by_codas.get((first.coda, second.coda), ())
        places = (p for one, two, p in known if one.may_be(first) and two.may_be(second))
        return tuple(dict.fromkeys(places))

    def _places_nearly(self, first: ArabicSyllable, second: ArabicSyllable) -> tuple[Place, ...]:
        known = self._by_codas.get((first.coda, second.coda), ())
        return tuple(dict.fromkeys(p for one, two, p in known if misses((one, two), (first, second)) == 1))


@cache
def gazetteer() -> Gazetteer:
    """The file, read when it is first needed."""
    path = resources.files(__package__).joinpath("data", "gazetteer.tsv")
    return Gazetteer(path.read_text(encoding="utf-8").splitlines())


def latin_words(name: str) -> tuple[str, ...]:
    """The words of a name in Latin script as the gazetteer compares them.

    >>> latin_words("Bà Rịa - Vũng Tàu")
    ('ba', 'ria', 'vung', 'tau')
    """
    return tuple([word for word in _PARTS.split(_bare(name)) if word])


def accented_words(name: str) -> tuple[str, ...]:
    """The words of a name in Latin script in lower case, their accents kept."""
    lower = unicodedata.normalize("NFC", straight_apostrophe(name).lower())
    return tuple([one_tone_place(word) for word in _PARTS.split(lower) if word])


def _bare(name: str) -> str:
    return name.casefold() if name.isascii() else unaccented(straight_apostrophe(name).casefold())


def _first_latin_word(name: str) -> str:
    first = name.partition(" ")[0] if name[0].isalpha() else name
    words = latin_words(first)
    return words[0] if words else latin_words(name)[0]


def _names(listed: Iterable[tuple[tuple[str, ...], tuple[str, ...], Place]]) -> Names:
    places: dict[tuple[str, ...], dict[Place, None]] = {}
    written: dict[tuple[str, ...], set[tuple[str, ...]]] = {}
    for words, accented, place in listed:
        places.setdefault(words, {})[place] = None
        if accented:
            written.setdefault(words, set()).add(accented)
    longer: dict[str, list[Name]] = {}
    alone = None
    terms: set[str] = set()
    for words in sorted(places, key=len, reverse=True):
        found = list(places[words])
        # A country and a town of its name: the country is meant.
        kept = found[: 1 if found[0].size == "C" else _MOST_PLACES]
        name = Name(words, tuple(kept), frozenset(written.get(words, ())))
        terms.update(place.term for place in kept)
        if len(words) == 1:
            alone = name
        else:
            longer.setdefault(words[1], []).append(name)
    return Names(alone, {second: tuple(names) for second, names in longer.items()}, frozenset(terms))
