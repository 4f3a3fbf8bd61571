"""What a person asked for, as the parser read it: words still as they were typed.

Every node knows the half-open range `start`, `end` of code points of the typed text that it stands for.
`translate.py` turns it into the engines' query tree.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

COLUMN_FIELDS = ("author", "section", "source", "lang")
"""Fields whose values are compared with a column."""
FIELDS = ("title", *COLUMN_FIELDS, "date")


@dataclass(frozen=True, slots=True)
class Everything:
    """Nothing was typed, or nothing but punctuation: every article."""

    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Word:
    """What stands between blanks; the analyzers may see several words in it (`10:30`, a URL, 北京大学)."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words in quotes, to be found side by side."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Near:
    """Words in quotes with a `~` behind them, to be found near each other, in any order and any form."""

    text: str
    distance: int
    """How many other words may stand between, 1 to 100."""
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Prefix:
    """The beginning of a word, typed with a `*` after it; `text` is without the `*`."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class DateRange:
    """Days from `first` to `last`, both included; None is open."""

    first: date | None
    last: date | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Field:
    """What must stand in one field: `title:...`, `author:...`. The child holds no other field."""

    name: str
    child: Node
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Not:
    """Articles that do not match the child."""

    child: Node
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class And:
    """Articles that match all children. At least two."""

    children: tuple[Node, ...]
    start: int
    end: int
    spelled: bool = False
    """Whether `AND` was typed: then every word is required, however many there are."""


@dataclass(frozen=True, slots=True)
class Or:
    """Articles that match any child. At least two."""

    children: tuple[Node, ...]
    start: int
    end: int


Leaf = Word | Phrase | Near | Prefix
Node = Everything | Leaf | DateRange | Field | Not | And | Or


def leaves(node: Node, *, negated: bool = False) -> Iterator[Leaf]:
    """The words, quotes and prefixes of a tree in order, outside column fields.

    What is under a `Not` is left out, or alone given if `negated`.
    """
    match node:
        case Word() | Phrase() | Near() | Prefix():
            if not negated:
                yield node
        case Not(child):
            yield from leaves(child, negated=not negated)
        case Field(name, child):
            if name == "title":
                yield from leaves(child, negated=negated)
        case And(children) | Or(children):
            for child in children:
                yield from leaves(child, negated=negated)
        case _:
            return
