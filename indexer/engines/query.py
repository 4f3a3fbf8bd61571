"""The query tree: what every engine understands. No engine ever sees text that a person typed.

Fields are named `<lang>.<field>` (`ar.stem`, `vi.fold`, `en.pair`, `vi.title`); columns are named in
`base.Columns`. Terms come from the analyzers, never from a person.

Scores: `Term`, `Phrase`, `Near` and `Prefix` score BM25 times `boost`; `And`, `Or` and `Optionally` add up
what their matching children score; `AnyOf`, `Between`, `Everything` and `Not` select and score 0.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Term:
    """Documents with this term in this field."""

    field: str
    text: str
    boost: float = 1.0


@dataclass(frozen=True, slots=True)
class Phrase:
    """Documents where the terms stand at these relative positions in one field.

    Scored like one term: its frequency is the number of matches in the document, its idf is the
    sum of its terms' idfs (as Lucene does).
    """

    field: str
    terms: tuple[tuple[int, str], ...]
    """(relative position, term), ascending. A gap is a dropped stop word."""
    boost: float = 1.0
    unit: int = 1
    """The phrase begins at multiples of it only: positions may carry more than a word's number."""


NO_PLACE = 2**32 - 1
"""The position of words too far behind to have one: a `Near` finds none of them."""


@dataclass(frozen=True, slots=True)
class Near:
    """Documents where all the terms stand near each other in one field, in any order.

    That is in a window of at most `distance` words more than there are terms. Windows count where none
    lies inside them, so that one may share words with the next. Scored like `Phrase`: the frequency is
    the number of windows, the idf the sum of the terms' idfs.
    """

    field: str
    terms: tuple[str, ...]
    """A set: a term that is repeated counts once. Without terms no document matches."""
    distance: int
    """At least 0. Words that may stand between, besides the terms."""
    boost: float = 1.0
    unit: int = 1
    """Positions divided by it are word numbers."""

    @property
    def reach(self) -> int:
        """Words from the first of a window to its last, at most."""
        return len(set(self.terms)) - 1 + self.distance


@dataclass(frozen=True, slots=True)
class Prefix:
    """Documents with any term that begins so; each matching document scores `boost`, no BM25."""

    field: str
    text: str
    boost: float = 1.0


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Documents whose column holds one of the values (exact, as stored). Scores 0."""

    column: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Between:
    """Documents whose numeric column lies in [first, last], both ends included; None is open."""

    column: str
    first: int | None
    last: int | None


@dataclass(frozen=True, slots=True)
class Everything:
    """All documents. Scores 0."""


@dataclass(frozen=True, slots=True)
class And:
    """Documents that match all children; `Not` children exclude. Scores add up.

    With only `Not` children: all documents but those.
    """

    children: tuple[Query, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Documents that match at least `minimum` children. Scores of the matching ones add up."""

    children: tuple[Query, ...]
    minimum: int = 1


@dataclass(frozen=True, slots=True)
class Not:
    """Documents that do not match the child. Scores 0."""

    child: Query


@dataclass(frozen=True, slots=True)
class Optionally:
    """Documents that match `required`; those that match `optional` too score that on top."""

    required: Query
    optional: Query


@dataclass(frozen=True, slots=True)
class Boost:
    """The child, its scores multiplied by `factor`."""

    child: Query
    factor: float


@dataclass(frozen=True, slots=True)
class Nothing:
    """No document."""


Query = (
    Term
    | Phrase
    | Near
    | Prefix
    | AnyOf
    | Between
    | Everything
    | And
    | Or
    | Not
    | Optionally
    | Boost
    | Nothing
)
