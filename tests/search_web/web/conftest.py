"""A service of invented articles for tests of the pages: real dataclasses, no index."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient

from analyzers import Step as AnalysisStep
from indexer.articles import Article, Image
from indexer.engines.base import Sort
from indexer.errors import ArticleNotFound, ArticleRemoved
from search_web.core.explanation import ExplainedWord, Explanation, Place, TermMatch
from search_web.core.export import MOST_EXPORTED, Export, Row
from search_web.core.histogram import axis_of, bars_of
from search_web.core.listing import Listed
from search_web.core.pages import (
    Accents,
    ArticlePage,
    FacetValue,
    Histogram,
    MarkedArticle,
    Notice,
    NoticeKind,
    Reason,
    ReasonKind,
    Related,
    RelatedInput,
    RelatedPage,
    Result,
    ResultPage,
    SearchInput,
    Snippet,
    Span,
)
from search_web.core.suggest import Completion
from search_web.web.app import create_app
from search_web.web.config import WebConfig

ARTICLES: tuple[Article, ...] = (
    Article(
        id="ar-1",
        lang="ar",
        title="جسر جديد فوق نهر هان يفتح أمام المشاة",
        lead="الجسر مخصص للمشاة والدراجات، ويضاء ليلا بألوان الأمواج.",
        body=("قالت إدارة النقل في دا نانغ إن الجسر يختصر الطريق إلى السوق القديمة بعشر دقائق.",) * 3,
        authors=("نديم الكرّام",),
        source="جريدة الأنهار الثلاثة",
        section="مجتمع",
        tags=("جسور", "دا نانغ"),
        published_at=datetime(2025, 10, 26, 8, tzinfo=UTC),
        url="https://example.org/ar/cau-di-bo-moi-bac-qua-song-han",
        source_url="https://example.org/vi/cau-di-bo-moi-bac-qua-song-han",
        images=(Image("https://example.org/a.jpg", "الجسر عند الغروب"),),
    ),
    Article(
        id="vi-1",
        lang="vi",
        title="Cầu đi bộ mới bắc qua sông Hàn mở cửa",
        lead="Cây cầu dành cho người đi bộ và xe đạp, ban đêm sáng màu sóng biển.",
        body=("Sở Giao thông Đà Nẵng cho biết cầu rút ngắn đường tới chợ cũ mười phút.",) * 3,
        authors=("Lê Uyển Thư",),
        source="Thời báo Ba Sông",
        section="Xã hội",
        published_at=datetime(2025, 10, 25, 23, tzinfo=UTC),
        url="https://example.org/vi/cau-di-bo-moi-bac-qua-song-han",
    ),
    Article(
        id="en/2025/bridge",
        lang="en",
        title='Footbridge opens <script>alert("x")</script> & more',
        lead="Walkers & cyclists only.",
        body=("The city <b>said</b> the bridge saves ten minutes.",),
        authors=("Mara Quill",),
        source="Three Rivers Times",
        section="Society",
        published_at=datetime(2024, 3, 2, tzinfo=UTC),
        url="javascript:alert(1)",
        images=(Image("data:text/html,x", "A bridge"),),
    ),
    Article(id="zh-1", lang="zh-Hant", title="步行橋", body=("河上的新步行橋。",)),
    Article(id="und-1", lang="und", body=("…",)),
)

STEM = TermMatch("ar.stem", "جسر", 3, 2.5, (Place("title", "جسر", 1), Place("body", "الجسر", 4)))
FOLD = TermMatch("slug.fold", "cau", 7, 0.25, (Place("address", "cau", 1),))
NAME = TermMatch("name.key", "s:pam-te", 2, 1.5, (Place("body", "دا نانغ", 2),))
PAIR = TermMatch("ar.pair", "جسر_جديد", 1, 0.75)
ABSENT = TermMatch("ar.stem", "قطار", 0, None)
BRIDGE = ExplainedWord(
    "ar",
    "والجسر",
    0,
    6,
    (AnalysisStep("stem: clitics", "والجسر", "جسر"), AnalysisStep("skel: stop word", "جسر", "")),
    (STEM,),
)
TRAIN = ExplainedWord("ar", "<b>", 7, 11, (), (ABSENT,))
IN = ExplainedWord("ar", "في", 12, 14, (AnalysisStep("stem: stop word", "في", ""),), ())
EXPLANATION = Explanation(
    "wthr", "والجسر", "ar-1", "Footbridge <b>new</b>", True, 5.0, (BRIDGE, TRAIN, IN), (NAME, PAIR, FOLD)
)
"""Of a query with a word that the article has, one that it has not, and one too common."""


CHANGED = datetime(2025, 11, 1, 12, tzinfo=UTC)
"""When the archive last changed."""


@dataclass
class FakeService:
    """Finds articles that hold the query as text, records what it was asked, raises `error` if set."""

    articles: tuple[Article, ...] = ARTICLES
    notices: tuple[Notice, ...] = ()
    error: Exception | None = None
    copies: int = 1
    """How often each article counts, for long lists."""
    accents: tuple[Accents, ...] = ()
    searched: str = ""
    """What a rescue made of every query; empty for none."""
    explanation: Explanation = EXPLANATION
    """The answer to every `explain`."""
    version: str = "gen-000001.7"
    """What `state` says."""
    asked: list[SearchInput] = field(default_factory=list)
    removed: Mapping[str, datetime] = field(default_factory=dict)
    """Ids of articles that were taken out, and when."""
    explained: list[tuple[str, str, bool]] = field(default_factory=list)
    typed: list[tuple[str, tuple[str, ...], int]] = field(default_factory=list)
    """What completions were asked for: text, languages, limit."""

    def search(self, request: SearchInput) -> ResultPage:
        self._fail()
        self.asked.append(request)
        found = [item for item in self.articles if self._fits(item, request)] * self.copies
        if request.sort is not Sort.RELEVANCE:
            found.sort(key=_age, reverse=request.sort is Sort.NEWEST)
        begin = (request.page - 1) * request.page_size
        notices = self.notices if request.text else ()
        if not found:
            notices = (*notices, Notice(NoticeKind.NOTHING_FOUND))
        shown = found[begin : begin + request.page_size]
        return ResultPage(
            request=request,
            results=tuple(_result(item, request.text) for item in shown),
            total=len(found),
            total_relation="eq",
            took_ms=12.34,
            facets=_facets(found, request) if request.facets else {},
            notices=notices,
            accents=self.accents,
            searched=self.searched or request.text,
            histogram=_histogram(found) if request.histogram else None,
        )

    def article(self, article_id: str, /) -> ArticlePage:
        article = self._get(article_id)
        others = tuple(_result(item, "") for item in self.articles if item.id != article_id)
        related = self.related(article_id)
        return ArticlePage(
            article,
            others[:1],
            related,
            copies=related[1:2],
            timeline=related[:2],
            same_section=others[1:3],
            same_author=others[2:3],
        )

    def marked(self, article: Article, search: SearchInput, /) -> MarkedArticle:
        self.asked.append(search)
        parts = [_marked(text, search.text) for text in (article.title, article.lead, *article.body)]
        return MarkedArticle(self.searched or search.text, parts[0], parts[1], tuple(parts[2:]))

    def related(self, article_id: str, /, limit: int = 10) -> tuple[Related, ...]:
        self._get(article_id)
        others = [_result(item, "") for item in self.articles if item.id != article_id]
        words = ("cầu", "sông Hàn")
        return tuple(
            Related(
                item,
                (Reason(ReasonKind.WORDS, words, len(words)) if number else Reason(ReasonKind.TRANSLATION),),
            )
            for number, item in enumerate(others[:limit])
        )

    def related_page(self, request: RelatedInput, /) -> RelatedPage:
        if request.article_id:
            article = self._get(request.article_id)
        else:
            self._fail()
            article = Article(id="", lang=request.draft_lang or "vi", title=request.draft.splitlines()[0])
        found = [Related(_result(item, ""), (Reason(ReasonKind.DATE),)) for item in self.articles]
        found = [item for item in found if item.result.id != article.id]
        return RelatedPage(
            request, article, tuple(found[:1]), tuple(found[1:2]), tuple(found[2:]), tuple(found[:2]), ()
        )

    def explain(self, text: str, article_id: str, /, *, as_typed: bool = False) -> Explanation:
        self.explained.append((text, article_id, as_typed))
        self._get(article_id)
        return self.explanation

    def suggest(self, text: str, languages: Sequence[str] = (), limit: int = 8) -> tuple[Completion, ...]:
        self._fail()
        self.typed.append((text, tuple(languages), limit))
        titles = [
            Completion(item.title, item.title, item.lang, "title")
            for item in self.articles
            if text.strip() and text.casefold() in item.title.casefold()
        ]
        authors = [
            Completion(name, f'author:"{name}"', item.lang, "author")
            for item in self.articles
            for name in item.authors
            if text.strip() and text.casefold() in name.casefold()
        ]
        return (*titles, *authors)[:limit]

    def export(self, request: SearchInput, limit: int = MOST_EXPORTED) -> Export:
        page = self.search(replace(request, page=1, page_size=limit))
        by_id = {item.id: item for item in self.articles}
        rows = (Row(by_id[item.id], item.score) for item in page.results)
        return Export(page.total, len(page.results), rows)

    def article_ids(self) -> list[str]:
        self._fail()
        return sorted(item.id for item in self.articles)

    def listed(self, ids: Sequence[str], /) -> list[Listed]:
        self._fail()
        editions = (("ar", "ar-1"), ("vi", "vi-1"))
        return [
            Listed(
                item.id,
                item.lang,
                item.published_at,
                editions if (item.lang, item.id) in editions else (),
            )
            for item in sorted(self.articles, key=lambda item: item.id)
            if item.id in ids
        ]

    def state(self) -> str:
        self._fail()
        return self.version

    def changed_at(self) -> float | None:
        self._fail()
        return CHANGED.timestamp()

    def ready(self) -> tuple[bool, Mapping[str, Any]]:
        if self.error:
            return False, {"index": str(self.error)}
        return True, {"index": "generation 1", "articles": len(self.articles)}

    def _fail(self) -> None:
        if self.error:
            raise self.error

    def _get(self, article_id: str) -> Article:
        self._fail()
        for article in self.articles:
            if article.id == article_id:
                return article
        if article_id in self.removed:
            raise ArticleRemoved(article_id, self.removed[article_id])
        raise ArticleNotFound(article_id)

    @staticmethod
    def _fits(article: Article, request: SearchInput) -> bool:
        chosen = request.filters
        return (
            request.text.casefold() in article.text.casefold()
            and (not chosen.lang or article.lang in chosen.lang)
            and (not chosen.section or article.section in chosen.section)
            and (not chosen.year or _year(article) in chosen.year)
        )


def _age(article: Article) -> float:
    return article.published_at.timestamp() if article.published_at else 0.0


def _year(article: Article) -> str:
    return str(article.published_at.year) if article.published_at else ""


def _marked(text: str, query: str) -> Snippet:
    at = text.casefold().find(query.casefold()) if query else -1
    return Snippet(text, (Span(at, at + len(query)),) if at >= 0 else ())


def _result(article: Article, query: str) -> Result:
    passages = [part for part in (article.lead, *article.body[:1]) if part]
    return Result(
        id=article.id,
        lang=article.lang,
        title=_marked(article.title, query),
        score=3.5,
        published_at=article.published_at,
        url=article.url,
        source=article.source,
        section=article.section,
        authors=article.authors,
        snippets=tuple(_marked(part, query) for part in passages),
    )


def _facets(found: list[Article], request: SearchInput) -> dict[str, tuple[FacetValue, ...]]:
    values = {
        "lang": [item.lang for item in found],
        "section": [item.section for item in found if item.section],
        "source": [item.source for item in found if item.source],
        "author": [name for item in found for name in item.authors],
        "year": [_year(item) for item in found if item.published_at],
        "month": [f"{item.published_at:%Y-%m}" for item in found if item.published_at],
    }
    return {
        name: tuple(
            FacetValue(value, count, value in getattr(request.filters, name))
            for value, count in Counter(items).most_common()
        )
        for name, items in values.items()
    }


def _histogram(found: list[Article]) -> Histogram | None:
    """By the date filters of no one: the fake leaves them all out."""
    days = Counter(item.published_at.date().replace(day=1) for item in found if item.published_at)
    if not days:
        return None
    axis = axis_of((min(days), max(days)), (None, None))
    return Histogram("month", bars_of(days, "month", axis), len(found) - days.total())


@pytest.fixture
def service() -> FakeService:
    """A service that the test may change before it asks."""
    return FakeService()


@pytest.fixture
def client(service: FakeService) -> FlaskClient:
    """A browser in front of `service`, without a rate limit."""
    return create_app(service, WebConfig(rate_limit="", testing=True)).test_client()


@pytest.fixture
def client_for(service: FakeService) -> Callable[[WebConfig], FlaskClient]:
    """A browser in front of `service` under other settings."""
    return lambda config: create_app(service, config).test_client()
