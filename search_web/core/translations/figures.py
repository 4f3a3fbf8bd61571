"""Numbers and dates as values that texts of two languages can be compared by."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum


class FigureKind(Enum):
    """What a figure says."""

    NUMBER = "number"
    DATE = "date"
    NAME = "name"


Day = tuple[int, int, int]
"""Day, month and year; 0 where it is not said."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A number, date or name where it stands in a text."""

    kind: FigureKind
    start: int
    """Code points of the text."""
    end: int
    numbers: frozenset[Decimal] = frozenset()
    """What it may be: 1.234 is a thousand and more, or one and a little. Of a date its day and year."""
    days: frozenset[Day] = frozenset()
    """What a date may be: 3/4 is in March or in April."""
    sounds: frozenset[str] = frozenset()
    """Of a name: keys by which it is known in both scripts."""
    spelt: str = ""
    """Of a name in Latin script: without accents, in small letters."""
    firm: bool = True
    """Whether it must have a fellow in a translation; others only may be one: "two" in words, `A320`."""


def agree(one: Figure, other: Figure) -> bool:
    """Whether two figures may say the same."""
    if one.days and other.days:
        return any(_same_day(day, fellow) for day in one.days for fellow in other.days)
    return not one.numbers.isdisjoint(other.numbers)


def _same_day(one: Day, other: Day) -> bool:
    return all(a == b or not a or not b for a, b in zip(one, other, strict=True))


def without_fellow(figures: Iterable[Figure], others: Sequence[Figure]) -> list[Figure]:
    """The firm ones that none of the others agrees with."""
    numbers = frozenset(number for other in others for number in other.numbers)
    dated = [other for other in others if other.days]
    found = []
    for figure in figures:
        if not figure.firm:
            continue
        if figure.kind is FigureKind.DATE:
            if not any(agree(figure, other) for other in dated) and not _told_by_numbers(figure, numbers):
                found.append(figure)
        elif figure.numbers.isdisjoint(numbers):
            found.append(figure)
    return found


def _told_by_numbers(figure: Figure, numbers: frozenset[Decimal]) -> bool:
    """Whether a date of which only the month or year is told stands among numbers: in 2018."""
    return any(not day and Decimal(year) in numbers for day, _, year in figure.days if year)
