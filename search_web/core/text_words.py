"""The words of a text for marks: all their forms at once, their places only where one is asked for.

A page looks for a few words in thousands. `Analyzer.words` tells where each of them stands; here only those
that are found are placed, which takes a third of the time.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import accumulate, chain
from operator import itemgetter

from analyzers import Analyzer

_KEPT_ANALYZERS = 32
"""A server sees a few languages of one generation after the other."""
_KEPT_PIECES = 50_000
"""Of one language; half a kilobyte each."""
_LONGEST_KEPT = 48
"""Code points; a longer run without a blank (a Thai sentence) does not come twice."""

_Row = tuple[str | None, ...]
"""One word: its term in each field, and last the word as written."""
_Piece = tuple[tuple[_Row, ...], tuple[tuple[int, int], ...]]
"""A run of text without white space: its words, and where they stand in it."""
_rows = itemgetter(0)


class _Pieces(dict[str, _Piece]):
    """Remembers the words of pieces: analyzers never join over white space.

    Safe for several threads: two may analyse the same piece, either result is as good.
    """

    def __init__(self, analyzer: Analyzer) -> None:
        super().__init__()
        self._analyzer = analyzer
        self.names = tuple(analyzer.words("").forms)

    def __missing__(self, piece: str) -> _Piece:
        words = self._analyzer.words(piece)
        columns = [words.forms[name] for name in self.names]
        found = (
            tuple(zip(*columns, words.written, strict=True)),
            tuple(zip(words.starts, words.ends, strict=True)),
        )
        if len(piece) <= _LONGEST_KEPT:
            if len(self) >= _KEPT_PIECES:
                self.clear()
            self[piece] = found
        return found


_known: dict[int, _Pieces] = {}


def _pieces_of(analyzer: Analyzer) -> _Pieces:
    # By identity: an analyzer is made once a lexicon, and what is kept here keeps it.
    found = _known.get(id(analyzer))
    if found is None:
        if len(_known) >= _KEPT_ANALYZERS:
            _known.clear()
        found = _known[id(analyzer)] = _Pieces(analyzer)
    return found


class TextWords:
    """The words of one text, numbered in text order. `forms` and `written` are those of `analyzers.Words`."""

    __slots__ = ("_firsts", "_found", "_pieces", "_starts", "forms", "text", "written")

    def __init__(self, text: str, analyzer: Analyzer) -> None:
        known = _pieces_of(analyzer)
        self.text = text
        self._pieces = text.split()
        self._found = list(map(known.__getitem__, self._pieces))
        rows = list(chain.from_iterable(map(_rows, self._found)))
        columns: list[Sequence[str | None]] = (
            list(zip(*rows, strict=True)) if rows else [()] * (len(known.names) + 1)
        )
        self.forms: dict[str, Sequence[str | None]] = dict(zip(known.names, columns, strict=False))
        self.written: Sequence[str | None] = columns[-1]
        self._starts: list[int] | None = None
        self._firsts: list[int] | None = None

    def span(self, number: int) -> tuple[int, int]:
        """Where a word stands: half-open range of code points of the text."""
        firsts = self._firsts
        if firsts is None:
            firsts = self._firsts = list(accumulate(map(len, map(_rows, self._found)), initial=0))
        # Of pieces without words the last one that begins here has it.
        at = bisect_right(firsts, number) - 1
        start, end = self._found[at][1][number - firsts[at]]
        offset = self._offsets()[at]
        return offset + start, offset + end

    def surfaces(self) -> list[str]:
        """Every word as the text has it."""
        return [
            piece[start:end]
            for piece, (_, spans) in zip(self._pieces, self._found, strict=True)
            for start, end in spans
        ]

    def first_start(self, earliest: int) -> int | None:
        """Beginning of the first word that begins at or after a place."""
        offsets = self._offsets()
        # The piece before may have a later word in it.
        for at in range(max(bisect_left(offsets, earliest) - 1, 0), len(offsets)):
            for start, _ in self._found[at][1]:
                if offsets[at] + start >= earliest:
                    return offsets[at] + start
        return None

    def last_end(self, latest: int) -> int | None:
        """End of the last word that ends at or before a place."""
        offsets = self._offsets()
        for at in range(bisect_right(offsets, latest) - 1, -1, -1):
            for _, end in reversed(self._found[at][1]):
                if offsets[at] + end <= latest:
                    return offsets[at] + end
        return None

    def _offsets(self) -> list[int]:
        """Where each piece begins."""
        starts = self._starts
        if starts is None:
            starts = self._starts = _offsets(self.text, self._pieces)
        return starts


def _offsets(text: str, pieces: Sequence[str]) -> list[int]:
    lengths = list(map(len, pieces))
    if sum(lengths) + len(lengths) - 1 == len(text):
        # One blank between two pieces each, as almost all texts have it.
        return [0, *accumulate(map((1).__add__, lengths[:-1]))] if lengths else []
    found: list[int] = []
    offset = 0
    for piece in pieces:
        offset = text.index(piece, offset)
        found.append(offset)
        offset += len(piece)
    return found
