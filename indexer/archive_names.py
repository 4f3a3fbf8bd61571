"""`ArchiveNames`: reads names as `NameReader` does, and as the archive's dictionary and its editors have it.

The index has the terms of `NameReader` alone. What the dictionary and the vetoes add acts on a query: the
mention of a known name brings its other spellings, that of a vetoed one the spellings that do not count. So
neither makes an index stale.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from analyzers import Analyzer, Lexicon, NameMention, NameReader, analyzer_for, index_language, name_reader
from analyzers.icu_text import word_breaks
from analyzers.name_alignment import bare_name
from analyzers.names import NameTerm

from .name_dictionary import KnownName, NameDictionary
from .name_files import DICTIONARY, NameEntry, load_entries
from .name_vetoes import readable_vetoes, vetoes_state

_KNOWN, _VETOED = "d:", "v:"
"""Begin terms that no index has. They stand in mentions and in texts that are marked: `d:` and a name of the
dictionary, `v:` and a spelling in the place of the sound that it shares with a name that it is not."""

_KEPT = 4
_opened: dict[object, ArchiveNames] = {}


def is_indexed(term: str) -> bool:
    """Whether an index may have a term of a mention: the others only tell which words to mark."""
    return not term.startswith((_KNOWN, _VETOED))


class ArchiveNames(NameReader):
    """A reader that knows a dictionary and vetoes. Safe for several threads."""

    def __init__(self, lexicons: Mapping[str, Lexicon], dictionary: NameDictionary) -> None:
        super().__init__()
        # What is known of each word is shared with the reader that indexes.
        self._arabic = name_reader(lexicons.get("ar")).arabic_words
        self._lexicons = lexicons
        self._dictionary = dictionary
        self._sounds: dict[str, tuple[str, ...]] = {}
        ways = dict.fromkeys(way for veto in dictionary.vetoes for way in (veto.name, veto.arabic))
        self._vetoed = {way: self._told_by(way) for way in ways}

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages of the archive, as their analyzers are called."""
        return tuple(sorted(self._lexicons))

    def analyzer(self, lang: str) -> Analyzer:
        """The analyzer of a language with the archive's lexicon."""
        return analyzer_for(lang, self._lexicons.get(index_language(lang)))

    def mentions(self, text: str, language: str) -> list[NameMention]:
        """See `NameReader`; with the spellings of the dictionary, and those that vetoes refuse."""
        found = super().mentions(text, language)
        if not self._dictionary:
            return found
        starts, ends = word_breaks(text)
        words = [text[start:end] for start, end in zip(starts, ends, strict=True)]
        known: dict[tuple[int, int], KnownName] = {}
        for name in self._dictionary.names_in(words):
            known.setdefault((name.start, name.end), name)
        refined = []
        told = set()
        for mention in found:
            span = (mention.start, mention.end)
            refined.append(self._refined(mention, known.get(span)))
            told.add(span)
        for span, name in known.items():
            if span not in told and name.entries:
                refined.append(self._refined(NameMention((), *span, "dictionary"), name))
        return sorted(refined, key=lambda mention: (mention.start, mention.end))

    def terms(self, words: Sequence[str], language: str) -> list[NameTerm]:
        """See `NameReader`; for words to mark, never for an index: vetoed spellings have no sound here."""
        found = super().terms(words, language)
        marks: list[NameTerm] = []
        for name in self._dictionary.names_in(words):
            length = name.end - name.start
            if name.vetoes:
                found = [term for term in found if term[1:] != (name.start, length)]
                marks.append((_VETOED + name.written, name.start, length))
            marks += [(_known(entry), name.start, length) for entry in name.entries]
        return sorted({*found, *marks}, key=lambda term: (term[1], term[0])) if marks else found

    def _refined(self, mention: NameMention, known: KnownName | None) -> NameMention:
        terms = dict.fromkeys(mention.terms)
        refused: dict[str, None] = {}
        spellings: dict[str, None] = {}
        if known is not None:
            refused = dict.fromkeys(
                veto.arabic if known.written != veto.arabic else veto.name for veto in known.vetoes
            )
            for name in dict.fromkeys(entry.name for entry in known.entries):
                terms |= dict.fromkeys(self._sound(name))
            spellings = self._spellings(known, terms, narrowed=bool(refused))
            terms |= dict.fromkeys(map(_known, known.entries))
        marks = [
            _VETOED + way
            for way, told in self._vetoed.items()
            if way not in refused and not terms.keys().isdisjoint(told)
        ]
        return replace(mention, terms=(*terms, *marks), spellings=tuple(spellings), refused=tuple(refused))

    def _spellings(self, known: KnownName, terms: Mapping[str, None], *, narrowed: bool) -> dict[str, None]:
        """The other ways to write a name; those that its terms find only where a veto narrows them."""
        ways: dict[str, None] = {}
        for name in dict.fromkeys(entry.name for entry in known.entries):
            ways[name] = None
            ways |= dict.fromkeys(entry.arabic for entry in self._dictionary.spellings(name))
        return {
            way: None
            for way in ways
            if way != known.written and (narrowed or terms.keys().isdisjoint(self._told_by(way)))
        }

    def _sound(self, name: str) -> tuple[str, ...]:
        """The terms of a whole name in Latin script, as a text with capitals asks for them."""
        found = self._sounds.get(name)
        if found is None:
            words = name.split()
            capitals = " ".join(word.capitalize() for word in words)
            mentions = super().mentions(capitals, "vi")
            whole = [m for m in mentions if (m.start, m.end) == (0, len(words))]
            found = self._sounds[name] = tuple(term for m in whole for term in m.terms)
        return found

    def _told_by(self, way: str) -> frozenset[str]:
        """The terms that an index has for a whole spelling."""
        words = way.split()
        language = "vi" if bare_name(way).isascii() else "ar"
        if language == "vi":
            words = [word.capitalize() for word in words]
        return frozenset(term for term, _, length in super().terms(words, language) if length == len(words))


def _known(entry: NameEntry) -> str:
    return _KNOWN + entry.name.lower()


def archive_names(generation: Path, home: Path, lexicons: Mapping[str, Lexicon]) -> ArchiveNames:
    """The reader of a generation with the dictionary and the vetoes as they are on the disk now.

    Without a dictionary, or with one that is not whole, names are read by their sound alone.
    """
    arabic = lexicons.get("ar")
    hashes = (arabic.hash if arabic else "", *sorted(lexicons))
    key = (generation, home, hashes, _state(generation / DICTIONARY), vetoes_state(home))
    found = _opened.get(key)
    if found is None:
        loaded = load_entries(generation)
        dictionary = NameDictionary(loaded[1] if loaded else (), readable_vetoes(home))
        if len(_opened) >= _KEPT:
            _opened.clear()
        found = _opened[key] = ArchiveNames(lexicons, dictionary)
    return found


def _state(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size
