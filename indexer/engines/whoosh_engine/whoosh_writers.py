"""Whoosh's writers are kept from our index: they would put segments of their own codec into it."""

from __future__ import annotations

from functools import wraps
from typing import Any

from whoosh.writing import SegmentWriter

from .codec.whoosh_segment import not_by_whoosh
from .stored_terms import ID, IdField


def refuse_whoosh_writers() -> None:
    """Let every writer of Whoosh's raise `IndexingError` for an index of ours, before it locks or writes.

    Whoosh has no place for this in a codec: `index.writer()` takes its own codec, whichever wrote the index.
    Other indexes are written as before. Calling twice is harmless.
    """
    original = SegmentWriter.__init__
    if hasattr(original, "__wrapped__"):
        return

    @wraps(original)
    def checked(self: SegmentWriter, ix: Any, *args: Any, **options: Any) -> None:
        if isinstance(dict(ix.schema.items()).get(ID), IdField):
            self.is_closed = True
            raise not_by_whoosh()
        original(self, ix, *args, **options)

    SegmentWriter.__init__ = checked  # type: ignore[method-assign]
