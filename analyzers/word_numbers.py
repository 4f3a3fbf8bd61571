"""The words of a language as numbers, so that texts become arrays and analysis a look-up in columns.

What analysis makes of a word depends on the word alone: it is worked out when the word is first met, and
every later one costs a look-up.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain
from threading import Lock
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from .icu_text import word_breaks

Numbers = NDArray[np.int32]
Objects = NDArray[Any]
Value = TypeVar("Value")

_LIMIT = 300_000
"""Words and pieces that are numbered; news has an endless tail, so that all is forgotten now and then."""
LONGEST_REMEMBERED = 48
"""Longer pieces (a Thai sentence) do not come twice."""


class WordNumbers(dict[str, tuple[int, ...]]):
    """A piece of text between white space -> the numbers of its words; grows as it is asked.

    ICU never joins over white space. Safe for several threads: a number, once given, keeps its word.
    """

    def __init__(self, normal: Callable[[str], str]) -> None:
        """`normal`: what the steps that all fields share make of a word; "" for nothing."""
        super().__init__()
        self._normal = normal
        self._number: dict[str, int] = {}
        self._lock = Lock()
        self._fingerprints: NDArray[np.uint32] = np.empty(0, np.uint32)
        self._hashed = 0
        self.surfaces: list[str] = []
        """Number -> the word as it is written."""
        self.normals: list[str] = []
        """Number -> what the shared steps make of it."""

    @property
    def is_full(self) -> bool:
        """Whether it is time to begin anew."""
        return len(self.surfaces) >= _LIMIT or len(self) >= _LIMIT

    def fingerprints(self, numbers: Numbers) -> NDArray[np.uint32]:
        """CRC-32 (UTF-8) of words after the shared steps."""
        if self._hashed < len(self.surfaces):
            with self._lock:
                self._hash()
        return self._fingerprints[numbers]

    def _hash(self) -> None:
        end = len(self.surfaces)
        if end > self._fingerprints.size:
            self._fingerprints = longer(self._fingerprints, end)
        self._fingerprints[self._hashed : end] = [
            zlib.crc32(normal.encode("utf-8", "surrogatepass")) for normal in self.normals[self._hashed : end]
        ]
        self._hashed = end

    def __missing__(self, piece: str) -> tuple[int, ...]:
        starts, ends = word_breaks(piece)
        found = tuple([self._numbered(piece[s:e]) for s, e in zip(starts, ends, strict=True)])
        if len(piece) <= LONGEST_REMEMBERED:
            self[piece] = found
        return found

    def _numbered(self, surface: str) -> int:
        number = self._number.get(surface)
        if number is None:
            normal = self._normal(surface)
            with self._lock:
                number = self._number.get(surface)
                if number is None:
                    number = len(self.normals)
                    self.normals.append(normal)
                    # The last one to grow: who sees the word has the rest.
                    self.surfaces.append(surface)
                    self._number[surface] = number
        return number


@dataclass(frozen=True, slots=True)
class NumberedTexts:
    """Texts as the numbers of their words, one text behind the other."""

    words: WordNumbers
    """What the numbers mean."""
    numbers: Numbers
    ends: Sequence[int]
    """Text -> where its words end."""

    def beginning(self, count: int) -> NumberedTexts:
        """The first so many texts; at least one."""
        ends = self.ends[:count]
        return NumberedTexts(self.words, self.numbers[: ends[-1]], ends)

    def surfaces(self) -> list[str]:
        """The words as they are written."""
        return list(map(self.words.surfaces.__getitem__, self.numbers.tolist()))


def numbered(words: WordNumbers, texts: Sequence[str]) -> NumberedTexts:
    """Break texts into words."""
    numbers: list[int] = []
    ends: list[int] = []
    for text in texts:
        numbers += chain.from_iterable(map(words.__getitem__, text.split()))
        ends.append(len(numbers))
    return NumberedTexts(words, np.array(numbers, np.int32), ends)


class LastingNumbers(dict[str, int]):
    """Numbers of strings for a count that goes on when a `WordNumbers` has been begun anew."""

    def __init__(self) -> None:
        super().__init__()
        self._words: WordNumbers | None = None
        self._column: Numbers = np.empty(0, np.int32)
        self._filled = 0

    def __missing__(self, text: str) -> int:
        number = self[text] = len(self)
        return number

    def column(self, words: WordNumbers, strings: Sequence[str]) -> Numbers:
        """Number in `words` -> number here of its string, which stands at that place in `strings`."""
        if words is not self._words:
            self._words, self._filled = words, 0
        end = len(words.surfaces)
        if end > self._filled:
            if end > self._column.size:
                self._column = longer(self._column, end)
            self._column[self._filled : end] = [self[text] for text in strings[self._filled : end]]
            self._filled = end
        return self._column


class FieldColumns:
    """Word number -> its terms in the fields of one analyzer."""

    def __init__(
        self,
        words: WordNumbers,
        forms: Callable[[str], Sequence[str | None]],
        fields: int,
        pair_of: int | None,
    ) -> None:
        """`forms`: the terms of a word after the shared steps, in so many fields; None where one drops it.

        `pair_of`: the field whose neighbours are joined to pairs, if any.
        """
        self.words = words
        self._forms = forms
        self._pair_of = pair_of
        self._lock = Lock()
        self._known: NDArray[np.bool_] = np.empty(0, np.bool_)
        self.terms: list[Objects] = [np.empty(0, object) for _ in range(fields)]
        self.kept: list[NDArray[np.bool_]] = [np.empty(0, np.bool_) for _ in range(fields)]
        """Whether a field has a term for the word."""
        self.kept_anywhere: NDArray[np.bool_] = np.empty(0, np.bool_)
        self.lefts: Objects = np.empty(0, object)
        """How a pair begins whose first word this is."""

    def read(self, numbers: Numbers) -> None:
        """Work out the columns of these words; of others only their shape may be asked for."""
        if unknown(self._known, numbers):
            with self._lock:
                self._fill(numbers)

    def _fill(self, numbers: Numbers) -> None:
        end = len(self.words.surfaces)
        if end > self._known.size:
            self.terms = [longer(column, end) for column in self.terms]
            self.kept = [longer(column, end) for column in self.kept]
            self.kept_anywhere = longer(self.kept_anywhere, end)
            self.lefts = longer(self.lefts, end)
            # The last one to grow: who finds a word known has the rest.
            self._known = longer(self._known, end)
        for number in np.unique(numbers[~self._known[numbers]]).tolist():
            normal = self.words.normals[number]
            forms = self._forms(normal)
            for terms, kept, term in zip(self.terms, self.kept, forms, strict=True):
                terms[number] = term
                kept[number] = term is not None
            self.kept_anywhere[number] = any(forms)
            if self._pair_of is not None:
                self.lefts[number] = f"{forms[self._pair_of]}_"
            self._known[number] = True


class MarkedColumn(Generic[Value]):
    """Word number -> a value, and whether that is one to look at."""

    def __init__(
        self, words: WordNumbers, value: Callable[[str], Value], is_marked: Callable[[Value], bool]
    ) -> None:
        """`value`: that of a word as it is written."""
        self.words = words
        self._value = value
        self._is_marked = is_marked
        self._lock = Lock()
        self._known: NDArray[np.bool_] = np.empty(0, np.bool_)
        self._values: Objects = np.empty(0, object)
        self._marks: NDArray[np.bool_] = np.empty(0, np.bool_)

    def of(self, numbers: Numbers) -> tuple[list[Value], list[int]]:
        """The values of words, and at which places of theirs the marked ones stand, ascending."""
        if unknown(self._known, numbers):
            with self._lock:
                self._fill(numbers)
        return self._values[numbers].tolist(), np.flatnonzero(self._marks[numbers]).tolist()

    def _fill(self, numbers: Numbers) -> None:
        end = len(self.words.surfaces)
        if end > self._known.size:
            self._values, self._marks = longer(self._values, end), longer(self._marks, end)
            # The last one to grow: who finds a word known has the rest.
            self._known = longer(self._known, end)
        for number in np.unique(numbers[~self._known[numbers]]).tolist():
            value = self._values[number] = self._value(self.words.surfaces[number])
            self._marks[number] = self._is_marked(value)
            self._known[number] = True


def unknown(known: NDArray[np.bool_], numbers: Numbers) -> bool:
    """Whether any of the words is not known yet."""
    return bool(numbers.size) and not (known.size > int(numbers.max()) and known[numbers].all())


def distinct(numbers: Numbers, scratch: Numbers) -> Numbers:
    """Each number once; `scratch`: room for one value a number, whatever stands there.

    Of several writes to one place the last stays: cheaper than sorting.
    """
    at = np.arange(numbers.size, dtype=np.int32)
    scratch[numbers] = at
    once: Numbers = numbers[scratch[numbers] == at]
    return once


def longer(column: NDArray[Any], least: int) -> NDArray[Any]:
    """A column with room for `least` values and for more to come; zero behind what it has."""
    grown = np.zeros(max(2 * column.size, least, 1024), column.dtype)
    grown[: column.size] = column
    return grown
