"""`ColumnarCodec`: Whoosh's own readers, searchers and matchers over the file of a segment.

With it `whoosh.index.open_dir(folder).searcher()` reads what `WhooshEngine` wrote: terms, postings,
positions, lengths, stored ids and columns. Whoosh's `Searcher.refresh` keeps segments that a merge replaced,
with every codec; open a new searcher instead.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NoReturn

from whoosh.codec import base

from .segment import Segment
from .whoosh_documents import DocumentsReader
from .whoosh_segment import ColumnarSegment, not_by_whoosh
from .whoosh_terms import TermsReader


class ColumnarCodec(base.Codec):
    """Reads one segment for Whoosh. The methods that write raise `IndexingError`."""

    def __init__(self) -> None:
        self._opened: dict[str, Segment] = {}

    def _segment(self, storage: Any, named: ColumnarSegment) -> Segment:
        # A reader asks twice, for the terms and for the documents: one file is mapped once.
        if named.file_name not in self._opened:
            self._opened[named.file_name] = Segment(Path(storage.folder, named.file_name))
        return self._opened[named.file_name]

    def terms_reader(self, storage: Any, segment: ColumnarSegment) -> TermsReader:
        """The dictionary and the postings of a segment in a folder."""
        return TermsReader(self._segment(storage, segment), segment.live())

    def per_document_reader(self, storage: Any, segment: ColumnarSegment) -> DocumentsReader:
        """What a segment in a folder knows of its documents."""
        return DocumentsReader(self._segment(storage, segment), segment.live())

    def per_document_writer(self, _storage: Any, _segment: Any) -> NoReturn:
        """Raises `IndexingError`."""
        raise not_by_whoosh()

    def field_writer(self, _storage: Any, _segment: Any) -> NoReturn:
        """Raises `IndexingError`."""
        raise not_by_whoosh()

    def postings_reader(self, *_arguments: Any, **_options: Any) -> NoReturn:
        """Whoosh's own codec reads postings from a file of their own; ours has none."""
        raise NotImplementedError

    def postings_writer(self, *_arguments: Any, **_options: Any) -> NoReturn:
        """Raises `IndexingError`."""
        raise not_by_whoosh()

    def new_segment(self, _storage: Any, _indexname: str) -> NoReturn:
        """Raises `IndexingError`."""
        raise not_by_whoosh()
