"""bm25s: scores worked out while indexing and kept as arrays; it answers any words in any order, no more."""

from __future__ import annotations

import importlib
import importlib.util
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from .protocol import TOP, Answer, BenchArticle, Change, EngineMissing, Question


class Bm25sEngine:
    """The method `lucene` with k1 1.2, b 0.75; no positions, no changes, no totals; everything in memory."""

    name = "bm25s"
    commits = "-"
    cannot = frozenset({"and", "phrase", "prefix", "count", "facets", "newest", "changes"})

    def version(self) -> str:
        """Of the package and of what runs it."""
        library = _library()
        return f"{library.__version__}, {_backend()}"

    def build(self, articles: Iterable[BenchArticle], directory: Path) -> None:
        """Scores of every word in every article, then the files."""
        ids, langs, dates = [], [], []
        numbers: dict[str, int] = {}
        tokens: list[list[int]] = []
        for article in articles:
            ids.append(article.id)
            langs.append(article.lang)
            dates.append(article.date)
            tokens.append([numbers.setdefault(word, len(numbers)) for word in article.words.split(" ")])
        library = _library()
        retriever = library.BM25(k1=1.2, b=0.75, method="lucene", backend=_backend())
        retriever.index((tokens, numbers), show_progress=False)
        retriever.save(str(directory))
        np.save(directory / "dates.npy", np.array(dates))
        np.save(directory / "langs.npy", np.array(langs))
        (directory / "ids.json").write_text(json.dumps(ids), encoding="utf-8")

    def open(self, directory: Path) -> OpenBm25s:
        """Everything into memory."""
        retriever = _library().BM25.load(str(directory), load_corpus=False)
        return OpenBm25s(retriever, directory)


class OpenBm25s:
    """Its `retrieve`, one query at a time."""

    def __init__(self, retriever: Any, directory: Path) -> None:
        self._retriever = retriever
        self._ids = json.loads((directory / "ids.json").read_text(encoding="utf-8"))
        self._dates = np.load(directory / "dates.npy")
        self._langs = np.load(directory / "langs.npy")

    def answer(self, question: Question) -> Answer:
        """Articles with a score; a filter is a mask over all articles."""
        options = {}
        if question.lang:
            dates = (self._dates >= question.first) & (self._dates <= question.last)
            options["weight_mask"] = (dates & (self._langs == question.lang)).astype(np.float32)
        places, scores = self._retriever.retrieve(
            [list(question.words)], k=TOP, show_progress=False, n_threads=1, **options
        )
        return Answer(
            [self._ids[place] for place, score in zip(places[0], scores[0], strict=True) if score > 0]
        )

    def total(self, question: Question) -> int:
        """From the scores of all articles."""
        scores = self._retriever.get_scores(list(question.words))
        if question.lang:
            dates = (self._dates >= question.first) & (self._dates <= question.last)
            scores = scores * (dates & (self._langs == question.lang))
        return int(np.count_nonzero(scores))

    def commit(self, changes: Sequence[Change]) -> None:
        """It has no means for it."""
        raise NotImplementedError

    def close(self) -> None:
        """Nothing is held open."""


def _backend() -> str:
    return "numba" if importlib.util.find_spec("numba") else "numpy"


def _library() -> Any:
    try:
        return importlib.import_module("bm25s")
    except ImportError as error:
        raise EngineMissing(f"the package bm25s is not there ({error}); run scripts/peers.sh") from None
