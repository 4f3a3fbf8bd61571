"""`NameDictionary`: looks names up, as typed or as a text has them, among counted spellings and vetoes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from analyzers.name_alignment import bare_name
from analyzers.name_phrases import LONGEST
from analyzers.names_in_arabic import normal_word, without_clitics

from .name_files import NameEntry
from .name_vetoes import Veto, same_name, written_name


@dataclass(frozen=True, slots=True)
class KnownName:
    """A place of a text where a known name stands."""

    start: int
    """Number of its first word."""
    end: int
    """Number of the word after its last one."""
    written: str
    """As the dictionary compares it: an Arabic spelling without its clitic, normalised."""
    entries: tuple[NameEntry, ...]
    """Those that join and that no veto is about."""
    vetoes: tuple[Veto, ...]


@dataclass(slots=True)
class _Found:
    entries: list[NameEntry] = field(default_factory=list)
    vetoes: list[Veto] = field(default_factory=list)


class NameDictionary:
    """Spellings by name and names by spelling. Immutable but for what it remembers of words."""

    _LIMIT = 200_000

    def __init__(self, entries: Iterable[NameEntry] = (), vetoes: Iterable[Veto] = ()) -> None:
        self.vetoes = tuple(vetoes)
        """All of them, those of pairs that no story witnesses too."""
        self._found: dict[str, _Found] = {}
        refused: dict[str, list[Veto]] = {}
        for veto in self.vetoes:
            refused.setdefault(veto.arabic, []).append(veto)
            self._at(bare_name(veto.name)).vetoes.append(veto)
            self._at(veto.arabic).vetoes.append(veto)
        self._spellings: dict[str, list[NameEntry]] = {}
        for entry in entries:
            if not entry.joins or any(
                veto.covers(entry.name, entry.arabic) for veto in refused.get(entry.arabic, ())
            ):
                continue
            self._at(bare_name(entry.name)).entries.append(entry)
            self._at(entry.arabic).entries.append(entry)
            self._spellings.setdefault(entry.name, []).append(entry)
        self._firsts = {key.partition(" ")[0] for key in self._found}
        self._words: dict[str, tuple[str, ...]] = {}

    def __bool__(self) -> bool:
        """Whether it knows anything."""
        return bool(self._found)

    def spellings(self, name: str) -> list[NameEntry]:
        """The spellings that join a name, as the dictionary writes it, and that no veto is about."""
        return self._spellings.get(name, [])

    def names_in(self, words: Sequence[str]) -> list[KnownName]:
        """The known names among words, also where they overlap, in order."""
        if not self._found:
            return []
        return [found for at in range(len(words)) for found in self._from(words, at)]

    def _from(self, words: Sequence[str], at: int) -> Iterator[KnownName]:
        for first in self._forms(words[at]):
            if first not in self._firsts:
                continue
            key = first
            for end in range(at + 1, min(at + LONGEST, len(words)) + 1):
                if end > at + 1:
                    key = f"{key} {self._forms(words[end - 1])[0]}"
                if found := self._found.get(key):
                    yield from _as_written(found, words[at:end], key, at)

    def _forms(self, word: str) -> tuple[str, ...]:
        """How a word may stand in a key: without accents, or normalised and without clitics."""
        forms = self._words.get(word)
        if forms is None:
            if len(self._words) >= self._LIMIT:
                self._words.clear()
            bare = bare_name(word)
            if bare.isascii():
                forms = (bare,)
            else:
                normal = normal_word(word)
                forms = (normal, *without_clitics(normal))
            self._words[word] = forms
        return forms

    def _at(self, key: str) -> _Found:
        return self._found.setdefault(key, _Found())


def _as_written(found: _Found, words: Sequence[str], key: str, at: int) -> Iterator[KnownName]:
    """What of the found is meant by these words: an accent that is typed counts."""
    entries, vetoes = found.entries, found.vetoes
    written = key
    if key.isascii():
        written = written_name(" ".join(words))
        entries = [entry for entry in entries if same_name(entry.name, written)]
        vetoes = [veto for veto in vetoes if same_name(veto.name, written)]
    if entries or vetoes:
        yield KnownName(at, at + len(words), written, tuple(entries), tuple(vetoes))
