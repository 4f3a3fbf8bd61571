"""What a segment knows of its documents besides their terms: ids, columns, lengths, as arrays.

Documents are numbered in the order of their ids, so that equal scores fall in order by themselves.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .packing import Array, narrowest, starts_of
from .segment_file import SegmentFile, SegmentFileWriter

_KNOWN_VALUES = 10_000
MISSING = np.iinfo(np.int64).min
"""Stands in a column of numbers where a document has none."""


@dataclass(frozen=True, slots=True)
class Coded:
    """A column of strings, any number a document: codes into a sorted list of values."""

    values: list[str]
    counts: Array
    """Values a document."""
    codes: Array
    """Document by document."""

    @classmethod
    def of(cls, rows: Sequence[Sequence[str]]) -> Coded:
        """A column of the values of each document."""
        values = sorted({value for row in rows for value in row})
        code_of = {value: code for code, value in enumerate(values)}
        counts = np.array([len(row) for row in rows], np.int32)
        return cls(values, counts, np.array([code_of[v] for row in rows for v in row], np.int32))

    @classmethod
    def joined(cls, columns: Sequence[Coded], order: Array) -> Coded:
        """The documents of several columns, one behind the other, and of these those in `order`."""
        values = sorted({value for column in columns for value in column.values})
        code_of = {value: code for code, value in enumerate(values)}
        codes = [
            np.array([code_of[value] for value in column.values], np.int32)[column.codes]
            for column in columns
        ]
        counts = np.concatenate([column.counts for column in columns])
        starts = starts_of(counts)
        kept = counts[order].astype(np.int64)
        places = np.repeat(starts[:-1][order] - starts_of(kept)[:-1], kept) + np.arange(kept.sum())
        found = np.concatenate(codes)[places]
        used, found = np.unique(found, return_inverse=True)
        return cls([values[code] for code in used.tolist()], counts[order], found.astype(np.int32))

    def documents(self) -> NDArray[np.int32]:
        """The document of each code."""
        return np.repeat(np.arange(len(self.counts), dtype=np.int32), self.counts)


@dataclass(frozen=True, slots=True)
class Lengths:
    """How long a field is in each document that has it."""

    documents: NDArray[np.int32]
    """Ascending."""
    lengths: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Documents:
    """All documents of a segment, in the order of their ids."""

    ids: Sequence[str]
    texts: Mapping[str, Coded]
    """Columns of strings, those with one value a document and those with several."""
    numbers: Mapping[str, NDArray[np.int64]]
    """`MISSING` where a document has none."""
    lengths: Mapping[str, Lengths]
    """By field."""


def id_hashes(ids: Iterable[str]) -> NDArray[np.uint64]:
    """64 bits of each id, by which it is looked up; ids are compared whole where these agree."""
    digests = b"".join(blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).digest() for name in ids)
    return np.frombuffer(digests, "<u8")


def save_documents(documents: Documents, file: SegmentFileWriter) -> dict[str, Any]:
    """Write the arrays; what must be noted to read them back."""
    save_texts(file, "id", [name.encode("utf-8", "surrogatepass") for name in documents.ids])
    hashes = id_hashes(documents.ids)
    by_hash = np.argsort(hashes)
    file.add("id.hashes", [hashes[by_hash]], np.uint64)
    file.add("id.by_hash", [by_hash], np.uint32)
    for name, column in documents.texts.items():
        save_texts(file, f"{name}.values", [v.encode("utf-8", "surrogatepass") for v in column.values])
        _save_numbers(file, f"{name}.codes", column.codes)
        _save_numbers(file, f"{name}.counts", column.counts)
    for name, numbers in documents.numbers.items():
        kind = _signed_type(numbers)
        file.add(name, [np.where(numbers == MISSING, np.iinfo(kind).min, numbers)], kind)
    lengths = list(documents.lengths.items())
    for number, (_, field) in enumerate(lengths):
        whole = len(field.documents) == len(documents.ids)
        _save_numbers(file, f"length.{number}.documents", field.documents[: 0 if whole else None])
        exact = field.lengths * 16
        small = bool(np.all(exact == np.floor(exact)) and exact.max(initial=0) <= 0xFFFFFFFF)
        if small:
            _save_numbers(file, f"length.{number}", exact.astype(np.uint32))
        else:
            file.add(f"length.{number}", [field.lengths], np.float64)
    return {
        "documents": len(documents.ids),
        "texts": list(documents.texts),
        "numbers": list(documents.numbers),
        "lengths": [name for name, _ in lengths],
    }


class StoredDocuments:
    """What `save_documents` wrote; arrays are read when they are asked for."""

    def __init__(self, file: SegmentFile) -> None:
        notes = file.notes
        self._file = file
        self.size: int = notes["documents"]
        self.texts: tuple[str, ...] = tuple(notes["texts"])
        self.numbers: tuple[str, ...] = tuple(notes["numbers"])
        self.fields: tuple[str, ...] = tuple(notes["lengths"])
        """Fields that a document here has."""
        self._code_of_each: dict[str, memoryview] = {}
        self._known_values: dict[tuple[str, int], str] = {}
        self._values: dict[str, tuple[memoryview, memoryview]] = {}
        self._field_numbers = {name: number for number, name in enumerate(self.fields)}

    @cached_property
    def _ids(self) -> tuple[memoryview, memoryview]:
        return self._file.array("id").data, self._file.array("id.starts").data

    def id(self, document: int) -> str:
        """The id of one document."""
        text, starts = self._ids
        return str(text[starts[document] : starts[document + 1]], "utf-8", "surrogatepass")

    def ids(self) -> list[str]:
        """All ids, ascending."""
        return [text.decode("utf-8", "surrogatepass") for text in load_texts(self._file, "id")]

    def find(self, ids: Sequence[str], hashes: NDArray[np.uint64]) -> NDArray[np.int64]:
        """The documents of those of the ids that are here."""
        known = self._file.array("id.hashes")
        places = np.searchsorted(known, hashes)
        places[places == len(known)] = 0
        found: list[int] = []
        for wanted in np.flatnonzero(known[places] == hashes).tolist():
            place = int(places[wanted])
            while place < len(known) and known[place] == hashes[wanted]:
                document = int(self._file.array("id.by_hash", place, place + 1)[0])
                if self.id(document) == ids[wanted]:
                    found.append(document)
                place += 1
        return np.array(found, np.int64)

    def text(self, name: str) -> Coded:
        """A column of strings; empty if no document here has it."""
        if name not in self.texts:
            return Coded([], np.zeros(self.size, np.int32), np.empty(0, np.int32))
        values = [v.decode("utf-8", "surrogatepass") for v in load_texts(self._file, f"{name}.values")]
        return Coded(values, self._file.array(f"{name}.counts"), self._file.array(f"{name}.codes"))

    def text_of(self, name: str, document: int) -> str | None:
        """What one document has in a column of at most one string."""
        if name not in self.texts:
            return None
        codes = self._code_of_each.get(name)
        if codes is None:
            codes = self._code_of_each[name] = self._codes_by_document(name)
        code = codes[document]
        if code < 0:
            return None
        known = self._known_values.get((name, code))
        if known is None:
            known = self._value(name, code)
            if len(self._known_values) < _KNOWN_VALUES:
                self._known_values[name, code] = known
        return known

    def _codes_by_document(self, name: str) -> memoryview:
        """The code of each document, -1 where it has none."""
        codes = np.full(self.size, -1, np.int32)
        codes[self._file.array(f"{name}.counts") > 0] = self._file.array(f"{name}.codes")
        return codes.data

    def having(self, name: str, values: Iterable[str]) -> NDArray[np.int32]:
        """Documents that have one of the values in a column of strings."""
        if name not in self.texts:
            return np.empty(0, np.int32)
        size = self._file.sections[f"{name}.values.starts"].size - 1
        codes = []
        for value in values:
            code = bisect_left(range(size), value, key=lambda at: self._value(name, at))
            if code < size and self._value(name, code) == value:
                codes.append(code)
        if not codes:
            return np.empty(0, np.int32)
        places = np.flatnonzero(np.isin(self._file.array(f"{name}.codes"), codes))
        ends = starts_of(self._file.array(f"{name}.counts"))[1:]
        return np.searchsorted(ends, places, "right").astype(np.int32)

    def _value(self, name: str, code: int) -> str:
        stored = self._values.get(name)
        if stored is None:
            arrays = self._file.array(f"{name}.values"), self._file.array(f"{name}.values.starts")
            stored = self._values[name] = (arrays[0].data, arrays[1].data)
        text, starts = stored
        return str(text[starts[code] : starts[code + 1]], "utf-8", "surrogatepass")

    def number(self, name: str) -> NDArray[np.int64]:
        """A column of integers."""
        if name not in self.numbers:
            return np.full(self.size, MISSING)
        stored = self._file.array(name)
        numbers = stored.astype(np.int64)
        numbers[stored == np.iinfo(stored.dtype).min] = MISSING
        return numbers

    def length(self, field: str) -> Lengths:
        """The lengths of a field; empty if no document here has it."""
        number = self._field_numbers.get(field)
        if number is None:
            return Lengths(np.empty(0, np.int32), np.empty(0))
        stored = self._file.array(f"length.{number}")
        documents = self._file.array(f"length.{number}.documents").astype(np.int32)
        if len(documents) < len(stored):
            documents = np.arange(self.size, dtype=np.int32)
        if stored.dtype.kind == "u":
            return Lengths(documents, stored / 16)
        return Lengths(documents, stored)


def save_texts(file: SegmentFileWriter, name: str, texts: Sequence[bytes]) -> None:
    """Write strings as one array of bytes and one of their beginnings."""
    starts = starts_of(np.fromiter(map(len, texts), np.int64, len(texts)))
    file.add(name, [b"".join(texts)], np.uint8)
    file.add(f"{name}.starts", [starts], np.uint32 if starts[-1] < 2**32 else np.uint64)


def load_texts(file: SegmentFile, name: str, first: int = 0, last: int | None = None) -> Iterator[bytes]:
    """The strings `first` to `last` of what `save_texts` wrote."""
    starts = file.array(f"{name}.starts", first, None if last is None else last + 1).tolist()
    blob = file.array(name, starts[0], starts[-1]).tobytes()
    offset = starts[0]
    return (blob[begin - offset : end - offset] for begin, end in pairwise(starts))


def _save_numbers(file: SegmentFileWriter, name: str, numbers: Array) -> None:
    file.add(name, [numbers], narrowest(int(numbers.max(initial=1))))


def _signed_type(numbers: NDArray[np.int64]) -> type[np.signedinteger[Any]]:
    """The narrowest type with one value to spare, its least, which stands for `MISSING`."""
    present = numbers[numbers != MISSING]
    for kind in (np.int16, np.int32):
        limits = np.iinfo(kind)
        if present.min(initial=0) > limits.min and present.max(initial=0) <= limits.max:
            return kind
    return np.int64
