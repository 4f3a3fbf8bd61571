"""A real home with a real index for an evaluation: the path that a user's articles and queries take."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from indexer import jobs
from indexer.library import Library
from search_web.core.service import SearchService

from .data_sets import DataSet, DataSetError, json_lines


@dataclass(frozen=True, slots=True)
class IndexedSets:
    """Sets whose articles stand in one index."""

    service: SearchService
    prefixes: Mapping[str, str]
    """Set's name -> what stands before its ids in the index; empty unless two corpora share an id."""

    def index_id(self, data_set: DataSet, article_id: str) -> str:
        """The id in the index of an article of a set."""
        return self.prefixes[data_set.name] + article_id


@contextmanager
def indexed_sets(
    sets: Sequence[DataSet], distractors: Sequence[DataSet] = (), home: Path | None = None
) -> Iterator[IndexedSets]:
    """Index the corpora of all sets together, equal files once, and open the search service on them.

    `home` is kept and an index that stands there is brought up to date; None takes a temporary one.
    Raises `DataSetError` if `home` holds articles of something else.
    """
    with TemporaryDirectory(prefix="dalil-corpora-") as copies:
        paths, prefixes, count = _without_clashes([*sets, *distractors], Path(copies))
        with service_over(paths, home, expected=count) as service:
            yield IndexedSets(service, prefixes)


@contextmanager
def service_over(
    paths: Sequence[Path], home: Path | None = None, *, expected: int | None = None
) -> Iterator[SearchService]:
    """The search service over the articles of these files; the first rejects are named on standard error."""
    with ExitStack() as stack:
        place = home or Path(stack.enter_context(TemporaryDirectory(prefix="dalil-home-")))
        place.mkdir(parents=True, exist_ok=True)
        receipt = jobs.add(place, paths)
        for reject in receipt.rejects:
            print(f"rejected: {reject.path} {reject.position}: {reject.reason}", file=sys.stderr)
        library = Library(place)
        stack.callback(library.close)
        held = library.snapshot().engine.statistics().documents
        if expected is not None and held > expected:
            raise DataSetError(
                f"{place} holds {held} articles, the sets have {expected}; "
                "give an empty folder, other articles would change the numbers"
            )
        yield SearchService(library)


def _without_clashes(sets: Sequence[DataSet], copies: Path) -> tuple[list[Path], dict[str, str], int]:
    """Files to index, the id prefix of each set by name, and the number of articles together."""
    paths: list[Path] = []
    prefixes: dict[str, str] = {}
    prefix_of_file: dict[str, str] = {}
    taken: set[str] = set()
    for data_set in sets:
        digest = data_set.corpus_hash()
        if digest not in prefix_of_file:
            ids = set(data_set.article_ids())
            clash = not taken.isdisjoint(ids)
            prefix = prefix_of_file[digest] = f"{data_set.name}/" if clash else ""
            paths.append(_prefixed_copy(data_set, prefix, copies, len(paths)) if clash else data_set.corpus)
            taken |= {prefix + article_id for article_id in ids}
        prefixes[data_set.name] = prefix_of_file[digest]
    return paths, prefixes, len(taken)


def _prefixed_copy(data_set: DataSet, prefix: str, copies: Path, number: int) -> Path:
    path = copies / f"{number}.jsonl"
    with path.open("w", encoding="utf-8") as file:
        for record in json_lines(data_set.corpus):
            record["id"] = f"{prefix}{record['id']}"
            file.write(json.dumps(record, ensure_ascii=False) + "\n")
    return path
