"""An allow-list unpickler for tables of contents, the only pickles of our index.

A pickle can call anything; one that someone smuggled into an index file must not. What is not on the list
raises `UnpicklingError`.
"""

from __future__ import annotations

import io
import pickle
from typing import Any

_ALLOWED = frozenset(
    {
        # How protocol 2 writes bytes: Latin-1 text, encoded again.
        ("_codecs", "encode"),
        ("copyreg", "_reconstructor"),
        ("copy_reg", "_reconstructor"),
        ("builtins", "object"),
        ("__builtin__", "object"),
        ("indexer.engines.whoosh_engine.codec.whoosh_segment", "ColumnarSegment"),
        ("indexer.engines.whoosh_engine.stored_terms", "CompactPositions"),
        ("indexer.engines.whoosh_engine.stored_terms", "IdField"),
        ("indexer.engines.whoosh_engine.stored_terms", "StoredColumn"),
        ("indexer.engines.whoosh_engine.stored_terms", "TermsField"),
        ("whoosh.fields", "COLUMN"),
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


def loads(data: bytes) -> Any:
    """`pickle.loads` that knows the allowed names alone. Raises `UnpicklingError`."""
    return _Unpickler(io.BytesIO(data)).load()
