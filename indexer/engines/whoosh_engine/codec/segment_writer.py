"""Writes the file of one segment: its documents, its dictionary, its postings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...bm25 import norm
from .documents import Documents, save_documents
from .postings_encoder import Batch, PostingsEncoder
from .segment_file import SegmentFileWriter


@dataclass(frozen=True, slots=True)
class FieldName:
    """A field, and whether it keeps positions."""

    name: str
    positional: bool


def write_segment(
    path: Path,
    documents: Documents,
    fields: Sequence[FieldName],
    frequencies: NDArray[np.float64],
    batches: Iterable[Batch],
) -> None:
    """Write a segment, durably, under its name or not at all.

    `fields` in order of names, each with a term; `frequencies` is what the codes of the batches stand for;
    the batches have all terms of all fields, in order.
    """
    file = SegmentFileWriter(path)
    try:
        notes = save_documents(documents, file)
        averages = [_average(documents, field.name) for field in fields]
        sizes = np.zeros(len(fields), np.int64)

        def norms(number: int) -> NDArray[np.float64]:
            if number not in cached:
                cached.clear()
                cached[number] = _norms(documents, fields[number].name, averages[number])
            return cached[number]

        cached: dict[int, NDArray[np.float64]] = {}
        with closing(PostingsEncoder(frequencies, norms)) as encoder:
            for batch in batches:
                sizes += np.bincount(batch.fields, minlength=len(fields))
                encoder.add(batch)
            encoder.save(file)
        rows, first = [], 0
        for field, average, size in zip(fields, averages, sizes.tolist(), strict=True):
            rows.append((field.name, first, first + size, field.positional, average))
            first += size
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
