"""The table of engines, in the order of the rows."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

from ..peers.protocol import HOME
from .protocol import Engine, OutsideEngine

ENGINES: Mapping[str, tuple[str, str]] = {
    "dalil": ("dalil_index", "DalilEngine"),
    "whoosh": ("whoosh_index", "StockWhooshEngine"),
    "whoosh-stock": ("dalil_index", "StockEngine"),
    "tantivy": ("tantivy_index", "TantivyEngine"),
    "fts5": ("fts5_index", "Fts5Engine"),
    "xapian": ("xapian_index", "XapianEngine"),
    "bm25s": ("bm25s_index", "Bm25sEngine"),
    "lucene": ("lucene_index", "LuceneEngine"),
}
"""Name -> module of this folder and its class."""

USUAL = tuple(name for name in ENGINES if name != "whoosh-stock")
"""Stock Whoosh once is enough: `whoosh-stock` is the same behind Dalil's protocol, with Dalil's scores."""

PACKAGES: Mapping[str, Path] = {"bm25s": HOME / "bm25s"}
"""Folders of packages for one engine alone: Numba may want another NumPy than Dalil has."""


def engine_named(name: str) -> Engine | OutsideEngine:
    """The adapter of an engine; the others are not even loaded, for memory is measured too."""
    module, made = ENGINES[name]
    engine: Engine | OutsideEngine = getattr(import_module(f".{module}", __package__), made)()
    return engine
