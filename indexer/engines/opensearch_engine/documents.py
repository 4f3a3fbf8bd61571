"""An `IndexDocument` as the JSON that a cluster stores."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from ..base import B, IndexDocument, Occurrences, frequencies
from ..query import NO_PLACE
from .mapping import LEAD_TEXTS, LENGTH_STEPS, MOST, PLACE_GAP, STEPS
from .stored_terms import COUNT, GAP, shaped, stored

_MOST_GAPS = 1_000
"""Words without a term between two with one, at most: no `Near` reaches so far."""
_LONGEST_KEY = 512
"""Bytes of an `_id`."""
_HASHED = "~"


def key_of(document_id: str) -> str:
    """`_id` of a document; a hash for ids that are too long for one."""
    if not document_id.startswith(_HASHED) and len(document_id.encode()) <= _LONGEST_KEY:
        return document_id
    return _HASHED + hashlib.blake2b(document_id.encode(), digest_size=32).hexdigest()


def average_lengths(documents: Iterable[IndexDocument], known: Collection[str]) -> dict[str, float]:
    """Average lengths of the fields that are not known, in the documents that have them."""
    sums: dict[str, tuple[int, float]] = {}
    for document in documents:
        for name, field in document.fields.items():
            if name not in known:
                count, total = sums.get(name, (0, 0.0))
                sums[name] = (count + 1, total + sum(field.weights))
    return {name: total / count for name, (count, total) in sums.items()}


def stored_document(
    document: IndexDocument, pivots: Mapping[str, float], units: Mapping[str, int]
) -> dict[str, Any]:
    """The document's JSON.

    `pivots`: field -> average length that its scores stand on. `units`: field -> unit of its positions, for
    those whose positions carry more than a word's number.
    """
    body: dict[str, Any] = {
        "id": document.id,
        "fields": sorted(document.fields),
        **document.text_columns,
        **{name: list(values) for name, values in document.list_columns.items()},
        **document.number_columns,
    }
    counted: dict[str, str] = {}
    placed: dict[str, list[str]] = {}
    exact: dict[str, list[str]] = {}
    lengths: dict[str, int] = {}
    for name, field in document.fields.items():
        length = float(sum(field.weights))
        counted[name] = _counted(field, length, pivots[name])
        lengths[name] = round(length * LENGTH_STEPS)
        if len(field.positions):
            unit = units.get(name, 1)
            words = _words(field, unit)
            placed[name] = _placed([(at, stored(term)) for at, term, _ in words])
            if unit > 1:
                exact[name] = _placed([(at, shaped(term, shape)) for at, term, shape in words])
    parts = {"counted": counted, "placed": placed, "exact": exact, "length": lengths}
    return body | {part: values for part, values in parts.items() if values}


def _counted(field: Occurrences, length: float, pivot: float) -> str:
    """Terms with their frequencies in steps, see `mapping`."""
    factor = STEPS / (1 - B + B * length / pivot)
    found = frequencies(field)
    # Weights are few, and so are their sums.
    ends = {each: f"{COUNT}{min(MOST, max(1, round(factor * each)))}" for each in set(found.values())}
    return " ".join([stored(term) + ends[frequency] for term, frequency in found.items()])


def _words(field: Occurrences, unit: int) -> list[tuple[int, str, int]]:
    """(word number, term, shape) in the order of the text; of words in one place the first alone."""
    places: dict[int, tuple[int, str, int]] = {}
    for term, position in zip(field.terms, field.positions, strict=True):
        if position != NO_PLACE:
            number, shape = divmod(int(position), unit)
            places.setdefault(number, (number, term, shape))
    return [places[number] for number in sorted(places)]


def _placed(words: Iterable[tuple[int, str]]) -> list[str]:
    """Strings in which each word stands as far behind the one before as its number says."""
    texts = [GAP] * LEAD_TEXTS
    current: list[str] = []
    last: int | None = None
    for number, term in words:
        if last is not None:
            missing = number - last - 1
            if missing >= PLACE_GAP:
                texts.append(" ".join(current))
                current = []
                missing = min(missing - PLACE_GAP, _MOST_GAPS)
            current += [GAP] * missing
        current.append(term)
        last = number
    return [*texts, " ".join(current)] if current else []
