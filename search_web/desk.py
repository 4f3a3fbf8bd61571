"""`Desk`: what the pages for editors read and keep in a home, beside the search service."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from indexer.archive.desk_store import DeskStore, SavedSearch
from indexer.archive_place import server_of
from indexer.articles import Article
from indexer.library import Library
from indexer.name_list import NameRow, has_words, name_rows, witnesses_of
from indexer.name_vetoes import add_veto, drop_veto, same_name, veto_of
from indexer.name_witnesses import Witness

from .core.locate import Located, locate
from .core.translations.translation_groups import CheckedGroup, CheckInput, CheckPage, TranslationGroups


class Desk:
    """Works over a home. Safe for several threads and beside other processes."""

    def __init__(self, home: Path, library: Library) -> None:
        self._home = home
        self._library = library
        self._store = DeskStore(home, server=server_of(home))
        self._groups = TranslationGroups(library)

    def close(self) -> None:
        """Release what it opened itself; the library is its owner's. Closing twice is harmless."""
        self._store.close()

    def locate(self, text: str) -> Located:
        """The article of an id or address."""
        return locate(self._library, text)

    def articles(self, ids: Sequence[str]) -> dict[str, Article]:
        """Those of the articles that the archive has, by id."""
        return dict(self._library.articles(ids))

    def check_page(self, request: CheckInput) -> CheckPage:
        """One page of groups of translations; see `TranslationGroups.page`."""
        return self._groups.page(request)

    def check_group(self, name: str) -> CheckedGroup | None:
        """One group of translations."""
        return self._groups.group(name)

    def salt(self) -> bytes:
        """Bytes that belong to this home."""
        return self._store.salt()

    def end_session(self, number: str, until: float) -> None:
        """Remember that a session has ended before its time."""
        self._store.end_session(number, until)

    def has_ended(self, number: str) -> bool:
        """Whether a session was ended before its time."""
        return self._store.has_ended(number)

    def saved(self) -> Sequence[SavedSearch]:
        """All saved searches, by name."""
        return self._store.saved()

    def saved_by(self, token: str) -> SavedSearch | None:
        """The saved search of a token."""
        return self._store.saved_by(token)

    def save(self, name: str, language: str, search: str, known: Sequence[str]) -> SavedSearch:
        """Keep a search; see `DeskStore.save`."""
        return self._store.save(name, language, search, known)

    def rename(self, token: str, name: str) -> bool:
        """Give a saved search another name."""
        return self._store.rename(token, name)

    def visit(self, token: str, seen: Sequence[str]) -> bool:
        """Remember what was seen of a saved search."""
        return self._store.visit(token, seen)

    def forget(self, token: str) -> bool:
        """Delete a saved search."""
        return self._store.forget(token)

    def names(self, words: str, *, vetoed: bool = False) -> Sequence[NameRow]:
        """Pairs of names and spellings that have these words in them, most stories first.

        Raises `IndexMissing` where there is no dictionary, `NamesError` for vetoes that cannot be read.
        """
        rows = [row for row in name_rows(self._home) if (row.vetoed or not vetoed) and has_words(row, words)]
        return sorted(rows, key=lambda row: (-row.stories, row.name, row.arabic))

    def spellings(self, name: str) -> Sequence[NameRow]:
        """All spellings of a name, most stories first."""
        rows = [row for row in name_rows(self._home) if same_name(row.name, name)]
        return sorted(rows, key=lambda row: (-row.stories, row.arabic))

    def witnesses(self, name: str) -> Sequence[Witness]:
        """The stories that witness the spellings of a name."""
        return witnesses_of(self._home, name)

    def veto(self, name: str, arabic: str) -> bool:
        """Refuse a pair; False if it was refused already. Raises `NamesError`, `ArchiveError`."""
        return add_veto(self._home, veto_of(name, arabic))

    def allow(self, name: str, arabic: str) -> bool:
        """Take a veto back; False if there was none. Raises `NamesError`, `ArchiveError`."""
        return drop_veto(self._home, veto_of(name, arabic))
