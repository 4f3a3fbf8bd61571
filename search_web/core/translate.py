"""What a person asked for -> the engines' query tree.

A run of up to `ALL_REQUIRED` words must match whole, of a slightly longer one half. A question matches by any
word: requiring even a quarter of its words costs Arabic questions up to 2 points of MRR, since answers use
other forms of them. Pairs and other forms of words only add to the score, but of a question one of these
alone is a match. A name in the other script may stand for its words (`alternatives`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum

from analyzers import NameReader, is_question
from indexer.engines.base import Sort
from indexer.engines.query import (
    And,
    AnyOf,
    Between,
    Boost,
    Everything,
    Not,
    Nothing,
    Optionally,
    Or,
    Prefix,
    Query,
    Term,
)

from . import query_ast as ast
from .alternatives import Alternative, alternatives
from .targets import Target

ALL_REQUIRED = 3
"""Words as typed; of so few all must match."""
HALF_REQUIRED = 5
"""Words as typed; of so few half must match."""

WHOLE_WORD = "word"
"""Form of languages with stems: there runni* finds running, whose stem is run."""
SHORTEST_QUESTION = 3
"""Words as typed, the question word among them: answers word things their own way, so any word is enough."""

_LOOSE_LETTERS = 0.3
"""Weight of a word's mere letters beside the accents that it most likely has."""

_AS_IT_STANDS = 0.75
"""Weight of a single word typed without accents as a word of its own."""

ColumnValues = Callable[[str, str], tuple[str, ...]]
"""(column, what was typed) -> the values of the column that it may mean."""


class Matching(Enum):
    """What makes an article a match of a run of words."""

    TYPED = "typed"
    """As many of the words as its length asks for."""
    OTHER_FORMS = "other forms"
    """The same, and the forms of words that else only add to the score are matches."""
    ANY_WORD = "any word"
    """One word, unless AND was typed."""
    EVERY_WORD = "every word"
    """All of them, however many there are."""


@dataclass(frozen=True, slots=True)
class Translation:
    """A query for the engine, and what it was made from."""

    query: Query
    terms: int
    """Terms that words, phrases and prefixes became in the likeliest languages."""
    scored: bool
    """Whether any part gives scores; a query of filters alone does not."""

    def order(self, wanted: Sort) -> Sort:
        """The order of what it finds: by date where there are no scores to go by."""
        return Sort.NEWEST if wanted is Sort.RELEVANCE and not self.scored else wanted


def translate(
    node: ast.Node,
    targets: Sequence[Target],
    column_values: ColumnValues,
    names: NameReader | None = None,
    matching: Matching = Matching.TYPED,
) -> Translation:
    """The engine's query for a parsed one. Without `names` no word has an alternative."""
    excluding = _Translator(_as_typed(targets), column_values)
    forms = matching is Matching.OTHER_FORMS
    searched = [target.with_other_forms() for target in targets] if forms else targets
    every_word = matching is Matching.EVERY_WORD
    translator = _Translator(searched, column_values, excluding, names, all_required=every_word)
    query = translator.of(node, relaxed=matching is Matching.ANY_WORD)
    typed = any(True for _ in ast.leaves(node))
    if query is None or (typed and not translator.terms):
        # Words that are all too common find nothing; no words at all is every article.
        return Translation(Nothing() if typed else Everything(), 0, scored=False)
    return Translation(query, translator.terms, scored=translator.terms > 0)


class _Translator:
    """Keeps the tree's shape; each word, phrase and prefix becomes one alternative a language.

    The shape is not repeated for each language, since a `-word` must exclude in all of them.
    """

    def __init__(
        self,
        targets: Sequence[Target],
        column_values: ColumnValues,
        excluding: _Translator | None = None,
        names: NameReader | None = None,
        *,
        all_required: bool = False,
    ) -> None:
        """`excluding` reads what is under a `Not`; without it this one is such a reader."""
        self._targets = targets
        self._titles = [replace(target, words=target.titles, derived=(), accents=None) for target in targets]
        self._column_values = column_values
        self._excluding = excluding
        self._names = names
        self._all_required = all_required
        self.terms = 0
        """Terms that score, in the likeliest languages."""

    def of(self, node: ast.Node, *, relaxed: bool, in_title: bool = False) -> Query | None:
        """None for what no language has terms for."""
        match node:
            case ast.Everything():
                return None
            case ast.Word() | ast.Phrase() | ast.Near() | ast.Prefix():
                return self._leaves([node], relaxed=relaxed, in_title=in_title)
            case ast.DateRange(first, last):
                return between_days(first, last)
            case ast.Field(name, child):
                if name == "title":
                    return self.of(child, relaxed=relaxed, in_title=True)
                return self._column(name, child)
            case ast.Not(child):
                reader = self._excluding or self
                found = reader.of(child, relaxed=False, in_title=in_title)
                return None if found is None else Not(found)
            case ast.Or(children):
                return _joined(Or, [self.of(part, relaxed=relaxed, in_title=in_title) for part in children])
            case ast.And(children, spelled=spelled):
                # Words outside quotes are one run, though an operator may stand between.
                run = [child for child in children if isinstance(child, ast.Word)]
                others = [child for child in children if not isinstance(child, ast.Word)]
                parts = [self._leaves(run, relaxed=relaxed, all_required=spelled, in_title=in_title)]
                parts += [self.of(child, relaxed=relaxed, in_title=in_title) for child in others]
                return _joined(And, parts)

    def _leaves(
        self,
        leaves: Sequence[ast.Leaf],
        *,
        relaxed: bool,
        in_title: bool,
        all_required: bool = False,
    ) -> Query | None:
        """A run of words, or one of the other leaves, in every language."""
        if not leaves:
            return None
        # -(a b c d) means an article with all of them, as few words do.
        all_required = all_required or self._all_required or self._excluding is None
        alternatives: list[Query] = []
        counted = self.terms
        most = max((target.weight for target in self._targets), default=1.0)
        for at, target in enumerate(self._titles if in_title else self._targets):
            # Names belong to no language: one branch asks for them.
            branch = _Branch(target, self._names if at == 0 and not in_title else None)
            match leaves[0]:
                case ast.Phrase(text):
                    query = branch.phrase(text)
                case ast.Near(text, distance):
                    query = branch.near(text, distance)
                case ast.Prefix(text):
                    query = branch.prefix(text)
                case _:
                    text = " ".join(leaf.text for leaf in leaves)
                    query = branch.run(text, relaxed=relaxed, all_required=all_required)
            if target.weight == most:
                self.terms += branch.terms
            if query is not None:
                alternatives.append(query if target.weight == 1 else Boost(query, target.weight))
        # What is a stop word in the likely languages is no word for the unlikely ones.
        return _joined(Or, alternatives) if self.terms > counted else None

    def _column(self, name: str, child: ast.Node) -> Query | None:
        match child:
            case ast.Word(text) | ast.Phrase(text) | ast.Near(text) | ast.Prefix(text):
                return AnyOf(name, self._column_values(name, text))
            case ast.Not(inner):
                found = self._column(name, inner)
                return None if found is None else Not(found)
            case ast.And(children):
                return _joined(And, [self._column(name, part) for part in children])
            case ast.Or(children):
                return _joined(Or, [self._column(name, part) for part in children])
            case _:
                return None


class _Branch:
    """Words, phrases and prefixes in the fields of one language; None for what it has no terms for."""

    def __init__(self, target: Target, names: NameReader | None) -> None:
        self._target = target
        self._names = names
        self.terms = 0

    def run(self, text: str, *, relaxed: bool, all_required: bool) -> Query | None:
        """Words outside quotes."""
        words = self._words(text)
        required = list(dict.fromkeys(node for node in words if node is not None))
        if not required:
            return None
        others = alternatives(text, self._target, self._names) if self._names else []
        optional = self._derived(text)
        # Stop words count: four words with a question word among them are a question.
        typed = len(words)
        any_word = typed > HALF_REQUIRED or (typed >= SHORTEST_QUESTION and self._is_question(text))
        if not all_required and (any_word or (relaxed and typed > 1)):
            return _joined(Or, [*required, *optional, *(other.query for other in others)])
        required = _with_alternatives(words, others)
        if all_required or typed <= ALL_REQUIRED:
            query = _joined(And, required)
        else:
            # All of them beat half of them, however rare the half's words are.
            half = Or(tuple(required), minimum=math.ceil(len(required) / 2))
            query = Optionally(half, And(tuple(required)))
        return Optionally(query, Or(tuple(optional))) if query and optional else query

    def _is_question(self, text: str) -> bool:
        return is_question(text, self._target.analyzer.language)

    def _words(self, text: str) -> list[Query | None]:
        """The node of each word, None for one without a term."""
        fields = self._target.words
        words = self._target.analyzer.words(text)
        rows = zip(*(words.forms[field.form] for field in fields), strict=True)
        nodes: list[Query | None] = []
        for row, likely in zip(rows, self._target.likely_terms(words), strict=True):
            terms = [
                Term(field.index_field, term, field.weight)
                for field, term in zip(fields, row, strict=True)
                if term is not None
            ]
            self.terms += len(terms)
            nodes.append(_joined(Or, _with_accents(terms, likely, alone=len(words.starts) == 1)))
        return nodes

    def _derived(self, text: str) -> list[Query]:
        if not self._target.derived:
            return []
        found = self._target.analyzer.index_terms(text)
        return [
            Term(field.index_field, term, field.weight)
            for field in self._target.derived
            for term in dict.fromkeys(found[field.form].terms)
        ]

    def phrase(self, text: str) -> Query | None:
        """In every field: one keeps the accents, another the words that the first drops."""
        words = self._target.analyzer.words(text)
        nodes: list[Query] = []
        for field in self._target.words:
            if not field.has_positions:
                continue
            placed = [
                (at, term, words.written[at])
                for at, term in enumerate(words.forms[field.form])
                if term is not None
            ]
            self.terms += len(placed)
            if placed:
                nodes.append(field.quoted(placed))
        return _joined(And, nodes)

    def near(self, text: str, distance: int) -> Query | None:
        """In the first field that keeps any of the words, so that accents typed are accents meant."""
        words = self._target.analyzer.words(text)
        for field in self._target.words:
            query = field.near(words.forms[field.form], distance) if field.has_positions else None
            if query is not None:
                self.terms += sum(term is not None for term in words.forms[field.form])
                return query
        return None

    def prefix(self, text: str) -> Query | None:
        """The last word is a beginning; analyzers may see words before it, which must be there."""
        words = self._target.analyzer.words(text)
        if not words.starts:
            return None
        *before, _ = [text[s:e] for s, e in zip(words.starts, words.ends, strict=True)]
        nodes: list[Query] = []
        whole = (field for field in self._target.derived if field.form == WHOLE_WORD)
        for spec in (*(field for field in self._target.words if field.has_positions), *whole):
            for beginning in self._beginnings(text, words.forms[spec.form][-1]):
                self.terms += 1
                nodes.append(Prefix(spec.index_field, beginning, spec.weight))
        required = dict.fromkeys(self._words(" ".join(before))) if before else ()
        return _joined(And, [*required, _joined(Or, nodes)])

    def _beginnings(self, text: str, term: str | None) -> list[str]:
        """What a word with the prefix may begin with in the index: its normal form, and its term.

        The term is what is left of الوزا* without its article, or `folded`; where a stemmer cut the
        end off, as in `running*`, the term would begin far too many words and is left out.
        """
        written = self._target.analyzer.normal(text)
        normal = written[-1][0] if written else ""
        found = [normal] if normal else []
        if term and term != normal and (normal.endswith(term) or len(term) == len(normal)):
            found.append(term)
        return found


def _with_accents(terms: list[Term], likely: tuple[str, str] | None, *, alone: bool) -> list[Term]:
    """The terms of a word that was typed without its accents: what it most likely means scores most.

    Every article with its letters matches all the same. Without neighbours that tell, a word may as well be
    meant as it stands: chanh "lemon" is no chánh "chief".
    """
    if likely is None or not terms:
        return terms
    field, term = likely
    loose = [replace(each, boost=_LOOSE_LETTERS) for each in terms if each.field != field]
    # Without accents, its letters are the word as it stands.
    typed = dict.fromkeys(Term(field, each.text, _AS_IT_STANDS) for each in loose if each.text != term)
    return [Term(field, term), *(typed if alone else ()), *loose]


def _with_alternatives(words: Sequence[Query | None], others: Sequence[Alternative]) -> list[Query]:
    """Each different word once; where an alternative may stand for some, either they or it."""
    nodes: dict[Query, None] = {}
    at = 0
    for other in others:
        nodes |= dict.fromkeys(node for node in words[at : other.start] if node is not None)
        spelled = _joined(And, list(dict.fromkeys(words[other.start : other.end])))
        nodes[other.query if spelled is None else Or((spelled, other.query))] = None
        at = other.end
    nodes |= dict.fromkeys(node for node in words[at:] if node is not None)
    return list(nodes)


def _as_typed(targets: Sequence[Target]) -> list[Target]:
    """The targets for what is excluded: `-lũ`, typed with its accent, must not exclude `lữ`.

    An accent that was typed is not in the headlines of addresses, so that they cannot tell either.
    """
    accented = any(target.language == "vi" and len(target.words) > 1 for target in targets)
    return [
        replace(target, words=target.words[:1], derived=(), titles=target.titles[:1], accents=None)
        for target in targets
        if not (accented and target.language == "slug")
    ]


def between_days(first: date | None, last: date | None) -> Between:
    """Articles published in these days (UTC), both included."""
    return Between(
        "published_at",
        None if first is None else _midnight(first),
        None if last is None else _midnight(last) + int(timedelta(days=1).total_seconds()) - 1,
    )


def _midnight(day: date) -> int:
    return int(datetime.combine(day, time(), UTC).timestamp())


def _joined(kind: type[And | Or], parts: Sequence[Query | None]) -> Query | None:
    found = tuple(part for part in parts if part is not None)
    if len(found) > 1:
        return kind(found)
    return found[0] if found else None
