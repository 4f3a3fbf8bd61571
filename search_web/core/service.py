"""`SearchService`: from what a person asked to what a page shows. No Flask, no engine library, no files."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, Protocol

from analyzers import AccentModel, Analyzer, Lexicon, NameReader
from indexer.articles import Article
from indexer.engines.base import Hit, SearchEngine, SearchRequest, SearchResponse, Sort
from indexer.engines.query import Everything, Query
from indexer.errors import ArticleNotFound, IndexerError

from .accents import accents_of
from .answers import Answers, Reading
from .article_page import marked_article, neighbours
from .column_values import ColumnValues
from .corrections import Corrections
from .editions import large_groups, stories_asked, stories_found, with_editions
from .explanation import Explanation, explain_reading
from .export import MOST_EXPORTED, Export, exported
from .facets import ALL_VALUES, FACETS, facet_values, filters_query, selected_by, without_filter
from .histogram import histogram
from .listing import Listed, listed
from .pages import (
    ArticlePage,
    FacetValue,
    Filters,
    MarkedArticle,
    Notice,
    NoticeKind,
    Related,
    RelatedInput,
    RelatedPage,
    Result,
    ResultPage,
    SearchInput,
)
from .related import Stories
from .results import plain_result, read_ahead, result_of
from .suggest import Completion, Suggester
from .translate import Translation
from .vocabulary import Vocabularies
from .wanted import Wanted, wanted_words

_WARM_UP = ("Hà Nội", "thu do ha noi", "هانوي", "Hanoi", "haanoix", "xqzhanoi", "قثصهانوي", "nguy*")
"""Each script, with and without accents, other keys, and words that no archive has."""
_READ_AHEAD = 150
"""Newest articles of each large language that are read before anyone asks."""
_STORIES_AHEAD = 2
"""Of them whose related stories are looked for."""
_LARGE_LANGUAGES = 3
_RELATED = 10


class Snapshot(Protocol):
    """One state of the index."""

    @property
    def engine(self) -> SearchEngine:
        """Answers queries over this state."""

    @property
    def generation(self) -> str:
        """Name of the generation."""

    @property
    def lexicons(self) -> Mapping[str, Lexicon]:
        """Vocabularies by language, frozen with the generation."""

    @property
    def names(self) -> NameReader:
        """Reads names with the archive's Arabic words in mind."""

    def accents(self) -> AccentModel | None:
        """What accents Vietnamese words typed without them would have."""

    @property
    def sequence(self) -> int:
        """Last change of the archive that it has."""

    def analyzer(self, lang: str) -> Analyzer:
        """The analyzer of a language as this generation was built with it."""


class Library(Protocol):
    """Read access to the archive and its index; safe for several threads."""

    def snapshot(self) -> Snapshot:
        """The newest committed state. Raises `IndexMissing`, `IndexOutOfDate`, `IndexDamaged`."""

    def article(self, article_id: str, /) -> Article:
        """One article. Raises `ArticleNotFound`."""

    def articles(self, ids: Sequence[str], /) -> Mapping[str, Article]:
        """Those of the articles that the archive has, by id."""

    def behind(self) -> int:
        """Changes in the archive that the index does not have yet."""

    def changed_at(self) -> float | None:
        """When the last change was made that the index has, in epoch seconds."""


class SearchService:
    """Answers the pages, the API and the command line. Safe for several threads."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._suggester = Suggester(library)
        self._stories = Stories(library)
        self._vocabularies = Vocabularies()
        self._memory: tuple[tuple[str, int], Answers] | None = None
        self._large: tuple[tuple[str, int], frozenset[str]] | None = None

    def search(self, request: SearchInput) -> ResultPage:
        """One page of results; see `SearchInput`.

        Raises `QueryError` past the limits of paging and for filters that are no dates.
        """
        started = time.perf_counter()
        snapshot = self._library.snapshot()
        selected = selected_by(request.filters)

        def run(translation: Translation) -> SearchResponse:
            asked = _engine_request(request, translation, selected)
            return snapshot.engine.search(stories_asked(asked) if request.fold else asked)

        answers = self._of_snapshot(snapshot)
        answer = answers.answer(request.text, run, as_typed=request.as_typed)
        reading, response, notices = answer.reading, answer.response, answer.notices
        if behind := self._library.behind():
            notices = (*notices, Notice(NoticeKind.BEHIND, str(behind)))
        facets = (
            _facets(request, reading.translation.query, response, snapshot.engine) if request.facets else {}
        )
        stories = None
        if request.fold:
            asked = _engine_request(request, reading.translation, selected)
            stories = stories_found(snapshot.engine, asked, response, self._large_groups(snapshot))
        hits = [story.best for story in stories.stories] if stories else response.hits
        results = self._results(hits, reading, snapshot, snippets=request.snippets)
        if stories:
            results = with_editions(results, stories.stories, snapshot.engine, self._library.articles)
        return ResultPage(
            request=request,
            results=results,
            total=response.total,
            total_relation=response.total_relation,
            took_ms=(time.perf_counter() - started) * 1000,
            facets=facets,
            notices=notices,
            accents=accents_of(reading.node, reading.targets, snapshot.lexicons.get("vi")),
            searched=reading.text,
            histogram=histogram(reading.translation.query, request.filters, snapshot.engine, response)
            if request.histogram
            else None,
            stories=stories.all_stories if stories else None,
            stories_exact=stories is not None and stories.exact,
        )

    def warm_up(self) -> None:
        """Read what the first readers would wait for: models, names, vocabularies. Raises as `search`."""
        for text in _WARM_UP:
            self.search(SearchInput(text))
        snapshot = self._library.snapshot()
        counts = snapshot.engine.statistics().languages
        for tag in sorted(counts, key=lambda tag: (-counts[tag], tag))[:_LARGE_LANGUAGES]:
            selected = selected_by(Filters(lang=(tag,)))
            newest = SearchRequest(Everything(), filter=selected, limit=_READ_AHEAD, sort=Sort.NEWEST)
            hits = snapshot.engine.search(newest).hits
            for article in self._library.articles([hit.id for hit in hits]).values():
                read_ahead(article, snapshot.analyzer(article.lang), snapshot.names)
            # The phrases that mean the same in every language are read with the first.
            for hit in hits[:_STORIES_AHEAD]:
                with suppress(ArticleNotFound):
                    self.article(hit.id)

    def article(self, article_id: str, /) -> ArticlePage:
        """One article with its translations and related stories. Raises `ArticleNotFound`."""
        page = self._stories.page(RelatedInput(article_id, limit=_RELATED))
        shown = [item.result.id for item in (*page.translations, *page.related, *page.copies)]
        snapshot = self._library.snapshot()
        in_section, by_author = neighbours(page.article, snapshot.engine, self._library.articles, shown)
        return ArticlePage(
            article=page.article,
            translations=tuple(item.result for item in page.translations),
            related=page.related,
            copies=page.copies,
            timeline=page.timeline,
            same_section=in_section,
            same_author=by_author,
        )

    def marked(self, article: Article, search: SearchInput, /) -> MarkedArticle:
        """The words of the article that the search finds. Raises as `search`."""
        snapshot = self._library.snapshot()
        counting = _counting(snapshot, selected_by(search.filters))
        reading = self._of_snapshot(snapshot).answer(search.text, counting, as_typed=search.as_typed).reading
        analyzer = snapshot.analyzer(article.lang)
        wanted = wanted_words(reading.node, analyzer, reading.targets, snapshot.names)
        return marked_article(article, analyzer, wanted, reading.text)

    def related(self, article_id: str, /, limit: int = _RELATED) -> Sequence[Related]:
        """Translations first, then the nearest stories in any language. Raises `ArticleNotFound`."""
        return self._stories.related(article_id, limit)

    def related_page(self, request: RelatedInput, /) -> RelatedPage:
        """All around an article or a draft. Raises `ArticleNotFound` and `QueryError`."""
        return self._stories.page(request)

    def explain(self, text: str, article_id: str, /, *, as_typed: bool = False) -> Explanation:
        """Why an article has its place for a query, by the reading that searches it.

        Raises `ArticleNotFound`.
        """
        article = self._library.article(article_id)
        snapshot = self._library.snapshot()
        reading = (
            self._of_snapshot(snapshot)
            .answer(text, _counting(snapshot, Everything()), as_typed=as_typed)
            .reading
        )
        query = reading.translation.query
        score = snapshot.engine.score_of(query, article_id)
        words, extras = explain_reading(reading, snapshot, article)
        return Explanation(
            text, reading.text, article_id, article.title, score is not None, score, words, extras
        )

    def export(self, request: SearchInput, limit: int = MOST_EXPORTED) -> Export:
        """What a search finds, for a file, at most so many. Raises as `search`."""
        snapshot = self._library.snapshot()
        return exported(request, self._of_snapshot(snapshot), snapshot.engine, self._library.articles, limit)

    def article_ids(self) -> list[str]:
        """The ids of all articles that can be found, in order."""
        return sorted(self._library.snapshot().engine.ids())

    def listed(self, ids: Sequence[str], /) -> Iterator[Listed]:
        """Those of the articles that are there, with the other languages of their stories."""
        snapshot = self._library.snapshot()
        return listed(ids, snapshot.engine, self._library.articles, self._large_groups(snapshot))

    def state(self) -> str:
        """A name for the state of the index: as long as it stays, so do all answers. Raises as `search`."""
        snapshot = self._library.snapshot()
        return f"{snapshot.generation}.{snapshot.sequence}"

    def changed_at(self) -> float | None:
        """When what is searched last changed, in epoch seconds; None for an empty archive."""
        return self._library.changed_at()

    def suggest(self, text: str, languages: Sequence[str] = (), limit: int = 8) -> Sequence[Completion]:
        """Completions of what is being typed, best first; see `Suggester.suggest`."""
        return self._suggester.suggest(text, languages, limit)

    def ready(self) -> tuple[bool, Mapping[str, Any]]:
        """Whether searches can be answered: generation, articles, changes still to index."""
        try:
            snapshot = self._library.snapshot()
            documents = snapshot.engine.statistics().documents
            behind = self._library.behind()
        except IndexerError as error:
            return False, {"index": type(error).__name__}
        return True, {"generation": snapshot.generation, "indexed": documents, "behind": behind}

    def _of_snapshot(self, snapshot: Snapshot) -> Answers:
        """What is worked out once for a state of the index."""
        key = (snapshot.generation, snapshot.sequence)
        memory = self._memory
        if memory is None or memory[0] != key:
            corrections = Corrections(snapshot.engine, snapshot.lexicons, self._vocabularies)
            memory = self._memory = (key, Answers(snapshot, ColumnValues(snapshot.engine), corrections))
        return memory[1]

    def _large_groups(self, snapshot: Snapshot) -> frozenset[str]:
        """Groups of translations that are no stories; counted once for a state of the index."""
        key = (snapshot.generation, snapshot.sequence)
        memory = self._large
        if memory is None or memory[0] != key:
            memory = self._large = (key, large_groups(snapshot.engine))
        return memory[1]

    def _results(
        self, hits: Sequence[Hit], reading: Reading, snapshot: Snapshot, *, snippets: bool
    ) -> tuple[Result, ...]:
        articles = self._library.articles([hit.id for hit in hits])
        found: dict[str, tuple[Analyzer, Wanted]] = {}
        results: list[Result] = []
        for hit in hits:
            article = articles.get(hit.id)
            # Removed from the archive since the index was last caught up.
            if article is None:
                continue
            if not snippets:
                results.append(plain_result(article, hit.score))
                continue
            if article.lang not in found:
                analyzer = snapshot.analyzer(article.lang)
                wanted = wanted_words(reading.node, analyzer, reading.targets, snapshot.names)
                found[article.lang] = (analyzer, wanted)
            results.append(result_of(article, hit.score, *found[article.lang]))
        return tuple(results)


def _counting(snapshot: Snapshot, selected: Query) -> Callable[[Translation], SearchResponse]:
    """Only how many articles a query finds."""
    return lambda translation: snapshot.engine.search(
        SearchRequest(translation.query, filter=selected, limit=0)
    )


def _engine_request(request: SearchInput, translation: Translation, selected: Query) -> SearchRequest:
    return SearchRequest(
        query=translation.query,
        filter=selected,
        offset=(request.page - 1) * request.page_size,
        limit=request.page_size,
        sort=translation.order(request.sort),
        facets=FACETS if request.facets else (),
    )


def _facets(
    request: SearchInput, query: Query, response: SearchResponse, engine: SearchEngine
) -> Mapping[str, tuple[FacetValue, ...]]:
    """Counts of every facet; one with a selection counts without it, so that others can be added."""
    counts = dict(response.facets)
    for facet in FACETS:
        if getattr(request.filters, facet):
            wider = filters_query(without_filter(request.filters, facet))
            found = engine.search(
                SearchRequest(query, filter=wider, limit=0, facets=(facet,), facet_limit=ALL_VALUES)
            )
            counts[facet] = found.facets[facet]
    return facet_values(counts, request.filters)
