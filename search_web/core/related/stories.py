"""`Stories`: the articles around an article or a draft."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Protocol

from analyzers import Analyzer, NameReader
from indexer.articles import Article
from indexer.engines.base import SearchEngine, SearchRequest
from indexer.engines.query import And
from indexer.schema import document_of

from ..copies import Text, Texts, copies_of
from ..facets import selected_by
from ..pages import Filters, Reason, ReasonKind, Related, RelatedInput, RelatedPage
from ..recent_articles import RecentArticles
from ..recent_searches import RecentSearches
from ..results import plain_result
from .drafts import draft_article
from .key_terms import translations_query
from .nearest import CLOSE, Neighbour, Sought, Wanted, neighbours, sought
from .reading import Read, Reader, read
from .reasons import Telling, reasons_of, telling

_TRANSLATIONS = 50
_KEPT = 300
"""Articles whose words and best terms are remembered, some 60 kilobytes each."""
BACKGROUND_DAYS = 30
"""An article that is so much older than another tells its background."""


class Snapshot(Protocol):
    """One state of the index, as `service.Snapshot`."""

    @property
    def engine(self) -> SearchEngine:
        """Answers queries over this state."""

    @property
    def names(self) -> NameReader:
        """Reads names with the archive's Arabic words in mind."""

    def analyzer(self, lang: str) -> Analyzer:
        """The analyzer of a language as this generation was built with it."""


class Library(Protocol):
    """Reads the archive, as `service.Library`."""

    def snapshot(self) -> Snapshot:
        """The newest committed state."""

    def article(self, article_id: str, /) -> Article:
        """One article. Raises `ArticleNotFound`."""

    def articles(self, ids: Sequence[str], /) -> Mapping[str, Article]:
        """Those of the articles that the archive has, by id."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """An article or draft, read once for all that is asked of it."""

    article: Article
    read: Read
    snapshot: Snapshot
    engine: RecentSearches
    wanted: Wanted
    terms: Sought
    telling: Telling


class _State:
    """A state of the index with what was asked of it."""

    __slots__ = ("engine", "known", "snapshot")

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.engine = RecentSearches(snapshot.engine)
        self.known: RecentArticles[tuple[Sought, Telling]] = RecentArticles(_KEPT)


class Stories:
    """Finds translations and related stories. Safe for several threads."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._reader = Reader()
        self._texts = Texts()
        self._last: _State | None = None

    def related(self, article_id: str, limit: int) -> list[Related]:
        """Translations first, then copies, then the nearest. Raises `ArticleNotFound`."""
        asked = self._asked(self._library.article(article_id), Filters())
        found = self._translations(asked)
        found = [*found, *self._copies(asked, found)][:limit]
        return [*found, *(item for item, _ in self._nearest(_leaving_out(asked, found), limit - len(found)))]

    def page(self, request: RelatedInput) -> RelatedPage:
        """All around an article or a draft; see `RelatedPage`.

        Raises `ArticleNotFound`, and `QueryError` for a draft or filters that cannot be read.
        """
        article = (
            self._library.article(request.article_id)
            if request.article_id
            else draft_article(request.draft, request.draft_lang)
        )
        asked = self._asked(article, request.filters)
        translations = tuple(self._translations(asked))
        copies = tuple(self._copies(asked, translations)[: request.limit])
        near = self._nearest(_leaving_out(asked, (*translations, *copies)), request.limit, CLOSE)
        story = [item for item, neighbour in near if neighbour.same_story]
        background = [
            item for item, neighbour in near if not neighbour.same_story and _long_before(item, article)
        ]
        return RelatedPage(
            request=request,
            article=article,
            translations=translations,
            copies=copies,
            related=tuple(item for item, _ in near if item not in background),
            timeline=tuple(sorted([*translations, *copies, *story], key=_by_date)),
            background=tuple(background),
        )

    def _asked(self, article: Article, filters: Filters) -> _Asked:
        state = self._state()
        snapshot = state.snapshot
        analyzer = snapshot.analyzer(article.lang)

        def known() -> tuple[Sought, Telling]:
            found = read(article, analyzer, snapshot.names)
            document = document_of(found.article, analyzer, snapshot.names, found.found)
            terms = sought(document, analyzer, state.engine)
            return terms, telling(found, terms.words.found, state.engine)

        terms, told = state.known.get(article, (), known)
        return _Asked(
            article=article,
            read=told.read,
            snapshot=snapshot,
            engine=state.engine,
            wanted=Wanted(selected_by(filters), frozenset(filters.lang)),
            terms=terms,
            telling=told,
        )

    def _state(self) -> _State:
        snapshot = self._library.snapshot()
        last = self._last
        if last is None or last.snapshot is not snapshot:
            last = self._last = _State(snapshot)
        return last

    def _translations(self, asked: _Asked) -> list[Related]:
        query = translations_query(asked.article)
        if query is None:
            return []
        request = SearchRequest(And((query, asked.wanted.selected)), limit=_TRANSLATIONS)
        hits = asked.engine.search(request).hits
        articles = self._library.articles([hit.id for hit in hits if hit.id != asked.article.id])
        return [
            Related(plain_result(other, 0.0), (Reason(ReasonKind.TRANSLATION),))
            for other in sorted(articles.values(), key=lambda other: (other.lang, other.id))
        ]

    def _copies(self, asked: _Asked, translations: Sequence[Related]) -> list[Related]:
        shown = {item.result.id for item in translations}
        analyzer = asked.read.analyzer
        found = copies_of(
            Text.of(asked.read.article, analyzer, asked.read.found),
            analyzer,
            asked.engine,
            self._library.articles,
            asked.wanted.selected,
            texts=self._texts,
        )
        return [item for item in found if item.result.id not in shown]

    def _nearest(self, asked: _Asked, limit: int, least: float = 0.0) -> list[tuple[Related, Neighbour]]:
        near = neighbours(
            asked.article,
            asked.terms,
            asked.engine,
            self._library.articles,
            asked.wanted,
            limit,
        )
        return [
            (
                Related(plain_result(found.article, found.strength), self._reasons(asked, found.article)),
                found,
            )
            for found in near
            if found.strength >= least
        ]

    def _reasons(self, asked: _Asked, other: Article) -> tuple[Reason, ...]:
        snapshot = asked.snapshot
        found = self._reader.read(other, snapshot.analyzer(other.lang), snapshot.names)
        return reasons_of(asked.telling, found)


def _leaving_out(asked: _Asked, shown: Sequence[Related]) -> _Asked:
    """The same without articles that stand elsewhere."""
    ids = frozenset(item.result.id for item in shown)
    return replace(asked, wanted=replace(asked.wanted, left_out=ids))


_FIRST = datetime.min.replace(tzinfo=UTC)


def _by_date(item: Related) -> tuple[datetime, str]:
    return item.result.published_at or _FIRST, item.result.id


def _long_before(item: Related, article: Article) -> bool:
    older, newer = item.result.published_at, article.published_at
    return older is not None and newer is not None and (newer - older).days > BACKGROUND_DAYS
