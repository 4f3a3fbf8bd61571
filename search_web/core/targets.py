"""Where a query looks: the fields of one language, with the analyzer that turns its words into terms."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from analyzers import (
    AccentModel,
    Analyzer,
    FieldKind,
    FieldSpec,
    QueryLanguage,
    Words,
    index_language,
)
from indexer.engines.query import Near, Phrase, Query, Term
from indexer.schema import SHAPES, SLUG, SLUG_WEIGHT, exact_position, field_name, slug_specs, title_field


@dataclass(frozen=True, slots=True)
class TargetField:
    """One field of an index, as a query uses it."""

    index_field: str
    """Name in the index: `vi.fold`."""
    form: str
    """Name in the analyzer's words: `fold`."""
    weight: float
    has_positions: bool = True
    exact: bool = False
    """Whether its positions tell how each word is written: see `schema.exact_position`."""

    def quoted(self, placed: Sequence[tuple[int, str, str]]) -> Query:
        """Words side by side, written just so: (word number, term, word as written) of each."""
        first = placed[0][0]
        if self.exact:
            shaped = tuple((exact_position(at - first, written), term) for at, term, written in placed)
            return Phrase(self.index_field, shaped, self.weight, SHAPES)
        if len(placed) == 1:
            return Term(self.index_field, placed[0][1], self.weight)
        terms = tuple((at - first, term) for at, term, _ in placed)
        return Phrase(self.index_field, terms, self.weight)

    def near(self, terms: Sequence[str | None], distance: int) -> Query | None:
        """Words near each other, in any form: the term of each or None; how many others may stand between.

        What was typed between them, as stop words are, may stand there too.
        """
        distinct = tuple(dict.fromkeys(term for term in terms if term is not None))
        if len(distinct) < 2:
            return Term(self.index_field, distinct[0], self.weight) if distinct else None
        unit = SHAPES if self.exact else 1
        return Near(self.index_field, distinct, distance + len(terms) - len(distinct), self.weight, unit)


@dataclass(frozen=True, slots=True)
class Target:
    """The fields of one language and the factor on what they score."""

    language: str
    """`ar`; `slug` for the headlines in addresses."""
    analyzer: Analyzer
    weight: float
    words: tuple[TargetField, ...]
    """One term a word; a word matches in any of them."""
    derived: tuple[TargetField, ...]
    """Pairs and other forms of words: they add to the score."""
    titles: tuple[TargetField, ...]
    """As `words`, in titles alone."""
    accents: AccentModel | None = None
    """Of Vietnamese: the accents that words typed without them would have."""

    def likely_terms(self, words: Words) -> list[tuple[str, str] | None]:
        """(field, term) of each word as it would have its accents, where that is not searched anyway."""
        if self.accents is None:
            return [None] * len(words.written)
        main = self.analyzer.fields[0].name
        searched = any(field.form == main for field in self.words)
        found: list[tuple[str, str] | None] = []
        for typed, meant in zip(words.written, self.accents.restored(words.written), strict=True):
            as_typed = searched and meant == typed
            forms = () if as_typed else self.analyzer.words(meant).forms[main]
            term = forms[0] if len(forms) == 1 else None
            found.append((field_name(self.language, main), term) if term is not None else None)
        return found

    def with_other_forms(self) -> Target:
        """A word matches by its other forms too."""
        forms = {spec.name for spec in self.analyzer.fields if spec.kind is FieldKind.FORM}
        other = tuple(field for field in self.derived if field.form in forms)
        derived = tuple(field for field in self.derived if field.form not in forms)
        return replace(self, words=(*self.words, *other), derived=derived)


def targets_of(
    languages: Iterable[QueryLanguage], analyzer_of: Callable[[str], Analyzer]
) -> tuple[Target, ...]:
    """The targets of a query's languages; with Vietnamese come the headlines in addresses."""
    found: list[Target] = []
    for language in languages:
        analyzer = analyzer_of(language.lang)
        found.append(_language_target(language, analyzer))
        if index_language(language.lang) == "vi":
            found.append(_slug_target(language, analyzer))
    return tuple(found)


def _slug_target(language: QueryLanguage, analyzer: Analyzer) -> Target:
    words, derived = (
        tuple(
            TargetField(field_name(SLUG, spec.name), spec.name, SLUG_WEIGHT * spec.unaccented)
            for spec in slug_specs()
            if (spec.kind is FieldKind.WORD) is is_word
        )
        for is_word in (True, False)
    )
    return Target(SLUG, analyzer, language.weight, words, derived, words)


def _language_target(language: QueryLanguage, analyzer: Analyzer) -> Target:
    name = analyzer.language
    specs = [spec for spec in analyzer.fields if spec.unaccented or not language.unaccented]
    words = [spec for spec in specs if spec.kind is FieldKind.WORD]

    main = analyzer.fields[0].name

    def weight(spec: FieldSpec) -> float:
        return spec.unaccented if language.unaccented else spec.weight

    def word_fields(name_of: Callable[[str, str], str]) -> tuple[TargetField, ...]:
        return tuple(
            TargetField(name_of(name, s.name), s.name, weight(s), exact=s.name == main) for s in words
        )

    return Target(
        language=name,
        analyzer=analyzer,
        weight=language.weight,
        words=word_fields(field_name),
        derived=tuple(
            TargetField(field_name(name, s.name), s.name, weight(s), has_positions=False)
            for s in specs
            if s.kind is not FieldKind.WORD
        ),
        titles=word_fields(title_field),
    )
