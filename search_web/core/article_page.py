"""What belongs to an article on its page: its neighbours, what a search found in it, how long it is."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import accumulate

from analyzers import Analyzer
from indexer.articles import Article
from indexer.engines.base import SearchEngine, SearchRequest, Sort
from indexer.engines.query import And, AnyOf, Query

from .pages import MarkedArticle, Result, Snippet
from .results import plain_result
from .snippets import marks_within
from .text_words import TextWords
from .wanted import Found, Wanted, find_wanted, look, settled

NEIGHBOURS = 5
"""Articles of the same section, and of the same authors."""
MOST_MARKED = 200_000
"""Code points of an article in which words are marked, as far as passages are looked for."""

_CHARACTERS_A_MINUTE = {"ar": 600, "fa": 600, "ur": 600, "he": 600, "zh": 300, "ja": 350}
_USUAL_CHARACTERS_A_MINUTE = 900
"""Scripts without vowels and with words as signs say more a letter. Rounded from the International Reading
Speed Texts (Trauzettel-Klosinski and Dietz 2012, doi:10.1167/iovs.11-8284): 863 on average of all."""

Articles = Callable[[Sequence[str]], Mapping[str, Article]]
"""Those of the articles that the archive has, by id."""


def neighbours(
    article: Article, engine: SearchEngine, articles: Articles, shown: Collection[str] = ()
) -> tuple[tuple[Result, ...], tuple[Result, ...]]:
    """The newest other articles of the section in the article's language, and those of its authors.

    No article stands in both, or in either of them if it is in `shown`.
    """
    left_out = {article.id, *shown}
    by_author: tuple[Result, ...] = ()
    in_section: tuple[Result, ...] = ()
    if article.authors:
        wanted = AnyOf("author", tuple(dict.fromkeys(map(_composed, article.authors))))
        by_author = _newest(wanted, engine, articles, left_out)
        left_out |= {result.id for result in by_author}
    if article.section:
        lang = article.lang.partition("-")[0].lower()
        section = And((AnyOf("section", (_composed(article.section),)), AnyOf("lang", (lang,))))
        in_section = _newest(section, engine, articles, left_out)
    return in_section, by_author


def marked_article(article: Article, analyzer: Analyzer, wanted: Wanted, searched: str) -> MarkedArticle:
    """Title, lead and paragraphs with the words that a query found, by the rules of its results.

    `searched` is the query whose words these are. Marks end with the last whole word of `MOST_MARKED`.
    """
    parts = (article.lead, *article.body)
    text = _beginning("\n".join(parts))
    head, rest = look(TextWords(article.title, analyzer), wanted), look(TextWords(text, analyzer), wanted)
    best = settled(wanted, (head, rest))
    title = Snippet(
        article.title, marks_within(article.title, 0, len(article.title), find_wanted(head, best))
    )
    lead, *body = _distributed(parts, text, find_wanted(rest, best))
    return MarkedArticle(searched, title, lead, tuple(body))


def reading_minutes(article: Article) -> int:
    """About how long it takes to read an article, in whole minutes, at least one."""
    language = article.lang.partition("-")[0]
    letters = len(article.title) + len(article.lead) + sum(map(len, article.body))
    return max(1, round(letters / _CHARACTERS_A_MINUTE.get(language, _USUAL_CHARACTERS_A_MINUTE)))


def _newest(
    wanted: Query, engine: SearchEngine, articles: Articles, left_out: Collection[str]
) -> tuple[Result, ...]:
    request = SearchRequest(wanted, limit=NEIGHBOURS + len(left_out), sort=Sort.NEWEST, exact_total=False)
    ids = [hit.id for hit in engine.search(request).hits if hit.id not in left_out]
    found = articles(ids[:NEIGHBOURS])
    return tuple(plain_result(found[article_id], 0.0) for article_id in ids if article_id in found)


def _composed(value: str) -> str:
    """As the columns of the index have it."""
    return unicodedata.normalize("NFC", value)


def _beginning(text: str) -> str:
    """At most `MOST_MARKED` code points; no word is cut in two, unless it alone is longer."""
    if len(text) <= MOST_MARKED or text[MOST_MARKED].isspace():
        return text[:MOST_MARKED]
    cut = text[:MOST_MARKED]
    return cut[: -len(cut.split()[-1])] or cut if not cut[-1].isspace() else cut


def _distributed(parts: Sequence[str], text: str, found: Sequence[Found]) -> list[Snippet]:
    """The marks of a text, which is the parts line by line or its beginning, part by part."""
    starts = accumulate((len(part) + 1 for part in parts), initial=0)
    snippets: list[Snippet] = []
    at = 0
    for part, start in zip(parts, starts, strict=False):
        first = at
        while at < len(found) and found[at].start < start + len(part):
            at += 1
        snippets.append(Snippet(part, marks_within(text, start, start + len(part), found[first:at])))
    return snippets
