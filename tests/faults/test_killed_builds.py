"""SIGKILL in the middle of a build, again and again: each build goes on where the one before had come.

What comes of it is what an uninterrupted build makes: the same answers, terms, vocabularies, completions and
names.
"""

from __future__ import annotations

import json
import os
import random
import signal
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from indexer import build_checkpoints, inspection, jobs
from indexer.archive_place import open_archive
from indexer.config import Settings
from indexer.engines.base import SearchRequest
from indexer.engines.query import Term
from indexer.generations import Generation, open_current, unfinished_folder
from indexer.rebuilding import reindex
from indexer.suggestion_files import read_arrays
from indexer.suggestions import FOLDER

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")]

ARTICLES = 90
SETTINGS = Settings(lock_wait_s=5, commit_every=10)
SEED = os.environ.get("TORTURE_SEED") or str(random.randrange(10**6))  # noqa: S311 -- told when it fails

Told = list[tuple[str, int]]


def record(number: int, word: str = "") -> dict[str, Any]:
    """An article of a story of two languages."""
    arabic = number % 3 == 0
    text = f"الرئيس فام ذي تونغ يزور هانوي {number}" if arabic else f"Phạm Thế Tùng thăm Hà Nội lần {number}"
    return {
        "id": f"{number:04d}",
        "lang": "ar" if arabic else "vi",
        "title": f"{text} {word}",
        "body": [f"{text} " * 5, "Hà Nội, thủ đô của Việt Nam. " * (number % 4)],
        "tags": [f"chủ đề {number % 5}"],
        "group": f"story-{number // 3}",
    }


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home whose index was built without a fault."""
    path = tmp_path / "articles.jsonl"
    add(tmp_path / "home", path, [record(n) for n in range(ARTICLES)])
    return tmp_path / "home"


def add(home: Path, path: Path, records: list[dict[str, Any]]) -> None:
    path.write_text(
        "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in records), encoding="utf-8"
    )
    assert jobs.add(home, [path], settings=SETTINGS).exit_code == 0


def die_in_build(home: Path, dies: Callable[[str, int], bool]) -> None:
    """`dalil reindex` in a process that kills itself when the progress says so."""

    def progress(phase: str, done: int, _total: int | None) -> None:
        if dies(phase, done):
            os.kill(os.getpid(), signal.SIGKILL)

    child = os.fork()
    if not child:
        try:
            # Every article is told of, as a portion has few.
            build_every_article(home, progress)
        finally:
            os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL


def build_every_article(home: Path, progress: Callable[[str, int, int | None], None]) -> None:
    from indexer import indexing  # noqa: PLC0415 -- changed in the child alone

    class Counted(indexing._Counted):  # noqa: SLF001 -- a progress of every article
        def told(self, article: Any) -> Any:
            progress(self._phase, self.done + 1, None)
            return super().told(article)

    setattr(indexing, "_Counted", Counted)  # noqa: B010 -- for the type checker a class stays what it is
    reindex(home, progress=progress, settings=SETTINGS)


def dies_at(article: int) -> Callable[[str, int], bool]:
    return lambda phase, done: phase == "index" and done == article


def resumed(home: Path) -> tuple[Told, str]:
    """Build to the end; where it went on, and the generation."""
    told: Told = []

    def progress(phase: str, done: int, _total: int | None) -> None:
        if phase == "resumed":
            told.append((phase, done))

    return told, reindex(home, progress=progress, settings=SETTINGS).generation


def done(home: Path) -> int:
    """Articles behind the last checkpoint."""
    folder = unfinished_folder(home)
    found = folder and build_checkpoints.load(folder)
    return found[0].done if found else 0


def contents(generation: Generation) -> dict[str, Any]:
    """All that two indexes of one archive have in common."""
    engine, folder = generation.engine, generation.folder
    statistics = engine.statistics()
    terms = {field: engine.terms(field, limit=10_000) for field in statistics.fields}
    asked = [(field, each.term) for field, found in terms.items() for each in found[:40]]
    base = next((folder / FOLDER).glob("base-*.bin"))
    suggestions = read_arrays(base)
    assert suggestions is not None
    accents = read_arrays(folder / "accents.bin")
    assert accents is not None
    return {
        "documents": statistics,
        "ids": sorted(engine.ids()),
        "terms": terms,
        "hits": [engine.search(SearchRequest(Term(*pair), limit=ARTICLES * 2)).hits for pair in asked],
        "lexicons": {language: lexicon.hash for language, lexicon in generation.lexicons.items()},
        "suggestions": {name: array.tobytes() for name, array in suggestions.arrays.items()},
        "accents": {name: array.tobytes() for name, array in accents.arrays.items()},
        "names": (folder / "names.tsv").read_bytes(),
        "segments": len(list((folder / "whoosh").glob("*.columns"))),
        "files": sorted(path.name for path in folder.iterdir()),
    }


def content(home: Path) -> dict[str, Any]:
    generation = open_current(home)
    try:
        return contents(generation)
    finally:
        generation.engine.close()


def test_killed_again_and_again_it_comes_to_the_same_index(home: Path) -> None:
    wanted = content(home)
    assert wanted["segments"] == 1
    chance = random.Random(SEED)  # noqa: S311 -- dice of a test
    before = 0
    while before < ARTICLES - 25:
        # A portion has ten articles: at least one more is done each time.
        die_in_build(home, dies_at(before + chance.randint(11, 20)))
        assert before < done(home) <= before + 20, f"TORTURE_SEED={SEED}"
        before = done(home)
    told, name = resumed(home)
    assert told == [("resumed", before)]
    assert name == "gen-000002", "the folder that was begun is the one that serves"
    assert content(home) == wanted
    assert inspection.check(home) == []


def test_a_small_archive_is_built_in_one(tmp_path: Path) -> None:
    home = tmp_path / "home"
    add(home, tmp_path / "few.jsonl", [record(n) for n in range(20)])
    die_in_build(home, dies_at(19))
    assert done(home) == 0
    assert resumed(home)[0] == []
    assert inspection.check(home) == []


def test_what_changed_since_the_crash_is_in_the_index(home: Path, tmp_path: Path) -> None:
    die_in_build(home, dies_at(45))
    assert done(home) == 40
    more = [record(n, "thayđổi") for n in (4, 70)] + [{**record(7, "mớitinh"), "id": "0007a"}]
    add(home, tmp_path / "more.jsonl", more)
    jobs.remove(home, ["0010", "0080"], settings=SETTINGS)
    assert resumed(home)[0] == [("resumed", 40)]
    generation = open_current(home)
    engine = generation.engine
    found = {word: ids_with(generation, word) for word in ("thayđổi", "mớitinh")}
    ids = set(engine.ids())
    engine.close()
    assert found == {"thayđổi": {"0004", "0070"}, "mớitinh": {"0007a"}}
    assert ids == {f"{n:04d}" for n in range(ARTICLES)} - {"0010", "0080"} | {"0007a"}
    assert inspection.check(home) == []


def ids_with(generation: Generation, word: str) -> set[str]:
    request = SearchRequest(Term("vi.title_syl", word))
    return {hit.id for hit in generation.engine.search(request).hits}


@pytest.mark.parametrize(
    "damage", ["half of it", "no words", "other format", "other archive", "a lexicon", "a segment", "grown"]
)
def test_a_checkpoint_that_does_not_fit_is_ignored(home: Path, tmp_path: Path, damage: str) -> None:
    die_in_build(home, dies_at(45))
    folder = unfinished_folder(home)
    assert folder is not None
    path = folder / "building.json"
    text = path.read_text(encoding="utf-8")
    if damage == "half of it":
        path.write_text(text[: len(text) // 2], encoding="utf-8")
    elif damage == "no words":
        next(folder.glob("building-*.bin")).unlink()
    elif damage == "other format":
        path.write_text(text.replace('"format": 1', '"format": 2'), encoding="utf-8")
    elif damage == "other archive":
        with closing(open_archive(home)) as archive, archive.transaction() as connection:
            connection.exec_driver_sql("UPDATE changes SET at = at + 1")
    elif damage == "a lexicon":
        lexicon = folder / "lexicons" / "ar.tsv"
        lexicon.write_text(lexicon.read_text(encoding="utf-8") + "زيادة\t1\tزيادة\n", encoding="utf-8")
    elif damage == "a segment":
        flip(next((folder / "whoosh").glob("*.columns")))
    else:
        add(home, tmp_path / "more.jsonl", [record(n) for n in range(1000, 1000 + 2 * ARTICLES)])
    told, _ = resumed(home)
    assert told == []
    assert inspection.check(home) == []


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 255
    path.write_bytes(data)


def test_whoever_stops_a_build_by_keyboard_goes_on_later(home: Path) -> None:
    def stop(phase: str, count: int, _total: int | None) -> None:
        if phase == "index" and count == ARTICLES:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        reindex(home, progress=stop, settings=SETTINGS)
    assert resumed(home)[0] == [("resumed", 80)]
    assert inspection.check(home) == []
