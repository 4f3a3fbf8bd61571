"""A query tree -> which documents match and what they score, as arrays over all documents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..bm25 import idf
from ..query import (
    And,
    AnyOf,
    Between,
    Boost,
    Everything,
    Not,
    Nothing,
    Optionally,
    Or,
    Phrase,
    Prefix,
    Query,
    Term,
)
from .columns import MISSING, Mask
from .segments import Ids
from .view import View

Scores = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Matches:
    """A node's answer. Deleted documents never match."""

    mask: Mask
    scores: Scores | None
    """0 where the mask is False; None when the node scores nothing."""


def evaluate(query: Query, view: View) -> Matches:
    """Answer a query tree over one state of the index."""
    match query:
        case Term() | Phrase():
            scores = np.zeros(view.size)
            ids = _add_leaf(query, view, scores)
            return Matches(_mask_of(ids, view), scores)
        case And(children):
            return _all_of([evaluate(child, view) for child in children], view)
        case Or(children, minimum):
            return _any_of(children, max(minimum, 1), view)
        case Not(child):
            return Matches(view.live & ~evaluate(child, view).mask, None)
        case Optionally(required, optional):
            first, second = evaluate(required, view), evaluate(optional, view)
            if second.scores is None:
                return first
            scores = np.where(first.mask, second.scores, 0.0)
            return Matches(first.mask, scores if first.scores is None else scores + first.scores)
        case Boost(child, factor):
            found = evaluate(child, view)
            return Matches(found.mask, None if found.scores is None else factor * found.scores)
        case Prefix(_, _, boost):
            mask = _prefix_mask(query, view)
            return Matches(mask, np.where(mask, boost, 0.0))
        case _:
            return Matches(_selected(query, view), None)


def _selected(query: Query, view: View) -> Mask:
    match query:
        case AnyOf(column, values):
            return view.live & view.columns.coded(column).mask(values)
        case Between(column, first, last):
            numbers = view.columns.numbers(column)
            mask: Mask = view.live & (numbers != MISSING)
            if first is not None:
                mask &= numbers >= first
            if last is not None:
                mask &= numbers <= last
            return mask
        case Everything():
            return view.live
        case Nothing():
            return np.zeros(view.size, bool)
        case _:
            raise AssertionError(query)


def _all_of(found: Sequence[Matches], view: View) -> Matches:
    mask = view.live.copy()
    for matches in found:
        mask &= matches.mask
    scored = [matches.scores for matches in found if matches.scores is not None]
    if not scored:
        return Matches(mask, None)
    return Matches(mask, np.where(mask, np.sum(scored, axis=0), 0.0))


def _any_of(children: Sequence[Query], minimum: int, view: View) -> Matches:
    """Words of a query are many: their postings go into one array, without a mask each."""
    counts = np.zeros(view.size, np.uint16)
    scores = np.zeros(view.size)
    for child in children:
        if isinstance(child, Term | Phrase):
            counts[_add_leaf(child, view, scores)] += 1
        else:
            found = evaluate(child, view)
            counts += found.mask
            if found.scores is not None:
                scores += found.scores
    mask = counts >= minimum
    return Matches(mask, np.where(mask, scores, 0.0))


def _add_leaf(leaf: Term | Phrase, view: View, scores: Scores) -> Ids:
    """Add a leaf's scores to an array; the documents that match."""
    if isinstance(leaf, Term):
        found = view.postings(leaf.field, leaf.text)
        ids, frequencies = found.ids, found.weights.astype(np.float64)
        weight = idf(view.field_size(leaf.field)[0], len(ids))
    else:
        ids, frequencies, weight = _phrase(leaf, view)
    # A document stands once in a posting list, so plain indexing adds right.
    scores[ids] += leaf.boost * weight * frequencies / (frequencies + view.norms(leaf.field)[ids])
    return ids


def _phrase(phrase: Phrase, view: View) -> tuple[Ids, Scores, float]:
    """Documents with the phrase, how often, and the sum of its terms' idfs."""
    lists = [view.postings(phrase.field, term).ids for _, term in phrase.terms]
    size = view.field_size(phrase.field)[0]
    weight = sum(idf(size, len(ids)) for ids in lists)
    wanted = min(lists, key=len, default=np.empty(0, np.int32))
    for ids in lists:
        wanted = np.intersect1d(wanted, ids, assume_unique=True)
    if not len(wanted):
        return wanted, np.empty(0), weight
    # Word number of the phrase's start, with the document above it: one number to intersect.
    starts: NDArray[np.int64] | None = None
    for offset, term in phrase.terms:
        spots = view.positions(phrase.field, term, wanted)
        if len(spots) < len(wanted):
            # A field without positions has no phrases.
            return np.empty(0, np.int32), np.empty(0), weight
        document = np.repeat(np.arange(len(wanted), dtype=np.int64), [len(spot) for spot in spots])
        begins = np.concatenate(spots).astype(np.int64) - offset
        able = (begins >= 0) & (begins % phrase.unit == 0)
        keys = (document[able] << 32) + begins[able]
        starts = keys if starts is None else np.intersect1d(starts, keys)
    assert starts is not None
    counts = np.bincount(starts >> 32, minlength=len(wanted))
    return wanted[counts > 0], counts[counts > 0].astype(np.float64), weight


def _prefix_mask(prefix: Prefix, view: View) -> Mask:
    mask = np.zeros(view.size, bool)
    for term in view.expanded(prefix.field, prefix.text):
        mask[view.postings(prefix.field, term).ids] = True
    return mask


def _mask_of(ids: Ids, view: View) -> Mask:
    mask = np.zeros(view.size, bool)
    mask[ids] = True
    return mask
