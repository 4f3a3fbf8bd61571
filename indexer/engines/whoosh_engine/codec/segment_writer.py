"""Writes the file of one segment: its documents, its dictionary, its postings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...bm25 import norm
from .documents import Documents, save_documents, save_texts
from .postings_encoder import Batch, PostingsEncoder
from .segment_file import SegmentFileWriter


@dataclass(frozen=True, slots=True)
class FieldTerms:
    """The dictionary of one field."""

    name: str
    terms: Sequence[bytes]
    """Ascending, each with at least one posting."""
    positional: bool


def write_segment(
    path: Path,
    documents: Documents,
    fields: Sequence[FieldTerms],
    frequencies: NDArray[np.float64],
    batches: Iterable[Batch],
) -> None:
    """Write a segment, durably, under its name or not at all.

    `fields` in order of names; `frequencies` is what the codes of the batches stand for; the batches have
    the postings of all terms of all fields, in order.
    """
    file = SegmentFileWriter(path)
    try:
        notes = save_documents(documents, file)
        averages = [_average(documents, field.name) for field in fields]

        def norms(number: int) -> NDArray[np.float64]:
            if number not in cached:
                cached.clear()
                cached[number] = _norms(documents, fields[number].name, averages[number])
            return cached[number]

        cached: dict[int, NDArray[np.float64]] = {}
        encoder = PostingsEncoder(frequencies, norms)
        for batch in batches:
            encoder.add(batch)
        save_texts(file, "term", [term for field in fields for term in field.terms])
        encoder.save(file)
        rows, first = [], 0
        for field, average in zip(fields, averages, strict=True):
            last = first + len(field.terms)
            rows.append((field.name, first, last, field.positional, average))
            first = last
        file.finish({**notes, "fields": rows})
    finally:
        file.discard()


def _average(documents: Documents, field: str) -> float:
    return float(documents.lengths[field].lengths.mean())


def _norms(documents: Documents, field: str, average: float) -> NDArray[np.float64]:
    stored = documents.lengths[field]
    lengths = np.zeros(len(documents.ids))
    lengths[stored.documents] = stored.lengths
    return norm(lengths, average)
