"""Articles as a list of pages for machines needs them: id, language, dates, the story's other languages."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from indexer.articles import Article
from indexer.engines.base import SearchEngine, SearchRequest
from indexer.engines.query import AnyOf
from indexer.schema import group_of

from .editions import MOST_EDITIONS

_BATCH = 500


@dataclass(frozen=True, slots=True)
class Listed:
    """One article of the list."""

    id: str
    lang: str
    changed: datetime | None
    """When it was last updated, else published."""
    editions: tuple[tuple[str, str], ...] = ()
    """(language, id) of the whole story, itself too; empty where it has no other language, or one twice."""


def listed(
    ids: Sequence[str],
    engine: SearchEngine,
    articles: Callable[[Sequence[str]], Mapping[str, Article]],
    large: Collection[str],
) -> Iterator[Listed]:
    """The articles of these ids in their order, read some hundred at a time; `large`: see `large_groups`."""
    for start in range(0, len(ids), _BATCH):
        found = articles(ids[start : start + _BATCH])
        groups = {article.id: group_of(article) for article in found.values()}
        stories = _stories({group for group in groups.values() if group and group not in large}, engine)
        for article_id in ids[start : start + _BATCH]:
            if article := found.get(article_id):
                yield Listed(
                    article_id,
                    article.lang,
                    article.updated_at or article.published_at,
                    stories.get(groups[article_id], ()),
                )


def _stories(groups: set[str], engine: SearchEngine) -> dict[str, tuple[tuple[str, str], ...]]:
    """The editions of each group that has several languages, each once."""
    if not groups:
        return {}
    limit = len(groups) * MOST_EDITIONS
    request = SearchRequest(AnyOf("group", tuple(sorted(groups))), limit=limit)
    members: dict[str, list[tuple[str, str]]] = {}
    for hit in engine.search(request).hits:
        members.setdefault(hit.columns["group"], []).append((hit.columns["lang"], hit.id))
    return {
        group: tuple(sorted(editions))
        for group, editions in members.items()
        if len({lang for lang, _ in editions}) == len(editions) > 1
    }
