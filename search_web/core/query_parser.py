"""The query language: one function a grammar rule, its EBNF line as the docstring.

`parse` is strict and points at the mistake; `parse_leniently` reads the same text for the search box,
repairs what it can and says what it did. Both are one parser: a rule that meets a mistake calls
`_mistake`, which raises or takes a note, and then goes on with the repaired reading.

    hội nghị -thể thao          both words, without the pair of words after the minus's first
    "Hà Nội" OR hanoi           a phrase or a word
    "bão lũ"~5                  words with at most five others between them, in any order and form
    title:(bão OR lũ) date:2025-10..2025-11 author:"Lê Uyển Thư" lang:vi
    phát tri*                   at least three characters before the star
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date

from indexer.errors import QueryError

from .pages import Notice, NoticeKind
from .query_ast import And, DateRange, Everything, Field, Leaf, Near, Node, Not, Or, Phrase, Prefix, Word
from .query_tokens import Kind, QueryToken, is_word, query_tokens

MAX_CHARACTERS = 512
MAX_WORDS = 64
MAX_DEPTH = 10
MIN_PREFIX = 3
"""Literal characters before `*`."""
MAX_DISTANCE = 100
"""Words that may stand between words near each other: farther apart, they share no sentence."""


class QuerySyntaxError(QueryError):
    """A query does not follow the grammar or is past a limit; `start`, `end`: code points of the text."""

    def __init__(self, message: str, start: int, end: int) -> None:
        super().__init__(message)
        self.message = message
        self.start = start
        self.end = end


def parse(text: str) -> Node:
    """Read a query to the letter. Raises `QuerySyntaxError` at the first mistake.

    >>> parse("bão OR lũ")
    Or(children=(Word(text='bão', start=0, end=3), Word(text='lũ', start=7, end=9)), start=0, end=9)
    """
    if len(text) > MAX_CHARACTERS:
        raise QuerySyntaxError(
            f"the query has {len(text)} characters, at most {MAX_CHARACTERS} are allowed; shorten it",
            MAX_CHARACTERS,
            len(text),
        )
    tokens = query_tokens(text)
    if past := _past_word_limit(tokens):
        raise QuerySyntaxError(
            f"the query has more than {MAX_WORDS} words; leave out those after {past.start}",
            past.start,
            len(text),
        )
    return _Parser(tokens, lenient=False).query()


def parse_leniently(text: str) -> tuple[Node, list[Notice]]:
    """Read any text as a query and tell what was repaired or cut. Never raises, on any `str`.

    Mistakes behind a cut are the cut's fault and not told.
    """
    searched = _cut_characters(text)
    tokens = query_tokens(searched)
    if past := _past_word_limit(tokens):
        searched = searched[: past.start].rstrip()
        tokens = query_tokens(searched)
    parser = _Parser(tokens, lenient=True)
    node = parser.query()
    if len(searched) < len(text.rstrip()):
        return node, [Notice(NoticeKind.QUERY_CUT, searched, len(searched), len(text))]
    return node, parser.notices


def _cut_characters(text: str) -> str:
    if len(text) <= MAX_CHARACTERS:
        return text
    kept = text[:MAX_CHARACTERS]
    if not text[MAX_CHARACTERS].isspace():
        # Half a word is another word; one that fills the whole query has no better border.
        kept = kept.rpartition(" ")[0] or kept
    return kept.rstrip()


def _past_word_limit(tokens: list[QueryToken]) -> QueryToken | None:
    """The token that brings the word too many."""
    words = 0
    for token in tokens:
        if token.kind in (Kind.WORD, Kind.PREFIX):
            words += 1
        elif token.kind in (Kind.QUOTED, Kind.NEAR, Kind.UNCLOSED):
            words += len(token.text.split())
        if words > MAX_WORDS:
            return token
    return None


class _Parser:
    """Position in the tokens and the notes taken so far."""

    def __init__(self, tokens: list[QueryToken], *, lenient: bool) -> None:
        self._tokens = tokens
        self._at = 0
        self._depth = 0
        self._lenient = lenient
        self._in_field = ""
        """Name of the field whose value is being read."""
        self.notices: list[Notice] = []

    def query(self) -> Node:
        """query = [ alternatives ] , end ;"""
        if all(token.kind in (Kind.STAR, Kind.END) for token in self._tokens):
            return Everything(0, self._tokens[-1].end)
        parts: list[Node] = []
        while self._kind is not Kind.END:
            if node := self._alternatives():
                parts.append(node)
            if self._kind is Kind.CLOSE:
                stray = self._take()
                self._mistake(
                    f"the closing parenthesis at {stray.start} has no opening one; remove it",
                    stray.start,
                    stray.end,
                )
        return _joined(parts) or Everything(0, self._tokens[-1].end)

    def _alternatives(self) -> Node | None:
        """alternatives = all , { "OR" , all } ;"""
        children: list[Node] = []
        while True:
            part = self._all()
            if part:
                children.append(part)
            if self._kind is not Kind.OR:
                break
            operator = self._take()
            if not part or self._kind in (Kind.END, Kind.CLOSE, Kind.OR):
                self._mistake(
                    f"OR at {operator.start} needs a word on both sides; add one or write it small",
                    operator.start,
                    operator.end,
                )
        if len(children) < 2:  # one alternative is none
            return children[0] if children else None
        return Or(tuple(children), children[0].start, children[-1].end)

    def _all(self) -> Node | None:
        """all = part , { [ "AND" ] , part } ;"""
        parts: list[Node] = []
        spelled = False
        while self._kind not in (Kind.END, Kind.CLOSE, Kind.OR):
            if self._kind is Kind.AND:
                operator = self._take()
                spelled = True
                if not parts or self._kind in (Kind.END, Kind.CLOSE, Kind.OR, Kind.AND):
                    self._mistake(
                        f"AND at {operator.start} needs a word on both sides; add one or write it small",
                        operator.start,
                        operator.end,
                    )
            elif part := self._part():
                parts.append(part)
        return _joined(parts, spelled=spelled)

    def _part(self) -> Node | None:
        """part = { "-" | "NOT" } , ( field | group | leaf ) ;"""
        first = self._token
        excluded = False
        operator = None
        while self._kind in (Kind.MINUS, Kind.NOT):
            operator = self._take()
            excluded = not excluded
        if operator and self._kind in (Kind.END, Kind.CLOSE, Kind.OR, Kind.AND):
            self._mistake(
                f"{operator.text} at {operator.start} has nothing to exclude; write a word after it",
                operator.start,
                operator.end,
            )
            return None
        if self._kind is Kind.FIELD:
            node = self._field()
        elif self._kind is Kind.OPEN:
            node = self._group()
        else:
            node = self._leaf()
        if node and excluded:
            return Not(node, first.start, node.end)
        return node

    def _group(self) -> Node | None:
        """group = "(" , alternatives , ")" ;"""
        opening = self._take()
        if self._depth == MAX_DEPTH:
            self._mistake(
                f"the parentheses at {opening.start} are more than {MAX_DEPTH} deep; use fewer",
                opening.start,
                opening.end,
            )
            # Too deep to nest: the parenthesis is passed over, its partner too when it comes.
            self._skip_opening()
            return None
        self._depth += 1
        node = self._alternatives()
        self._depth -= 1
        if self._kind is Kind.CLOSE:
            closing = self._take()
            if node is None:
                self._mistake(
                    f"the parentheses at {opening.start} are empty; write a word in them or remove them",
                    opening.start,
                    closing.end,
                )
        else:
            self._mistake(
                f"the parenthesis opened at {opening.start} is never closed; add )",
                opening.start,
                self._token.start,
            )
        return node

    def _skip_opening(self) -> None:
        """Drop the partner of an opening parenthesis that was passed over."""
        depth = 1
        for at in range(self._at, len(self._tokens)):
            if self._tokens[at].kind is Kind.OPEN:
                depth += 1
            elif self._tokens[at].kind is Kind.CLOSE:
                depth -= 1
                if depth == 0:
                    self._tokens = self._tokens[:at] + self._tokens[at + 1 :]
                    return

    def _field(self) -> Node | None:
        """field = name , ":" , ( leaf | group | range ) ;"""
        name = self._take()
        if self._in_field:
            self._mistake(
                f"{name.text}: at {name.start} stands inside another field; end that one first",
                name.start,
                name.end,
            )
            return None
        value = self._token
        if not value.attached or value.kind not in _VALUES:
            self._mistake(
                f"{name.text}: at {name.start} has no value; write one right after the colon",
                name.start,
                name.end,
            )
            return Word(name.text, name.start, name.end)
        if name.text == "date":
            return self._range(name)
        self._in_field = name.text
        child = self._group() if value.kind is Kind.OPEN else self._leaf()
        self._in_field = ""
        return Field(name.text, child, name.start, child.end) if child else None

    def _range(self, name: QueryToken) -> Node | None:
        """range = [ day ] , [ ".." , [ day ] ] ;  (* day = year , [ "-" , month , [ "-" , day ] ] *)"""
        value = self._take()
        if value.kind is Kind.NEAR:
            self._no_nearness(value, name.text)
        if value.kind in (Kind.WORD, Kind.QUOTED, Kind.NEAR):
            try:
                first, last = date_range(value.text)
            except ValueError as error:
                self._mistake(str(error), value.start, value.end)
            else:
                return DateRange(first, last, name.start, value.end)
        else:
            self._mistake(
                f"date: at {name.start} takes a date; write date:2025, date:2025-10 or date:2025-10..2025-11",
                name.start,
                value.end,
            )
        if value.kind is Kind.OPEN:
            self._at -= 1
            return None
        return _leaf_of(Kind.WORD, value) if is_word(value.text) else None

    def _leaf(self) -> Node | None:
        """leaf = word | phrase , [ "~" , [ number ] ] | prefix ;"""
        token = self._take()
        kind = token.kind
        if kind is Kind.UNCLOSED:
            self._mistake(
                f"the quote opened at {token.start} is never closed; add a closing quote",
                token.start,
                token.end,
            )
        elif kind in (Kind.QUOTED, Kind.NEAR) and not is_word(token.text):
            self._mistake(
                f"the quotes at {token.start} are empty; write words between them or remove them",
                token.start,
                token.end,
            )
        elif kind is Kind.NEAR:
            return self._near(token)
        elif kind is Kind.STAR:
            self._mistake(
                f"* at {token.start} does not end a word; write it after at least {MIN_PREFIX} characters",
                token.start,
                token.end,
            )
            return None
        elif kind is Kind.PREFIX and len(token.text) < MIN_PREFIX:
            self._mistake(
                f"{token.text}* has {len(token.text)} characters before *, at least {MIN_PREFIX} are needed",
                token.start,
                token.end,
            )
            kind = Kind.WORD
        return _leaf_of(kind, token) if is_word(token.text) else None

    def _near(self, token: QueryToken) -> Node:
        """number = digit , { digit } ;  (* 1 to 100, 5 without one *)"""
        if self._in_field not in ("", "title"):
            self._no_nearness(token, self._in_field)
            return _leaf_of(Kind.QUOTED, token)
        if not 1 <= token.distance <= MAX_DISTANCE:
            self._mistake(
                f"the number behind ~ at {token.start} is {token.distance}; write 1 to {MAX_DISTANCE}",
                token.start,
                token.end,
            )
        if not token.distance:
            return _leaf_of(Kind.QUOTED, token)
        return Near(token.text, min(token.distance, MAX_DISTANCE), token.start, token.end)

    def _no_nearness(self, token: QueryToken, field: str) -> None:
        self._mistake(
            f"~ behind the quotes at {token.start} means nothing in {field}:; remove it",
            token.start,
            token.end,
        )

    @property
    def _token(self) -> QueryToken:
        return self._tokens[self._at]

    @property
    def _kind(self) -> Kind:
        return self._tokens[self._at].kind

    def _take(self) -> QueryToken:
        token = self._tokens[self._at]
        self._at += 1
        return token

    def _mistake(self, message: str, start: int, end: int) -> None:
        if not self._lenient:
            raise QuerySyntaxError(message, start, end)
        self.notices.append(Notice(NoticeKind.QUERY_REPAIRED, message, start, end))


_VALUES = (Kind.WORD, Kind.PREFIX, Kind.QUOTED, Kind.NEAR, Kind.UNCLOSED, Kind.OPEN)


def _leaf_of(kind: Kind, token: QueryToken) -> Leaf:
    if kind is Kind.PREFIX:
        return Prefix(token.text, token.start, token.end)
    if kind in (Kind.QUOTED, Kind.UNCLOSED):
        return Phrase(token.text, token.start, token.end)
    return Word(token.text, token.start, token.end)


def _joined(parts: list[Node], *, spelled: bool = False) -> Node | None:
    if len(parts) < 2:  # And is for two or more
        return parts[0] if parts else None
    return And(tuple(parts), parts[0].start, parts[-1].end, spelled)


_DAY = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?\Z")


def date_range(text: str) -> tuple[date | None, date | None]:
    """First and last day of `2025`, `2025-10`, `2025-10-26`, `2025-10..2025-11`, `2025..`, `..2025`.

    Digits of any script. Raises `ValueError` with a message for people.
    """
    first_text, dots, last_text = text.partition("..")
    if not dots:
        last_text = first_text
    if not first_text and not last_text:
        raise ValueError(f"{text[:40]!r} is no date; write it as 2025, 2025-10 or 2025-10-26")
    first = days_of(first_text)[0] if first_text else None
    last = days_of(last_text)[1] if last_text else None
    if first and last and first > last:
        raise ValueError(f"{text[:40]!r} ends before it begins; write the earlier date first")
    return first, last


def days_of(text: str) -> tuple[date, date]:
    """First and last day of a year, a month or a day. Raises `ValueError` with a message for people."""
    found = _DAY.match(text)
    if not found:
        raise ValueError(f"{text[:40]!r} is no date; write it as 2025, 2025-10 or 2025-10-26")
    year, month, day = (int(part) if part else None for part in found.groups())
    assert year is not None
    try:
        if day is not None and month is not None:
            return date(year, month, day), date(year, month, day)
        if month is not None:
            return date(year, month, 1), date(year, month, monthrange(year, month)[1])
        return date(year, 1, 1), date(year, 12, 31)
    except ValueError:
        raise ValueError(
            f"{text[:40]!r} is not in the calendar; write it as 2025, 2025-10 or 2025-10-26"
        ) from None
