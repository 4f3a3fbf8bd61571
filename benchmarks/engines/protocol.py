"""What an engine is asked, what it answers, and what an adapter has to bring.

An adapter is a module of this folder with a class that is an `Engine`. It gets terms, never text to analyse:
every engine indexes exactly the same words at the same places. Nothing is imported from the engine's library
before `version`, `build` or `open` is called, for engines may be missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol, runtime_checkable

from ..peers.protocol import PeerMissing

EngineMissing = PeerMissing

TOP = 10
"""Hits of a question, with their ids."""

Match = Literal["term", "any", "all", "phrase", "prefix"]
Want = Literal["top", "count", "facets", "newest"]


@dataclass(frozen=True, slots=True)
class BenchArticle:
    """One article as every engine gets it."""

    id: str
    lang: str
    date: int
    """Seconds since 1970; no two articles share theirs, so that an order by date has no ties."""
    words: str
    """Its terms with one blank between two; a term's position is its place among them."""


@dataclass(frozen=True, slots=True)
class Question:
    """One query. Words are terms of the articles, for a prefix its letters."""

    words: tuple[str, ...]
    match: Match
    want: Want = "top"
    lang: str = ""
    """Not empty: only articles of this language, dated within `first` and `last` (both included)."""
    first: int = 0
    last: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found."""

    ids: Sequence[str]
    """Best (newest) first, at most `TOP`."""
    total: int | None = None
    """Exact number of articles found; only where it was wanted."""
    facets: Mapping[str, int] | None = None
    """Language -> articles found; only where it was wanted."""


Change = tuple[BenchArticle | None, BenchArticle]
"""What stood there (None: nothing), and what shall stand there."""


class OpenIndex(Protocol):
    """An index that answers. One thread asks."""

    def answer(self, question: Question) -> Answer:
        """The question's answer, made anew: no cache of answers or of matching articles is switched on."""

    def total(self, question: Question) -> int:
        """How many articles match, exactly; compared between engines and never timed."""

    def commit(self, changes: Sequence[Change]) -> None:
        """Replace old by new articles (None: only add), commit, and see them from now on.

        The old is found by its id; its words are there for engines that cannot delete without them.
        """

    def close(self) -> None:
        """Release files."""


@dataclass(frozen=True, slots=True)
class Task:
    """What to measure. Paths are absolute."""

    engine: str
    kind: str
    """`build`, `open`, `ask` or `change`."""
    corpus: str
    questions: str
    directory: str
    """The index: empty for `build`, one of its own for `change`."""
    result: str
    """The file that gets the result."""
    articles: int
    passes: int = 3
    number: int = 0
    """For `open`: which question comes first; a new process is asked another one."""


class EngineFacts(Protocol):
    """What tables say of an engine."""

    @property
    def name(self) -> str:
        """What tables call it."""

    @property
    def commits(self) -> str:
        """How safe a commit is against a power cut: what is flushed to the disk."""

    @property
    def cannot(self) -> frozenset[str]:
        """Classes of questions, and `changes`, that the engine has no means for."""

    def version(self) -> str:
        """Of the engine. Raises `EngineMissing` where it cannot run."""


class Engine(EngineFacts, Protocol):
    """One search engine that Python can call."""

    def build(self, articles: Iterable[BenchArticle], directory: Path) -> None:
        """Make an index of all the articles in an empty directory, ready to be searched."""

    def open(self, directory: Path) -> OpenIndex:
        """Open what `build` made, for questions and commits."""


@runtime_checkable
class OutsideEngine(EngineFacts, Protocol):
    """One search engine of another language: its own program measures."""

    def run(self, task: Task) -> dict[str, Any]:
        """The task's result, shaped as `measuring.measure` shapes it. Raises `EngineMissing`."""
