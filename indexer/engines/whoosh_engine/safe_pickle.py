"""An allow-list unpickler under everything that Whoosh unpickles.

Whoosh keeps its table of contents, its hash tables' extras and its posting blocks as pickles. A pickle can
call anything; one that someone smuggled into an index file must not. `guard_whoosh` replaces `loads` in
the modules of Whoosh that read files; what is not on the list raises `UnpicklingError`.
"""

from __future__ import annotations

import io
import pickle
from typing import Any

import whoosh.codec.whoosh3
import whoosh.columns
import whoosh.filedb.filetables
import whoosh.filedb.structfile
import whoosh.index

_ALLOWED = frozenset(
    {
        # How protocol 2 writes bytes: Latin-1 text, encoded again.
        ("_codecs", "encode"),
        ("array", "_array_reconstructor"),
        ("array", "array"),
        ("builtins", "set"),
        ("builtins", "frozenset"),
        ("__builtin__", "set"),
        ("__builtin__", "frozenset"),
        ("builtins", "object"),
        ("__builtin__", "object"),
        # Whoosh counts field lengths in a `defaultdict(int)`.
        ("builtins", "int"),
        ("__builtin__", "int"),
        ("collections", "defaultdict"),
        ("copyreg", "_reconstructor"),
        ("copy_reg", "_reconstructor"),
        ("indexer.engines.whoosh_engine.codec.whoosh_segment", "ColumnarSegment"),
        ("indexer.engines.whoosh_engine.stored_terms", "CompactPositions"),
        ("indexer.engines.whoosh_engine.stored_terms", "TermsField"),
        ("whoosh.analysis.analyzers", "IDAnalyzer"),
        ("whoosh.analysis.tokenizers", "IDTokenizer"),
        ("whoosh.codec.whoosh3", "W3Codec"),
        ("whoosh.codec.whoosh3", "W3Segment"),
        ("whoosh.columns", "CompressedBytesColumn"),
        ("whoosh.fields", "COLUMN"),
        ("whoosh.fields", "ID"),
        ("whoosh.fields", "Schema"),
        ("whoosh.formats", "Existence"),
    }
)
"""Every class and function that a table of contents of ours may name."""


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in _ALLOWED:
            raise pickle.UnpicklingError(f"the index names {module}.{name}, which no index of ours has")
        return super().find_class(module, name)


def loads(data: bytes, **_options: Any) -> Any:
    """`pickle.loads` that knows the allowed names alone. Raises `UnpicklingError`."""
    return _Unpickler(io.BytesIO(data)).load()


def load(file: Any, **_options: Any) -> Any:
    """`pickle.load` that knows the allowed names alone. Raises `UnpicklingError`."""
    return _Unpickler(file).load()


class _SafePickle:
    """Stands where Whoosh has the module `pickle`."""

    loads = staticmethod(loads)
    load = staticmethod(load)
    dumps = staticmethod(pickle.dumps)
    dump = staticmethod(pickle.dump)
    PicklingError = pickle.PicklingError
    UnpicklingError = pickle.UnpicklingError


def guard_whoosh() -> None:
    """Put the unpickler under Whoosh's file readers. Calling twice is harmless."""
    for module in (
        whoosh.codec.whoosh3,
        whoosh.columns,
        whoosh.filedb.filetables,
        whoosh.filedb.structfile,
        whoosh.index,
    ):
        names = vars(module)
        if "loads" in names:
            names["loads"] = loads
        if "load" in names:
            names["load"] = load
        if "load_pickle" in names:
            names["load_pickle"] = load
        if "pickle" in names:
            names["pickle"] = _SafePickle
