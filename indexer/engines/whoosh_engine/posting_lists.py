"""Posting lists through all segments of one state: read once, kept while they are asked for."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from .codec.segment import Segment
from .columns import Ids, Mask
from .field_lengths import FieldLengths
from .many_lists import counts_of, find_each, read_lists, read_starts
from .recent_values import RecentValues
from .segment_memory import SegmentMemory, TermList

_CACHED_POSTINGS = 2_000_000
"""12 bytes each; read from what is remembered of segments, as long as that lasts."""
CHAMPIONS = 100
"""So many of the best postings of a term are kept when it has more."""
_KEPT_CHAMPIONS = 5_000
"""Terms whose best postings are kept, some kilobytes each."""
_FEW_IMPACTS = 8
"""At first not all impacts are read of a list so many times longer than what is asked for."""

TOGETHER = 12
"""So many words of one field are read at once; fewer one by one, since each is the sooner known again."""
_LONG = 2_000
"""Longer lists cost what they have to say, not the calls: they are read one by one, and kept."""
_KEPT_FROM = 64
"""Of lists that are read at once those of so many documents are kept: a shorter one is read again as soon as
it is found again."""

_RANKED = 5
"""Looking a number up takes about five times as long as reading it in a mask."""
_FIRST_BLOCKS = 16
_MANY_BLOCKS = 64
"""A list of fewer blocks is read whole."""


class TermPostings:
    """The live documents with a term, through all segments."""

    __slots__ = ("_all", "_asked", "_read", "ids")

    def __init__(self, ids: Ids, read: Callable[[NDArray[np.intp] | None], NDArray[np.float64]]) -> None:
        """`read`: the impacts at some places of `ids`, or all."""
        self.ids = ids
        """Ascending."""
        self._read = read
        self._all: NDArray[np.float64] | None = None
        self._asked = 0

    @classmethod
    def of(cls, ids: Ids, impacts: NDArray[np.float64]) -> TermPostings:
        """Postings whose impacts are known."""
        made = cls(ids, _no_reading)
        made._all = impacts
        return made

    @property
    def impacts(self) -> NDArray[np.float64]:
        """What the term counts in each, in [0, 1): times idf and boost it is the score."""
        if self._all is None:
            self._all = self._read(None)
        return self._all

    def impacts_at(self, places: NDArray[np.intp]) -> NDArray[np.float64]:
        """Impacts at some places, ascending; all are read and kept when a list is asked again."""
        self._asked += 1
        if self._all is None and self._asked == 1 and len(places) * _FEW_IMPACTS < len(self.ids):
            return self._read(places)
        return self.impacts[places]


def _no_reading(places: NDArray[np.intp] | None) -> NDArray[np.float64]:
    raise AssertionError(places)


@dataclass(frozen=True, slots=True)
class Champions:
    """The postings of a term that count most."""

    ids: Ids
    """Ascending."""
    impacts: NDArray[np.float64]
    ranked: list[float]
    """The impacts, the largest first."""
    documents: int
    """Live documents with the term, of which these are some, or all."""

    def kth(self, k: int) -> float:
        """What the k-th best posting counts; 0 where that is not known."""
        return self.ranked[k - 1] if 0 < k <= len(self.ranked) else 0.0


@dataclass(frozen=True, slots=True)
class _Part:
    """What one segment has of a term."""

    found: TermList
    ids: Ids
    """Live documents, in the numbers of the view."""
    alive: NDArray[np.intp] | None
    """Their places among all of the segment's; None: they are all."""

    def frequencies(self, places: NDArray[np.intp] | None) -> NDArray[np.float64]:
        """The weighted frequencies at some places of `ids`, or of all."""
        if self.alive is not None:
            places = self.alive if places is None else self.alive[places]
        return self.found.frequencies_at(places)


class PostingLists:
    """The postings of words in the live documents of some segments."""

    def __init__(
        self,
        memories: Sequence[SegmentMemory],
        bases: Sequence[int],
        live: Mask,
        deleted: Sequence[Ids],
        lengths: FieldLengths,
    ) -> None:
        """`bases`: number of the first document of each segment; `deleted`: in the numbers of each."""
        self._memories = memories
        self._segments = [memory.segment for memory in memories]
        self._bases = bases
        self._live = live
        self._all_live = bool(live.all())
        self._deleted = deleted
        self._lengths = lengths
        self._postings = RecentValues(_CACHED_POSTINGS)
        self._champions = RecentValues(_KEPT_CHAMPIONS)

    def forget(self) -> None:
        """Let go of all lists, which know this object that keeps them."""
        for kept in (self._postings, self._champions):
            kept.clear()

    def postings(self, field: str, term: str) -> TermPostings:
        """Live documents with a term, and its weighted frequencies."""
        return self._postings.get((field, term), lambda: self._read(field, term), _cost)

    def postings_of_each(self, keys: Sequence[tuple[str, str]]) -> list[TermPostings]:
        """The same of many (field, term), with fewer calls for each."""
        found = self._postings.known(keys)
        unknown: dict[str, dict[str, None]] = {}
        for (field, term), known in zip(keys, found, strict=True):
            if known is None:
                unknown.setdefault(field, {})[term] = None
        read: dict[tuple[str, str], TermPostings] = {}
        for field, terms in unknown.items():
            if len(terms) >= TOGETHER and self._segments:
                read |= self._read_each(field, list(terms))
        return [known or read.get(key) or self.postings(*key) for key, known in zip(keys, found, strict=True)]

    def _read_each(self, field: str, terms: Sequence[str]) -> dict[tuple[str, str], TermPostings]:
        """Those of the terms of a field whose lists are not long."""
        found = find_each(self._segments, field, [term_bytes(term) for term in terms])
        short = counts_of(self._segments, found) <= _LONG
        if not short.all():
            terms = [term for term, is_short in zip(terms, short.tolist(), strict=True) if is_short]
            found = [numbers[short] for numbers in found]
        if not terms:
            return {}
        live = None if self._all_live else self._live
        lists = read_lists(self._segments, self._bases, live, found)
        impacts = self.impacts(field, lists.ids, lists.frequencies)
        read: dict[tuple[str, str], TermPostings] = {}
        kept: list[tuple[tuple[str, str], TermPostings]] = []
        for term, (start, end) in zip(terms, pairwise(lists.starts.tolist()), strict=True):
            ids, own = lists.ids[start:end], impacts[start:end]
            if end - start >= _KEPT_FROM:
                # A part of an array would keep all of it.
                made = TermPostings.of(ids.copy(), own.copy())
                kept.append(((field, term), made))
            else:
                made = TermPostings.of(ids, own)
            read[field, term] = made
        self._postings.put(kept, _cost)
        return read

    def read_ahead(self, field: str, terms: Sequence[str]) -> None:
        """Read the lists of many terms at once, and where their positions begin, for phrases of them."""
        unknown = [term for term in terms if (field, term) not in self._postings]
        if len(unknown) < TOGETHER or not self._segments:
            return
        read = self._read_each(field, unknown)
        # A part of an array would keep all of it; the longer ones are kept already.
        short = [(key, made) for key, made in read.items() if len(made.ids) < _KEPT_FROM]
        self._postings.put(
            [(key, TermPostings.of(made.ids.copy(), made.impacts.copy())) for key, made in short], _cost
        )
        keys = [term_bytes(term) for term in unknown]
        for memory in self._memories:
            segment = memory.segment
            numbers = segment.find_each(field, keys)
            numbers = numbers[numbers >= 0]
            if len(numbers) and segment.fields[field].positional:
                numbers = numbers[segment.many.counts(numbers) <= _LONG]
                memory.keep_starts(numbers.tolist(), [*read_starts(segment, numbers)])

    def document_frequencies(self, field: str, terms: Sequence[str]) -> list[int]:
        """Live documents with each of the terms."""
        keys = [term_bytes(term) for term in terms]
        if len(terms) < TOGETHER or not self._segments:
            return [self._count(field, key) for key in keys]
        counts = np.zeros(len(keys), np.int64)
        for at in range(len(self._segments)):
            counts += self._counts_in(at, field, keys)
        found: list[int] = counts.tolist()
        return found

    def _counts_in(self, at: int, field: str, keys: Sequence[bytes]) -> NDArray[np.int64]:
        """Live documents of one segment with each of many terms."""
        segment = self._segments[at]
        numbers = segment.find_each(field, keys)
        counts = counts_of([segment], [numbers])
        if len(self._deleted[at]):
            for place in np.flatnonzero(numbers >= 0).tolist():
                counts[place] -= self._gone(at, int(numbers[place]))
        return counts

    def _count(self, field: str, key: bytes) -> int:
        count = 0
        for at, segment in enumerate(self._segments):
            number = segment.find(field, key)
            if number >= 0:
                count += segment.count(number) - self._gone(at, number)
        return count

    def _gone(self, at: int, number: int) -> int:
        """Deleted documents of a segment with a term."""
        deleted = self._deleted[at]
        if not len(deleted):
            return 0
        documents = self._memories[at].term_list(number).documents
        places = np.searchsorted(documents, deleted)
        places[places == len(documents)] = 0
        return int(np.count_nonzero(documents[places] == deleted))

    def _read(self, field: str, term: str) -> TermPostings:
        key = term_bytes(term)
        parts: list[_Part] = []
        for memory, base, deleted in zip(self._memories, self._bases, self._deleted, strict=False):
            number = memory.segment.find(field, key)
            if number >= 0:
                found = memory.term_list(number)
                ids = found.documents + np.int32(base) if base else found.documents
                alive = np.flatnonzero(self._live[ids]) if len(deleted) else None
                parts.append(_Part(found, ids if alive is None else ids[alive], alive))
        if len(parts) == 1:
            ids = parts[0].ids
        else:
            ids = np.concatenate([np.empty(0, np.int32), *(part.ids for part in parts)])
        return TermPostings(ids, partial(self._impacts, field, ids, parts))

    def _impacts(
        self, field: str, ids: Ids, parts: Sequence[_Part], places: NDArray[np.intp] | None
    ) -> NDArray[np.float64]:
        if len(parts) == 1:
            frequencies = parts[0].frequencies(places)
        elif places is None:
            frequencies = np.concatenate([np.empty(0), *(part.frequencies(None) for part in parts)])
        else:
            ends = np.cumsum([len(part.ids) for part in parts])
            borders = np.searchsorted(places, ends)
            found, start = [np.empty(0)], 0
            for part, border, end in zip(parts, borders.tolist(), ends.tolist(), strict=True):
                found.append(part.frequencies(places[start:border] - (end - len(part.ids))))
                start = border
            frequencies = np.concatenate(found)
        return self.impacts(field, ids if places is None else ids[places], frequencies)

    def impacts(self, field: str, ids: Ids, frequencies: NDArray[np.float64]) -> NDArray[np.float64]:
        """What frequencies in these documents count; see `bm25.saturated`."""
        return frequencies / (frequencies + self._lengths.norms(field)[ids])

    def champions(self, field: str, term: str) -> Champions:
        """The `CHAMPIONS` postings of a term that count most; all where there are fewer."""
        return self._champions.get((field, term), lambda: self._read_champions(field, term), lambda _: 1)

    def known_champions(self, field: str, term: str) -> Champions | None:
        """Champions of a term whose list was read before; the first time they cost more than they save."""
        key = (field, term)
        return self.champions(field, term) if key in self._champions or key in self._postings else None

    def _read_champions(self, field: str, term: str) -> Champions:
        found = self._best_of_blocks(field, term)
        if found is None:
            postings = self.postings(field, term)
            found = postings.ids, postings.impacts, len(postings.ids)
        ids, impacts, documents = found
        if len(ids) > CHAMPIONS:
            places = np.sort(np.argpartition(impacts, len(ids) - CHAMPIONS)[len(ids) - CHAMPIONS :])
            ids, impacts = ids[places], impacts[places]
        return Champions(ids, impacts, np.sort(impacts)[::-1].tolist(), documents)

    def _best_of_blocks(self, field: str, term: str) -> tuple[Ids, NDArray[np.float64], int] | None:
        """Postings among which the best are, read from the blocks that may have them.

        None where the list is known, or has no blocks, or must be counted because documents are deleted.
        """
        if len(self._segments) != 1 or not self._all_live or (field, term) in self._postings:
            return None
        (segment,) = self._segments
        number = segment.find(field, term_bytes(term))
        blocks = segment.blocks(number) if number >= 0 else None
        if blocks is None or len(blocks.bounds) < _MANY_BLOCKS:
            return None
        order = np.argsort(-blocks.bounds)
        ids, impacts = self._of_blocks(segment, number, field, blocks.firsts, order[:_FIRST_BLOCKS])
        least = np.partition(impacts, len(impacts) - CHAMPIONS)[len(impacts) - CHAMPIONS]
        rest = order[_FIRST_BLOCKS:]
        rest = rest[blocks.bounds[rest] >= least]
        if len(rest):
            more_ids, more = self._of_blocks(segment, number, field, blocks.firsts, rest)
            ids, impacts = np.concatenate([ids, more_ids]), np.concatenate([impacts, more])
        in_order = np.argsort(ids)
        return ids[in_order], impacts[in_order], segment.count(number)

    def _of_blocks(
        self, segment: Segment, number: int, field: str, firsts: Ids, chosen: NDArray[np.intp]
    ) -> tuple[Ids, NDArray[np.float64]]:
        found = segment.postings_of_blocks(number, firsts, np.sort(chosen))
        frequencies = segment.frequencies[found.codes_at(None)]
        return found.documents, self.impacts(field, found.documents, frequencies)

    def spots(self, field: str, term: str, wanted: Ids) -> NDArray[np.int64]:
        """Where a term stands in these documents, which all have it: document << 32 | position, ascending."""
        found: list[NDArray[np.int64]] = [np.empty(0, np.int64)]
        key = term_bytes(term)
        for at, (segment, base) in enumerate(zip(self._segments, self._bases, strict=False)):
            first, last = bisect_left(wanted, base), bisect_left(wanted, base + segment.size)
            if first == last or not segment.fields[field].positional:
                continue
            number = segment.find(field, key)
            documents, starts = self._memories[at].position_starts(number)
            here = wanted[first:last]
            places = _places(documents, here - np.int32(base) if base else here, segment.size)
            begins = starts[places]
            counts = starts[places + 1] - begins
            spots = segment.positions(number, begins, counts)
            bases: NDArray[np.int64] = np.repeat(here.astype(np.int64) << 32, counts)
            found.append(bases + spots)
        return found[-1] if len(found) <= 2 else np.concatenate(found)


def _places(documents: Ids, some: Ids, size: int) -> NDArray[np.intp]:
    """Where some of the documents stand; both ascending, numbers below `size`."""
    if len(some) == len(documents):
        return np.arange(len(some))
    if len(some) * _RANKED < len(documents) + size // 60:
        return np.searchsorted(documents, some)
    mask = np.zeros(size, bool)
    mask[some] = True
    return np.flatnonzero(mask[documents])


def _cost(postings: TermPostings) -> int:
    # One for the entry itself: unknown terms must not fill the memory either.
    return len(postings.ids) + 1


def term_bytes(term: str) -> bytes:
    """UTF-8, whose order is that of code points."""
    return term.encode("utf-8", "surrogatepass")
