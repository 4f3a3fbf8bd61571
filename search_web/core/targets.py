"""Where a query looks: the fields of one language, with the analyzer that turns its words into terms."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from analyzers import Analyzer, FieldKind, FieldSpec, QueryLanguage, index_language
from indexer.schema import SLUG, SLUG_WEIGHT, field_name, slug_specs, title_field


@dataclass(frozen=True, slots=True)
class TargetField:
    """One field of an index, as a query uses it."""

    index_field: str
    """Name in the index: `vi.fold`."""
    form: str
    """Name in the analyzer's words: `fold`."""
    weight: float


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
    """Pairs and grams: they add to the score."""
    titles: tuple[TargetField, ...]
    """As `words`, in titles alone."""


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

    def weight(spec: FieldSpec) -> float:
        return spec.unaccented if language.unaccented else spec.weight

    return Target(
        language=name,
        analyzer=analyzer,
        weight=language.weight,
        words=tuple(TargetField(field_name(name, s.name), s.name, weight(s)) for s in words),
        derived=tuple(
            TargetField(field_name(name, s.name), s.name, weight(s))
            for s in specs
            if s.kind is not FieldKind.WORD
        ),
        titles=tuple(TargetField(title_field(name, s.name), s.name, weight(s)) for s in words),
    )
