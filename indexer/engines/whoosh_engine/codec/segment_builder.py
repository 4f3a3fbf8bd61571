"""Collects documents and writes them as one segment: terms become numbers, NumPy sorts them."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...base import COLUMNS_LIST, COLUMNS_NUMBER, COLUMNS_TEXT, IndexDocument, Occurrences
from .documents import MISSING, Coded, Documents, Lengths
from .packing import Array, starts_of
from .postings_encoder import Batch, frequency_table
from .segment_writer import FieldName, write_segment


@dataclass(frozen=True, slots=True)
class _FieldTerms:
    """The dictionary of one field."""

    field: FieldName
    terms: list[bytes]
    """Ascending, each with at least one posting."""


class _Occurrences:
    """Occurrences of all documents in the order of the text, an array a field of a document."""

    def __init__(self) -> None:
        self.size = 0
        self.terms: list[Array] = []
        self.weights: list[Array] = []
        self.positions: list[Array] = []
        self.runs = array("i")
        """Of each field of each document: the document, the field, how many occurrences."""


class SegmentBuilder:
    """Holds documents in memory until `write`."""

    def __init__(self) -> None:
        # One numbering for all fields; a vocabulary gives a term that it does not have the next number.
        self._numbers = count()
        self._vocabularies: dict[str, defaultdict[str, int]] = {}
        self._field_numbers: dict[str, int] = {}
        self._positional: dict[str, bool] = {}
        self._parts = {True: _Occurrences(), False: _Occurrences()}
        self._documents: list[IndexDocument | None] = []
        self._places: dict[str, int] = {}

    @property
    def occurrences(self) -> int:
        """How many are held."""
        return sum(part.size for part in self._parts.values())

    @property
    def fields(self) -> dict[str, bool]:
        """Fields met so far, and whether they keep positions."""
        return self._positional

    def add(self, document: IndexDocument) -> None:
        """Take a document; an older one with the same id goes."""
        self.remove(document.id)
        number = len(self._documents)
        for name, occurrences in document.fields.items():
            if occurrences.terms:
                self._add_field(number, name, occurrences)
        self._places[document.id] = number
        # The terms are in the arrays: what stays is the id and the columns.
        columns = (document.text_columns, document.list_columns, document.number_columns)
        self._documents.append(IndexDocument(document.id, {}, *columns))

    def _add_field(self, document: int, name: str, occurrences: Occurrences) -> None:
        vocabulary = self._vocabularies.get(name)
        positional = len(occurrences.positions) > 0
        if vocabulary is None:
            vocabulary = self._vocabularies[name] = defaultdict(self._numbers.__next__)
            self._field_numbers[name] = len(self._field_numbers)
            self._positional[name] = positional
        part = self._parts[self._positional[name]]
        size = len(occurrences.terms)
        if len(occurrences.positions) != (size if self._positional[name] else 0):
            raise ValueError(f"{name} keeps positions of all terms in all documents, or of none")
        part.runs.extend((document, self._field_numbers[name], size))
        part.size += size
        part.terms.append(np.fromiter(map(vocabulary.__getitem__, occurrences.terms), np.int32, size))
        part.weights.append(np.asarray(occurrences.weights, np.float32))
        if self._positional[name]:
            part.positions.append(np.asarray(occurrences.positions, np.uint32))

    def remove(self, document_id: str) -> None:
        """Drop a document; harmless when there is none."""
        number = self._places.pop(document_id, None)
        if number is not None:
            self._documents[number] = None

    def __len__(self) -> int:
        """How many documents are held."""
        return len(self._places)

    def write(self, path: Path) -> None:
        """Write the documents, of which there is at least one, as a segment; once."""
        ids = sorted(self._places)
        order = np.array([self._places[name] for name in ids], np.int64)
        rank = np.full(len(self._documents), -1, np.int64)
        rank[order] = np.arange(len(order))
        positional, plain = (self._ordered(self._parts[kind], rank) for kind in (True, False))
        names = sorted(self._vocabularies)
        lengths = self._lengths(names, positional, plain)
        terms, fields = self._dictionary(names)
        numbers = terms[np.concatenate([positional.terms, plain.terms])]
        if len(order) < len(rank):
            numbers, fields = _without_unused(numbers, fields)
        columns = self._columns(ids, lengths)
        if not len(numbers):
            write_segment(path, columns, (), np.ones(1), ())
            return
        frequencies, batch = _grouped(numbers, _stable_order(numbers), positional, plain, fields)
        write_segment(path, columns, [terms.field for terms in fields], frequencies, [batch])

    def _ordered(self, part: _Occurrences, rank: Array) -> _Ordered:
        """The occurrences of the documents that stay, in the order of their ids."""
        runs = np.frombuffer(part.runs, np.int32).reshape(-1, 3) if part.runs else np.empty((0, 3), np.int32)
        starts = starts_of(runs[:, 2])[:-1]
        ranks = rank[runs[:, 0]]
        chosen = np.argsort(ranks, kind="stable")
        chosen = chosen[np.searchsorted(ranks[chosen], 0) :]
        counts = runs[chosen, 2].astype(np.int64)
        documents, fields = ranks[chosen], runs[chosen, 1]
        terms, weights = _joined(part.terms, np.int32), _joined(part.weights, np.float32)
        positions = _joined(part.positions, np.uint32)
        if not np.array_equal(chosen, np.arange(len(runs))):
            places = np.repeat(starts[chosen] - starts_of(counts)[:-1], counts) + np.arange(counts.sum())
            terms, weights = terms[places], weights[places]
            positions = positions[places] if len(positions) else positions
        return _Ordered(terms, weights, positions, documents, fields, counts)

    def _lengths(self, names: Sequence[str], *parts: _Ordered) -> dict[str, Lengths]:
        lengths: dict[str, Lengths] = {}
        for part in parts:
            if not len(part.counts):
                continue
            sums = np.add.reduceat(part.weights.astype(np.float64), starts_of(part.counts)[:-1])
            for name in names:
                runs = part.fields == self._field_numbers[name]
                if runs.any():
                    lengths[name] = Lengths(part.documents[runs].astype(np.int32), sums[runs])
        return {name: lengths[name] for name in names if name in lengths}

    def _dictionary(self, names: Sequence[str]) -> tuple[NDArray[np.int32], list[_FieldTerms]]:
        """Place of each term number in the dictionary, and the dictionary."""
        place = np.empty(sum(map(len, self._vocabularies.values())), np.int32)
        fields: list[_FieldTerms] = []
        before = 0
        for name in names:
            vocabulary = self._vocabularies[name]
            terms = list(vocabulary)
            # The order of code points is that of UTF-8 bytes.
            order = sorted(range(len(terms)), key=terms.__getitem__)
            numbers = np.fromiter(vocabulary.values(), np.int64, len(terms))
            place[numbers[order]] = np.arange(before, before + len(terms))
            before += len(terms)
            encoded = [terms[at].encode("utf-8", "surrogatepass") for at in order]
            fields.append(_FieldTerms(FieldName(name, self._positional[name]), encoded))
        return place, fields

    def _columns(self, ids: list[str], lengths: dict[str, Lengths]) -> Documents:
        documents = [d for name in ids if (d := self._documents[self._places[name]]) is not None]
        texts: dict[str, list[Sequence[str]]] = defaultdict(list)
        for column in COLUMNS_TEXT:
            for document in documents:
                value = document.text_columns.get(column)
                texts[column].append(() if value is None else (value,))
        for column in COLUMNS_LIST:
            for document in documents:
                # A value counts once a document.
                texts[column].append(sorted(set(document.list_columns.get(column, ()))))
        numbers = {
            column: np.array([d.number_columns.get(column, MISSING) for d in documents], np.int64)
            for column in COLUMNS_NUMBER
        }
        return Documents(
            ids,
            {name: Coded.of(rows) for name, rows in texts.items() if any(rows)},
            {name: values for name, values in numbers.items() if (values != MISSING).any()},
            lengths,
        )


class _Ordered:
    """Occurrences by document; `documents`, `fields` and `counts` are of runs of them."""

    __slots__ = ("counts", "documents", "fields", "positions", "terms", "weights")

    def __init__(
        self, terms: Array, weights: Array, positions: Array, documents: Array, fields: Array, counts: Array
    ) -> None:
        self.terms = terms
        self.weights = weights
        self.positions = positions
        self.documents = documents
        self.fields = fields
        self.counts = counts


def _joined(arrays: list[Array], dtype: type) -> Array:
    """The arrays behind each other; the list is emptied, so that the memory is there once."""
    joined = np.concatenate([np.empty(0, dtype), *arrays])
    arrays.clear()
    return joined


def _without_unused(
    numbers: NDArray[np.int32], fields: list[_FieldTerms]
) -> tuple[NDArray[np.int32], list[_FieldTerms]]:
    """The dictionary without terms that only dropped documents had."""
    total = sum(len(field.terms) for field in fields)
    used = np.bincount(numbers, minlength=total) > 0
    renumbered = (np.cumsum(used) - 1).astype(np.int32)
    kept: list[_FieldTerms] = []
    before = 0
    for field in fields:
        flags = used[before : before + len(field.terms)].tolist()
        before += len(field.terms)
        terms = [term for term, flag in zip(field.terms, flags, strict=True) if flag]
        if terms:
            kept.append(_FieldTerms(field.field, terms))
    return renumbered[numbers], kept


def _stable_order(numbers: NDArray[np.int32]) -> NDArray[np.int64]:
    """Indexes that sort, equal ones in their order.

    Two passes by half the bits: NumPy sorts 16-bit numbers by radix, twice as fast as 32-bit ones at once.
    """
    order = np.argsort((numbers & 0xFFFF).astype(np.uint16), kind="stable")
    high = (numbers >> 16).astype(np.uint16)
    return order[np.argsort(high[order], kind="stable")] if high.any() else order


def _grouped(
    numbers: NDArray[np.int32],
    by_term: NDArray[np.int64],
    positional: _Ordered,
    plain: _Ordered,
    fields: Sequence[_FieldTerms],
) -> tuple[NDArray[np.float64], Batch]:
    """Occurrences become postings."""
    documents = np.concatenate(
        [np.repeat(part.documents.astype(np.int32), part.counts) for part in (positional, plain)]
    )[by_term]
    terms = numbers[by_term]
    changes = np.ones(len(terms), bool)
    changes[1:] = (terms[1:] != terms[:-1]) | (documents[1:] != documents[:-1])
    heads = np.flatnonzero(changes)
    weights = np.concatenate([positional.weights, plain.weights])[by_term].astype(np.float64)
    sums = np.add.reduceat(weights, heads)
    frequencies, (codes,) = _coded(sums)
    term_of = terms[heads]
    sizes = [len(field.terms) for field in fields]
    field_of = np.repeat(np.arange(len(fields)), sizes)
    keeps = np.repeat([terms.field.positional for terms in fields], sizes)
    occurrences = np.diff(heads, append=len(terms)) * keeps[term_of]
    spots = by_term[by_term < len(positional.terms)] if len(plain.terms) else by_term
    batch = Batch(
        texts=[term for own in fields for term in own.terms],
        counts=np.bincount(term_of, minlength=len(field_of)),
        fields=field_of,
        positional=keeps,
        documents=documents[heads],
        codes=codes,
        occurrences=occurrences,
        positions=positional.positions[spots],
    )
    return frequencies, batch


def _coded(sums: NDArray[np.float64]) -> tuple[NDArray[np.float64], list[NDArray[np.uint32]]]:
    """The table of frequencies, and each posting's place in it."""
    sixteenths = sums * 16
    whole = sixteenths.astype(np.int64)
    largest = int(whole.max(initial=0))
    if largest < len(sums) + 65_536 and np.array_equal(whole, sixteenths):
        counts = np.bincount(whole)
        values = np.flatnonzero(counts)
        table, (code,) = frequency_table([values / 16], [counts[values]])
        lookup = np.zeros(largest + 1, np.uint32)
        lookup[values] = code
        return table, [lookup[whole]]
    values, place, counts = np.unique(sums, return_inverse=True, return_counts=True)
    table, (code,) = frequency_table([values], [counts])
    return table, [code[place]]
