"""The Whoosh engine's files: what a damaged or hostile one does, and what readers see beside a writer."""

from __future__ import annotations

import os
import pickle
import random
import threading
from pathlib import Path

import pytest

from indexer.engines.base import Delete, SearchRequest, Upsert
from indexer.engines.query import Everything, Phrase, Term
from indexer.engines.whoosh_engine import WhooshEngine
from indexer.engines.whoosh_engine.codec.whoosh_segment import SUFFIX, ColumnarSegment
from indexer.engines.whoosh_engine.durable_storage import trailer_of
from indexer.errors import IndexDamaged, IndexMissing

from .documents import FIELD, document


class _Evil:
    """Runs a command when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, (str(self._path),)


def test_whoever_seeds_the_random_numbers_of_a_process_loses_no_segment() -> None:
    """Two segments never get one name, by which one would be written over the other."""
    names = []
    for _ in range(2):
        random.seed(1)
        names.append(ColumnarSegment("MAIN", 1).file_name)
    assert names[0] != names[1]


def test_a_pickle_that_calls_something_is_refused(tmp_path: Path) -> None:
    """A table of contents with another callable in it raises and calls nothing."""
    WhooshEngine.create(tmp_path / "index").close()
    (contents,) = (tmp_path / "index").glob("*.toc")
    honest = contents.read_bytes()
    proof = tmp_path / "proof"
    segments = pickle.dumps([], -1)
    at = honest.rindex(segments)
    evil = honest[:at] + pickle.dumps([_Evil(proof)])
    contents.write_bytes(evil + trailer_of(evil))
    with pytest.raises(IndexDamaged, match=r"the index names posix.mkdir"):
        WhooshEngine.open(tmp_path / "index")
    assert not proof.exists()


def test_no_index_is_told_from_a_damaged_one(tmp_path: Path) -> None:
    """Missing: make one. Damaged: rebuild it."""
    with pytest.raises(IndexMissing, match="dalil reindex"):
        WhooshEngine.open(tmp_path)
    WhooshEngine.create(tmp_path / "index").close()
    (contents,) = (tmp_path / "index").glob("*.toc")
    contents.write_bytes(contents.read_bytes()[:20])
    with pytest.raises(IndexDamaged, match="dalil reindex"):
        WhooshEngine.open(tmp_path / "index")


@pytest.mark.parametrize("keep", [0.0, 0.3, 0.6])
def test_a_cut_file_is_told(tmp_path: Path, keep: float) -> None:
    """A file that lost its end never answers as if it were whole."""
    engine = WhooshEngine.create(tmp_path)
    engine.apply([Upsert(document(str(n), {"text": f"cat word{n}"})) for n in range(300)])
    engine.close()
    (file,) = tmp_path.glob(f"*{SUFFIX}")
    whole = file.read_bytes()
    file.write_bytes(whole[: int(keep * len(whole))])
    with pytest.raises(IndexDamaged, match="dalil reindex"):
        _ask_everything(tmp_path)


def _ask_everything(folder: Path) -> None:
    """Right answers or an error."""
    engine = WhooshEngine.open(folder)
    try:
        assert engine.search(SearchRequest(Term(FIELD, "cat"))).total == 300
        assert len(engine.terms(FIELD, limit=1000)) == 301
        for n in range(300):
            assert [hit.id for hit in engine.search(SearchRequest(Term(FIELD, f"word{n}"))).hits] == [str(n)]
            assert engine.search(SearchRequest(Phrase(FIELD, ((0, "cat"), (1, f"word{n}"))))).total == 1
    finally:
        engine.close()


def test_a_reader_sees_a_commit_after_refresh_and_its_old_state_before(tmp_path: Path) -> None:
    """Also when the writer merged the reader's segments away."""
    writer = WhooshEngine.create(tmp_path)
    writer.apply([Upsert(document("a", {"text": "cat dog"}))])
    reader = WhooshEngine.open(tmp_path, read_only=True)
    for n in range(12):
        writer.apply([Upsert(document(f"b{n}", {"text": f"cat bird{n}"})), Delete("a")])
    assert [hit.id for hit in reader.search(SearchRequest(Phrase(FIELD, ((0, "cat"), (1, "dog"))))).hits] == [
        "a"
    ]
    assert reader.refresh()
    assert not reader.refresh()
    assert reader.search(SearchRequest(Term(FIELD, "dog"))).total == 0
    assert reader.search(SearchRequest(Term(FIELD, "cat"))).total == 12
    reader.close()
    writer.close()


def test_a_failed_write_leaves_the_last_state(tmp_path: Path) -> None:
    """What went wrong in one batch is not in the index, and the next batch can be written."""
    engine = WhooshEngine.create(tmp_path)
    engine.apply([Upsert(document("a", {"text": "cat"}))])
    broken = document("b", {"text": "dog", "lang": object()})
    with pytest.raises(AttributeError):
        engine.apply([Delete("a"), Upsert(broken)])
    assert [hit.id for hit in engine.search(SearchRequest(Everything())).hits] == ["a"]
    engine.apply([Upsert(document("c", {"text": "dog"}))])
    assert sorted(engine.ids()) == ["a", "c"]
    engine.close()


def test_many_readers_beside_a_writer(tmp_path: Path) -> None:
    """No error, and every answer is that of some commit: both documents of a pair or none."""
    engine = WhooshEngine.create(tmp_path)
    failures: list[str] = []
    stop = threading.Event()

    def read() -> None:
        while not stop.is_set():
            try:
                total = engine.search(SearchRequest(Term(FIELD, "cat"))).total
            except Exception as error:  # noqa: BLE001 -- the test reports whatever it is
                failures.append(repr(error))
                return
            if total % 2:
                failures.append(f"half a commit: {total}")

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    for n in range(15):
        engine.apply([Upsert(document(f"{side}{n}", {"text": "cat dog"})) for side in "lr"])
    stop.set()
    for reader in readers:
        reader.join()
    engine.close()
    assert failures == []


def test_posting_lists_of_many_blocks_come_back_whole(tmp_path: Path) -> None:
    """Whoosh cuts postings into blocks of 128; ids, weights and positions join without a seam."""
    engine = WhooshEngine.create(tmp_path)
    engine.apply([Upsert(document(f"{n:04}", {"text": "cat " * (n % 5 + 1) + "end"})) for n in range(700)])
    engine.apply([Delete(f"{n:04}") for n in range(0, 700, 7)])
    found = engine.search(SearchRequest(Phrase(FIELD, ((0, "cat"), (1, "end"))), limit=1000))
    assert found.total == 600
    assert sorted(hit.id for hit in found.hits) == [f"{n:04}" for n in range(700) if n % 7]
    best = engine.search(SearchRequest(Term(FIELD, "cat"), limit=1)).hits[0]
    assert int(best.id) % 5 == 4
    engine.close()
