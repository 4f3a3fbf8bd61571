"""The values that analysis hands out: structures of arrays, not one object per word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from .word_numbers import NumberedTexts


@dataclass(frozen=True, slots=True)
class Tokens:
    """The terms of a text in one field, with where they stand.

    Four lists of one length. Offsets count code points of the ORIGINAL text: no step of analysis
    moves them. `starts` and `positions` never go backwards.
    """

    terms: list[str]
    starts: list[int]
    """Code point of the original text at which the token begins."""
    ends: list[int]
    """Code point of the original text after the token's last one."""
    positions: list[int]
    """Number of the word in the text; a dropped stop word leaves a gap, so phrases stay honest."""


class FieldKind(Enum):
    """How a field derives its terms from the words of a text."""

    WORD = "word"
    """One term a word, or none for a stop word. Positions are kept."""
    PAIR = "pair"
    """One term for two adjacent words that both have a term in another field, joined by `_`."""
    FORM = "form"
    """Another form of each word, looser or stricter than its term: it adds to the score, and of a question it
    is a match. No positions."""


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One field that a language's analyzer fills."""

    name: str
    """Without the language: `stem`, `fold`, `pair`. In the index it is `<lang>.<name>`."""
    kind: FieldKind
    weight: float
    """Factor of the field's BM25 score in the sum over fields."""
    unaccented: float = 0.0
    """Weight for a query typed without accents, which the fields with such a weight alone serve; or 0."""


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a text and their terms in every field of kind WORD or FORM, aligned by word.

    `starts`, `ends` and each list in `forms` have one entry a word (stop words included); the
    index of the entry is the word's position.
    """

    starts: list[int]
    ends: list[int]
    forms: dict[str, Sequence[str | None]]
    """Field name -> per word its term, or None where the field drops the word."""
    written: Sequence[str]
    """Per word what the steps that all fields share leave of it: spelling and diacritics evened out, nothing
    cut off. What exact quotes compare."""


class Piece(NamedTuple):
    """The words of a run of text without white space: mostly one, with its punctuation."""

    rows: tuple[tuple[str | None, ...], ...]
    """Per word its term in each field of `Words.forms`, in that order, and last `Words.written`."""
    spans: tuple[tuple[int, int], ...]
    """Start and end of each word, in code points from the start of the piece."""


@dataclass(frozen=True, slots=True)
class FieldTerms:
    """The terms of one field in text order; what an index is made from."""

    terms: list[str]
    positions: list[int]
    """Word number of each term; never goes backwards."""
    written: Sequence[str] = ()
    """Of the main field: each term's word as in `Words.written`. Empty in the others."""


@dataclass(frozen=True, slots=True)
class FieldWords:
    """The terms of one field of several texts, one text behind the other."""

    terms: list[str]
    at: NDArray[np.intp]
    """Place of each term's word, or of a pair's first word, among all words of the texts; ascending."""


@dataclass(frozen=True, slots=True)
class IndexWords:
    """What an index is made from: texts with their terms in every field."""

    texts: NumberedTexts
    fields: dict[str, FieldWords]
    kept: NDArray[np.bool_]
    """Word -> whether any field has a term of it."""
    fingerprints: NDArray[np.uint32]
    """Word -> CRC-32 (UTF-8) of it as in `Words.written`."""

    def written(self, at: int) -> str:
        """A word as in `Words.written`, by its place among all words."""
        return self.texts.words.normals[int(self.texts.numbers[at])]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of analysis and what it did to one word."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class WordExplanation:
    """How one word became its terms."""

    surface: str
    start: int
    end: int
    steps: tuple[Step, ...]
    """Only the steps that changed something, in order."""
    terms: dict[str, str | None]
    """Field name -> term, or None where the field drops the word."""


class Analyzer(Protocol):
    """Text of one language -> terms. Pure: the same text gives the same terms, any `str` is accepted.

    NFC and NFD forms of a text give the same terms.
    """

    @property
    def language(self) -> str:
        """Primary language subtag, `ar`; `und` for the analyzer of everything else."""

    @property
    def fields(self) -> tuple[FieldSpec, ...]:
        """The fields it fills; the first is the main one (phrases, prefixes and facts use it)."""

    @property
    def version(self) -> str:
        """Changes whenever the same text may give other terms: rules, data, ICU, lexicon."""

    def terms(self, text: str) -> list[str]:
        """Terms of the main field in text order. Agrees with `tokens(text).terms`."""

    def tokens(self, text: str) -> Tokens:
        """Terms of the main field with offsets and positions."""

    def words(self, text: str) -> Words:
        """Every word with its terms in the WORD fields: for snippets and for queries."""

    def piece(self, text: str) -> Piece:
        """The same of a text without white space, which is remembered: no word goes over white space."""

    def index_terms(self, text: str) -> dict[str, FieldTerms]:
        """Terms of every field, by field name: what is indexed."""

    def index_words(self, texts: Sequence[str], *, main_only: bool = False) -> IndexWords:
        """The same of several texts at once, as arrays; `main_only`: of the main field alone."""

    def numbered(self, texts: Sequence[str]) -> NumberedTexts:
        """The words of texts by number: what vocabularies are counted from."""

    def normal(self, text: str) -> list[tuple[str, str]]:
        """(normalised word, as written) before stop words and stems: for prefixes and vocabularies."""

    def explain(self, text: str) -> list[WordExplanation]:
        """How each word became its terms, from the code path that `terms` runs."""
