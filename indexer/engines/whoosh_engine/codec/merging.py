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
from .segment_writer import FieldName, write_segment

_AT_ONCE = 1 << 19
"""Postings that are in memory at once, unless one term has more."""
_TERMS_AT_ONCE = 1 << 16
"""Terms of the largest dictionary that are in memory at once."""


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
        FieldName(name, any(s.fields[name].positional for s in segments if name in s.fields))
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
    lengths = {name: _lengths([documents.length(name) for documents in stored], maps) for name in fields}
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


def _field_batches(sources: Sequence[_Mapped], number: int, field: FieldName) -> Iterator[Batch]:
    """The postings of one field, a part of the dictionary after the other."""
    having = [source for source in sources if field.name in source.segment.fields]
    for spans in _parts([source.segment for source in having], field.name):
        parts = [
            _Terms(source, first, list(source.segment.texts(first, last)))
            for source, (first, last) in zip(having, spans, strict=True)
            if first < last
        ]
        yield from _part_batches(parts, number, positional=field.positional)


def _parts(segments: Sequence[Segment], field: str) -> Iterator[list[tuple[int, int]]]:
    """Numbers of terms in each segment, part by part of the alphabet."""
    fields = [segment.fields[field] for segment in segments]
    largest = max(range(len(fields)), key=lambda at: fields[at].last - fields[at].first)
    at = range(fields[largest].first + _TERMS_AT_ONCE, fields[largest].last, _TERMS_AT_ONCE)
    borders = [segments[largest].text(number) for number in at]
    firsts = [known.first for known in fields]
    for border in borders:
        lasts = [segment.beginning(field, border)[0] for segment in segments]
        yield list(zip(firsts, lasts, strict=True))
        firsts = lasts
    yield list(zip(firsts, [known.last for known in fields], strict=True))


@dataclass(frozen=True, slots=True)
class _Terms:
    """A part of the dictionary of a source."""

    source: _Mapped
    first: int
    texts: list[bytes]


def _part_batches(parts: Sequence[_Terms], number: int, *, positional: bool) -> Iterator[Batch]:
    texts = parts[0].texts if len(parts) == 1 else sorted(set().union(*(part.texts for part in parts)))
    place = {text: at for at, text in enumerate(texts)}
    places = [np.fromiter(map(place.__getitem__, part.texts), np.int64, len(part.texts)) for part in parts]
    totals = np.zeros(len(texts), np.int64)
    for part, own in zip(parts, places, strict=True):
        totals[own] += part.source.segment.counts(part.first, part.first + len(part.texts))
    for begin, end in _stretches(totals):
        found = []
        for part, own in zip(parts, places, strict=True):
            first, last = np.searchsorted(own, (begin, end)).tolist()
            if first < last:
                batch = part.source.segment.batch(part.first + first, part.first + last)
                found.append(_renumbered(batch, part.source, own[first:last] - begin))
        batch = _joined(found, texts[begin:end], number, positional=positional)
        for part in parts:
            part.source.segment.release()
        if len(batch.counts):
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


def _joined(parts: Sequence[_Part], texts: Sequence[bytes], number: int, *, positional: bool) -> Batch:
    """The postings of all sources in order; terms that no posting is left of are left out."""
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
    counts = np.bincount(terms, minlength=len(texts))
    used = np.flatnonzero(counts)
    return Batch(
        texts=texts if len(used) == len(texts) else [texts[at] for at in used.tolist()],
        counts=counts[used],
        fields=np.full(len(used), number, np.int64),
        positional=np.full(len(used), positional),
        documents=documents[order],
        codes=np.concatenate([part.codes for part in parts])[order],
        occurrences=chosen,
        positions=positions,
    )
