"""What the desk needs beside the service; `search_web.desk.Desk` is the real one, over a home."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from indexer.archive.desk_store import SavedSearch
from indexer.articles import Article
from indexer.name_list import NameRow
from indexer.name_witnesses import Witness

from ...core.locate import Located
from ...core.translations.translation_groups import CheckedGroup, CheckInput, CheckPage


class Sessions(Protocol):
    """What sign-ins need of a home."""

    def salt(self) -> bytes:
        """Bytes that belong to the home."""

    def end_session(self, number: str, until: float) -> None:
        """Remember that a session has ended before its time."""

    def has_ended(self, number: str) -> bool:
        """Whether a session was ended before its time."""


class DeskBackend(Sessions, Protocol):
    """Reads and keeps what editors work with. Called from several threads at once."""

    def locate(self, text: str) -> Located:
        """The article of an id or address."""

    def articles(self, ids: Sequence[str]) -> Mapping[str, Article]:
        """Those of the articles that the archive has, by id."""

    def check_page(self, request: CheckInput) -> CheckPage:
        """One page of groups of translations. Raises `QueryError`."""

    def check_group(self, name: str) -> CheckedGroup | None:
        """One group of translations."""

    def saved(self) -> Sequence[SavedSearch]:
        """All saved searches, by name."""

    def saved_by(self, token: str) -> SavedSearch | None:
        """The saved search of a token."""

    def save(self, name: str, language: str, search: str, known: Sequence[str]) -> SavedSearch:
        """Keep a search with its newest articles."""

    def rename(self, token: str, name: str) -> bool:
        """Give a saved search another name."""

    def visit(self, token: str, seen: Sequence[str]) -> bool:
        """Remember what was seen of a saved search."""

    def forget(self, token: str) -> bool:
        """Delete a saved search."""

    def names(self, words: str, *, vetoed: bool = False) -> Sequence[NameRow]:
        """Pairs of names and spellings that have these words in them."""

    def spellings(self, name: str) -> Sequence[NameRow]:
        """All spellings of a name."""

    def witnesses(self, name: str) -> Sequence[Witness]:
        """The stories that witness the spellings of a name."""

    def veto(self, name: str, arabic: str) -> bool:
        """Refuse a pair. Raises `NamesError`."""

    def allow(self, name: str, arabic: str) -> bool:
        """Take a veto back. Raises `NamesError`."""
