"""What a query tree scores on the documents that it matches.

Matching comes first and decides; then each word or phrase adds what it counts on the hits, without a mask or
an array of scores for every node. A node's share counts only where the node itself matches: `gate` carries
that down to the leaves, and only below nodes where it can make a difference.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..query import And, Boost, Near, Optionally, Or, Phrase, Prefix, Query, Term
from .columns import Ids, Mask
from .matching import Matching

Scores = NDArray[np.float64]

_SPARSE = 4
"""A list so many times longer than the hits is looked up at the hits, instead of being added up whole."""


def scores_of(query: Query, matching: Matching, hits: Ids) -> Scores:
    """The score of each of the hits, ascending documents that all match the query."""
    scoring = _Scoring(matching, hits)
    scoring.add(query, 1.0, None, certain=True)
    return scoring.total()


class _Scoring:
    def __init__(self, matching: Matching, hits: Ids) -> None:
        self._matching = matching
        self._hits = hits
        self._at_hits = np.zeros(len(hits))
        self._ids: list[Ids] = []
        self._shares: list[Scores] = []
        """What is added up for all documents of some lists, whether they are hits or not."""

    def total(self) -> Scores:
        if not self._ids:
            return self._at_hits
        ids, shares = np.concatenate(self._ids), np.concatenate(self._shares)
        # Much quicker than adding list by list to an array.
        everywhere = np.bincount(ids, shares, self._matching.view.size)
        return self._at_hits + everywhere.take(self._hits)

    def add(self, query: Query, factor: float, gate: Mask | None, *, certain: bool) -> None:
        """Add a node's share, times a factor, where `gate` lets it count; `certain`: it matches there."""
        match query:
            case Term() | Phrase() | Near():
                self._add_leaf(query, factor * query.boost, gate, certain=certain)
            case Prefix():
                self._at_hits += (
                    factor * query.boost * self._gated(self._matching.mask(query), gate)[self._hits]
                )
            case And(children):
                below = gate if certain else self._gated(self._matching.mask(query), gate)
                for child in children:
                    self.add(child, factor, below, certain=True)
            case Or(children, minimum):
                if minimum > 1 and not certain:
                    gate = self._gated(self._matching.mask(query), gate)
                self._matching.read_ahead(children)
                for child in children:
                    self.add(child, factor, gate, certain=certain and len(children) == 1)
            case Optionally(required, optional):
                self.add(required, factor, gate, certain=certain)
                below = gate if certain else self._gated(self._matching.mask(required), gate)
                self.add(optional, factor, below, certain=False)
            case Boost(child, more):
                self.add(child, factor * more, gate, certain=certain)
            case _:
                # The other nodes select and score nothing.
                return

    def _gated(self, mask: Mask, gate: Mask | None) -> Mask:
        return mask if gate is None else mask & gate

    def _add_leaf(
        self, leaf: Term | Phrase | Near, factor: float, gate: Mask | None, *, certain: bool
    ) -> None:
        found = self._matching.leaf(leaf)
        postings = found.postings
        ids = postings.ids
        factor *= found.weight
        if certain and gate is None:
            # Every hit has it.
            if len(ids) == len(self._hits):
                self._at_hits += factor * postings.impacts
            else:
                self._at_hits += factor * postings.impacts_at(np.searchsorted(ids, self._hits))
            return
        if len(ids) > _SPARSE * len(self._hits):
            places = np.searchsorted(ids, self._hits)
            places[places == len(ids)] = 0
            have = ids[places] == self._hits
            if gate is not None:
                have &= gate[self._hits]
            self._at_hits[have] += factor * postings.impacts_at(places[have])
            return
        impacts = postings.impacts
        if gate is not None:
            chosen = gate[ids]
            ids, impacts = ids[chosen], impacts[chosen]
        self._ids.append(ids)
        self._shares.append(factor * impacts)
