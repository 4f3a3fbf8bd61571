"""Test data in one form: a folder with `corpus.jsonl`, and questions or clusters beside it.

corpus.jsonl     {"id", "lang", "title", "body", ...}    what is indexed
queries.jsonl    {"id", "lang", "text"}                  what is asked
qrels.tsv        query id TAB article id TAB relevance   what should be found
clusters.jsonl   {"id", "cluster"}                       articles of one cluster tell one story
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
"""Public sets, converted; beside the project and no part of it, so it may be missing."""

Qrels = Mapping[str, Mapping[str, int]]
"""Query id -> article id -> relevance, 0 for judged and not relevant."""


class DataSetError(Exception):
    """A set is not there or a file of it cannot be read."""


@dataclass(frozen=True, slots=True)
class TestQuery:
    """One question of a set."""

    __test__ = False  # pytest would take the name for a test class

    id: str
    lang: str
    text: str


@dataclass(frozen=True, slots=True)
class DataSet:
    """A folder of test data; `name` is what tables and records call it."""

    name: str
    folder: Path

    @property
    def corpus(self) -> Path:
        """The file that is indexed."""
        return self.folder / "corpus.jsonl"

    def corpus_hash(self) -> str:
        """SHA-256 (hex) of the corpus file: sets with the same hash share one copy in the index."""
        with self.corpus.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def article_ids(self) -> list[str]:
        """Ids in the order of the corpus file."""
        return [_field(record, "id", self.corpus) for record in json_lines(self.corpus)]

    def queries(self) -> list[TestQuery]:
        """The questions in file order. Raises `DataSetError` if the set has none."""
        path = self._file("queries.jsonl")
        return [
            TestQuery(_field(r, "id", path), str(r.get("lang", "und")), _field(r, "text", path))
            for r in json_lines(path)
        ]

    def qrels(self) -> Qrels:
        """The judgements. Raises `DataSetError` if the set has none or a line is not three columns."""
        path = self._file("qrels.tsv")
        judged: dict[str, dict[str, int]] = {}
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if not line.strip():
                continue
            try:
                query, article, relevance = line.split("\t")
                judged.setdefault(query, {})[article] = int(relevance)
            except ValueError:
                raise DataSetError(
                    f"{path}, line {number}: {line[:80]!r} is not query TAB article TAB whole number"
                ) from None
        return judged

    def clusters(self) -> Mapping[str, str]:
        """Article id -> cluster. Raises `DataSetError` if the set has none."""
        path = self._file("clusters.jsonl")
        return {_field(r, "id", path): _field(r, "cluster", path) for r in json_lines(path)}

    def _file(self, name: str) -> Path:
        path = self.folder / name
        if not path.is_file():
            raise DataSetError(f"the set {self.name} has no {name} in {self.folder}; choose another set")
        return path


def find_sets(names: Sequence[str]) -> list[DataSet]:
    """Sets by folder or by name under `SHARED`, each once, in the order given.

    A set is called by its folder's name; when two folders share theirs, both are called by the path as given.
    Raises `DataSetError` for what is no folder with a corpus.
    """
    folders = {name: _folder(name) for name in dict.fromkeys(names)}
    short = [folder.name for folder in folders.values()]
    return [
        DataSet(folder.name if short.count(folder.name) == 1 else name, folder)
        for name, folder in folders.items()
    ]


def json_lines(path: Path) -> Iterator[dict[str, Any]]:
    """The records of a JSONL file. Raises `DataSetError` at a line that is no JSON object."""
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                record = json.loads(line)
            except ValueError as error:
                raise DataSetError(f"{path}, line {number}: not JSON: {error}") from None
            if not isinstance(record, dict):
                raise DataSetError(f"{path}, line {number}: a record must be a JSON object: {line[:80]!r}")
            yield record


def _folder(name: str) -> Path:
    for folder in (Path(name), SHARED / name):
        if (folder / "corpus.jsonl").is_file():
            return folder.resolve()
    raise DataSetError(
        f"no set {name!r}: neither {Path(name).absolute()} nor {SHARED / name} has a corpus.jsonl; "
        "give a folder or the name of one"
    )


def _field(record: Mapping[str, Any], name: str, path: Path) -> str:
    value = record.get(name)
    if isinstance(value, bool) or not isinstance(value, str | int) or value == "":
        raise DataSetError(f"{path}: a record has no {name}: {str(record)[:120]}; every record needs one")
    return str(value)
