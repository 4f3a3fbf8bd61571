"""Dates of a text as the press of its language writes them, as `Figure`s.

Vietnamese: ngày 5 tháng 10 năm 2025, 5/10/2025, (5/10), tháng 10/2025. Arabic: 5 أكتوبر 2025, and by both
names of the month: 5 تشرين الأول/أكتوبر. English: 5 October 2025, October 5, 2025.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache

from .figure_words import MONTHS, plain_letters
from .figures import Day, Figure, FigureKind

_NUMERIC = re.compile(r"(?<![\d/.-])(\d{1,2})([/.-])(\d{1,2})\2(\d{4})(?!\d)")
_MONTH_YEAR = re.compile(r"(?<![\d/])(\d{1,2})/(\d{4})(?!\d)")
_DAY_MONTH = re.compile(r"(?<![\d/])(\d{1,2})/(\d{1,2})(?![\d/])")
_VIETNAMESE = re.compile(
    r"(?:ngày|mùng|mồng|hôm|sáng|trưa|chiều|tối|đêm)(?: (?:ngày|mùng|mồng))?\s+(\d{1,2})\s+tháng\s+(\d{1,2})"
    r"(?:,?\s+(?:năm\s+)?(\d{4}))?(?!\d)|(?<!\d)(\d{1,2})\s+tháng\s+(\d{1,2}),?\s+(?:năm\s+)?(\d{4})(?!\d)",
    re.IGNORECASE,
)
_VIETNAMESE_MONTH = re.compile(r"tháng\s+(\d{1,2})(?:\s*/\s*|,?\s+năm\s+|\s+)?(\d{4})?(?!\d)", re.IGNORECASE)
_DAY_WORD = re.compile(
    r"(?:ngày|hôm|sáng|trưa|chiều|tối|đêm|mùng|nay|qua|hai|ba|tư|năm|sáu|bảy|nhật|và|đến|từ|\(|,|-)\s*\(?\s*\Z",
    re.IGNORECASE,
)
_YEARS = range(1800, 2200)
_MONTH_FIRST = frozenset({"en"})
"""Languages whose press also writes the month first."""


def dates_in(text: str, language: str) -> list[Figure]:
    """The dates of a text with plain digits, in order; none inside another."""
    found: list[Figure] = []
    taken = bytearray(len(text))
    for figure in _candidates(text, language):
        if not any(taken[figure.start : figure.end]):
            taken[figure.start : figure.end] = b"\1" * (figure.end - figure.start)
            found.append(figure)
    return sorted(found, key=lambda figure: figure.start)


def _candidates(text: str, language: str) -> Iterator[Figure]:
    for match in _NUMERIC.finditer(text):
        yield from _figure(match, _orders(match[1], match[3], match[4], language))
    if language == "vi":
        for match in _VIETNAMESE.finditer(text):
            day, month, year = match.group(1, 2, 3) if match[1] else match.group(4, 5, 6)
            yield from _figure(match, [(int(day), int(month), int(year or 0))])
        for match in _VIETNAMESE_MONTH.finditer(text):
            yield from _figure(match, [(0, int(match[1]), int(match[2] or 0))], firm=bool(match[2]))
    elif language in MONTHS:
        yield from _by_name(text, language)
    for match in _MONTH_YEAR.finditer(text):
        yield from _figure(match, [(0, int(match[1]), int(match[2]))], firm=False)
    for match in _DAY_MONTH.finditer(text):
        sure = language == "vi" and bool(_DAY_WORD.search(text[max(0, match.start() - 8) : match.start()]))
        yield from _figure(match, _orders(match[1], match[2], "0", language), firm=sure)


def _orders(one: str, other: str, year: str, language: str) -> list[Day]:
    orders = [(int(one), int(other), int(year))]
    if language in _MONTH_FIRST:
        orders.append((int(other), int(one), int(year)))
    return orders


def _figure(match: re.Match[str], days: list[Day], *, firm: bool = True) -> Iterator[Figure]:
    possible = frozenset(day for day in days if _is_day(day))
    if possible:
        numbers = frozenset(
            Decimal(part) for day, month, year in possible for part in (day, month, year) if part
        )
        yield Figure(FigureKind.DATE, *match.span(), numbers, possible, firm=firm)


def _is_day(day: Day) -> bool:
    return day[0] <= 31 and 1 <= day[1] <= 12 and (not day[2] or day[2] in _YEARS)


@lru_cache(maxsize=8)
def _pattern(language: str) -> re.Pattern[str]:
    """Day, month, second name of the month, year; or month, day, year; or month and year; or a month."""
    names = "|".join(sorted((re.escape(name) for name in MONTHS[language]), key=len, reverse=True))
    month = rf"(?:{names})(?!\w)\.?"
    year = r"(\d{4})(?!\d)"
    if language == "ar":
        second = rf"(?:\s*[/(-]\s*(?:{month})\s*\)?)?"
        of = r"\s+(?:من\s+)?(?:شهر\s+)?"
        return re.compile(
            rf"(?<!\d)(\d{{1,2}}){of}({month}){second}(?:\s*[,،]?\s*(?:(?:من\s+)?(?:عام|سنه|العام)\s+)?{year})?"
            rf"|(?<!\w)(?:ال|ب|ل|و|في )?({month}){second}\s*[,،]?\s*(?:(?:من\s+)?(?:عام|سنه|العام)\s+)?{year}"
        )
    ordinal = r"(?:st|nd|rd|th|er)?"
    day_first = rf"(?<![\d.,])(\d{{1,2}}){ordinal}\s+(?:of\s+)?({month})(?:,?\s+{year})?"
    month_first = rf"(?<!\w)({month})\s+(\d{{1,2}}){ordinal}(?![\d%])(?![.,:]\d)(?:,?\s+{year})?"
    return re.compile(rf"{day_first}|{month_first}|(?<!\w)({month}),?\s+{year}", re.IGNORECASE)


def _by_name(text: str, language: str) -> Iterator[Figure]:
    months = MONTHS[language]
    # Hamza is one letter for another; vowel signs and lengthening are rare in a date and left alone.
    read = plain_letters(text) if language == "ar" else text

    def month(name: str) -> int:
        return months[" ".join(name.lower().rstrip(".").split())]

    for match in _pattern(language).finditer(read):
        groups = match.groups()
        if groups[0]:
            day = (int(groups[0]), month(groups[1]), int(groups[2] or 0))
        elif language == "ar":
            day = (0, month(groups[3]), int(groups[4]))
        elif groups[3]:
            day = (int(groups[4]), month(groups[3]), int(groups[5] or 0))
        else:
            day = (0, month(groups[6]), int(groups[7]))
        yield from _figure(match, [day])
