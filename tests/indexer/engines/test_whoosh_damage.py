"""Damaged files: the right answers or `IndexDamaged` with the file and the remedy, never anything else."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from indexer import inspection, jobs
from indexer.engines.base import Delete, IndexDocument, Occurrences, SearchRequest, Sort, Upsert
from indexer.engines.query import AnyOf, Everything, Or, Phrase, Prefix, Term
from indexer.engines.whoosh_engine import WhooshEngine
from indexer.engines.whoosh_engine.codec import segment_file
from indexer.engines.whoosh_engine.codec.segment_file import SegmentFile
from indexer.engines.whoosh_engine.codec.whoosh_segment import SUFFIX
from indexer.errors import IndexDamaged, IndexMissing

from .documents import FIELD

_REQUESTS = (
    SearchRequest(Everything(), sort=Sort.NEWEST, facets=("lang", "author", "year")),
    SearchRequest(Or((Term(FIELD, "cat"), Term(FIELD, "w3"))), limit=3),
    SearchRequest(Phrase(FIELD, ((0, "cat"), (1, "dog"))), filter=AnyOf("lang", ("en",))),
    SearchRequest(Prefix(FIELD, "w")),
)


def _document(number: int) -> IndexDocument:
    words = ["cat", *["dog"] * (number % 3), f"w{number}"]
    terms = Occurrences(words, [1.0, *[2.0] * (number % 3), 0.3], range(len(words)))
    texts, lists = {"lang": "en" if number % 2 else "ar"}, {"author": ("x", "y")[: number % 3]}
    return IndexDocument(f"a{number}", {FIELD: terms}, texts, lists, {"published_at": number, "year": 2024})


@pytest.fixture(scope="module")
def healthy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two segments, one with a deleted document."""
    folder = tmp_path_factory.mktemp("healthy")
    with closing(WhooshEngine.create(folder)) as engine:
        engine.apply([Upsert(_document(number)) for number in range(8)])
        engine.apply([Upsert(_document(8)), Delete("a5")])
    assert len(list(folder.glob(f"*{SUFFIX}"))) == 2
    return folder


@pytest.fixture
def index(healthy: Path, tmp_path: Path) -> Path:
    """A copy to damage."""
    return Path(shutil.copytree(healthy, tmp_path / "index"))


def _answers(folder: Path) -> Any:
    with closing(WhooshEngine.open(folder, read_only=True)) as engine:
        found = [engine.search(request) for request in _REQUESTS]
        return (
            [(answer.hits, answer.total, answer.facets) for answer in found],
            engine.terms(FIELD),
            sorted(engine.ids()),
            engine.statistics(),
            engine.score_of(Term(FIELD, "cat"), "a1"),
        )


def _segments(folder: Path) -> list[Path]:
    """The larger first."""
    return sorted(folder.glob(f"*{SUFFIX}"), key=lambda path: -path.stat().st_size)


def _contents(folder: Path) -> Path:
    (path,) = folder.glob("*.toc")
    return path


@pytest.mark.parametrize(("place", "step"), [(_contents, 1), (lambda folder: _segments(folder)[0], 3)])
def test_any_byte_may_be_wrong(index: Path, place: Callable[[Path], Path], step: int) -> None:
    """Each byte of a file is in a checksum, those between arrays too, so every change is told."""
    right, path = _answers(index), place(index)
    whole = path.read_bytes()
    for at in range(0, len(whole), step):
        wrong = bytearray(whole)
        wrong[at] ^= 1 << (at % 8)
        path.write_bytes(wrong)
        with pytest.raises(IndexDamaged, match="dalil reindex") as told:
            _answers(index)
        assert path.name in str(told.value)
    path.write_bytes(whole)
    assert _answers(index) == right


@pytest.mark.parametrize("place", [_contents, lambda folder: _segments(folder)[0]])
def test_any_end_may_be_missing(index: Path, place: Callable[[Path], Path]) -> None:
    """Nothing at all, a part of the header, of the arrays, of the directory, the last byte."""
    path = place(index)
    whole = path.read_bytes()
    for length in {0, 1, 7, 20, 63, 64, 65, *range(0, len(whole), 101), len(whole) - 21, len(whole) - 1}:
        path.write_bytes(whole[:length])
        with pytest.raises(IndexDamaged, match=r"dalil reindex") as told:
            _answers(index)
        assert path.name in str(told.value)
    path.write_bytes(whole + b"\0")
    with pytest.raises(IndexDamaged, match=path.name):
        _answers(index)


def test_a_missing_segment_is_told(index: Path) -> None:
    """At once: no writer is at work that may have replaced it."""
    path = _segments(index)[0]
    path.unlink()
    with pytest.raises(IndexDamaged, match=rf"{path.name} is missing; run `dalil reindex`"):
        _answers(index)


def test_a_missing_table_of_contents_is_no_index(index: Path) -> None:
    """As is an empty folder, and one that is not there."""
    _contents(index).unlink()
    for folder in (index, index / "nowhere"):
        with pytest.raises(IndexMissing, match="dalil reindex"):
            _answers(folder)


def test_another_segment_under_this_name_is_told(index: Path) -> None:
    """Also one that is whole and has as many documents."""
    larger, smaller = _segments(index)
    smaller.write_bytes(larger.read_bytes())
    with pytest.raises(IndexDamaged, match=rf"{smaller.name} was written as {larger.name}"):
        _answers(index)


def test_an_older_table_of_contents_under_a_newer_name_is_told(index: Path) -> None:
    """The number that it has within counts."""
    path = _contents(index)
    path.rename(path.with_name("_MAIN_9.toc"))
    with pytest.raises(IndexDamaged, match=r"_MAIN_9\.toc is the table of contents 2"):
        _answers(index)


def test_other_formats_are_told(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of a later version of this program, and one that is something else."""
    path = _segments(index)[0]
    whole = path.read_bytes()
    with monkeypatch.context() as later, closing(WhooshEngine.create(index.parent / "later")) as engine:
        later.setattr(segment_file, "VERSION", 99)
        engine.apply([Upsert(_document(1))])
    with pytest.raises(IndexDamaged, match=r"has format 99, this program reads format \d+; run"):
        _answers(index.parent / "later")
    path.write_bytes(b"PK\3\4" + whole[4:])
    with pytest.raises(IndexDamaged, match="does not begin as a segment does"):
        _answers(index)
    path.unlink()
    path.mkdir()
    with pytest.raises(IndexDamaged, match=rf"{path.name}.*dalil reindex"):
        _answers(index)


def test_a_whole_index_can_be_checked(index: Path) -> None:
    """Before a search meets the damage: each damaged file is named."""
    with closing(WhooshEngine.open(index, read_only=True)) as engine:
        assert engine.damage() == []
    path = _segments(index)[0]
    wrong = bytearray(path.read_bytes())
    place = SegmentFile(path).sections["block.term"].start + 1
    wrong[place] ^= 1
    path.write_bytes(wrong)
    with closing(WhooshEngine.open(index, read_only=True)) as engine:
        assert [path.name in problem for problem in engine.damage()] == [True]


def test_dalil_check_reads_every_byte(home: Path, write: Any, news: Any) -> None:
    """Also those that no search has met yet."""
    jobs.add(home, [write(news(3))])
    assert inspection.check(home) == []
    (path,) = (home / "index").rglob(f"*{SUFFIX}")
    wrong = bytearray(path.read_bytes())
    wrong[SegmentFile(path).sections["frequencies"].start] ^= 1
    path.write_bytes(wrong)
    (problem,) = inspection.check(home)
    assert path.name in problem
    assert "dalil reindex" in problem
