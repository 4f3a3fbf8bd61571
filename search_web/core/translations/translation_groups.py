"""The translation check over an archive: a page of groups at a time, each group worked out once.

A group has the articles whose addresses carry one headline (`schema.group_of`). Pages go from the newest
groups to older ones; on a page the most telling disagreements come first. What was worked out is kept for as
long as the index and the group's articles stay as they are: what was taken out of the archive is not shown.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Protocol

from analyzers import NameReader
from indexer.articles import Article
from indexer.engines.base import SearchEngine, SearchRequest, Sort
from indexer.engines.query import AnyOf, Everything, Query
from indexer.errors import QueryError

from ..facets import ALL_VALUES, selected_by
from ..pages import Filters
from .translation_check import Disagreement, disagreements, read_article

PAGE = 100
"""Groups that one page checks."""
MOST_MEMBERS = 12
"""A headline that more articles share is no story: the weather, prices."""
_BATCH = 500
"""Groups whose members are asked for at once."""
_KEPT = 4_000


class Snapshot(Protocol):
    """One state of the index."""

    @property
    def engine(self) -> SearchEngine:
        """Answers queries over this state."""

    @property
    def generation(self) -> str:
        """Name of the generation."""

    @property
    def sequence(self) -> int:
        """Last change of the archive that it has."""

    @property
    def names(self) -> NameReader:
        """Reads names with the archive's words in mind."""


class Articles(Protocol):
    """Read access to the archive and its index."""

    def snapshot(self) -> Snapshot:
        """The newest committed state."""

    def articles(self, ids: Sequence[str], /) -> Mapping[str, Article]:
        """Those of the articles that the archive has, by id."""


@dataclass(frozen=True, slots=True)
class CheckInput:
    """Which groups to check."""

    filters: Filters = field(default_factory=Filters)
    """A group counts if one of its articles passes."""
    page: int = 1


@dataclass(frozen=True, slots=True)
class CheckedGroup:
    """Translations of one story and what they disagree on."""

    name: str
    articles: tuple[Article, ...]
    """One a language, the newest of it; by language."""
    disagreements: tuple[Disagreement, ...]
    """The most telling first."""

    @property
    def weight(self) -> tuple[float, float]:
        """How telling: the most telling one, then all of them."""
        weights = [item.weight for item in self.disagreements]
        return max(weights, default=0.0), sum(weights)


@dataclass(frozen=True, slots=True)
class CheckPage:
    """What one page of groups disagrees on."""

    request: CheckInput
    groups: tuple[CheckedGroup, ...]
    """Those with a disagreement, the most telling first."""
    checked: int
    """Groups of the page, whether or not they agree."""
    total: int
    """Groups with articles in two languages or more."""
    pages: int


@dataclass(frozen=True, slots=True)
class _State:
    """What was worked out for a state of the index."""

    key: tuple[str, int]
    members: Mapping[str, tuple[str, ...]]
    """Of each group of two languages or more, the newest group first."""
    checked: OrderedDict[str, CheckedGroup] = field(default_factory=OrderedDict)


class TranslationGroups:
    """The groups of an archive. Safe for several threads."""

    def __init__(self, library: Articles) -> None:
        self._library = library
        self._lock = Lock()
        self._last: _State | None = None

    def page(self, request: CheckInput) -> CheckPage:
        """One page of groups. Raises `QueryError` for filters that are no dates and for no such page."""
        snapshot = self._library.snapshot()
        state = self._state(snapshot)
        names = _filtered(snapshot, state, request.filters)
        pages = max(1, -(-len(names) // PAGE))
        if not 1 <= request.page <= pages:
            raise QueryError(f"there is no page {request.page} of {pages}")
        wanted = names[(request.page - 1) * PAGE : request.page * PAGE]
        found = [group for group in self._check(snapshot, state, wanted) if group.disagreements]
        found.sort(key=lambda group: (*(-weight for weight in group.weight), group.name))
        return CheckPage(request, tuple(found), len(wanted), len(names), pages)

    def group(self, name: str) -> CheckedGroup | None:
        """One group; None if there is none of two languages with this name."""
        snapshot = self._library.snapshot()
        state = self._state(snapshot)
        return self._check(snapshot, state, [name])[0] if name in state.members else None

    def every(self, filters: Filters) -> Iterator[CheckedGroup]:
        """All groups that pass, checked as they are reached, the newest first."""
        snapshot = self._library.snapshot()
        state = self._state(snapshot)
        names = _filtered(snapshot, state, filters)
        for at in range(0, len(names), PAGE):
            yield from self._check(snapshot, state, names[at : at + PAGE])

    def _check(self, snapshot: Snapshot, state: _State, names: Sequence[str]) -> list[CheckedGroup]:
        """These groups, each worked out unless it is remembered with the articles that the archive has."""
        known = self._library.articles([i for name in names for i in state.members[name]])
        found: list[CheckedGroup] = []
        for name in names:
            articles = tuple(known[i] for i in state.members[name] if i in known)
            group = state.checked.get(name)
            if group is None or group.articles != articles:
                group = _checked(name, articles, snapshot.names)
                with self._lock:
                    state.checked[name] = group
                    if len(state.checked) > _KEPT:
                        state.checked.popitem(last=False)
            found.append(group)
        return found

    def _state(self, snapshot: Snapshot) -> _State:
        key = (snapshot.generation, snapshot.sequence)
        last = self._last
        if last is None or last.key != key:
            last = self._last = _State(key, _members(snapshot.engine))
        return last


def _filtered(snapshot: Snapshot, state: _State, filters: Filters) -> list[str]:
    if filters == Filters():
        return list(state.members)
    passing = _groups(snapshot.engine, selected_by(filters))
    return [name for name in state.members if name in passing]


def _groups(engine: SearchEngine, selected: Query) -> dict[str, int]:
    """The groups that have an article among the selected, with the number of those."""
    request = SearchRequest(Everything(), selected, limit=0, facets=("group",), facet_limit=ALL_VALUES)
    return {item.value: item.count for item in engine.search(request).facets["group"] if item.value}


def _members(engine: SearchEngine) -> dict[str, tuple[str, ...]]:
    likely = {name: n for name, n in _groups(engine, Everything()).items() if 2 <= n <= MOST_MEMBERS}
    found: dict[str, dict[str, str]] = {}
    for selected in _periods(engine):
        names = [name for name in _groups(engine, selected) if name in likely and name not in found]
        for at in range(0, len(names), _BATCH):
            batch = tuple(names[at : at + _BATCH])
            limit = sum(likely[name] for name in batch)
            request = SearchRequest(AnyOf("group", batch), limit=limit, sort=Sort.NEWEST)
            for hit in engine.search(request).hits:
                languages = found.setdefault(hit.columns["group"], {})
                languages.setdefault(hit.columns.get("lang", ""), hit.id)
    return {name: tuple(ids[lang] for lang in sorted(ids)) for name, ids in found.items() if len(ids) > 1}


def _periods(engine: SearchEngine) -> Iterator[Query]:
    """Each month that has articles, the newest first, then all there is, for what has no date."""
    counted = engine.search(SearchRequest(Everything(), limit=0, facets=("month",), facet_limit=ALL_VALUES))
    for month in sorted((item.value for item in counted.facets["month"]), reverse=True):
        yield AnyOf("month", (month,))
    yield Everything()


def _checked(name: str, articles: tuple[Article, ...], names: NameReader) -> CheckedGroup:
    reads = [read_article(article, names) for article in articles]
    return CheckedGroup(name, articles, tuple(disagreements(reads)))
