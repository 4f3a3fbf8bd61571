"""How a language's table row becomes an `Analyzer`: steps in order, one memo a surface form.

A field's term is made by running the shared steps on a word, then the field's own. `terms`, `tokens`,
`words`, `index_terms` and `explain` all run the same steps; `explain` only writes down what each did.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Generic, TypeVar

import numpy as np

from .icu_text import ICU_VERSION, word_breaks
from .tokens import FieldSpec, FieldTerms, FieldWords, IndexWords, Piece, Step, Tokens, WordExplanation, Words
from .word_numbers import LONGEST_REMEMBERED, FieldColumns, NumberedTexts, WordNumbers, numbered

MAX_TERM = 128
"""Longer terms are cut here: no reader types them and every engine can store them."""

_MEMO_LIMIT = 300_000
"""Distinct strings remembered; news has an endless tail, so a memo is emptied now and then."""


@dataclass(frozen=True, slots=True)
class NamedStep:
    """One step: its name for `explain`, and what it does. Giving "" back drops the word."""

    name: str
    apply: Callable[[str], str]


@dataclass(frozen=True, slots=True)
class WordField:
    """A field of kind WORD or FORM: its own steps, run after the shared ones."""

    spec: FieldSpec
    steps: tuple[NamedStep, ...]
    of_main: bool = False
    """Whether they are run on the main field's term instead of the shared steps' word."""


Value = TypeVar("Value")
Row = tuple[str | None, ...]
"""The term of one word in each field of `_word_fields`, and last the word after the shared steps."""


class _Memo(dict[str, Value], Generic[Value]):
    """Remembers what was computed for a string; long strings and full memos are not kept."""

    def __init__(self, compute: Callable[[str], Value]) -> None:
        super().__init__()
        self._compute = compute

    def __missing__(self, text: str) -> Value:
        value = self._compute(text)
        if len(text) <= LONGEST_REMEMBERED:
            if len(self) >= _MEMO_LIMIT:
                self.clear()
            self[text] = value
        return value


class SharedSteps:
    """The steps that all fields of a language share, and the words that they have met."""

    def __init__(
        self,
        steps: Sequence[NamedStep],
        *,
        plain: tuple[re.Pattern[str], Sequence[NamedStep]] | None = None,
    ) -> None:
        """`plain`: what most words of the language look like in lower case, and which of the steps can change
        such a word at all; the others would only put it in lower case.
        """
        self.steps = tuple(steps)
        self.is_plain: Callable[[str], object] | None = plain[0].fullmatch if plain else None
        self._plain_steps: tuple[NamedStep, ...] = tuple(plain[1]) if plain else ()
        self._words = WordNumbers(self.normal)

    def words(self) -> WordNumbers:
        """The words by number; begun anew when there are too many."""
        if self._words.is_full:
            self._words = WordNumbers(self.normal)
        return self._words

    def normal(self, surface: str) -> str:
        """What the steps leave of a word."""
        word = surface[: 4 * MAX_TERM]
        steps = self.steps
        if self.is_plain and self.is_plain(lower := word.lower()):
            word, steps = lower, self._plain_steps
        for step in steps:
            word = step.apply(word)
            if not word:
                break
        return word[:MAX_TERM]


class PipelineAnalyzer:
    """The one implementation of `Analyzer`."""

    def __init__(
        self,
        language: str,
        *,
        rules_version: str,
        shared: SharedSteps,
        word_fields: Sequence[WordField],
        pair: tuple[FieldSpec, str] | None = None,
    ) -> None:
        """`pair`: a PAIR field and the name of the WORD field that it is made from."""
        self._language = language
        self.shared = shared
        """Analyzers of one language may have them in common, whatever their lexicons."""
        self._word_fields = tuple(word_fields)
        self._names = [field.spec.name for field in word_fields]
        self._pair = pair
        self._pair_of = self._names.index(pair[1]) if pair else 0
        derived = [pair[0]] if pair else []
        self._fields = (*(field.spec for field in word_fields), *derived)
        self._version = f"{language}-{rules_version}+icu{ICU_VERSION}"
        # ICU never joins over white space, so what stands between is analysed once and remembered.
        self._columns = self._new_columns(shared.words())
        self._forms_of = _Memo(self._forms)
        self._rows_of = _Memo(self._row)
        self._pieces = _Memo(self._piece)
        self._main_terms = _Memo(self._main_terms_of)

    @property
    def language(self) -> str:
        """See `Analyzer.language`."""
        return self._language

    @property
    def fields(self) -> tuple[FieldSpec, ...]:
        """See `Analyzer.fields`."""
        return self._fields

    @property
    def version(self) -> str:
        """See `Analyzer.version`."""
        return self._version

    def terms(self, text: str) -> list[str]:
        """See `Analyzer.terms`."""
        return list(chain.from_iterable(map(self._main_terms.__getitem__, text.split())))

    def tokens(self, text: str) -> Tokens:
        """See `Analyzer.tokens`."""
        words = self.words(text)
        main = words.forms[self._names[0]]
        kept = [position for position, term in enumerate(main) if term is not None]
        return Tokens(
            terms=[term for term in main if term is not None],
            starts=[words.starts[position] for position in kept],
            ends=[words.ends[position] for position in kept],
            positions=kept,
        )

    def words(self, text: str) -> Words:
        """See `Analyzer.words`."""
        starts: list[int] = []
        ends: list[int] = []
        rows: list[Row] = []
        offset = 0
        for piece in text.split():
            offset = text.index(piece, offset)
            own_rows, spans = self._pieces[piece]
            rows += own_rows
            # Mostly one; lists of one would take half the time of this method.
            for start, end in spans:
                starts.append(offset + start)
                ends.append(offset + end)
            offset += len(piece)
        *columns, written = self._aligned(rows)
        # Only a word of nothing but invisible characters has none.
        return Words(
            starts, ends, dict(zip(self._names, columns, strict=True)), [word or "" for word in written]
        )

    def piece(self, text: str) -> Piece:
        """See `Analyzer.piece`."""
        return self._pieces[text]

    def index_terms(self, text: str) -> dict[str, FieldTerms]:
        """See `Analyzer.index_terms`."""
        found = self.index_words([text])
        main = self._names[0]
        return {
            name: FieldTerms(
                field.terms,
                at := field.at.tolist(),
                [found.written(position) for position in at] if name == main else (),
            )
            for name, field in found.fields.items()
        }

    def index_words(self, texts: Sequence[str], *, main_only: bool = False) -> IndexWords:
        """See `Analyzer.index_words`."""
        found = self.numbered(texts)
        columns, numbers = self._columns, found.numbers
        if columns.words is not found.words:
            columns = self._columns = self._new_columns(found.words)
        columns.read(numbers)
        fields: dict[str, FieldWords] = {}
        for name, terms, kept in zip(self._names, columns.terms, columns.kept, strict=True):
            at = np.flatnonzero(kept[numbers])
            fields[name] = FieldWords(terms[numbers[at]].tolist(), at)
            if main_only:
                break
        if self._pair and not main_only:
            kept = columns.kept[self._pair_of][numbers]
            both = kept[:-1] & kept[1:]
            # No pair runs over the border of two texts.
            both[[end - 1 for end in found.ends if 0 < end < numbers.size]] = False
            at = np.flatnonzero(both)
            terms = columns.lefts[numbers[at]] + columns.terms[self._pair_of][numbers[at + 1]]
            fields[self._pair[0].name] = FieldWords(terms.tolist(), at)
        return IndexWords(found, fields, columns.kept_anywhere[numbers], found.words.fingerprints(numbers))

    def numbered(self, texts: Sequence[str]) -> NumberedTexts:
        """See `Analyzer.numbered`."""
        return numbered(self.shared.words(), texts)

    def normal(self, text: str) -> list[tuple[str, str]]:
        """(word after the shared steps, surface) for each word that they keep: what a lexicon counts."""
        words = self.shared.words()
        normals, surfaces = words.normals, words.surfaces
        numbers = chain.from_iterable(map(words.__getitem__, text.split()))
        return [(normals[number], surfaces[number]) for number in numbers if normals[number]]

    def explain(self, text: str) -> list[WordExplanation]:
        """See `Analyzer.explain`."""
        words = self.words(text)
        return [
            self._explain_word(text[start:end], start, end)
            for start, end in zip(words.starts, words.ends, strict=True)
        ]

    def _new_columns(self, words: WordNumbers) -> FieldColumns:
        pair_of = self._pair_of if self._pair else None
        return FieldColumns(words, lambda normal: self._forms_of[normal][:-1], len(self._names), pair_of)

    def _aligned(self, rows: Sequence[Row]) -> list[Sequence[str | None]]:
        if not rows:
            return [() for _ in range(len(self._names) + 1)]
        return list(zip(*rows, strict=True))

    def _main_terms_of(self, piece: str) -> tuple[str, ...]:
        return tuple([row[0] for row in self._pieces[piece].rows if row[0] is not None])

    def _piece(self, text: str) -> Piece:
        spans = tuple(zip(*word_breaks(text), strict=True))
        return Piece(tuple([self._rows_of[text[start:end]] for start, end in spans]), spans)

    def _row(self, surface: str) -> Row:
        return self._forms_of[self.shared.normal(surface)]

    def _forms(self, normal: str) -> Row:
        forms: list[str | None] = []
        for field in self._word_fields:
            word = forms[0] or "" if field.of_main else normal
            for step in field.steps:
                if not word:
                    break
                word = step.apply(word)
            forms.append(word or None)
        return (*forms, normal)

    def _explain_word(self, surface: str, start: int, end: int) -> WordExplanation:
        trace: list[Step] = []
        normal = _run(surface[: 4 * MAX_TERM], self.shared.steps, "", trace)[:MAX_TERM]
        terms: dict[str, str | None] = {}
        for field in self._word_fields:
            word = terms[self._names[0]] or "" if field.of_main else normal
            terms[field.spec.name] = _run(word, field.steps, f"{field.spec.name}: ", trace) or None
        return WordExplanation(surface, start, end, tuple(trace), terms)


def _run(word: str, steps: Sequence[NamedStep], prefix: str, trace: list[Step]) -> str:
    for step in steps:
        if not word:
            break
        after = step.apply(word)
        if after != word:
            trace.append(Step(prefix + step.name, word, after))
        word = after
    return word


def dropping(words: frozenset[str]) -> Callable[[str], str]:
    """A step that drops stop words."""
    return lambda word: "" if word in words else word
