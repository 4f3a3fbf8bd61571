"""Completions of what is being typed: whole titles, names and phrases of the archive, in their own spelling.

Only the end of the text is completed; what stands before it, operators and fields too, stays as it was typed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, runtime_checkable

from analyzers import Analyzer, index_language
from indexer.articles import Article
from indexer.suggestion_keys import exact_key, joiner, loose_key
from indexer.suggestion_tables import SuggestionTable
from indexer.suggestions import Suggestions

from .query_tokens import Kind, QueryToken, query_tokens

MAX_TYPED = 64
"""Code points; a longer text is no beginning of anything listed."""
MAX_COMPLETIONS = 10
_CANDIDATES = 64
"""Best entries of a language that are looked at more closely."""
_UNMARKED = 0.9
"""Factor of an entry that has accents, or the article, where none were typed."""
_WHOLE = 1.3
"""Factor of an entry that is typed to its end: Hà Nội, before what goes on behind it."""
_PER_LETTER = 0.004
"""How much a code point more takes from an entry: of two, the shorter is likelier meant."""
_FIELDS = ("author", "section", "source")
_WORDS = frozenset({"name", "phrase", "tag", "word"})
"""Kinds that may stand behind other words; a title is a search by itself."""


@dataclass(frozen=True, slots=True)
class Completion:
    """One way to go on."""

    text: str
    """What a list shows, in its own spelling."""
    query: str
    """What the search box holds once it is chosen."""
    lang: str
    """BCP 47 tag of `text`."""
    kind: str
    """One of `indexer.suggestion_tables.KINDS`."""


class SuggestLibrary(Protocol):
    """What completions need of a library."""

    def snapshot(self) -> object:
        """The newest committed state; one without completions is `SuggestSnapshot` no more."""

    def articles(self, ids: Sequence[str], /) -> Mapping[str, Article]:
        """Those of the articles that the archive has, by id."""

    def behind(self) -> int:
        """Changes in the archive that the index does not have yet."""


@runtime_checkable
class SuggestSnapshot(Protocol):
    """A state of the index that has completions."""

    @property
    def generation(self) -> str:
        """Name of the generation."""

    @property
    def sequence(self) -> int:
        """Last change of the archive that it has."""

    def analyzer(self, lang: str) -> Analyzer:
        """The analyzer of a language as this generation was built with it."""

    def suggestions(self) -> Suggestions | None:
        """The completions; None while there are none."""


@dataclass(frozen=True, slots=True)
class _Typed:
    """The text taken apart: what stays, what is completed, and by what."""

    head: str
    words: tuple[str, ...]
    open_end: bool
    """Whether the last word may be unfinished."""
    kinds: frozenset[str] | None
    """None for every kind."""
    quoted: bool
    """Whether several words need quotes to stay together: behind a field or a minus."""
    unclosed: str = ""
    """The quote that was opened."""
    title: str = ""
    """All that was typed, where quotes in it may be those of a title."""


@dataclass(frozen=True, slots=True)
class _Candidate:
    tier: int
    """0 for what begins as typed, 1 for what does so without accents or the article."""
    score: float
    table: SuggestionTable
    file: int
    entry: int


class Suggester:
    """Answers from the newest completions of a library. Safe for several threads."""

    def __init__(self, library: SuggestLibrary) -> None:
        self._library = library
        self._memory: tuple[tuple[str, int], Suggestions] | None = None

    def suggest(self, text: str, languages: Collection[str] = (), limit: int = 8) -> tuple[Completion, ...]:
        """Completions, best first; none for a text longer than `MAX_TYPED` or before the index has any.

        `languages`: BCP 47 tags, empty for all. `limit`: at most `MAX_COMPLETIONS`. Raises `UnknownLanguage`,
        and what `Library.snapshot` raises.
        """
        typed = _taken_apart(text) if len(text) <= MAX_TYPED else None
        snapshot = self._library.snapshot()
        if typed is None or not isinstance(snapshot, SuggestSnapshot):
            return ()
        suggestions = self._of(snapshot)
        if suggestions is None:
            return ()
        wanted = {index_language(tag) for tag in languages}
        # What a job has taken from the archive may still stand in the index for a moment.
        sure = suggestions.sequence >= snapshot.sequence and not self._library.behind()
        limit = min(limit, MAX_COMPLETIONS)
        found: dict[str, Completion] = {}
        for way in _ways(typed):
            for candidate in _candidates(suggestions, snapshot, way, wanted):
                if len(found) >= limit:
                    break
                completion = _completion(candidate, way)
                if completion.query != text.strip() and (sure or self._is_there(suggestions, candidate)):
                    found.setdefault(completion.query, completion)
            if found and not way.title:
                break
        return tuple(found.values())

    def _of(self, snapshot: SuggestSnapshot) -> Suggestions | None:
        key = (snapshot.generation, snapshot.sequence)
        memory = self._memory
        if memory is not None and memory[0] == key:
            return memory[1]
        found = snapshot.suggestions()
        # The files follow the index: older ones are looked for again at the next request.
        if found is not None and found.sequence >= snapshot.sequence:
            self._memory = (key, found)
        return found

    def _is_there(self, suggestions: Suggestions, found: _Candidate) -> bool:
        return bool(self._library.articles(suggestions.ids(found.table, found.file, found.entry)))


def _taken_apart(text: str) -> _Typed | None:
    """The end of a query that can be completed; None if it ends with something else than words."""
    *tokens, _ = query_tokens(text)
    if not tokens:
        return None
    if tokens[-1].kind is Kind.UNCLOSED:
        last = tokens[-1]
        typed = _Typed(
            head=text[: last.start + 1],
            words=(last.text,),
            open_end=not text[-1:].isspace(),
            kinds=_WORDS,
            quoted=False,
            unclosed=text[last.start],
        )
        return _or_title(_in_field(typed, tokens[:-1]), text, tokens[:-1])
    count = 0
    while count < len(tokens) and tokens[-1 - count].kind is Kind.WORD:
        count += 1
    if not count:
        return None
    words, before = tokens[-count:], tokens[:-count]
    typed = _Typed(
        head=text[: words[0].start],
        words=tuple(word.text for word in words),
        open_end=not text[-1:].isspace(),
        kinds=_WORDS if before else None,
        quoted=False,
    )
    if before and words[0].attached:
        return _in_field(typed, before)
    return _or_title(typed, text, before)


def _or_title(typed: _Typed | None, text: str, before: Sequence[QueryToken]) -> _Typed | None:
    """Quotes among nothing but words may be those of a title."""
    kinds = {token.kind for token in before}
    return replace(typed, title=text) if typed and kinds and kinds <= {Kind.WORD, Kind.QUOTED} else typed


def _in_field(typed: _Typed, before: Sequence[QueryToken]) -> _Typed | None:
    """What stands right before the words says which kinds may follow."""
    if not before:
        return typed
    if before[-1].kind is Kind.MINUS:
        return replace(typed, quoted=not typed.unclosed)
    if before[-1].kind is not Kind.FIELD:
        return typed
    field = before[-1].text
    if field == "title":
        return replace(typed, quoted=not typed.unclosed)
    if field not in _FIELDS or len(typed.words) > 1:
        return None
    return replace(typed, kinds=frozenset({field}), quoted=not typed.unclosed)


def _ways(typed: _Typed) -> Iterator[_Typed]:
    """In which ways the text may go on, the next only when the one before found nothing, or is of a title."""
    if typed.title:
        yield replace(typed, head="", words=(typed.title,), kinds=frozenset({"title"}))
    way = replace(typed, title="")
    yield way
    while len(way.words) > 1 and not way.unclosed:
        # One word more stays as it was typed.
        first, *others = way.words
        head = f"{way.head}{first} "
        way = replace(way, head=head, words=tuple(others), kinds=way.kinds or _WORDS, quoted=False)
        yield way


def _candidates(
    suggestions: Suggestions, snapshot: SuggestSnapshot, typed: _Typed, wanted: Collection[str]
) -> Iterator[_Candidate]:
    """Live entries that go on as was typed, best first, each spelling once."""
    found: list[_Candidate] = []
    for table, file in suggestions.tables:
        if not wanted or table.language in wanted:
            found += _of_table(table, file, snapshot.analyzer(table.language), typed)
    found.sort(key=lambda candidate: (candidate.tier, -candidate.score))
    seen: set[tuple[str, str]] = set()
    for candidate in found:
        table, entry = candidate.table, candidate.entry
        kind = table.kind(entry)
        if typed.kinds is not None and kind not in typed.kinds:
            continue
        mark = (table.exact.key(entry), kind if kind in _FIELDS else "")
        if mark not in seen and suggestions.is_live(table, candidate.file, entry):
            seen.add(mark)
            yield candidate


def _of_table(table: SuggestionTable, file: int, analyzer: Analyzer, typed: _Typed) -> Iterator[_Candidate]:
    exact = exact_key(analyzer, " ".join(typed.words))
    if not exact:
        return
    loose = loose_key(table.language, exact, typed=typed.open_end)
    marked = loose != exact
    end = "" if typed.open_end else joiner(table.language)
    best: dict[int, _Candidate] = {}
    for tier, key, index in ((0, exact, table.exact), (1, loose, table.loose)):
        if tier and not marked and index is table.exact:
            continue
        for entry, score, whole in index.best(key + end, _CANDIDATES):
            closeness = (_WHOLE if whole else 1.0) / (1 + _PER_LETTER * len(table.text(entry)))
            near = score * closeness * (_UNMARKED if tier else 1.0)
            # Where accents were typed, they were meant.
            candidate = _Candidate(tier if marked else 0, near, table, file, entry)
            known = best.get(entry)
            if known is None or (candidate.tier, -near) < (known.tier, -known.score):
                best[entry] = candidate
    yield from best.values()


def _completion(candidate: _Candidate, typed: _Typed) -> Completion:
    table, entry = candidate.table, candidate.entry
    text, kind = table.text(entry), table.kind(entry)
    plain = text.replace('"', " ")
    if typed.unclosed:
        closing = _CLOSING.get(typed.unclosed, typed.unclosed)
        query = f"{typed.head}{plain}{closing}"
    elif typed.quoted:
        query = f'{typed.head}"{plain}"'
    elif kind in _FIELDS:
        query = f'{typed.head}{kind}:"{plain}"'
    else:
        query = typed.head + _as_words(text)
    return Completion(text, query, table.tag(entry), kind)


_CLOSING = {
    "\N{LEFT DOUBLE QUOTATION MARK}": "\N{RIGHT DOUBLE QUOTATION MARK}",
    "\N{DOUBLE LOW-9 QUOTATION MARK}": "\N{LEFT DOUBLE QUOTATION MARK}",
    "\N{LEFT-POINTING DOUBLE ANGLE QUOTATION MARK}": "\N{RIGHT-POINTING DOUBLE ANGLE QUOTATION MARK}",
    "\N{RIGHT-POINTING DOUBLE ANGLE QUOTATION MARK}": "\N{LEFT-POINTING DOUBLE ANGLE QUOTATION MARK}",
    "\N{LEFT CORNER BRACKET}": "\N{RIGHT CORNER BRACKET}",
    "\N{LEFT WHITE CORNER BRACKET}": "\N{RIGHT WHITE CORNER BRACKET}",
}


_WITH_TEXT = (Kind.WORD, Kind.QUOTED, Kind.NEAR, Kind.UNCLOSED, Kind.FIELD, Kind.PREFIX)


def _as_words(text: str) -> str:
    """The text as a query of plain words: a title may hold what the query language takes for an operator."""
    tokens = query_tokens(text)[:-1]
    if all(token.kind is Kind.WORD for token in tokens):
        return text
    parts = []
    for token in tokens:
        if token.kind in (Kind.OR, Kind.AND, Kind.NOT):
            parts.append(token.text.lower())
        elif token.kind in _WITH_TEXT:
            parts.append(token.text)
    return " ".join(parts)
