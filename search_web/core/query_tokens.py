"""Typed text -> marks and words of the query language, before any grammar. Accepts any `str`."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import Enum

from .query_ast import FIELDS


class Kind(Enum):
    """Kinds of tokens; the value is what an error message calls them."""

    OPEN = "an opening parenthesis"
    CLOSE = "a closing parenthesis"
    OR = "OR"
    AND = "AND"
    NOT = "NOT"
    MINUS = "-"
    FIELD = "a field"
    WORD = "a word"
    PREFIX = "a word with *"
    QUOTED = "a phrase"
    NEAR = "a phrase with ~"
    UNCLOSED = "a phrase without its closing quote"
    STAR = "*"
    END = "the end of the query"


@dataclass(frozen=True, slots=True)
class QueryToken:
    """One token; `text` is without quotes, colon and star, and without ignored characters."""

    kind: Kind
    text: str
    start: int
    end: int
    attached: bool = False
    """Whether no blank stands between the token before and this one."""
    distance: int = 0
    """Of `NEAR`: the number behind the `~`."""


DISTANCE = 5
"""Words that may stand between words near each other where no number says so."""
_MOST_DIGITS = 6


_BIDI = (
    "\N{ARABIC LETTER MARK}\N{LEFT-TO-RIGHT MARK}\N{RIGHT-TO-LEFT MARK}"
    "\N{LEFT-TO-RIGHT EMBEDDING}\N{RIGHT-TO-LEFT EMBEDDING}\N{POP DIRECTIONAL FORMATTING}"
    "\N{LEFT-TO-RIGHT OVERRIDE}\N{RIGHT-TO-LEFT OVERRIDE}"
    "\N{LEFT-TO-RIGHT ISOLATE}\N{RIGHT-TO-LEFT ISOLATE}\N{FIRST STRONG ISOLATE}\N{POP DIRECTIONAL ISOLATE}"
)
IGNORED = "\0\N{ZERO WIDTH NO-BREAK SPACE}\N{SOFT HYPHEN}" + _BIDI
"""Characters that no one sees and no one means."""
_DROP_IGNORED = str.maketrans("", "", IGNORED)

_STRAIGHT = '"\N{LEFT DOUBLE QUOTATION MARK}\N{RIGHT DOUBLE QUOTATION MARK}\N{DOUBLE LOW-9 QUOTATION MARK}'
_STRAIGHT += "\N{DOUBLE HIGH-REVERSED-9 QUOTATION MARK}\N{FULLWIDTH QUOTATION MARK}"
_GUILLEMETS = "\N{LEFT-POINTING DOUBLE ANGLE QUOTATION MARK}\N{RIGHT-POINTING DOUBLE ANGLE QUOTATION MARK}"
_CORNERS = (
    "\N{LEFT CORNER BRACKET}\N{RIGHT CORNER BRACKET}"
    "\N{LEFT WHITE CORNER BRACKET}\N{RIGHT WHITE CORNER BRACKET}"
)
_QUOTES = _STRAIGHT + _GUILLEMETS + _CORNERS
_CLOSERS = {
    **dict.fromkeys(_STRAIGHT, _STRAIGHT),
    **dict.fromkeys(_GUILLEMETS, _GUILLEMETS),
    _CORNERS[0]: _CORNERS[1],
    _CORNERS[2]: _CORNERS[3],
}
"""Opening quote -> what closes it. Phones turn quotes to either side, so any of a family closes."""

_COMMAS = (
    "\N{ARABIC COMMA}\N{ARABIC SEMICOLON}\N{ARABIC QUESTION MARK}\N{ARABIC FULL STOP}"
    "\N{IDEOGRAPHIC COMMA}\N{IDEOGRAPHIC FULL STOP}\N{FULLWIDTH COMMA}\N{FULLWIDTH SEMICOLON}"
    "\N{FULLWIDTH COLON}\N{FULLWIDTH EXCLAMATION MARK}\N{FULLWIDTH QUESTION MARK}"
    "\N{FULLWIDTH LEFT PARENTHESIS}\N{FULLWIDTH RIGHT PARENTHESIS}"
)
_MINUS = "-\N{MINUS SIGN}"
"""The hyphen first: in a character class it would else make a range."""
_TILDES = "~\N{FULLWIDTH TILDE}\N{TILDE OPERATOR}"
_CONTROLS = "\x01-\x1f\x7f-\x9f"

_BLANKS = re.compile(rf"[\s{_CONTROLS}{_COMMAS}{IGNORED}]+")
_RUN = re.compile(rf"[^\s{_CONTROLS}{_COMMAS}()*{re.escape(_QUOTES)}]+")
_FIELD = re.compile(rf"({'|'.join(FIELDS)}):", re.IGNORECASE)
_MINUS_BEFORE = re.compile(rf"[{_MINUS}](?=[^{_MINUS}\s{_CONTROLS}{_COMMAS})*])")
_NEAR = re.compile(rf"[{IGNORED}]*[{_TILDES}][{IGNORED}]*(\d*)(?![({re.escape(_QUOTES)}])")
_OPERATORS = {"OR": Kind.OR, "AND": Kind.AND, "NOT": Kind.NOT}


def visible(text: str) -> str:
    """The text without NUL, bidi controls and soft hyphens."""
    return text.translate(_DROP_IGNORED)


def is_word(text: str) -> bool:
    """Whether there is a letter, digit or symbol to look for, not only punctuation."""
    return any(unicodedata.category(character)[0] in "LN" or ord(character) > 0x2FFF for character in text)


def query_tokens(text: str) -> list[QueryToken]:
    """All tokens in order, END last. Runs of mere punctuation are left out.

    A `-` is NOT only before a word and after a blank, so `well-known` and `--` are no operators; a known
    field name with its colon is a field only at the beginning of a word, so `https://...` is a word. A `~`
    asks for words near each other only right behind a closing quote, with a number or nothing behind it.
    """
    tokens: list[QueryToken] = []
    at = 0
    touching = False
    while at < len(text):
        if blank := _BLANKS.match(text, at):
            # Unseen characters do not part a field from its value.
            touching = touching and not visible(blank[0])
            at = blank.end()
            continue
        token = _token_at(text, at, touching=touching)
        if token.kind is not Kind.WORD or is_word(token.text):
            tokens.append(token)
        at = token.end
        touching = True
    tokens.append(QueryToken(Kind.END, "", len(text), len(text)))
    return tokens


def _token_at(text: str, at: int, *, touching: bool) -> QueryToken:
    character = text[at]
    if character in _CLOSERS:
        return _quoted(text, at, touching=touching)
    if character in "()*":
        kind = {"(": Kind.OPEN, ")": Kind.CLOSE, "*": Kind.STAR}[character]
        return QueryToken(kind, character, at, at + 1, touching)
    begins = not touching or text[at - 1] == "("
    if (begins or text[at - 1] in _MINUS) and (found := _FIELD.match(text, at)):
        return QueryToken(Kind.FIELD, found[1].lower(), at, found.end(), touching)
    if begins and _MINUS_BEFORE.match(text, at):
        return QueryToken(Kind.MINUS, character, at, at + 1, touching)
    run = _RUN.match(text, at)
    if run is None:
        return QueryToken(Kind.WORD, "", at, at + 1, touching)
    return _word(text, run, touching=touching)


def _word(text: str, run: re.Match[str], *, touching: bool) -> QueryToken:
    end = run.end()
    word = visible(run[0])
    if kind := _OPERATORS.get(word):
        return QueryToken(kind, word, run.start(), end, touching)
    if text[end : end + 1] == "*" and is_word(word[-1:]) and not _RUN.match(text, end + 1):
        return QueryToken(Kind.PREFIX, word, run.start(), end + 1, touching)
    return QueryToken(Kind.WORD, word, run.start(), end, touching)


def _quoted(text: str, at: int, *, touching: bool) -> QueryToken:
    closers = _CLOSERS[text[at]]
    end = next((i for i in range(at + 1, len(text)) if text[i] in closers), None)
    if end is None:
        return QueryToken(Kind.UNCLOSED, visible(text[at + 1 :]), at, len(text), touching)
    quoted = visible(text[at + 1 : end])
    near = _NEAR.match(text, end + 1)
    rest = near and _RUN.match(text, near.end())
    if near is None or (rest and is_word(rest[0])):
        return QueryToken(Kind.QUOTED, quoted, at, end + 1, touching)
    distance = int(near[1][:_MOST_DIGITS] or DISTANCE)
    return QueryToken(Kind.NEAR, quoted, at, near.end(), touching, distance)
