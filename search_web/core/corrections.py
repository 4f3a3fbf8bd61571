"""Did-you-mean: unknown words of a query replaced by near words of the archive's vocabulary."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice

from analyzers import Lexicon
from indexer.engines.base import SearchEngine

from . import query_ast as ast
from .targets import Target
from .vocabulary import Neighbour, Vocabularies

_MOST_WORDS = 8
"""Words of a query that are corrected, the first unknown ones: nobody mistypes more."""


class Corrections:
    """Corrects queries by the vocabularies of one state of the index."""

    def __init__(
        self, engine: SearchEngine, lexicons: Mapping[str, Lexicon], vocabularies: Vocabularies
    ) -> None:
        self._engine = engine
        self._lexicons = lexicons
        self._vocabularies = vocabularies

    def corrected(self, text: str, node: ast.Node, targets: Sequence[Target]) -> list[str]:
        """The query with its unknown words replaced, the rest as typed; one text a language that can."""
        places = [
            # In quotes, the words begin after the quote.
            (text.find(leaf.text, leaf.start, leaf.end), leaf.text)
            for leaf in ast.leaves(node)
            if not isinstance(leaf, ast.Prefix)
        ]
        spans = (span for at, typed in places if at >= 0 for span in self._unknown(at, typed, targets))
        unknown = list(islice(spans, _MOST_WORDS))
        found: dict[str, None] = {}
        for target in targets:
            if target.language in self._lexicons and unknown:
                corrected = text
                for start, end in reversed(unknown):
                    if near := self._nearest(text[start:end], target):
                        corrected = corrected[:start] + near[0].word + corrected[end:]
                found[corrected] = None
        found.pop(text, None)
        return list(found)

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

    def _nearest(self, word: str, target: Target) -> list[Neighbour]:
        """Neighbours as they are written, without accents where the query has none."""
        form = target.words[0].form
        normal = target.analyzer.normal(word)
        if len(normal) != 1:
            return []
        lexicon = self._lexicons[target.language]
        if target.language == "vi" and form == "fold":
            return self._vocabularies.of("vi", lexicon, form).nearest(normal[0][0])
        found = self._vocabularies.of(target.language, lexicon).nearest(normal[0][0])
        return [Neighbour(lexicon.surface(n.word), n.distance, n.frequency) for n in found]
