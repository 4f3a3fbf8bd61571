"""Pages of stories over one engine: what stands beside the article that stands for a story."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from indexer.articles import Article
from indexer.engines.base import Hit, SearchEngine, SearchRequest, SearchResponse
from indexer.engines.query import AnyOf, Everything
from indexer.engines.query_limits import MAX_WINDOW, check_request

from .folding import FoldedPage, Story, first_hits, folded_page
from .pages import Edition, Result

MOST_EDITIONS = 20
"""A group with more articles is no story but a column whose headline comes back: it is not folded."""
_LARGE_GROUPS = 1_000


def stories_asked(request: SearchRequest) -> SearchRequest:
    """The search whose hits `stories_found` begins with. Raises `QueryError` past the limits of paging."""
    check_request(request)
    return replace(request, offset=0, limit=first_hits(request.offset + request.limit))


def stories_found(
    engine: SearchEngine,
    request: SearchRequest,
    response: SearchResponse,
    large: frozenset[str],
) -> FoldedPage:
    """A page of stories; `response`: what `stories_asked(request)` gave."""
    first = stories_asked(request)

    def hits(offset: int, limit: int) -> Sequence[Hit]:
        if (offset, limit) == (first.offset, first.limit):
            return response.hits
        return engine.search(replace(request, offset=offset, limit=limit, facets=())).hits

    return folded_page(hits, response.total, request.offset, request.offset + request.limit, large)


def large_groups(engine: SearchEngine) -> frozenset[str]:
    """Groups of more than `MOST_EDITIONS` articles; it costs a count of the column."""
    request = SearchRequest(Everything(), limit=0, facets=("group",), facet_limit=_LARGE_GROUPS)
    counts = engine.search(request).facets["group"]
    return frozenset(item.value for item in counts if item.count > MOST_EDITIONS)


def with_editions(
    results: Sequence[Result],
    stories: Sequence[Story],
    engine: SearchEngine,
    articles: Callable[[Sequence[str]], Mapping[str, Article]],
) -> tuple[Result, ...]:
    """Results with the translations and the copies of their stories beside them."""
    translations = _members(engine, stories)
    copies = {story.best.id: [copy.id for copy in story.copies] for story in stories}
    ids = [name for found in (translations, copies) for names in found.values() for name in names]
    known = articles(ids) if ids else {}

    def editions(names: Sequence[str]) -> tuple[Edition, ...]:
        return tuple(_edition(known[name]) for name in names if name in known)

    return tuple(
        replace(
            result,
            translations=tuple(
                sorted(editions(translations.get(result.id, ())), key=lambda item: (item.lang, item.id))
            ),
            copies=editions(copies.get(result.id, ())),
        )
        if translations.get(result.id) or copies.get(result.id)
        else result
        for result in results
    )


def _members(engine: SearchEngine, stories: Sequence[Story]) -> dict[str, list[str]]:
    """Id of a story's best -> the ids of the articles of its groups that are neither it nor its copies."""
    of_group = {group: story for story in stories for group in story.groups}
    found: dict[str, list[str]] = {}
    if of_group:
        query = AnyOf("group", tuple(sorted(of_group)))
        limit = min(MAX_WINDOW, MOST_EDITIONS * len(of_group))
        for hit in engine.search(SearchRequest(query, limit=limit)).hits:
            story = of_group[hit.columns["group"]]
            if hit.id != story.best.id and all(hit.id != copy.id for copy in story.copies):
                found.setdefault(story.best.id, []).append(hit.id)
    return found


def _edition(article: Article) -> Edition:
    return Edition(article.id, article.lang, article.title, article.source, article.published_at)
