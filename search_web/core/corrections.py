"""Did-you-mean: unknown words of a query replaced by near words of the archive's vocabulary."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import OSA

from analyzers import Lexicon, analyzer_for
from indexer.engines.base import SearchEngine

from . import query_ast as ast
from .targets import Target

SHORTEST = 3
"""Letters; shorter words have too many neighbours."""
_TWO_MISTAKES = 6
"""Letters from which two mistakes are forgiven; one below."""
_RAREST = 2
"""Articles: a word that stands in one alone may be a mistake itself."""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A word of the vocabulary near another one."""

    word: str
    distance: int
    """Letters added, dropped, replaced, or swapped with the next."""
    frequency: int
    """Articles that have it."""


class Vocabulary:
    """Words with their frequencies, searched by distance."""

    def __init__(self, counts: Mapping[str, int]) -> None:
        self._counts = counts
        self._by_length: dict[int, list[str]] = {}
        for word, count in counts.items():
            if count >= _RAREST and not any(map(str.isdigit, word)):
                self._by_length.setdefault(len(word), []).append(word)

    def nearest(self, word: str, limit: int = 5) -> list[Neighbour]:
        """The nearest words, the more frequent first among equally near ones."""
        if len(word) < SHORTEST:
            return []
        most = 2 if len(word) >= _TWO_MISTAKES else 1
        likely = [
            w for size in range(len(word) - most, len(word) + most + 1) for w in self._by_length.get(size, ())
        ]
        found = process.extract(word, likely, scorer=OSA.distance, score_cutoff=most, limit=None)
        neighbours = [
            Neighbour(near, int(distance), self._counts[near]) for near, distance, _ in found if near != word
        ]
        # People get the first letter right.
        neighbours.sort(key=lambda n: (n.distance, n.word[0] != word[0], -n.frequency, n.word))
        return neighbours[:limit]


class Corrections:
    """Corrects queries by the vocabularies of one state of the index."""

    def __init__(self, engine: SearchEngine, lexicons: Mapping[str, Lexicon]) -> None:
        self._engine = engine
        self._lexicons = lexicons
        self._vocabularies: dict[tuple[str, str], Vocabulary] = {}

    def corrected(self, text: str, node: ast.Node, targets: Sequence[Target]) -> list[str]:
        """The query with its unknown words replaced, the rest as typed; one text a language that can."""
        leaves = [
            leaf
            for leaf in ast.leaves(node)
            if isinstance(leaf, ast.Word) and text[leaf.start : leaf.end] == leaf.text
        ]
        unknown = [span for leaf in leaves for span in self._unknown(leaf, targets)]
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

    def _unknown(self, leaf: ast.Word, targets: Sequence[Target]) -> Iterable[tuple[int, int]]:
        """Where words stand that no searched field has."""
        words = targets[0].analyzer.words(leaf.text)
        for start, end in zip(words.starts, words.ends, strict=True):
            if not self._known(leaf.text[start:end], targets):
                yield leaf.start + start, leaf.start + end

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
        unaccented = target.language == "vi" and form == "fold"
        if not unaccented:
            vocabulary = self._vocabulary(target.language, "")
            found = vocabulary.nearest(normal[0][0])
            return [Neighbour(lexicon.surface(n.word), n.distance, n.frequency) for n in found]
        return self._vocabulary(target.language, form).nearest(normal[0][0])

    def _vocabulary(self, language: str, form: str) -> Vocabulary:
        key = (language, form)
        if key not in self._vocabularies:
            counts = self._lexicons[language].counts
            self._vocabularies[key] = Vocabulary(_folded(counts, language, form) if form else counts)
        return self._vocabularies[key]


def _folded(counts: Mapping[str, int], language: str, form: str) -> dict[str, int]:
    analyzer = analyzer_for(language)
    folded: dict[str, int] = {}
    for word, count in counts.items():
        for term in analyzer.words(word).forms[form]:
            if term is not None:
                folded[term] = folded.get(term, 0) + count
    return folded
