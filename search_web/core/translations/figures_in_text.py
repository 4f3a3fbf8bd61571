"""Numbers and dates of a text, in the digits, words and orders of its language.

What cannot be compared between languages is found too, but not firm: numbers in words, parts of names
(`A320`, `5G`), times of day, decades. One of these may be the fellow of a firm figure, never itself a fault.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from .dates_in_text import dates_in
from .figure_words import SCALES, plain
from .figures import Figure, FigureKind
from .number_words import word_numbers

_MARK = "\N{ARABIC TATWEEL}\N{ARABIC FATHATAN}-\N{ARABIC SUKUN}"
_TOKEN = re.compile(
    rf"(?P<number>\d+(?:[.,'\N{{NO-BREAK SPACE}}\N{{NARROW NO-BREAK SPACE}}]\d+)*)"
    rf"|(?P<word>[^\W\d_](?:[^\W\d_]|[{_MARK}])*)"
)
_SPACED = re.compile(r"(?<![\d.,])\d{1,3}(?: \d{3})+(?![\d.,]*\d)")
_ADDRESS = re.compile(r"https?://\S+|www\.\S+|\S{1,100}@\S{1,200}\.\S{1,200}|#\w+")
_ENDLESS = re.compile(r"[\d.,'/:-]{100,}")
"""No number: reading it would take time with the square of its length."""
_CLOCK = re.compile(
    r"\b\d{1,2} ?(?:[:h]|giờ) ?\d{2}\b(?! ?(?:%|triệu|tỷ))"
    r"|\b\d{1,2}(?:[.:]\d{2})? ?(?:[ap]\.?m\b|giờ\b(?! tới)|h\b|o.clock)"
    r"|(?:الساعه|الساعة) \d{1,2}(?:[:.]\d{2})?",
    re.IGNORECASE,
)
_MONEY = re.compile(r"[$£€¥] ?\Z")
_SHORT_SCALE = re.compile(r"(k|m|bn|b|tn)\b", re.IGNORECASE)
_SHORT: Mapping[str, int] = {"k": 10**3, "m": 10**6, "b": 10**9, "bn": 10**9, "tn": 10**12}
"""Scales of English head-lines, of money alone: £125m."""
_DIGITS = re.compile(r"\d+")
_ORDINAL = re.compile(r"(?:st|nd|rd|th|s|er|e|ème)\b", re.IGNORECASE)
_UNIT = re.compile(r"(?:km|kg|m|cm|mm|ha|mph|ph|bn|g|l|tr|MW|GW|kW|MB|GB)(?:[²³/]|\b)")
"""Letters behind a number that leave it one; `5G` is a name."""
_BEFORE_WEAK = re.compile(
    r"(?:thứ|thế kỷ|thế kỉ|thập niên|thập kỷ|những năm|ngày|mùng|mồng|lúc|rằm|quý|hạng|khóa|khoá|lần|tuần"
    r"|century|القرن|اليوم|يوم)\s*\Z",
    re.IGNORECASE,
)
_BEHIND_SCALE = re.compile(r"[\s\N{NO-BREAK SPACE}]*-?[\s\N{NO-BREAK SPACE}]*")
_JOINED = re.compile(r"[\s\N{NO-BREAK SPACE}]*(?:و|and)?[\s\N{NO-BREAK SPACE}]*\Z")
_NEVER = frozenset(map(Decimal, (0, 1, 2)))
"""Arabic says two by the form of the word, and one is an article in most languages."""


@dataclass(frozen=True, slots=True)
class _Read:
    """A number where it stands, before it is joined with its neighbours."""

    start: int
    end: int
    values: frozenset[Decimal]
    scale: int
    firm: bool


def figures_in(text: str, lang: str) -> list[Figure]:
    """The figures of a text of a language, in order. `text` is in NFC; offsets are its code points."""
    language = lang.partition("-")[0]
    folded = _folded(text)
    masked = _ADDRESS.sub(_blank, _ENDLESS.sub(_blank, folded))
    dates = dates_in(masked, language)
    found = list(dates)
    letters = list(masked)
    for date in dates:
        letters[date.start : date.end] = " " * (date.end - date.start)
    masked = "".join(letters)
    for clock in _CLOCK.finditer(masked):
        numbers = frozenset(map(Decimal, _DIGITS.findall(clock[0])))
        found.append(Figure(FigureKind.NUMBER, *clock.span(), numbers, firm=False))
    masked = _CLOCK.sub(_blank, masked)
    found += _joined(list(_numbers(masked, language)), masked, language)
    found += [
        Figure(FigureKind.NUMBER, start, end, frozenset({Decimal(value)}), firm=False)
        for start, end, value in word_numbers(masked, language)
    ]
    return sorted(found, key=lambda figure: (figure.start, figure.end))


def composed(text: str) -> str:
    """The text as `figures_in` wants it."""
    return unicodedata.normalize("NFC", text)


def _folded(text: str) -> str:
    """The same code points with plain digits and separators."""
    if text.isascii():
        return text
    return "".join(
        letter
        if letter.isascii()
        else str(unicodedata.digit(letter))
        if letter.isdecimal()
        else _SIGNS.get(letter, letter)
        for letter in text
    )


_SIGNS: Mapping[str, str] = {
    "\N{ARABIC DECIMAL SEPARATOR}": ".",
    "\N{ARABIC THOUSANDS SEPARATOR}": ",",
    "\N{ARABIC PERCENT SIGN}": "%",
    "\N{RIGHT SINGLE QUOTATION MARK}": "'",
    "\N{EN DASH}": "-",
    "\N{EM DASH}": "-",
    "\N{NON-BREAKING HYPHEN}": "-",
    "\N{MINUS SIGN}": "-",
}


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _numbers(text: str, language: str) -> Iterator[_Read]:
    scales = SCALES.get(language, {})
    spaced = {m.start(): m.end() for m in _SPACED.finditer(text)} if language in ("fr", "vi", "ar") else {}
    past = 0
    for token in _TOKEN.finditer(text):
        start, end = token.span()
        if token["number"] is None or start < past:
            continue
        literal = token["number"]
        values = number_values(literal)
        if start in spaced and spaced[start] > end:
            end = spaced[start]
            values |= {Decimal(text[start:end].replace(" ", ""))}
        past = end
        firm = bool(values) and _is_firm(text, start, end)
        if not values:
            values = frozenset(map(Decimal, _DIGITS.findall(literal)))
        scale, end = _scale(text, end, scales, language)
        if (short := _SHORT_SCALE.match(text, end)) and _MONEY.search(text, max(0, start - 2), start):
            scale, end = _SHORT[short[1].lower()], short.end()
        yield _Read(start, end, frozenset(value * scale for value in values), scale, firm)


def number_values(literal: str) -> frozenset[Decimal]:
    """What digits with separators may say; nothing for `1.2.3`, which is no number.

    >>> sorted(map(str, number_values("1.234"))), sorted(map(str, number_values("1.234,5")))
    (['1.234', '1234'], ['1234.5'])
    """
    signs = [letter for letter in literal if not letter.isdecimal()]
    if not signs:
        return frozenset({Decimal(literal)})
    groups = re.split(r"\D", literal)
    found: set[Decimal] = set()
    if len(set(signs)) == 1:
        thousands = len(groups[0]) <= 3 and groups[0] != "0" and all(len(group) == 3 for group in groups[1:])
        if thousands:
            found.add(Decimal("".join(groups)))
        if len(groups) == 2 and signs[0] in ".,":
            found.add(Decimal(".".join(groups)))
    elif signs[-1] in ".," and len(set(signs[:-1])) == 1 and all(len(group) == 3 for group in groups[1:-1]):
        found.add(Decimal(f"{''.join(groups[:-1])}.{groups[-1]}"))
    return frozenset(value.normalize() for value in found)


def _is_firm(text: str, start: int, end: int) -> bool:
    before, behind = text[max(0, start - 12) : start], text[end : end + 4]
    if re.search(r"[A-Za-zĐđ]-?\Z", before) or re.search(r"\d[-/]\Z", before) or _BEFORE_WEAK.search(before):
        return False
    if re.match(r"[A-Za-z]", behind):
        return bool(_UNIT.match(behind)) and not _ORDINAL.match(behind)
    return not re.match(r"-[A-Za-z]", behind) or bool(
        re.match(r"-(?:ye|da|mi|po|pe|km|me|fo|mo|ho|st)", behind)
    )


def _scale(text: str, end: int, scales: Mapping[str, int], language: str) -> tuple[int, int]:
    """The scale words behind a number multiplied, `nghìn tỷ` too, and where they end."""
    factor = 1
    while gap := _BEHIND_SCALE.match(text, end):
        word = _TOKEN.match(text, gap.end())
        if not word or word["word"] is None:
            break
        written = plain(word["word"]) if language == "ar" else word["word"].lower()
        scale = scales.get(written)
        if scale is None or (factor > 1 and scale < 1_000_000):
            break
        factor, end = factor * scale, word.end()
    return factor, end


def _joined(reads: list[_Read], text: str, language: str) -> Iterator[Figure]:
    """Each number; of `1 tỷ 200 triệu` the sum is firm and its parts are not."""
    at = 0
    while at < len(reads):
        last = at + 1
        if language in ("vi", "ar"):
            while (
                last < len(reads)
                and reads[last - 1].scale > max(reads[last].scale, 100)
                and _JOINED.match(text[reads[last - 1].end : reads[last].start])
                and max(reads[last].values) < reads[last - 1].scale
            ):
                last += 1
        parts = reads[at:last]
        if len(parts) > 1:
            total = sum((max(part.values) for part in parts), Decimal(0))
            yield Figure(FigureKind.NUMBER, parts[0].start, parts[-1].end, frozenset({total}))
        for part in parts:
            firm = part.firm and len(parts) == 1 and part.values.isdisjoint(_NEVER)
            yield Figure(FigureKind.NUMBER, part.start, part.end, part.values, firm=firm)
        at = last
