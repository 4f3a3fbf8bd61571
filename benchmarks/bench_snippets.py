"""How long the snippets of one page take: ten articles, titles marked, two passages of each text."""

from __future__ import annotations

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from analyzers import Analyzer, analyzer_for, build_lexicon
from indexer.articles import Article
from search_web.core.pages import Snippet
from search_web.core.snippets import marked, passages
from search_web.core.wanted import Wanted, WantedWord

PAGE = 10
WORDS = 400
"""Least words of an article."""


def terms_of(article: Article, analyzer: Analyzer) -> tuple[str, ...]:
    """Three terms that the title and the body share: what a query for this article would have."""
    body = set(analyzer.terms("\n".join(article.body)))
    shared = [term for term in analyzer.terms(article.title) if term in body and len(term) > 2]
    return tuple(dict.fromkeys(shared))[:3]


def show(articles: list[Article], analyzer: Analyzer, wanted: list[Wanted]) -> list[tuple[Snippet, ...]]:
    """Title and passages of every article of a page."""
    return [
        (
            marked(article.title, analyzer, looked_for),
            *passages((article.lead, *article.body), analyzer, looked_for),
        )
        for article, looked_for in zip(articles, wanted, strict=True)
    ]


@pytest.mark.parametrize("language", ["ar", "vi"])
def test_snippets(benchmark: BenchmarkFixture, news: list[Article], language: str) -> None:
    """Every mark is one of the words looked for, in the title and in a passage of every article."""
    written = [article for article in news if article.lang == language]
    analyzer = analyzer_for(language, build_lexicon(language, (a.text for a in written[:1000])))
    found = [(article, terms_of(article, analyzer)) for article in written[:1000]]
    long_first = sorted(found, key=lambda pair: len(analyzer.terms(pair[0].text)) < WORDS)
    page = [(article, terms) for article, terms in long_first if len(terms) == 3][:PAGE]
    articles = [article for article, _ in page]
    form = analyzer.fields[0].name
    wanted = [Wanted(tuple(WantedWord(((form, term),)) for term in terms)) for _, terms in page]

    benchmark.group = "snippets"
    shown = benchmark(show, articles, analyzer, wanted)
    assert len(shown) == PAGE
    for (_, terms), (title, *texts) in zip(page, shown, strict=True):
        assert title.marks
        assert any(snippet.marks for snippet in texts)
        for snippet in (title, *texts):
            words = [snippet.text[mark.start : mark.end] for mark in snippet.marks]
            assert {term for word in words for term in analyzer.terms(word)} <= set(terms)
    lengths = [len(analyzer.words(article.text).starts) for article in articles]
    benchmark.extra_info["words_per_article"] = round(sum(lengths) / PAGE)
