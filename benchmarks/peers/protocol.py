"""What a peer is asked and what it answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

HOME = Path(__file__).resolve().parents[2] / ".peers"
"""Jars, packages and kept answers; `scripts/peers.sh` fills it."""


class PeerMissing(Exception):
    """A peer cannot be asked here; the message says why and what would help."""


@dataclass(frozen=True, slots=True)
class PeerDocument:
    """One article as every engine gets it, plain text."""

    id: str
    title: str
    lead: str
    body: str

    @property
    def text(self) -> str:
        """Title, lead and body as one text, as peers index it."""
        return "\n".join(part for part in (self.title, self.lead, self.body) if part)


@dataclass(frozen=True, slots=True)
class Answers:
    """What one engine found for some queries in one index."""

    documents: int
    """Held by the index when the queries were asked."""
    postings: int
    """Sum of the document frequencies of all terms; 0 where the engine does not tell."""
    found: Mapping[str, tuple[str, ...]]
    """Query id -> document ids, best first, at most as many as were asked for."""


class Peer(Protocol):
    """A search engine that answers bags of words, any of which may match."""

    @property
    def name(self) -> str:
        """What tables call it."""

    def serves(self, lang: str) -> bool:
        """Whether it has something of its own for the language."""

    def version(self) -> str:
        """Version of the engine and everything that decides its answers. Raises `PeerMissing`."""

    def answer(
        self, lang: str, documents: Sequence[PeerDocument], queries: Mapping[str, str], limit: int
    ) -> Answers:
        """Index the documents of a language, ask every query (id -> text). Raises `PeerMissing`."""
