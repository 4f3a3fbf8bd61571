"""How a query is answered: as it was typed, and where that finds nothing, by the rescue ladder.

    1. keys        Telex or VNI without its input method, another keyboard layout   Phamj Thees Tungf
    2. other forms the article may have another form of the word                    بنك: بنوك
    3. any word    some of the words are enough
    4. quotes      quoted words need not stand together, nor near each other
    5. spelling    the nearest words of the archive

The first step that finds something answers, and a notice says which it was; a search "as typed" takes none.
A query that finds what was typed is never rewritten. Marks, explanations and pages follow the reading that
answered.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from analyzers import (
    AccentModel,
    Analyzer,
    Lexicon,
    NameReader,
    index_language,
    plausible_typing,
    query_languages,
)
from indexer.engines.base import SearchEngine, SearchResponse

from . import query_ast as ast
from .column_values import ColumnValues
from .corrections import Corrections
from .pages import Notice, NoticeKind, Step
from .query_parser import parse_leniently
from .running_text import as_running_text
from .targets import Target, targets_of
from .translate import Matching, Translation, translate

FEW = 3
"""With fewer hits than this another spelling is offered."""
MUCH_LARGER = 10
"""So many times as many articles has a language whose words stand in for another one's stop words."""
_KNOWN_KEPT = 20_000
"""Words whose number of articles is remembered."""


class IndexState(Protocol):
    """What of a state of the index decides how a query is read."""

    @property
    def engine(self) -> SearchEngine:
        """Answers queries over this state."""

    @property
    def lexicons(self) -> Mapping[str, Lexicon]:
        """Vocabularies by language, frozen with the generation."""

    @property
    def names(self) -> NameReader:
        """Reads names with the archive's Arabic words in mind."""

    def accents(self) -> AccentModel | None:
        """What accents Vietnamese words typed without them would have."""

    def analyzer(self, lang: str) -> Analyzer:
        """The analyzer of a language as this generation was built with it."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read what was typed."""

    text: str
    node: ast.Node
    targets: tuple[Target, ...]
    translation: Translation
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """The reading that answered, and what it found."""

    reading: Reading
    response: SearchResponse
    notices: tuple[Notice, ...]


Run = Callable[[Translation], SearchResponse]
"""Asks the engine, with the page, the filters and the order of the request."""


class Answers:
    """Answers queries over one state of the index."""

    def __init__(self, state: IndexState, columns: ColumnValues, corrections: Corrections) -> None:
        self._state = state
        self._columns = columns
        self._corrections = corrections
        lexicons = state.lexicons.items()
        self._counted = [(state.analyzer(language), lexicon.counts) for language, lexicon in lexicons]
        self._known_words: dict[str, int] = {}
        self._by_language: Mapping[str, int] | None = None

    def answer(self, text: str, run: Run, *, as_typed: bool = False) -> Answer:
        """The answer to a query; `as_typed` takes no step of the ladder."""
        typed = self._read(text, as_typed=as_typed)
        if not as_typed and (decoded := self._decoded(typed, run)):
            return decoded
        if not typed.translation.terms and (other := self._in_larger_languages(typed)):
            typed = other
        response = run(typed.translation)
        if not typed.translation.terms and any(True for _ in ast.leaves(typed.node)):
            # Emoji and signs are no words of any language.
            kind = NoticeKind.ONLY_STOP_WORDS if _has_words(typed) else NoticeKind.NOTHING_FOUND
            return Answer(typed, response, (*typed.notices, Notice(kind)))
        if response.total or as_typed or not typed.translation.scored:
            notices = typed.notices
            if not response.total:
                notices = (*notices, Notice(NoticeKind.NOTHING_FOUND))
            elif response.total < FEW and not as_typed:
                notices = (*notices, *self._offered(typed, run, response.total))
            return Answer(typed, response, notices)
        return self._rescued(typed, run) or Answer(
            typed,
            response,
            (*typed.notices, Notice(NoticeKind.NOTHING_FOUND), *self._offered(typed, run, 0)),
        )

    def _in_larger_languages(self, typed: Reading) -> Reading | None:
        """Stop words of a language that hardly any article has, read in those that nearly all have.

        In a Vietnamese archive with a few English articles `my` is Mỹ "America".
        """
        most = max((target.weight for target in typed.targets), default=1.0)
        counts = self._articles_by_language()
        likely = sum(counts.get(each.language, 0) for each in typed.targets if each.weight == most)
        larger = tuple(
            replace(target, weight=1.0)
            for target in typed.targets
            if target.weight < most and counts.get(target.language, 0) >= MUCH_LARGER * likely
        )
        if not larger:
            return None
        translation = translate(typed.node, larger, self._columns.matching, self._state.names)
        return replace(typed, targets=larger, translation=translation) if translation.terms else None

    def _rescued(self, typed: Reading, run: Run) -> Answer | None:
        """The first rung of the ladder that finds something; quotes are held as long as anything is."""
        has_phrase = any(isinstance(leaf, ast.Phrase) for leaf in ast.leaves(typed.node))
        forms, relaxed, quotes = (
            Notice(NoticeKind.RESCUED, step=Step.OTHER_FORMS),
            Notice(NoticeKind.RELAXED),
            Notice(NoticeKind.RESCUED, step=Step.QUOTES if has_phrase else Step.NEAR),
        )
        rungs = [(typed.node, Matching.OTHER_FORMS, forms), (typed.node, Matching.ANY_WORD, relaxed)]
        if (loosened := as_running_text(typed.node, least_loose=0)) is not None:
            rungs += [(loosened, Matching.TYPED, quotes), (loosened, Matching.ANY_WORD, relaxed)]
        asked = {typed.translation.query}
        for node, matching, notice in rungs:
            reading = self._of_node(typed.text, node, typed.notices, matching)
            if reading.translation.query in asked:
                continue
            asked.add(reading.translation.query)
            if (found := run(reading.translation)).total:
                return Answer(reading, found, (*typed.notices, notice, *self._offered(typed, run, 0)))
        # A name that the archive does not have is no mistake: another word is offered, not searched.
        if not _has_capitals(typed) and (better := self._best_spelling(typed, run, 0)):
            reading, found = better
            notice = Notice(NoticeKind.RESCUED, reading.text, step=Step.SPELLING)
            return Answer(reading, found, (*typed.notices, notice))
        return None

    def _decoded(self, typed: Reading, run: Run) -> Answer | None:
        """The query as its keys mean it, if its words say so and no article has what was typed."""
        decoding = plausible_typing(typed.text, self._known)
        if decoding is None:
            return None
        every_word = self._of_node(typed.text, typed.node, (), Matching.EVERY_WORD).translation
        if every_word.terms and run(every_word).total >= FEW:
            return None
        reading = self._read(decoding.after)
        found = run(reading.translation)
        if not found.total:
            relaxed = self._of_node(reading.text, reading.node, reading.notices, Matching.ANY_WORD)
            reading, found = relaxed, run(relaxed.translation)
        if not found.total:
            return None
        notice = Notice(NoticeKind.RESCUED, decoding.after, step=Step(decoding.kind.value))
        return Answer(reading, found, (*reading.notices, notice))

    def _offered(self, typed: Reading, run: Run, total: int) -> tuple[Notice, ...]:
        """Another spelling that finds more with all its words."""
        better = self._best_spelling(typed, run, total)
        return (Notice(NoticeKind.DID_YOU_MEAN, better[0].text),) if better else ()

    def _best_spelling(self, typed: Reading, run: Run, total: int) -> tuple[Reading, SearchResponse] | None:
        best: tuple[Reading, SearchResponse] | None = None
        for text in self._corrections.corrected(typed.text, typed.node, typed.targets):
            reading = self._read(text)
            found = run(reading.translation)
            if found.total > total:
                best, total = (reading, found), found.total
        return best

    def _known(self, word: str) -> int:
        """In how many articles a word stands as it is written, in the language that has most."""
        most = self._known_words.get(word)
        if most is None:
            most = 0
            for analyzer, counts in self._counted:
                for normal, _ in analyzer.normal(word):
                    most = max(most, counts.get(normal, 0))
            if len(self._known_words) >= _KNOWN_KEPT:
                self._known_words.clear()
            self._known_words[word] = most
        return most

    def _read(self, text: str, *, as_typed: bool = False) -> Reading:
        node, notices = parse_leniently(text)
        if not as_typed and (words := as_running_text(node)) is not None:
            node = words
            notices = [Notice(NoticeKind.RESCUED, step=Step.TEXT)]
        return self._of_node(text, node, tuple(notices))

    def _of_node(
        self,
        text: str,
        node: ast.Node,
        notices: tuple[Notice, ...],
        matching: Matching = Matching.TYPED,
    ) -> Reading:
        targets = self._targets(node, text)
        names = self._state.names
        translation = translate(node, targets, self._columns.matching, names, matching)
        return Reading(text, node, targets, translation, notices)

    def _targets(self, node: ast.Node, text: str) -> tuple[Target, ...]:
        """Where the words go: what is typed in fields like `author:` says nothing of the language."""
        typed = " ".join(leaf.text for part in (node, ast.Not(node, 0, 0)) for leaf in ast.leaves(part))
        targets = targets_of(query_languages(typed or text, self._languages()), self._state.analyzer)
        accents = self._state.accents()
        return tuple(
            replace(target, accents=accents) if target.language == "vi" else target for target in targets
        )

    def _languages(self) -> Sequence[str]:
        """The languages of the index, as analyzers are called; they are those of one state."""
        return sorted(self._articles_by_language()) or ["und"]

    def _articles_by_language(self) -> Mapping[str, int]:
        if self._by_language is None:
            found: dict[str, int] = {}
            for language, count in self._state.engine.statistics().languages.items():
                found[index_language(language)] = found.get(index_language(language), 0) + count
            self._by_language = found
        return self._by_language


def _has_words(reading: Reading) -> bool:
    text = " ".join(leaf.text for leaf in ast.leaves(reading.node))
    return any(target.analyzer.words(text).starts for target in reading.targets)


def _has_capitals(reading: Reading) -> bool:
    return any(leaf.text[:1].isupper() for leaf in ast.leaves(reading.node))
