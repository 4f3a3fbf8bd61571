"""Pasted headlines and sentences: their quotes, dashes and parentheses are punctuation, not operators.

    مخرج "غدوة حيّ": الفيلم يجمع التشويق والمغامرة والفرجة

Read to the letter, that headline finds only articles with غدوة حيّ side by side. So in a long query
quoted words become words like the others; that they stand side by
side still counts, as it does for any two words. Spelled operators and fields are never read so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from .query_ast import And, Near, Node, Not, Phrase, Word

LEAST_LOOSE = 4
"""Words outside quotes and parentheses that a text has at least."""
LEAST_WORDS = 7
"""Words of a text, those in quotes counted; shorter queries mean their operators."""

_PIECE = re.compile(r"\S+")
_MINUS = 1
"""Characters of the operator `-`; the spelled NOT is longer."""


class _NoText(Exception):
    """The query has an operator that no text has."""


def as_running_text(node: Node, *, least_loose: int = LEAST_LOOSE) -> Node | None:
    """The words of a query that is a pasted text, as one run; None if it is none or has nothing to lose.

    `least_loose`: so many words must stand outside quotes; 0 takes the quotes off any query of words.
    """
    if not isinstance(node, And) and not (isinstance(node, Phrase | Near) and not least_loose):
        return None
    children = node.children if isinstance(node, And) else (node,)
    loose = sum(isinstance(child, Word) for child in children)
    if loose < least_loose or loose == len(children) or (isinstance(node, And) and node.spelled):
        return None
    try:
        words = tuple(_words(node, is_text=bool(least_loose)))
    except _NoText:
        return None
    shortest = LEAST_WORDS if least_loose else 2
    return And(words, node.start, node.end) if len(words) >= shortest else None


def _words(node: Node, *, is_text: bool) -> Iterator[Word]:
    match node:
        case Word():
            yield node
        case Near() if is_text:
            # No text has a tilde behind its quotes.
            raise _NoText
        case Phrase(text, start) | Near(text, _, start):
            # The quote before the first word.
            offset = start + 1
            yield from (Word(p[0], offset + p.start(), offset + p.end()) for p in _PIECE.finditer(text))
        case And(children, spelled=False):
            for child in children:
                yield from _words(child, is_text=is_text)
        case Not(Word() as child, start) if is_text and child.start - start == _MINUS:
            yield child
        case _:
            raise _NoText
