"""An article of the archive -> a `Result` of a list."""

from __future__ import annotations

from collections.abc import Sequence

from analyzers import Analyzer, NameReader
from indexer.articles import Article

from .pages import Result, Snippet
from .snippets import LENGTH, read_words, title_and_passages
from .wanted import Wanted


def result_of(article: Article, score: float, analyzer: Analyzer, wanted: Wanted) -> Result:
    """An article found by a query, with the found words marked."""
    parts = (article.lead, *article.body)
    title, snippets = title_and_passages(article.title, parts, analyzer, wanted)
    return _result(article, score, title, snippets)


def read_ahead(article: Article, analyzer: Analyzer, names: NameReader) -> None:
    """Read the words of an article that may be found soon: those of others are mostly the same."""
    read_words((article.lead, *article.body), analyzer).names(names)


def plain_result(article: Article, score: float) -> Result:
    """An article in a list that no query made: the beginning of its lead."""
    text = article.lead or next(iter(article.body), "")
    cut = len(text) > LENGTH
    # At a blank, not inside a word.
    shown = (text[:LENGTH].rpartition(" ")[0] or text[:LENGTH]) if cut else text
    snippets = (Snippet(shown, (), cut_after=cut),) if shown else ()
    return _result(article, score, Snippet(article.title, ()), snippets)


def _result(article: Article, score: float, title: Snippet, snippets: Sequence[Snippet]) -> Result:
    return Result(
        id=article.id,
        lang=article.lang,
        title=title,
        score=score,
        published_at=article.published_at,
        url=article.url,
        source=article.source,
        section=article.section,
        authors=article.authors,
        snippets=tuple(snippets),
        updated_at=article.updated_at,
    )
