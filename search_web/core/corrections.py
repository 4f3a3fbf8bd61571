"""Did-you-mean: unknown words of a query replaced by near words of the archive's vocabulary."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice

from analyzers import Lexicon
from indexer.engines.base import SearchEngine

from . import query_ast as ast
from .speller import Speller, SuggestionKind
from .targets import Target
from .vocabulary import Vocabularies

_MOST_WORDS = 8
"""Words of a query that are corrected, the first unknown ones: nobody mistypes more."""
_MOST_SUGGESTIONS = 3
"""A word."""


@dataclass(frozen=True, slots=True)
class _Place:
    """A word of the query that no searched field has."""

    start: int
    end: int
    before: str
    """The word beside it, "" if there is none or more than a blank stands between."""
    after: str


class Corrections:
    """Corrects queries by the vocabularies of one state of the index."""

    def __init__(
        self, engine: SearchEngine, lexicons: Mapping[str, Lexicon], vocabularies: Vocabularies
    ) -> None:
        self._engine = engine
        self._lexicons = lexicons
        self._vocabularies = vocabularies

    def corrected(self, text: str, node: ast.Node, targets: Sequence[Target]) -> list[str]:
        """The query with its unknown words replaced, the rest as typed; the likeliest of each language first.

        The first text of a language has the best suggestion for every word, the others another one for a
        word where there is one, or two words joined that were typed apart.
        """
        places = [
            # In quotes, the words begin after the quote.
            (text.find(leaf.text, leaf.start, leaf.end), leaf.text)
            for leaf in ast.leaves(node)
            if not isinstance(leaf, ast.Prefix)
        ]
        found = [place for at, typed in places if at >= 0 for place in self._unknown(at, typed, targets)]
        unknown = list(islice(_with_neighbours(text, places, found, targets), _MOST_WORDS))
        likeliest: dict[str, None] = {}
        others: dict[str, None] = {}
        for target in targets:
            if target.language in self._lexicons and unknown:
                first, *further = self._in_language(text, unknown, target)
                likeliest[first] = None
                others |= dict.fromkeys(further)
        texts = likeliest | others
        texts.pop(text, None)
        return list(texts)

    def orthographic(self, text: str, node: ast.Node, targets: Sequence[Target]) -> str | None:
        """The query as the archive spells its words; None if it is typed so. It finds as much either way."""
        target = next((target for target in targets if target.language in self._lexicons), None)
        if target is None or target.words[0].form == "fold":
            return None
        speller = self._speller(target)
        spelled = text
        for leaf in reversed(list(ast.leaves(node))):
            at = text.find(leaf.text, leaf.start, leaf.end)
            if at < 0 or isinstance(leaf, ast.Prefix):
                continue
            words = target.analyzer.words(leaf.text)
            for start, end in reversed(list(zip(words.starts, words.ends, strict=True))):
                if better := speller.orthographic(leaf.text[start:end]):
                    spelled = spelled[: at + start] + better + spelled[at + end :]
        return spelled if spelled != text else None

    def _in_language(self, text: str, unknown: Sequence[_Place], target: Target) -> list[str]:
        speller = self._speller(target)
        offers = [self._offers(text, place, speller) for place in unknown]
        best = [offered[0] if offered else None for offered in offers]
        texts = [_replaced(text, best)]
        for at, offered in enumerate(offers):
            texts += [_replaced(text, [*best[:at], other, *best[at + 1 :]]) for other in offered[1:]]
        return texts

    def _offers(self, text: str, place: _Place, speller: Speller) -> list[tuple[int, int, str]]:
        """What may stand in a place, as (start, end, new text); joining with the word beside it as well."""
        typed = text[place.start : place.end]
        found = speller.suggestions(typed, _MOST_SUGGESTIONS, place.before, place.after)
        offers = [
            (place.start, place.end, suggestion.text)
            for suggestion in found
            # Spelled otherwise, the word is as unknown as before.
            if suggestion.kind is not SuggestionKind.SPELLING
        ]
        joined = [
            (start, end, whole)
            for start, end in (
                (place.start - len(place.before) - 1, place.end) if place.before else (0, 0),
                (place.start, place.end + len(place.after) + 1) if place.after else (0, 0),
            )
            if end and (whole := speller.joined(text[start:end]))
        ]
        return [*joined, *offers]

    def _speller(self, target: Target) -> Speller:
        lexicon = self._lexicons[target.language]
        form = target.words[0].form
        if target.language == "vi" and form == "fold":
            vocabulary = self._vocabularies.of("vi", lexicon, form)
            return Speller("vi", vocabulary, pair_frequencies=partial(self._beside, target))
        vocabulary = self._vocabularies.of(target.language, lexicon)
        return Speller(target.language, vocabulary, lexicon.surface, partial(self._beside, target))

    def _beside(self, target: Target, pairs: Sequence[tuple[str, str]]) -> list[int]:
        """In how many articles the words of each pair stand side by side."""
        pair_field = next((field for field in target.derived if field.form == "pair"), None)
        if pair_field is None:
            return [0] * len(pairs)
        terms = [target.analyzer.index_terms(" ".join(pair))["pair"].terms for pair in pairs]
        # A stop word has no pairs: such a term stands in no document.
        asked = [found[0] if len(found) == 1 else "" for found in terms]
        return self._engine.document_frequencies(pair_field.index_field, asked)

    def _unknown(self, at: int, typed: str, targets: Sequence[Target]) -> Iterable[tuple[int, int]]:
        """Where words stand that no searched field has; `at` is the place of `typed` in the query."""
        words = targets[0].analyzer.words(typed)
        for start, end in zip(words.starts, words.ends, strict=True):
            if not self._known(typed[start:end], targets):
                yield at + start, at + end

    def _known(self, word: str, targets: Sequence[Target]) -> bool:
        """Whether any language has it, or drops it as a stop word."""
        for target in targets:
            forms = target.analyzer.words(word).forms
            for field in target.words:
                terms = list(forms[field.form])
                if None in terms or any(
                    self._engine.document_frequencies(field.index_field, [t for t in terms if t is not None])
                ):
                    return True
        return False


def _with_neighbours(
    text: str, places: Sequence[tuple[int, str]], found: Sequence[tuple[int, int]], targets: Sequence[Target]
) -> Iterable[_Place]:
    spans: list[tuple[int, int]] = []
    for at, typed in places:
        words = targets[0].analyzer.words(typed) if at >= 0 else None
        if words:
            spans += [(at + start, at + end) for start, end in zip(words.starts, words.ends, strict=True)]
    ends = {end: start for start, end in spans}
    starts = dict(spans)
    for start, end in found:
        before = text[ends.get(start - 1, start) : start - 1] if text[start - 1 : start] == " " else ""
        after = text[end + 1 : starts.get(end + 1, end)] if text[end : end + 1] == " " else ""
        yield _Place(start, end, before, after)


def _replaced(text: str, offers: Iterable[tuple[int, int, str] | None]) -> str:
    """The text with its parts replaced, from the end; of two that overlap the later one stays."""
    end_of_kept = len(text)
    for start, end, new in sorted((offer for offer in offers if offer), reverse=True):
        if end <= end_of_kept:
            text = text[:start] + new + text[end:]
            end_of_kept = start
    return text
