"""Dalil beside its peers: through `dalil add` and the service that the pages use."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from indexer.engines.base import SearchEngine
from indexer.library import Library

from ..eval_relevance import DEPTH, ask
from ..indexed import service_over
from .kept_answers import documents_hash
from .protocol import Answers, PeerDocument

_ALL_TERMS = 1 << 40
_SYNTAX = re.compile(r"[:*()\"“”„‟＂«»「」『』]|(?<!\S)[-−]")


@dataclass(frozen=True, slots=True)
class DalilEngine:
    """Dalil as `protocol.Peer`; its answers change with every commit, so only the index is kept."""

    homes: Path | None = None
    """Folder that keeps an index for each set of documents; None for temporary ones."""
    counts_postings: bool = False
    reads_syntax: bool = True
    """False takes quotes, colons and operators out of every query: then its ranking alone is compared."""

    @property
    def name(self) -> str:
        """`dalil`, or `dalil-words` without the syntax of its queries."""
        return "dalil" if self.reads_syntax else "dalil-words"

    def serves(self, lang: str) -> bool:
        """Any language."""
        return bool(lang)

    def version(self) -> str:
        """The code that stands here."""
        return "dalil"

    def answer(
        self, lang: str, documents: Sequence[PeerDocument], queries: Mapping[str, str], limit: int
    ) -> Answers:
        """Index what is not indexed yet, then ask as the page asks. `limit`: at most one page's worth."""
        if limit > DEPTH:
            raise ValueError(f"a page has {DEPTH} results at most, not {limit}")
        with ExitStack() as stack:
            place = Path(stack.enter_context(TemporaryDirectory(prefix="dalil-ranking-")))
            name = f"{lang}-{len(documents)}-{documents_hash(documents)[:12]}"
            home = (self.homes or place) / name
            finished = home.with_suffix(".complete")
            # Without paths the index is only brought up to the rules of today.
            paths = [] if finished.exists() else [_articles_file(place, lang, documents)]
            service = stack.enter_context(service_over(paths, home, expected=len(documents)))
            finished.touch()
            shaped = queries if self.reads_syntax else {q: words_of(text) for q, text in queries.items()}
            found = {query: ask(service, text)[0][:limit] for query, text in shaped.items()}
            library = stack.enter_context(closing(Library(home)))
            engine = library.snapshot().engine
            postings = _postings(engine, lang) if self.counts_postings else 0
            return Answers(engine.statistics().documents, postings, found)


def words_of(text: str) -> str:
    """A query without what Dalil reads as syntax.

    >>> words_of('title:bão OR "Hà Nội" -mưa COVID-19')
    'title bão or hà nội mưa covid-19'
    """
    return " ".join(_SYNTAX.sub(" ", text).lower().split())


def _articles_file(folder: Path, lang: str, documents: Sequence[PeerDocument]) -> Path:
    path = folder / "articles.jsonl"
    with path.open("w", encoding="utf-8") as file:
        for each in documents:
            record = {"id": each.id, "lang": lang, "title": each.title, "lead": each.lead, "body": each.body}
            file.write(json.dumps(record, ensure_ascii=False) + "\n")
    return path


def _postings(engine: SearchEngine, lang: str) -> int:
    fields = [field for field in engine.statistics().fields if field.startswith(f"{lang}.")]
    return sum(term.document_frequency for field in fields for term in engine.terms(field, "", _ALL_TERMS))
