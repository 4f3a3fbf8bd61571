"""The words of a text for marks: all their forms at once, their places only where one is asked for.

A page looks for a few words in thousands. `Analyzer.words` tells where each of them stands; here only those
that are found are placed, which takes a third of the time.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Sequence
from itertools import accumulate, chain, compress, count
from operator import itemgetter

from analyzers import Analyzer

WRITTEN = "written"
"""Stands for `analyzers.Words.written` where a form is named."""

_KEPT_ANALYZERS = 32
"""A server sees a few languages of one generation after the other."""
_KEPT_PIECES = 50_000
"""Of one language; half a kilobyte each."""
_LONGEST_KEPT = 48
"""Code points; a longer run without a blank (a Thai sentence) does not come twice."""

_KEPT_TEXTS = 300
"""Of one language, some 25 kilobytes each: articles that are found once are found again."""
_LONGEST_TEXT = 20_000
"""Code points; a longer text is rare, and takes the room of many."""

_Row = tuple[str | None, ...]
"""One word: its term in each field, and last the word as written."""
_Piece = tuple[tuple[_Row, ...], tuple[tuple[int, int], ...], tuple[str, ...]]
"""A run of text without white space: its words, where they stand in it, and how they look there."""
_rows, _surfaces = itemgetter(0), itemgetter(2)


class _Pieces(dict[str, _Piece]):
    """Remembers the words of pieces: analyzers never join over white space.

    Safe for several threads: two may analyse the same piece, either result is as good.
    """

    def __init__(self, analyzer: Analyzer) -> None:
        super().__init__()
        self._analyzer = analyzer
        self.names = (*analyzer.words("").forms, WRITTEN)
        self.texts: dict[str, TextWords] = {}

    def __missing__(self, piece: str) -> _Piece:
        words = self._analyzer.words(piece)
        columns = [words.forms[name] for name in self.names[:-1]]
        spans = tuple(zip(words.starts, words.ends, strict=True))
        surfaces = tuple(piece if end - start == len(piece) else piece[start:end] for start, end in spans)
        found = tuple(zip(*columns, words.written, strict=True)), spans, surfaces
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
    """The words of one text, numbered in text order."""

    __slots__ = ("_found", "_names", "_pieces", "_rows", "_starts", "text")

    def __init__(self, text: str, analyzer: Analyzer) -> None:
        known = _pieces_of(analyzer)
        self.text = text
        self._names = known.names
        self._pieces = text.split()
        self._found = list(map(known.__getitem__, self._pieces))
        self._rows = list(chain.from_iterable(map(_rows, self._found)))
        self._starts: list[int] | None = None

    def column(self, form: str) -> list[str | None]:
        """The term of every word in a field, or the word as written: `Words.forms`, `Words.written`."""
        return list(map(itemgetter(self._names.index(form)), self._rows))

    def numbers(self, form: str, terms: Collection[str]) -> dict[str, list[int]]:
        """Those of the terms that the text has in a field, with the numbers of their words, ascending."""
        column = self.column(form)
        found: dict[str, list[int]] = {}
        # Nothing but C runs once a word.
        for number in compress(count(), map(terms.__contains__, column)):
            if (term := column[number]) is not None:
                found.setdefault(term, []).append(number)
        return found

    def spans(self, numbers: Sequence[int]) -> list[tuple[int, int]]:
        """Where words stand: half-open ranges of code points of the text. `numbers` ascend."""
        if not numbers:
            return []
        firsts = list(accumulate(map(len, map(_rows, self._found)), initial=0))
        offsets, found = self._offsets(), self._found
        spans: list[tuple[int, int]] = []
        at = 0
        for number in numbers:
            # Of pieces without words the last one that begins here has it.
            at = bisect_right(firsts, number, at) - 1
            start, end = found[at][1][number - firsts[at]]
            spans.append((offsets[at] + start, offsets[at] + end))
        return spans

    def surfaces(self) -> list[str]:
        """Every word as the text has it."""
        return list(chain.from_iterable(map(_surfaces, self._found)))

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


def words_of_text(text: str, analyzer: Analyzer) -> TextWords:
    """The words of a text that may be asked for again; safe for several threads."""
    texts = _pieces_of(analyzer).texts
    found = texts.get(text)
    if found is None:
        found = TextWords(text, analyzer)
        if len(text) <= _LONGEST_TEXT:
            if len(texts) >= _KEPT_TEXTS:
                texts.clear()
            texts[text] = found
    return found


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
