"""The page of an article, its citations as files, and what stands in the place of one that is not there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from flask import Blueprint, Response, make_response, render_template, request

from analyzers.errors import AnalysisError
from indexer.articles import Article
from indexer.engines.base import Sort
from indexer.errors import ArticleNotFound, ArticleRemoved, IndexerError

from ...core.article_page import reading_minutes
from ...core.missing import likely, words_of_id
from ...core.pages import ArticlePage, Related, Result, SearchInput
from ...core.results import plain_result
from ..addresses import article_href, search_href, with_query, write_search
from ..backend import Backend
from ..config import PAGE_LANGUAGES, WebConfig
from ..machines.site_root import absolute
from ..rendering import web_link
from ..search_url import is_empty, read_search
from .citations import FILES, bibtex, citation_key, pieces, ris
from .metadata import description, news_article, open_graph
from .story_text import story_text

_RELATED = 8
_SUGGESTED = 5
_LOOKED_AT = 20
"""Results among which an article may be that an address meant."""
_LONGEST_READ = 90
"""Minutes; no one plans to read more at once."""
_OWN = ("marks", "whole")
"""Parameters of the page itself; all others are those of the search that it was found by."""

Switch = Callable[[str], Mapping[str, str]]
"""Address of the page in every page language, with this query part."""


@dataclass(frozen=True, slots=True)
class _Asked:
    search: SearchInput
    marks: bool
    whole: bool

    @property
    def is_search(self) -> bool:
        """Whether there are results to go back to."""
        found = self.search
        return bool(found.text) or not is_empty(found.filters) or found.sort is not Sort.RELEVANCE

    def query(self, **changes: bool) -> str:
        """The query part of this page's address."""
        asked = replace(self, **changes)  # type: ignore[arg-type]  # the two that are no search
        pairs = write_search(asked.search)
        pairs += [("marks", "0")] if not asked.marks else []
        pairs += [("whole", "1")] if asked.whole else []
        return urlencode(pairs)


def add_article_pages(pages: Blueprint, service: Backend, config: WebConfig, switch: Switch) -> None:
    """The routes of articles on the blueprint of the pages."""

    @pages.get("/article/<path:id>")
    def article(id: str) -> str:
        return _page(service.article(id), service, config, switch)

    @pages.get("/article/<path:id>/cite.<any(bib, ris):form>")
    def citation(id: str, form: str) -> Response | str:
        try:
            found = service.article(id).article
        except ArticleNotFound as error:
            if isinstance(error, ArticleRemoved):
                raise
            # The id of an article may end as our address does.
            return article(f"{id}/cite.{form}")
        write, media_type = FILES[form]
        response = make_response(write(found, _address(found, config)))
        response.content_type = f"{media_type}; charset=utf-8"
        response.headers["Content-Disposition"] = f'attachment; filename="{citation_key(found)}.{form}"'
        return response

    @pages.errorhandler(ArticleNotFound)
    def missing(error: ArticleNotFound) -> Response:
        return _missing(error, service)


def _page(page: ArticlePage, service: Backend, config: WebConfig, switch: Switch) -> str:
    article = page.article
    asked = _asked(config)
    marked = service.marked(article, asked.search) if asked.search.text and asked.marks else None
    shown = story_text(article, marked, whole=asked.whole)
    address = _own_address(article.id, article.lang, config)
    translations = [
        (_own_address(item.id, item.lang, config), item.lang)
        for item in page.translations
        if item.lang != article.lang
    ]
    timeline = _timeline(page)
    citable = _address(article, config)
    here = article_href(article.id)
    return render_template(
        "article.html",
        article=article,
        box=SearchInput(asked.search.text),
        story=shown,
        searched=marked.searched if marked else "",
        reread=bool(marked and marked.searched != asked.search.text),
        asked=asked,
        back=search_href(asked.search) if asked.is_search else "",
        plain_href=f"{here}?{asked.query(marks=False)}",
        marked_href=with_query(here, asked.query(marks=True)),
        whole_href=f"{here}?{asked.query(whole=True)}",
        minutes=minutes if (minutes := reading_minutes(article)) <= _LONGEST_READ else 0,
        translations=page.translations,
        copies=page.copies,
        timeline=timeline,
        related=_related(page, timeline),
        same_section=page.same_section,
        same_author=page.same_author,
        cite={
            "line": pieces(article, citable),
            "bib": bibtex(article, citable),
            "ris": ris(article, citable).replace("\r\n", "\n"),
        },
        canonical=address,
        alternates=[(address, article.lang), *translations] if translations else [],
        described=description(article),
        json_ld=news_article(article, address, translations),
        properties=open_graph(article, address, config.title),
        switch=switch(asked.query()),
    )


def _asked(config: WebConfig) -> _Asked:
    given = [(name, value) for name, value in request.args.items(multi=True) if name not in _OWN]
    # What is wrong in the search was said on the page of its results.
    search, _ = read_search(given, config.page_size)
    return _Asked(search, request.args.get("marks") != "0", request.args.get("whole") == "1")


def _own_address(article_id: str, lang: str, config: WebConfig) -> str:
    """Where an article is to be found whatever the language of the page: in its own, if pages speak it."""
    primary = lang.partition("-")[0]
    ui = primary if primary in PAGE_LANGUAGES else config.default_language
    return absolute(article_href(article_id, ui=ui))


def _address(article: Article, config: WebConfig) -> str:
    """What a citation names: the publisher's page, or else ours."""
    return (
        web_link(article.url)
        or web_link(article.source_url)
        or _own_address(article.id, article.lang, config)
    )


def _related(page: ArticlePage, timeline: Sequence[Result]) -> list[Related]:
    """What stands in no other list about the story."""
    shown = {result.id for result in (*page.translations, *timeline)}
    shown |= {item.result.id for item in page.copies}
    return [item for item in page.related if item.result.id not in shown][:_RELATED]


def _timeline(page: ArticlePage) -> list[Result]:
    """The articles of the story by date, this one among them; nothing where other lists tell as much.

    That is where all others are translations, which stand above the text, or where there is but one.
    """
    article = page.article
    if article.published_at is None:
        return []
    own = plain_result(article, 0.0)
    others = [item.result for item in page.timeline if item.result.id != article.id]
    dated = [item for item in others if item.published_at]
    if len(dated) < 2 or {item.id for item in dated} <= {item.id for item in page.translations}:
        return []
    return sorted([own, *dated], key=lambda item: (item.published_at or article.published_at, item.id))


def _missing(error: ArticleNotFound, service: Backend) -> Response:
    """A page that helps on: 410 where the article was taken out, else 404."""
    removed = error.removed_at if isinstance(error, ArticleRemoved) else None
    words = words_of_id(error.article_id)
    found: tuple[Result, ...] = ()
    if words:
        try:
            asked = SearchInput(words, page_size=_LOOKED_AT, facets=False, snippets=False)
            found = likely(words, service.search(asked).results)[:_SUGGESTED]
        except (IndexerError, AnalysisError):
            # The page is there without them.
            found = ()
    html = render_template("missing.html", removed=removed, box=SearchInput(words), found=found)
    return make_response(html, 410 if removed else 404)
