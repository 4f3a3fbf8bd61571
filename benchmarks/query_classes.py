"""Searches of every class, taken from the articles themselves, each with an article that it must find.

Nothing is drawn at random: the same articles give the same searches.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice, pairwise

from analyzers import analyzer_for
from indexer.articles import Article
from indexer.engines.base import Sort
from search_web.core.pages import Filters, SearchInput

# Short vowels are marks inside an Arabic word, not its end.
_WORD = re.compile("(?:[^\\W\\d_][\N{ARABIC FATHATAN}-\N{ARABIC SUKUN}]*){3,}")
CLASSES = (
    "rare word",
    "frequent word",
    "2-3 words",
    "phrase",
    "prefix",
    "filter",
    "facets",
    "sort by date",
)
_CLITICS = frozenset("\N{ARABIC LETTER ALEF}وفبلك")
"""Arabic words that begin so are found with their other forms too, and by the prefix of those."""
EACH = 20
"""Searches of a class."""


@dataclass(frozen=True, slots=True)
class Case:
    """One search and what it must find."""

    search: SearchInput
    article: str
    """Id of an article that matches."""
    at_least: int
    """Articles that hold the word itself, so that fewer hits would be wrong."""


def cases_of(articles: Iterable[Article]) -> Mapping[str, list[Case]]:
    """Class -> searches; half of them Arabic and half Vietnamese where the articles are."""
    pools = defaultdict(list)
    for article in articles:
        pools[article.lang].append(article)
    languages = [lang for lang in ("ar", "vi") if pools[lang]]
    cases: dict[str, list[Case]] = defaultdict(list)
    for lang in languages:
        for name, found in _cases_of_language(pools[lang]).items():
            cases[name] += found[: EACH // len(languages)]
    return cases


def _cases_of_language(articles: list[Article]) -> dict[str, list[Case]]:
    holders = _holders(articles)
    analyzer = analyzer_for(articles[0].lang)
    # Rare in all its forms: the analyzer's term, not only the word as it is written here.
    spread_of = Counter(term for article in articles for term in set(analyzer.terms(article.text)))
    rare = [
        (word, ids)
        for word, ids in sorted(holders.items())
        if _plain(word) and all(2 <= spread_of[term] <= 4 for term in analyzer.terms(word) or [""])
    ]
    common = sorted(holders.items(), key=lambda item: (-len(item[1]), item[0]))
    # A word of every fourth article is the paper's own name; people search the next ones, and no stop words.
    asked = (item for item in common if len(item[1]) < len(articles) / 4 and analyzer.terms(item[0]))
    frequent = list(islice(asked, EACH))
    titled = [(article, _WORD.findall(article.title)) for article in articles]
    long_enough = [(article, words) for article, words in titled if len(words) >= 5]
    # From everywhere in the archive, not from its first days.
    spread = long_enough[:: max(1, len(long_enough) // EACH)]
    lang = articles[0].lang
    return {
        "rare word": [_case(word, ids) for word, ids in islice(rare, 0, None, max(1, len(rare) // EACH))],
        "frequent word": [_case(word, ids) for word, ids in frequent],
        "2-3 words": [
            Case(_asked(" ".join(words[1 : 3 + n % 2])), a.id, 1) for n, (a, words) in enumerate(spread)
        ],
        "phrase": [Case(_asked(f'"{" ".join(pair)}"'), a.id, 1) for a, pair in _adjacent(spread)],
        "prefix": [
            Case(_asked(f"{word[:4]}*"), article.id, 1)
            for article, words in spread
            for word in [max(words, key=len)]
            if _plain(word) and len(word) > 4
        ],
        "filter": [_case(word, ids, filters=Filters(lang=(lang,))) for word, ids in frequent],
        "facets": [_case(word, ids, facets=True) for word, ids in frequent],
        "sort by date": [_case(word, ids, sort=Sort.NEWEST) for word, ids in frequent],
    }


def _plain(word: str) -> bool:
    return len(word) > 3 and word[0] not in _CLITICS


def _holders(articles: list[Article]) -> dict[str, list[str]]:
    """Word as written -> ids of the articles that hold it."""
    holders: dict[str, list[str]] = defaultdict(list)
    for article in articles:
        for word in set(_WORD.findall(unicodedata.normalize("NFC", article.text))):
            holders[word].append(article.id)
    return holders


def _adjacent(titled: list[tuple[Article, list[str]]]) -> list[tuple[Article, tuple[str, str]]]:
    """Two words that stand side by side in the title, with nothing but a blank between."""
    found = []
    for article, words in titled:
        for pair in pairwise(words[1:]):
            if f" {' '.join(pair)} " in article.title:
                found.append((article, pair))
                break
    return found


def _case(word: str, ids: list[str], **options: object) -> Case:
    return Case(_asked(word, **options), ids[0], len(ids))


def _asked(text: str, **options: object) -> SearchInput:
    return SearchInput(text=text, **{"facets": False, **options})  # type: ignore[arg-type]
