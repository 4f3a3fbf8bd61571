"""Every engine, empty, with one way to reopen it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from indexer.engines.base import SearchEngine
from indexer.engines.memory_engine import MemoryEngine
from indexer.engines.whoosh_engine import WhooshEngine
from indexer.engines.whoosh_engine.stock_engine import WhooshStockEngine

ENGINES: dict[str, Callable[[Path], SearchEngine]] = {
    "memory": lambda _: MemoryEngine(),
    "whoosh": lambda folder: WhooshEngine.create(folder / "index"),
    "whoosh-stock": lambda folder: WhooshStockEngine.create(folder / "index"),
}


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SearchEngine]:
    """One engine after the other, empty."""
    made = ENGINES[request.param](tmp_path)
    yield made
    made.close()
