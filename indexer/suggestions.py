"""Completions of articles: titles, authors, keywords, sections, publishers, and phrases of several articles.

`SuggestionBuilder` collects and writes them while an index is built, `read_suggestions` opens what serves.
How the files follow the archive stands in `suggestion_updates.py`.
"""

from __future__ import annotations

import math
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from analyzers import Analyzer

from .articles import Article
from .phrases import PhraseCounter
from .suggestion_files import AnyArray, ArrayFile, load_state, read_arrays, write_arrays
from .suggestion_keys import exact_key
from .suggestion_tables import DOCUMENTS_KEPT, Entry, SuggestionTable, table_arrays, table_of

FOLDER = "suggestions"
_BEGINNING = 1_000
"""Code points of an article's text whose phrases count: news says first who and where."""
_LONGEST_TITLE = 160
"""Code points; no one reads a longer line in a list."""
_PHRASES = 20_000
"""Most phrases of a language and a number of words."""
_LONG_PHRASE = 4
"""Words; the longer a phrase, the likelier it is a formula of the paper."""
_HALF_LIFE_S = 365 * 86_400
_OLDEST = 0.25
"""What an article counts at least, beside the newest one's 1."""
_WEIGHTS = {
    "title": 1.0,
    "name": 1.2,
    "phrase": 0.9,
    "word": 0.45,
    "author": 1.2,
    "tag": 1.3,
    "section": 1.5,
    "source": 1.2,
}


@dataclass
class _Language:
    """What is collected of one language."""

    analyzer: Analyzer
    counter: PhraseCounter | None
    lines: dict[tuple[str, str], dict[int, str]] = field(default_factory=lambda: defaultdict(dict))
    """(kind, key) -> number of the article -> as it is written there."""


class SuggestionBuilder:
    """Collects the completions of articles, which come by id."""

    def __init__(self, *, phrases: bool) -> None:
        """`phrases`: whether to count phrases too, which says something for many articles only."""
        self._phrases = phrases
        self._languages: dict[str, _Language] = {}
        self._ids: list[str] = []
        self._tags: list[str] = []
        self._times: list[float] = []

    def add(self, article: Article, analyzer: Analyzer) -> None:
        """Take the completions of an article; `analyzer` is that of its language."""
        number = len(self._ids)
        self._ids.append(article.id)
        self._tags.append(article.lang)
        self._times.append(article.published_at.timestamp() if article.published_at else math.nan)
        here = self._languages.get(analyzer.language)
        if here is None:
            counter = PhraseCounter(analyzer) if self._phrases else None
            here = self._languages[analyzer.language] = _Language(analyzer, counter)
        for kind, line in _lines(article):
            if key := exact_key(analyzer, line):
                here.lines[kind, key][number] = line
        if here.counter is not None:
            for text in _beginning(article):
                here.counter.add(number, text)

    def write(self, path: Path, hidden: Sequence[int] = ()) -> None:
        """Write the file; `hidden`: numbers of the base's articles that count no more."""
        counts = _recency(np.array(self._times))
        ids = [article_id.encode() for article_id in self._ids]
        arrays: dict[str, AnyArray] = {
            "ids": np.frombuffer(b"".join(ids), np.uint8),
            "id_ends": np.cumsum([len(i) for i in ids], dtype=np.uint32),
            "hidden": np.array(hidden, np.uint32),
        }
        tables = []
        for number, (language, here) in enumerate(sorted(self._languages.items())):
            about, parts = table_arrays(language, list(self._entries(here, counts)))
            tables.append(about)
            arrays |= {f"{number}.{name}": array for name, array in parts.items()}
        write_arrays(path, {"tables": tables}, arrays)

    def _entries(self, here: _Language, counts: npt.NDArray[np.float64]) -> Iterator[Entry]:
        newest_first = np.argsort(-counts, kind="stable")
        places = np.empty_like(newest_first)
        places[newest_first] = np.arange(counts.size)

        def newest(documents: npt.NDArray[np.signedinteger[Any]]) -> list[int]:
            found = places[documents]
            if found.size > DOCUMENTS_KEPT:
                found = np.partition(found, DOCUMENTS_KEPT)[:DOCUMENTS_KEPT]
            numbers: list[int] = newest_first[np.sort(found)].tolist()
            return numbers

        for (kind, key), written in here.lines.items():
            numbers = np.fromiter(written, np.int64, len(written))
            weight = _WEIGHTS[kind] * math.log2(1 + counts[numbers].sum())
            kept = newest(numbers)
            yield Entry(written[kept[0]], key, kind, self._tags[kept[0]], weight, len(written), kept)
        if here.counter is None:
            return
        least = max(2, round(math.log10(len(self._ids))))
        for phrase in here.counter.phrases(least, _PHRASES):
            kind = "word" if phrase.words == 1 else "name" if phrase.is_name else "phrase"
            if kind == "phrase" and phrase.documents.size <= least:
                # Two versions of one story share whole sentences.
                continue
            total = counts[phrase.documents].sum()
            weight = _WEIGHTS[kind] * math.log2(1 + total) * (0.4 + 0.6 * phrase.strength)
            weight *= min(1.0, _LONG_PHRASE / phrase.words) ** 2
            kept = newest(phrase.documents)
            tag = self._tags[kept[0]]
            yield Entry(phrase.text, phrase.key, kind, tag, weight, phrase.documents.size, kept)


@dataclass(frozen=True, slots=True)
class Suggestions:
    """The completions of one state of the index, opened."""

    tables: Sequence[tuple[SuggestionTable, int]]
    """Each with the place of its file in `files`."""
    files: Sequence[ArrayFile]
    """The base, then the changes since."""
    hidden: frozenset[int]
    """Numbers of the base's articles that count no more."""
    sequence: int
    """Last change of the archive that they know."""

    def is_live(self, table: SuggestionTable, file: int, entry: int) -> bool:
        """Whether an article that has the entry is surely still there."""
        if file or not self.hidden:
            return True
        numbers = table.articles(entry)
        if len(self.hidden) < table.counts[entry]:
            return True
        return not self.hidden.issuperset(numbers)

    def ids(self, table: SuggestionTable, file: int, entry: int) -> list[str]:
        """Ids of the live articles remembered of an entry."""
        arrays = self.files[file].arrays
        dead = frozenset() if file else self.hidden
        return [_id(arrays, number) for number in table.articles(entry) if number not in dead]


def read_suggestions(folder: Path) -> Suggestions | None:
    """The completions of a generation's folder; None while there are none."""
    # Once more when a job has just put other files in their place.
    for _ in range(2):
        state = load_state(folder / FOLDER)
        if state is None:
            return None
        names = [state.base, *filter(None, [state.recent])]
        files = [file for name in names if (file := read_arrays(folder / FOLDER / name)) is not None]
        if len(files) == len(names):
            return _opened(files, state.sequence)
    return None


def _opened(files: Sequence[ArrayFile], sequence: int) -> Suggestions:
    tables = []
    for place, file in enumerate(files):
        for number, about in enumerate(file.about["tables"]):
            head = f"{number}."
            arrays = {name.removeprefix(head): a for name, a in file.arrays.items() if name.startswith(head)}
            tables.append((table_of(about, arrays), place))
    hidden = frozenset(files[1].arrays["hidden"].tolist()) if len(files) > 1 else frozenset()
    return Suggestions(tables, files, hidden, sequence)


def numbers_of(file: ArrayFile, ids: Sequence[str]) -> list[int]:
    """Numbers of those of the articles that a file knows, ascending."""
    ends = file.arrays["id_ends"]
    found: list[int] = []
    for article_id in ids:
        wanted = article_id.encode()
        low, high = 0, ends.size
        while low < high:
            middle = (low + high) // 2
            if _id(file.arrays, middle).encode() < wanted:
                low = middle + 1
            else:
                high = middle
        if low < ends.size and _id(file.arrays, low) == article_id:
            found.append(low)
    return sorted(found)


def _id(arrays: Mapping[str, AnyArray], number: int) -> str:
    ends = arrays["id_ends"]
    start = int(ends[number - 1]) if number else 0
    return arrays["ids"][start : int(ends[number])].tobytes().decode()


def _lines(article: Article) -> Iterator[tuple[str, str]]:
    """(kind, line) of what an article offers as it stands."""
    if len(article.title) <= _LONGEST_TITLE:
        yield "title", _shown(article.title)
    for kind, values in (
        ("author", article.authors),
        ("tag", article.tags),
        ("section", (article.section,)),
        ("source", (article.source,)),
    ):
        for value in values:
            if len(value) <= _LONGEST_TITLE:
                yield kind, _shown(value)


def _shown(line: str) -> str:
    """Composed, blanks as one, without marks of direction: they would reach beyond the line."""
    return " ".join(unicodedata.normalize("NFC", line.translate(_DIRECTIONS)).split())


_DIRECTIONS = dict.fromkeys(
    [
        ord("\N{ARABIC LETTER MARK}"),
        ord("\N{LEFT-TO-RIGHT MARK}"),
        ord("\N{RIGHT-TO-LEFT MARK}"),
        *range(ord("\N{LEFT-TO-RIGHT EMBEDDING}"), ord("\N{RIGHT-TO-LEFT OVERRIDE}") + 1),
        *range(ord("\N{LEFT-TO-RIGHT ISOLATE}"), ord("\N{POP DIRECTIONAL ISOLATE}") + 1),
    ]
)


def _beginning(article: Article) -> Iterator[str]:
    left = _BEGINNING
    for text in (article.title, article.lead, *article.body):
        if left <= 0:
            return
        # The last word may be cut.
        yield text if len(text) <= left else text[:left].rpartition(" ")[0]
        left -= len(text)


def _recency(times: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """What each article counts, 1 for the newest; `times`: epoch seconds, NaN for none."""
    counts = np.full(times.size, _OLDEST)
    dated = ~np.isnan(times)
    if dated.any():
        age = times[dated].max() - times[dated]
        counts[dated] = _OLDEST + (1 - _OLDEST) * 0.5 ** (age / _HALF_LIFE_S)
    return counts
