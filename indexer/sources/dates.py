"""Dates as publishers write them. A date with numbers alone is read day first: `26/10/2025`."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

_TIME = r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2}))?"
_DAY_FIRST = r"(?P<day>\d{1,2})\s*[/.\-]\s*(?P<month>\d{1,2})\s*[/.\-]\s*(?P<year>\d{4})"
_YEAR_FIRST = r"(?P<year>\d{4})\s*[/.]\s*(?P<month>\d{1,2})\s*[/.]\s*(?P<day>\d{1,2})"
_ZONE = r"(?:\s*\(?\s*(?:GMT|UTC|Z)?\s*(?P<zone>[+-]\d{1,2}(?::?\d{2})?)?\s*\)?)"
_SEPARATOR = r"[\s,;|\-–·]*"
# The weekday or a word such as "Published:" may stand before, in any language.
_NUMERIC = tuple(
    re.compile(rf"\D{{0,40}}?{pattern}\Z", re.IGNORECASE)
    for day in (_DAY_FIRST, _YEAR_FIRST)
    for pattern in (rf"{day}(?:{_SEPARATOR}{_TIME}{_ZONE})?", rf"{_TIME}{_ZONE}{_SEPARATOR}{day}")
)
_LONGEST = 100
_EPOCH = re.compile(r"-?\d{9,13}(?:\.\d+)?\Z")
_MILLISECONDS_FROM = 100_000_000_000
"""Seconds above this are in the year 5138; a larger number counts milliseconds."""
_NO_YEAR = re.compile(r"0000|\d{1,2}[/.\-]\d{1,2}[/.\-]0000")


def parse_date(value: object) -> datetime | None:
    """The moment that a publisher's date means; `None` for no date.

    Reads ISO 8601, `26/10/2025` and `15:30 26/10/2025` (day first, unless the second number is over 12),
    `2025-10-26 15:30`, RFC 2822 and seconds or milliseconds since 1970. Without a time it is midnight,
    without a zone it is UTC. Raises `ValueError` with the reason.

    >>> parse_date("26/10/2025")
    datetime.datetime(2025, 10, 26, 0, 0, tzinfo=datetime.timezone.utc)
    """
    if value is None or isinstance(value, datetime):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _from_epoch(value)
    if not isinstance(value, str):
        raise ValueError(f"must be text or a number, got {type(value).__name__}")  # noqa: TRY004 - as every bad value
    text = _ascii_digits(" ".join(value.split()))
    return _from_text(text) if text else None


def _from_text(text: str) -> datetime:
    if len(text) > _LONGEST:
        raise ValueError(f"{text[:60]!r}... is not a date: it has {len(text)} characters")
    if _NO_YEAR.match(text):
        raise ValueError(f"{text[:60]!r} has the year 0, which is in no calendar; give the real date or none")
    if _EPOCH.match(text):
        return _from_epoch(float(text))
    for read in (_iso, _numeric, _rfc_2822):
        moment = read(text)
        if moment is not None:
            return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    raise ValueError(f"{text[:60]!r} is not a date; write it as 2025-10-26T15:30:00+07:00")


def _from_epoch(value: float) -> datetime:
    seconds = value / 1000 if abs(value) >= _MILLISECONDS_FROM else value
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, OSError, ValueError):
        raise ValueError(f"{value!r} seconds since 1970 is outside the calendar") from None


def _iso(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(re.sub(r"\s?(?:UTC|GMT)\Z|\s(?=[+-]\d{2}:?\d{2}\Z)", "", text))
    except ValueError:
        return None


def _numeric(text: str) -> datetime | None:
    for pattern in _NUMERIC:
        if found := pattern.match(text):
            parts = {name: int(found[name] or 0) for name in ("year", "month", "day", "hour", "minute")}
            if parts["month"] > 12 >= parts["day"]:
                parts["month"], parts["day"] = parts["day"], parts["month"]
            try:
                return datetime(**parts, second=int(found["second"] or 0), tzinfo=_zone(found["zone"]))
            except ValueError as error:
                raise ValueError(f"{text[:60]!r} is not a date: {error}") from None
    return None


def _zone(text: str | None) -> timezone:
    if not text:
        return UTC
    digits = text[1:].replace(":", "")
    hours, minutes = (int(digits), 0) if len(digits) <= 2 else (int(digits[:-2]), int(digits[-2:]))
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(-offset if text.startswith("-") else offset)


def _rfc_2822(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        return None


def _ascii_digits(text: str) -> str:
    if text.isascii():
        return text
    return "".join(str(int(c)) if c.isdecimal() else c for c in text)
