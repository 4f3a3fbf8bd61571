"""What Whoosh asks of the dictionary of a segment. No term is made an object before it is asked for."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh.codec import base
from whoosh.reading import TermInfo, TermNotFound

from .segment import Segment
from .whoosh_matcher import PostingList, TermMatcher

ID = "id"
"""Ids are terms for Whoosh too, although the dictionary has none: they are the documents, in order."""

Key = tuple[str, bytes]


class TermsReader(base.TermsReader):
    """Whoosh's view of a segment's terms: (field, bytes), in order."""

    def __init__(self, segment: Segment, live: NDArray[np.bool_]) -> None:
        self._segment = segment
        self._live = live
        self._lengths: dict[str, NDArray[np.float64]] = {}
        spans = {name: (field.first, field.last) for name, field in segment.fields.items()}
        self._spans: dict[str, tuple[int, int]] = dict(sorted({**spans, ID: (0, segment.size)}.items()))

    def close(self) -> None:
        """Close the file, once no array of it is in use."""
        self._segment.close()

    def indexed_field_names(self) -> list[str]:
        """Fields with terms."""
        return list(self._spans)

    # Terms by number: those of a field stand one behind the other

    def span(self, field: str) -> tuple[int, int]:
        """Numbers of the terms of a field: first, and behind the last."""
        return self._spans.get(field, (0, 0))

    def text(self, field: str, number: int) -> bytes:
        """The term of a number of a field."""
        if field == ID:
            return self._segment.documents.id(number).encode("utf-8", "surrogatepass")
        return self._segment.text(number)

    def lower_bound(self, field: str, text: bytes) -> int:
        """Number of the first term of a field that does not come before a text."""
        first, last = self.span(field)
        return bisect_left(range(last), text, first, last, key=lambda number: self.text(field, number))

    def _number(self, field: str, text: bytes) -> int:
        """Raises `KeyError`."""
        number = self.lower_bound(field, text)
        if number < self.span(field)[1] and self.text(field, number) == text:
            return number
        raise KeyError((field, text))

    def __contains__(self, term: Key) -> bool:
        try:
            self._number(*term)
        except KeyError:
            return False
        return True

    def terms(self) -> Iterator[Key]:
        """All terms of all fields."""
        for field in self._spans:
            yield from self._from(field, b"")

    def terms_from(self, fieldname: str, prefix: bytes) -> Iterator[Key]:
        """The terms from one on, those of the fields behind it too."""
        for field in self._spans:
            if field >= fieldname:
                yield from self._from(field, prefix if field == fieldname else b"")

    def _from(self, field: str, prefix: bytes) -> Iterator[Key]:
        for number in range(self.lower_bound(field, prefix), self.span(field)[1]):
            yield field, self.text(field, number)

    def items(self) -> Iterator[tuple[Key, TermInfo]]:
        """All terms with what is known of each."""
        return ((key, self.term_info(*key)) for key in self.terms())

    def items_from(self, fieldname: str, prefix: bytes) -> Iterator[tuple[Key, TermInfo]]:
        """The same from one on."""
        return ((key, self.term_info(*key)) for key in self.terms_from(fieldname, prefix))

    def cursor(self, fieldname: str, fieldobj: Any) -> Cursor:
        """Steps through the terms of one field."""
        return Cursor(self, fieldname, fieldobj)

    # Postings

    def postings(self, field: str, text: bytes) -> PostingList:
        """All postings of a term, deleted documents included. Raises `KeyError`."""
        number = self._number(field, text)
        if field == ID:
            return PostingList.of_id(number)
        return PostingList.of_term(self._segment, field, number)

    def lengths(self, field: str) -> NDArray[np.float64]:
        """The length of a field in every document, 0 in those without it."""
        if field not in self._lengths:
            stored = self._segment.documents.length(field)
            lengths = self._lengths[field] = np.zeros(self._segment.size)
            lengths[stored.documents] = stored.lengths
        return self._lengths[field]

    def term_info(self, fieldname: str, text: bytes) -> TermInfo:
        """Weights, lengths and documents of a term, deleted documents included. Raises `KeyError`."""
        found = self.postings(fieldname, text)
        lengths = self.lengths(fieldname)[found.documents]
        return TermInfo(
            weight=float(found.frequencies.sum()),
            df=len(found.documents),
            minlength=float(lengths.min()),
            maxlength=float(lengths.max()),
            maxweight=float(found.frequencies.max()),
            minid=int(found.documents[0]),
            maxid=int(found.documents[-1]),
        )

    def frequency(self, fieldname: str, text: bytes) -> float:
        """Sum of the weights. Raises `KeyError`."""
        return float(self.postings(fieldname, text).frequencies.sum())

    def doc_frequency(self, fieldname: str, text: bytes) -> int:
        """Documents with the term, deleted ones included. Raises `KeyError`."""
        number = self._number(fieldname, text)
        return 1 if fieldname == ID else self._segment.count(number)

    def matcher(self, fieldname: str, text: bytes, format_: Any, scorer: Any = None) -> TermMatcher:
        """The live documents with a term. Raises `TermNotFound`."""
        if (fieldname, text) not in self:
            raise TermNotFound(f"No term {fieldname}:{text!r}")
        found = self.postings(fieldname, text).live(self._live)
        return TermMatcher((fieldname, text), found, self.lengths(fieldname), format_, scorer)


class Cursor(base.FieldCursor):
    """Stands on one term of a field, or behind the last."""

    def __init__(self, reader: TermsReader, field: str, fieldobj: Any) -> None:
        self._reader = reader
        self._field = field
        self._fieldobj = fieldobj
        self._number, self._last = reader.span(field)

    def first(self) -> str | None:
        """Go to the first term."""
        self._number = self._reader.span(self._field)[0]
        return self.text()

    def find(self, string: str | bytes) -> str | None:
        """Go to the first term that does not come before this."""
        text = string if isinstance(string, bytes) else self._fieldobj.to_bytes(string)
        self._number = self._reader.lower_bound(self._field, text)
        return self.text()

    def next(self) -> str | None:
        """Go to the next term."""
        self._number = min(self._number + 1, self._last)
        return self.text()

    def text(self) -> str | None:
        """The term as a string, None behind the last."""
        if not self.is_valid():
            return None
        text: str = self._fieldobj.from_bytes(self._reader.text(self._field, self._number))
        return text

    def term(self) -> str | None:
        """The same."""
        return self.text()

    def term_info(self) -> TermInfo | None:
        """What is known of the term."""
        if not self.is_valid():
            return None
        return self._reader.term_info(self._field, self._reader.text(self._field, self._number))

    def is_valid(self) -> bool:
        """Whether it stands on a term."""
        return self._number < self._last
