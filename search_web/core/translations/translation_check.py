"""Numbers, dates and names on which translations of one story disagree.

Two texts are compared figure by figure. What one says and the other does not is telling where the other says
something else in the same place: 45 here and 54 there. What merely lacks may have been left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations

from analyzers.names import NameReader
from indexer.articles import Article

from ..pages import Snippet, Span
from ..recent_articles import beginning
from .figure_words import UNITS
from .figures import Figure, FigureKind, agree, without_fellow
from .figures_in_text import composed, figures_in
from .names_compared import Distance, named_in, names_apart

NEAR = 0.08
"""How far apart, as a part of the text, figures may stand that are held for the same place."""
_FAR = 0.12
"""A fellow farther off is one of another place."""
_AROUND = 110
"""Code points of a sentence that are shown on each side of a figure."""
_COMPLETE = 0.7
"""A text of less than this part of the other's length is a summary: what it lacks says nothing."""
MOST_FIGURES = 1_000
"""A text with more is a table: comparing it takes time with the square of them."""
_SENTENCE = re.compile(r"[.!?؟。…][\s»”\")\]]+")
TELLING = {FigureKind.NUMBER: 3.0, FigureKind.DATE: 3.0, FigureKind.NAME: 2.0}
"""What a disagreement counts where the texts say two things; a quarter of it where one lacks it."""
_SLIP = 1.5
"""A factor for the slips that translators and machines make: digits exchanged, a million for a billion."""


@dataclass(frozen=True, slots=True)
class Side:
    """What one article says, in its sentence."""

    article_id: str
    lang: str
    written: str
    sentence: Snippet
    start: int
    """Code points of the article's text: title, lead and paragraphs in NFC, a line end between two."""
    end: int


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One thing on which two articles disagree."""

    kind: FigureKind
    one: Side
    other: Side | None
    """None: the other article, `missing_in`, says nothing of it."""
    missing_in: str
    """Id of the article that lacks it; empty where both say something."""
    value: frozenset[Decimal]
    """The number that is lacking; empty where both say something."""
    weight: float
    """How telling it is."""


@dataclass(frozen=True, slots=True)
class Read:
    """An article with the figures in its text."""

    article: Article
    text: str
    figures: tuple[Figure, ...]
    parts: tuple[int, ...]
    """Where each part of the text begins."""


def read_article(article: Article, names: NameReader | None = None) -> Read:
    """The text of an article, as far as it is looked at, with its figures; `names` reads names."""
    article = beginning(article)
    pieces = [composed(part) for part in (article.title, article.lead, *article.body) if part]
    text = "\n".join(pieces)
    starts, at = [], 0
    for piece in pieces:
        starts.append(at)
        at += len(piece) + 1
    figures = figures_in(text, article.lang)
    if names is not None:
        for start, piece in zip(starts, pieces, strict=True):
            figures += named_in(piece, article.lang, names, start)
    return Read(article, text, tuple(figures), tuple(starts))


def disagreements(articles: Sequence[Read]) -> list[Disagreement]:
    """Of each pair of languages, the most telling first; each figure of an article is named once."""
    found = [item for one, other in _pairs(articles) for item in _compared(one, other)]
    found.sort(key=lambda item: (-item.weight, item.one.article_id, item.one.start))
    told: set[object] = set()
    kept = []
    for item in found:
        sides: list[object] = [
            (side.article_id, item.kind, side.start) for side in (item.one, item.other) if side
        ]
        # What two languages have and a third has not is told once.
        if item.missing_in:
            sides = [(item.missing_in, item.value)] if sides[0] not in told else sides
        if not all(side in told for side in sides):
            kept.append(item)
            told.update(sides)
    return kept


def _pairs(articles: Sequence[Read]) -> Iterator[tuple[Read, Read]]:
    for one, other in combinations(articles, 2):
        languages = {read.article.lang.partition("-")[0] for read in (one, other)}
        # Of other languages the words for numbers are not known: 35 billion would be 35.
        if (
            len(languages) == 2
            and languages <= UNITS.keys()
            and max(len(one.figures), len(other.figures)) <= MOST_FIGURES
        ):
            yield one, other


def _compared(one: Read, other: Read) -> Iterator[Disagreement]:
    whole = min(len(one.text), len(other.text)) >= _COMPLETE * max(len(one.text), len(other.text), 1)
    for kind in (FigureKind.NUMBER, FigureKind.DATE):
        left = _apart(kind, one, other)
        right = _apart(kind, other, one)
        pairs = _paired(left, right, one, other)
        # A number that stands in several places and is wrong in one of them has fellows all the same.
        alone = [a for a in left if all(a is not pair[0] for pair in pairs)]
        if alone:
            pairs += _paired(alone, _far_from_fellows(kind, other, one), one, other)
        alone = [b for b in right if all(b is not pair[1] for pair in pairs)]
        if alone:
            pairs += _paired(_far_from_fellows(kind, one, other), alone, one, other)
        for a, b in pairs:
            left, right = [x for x in left if x is not a], [x for x in right if x is not b]
            yield _two(a, b, one, other)
        # A day may be told as yesterday or Monday: only numbers are missed.
        if whole and kind is FigureKind.NUMBER:
            yield from (_lacking(figure, one, other) for figure in left)
            yield from (_lacking(figure, other, one) for figure in right)
    for a, b in names_apart(one.figures, other.figures, _distance(one, other), NEAR):
        yield _two(a, b, one, other)


def _apart(kind: FigureKind, one: Read, other: Read) -> list[Figure]:
    """The figures of a kind that the other text lacks; each value once, where it stands first."""
    own = [figure for figure in one.figures if figure.kind is kind]
    fellows = [figure for figure in other.figures if figure.kind is not FigureKind.NAME]
    seen: set[object] = set()
    found = []
    for figure in without_fellow(own, fellows):
        value = (figure.numbers, figure.days)
        if value not in seen:
            seen.add(value)
            found.append(figure)
    return found


def _far_from_fellows(kind: FigureKind, one: Read, other: Read) -> list[Figure]:
    """The firm figures of a kind whose fellows in the other text all stand elsewhere."""
    return [
        figure
        for figure in one.figures
        if figure.kind is kind
        and figure.firm
        and not any(
            abs(_place(figure, one) - _place(fellow, other)) <= _FAR and agree(figure, fellow)
            for fellow in other.figures
        )
    ]


def _paired(
    left: Sequence[Figure], right: Sequence[Figure], one: Read, other: Read
) -> list[tuple[Figure, Figure]]:
    """Figures in the same place of the two texts, the nearest first, each at most once."""
    near = []
    for a in left:
        for b in right:
            distance = abs(_place(a, one) - _place(b, other))
            if distance <= NEAR:
                near.append((distance, a.start, b.start, a, b))
    near.sort(key=lambda item: item[:3])
    taken: set[int] = set()
    pairs = []
    for _, _, _, a, b in near:
        if id(a) not in taken and id(b) not in taken:
            taken |= {id(a), id(b)}
            pairs.append((a, b))
    return pairs


def _distance(one: Read, other: Read) -> Distance:
    return lambda a, b: abs(_place(a, one) - _place(b, other))


def _place(figure: Figure, read: Read) -> float:
    """Where a figure stands in its text, from 0 to 1."""
    return figure.start / max(1, len(read.text))


def _two(a: Figure, b: Figure, one: Read, other: Read) -> Disagreement:
    weight = TELLING[a.kind] * (_SLIP if _is_slip(a, b) else 1.0)
    return Disagreement(a.kind, _side(a, one), _side(b, other), "", frozenset(), weight)


def _is_slip(one: Figure, other: Figure) -> bool:
    """Whether the two differ as a slip of a hand would have it."""
    if one.kind is not FigureKind.NUMBER:
        return one.kind is FigureKind.DATE
    digits, others = (
        [format(value.normalize(), "f").replace(".", "") for value in figure.numbers]
        for figure in (one, other)
    )
    return any(
        sorted(x) == sorted(y) or x.rstrip("0") == y.rstrip("0") or _one_apart(x, y)
        for x in digits
        for y in others
    )


def _one_apart(one: str, other: str) -> bool:
    return len(one) == len(other) > 1 and sum(a != b for a, b in zip(one, other, strict=True)) == 1


def _lacking(figure: Figure, one: Read, other: Read) -> Disagreement:
    return Disagreement(
        figure.kind, _side(figure, one), None, other.article.id, figure.numbers, TELLING[figure.kind] / 4
    )


def _side(figure: Figure, read: Read) -> Side:
    text = read.text
    begin, end = _sentence(figure, read)
    cut_before, cut_after = figure.start - begin > _AROUND, end - figure.end > _AROUND
    if cut_before:
        begin = text.find(" ", figure.start - _AROUND, figure.start) + 1 or figure.start
    if cut_after:
        end = max(text.rfind(" ", figure.end, figure.end + _AROUND), figure.end)
    mark = Span(figure.start - begin, figure.end - begin)
    sentence = Snippet(text[begin:end], (mark,), cut_before, cut_after)
    written = text[figure.start : figure.end]
    return Side(read.article.id, read.article.lang, written, sentence, figure.start, figure.end)


def _sentence(figure: Figure, read: Read) -> tuple[int, int]:
    """Start and end of the sentence around a figure, inside its paragraph."""
    first = max(start for start in read.parts if start <= figure.start)
    last = next((start - 1 for start in read.parts if start > figure.start), len(read.text))
    begin = max((m.end() for m in _SENTENCE.finditer(read.text, first, figure.start)), default=first)
    behind = _SENTENCE.search(read.text, figure.end, last)
    return begin, behind.start() + 1 if behind else last
