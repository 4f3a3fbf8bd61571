"""A search goes on with the index it began with, however many others take its place meanwhile."""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path

import pytest

from indexer import jobs
from indexer.engines.base import SearchRequest
from indexer.engines.query import Term
from indexer.library import Library
from tests.faults.small_home import SETTINGS, small_home


def test_a_search_outlives_any_number_of_swaps(tmp_path: Path) -> None:
    home = small_home(tmp_path)
    with closing(Library(home)) as library:
        begun = library.snapshot()
        for _ in range(3):
            jobs.reindex(home, settings=SETTINGS)
            library.look()
            assert library.snapshot().generation != begun.generation
        assert [hit.id for hit in begun.engine.search(SearchRequest(Term("vi.title_syl", "a1"))).hits] == [
            "a1"
        ]
        assert len(set(begun.engine.ids())) == 4


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_an_index_that_nobody_reads_is_let_go(tmp_path: Path) -> None:
    """Its files are unmapped at once: a server does not keep the disk of every index that ever was."""
    home = small_home(tmp_path)
    with closing(Library(home)) as library:
        request = SearchRequest(Term("vi.title_syl", "a1"))
        for _ in range(3):
            assert library.snapshot().engine.search(request).total == 1
            jobs.reindex(home, settings=SETTINGS)
            library.look()
        assert library.snapshot().engine.search(request).total == 1
        assert mapped(home) == {library.snapshot().generation}


def mapped(home: Path) -> set[str]:
    """Generations of which this process has segments open."""
    lines = Path("/proc/self/maps").read_text(encoding="utf-8").splitlines()
    return {
        line.split("/index/")[1].split("/")[0] for line in lines if str(home) in line and ".columns" in line
    }
