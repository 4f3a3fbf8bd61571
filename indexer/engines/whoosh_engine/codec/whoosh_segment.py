"""A segment as Whoosh's table of contents names it."""

from __future__ import annotations

import secrets
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray
from whoosh.codec import base
from whoosh.writing import IndexingError

SUFFIX = ".columns"


class ColumnarSegment(base.Segment):
    """Names a segment's file, and says which of its documents are deleted.

    Instances are pickled into every table of contents: attributes here are a file format.
    """

    def __init__(self, indexname: str, documents: int) -> None:
        super().__init__(indexname)
        self._documents = documents
        self._deleted = b""
        """A bit a document, the first lowest; empty when none is deleted."""

    @classmethod
    def _random_id(cls, size: int = 16) -> str:
        # Whoosh asks `random`: a program that seeds it would write one segment over another.
        return secrets.token_hex(size // 2)

    @property
    def file_name(self) -> str:
        """The file with everything of the segment."""
        name: str = self.make_filename(SUFFIX)
        return name

    def live(self) -> NDArray[np.bool_]:
        """Which documents are not deleted."""
        if not self._deleted:
            return np.ones(self._documents, bool)
        bits = np.frombuffer(self._deleted, np.uint8)
        alive: NDArray[np.bool_] = np.unpackbits(bits, count=self._documents, bitorder="little") == 0
        return alive

    def with_deleted(self, documents: NDArray[np.int64]) -> ColumnarSegment:
        """The same segment with more documents deleted."""
        alive = self.live()
        alive[documents] = False
        other = ColumnarSegment(self.indexname, self._documents)
        other.segid = self.segid
        other._deleted = b"" if alive.all() else np.packbits(~alive, bitorder="little").tobytes()
        return other

    # What Whoosh asks of a segment.

    def doc_count_all(self) -> int:
        """Documents, deleted ones included."""
        return self._documents

    def deleted_count(self) -> int:
        """How many are deleted."""
        return self._documents - int(self.live().sum())

    def deleted_docs(self) -> set[int]:
        """Their numbers."""
        return set(np.flatnonzero(~self.live()).tolist())

    def is_deleted(self, docnum: int) -> bool:
        """Whether one is."""
        return not self.live()[docnum]

    def delete_document(self, docnum: int, delete: bool = True) -> NoReturn:  # noqa: ARG002, FBT001, FBT002
        """Raises `IndexingError`: a segment in a table of contents does not change."""
        raise not_by_whoosh()

    def codec(self) -> Any:
        """Whoosh's readers of the file."""
        from .whoosh_codec import ColumnarCodec  # noqa: PLC0415 -- only Whoosh's own searcher needs it

        return ColumnarCodec()


def not_by_whoosh() -> IndexingError:
    """The error of every way to write an index of ours with Whoosh's writers."""
    return IndexingError(
        "Whoosh's writers cannot write this index, which is unchanged; use `dalil add`, or "
        "`WhooshEngine.apply` in a program"
    )
