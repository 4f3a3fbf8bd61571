"""Phrases that mean the same in several languages: `data/concepts/*.tsv` in memory.

The files say where they come from: the words with which CLDR describes characters, names months, days,
currencies, languages and units, and ICU's number words. They are no dictionary: a phrase may name several
concepts, and a text is told by all of those that it has.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from .arabic import ARTICLE, BEH, FEH, KAF, LAM, WAW
from .icu_text import word_breaks
from .languages import build_analyzer
from .names_in_arabic import normal_word
from .tokens import Analyzer

MOST_CONCEPTS = 6
"""A phrase that may name more says nothing: "face", "person"."""
_LEAST_STEM = 3
"""Letters that an Arabic clitic or ending leaves."""
_EXACT = ("n:", "m:", "w:")
"""Numbers, months, days of the week: words of nothing else."""
_HEH = "\N{ARABIC LETTER HEH}"


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase with what it may name."""

    forms: tuple[str, ...]
    """Its words as `Concepts.form` gives them, stop words left out."""
    concepts: tuple[str, ...]
    """Ids, equal in all languages; at least one."""


@dataclass(frozen=True, slots=True)
class Beginning:
    """The phrases that begin with one word."""

    alone: Phrase | None
    """The word by itself."""
    longer: Mapping[str, tuple[Phrase, ...]]
    """Longer phrases by their second word, the longest first."""
    concepts: frozenset[str]
    """What any of the phrases may name."""


class Concepts:
    """The phrases of one language by their first word."""

    def __init__(self, language: str, lines: Iterable[str]) -> None:
        """`lines`: those of the file; a language without one has no phrases."""
        self._analyzer: Analyzer | None = None if language == "ar" else build_analyzer(language, None)
        self._vocabulary: set[str] = set()
        gathered: dict[tuple[str, ...], dict[str, None]] = {}
        for line in lines:
            if line.startswith("#"):
                continue
            phrase, _, named = line.partition("\t")
            starts, ends = word_breaks(phrase)
            words = [phrase[start:end] for start, end in zip(starts, ends, strict=True)]
            forms = tuple(filter(None, map(self._bare_form, words)))
            if forms and (len(forms) > 1 or len(forms[0]) > 1 or not forms[0].isascii()):
                gathered.setdefault(forms, {}).update(dict.fromkeys(named.split()))
        by_first: dict[str, list[Phrase]] = {}
        for forms in sorted(gathered, key=lambda forms: (-len(forms), forms)):
            ids = _ids(gathered[forms])
            if len(ids) <= MOST_CONCEPTS and not all(map(str.isdecimal, forms)):
                by_first.setdefault(forms[0], []).append(Phrase(forms, ids))
                self._vocabulary.update(forms)
        self.beginning: Mapping[str, Beginning] = {
            first: _beginning(phrases) for first, phrases in by_first.items()
        }
        """By the form of the first word."""

    def form(self, word: str) -> str | None:
        """What a word is compared by; "" for a stop word, None for one that no phrase has."""
        if not self._vocabulary:
            return None
        bare = self._bare_form(word)
        if not bare or bare in self._vocabulary:
            return bare
        if self._analyzer is not None:
            return None
        return next((form for form in _arabic_stems(bare) if form in self._vocabulary), None)

    def _bare_form(self, word: str) -> str:
        if self._analyzer is not None:
            return " ".join(self._analyzer.terms(word))
        normal = normal_word(word)
        long = len(normal) - len(ARTICLE) >= _LEAST_STEM
        return normal[len(ARTICLE) :] if long and normal.startswith(ARTICLE) else normal


@cache
def concepts_of(language: str) -> Concepts:
    """The phrases of a language (a row of `languages`), read when they are first needed."""
    path = resources.files(__package__).joinpath("data", "concepts", f"{language}.tsv")
    return Concepts(language, path.read_text(encoding="utf-8").splitlines() if path.is_file() else ())


def _beginning(phrases: Iterable[Phrase]) -> Beginning:
    alone = None
    longer: dict[str, list[Phrase]] = {}
    concepts: set[str] = set()
    for phrase in phrases:
        concepts.update(phrase.concepts)
        if len(phrase.forms) == 1:
            alone = phrase
        else:
            longer.setdefault(phrase.forms[1], []).append(phrase)
    return Beginning(alone, {second: tuple(found) for second, found in longer.items()}, frozenset(concepts))


def _ids(named: Iterable[str]) -> tuple[str, ...]:
    """What a phrase names: the month alone where it is one, though it is a picture's too.

    năm is "five" and "year": it stays both.
    """
    ids = tuple(named)
    exact = tuple(each for each in ids if ":" in each)
    return exact if len(exact) == 1 and exact[0].startswith(_EXACT) else ids


def _arabic_stems(word: str) -> Iterator[str]:
    """What a normalised word may be without clitics and without the ending of a number or adjective.

    The table decides which of them is a word: حرائق stays one, والمستشفيات "and the hospitals" is مستشفى.
    """
    behind = [
        word[len(prefix) :]
        for prefix in _PREFIXES
        if word.startswith(prefix) and len(word) - len(prefix) >= _LEAST_STEM
    ]
    yield from behind
    for start in (word, *behind):
        for suffix in _SUFFIXES:
            if start.endswith(suffix) and len(start) - len(suffix) >= _LEAST_STEM:
                stem = start[: -len(suffix)]
                yield stem
                yield stem + _HEH


_PREFIXES = (
    *(joined + ARTICLE for joined in ("", WAW, BEH, FEH, KAF)),
    LAM + LAM,
    *(WAW, BEH, LAM, FEH, KAF, "س"),
)
"""The article with its joins, single clitics, and the mark of the future."""
_SUFFIXES = ("ات", "ون", "ين", "ان", "يه", _HEH, "ي", "ت")
"""Endings of plurals, duals and of adjectives, as the analyzer normalises them."""
