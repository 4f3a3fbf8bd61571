"""Several segments become one: documents in the order of their ids again, dead ones and their terms gone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .documents import Coded, Documents, Lengths
from .packing import Array, starts_of
from .postings_encoder import Batch, frequency_table
from .segment import Segment
from .segment_writer import FieldTerms, write_segment

_AT_ONCE = 1 << 20
"""Postings that are in memory at once, unless one term has more."""


@dataclass(frozen=True, slots=True)
class Source:
    """A segment to merge, and which of its documents live."""

    segment: Segment
    live: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class _Mapped:
    """A source with the new numbers of its documents (-1: dead) and of its frequencies."""

    segment: Segment
    documents: NDArray[np.int32]
    codes: NDArray[np.uint32]


def merge(sources: Sequence[Source], path: Path) -> int:
    """Write one segment of the live documents of several, of which there is at least one; their number."""
    documents, maps = _documents(sources)
    segments = [source.segment for source in sources]
    # Codes are in the order of commonness: their rank stands for their share.
    tables = [segment.frequencies for segment in segments]
    shares = [
        source.live.sum() / np.arange(1, len(table) + 1)
        for source, table in zip(sources, tables, strict=True)
    ]
    frequencies, codes = frequency_table(tables, shares)
    mapped = [_Mapped(*row) for row in zip(segments, maps, codes, strict=True)]
    fields = [
        FieldTerms(name, [], any(s.fields[name].positional for s in segments if name in s.fields))
        for name in sorted(documents.lengths)
    ]
    batches = (
        batch for number, field in enumerate(fields) for batch in _field_batches(mapped, number, field)
    )
    write_segment(path, documents, fields, frequencies, batches)
    return len(documents.ids)


def _documents(sources: Sequence[Source]) -> tuple[Documents, list[NDArray[np.int32]]]:
    ids = [name for source in sources for name in source.segment.documents.ids()]
    live = np.concatenate([source.live for source in sources])
    # Each source is in order already, which is what Python's sort is quick with.
    order = np.array(sorted(np.flatnonzero(live).tolist(), key=ids.__getitem__), np.int64)
    numbers = np.full(len(ids), -1, np.int32)
    numbers[order] = np.arange(len(order))
    maps = np.split(numbers, np.cumsum([len(source.live) for source in sources])[:-1])
    stored = [source.segment.documents for source in sources]
    texts = sorted({name for documents in stored for name in documents.texts})
    columns = sorted({name for documents in stored for name in documents.numbers})
    fields = sorted({name for documents in stored for name in documents.fields})
    lengths = {
        name: _lengths([documents.length(name) for documents in stored], maps) for name in fields
    }
    return (
        Documents(
            [ids[place] for place in order.tolist()],
            {name: Coded.joined([documents.text(name) for documents in stored], order) for name in texts},
            {name: np.concatenate([d.number(name) for d in stored])[order] for name in columns},
            {name: values for name, values in lengths.items() if len(values.documents)},
        ),
        maps,
    )


def _lengths(stored: Sequence[Lengths], maps: Sequence[NDArray[np.int32]]) -> Lengths:
    documents = np.concatenate([m[values.documents] for values, m in zip(stored, maps, strict=True)])
    lengths = np.concatenate([values.lengths for values in stored])
    order = np.argsort(documents, kind="stable")
    order = order[documents[order] >= 0]
    return Lengths(documents[order], lengths[order])


def _field_batches(sources: Sequence[_Mapped], number: int, field: FieldTerms) -> Iterator[Batch]:
    """The postings of one field; `field.terms` is filled with the terms that are left."""
    having = [source for source in sources if field.name in source.segment.fields]
    spans = [(f.first, f.last) for source in having for f in [source.segment.fields[field.name]]]
    texts = [list(source.segment.texts(*span)) for source, span in zip(having, spans, strict=True)]
    terms = texts[0] if len(texts) == 1 else sorted(set().union(*texts))
    place = {term: at for at, term in enumerate(terms)}
    places = [np.fromiter(map(place.__getitem__, own), np.int64, len(own)) for own in texts]
    totals = np.zeros(len(terms), np.int64)
    for source, span, own in zip(having, spans, places, strict=True):
        totals[own] += source.segment.counts(*span)
    kept = field.terms
    assert isinstance(kept, list)
    for begin, end in _stretches(totals):
        parts = []
        for source, span, own in zip(having, spans, places, strict=True):
            first, last = np.searchsorted(own, (begin, end)).tolist()
            if first < last:
                batch = source.segment.batch(span[0] + first, span[0] + last)
                parts.append(_renumbered(batch, source, own[first:last] - begin))
        batch, used = _joined(parts, end - begin, number, positional=field.positional)
        if len(used):
            kept.extend(terms[begin + at] for at in used.tolist())
            yield batch


def _stretches(totals: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Ranges of terms that have about so many postings together as may be in memory."""
    ends = np.cumsum(totals)
    begin = 0
    while begin < len(totals):
        before = int(ends[begin - 1]) if begin else 0
        end = max(begin + 1, int(np.searchsorted(ends, before + _AT_ONCE, "right")))
        yield begin, end
        begin = end


@dataclass(frozen=True, slots=True)
class _Part:
    """Postings of one source: term, document, code, occurrences, positions."""

    terms: NDArray[np.int64]
    documents: NDArray[np.int32]
    codes: NDArray[np.uint32]
    occurrences: NDArray[np.int64]
    positions: NDArray[np.uint32]


def _renumbered(batch: Batch, source: _Mapped, terms: Array) -> _Part:
    documents = source.documents[batch.documents]
    part = _Part(
        np.repeat(terms, batch.counts),
        documents,
        source.codes[batch.codes],
        batch.occurrences,
        batch.positions,
    )
    live = documents >= 0
    if live.all():
        return part
    positions = part.positions[np.repeat(live, part.occurrences)]
    return _Part(part.terms[live], documents[live], part.codes[live], part.occurrences[live], positions)


def _joined(
    parts: Sequence[_Part], size: int, number: int, *, positional: bool
) -> tuple[Batch, NDArray[np.int64]]:
    """The postings of all sources in order, and which of `size` terms have any."""
    terms = np.concatenate([part.terms for part in parts])
    documents = np.concatenate([part.documents for part in parts])
    occurrences = np.concatenate([part.occurrences for part in parts])
    # Each part is in order; a stable sort merges them.
    order = np.argsort((terms << 32) | documents, kind="stable")
    positions = np.concatenate([part.positions for part in parts])
    chosen = occurrences[order]
    if len(parts) > 1 and len(positions):
        places = np.repeat(starts_of(occurrences)[:-1][order] - starts_of(chosen)[:-1], chosen)
        positions = positions[places + np.arange(len(places))]
    counts = np.bincount(terms, minlength=size)
    used = np.flatnonzero(counts)
    batch = Batch(
        counts=counts[used],
        fields=np.full(len(used), number, np.int64),
        positional=np.full(len(used), positional),
        documents=documents[order],
        codes=np.concatenate([part.codes for part in parts])[order],
        occurrences=chosen,
        positions=positions,
    )
    return batch, used
