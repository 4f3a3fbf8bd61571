"""Which documents a query tree matches: sorted numbers while they are few, a mask while they are many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from ..bm25 import idf
from ..query import (
    And,
    AnyOf,
    Between,
    Boost,
    Everything,
    Near,
    Not,
    Nothing,
    Optionally,
    Or,
    Phrase,
    Prefix,
    Query,
    Term,
)
from .codec.documents import MISSING
from .columns import Ids, Mask
from .near import near_windows
from .posting_lists import TOGETHER, TermPostings
from .view import View

_NO_IDS: Ids = np.empty(0, np.int32)
_LOOK_UP, _MASK = 5, 60
"""Looking a number up takes so many times as long as setting it in a mask, and as zeroing a mask for it."""
_POSITION = 0xFFFFFFFF
_FEWEST_AHEAD = 4
"""With fewer words or phrases nothing is read ahead: there would be too little to read at once."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """What a word, a phrase or words near each other find, and what its idf makes of it."""

    postings: TermPostings
    weight: float


class Matching:
    """Answers the nodes of a query over one state of the index, each once. Deleted documents never match."""

    def __init__(self, view: View) -> None:
        self.view = view
        # By identity: the request holds its nodes as long as this lives.
        self._ids: dict[int, Ids] = {}
        self._masks: dict[int, Mask] = {}
        self._leaves: dict[int, Leaf] = {}

    def ids(self, query: Query) -> Ids:
        """Matching documents, ascending."""
        found = self._ids.get(id(query))
        if found is None:
            found = self._sparse(query)
            if found is None:
                found = np.flatnonzero(self.mask(query)).astype(np.int32)
            self._ids[id(query)] = found
        return found

    def mask(self, query: Query) -> Mask:
        """Matching documents, as a mask over all; not to be changed."""
        found = self._masks.get(id(query))
        if found is None:
            found = self._dense(query)
            if found is None:
                found = np.zeros(self.view.size, bool)
                found[self.ids(query)] = True
            self._masks[id(query)] = found
        return found

    def passing(self, query: Query, ids: Ids) -> Mask:
        """Which of these documents, all of them live, match a filter. Masks of columns are remembered."""
        match query:
            case And(children):
                passed = np.ones(len(ids), bool)
                for child in children:
                    passed &= self.passing(child, ids)
                return passed
            case Not(child):
                return ~self.passing(child, ids)
            case Between(column, first, last):
                numbers = self.view.numbers(column)[ids]
                # What has none has the least number there is.
                passed = numbers >= (MISSING + 1 if first is None else first)
                return passed if last is None else passed & (numbers <= last)
            case _:
                return self.mask(query)[ids]

    def leaf(self, query: Term | Phrase | Near) -> Leaf:
        """What a leaf that scores by BM25 finds."""
        found = self._leaves.get(id(query))
        if found is None:
            found = self._term(query) if isinstance(query, Term) else self._placed(query)
            self._leaves[id(query)] = found
        return found

    def read_ahead(self, children: Sequence[Query]) -> None:
        """Read what many words and phrases need in a few calls for all of them."""
        if len(children) < _FEWEST_AHEAD:
            return
        lists = self.view.lists
        words = [child for child in children if isinstance(child, Term) and id(child) not in self._leaves]
        if len(words) >= TOGETHER:
            found = lists.postings_of_each([(word.field, word.text) for word in words])
            for word, postings in zip(words, found, strict=True):
                self._leaves[id(word)] = self._weighed(word, postings)
        placed: dict[str, dict[str, None]] = {}
        for child in children:
            if isinstance(child, Phrase) and id(child) not in self._leaves:
                placed.setdefault(child.field, {}).update((term, None) for _, term in child.terms)
            elif isinstance(child, Near) and id(child) not in self._leaves:
                placed.setdefault(child.field, {}).update(dict.fromkeys(child.terms))
        for field, terms in placed.items():
            lists.read_ahead(field, list(terms))

    def _sparse(self, query: Query) -> Ids | None:
        """The ids of a node that comes as ids, None of one that comes as a mask."""
        match query:
            case Term() | Phrase() | Near():
                return self.leaf(query).postings.ids
            case Nothing():
                return _NO_IDS
            case Everything():
                return self.view.live_ids
            case And(children):
                return self._all_of(children)
            case Or(children, minimum) if len(children) == 1 and minimum <= 1:
                return self.ids(children[0])
            case Optionally(required, _):
                return self.ids(required)
            case Boost(child, _):
                return self.ids(child)
            case _:
                return None

    def _dense(self, query: Query) -> Mask | None:
        """The mask of a node that comes as a mask, None of one that comes as ids."""
        view = self.view
        match query:
            case Everything():
                return view.live
            case Or(children, minimum) if len(children) > 1 or minimum > 1:
                return self._any_of(children, max(minimum, 1))
            case Not(child):
                return view.live & ~self.mask(child)
            case Prefix(field, text):
                mask = np.zeros(view.size, bool)
                mask[view.beginning(field, text)] = True
                return mask if view.all_live else mask & view.live
            case AnyOf(column, values):
                return view.filter_mask(query, lambda: view.live & view.having(column, values))
            case Between():
                return view.filter_mask(query, lambda: self._between(query))
            case _:
                return None

    def is_sparse(self, query: Query) -> bool:
        """Whether a node comes as ids."""
        match query:
            case Term() | Phrase() | Near() | Nothing():
                return True
            case And(children):
                return any(self.is_sparse(child) for child in children)
            case Or(children, minimum):
                return len(children) == 1 and minimum <= 1 and self.is_sparse(children[0])
            case Optionally(child, _) | Boost(child, _):
                return self.is_sparse(child)
            case _:
                return False

    def _all_of(self, children: Sequence[Query]) -> Ids:
        """The rarest first; the others only keep or drop of what is left."""
        few = sorted((self.ids(child) for child in children if self.is_sparse(child)), key=len)
        if not few:
            mask = self.view.live
            for child in children:
                mask = mask & self.mask(child)
            return np.flatnonzero(mask).astype(np.int32)
        ids, *others = few
        for other in others:
            ids = self._common(ids, other)
        for child in children:
            if isinstance(child, Not):
                ids = ids[~self.mask(child.child)[ids]]
            elif not self.is_sparse(child):
                ids = ids[self.mask(child)[ids]]
        return ids

    def _common(self, ids: Ids, others: Ids) -> Ids:
        """Ids of both lists: looked up while they are few, by a mask when that costs less."""
        if _LOOK_UP * len(ids) < len(ids) + len(others) + self.view.size // _MASK:
            return ids[contained(ids, others)]
        mask = np.zeros(self.view.size, bool)
        mask[others] = True
        return ids[mask[ids]]

    def _any_of(self, children: Sequence[Query], minimum: int) -> Mask:
        self.read_ahead(children)
        if minimum == 1:
            mask = np.zeros(self.view.size, bool)
            for child in children:
                if self.is_sparse(child):
                    mask[self.ids(child)] = True
                else:
                    mask |= self.mask(child)
            return mask
        counts = np.zeros(self.view.size, np.uint16)
        for child in children:
            if self.is_sparse(child):
                counts[self.ids(child)] += 1
            else:
                counts += self.mask(child)
        return counts >= minimum

    def _between(self, query: Between) -> Mask:
        numbers = self.view.numbers(query.column)
        mask: Mask = self.view.live & (numbers != MISSING)
        if query.first is not None:
            mask &= numbers >= query.first
        if query.last is not None:
            mask &= numbers <= query.last
        return mask

    def _term(self, term: Term) -> Leaf:
        return self._weighed(term, self.view.lists.postings(term.field, term.text))

    def _weighed(self, term: Term, postings: TermPostings) -> Leaf:
        return Leaf(postings, idf(self.view.field_size(term.field)[0], len(postings.ids)))

    def _placed(self, query: Phrase | Near) -> Leaf:
        """Documents where the words stand so, how often, and the sum of the words' idfs."""
        view = self.view
        if isinstance(query, Phrase):
            lists = [view.lists.postings(query.field, term).ids for _, term in query.terms]
            places = self._starts(query, lists)
        else:
            terms = tuple(dict.fromkeys(query.terms))
            lists = [view.lists.postings(query.field, term).ids for term in terms]
            places = self._windows(query, terms, lists)
        size = view.field_size(query.field)[0]
        weight = sum(idf(size, len(ids)) for ids in lists)
        documents = places >> 32
        first = np.ones(len(places), bool)
        first[1:] = documents[1:] != documents[:-1]
        heads = np.flatnonzero(first)
        counts = np.diff(heads, append=len(places)).astype(np.float64)
        ids = documents[heads].astype(np.int32)
        impacts = view.lists.impacts(query.field, ids, counts)
        return Leaf(TermPostings(ids, lambda places: impacts if places is None else impacts[places]), weight)

    def _windows(self, near: Near, terms: Sequence[str], lists: Sequence[Ids]) -> NDArray[np.int64]:
        """Where windows with all the terms end, ascending: document << 32 | word number."""
        ordered = [terms[at] for at in sorted(range(len(terms)), key=lambda at: len(lists[at]))]
        return near_windows(
            near, ordered, self._having_all(lists), partial(self.view.lists.spots, near.field)
        )

    def _having_all(self, lists: Sequence[Ids]) -> Ids:
        wanted, *others = sorted(lists, key=len) or [_NO_IDS]
        for ids in others:
            wanted = self._common(wanted, ids)
        return wanted

    def _starts(self, phrase: Phrase, lists: Sequence[Ids]) -> NDArray[np.int64]:
        """Where the phrase begins, ascending: document << 32 | position."""
        none = np.empty(0, np.int64)
        wanted = self._having_all(lists)
        starts: NDArray[np.int64] | None = None
        # From the rarest word on, so that little is looked up.
        for place in sorted(range(len(lists)), key=lambda at: len(lists[at])):
            if not len(wanted):
                return none
            offset, term = phrase.terms[place]
            begins = self.view.lists.spots(phrase.field, term, wanted)
            if offset:
                begins = begins[(begins & _POSITION) >= offset] - offset
            if starts is None:
                starts = begins[(begins & _POSITION) % phrase.unit == 0] if phrase.unit > 1 else begins
            elif len(begins) < len(starts):
                starts = begins[contained(begins, starts)]
            else:
                starts = starts[contained(starts, begins)]
        if starts is None:
            return none
        distinct = np.ones(len(starts), bool)
        distinct[1:] = starts[1:] != starts[:-1]
        return starts[distinct]


def contained(some: NDArray[np.signedinteger], others: NDArray[np.signedinteger]) -> Mask:
    """Which of the first array's numbers are in the second; both ascending."""
    if not len(others):
        return np.zeros(len(some), bool)
    places = np.searchsorted(others, some)
    places[places == len(others)] = 0
    found: Mask = others[places] == some
    return found
