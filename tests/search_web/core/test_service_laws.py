"""The law of the service: every text is a search, and what it answers can be shown."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.articles import Article
from indexer.engines.base import Sort
from search_web.core.json_shape import plain, result_page_json
from search_web.core.pages import Filters, NoticeKind, SearchInput
from search_web.core.service import SearchService

from .small_library import ARTICLES, library_of

SERVICE = SearchService(library_of(ARTICLES))
_PIECES = [
    *["rice", "Hà Nội", "ha noi", "وَزِير", "والوزير", "北京", "😀", "e\u0301", "20", "٢٠", "the", "của", "في"],
    *['"', "(", ")", "-", "*", ":", "..", " ", "\n", " OR ", " AND ", " NOT ", "\u202e", "\u200f", "\x00"],
    *["title:", "author:", "section:", "source:", "lang:", "date:", "2025-10", "rice*", "الوزا*", "\ud800"],
]
texts = st.lists(st.sampled_from(_PIECES) | st.text(max_size=5), max_size=25).map("".join)
names = st.lists(
    st.sampled_from(["vi", "ar", "Xã hội", "Lê Uyển Thư", "\ud800"]) | st.text(max_size=5), max_size=2
)


@settings(max_examples=250, deadline=None)
@given(text=texts, lang=names, author=names, sort=st.sampled_from(Sort))
def test_every_text_is_answered(text: str, lang: list[str], author: list[str], sort: Sort) -> None:
    """Marks lie in their texts, no hit comes twice, the answer is JSON, nothing found is said."""
    request = SearchInput(text, Filters(lang=tuple(lang), author=tuple(author)), sort=sort)
    page = SERVICE.search(request)
    ids = [result.id for result in page.results]
    assert len(ids) == len(set(ids)) == min(page.total, 10)
    for result in page.results:
        for snippet in (result.title, *result.snippets):
            ends = [
                0,
                *(place for mark in snippet.marks for place in (mark.start, mark.end)),
                len(snippet.text),
            ]
            assert ends == sorted(ends)
            assert all(mark.start < mark.end for mark in snippet.marks)
    if not page.total:
        assert {notice.kind for notice in page.notices} & {
            NoticeKind.NOTHING_FOUND,
            NoticeKind.ONLY_STOP_WORDS,
        }
    for notice in page.notices:
        if notice.start is not None and notice.end is not None:
            assert 0 <= notice.start <= notice.end <= len(text)
    json.dumps(result_page_json(page))


@settings(max_examples=100, deadline=None)
@given(text=texts, article=st.sampled_from(ARTICLES))
def test_every_text_is_explained(text: str, article: Article) -> None:
    """With the score that the search gives, if the article is among its hits."""
    article_id = article.id
    explanation = SERVICE.explain(text, article_id)
    listed = {r.id: r.score for r in SERVICE.search(SearchInput(text, page_size=100)).results}
    assert explanation.matches is (article_id in listed)
    if article_id in listed:
        assert explanation.score == listed[article_id]
    json.dumps(plain(explanation))
