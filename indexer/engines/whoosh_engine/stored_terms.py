"""What Whoosh's schema of our index is made of: fields that take terms instead of text, and columns.

Instances are pickled into every table of contents, so names and attributes here are a file format.
"""

from __future__ import annotations

from array import array
from collections.abc import Generator, Iterator
from typing import Any

from whoosh import columns, fields, formats

from ..base import COLUMNS_LIST, COLUMNS_NUMBER, COLUMNS_TEXT, Occurrences, frequencies

ID = "id"


class CompactPositions(formats.Positions):
    """Positions as 4-byte integers, which NumPy reads at once; Whoosh's own format pickles a list."""

    def decode_positions(self, valuestring: bytes) -> list[int]:
        """Word numbers of one posting, ascending."""
        return array("I", valuestring).tolist()

    def decode_frequency(self, valuestring: bytes) -> int:
        """Number of occurrences."""
        return len(valuestring) // array("I").itemsize

    def decode_weight(self, valuestring: bytes) -> float:
        """Occurrences as a float; the zone weights are in the matcher's own `weight()`."""
        return float(self.decode_frequency(valuestring))


class TermsField(fields.FieldType):
    """A field that is given `Occurrences`; it keeps positions in all documents or in none."""

    scorable = True
    """Whoosh's searcher asks for the lengths of such fields alone."""
    stored = False
    unique = False

    def __init__(self, *, positions: bool) -> None:
        self.format = CompactPositions() if positions else formats.Existence()
        self.positions = positions

    def index(
        self, value: Occurrences, **_kwargs: Any
    ) -> Generator[tuple[bytes, int, float, bytes], None, None]:
        """(term, frequency, weight, positions) for each term, as Whoosh's writer takes it."""
        spots: dict[str, array[int]] = {}
        for term, position in zip(value.terms, value.positions, strict=False):
            spots.setdefault(term, array("I")).append(position)
        for term, frequency in frequencies(value).items():
            yield term_bytes(term), 1, frequency, spots[term].tobytes() if self.positions else b""

    def process_text(self, qstring: str, mode: str = "", **_options: Any) -> Iterator[str]:  # noqa: ARG002
        """A query parser's word as the one term that it is: the analyzers stand before the engine."""
        yield qstring

    def to_bytes(self, value: Any) -> bytes:
        """A term as it stands in the dictionary."""
        return value if isinstance(value, bytes) else term_bytes(value)

    def from_bytes(self, value: Any) -> str:
        """The term of the dictionary's bytes."""
        term: str = value.decode("utf-8", "surrogatepass")
        return term


class IdField(TermsField):
    """The id of a document: one term, and what Whoosh's searcher shows of a hit."""

    scorable = False
    stored = True
    unique = True

    def __init__(self) -> None:
        super().__init__(positions=False)


class StoredColumn(columns.Column):
    """A column that stands in the file of a segment; the codec reads it, and nothing writes it by itself."""

    reversible = True

    def __init__(self, *, lists: bool = False) -> None:
        self.lists = lists

    def stores_lists(self) -> bool:
        """Whether a document has any number of values, or at most one."""
        return self.lists

    def default_value(self, reverse: bool = False) -> Any:  # noqa: ARG002, FBT001, FBT002 -- Whoosh's
        """What a document without a value has."""
        return () if self.lists else None


def term_bytes(term: str) -> bytes:
    """UTF-8, whose order is that of code points."""
    return term.encode("utf-8", "surrogatepass")


def new_schema() -> fields.Schema:
    """The schema of an empty index; fields of terms come with the first document that has them."""
    schema = fields.Schema(**{ID: IdField()})
    for name in (*COLUMNS_TEXT, *COLUMNS_NUMBER):
        schema.add(name, fields.COLUMN(StoredColumn()))
    for name in COLUMNS_LIST:
        schema.add(name, fields.COLUMN(StoredColumn(lists=True)))
    return schema
