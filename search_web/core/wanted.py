"""Which words of an article a query found: for snippets and for marks in the article."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from analyzers import Analyzer, FieldKind, NameReader, Words

from . import query_ast as ast
from .targets import Target
from .text_words import WRITTEN, TextWords


@dataclass(frozen=True, slots=True)
class WantedWord:
    """One word of the query: the forms in which it may stand in a text, the best first."""

    forms: tuple[tuple[str, str], ...]
    """(form of the analyzer's words, term): for Vietnamese `syl` as typed, then `fold` without accents."""
    is_prefix: bool = False


@dataclass(frozen=True, slots=True)
class WantedPhrase:
    """Words of a phrase: marked only where all of them stand so."""

    form: str
    """`WRITTEN` for words that must stand as they were typed."""
    terms: tuple[tuple[int, str], ...]
    """(relative position, term), first position 0."""


@dataclass(frozen=True, slots=True)
class WantedNames:
    """Names of the query, however an article of the language writes them."""

    terms: frozenset[str]
    reader: NameReader


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a query looks for in texts of one language."""

    words: tuple[WantedWord, ...] = ()
    phrases: tuple[WantedPhrase, ...] = ()
    syllables: bool = False
    """Whether words of the language are written as several syllables: see `_beside_each_other`."""
    names: WantedNames | None = None


class Found(NamedTuple):
    """A word of a text that was looked for."""

    start: int
    """Code point of the text."""
    end: int
    wanted: int
    """Which part of the query, so that different ones can be told apart."""


def wanted_words(
    node: ast.Node, analyzer: Analyzer, targets: Sequence[Target], names: NameReader | None = None
) -> Wanted:
    """What a query looks for in articles of an analyzer's language.

    The query's own reading of the language counts (unaccented Vietnamese); an article of a language that
    the query was not searched in is marked by that language's words all the same.
    """
    searched = [target for target in targets if target.language == analyzer.language]
    if searched:
        forms = [field.form for field in searched[0].words]
        # What no article has as typed may still have been found by another form.
        forms += [spec.name for spec in analyzer.fields if spec.kind is FieldKind.FORM]
    else:
        forms = [spec.name for spec in analyzer.fields if spec.kind is FieldKind.WORD]
    words: dict[WantedWord, None] = {}
    phrases: dict[WantedPhrase, None] = {}
    for leaf in ast.leaves(node):
        found = analyzer.words(leaf.text)
        rows = [
            tuple((form, term) for form in forms if (term := found.forms[form][at]) is not None)
            for at in range(len(found.starts))
        ]
        if isinstance(leaf, ast.Phrase) and len(rows) > 1:
            phrases |= dict.fromkeys(_phrase_forms(found, forms, exact=analyzer.language != "vi"))
            continue
        for at, row in enumerate(rows):
            # A stop word is in no main field: it is searched without accents, but not worth a mark.
            if row and row[0][0] == forms[0]:
                prefix = isinstance(leaf, ast.Prefix) and at == len(rows) - 1
                words[WantedWord(_written(row, leaf.text, analyzer) if prefix else row, prefix)] = None
    return Wanted(
        tuple(words),
        tuple(phrases),
        syllables=analyzer.language == "vi",
        names=_wanted_names(node, targets, names) if names else None,
    )


def _wanted_names(node: ast.Node, targets: Sequence[Target], names: NameReader) -> WantedNames | None:
    """The names in the runs of words that the search looked for by their sound."""
    if not targets:
        return None
    typed = " ".join(leaf.text for leaf in ast.leaves(node) if isinstance(leaf, ast.Word))
    mentions = names.mentions(typed, targets[0].language)
    terms = frozenset(term for mention in mentions for term in mention.terms)
    return WantedNames(terms, names) if terms else None


def _written(row: tuple[tuple[str, str], ...], text: str, analyzer: Analyzer) -> tuple[tuple[str, str], ...]:
    """Beginnings of terms: a stem may be shorter than what was typed."""
    normal = analyzer.normal(text)
    return tuple(
        (form, normal[-1][0] if normal and normal[-1][0].startswith(term) else term) for form, term in row
    )


def _phrase_forms(found: Words, forms: Sequence[str], *, exact: bool) -> list[WantedPhrase]:
    if exact:
        kept = [at for at, term in enumerate(found.forms[forms[0]]) if term is not None]
        if not kept:
            return []
        return [WantedPhrase(WRITTEN, tuple((at - kept[0], found.written[at]) for at in kept))]
    for form in forms:
        placed = [(at, term) for at, term in enumerate(found.forms[form]) if term is not None]
        if placed:
            return [WantedPhrase(form, tuple((at - placed[0][0], term) for at, term in placed))]
    return []


@dataclass(frozen=True, slots=True)
class Looked:
    """A text that was looked through for every form of the wanted words."""

    words: TextWords
    numbers: Mapping[str, Mapping[str, Sequence[int]]]
    """Form -> term -> numbers of the words that have it, ascending; of prefixes nothing."""

    def places(self, form: tuple[str, str], *, is_prefix: bool) -> Sequence[int]:
        """Numbers of the words that have a form."""
        name, term = form
        return self.words.beginning(name, term) if is_prefix else self.numbers[name].get(term, ())


def look(words: TextWords, wanted: Wanted) -> Looked:
    """Look through a text once, however many words are wanted."""
    terms: dict[str, set[str]] = {}
    for word in wanted.words:
        for name, term in word.forms:
            terms.setdefault(name, set())
            if not word.is_prefix:
                terms[name].add(term)
    for phrase in wanted.phrases:
        terms.setdefault(phrase.form, set()).update(term for _, term in phrase.terms)
    return Looked(words, words.numbers(terms))


def settled(wanted: Wanted, texts: Sequence[Looked]) -> Wanted:
    """Each word in the best form that any of the texts of one article has, so that all mark the same."""
    words: list[WantedWord] = []
    for word in wanted.words:
        best = next(
            (
                form
                for form in word.forms
                if any(text.places(form, is_prefix=word.is_prefix) for text in texts)
            ),
            None,
        )
        words.append(word if best is None else WantedWord((best,), word.is_prefix))
    return replace(wanted, words=tuple(words))


def find_wanted(text: Looked, wanted: Wanted) -> list[Found]:
    """The wanted words among those of a text, in text order."""
    words = text.words
    marks: dict[int, int] = {}
    for number, word in enumerate(wanted.words):
        for form in word.forms:
            if at := text.places(form, is_prefix=word.is_prefix):
                # A worse form counts only where the better one is nowhere in the text.
                marks |= dict.fromkeys(at, number)
                break
    if wanted.syllables:
        marks = _beside_each_other(marks)
    for number, phrase in enumerate(wanted.phrases, start=len(wanted.words)):
        marks |= dict.fromkeys(_phrased(text.numbers[phrase.form], phrase), number)
    if wanted.names is not None:
        number = len(wanted.words) + len(wanted.phrases)
        for place in _named(words, wanted.names):
            marks.setdefault(place, number)
    numbers = sorted(marks)
    spans = words.spans(numbers)
    return [Found(*span, marks[at]) for at, span in zip(numbers, spans, strict=True)]


def _phrased(numbers: Mapping[str, Sequence[int]], phrase: WantedPhrase) -> Iterator[int]:
    """Numbers of the words that stand as a phrase has them, and of those between."""
    places = [(offset, set(numbers.get(term, ()))) for offset, term in phrase.terms]
    for first in numbers.get(phrase.terms[0][1], ()):
        if all(first + offset in own for offset, own in places):
            yield from range(first, first + phrase.terms[-1][0] + 1)


def _named(words: TextWords, names: WantedNames) -> Iterator[int]:
    """Numbers of the words that are part of a wanted name."""
    for term, at, length in words.names(names.reader):
        if term in names.terms:
            yield from range(at, at + length)


def _beside_each_other(marks: dict[int, int]) -> dict[int, int]:
    """Where a text has `Hà Nội`, the Hà of Hà Đông and a lone nói are not what was looked for.

    A syllable that stands beside its neighbour of the query somewhere is marked only where it does.
    """
    joined = {
        at
        for at, number in marks.items()
        if marks.get(at + 1) == number + 1 or marks.get(at - 1) == number - 1
    }
    told = {marks[at] for at in joined}
    return {at: number for at, number in marks.items() if at in joined or number not in told}
