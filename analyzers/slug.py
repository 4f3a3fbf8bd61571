"""The slug bridge: what the last part of an article's address says about the story.

Addresses of a Vietnamese archive carry the Vietnamese headline without accents, the same in every language
edition: `/ar/diem-hen-lich-su-dien-bien-phu-post123456.html` is in Arabic, its slug is not. Such a slug is
a searchable headline and the name of the group of translations.
"""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import unquote, urlsplit

from .vietnamese_syllables import is_syllable

_LEAST_SYLLABLES = 4
_LEAST_SHARE = 0.8
"""Part of the slug's words that must be syllables; the rest are foreign names and numbers' letters."""

_EXTENSION = re.compile(r"\.(?:html?|aspx?|php|epi|amp|vnp|chn|ldo)\Z", re.IGNORECASE)
_NUMBER_TAIL = re.compile(
    r"(?:[-_.]+(?:(?:post|news|art|article|d|i|id|c)-?\d{4,}|\d{5,})\.?)+\Z", re.IGNORECASE
)
"""Identifiers that content systems add: `-post123456`, `-d98765`, `.4567890`; a bare year stays."""


@lru_cache(maxsize=1 << 12)
def slug_group(url: str) -> str:
    """The slug of a Vietnamese headline, equal for all translations of a story; "" if there is none.

    >>> slug_group("https://example.org/ar/diem-hen-lich-su-dien-bien-phu-post1234567.html")
    'diem-hen-lich-su-dien-bien-phu'
    >>> slug_group("https://example.org/en/the-meeting-of-the-council")
    ''
    """
    words = _slug_words(url)
    letters = [word for word in words if not word.isdigit()]
    if len(letters) < _LEAST_SYLLABLES:
        return ""
    syllables = sum(map(is_syllable, letters))
    if syllables < _LEAST_SYLLABLES or syllables < _LEAST_SHARE * len(letters):
        return ""
    return "-".join(words)


def slug_title(url: str) -> str:
    """The unaccented Vietnamese headline in an address, words parted by blanks; "" if there is none."""
    return slug_group(url).replace("-", " ")


def _slug_words(url: str) -> list[str]:
    try:
        path = urlsplit(url).path
    except ValueError:
        return []
    # `/headline/12163347.epi`: the headline is the last part that is not only a number.
    named = (_NUMBER_TAIL.sub("", _EXTENSION.sub("", part)) for part in reversed(path.split("/")))
    last = unquote(next((part for part in named if part and not part.isdigit()), "")).lower()
    return [word for word in re.split(r"[-_+\s]+", last) if word]
