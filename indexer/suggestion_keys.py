"""The keys that completions are found by: the same for an entry and for what is being typed."""

from __future__ import annotations

from analyzers import Analyzer
from analyzers.other_languages import unmarked_latin
from analyzers.vietnamese import unaccented

_UNSPACED = frozenset({"ja", "km", "lo", "my", "th", "zh"})
"""Written without blanks between words."""
_ARTICLE = "\N{ARABIC LETTER ALEF}\N{ARABIC LETTER LAM}"
_JOINED = tuple(
    letter + _ARTICLE
    for letter in (
        "\N{ARABIC LETTER WAW}",
        "\N{ARABIC LETTER FEH}",
        "\N{ARABIC LETTER BEH}",
        "\N{ARABIC LETTER KAF}",
    )
)
_SHORTEST_REST = 2
"""Letters that a listed word keeps without its article."""


def joiner(language: str) -> str:
    """What stands between the words of a key: a blank, or nothing where the script has none."""
    return "" if language in _UNSPACED else " "


def exact_key(analyzer: Analyzer, text: str) -> str:
    """Words after the steps that all fields share: one case, one form, no hamza, no vowel signs."""
    return joiner(analyzer.language).join(word for word, _ in analyzer.normal(text))


def loose_key(language: str, key: str, *, typed: bool = False) -> str:
    """An exact key without accents or, in Arabic, without the article.

    `typed`: the last word may be unfinished, so that one letter behind the article is enough.

    >>> loose_key("vi", "đà nẵng"), loose_key("ar", "وزير الخارجيه")
    ('da nang', 'وزير خارجيه')
    """
    if language == "vi":
        return unaccented(key)
    if language != "ar":
        return " ".join(map(unmarked_latin, key.split(" ")))
    words = key.split(" ")
    last = _without_article(words.pop(), 1 if typed else _SHORTEST_REST)
    return " ".join([*(_without_article(word, _SHORTEST_REST) for word in words), last])


def _without_article(word: str, shortest: int) -> str:
    """Blind, unlike the clitic rule: a key meets only keys made in the same way, after the exact ones."""
    for prefix in (*_JOINED, _ARTICLE):
        if word.startswith(prefix):
            return word[len(prefix) :] if len(word) >= len(prefix) + shortest else word
    return word
