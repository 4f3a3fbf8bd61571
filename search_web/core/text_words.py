"""The words of a text for marks: a few words are looked for among thousands.

`Analyzer.words` makes the forms of every word and tells where each stands. Here a text is cut at its blanks,
and what analysis makes of a piece is remembered. Which pieces have a term is known too, so that of a text
only those are looked at that have a wanted one.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Mapping, Sequence
from itertools import accumulate, chain, compress, count, filterfalse
from operator import itemgetter
from threading import Lock

from analyzers import Analyzer, NameReader, NameTerm, Piece

WRITTEN = "written"
"""Stands for `analyzers.Words.written` where a form is named."""

_KEPT_ANALYZERS = 32
"""A server sees a few languages of one generation after the other."""
_KEPT_PIECES = 50_000
"""Of one language; half a kilobyte each."""
_LONG = 48
"""Code points; a longer run without a blank (a Thai sentence) takes the room of several."""

_KEPT_TEXTS = 300
"""Of one language, some 25 kilobytes each: articles that are found once are found again."""
_LONGEST_TEXT = 20_000
"""Code points; a longer text is rare, and takes the room of many."""

_rows = itemgetter(0)
"""Of a `Piece`, without a step in Python for each."""


class _Pieces(dict[str, Piece]):
    """Remembers the words of pieces: analyzers never join over white space.

    Only grows, and is begun anew when it is full. Safe for several threads.
    """

    def __init__(self, analyzer: Analyzer) -> None:
        super().__init__()
        self._analyzer = analyzer
        self.language = analyzer.language
        self.names = (*analyzer.words("").forms, WRITTEN)
        self.having: tuple[dict[str, tuple[str, ...]], ...] = tuple({} for _ in self.names)
        """Form -> term -> the pieces with a word that has it."""
        self.uneven: set[str] = set()
        """Pieces of no word or of several."""
        self.texts: dict[str, TextWords] = {}
        self._room = _KEPT_PIECES
        self._lock = Lock()

    @property
    def is_full(self) -> bool:
        """Whether it is time to begin anew."""
        return self._room <= 0

    def __missing__(self, piece: str) -> Piece:
        found = self._analyzer.piece(piece)
        with self._lock:
            if piece not in self:
                self._add(piece, found)
        return found

    def _add(self, piece: str, found: Piece) -> None:
        if len(found.rows) != 1:
            self.uneven.add(piece)
        for row in found.rows:
            for having, term in zip(self.having, row, strict=True):
                if term is not None:
                    having[term] = (*having.get(term, ()), piece)
        # Last: who finds the piece finds it by its terms too.
        self[piece] = found
        self._room -= 1 + len(piece) // _LONG


_known: dict[int, _Pieces] = {}


def _pieces_of(analyzer: Analyzer) -> _Pieces:
    # By identity: an analyzer is made once a lexicon, and what is kept here keeps it.
    found = _known.get(id(analyzer))
    if found is None or found.is_full:
        if found is None and len(_known) >= _KEPT_ANALYZERS:
            _known.clear()
        found = _known[id(analyzer)] = _Pieces(analyzer)
    return found


class TextWords:
    """The words of one text, numbered in text order."""

    __slots__ = ("_firsts", "_known", "_names", "_pieces", "_starts", "_uneven", "_widths", "text")

    def __init__(self, text: str, analyzer: Analyzer) -> None:
        known = self._known = _pieces_of(analyzer)
        self.text = text
        pieces = self._pieces = text.split()
        # Nothing but C runs once a word. `set.difference` would go through all that is known.
        for piece in set(filterfalse(known.__contains__, pieces)):
            known[piece]
        uneven = self._uneven = list(compress(count(), map(known.uneven.__contains__, pieces)))
        self._widths = [len(known[pieces[at]].rows) for at in uneven]
        more = accumulate((width - 1 for width in self._widths), initial=0)
        self._firsts = [at + before for at, before in zip(uneven, more, strict=False)]
        self._starts: list[int] | None = None
        self._names: tuple[NameReader, Sequence[NameTerm]] | None = None

    def numbers(self, terms: Mapping[str, Collection[str]]) -> dict[str, dict[str, list[int]]]:
        """Form -> term -> the numbers of the words that have it, ascending, for those of the terms that are
        there. A form is one of `Words.forms`, or `WRITTEN`.
        """
        known = self._known
        having = dict(zip(known.names, known.having, strict=True))
        sought = {
            piece for form, own in terms.items() for term in own for piece in having[form].get(term, ())
        }
        found: dict[str, dict[str, list[int]]] = {form: {} for form in terms}
        if sought:
            looked = [(known.names.index(form), own, found[form]) for form, own in terms.items()]
            pieces = self._pieces
            for at in compress(count(), map(sought.__contains__, pieces)):
                first = self._first(at)
                for number, row in enumerate(known[pieces[at]].rows, first):
                    for place, own, places in looked:
                        if (term := row[place]) in own and term is not None:
                            places.setdefault(term, []).append(number)
        return found

    def beginning(self, form: str, letters: str) -> list[int]:
        """Numbers of the words whose term in a form begins with these letters, ascending."""
        known, place = self._known, self._known.names.index(form)
        rows = chain.from_iterable(map(_rows, map(known.__getitem__, set(self._pieces))))
        terms = {
            term
            for term in set(map(itemgetter(place), rows))
            if term is not None and term.startswith(letters)
        }
        return sorted(chain.from_iterable(self.numbers({form: terms})[form].values()))

    def spans(self, numbers: Sequence[int]) -> list[tuple[int, int]]:
        """Where words stand: half-open ranges of code points of the text."""
        if not numbers:
            return []
        offsets, known, pieces = self._offsets(), self._known, self._pieces
        spans: list[tuple[int, int]] = []
        for number in numbers:
            at, inside = self._place(number)
            start, end = known[pieces[at]].spans[inside]
            spans.append((offsets[at] + start, offsets[at] + end))
        return spans

    def surfaces(self) -> list[str]:
        """Every word as the text has it."""
        known = self._known
        return [piece[start:end] for piece in self._pieces for start, end in known[piece].spans]

    def names(self, reader: NameReader) -> Sequence[NameTerm]:
        """The terms of the names in the text, in order of position."""
        read = self._names
        if read is None or read[0] is not reader:
            read = self._names = (reader, reader.terms(self.surfaces(), self._known.language))
        return read[1]

    def first_start(self, earliest: int) -> int | None:
        """Beginning of the first word that begins at or after a place."""
        offsets = self._offsets()
        # The piece before may have a later word in it.
        for at in range(max(bisect_left(offsets, earliest) - 1, 0), len(offsets)):
            for start, _ in self._known[self._pieces[at]].spans:
                if offsets[at] + start >= earliest:
                    return offsets[at] + start
        return None

    def last_end(self, latest: int) -> int | None:
        """End of the last word that ends at or before a place."""
        offsets = self._offsets()
        for at in range(bisect_right(offsets, latest) - 1, -1, -1):
            for _, end in reversed(self._known[self._pieces[at]].spans):
                if offsets[at] + end <= latest:
                    return offsets[at] + end
        return None

    def _first(self, at: int) -> int:
        """Number of the first word of a piece."""
        before = bisect_left(self._uneven, at)
        if not before:
            return at
        return self._firsts[before - 1] + self._widths[before - 1] + at - self._uneven[before - 1] - 1

    def _place(self, number: int) -> tuple[int, int]:
        """In which piece a word stands, and which of its words it is."""
        before = bisect_right(self._firsts, number)
        if not before:
            return number, 0
        behind = number - self._firsts[before - 1]
        width, at = self._widths[before - 1], self._uneven[before - 1]
        return (at, behind) if behind < width else (at + 1 + behind - width, 0)

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
