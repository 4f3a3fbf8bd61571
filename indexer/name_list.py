"""The pairs of names and Arabic spellings of a home, as commands and pages list them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analyzers.name_alignment import bare_name, normal_spelling

from .errors import IndexMissing
from .generations import current_name, index_folder
from .name_files import NameEntry, load_entries, load_witnesses
from .name_vetoes import Veto, read_vetoes
from .name_witnesses import Witness


@dataclass(frozen=True, slots=True)
class NameRow:
    """One pair of a name and a spelling."""

    name: str
    arabic: str
    stories: int
    """0 for a vetoed pair that no story witnesses."""
    article: str
    """Id of an article that has the spelling; empty where no story has it."""
    vetoed: bool
    joins: bool
    """Whether a search joins the two by the dictionary."""

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "name": self.name,
            "arabic": self.arabic,
            "stories": self.stories,
            "article": self.article or None,
            "vetoed": self.vetoed,
            "joins": self.joins,
        }


def name_rows(home: Path) -> Iterator[NameRow]:
    """The entries of the serving generation, then the vetoed pairs that it has not.

    Raises `IndexMissing` where there is no dictionary yet, `NamesError` for vetoes that cannot be read.
    """
    vetoes = read_vetoes(home)
    folder = index_folder(home) / current_name(home)
    loaded = load_entries(folder)
    if loaded is None:
        raise IndexMissing(f"{folder} has no dictionary of names yet; `dalil catch-up` makes it")
    refused: dict[str, list[Veto]] = {}
    for veto in vetoes:
        refused.setdefault(veto.arabic, []).append(veto)
    met: set[Veto] = set()
    for entry in loaded[1]:
        against = {veto for veto in refused.get(entry.arabic, ()) if veto.covers(entry.name, entry.arabic)}
        met |= against
        yield _row(entry, vetoed=bool(against))
    for veto in vetoes:
        if veto not in met:
            yield NameRow(veto.name, veto.arabic, 0, "", vetoed=True, joins=False)


def has_words(row: NameRow, wanted: str) -> bool:
    """Whether the name or the spelling has these words in it; accents count where they are typed."""
    if wanted.isascii():
        return wanted.lower() in bare_name(row.name)
    composed = " ".join(wanted.split())
    return composed.lower() in row.name.lower() or normal_spelling(composed) in row.arabic


def witnesses_of(home: Path, name: str) -> list[Witness]:
    """The stories that witness the spellings of a name, as the dictionary writes it."""
    loaded = load_witnesses(index_folder(home) / current_name(home))
    bare = bare_name(name)
    return [] if loaded is None else [w for w in loaded[1] if w.name in {name, bare}]


def _row(entry: NameEntry, *, vetoed: bool) -> NameRow:
    return NameRow(entry.name, entry.arabic, entry.stories, entry.article, vetoed, entry.joins and not vetoed)
