"""What the web layer needs of the service; `SearchService` is the real one, tests bring their own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from indexer.articles import Article

from ..core.explanation import Explanation
from ..core.export import MOST_EXPORTED, Export
from ..core.listing import Listed
from ..core.pages import (
    ArticlePage,
    MarkedArticle,
    Related,
    RelatedInput,
    RelatedPage,
    ResultPage,
    SearchInput,
)
from ..core.suggest import Completion


class Backend(Protocol):
    """Answers searches. Called from several threads at once."""

    def search(self, request: SearchInput) -> ResultPage:
        """One page of results. An empty text without filters finds every article."""

    def article(self, article_id: str, /) -> ArticlePage:
        """One article. Raises `ArticleNotFound`."""

    def marked(self, article: Article, search: SearchInput, /) -> MarkedArticle:
        """The words of the article that the search finds."""

    def related(self, article_id: str, /, limit: int = 10) -> Sequence[Related]:
        """Articles on the same matter, nearest first. Raises `ArticleNotFound`."""

    def related_page(self, request: RelatedInput, /) -> RelatedPage:
        """All around an article or a draft. Raises `ArticleNotFound` and `QueryError`."""

    def explain(self, text: str, article_id: str, /, *, as_typed: bool = False) -> Explanation:
        """Why this article has its place for this query. Raises `ArticleNotFound`."""

    def suggest(self, text: str, languages: Sequence[str] = (), limit: int = 8) -> Sequence[Completion]:
        """Completions of what is being typed, best first."""

    def export(self, request: SearchInput, limit: int = MOST_EXPORTED) -> Export:
        """What a search finds, for a file."""

    def article_ids(self) -> Sequence[str]:
        """The ids of all articles, in order."""

    def listed(self, ids: Sequence[str], /) -> Iterable[Listed]:
        """Those of the articles that are there, read as they are reached."""

    def state(self) -> str:
        """A name for the state of the index: as long as it stays, so do all answers."""

    def changed_at(self) -> float | None:
        """When what is searched last changed, in epoch seconds; None for an empty archive."""

    def ready(self) -> tuple[bool, Mapping[str, Any]]:
        """Whether searches can be answered, and the reasons."""
