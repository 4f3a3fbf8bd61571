"""What a reader may have looked for who has the id of an article that is not there."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import unquote

from analyzers.name_alignment import bare_name

from .pages import Result

_NUMBERS = re.compile(r"(?:post|news|art|article|d|id)?-?\d{4,}\Z", re.IGNORECASE)
_EXTENSION = re.compile(r"\.(?:html?|aspx?|php|epi|amp)\Z", re.IGNORECASE)
_SEPARATORS = re.compile(r"[-_+\s.]+")
_LEAST_WORDS = 2
_MOST_WORDS = 20
_LEAST_SHARE = 2 / 3
"""Part of the words that an article must have in its title or address to be what was looked for."""


def words_of_id(article_id: str) -> str:
    """The words of a headline in an id, parted by blanks; "" where the id is a number or a single name.

    >>> words_of_id("https://example.org/vi/cau-di-bo-moi-post123456.html"), words_of_id("12345")
    ('cau di bo moi', '')
    """
    last = next((part for part in reversed(unquote(article_id).split("/")) if part), "")
    last = _NUMBERS.sub("", _EXTENSION.sub("", last))
    words = [word for word in _SEPARATORS.split(last) if word and not word.isdigit()]
    # A hash or a code is no headline.
    if len(words) < _LEAST_WORDS or not all(map(str.isalpha, words[:_LEAST_WORDS])):
        return ""
    return " ".join(words[:_MOST_WORDS])


def likely(words: str, results: Iterable[Result]) -> tuple[Result, ...]:
    """Those of the results that may be the article: their titles or addresses have most of the words."""
    wanted = _letters(words)
    return tuple(
        result
        for result in results
        if len(wanted & (_letters(result.title.text) | _letters(words_of_id(result.url))))
        >= _LEAST_SHARE * len(wanted)
    )


def _letters(text: str) -> frozenset[str]:
    """The words in small letters without marks: addresses are written so."""
    return frozenset(re.findall(r"\w+", bare_name(text)))
