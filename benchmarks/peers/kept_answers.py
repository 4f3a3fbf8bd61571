"""Answers of peers kept on disk: the same engine finds the same in the same documents."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from .protocol import HOME, Answers, Peer, PeerDocument

CACHE = HOME / "cache"


@dataclass(frozen=True, slots=True)
class _Kept:
    documents: int
    postings: int
    found: Mapping[str, Sequence[int]]
    """Text of a query -> numbers of documents, best first."""


def documents_hash(documents: Sequence[PeerDocument]) -> str:
    """SHA-256 (hex) of the documents in their order."""
    digest = hashlib.sha256()
    for document in documents:
        parts = [document.id, document.title, document.lead, document.body]
        digest.update(json.dumps(parts, ensure_ascii=False).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class KeptPeer:
    """A peer that is asked only what it was not asked before."""

    peer: Peer
    folder: Path

    @property
    def name(self) -> str:
        """The peer's."""
        return self.peer.name

    def serves(self, lang: str) -> bool:
        """As the peer does."""
        return self.peer.serves(lang)

    def version(self) -> str:
        """The peer's; answers of other versions are not used."""
        return self.peer.version()

    def answer(
        self, lang: str, documents: Sequence[PeerDocument], queries: Mapping[str, str], limit: int
    ) -> Answers:
        """As the peer does; equal texts are asked once."""
        key = "\n".join([self.version(), lang, str(limit), documents_hash(documents)])
        path = self.folder / f"{self.name}-{lang}-{hashlib.sha256(key.encode()).hexdigest()[:24]}.json.gz"
        kept = _read(path)
        asked = {text: text for text in queries.values() if kept is None or text not in kept.found}
        if kept is None or asked:
            answers = self.peer.answer(lang, documents, asked, limit)
            numbers = {document.id: number for number, document in enumerate(documents)}
            new = {text: [numbers[each] for each in found] for text, found in answers.found.items()}
            kept = _Kept(answers.documents, answers.postings, {**(kept.found if kept else {}), **new})
            _write(path, kept)
        found = {query: tuple(documents[n].id for n in kept.found[text]) for query, text in queries.items()}
        return Answers(kept.documents, kept.postings, found)


def _read(path: Path) -> _Kept | None:
    try:
        with gzip.open(path, "rt", encoding="utf-8") as file:
            return _Kept(**json.load(file))
    except (OSError, EOFError, ValueError, TypeError):
        return None


def _write(path: Path, kept: _Kept) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_suffix(f".{os.getpid()}")
    record = {"documents": kept.documents, "postings": kept.postings, "found": dict(kept.found)}
    with gzip.open(half, "wt", encoding="utf-8", compresslevel=3) as file:
        json.dump(record, file, ensure_ascii=False)
    half.replace(path)
