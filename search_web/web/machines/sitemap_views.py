"""Site maps for crawlers: the list, articles by ten thousand, news of the last two days."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import chain
from urllib.parse import quote

from flask import Blueprint, Response, abort, request, url_for

from indexer.engines.base import Sort

from ...core.listing import Listed
from ...core.pages import Filters, SearchInput
from ..addresses import IN_PATH
from ..backend import Backend
from ..config import PAGE_LANGUAGES, WebConfig
from .freshness import entity_tag, fresh, known
from .packed_pages import PackedPages, unpacked
from .site_root import root_or_404
from .sitemaps import MOST_NEWS, PAGE, NewsItem, Place, index_of, news_map, site_map

_XML = "application/xml; charset=utf-8"
_NEWS_AGE = timedelta(days=2)
"""By Google's rules for news site maps."""


def sitemaps_blueprint(service: Backend, config: WebConfig) -> Blueprint:
    """The site maps; there are none while no one has said where the site is."""
    maps = Blueprint("sitemaps", __name__)
    kept = PackedPages()

    @maps.get("/sitemap.xml")
    def index() -> Response:
        root = root_or_404()
        tag = entity_tag(service.state(), root)
        if answer := known(tag):
            return answer
        pages = max(1, -(-len(service.article_ids()) // PAGE))
        names = [f"sitemap-{number}.xml" for number in range(1, pages + 1)]
        body = index_of(f"{root}{request.script_root}/{name}" for name in [*names, "sitemap-news.xml"])
        return fresh(Response(body, content_type=_XML), tag)

    @maps.get("/sitemap-<int:number>.xml")
    def articles(number: int) -> Response:
        root = root_or_404()
        state = service.state()
        tag = entity_tag(state, root)
        if answer := known(tag):
            return answer
        ids = service.article_ids()[(number - 1) * PAGE : number * PAGE] if number else []
        if not ids and number != 1:
            abort(404)

        def pieces() -> Iterator[str]:
            starts = _starts(root) if number == 1 else ()
            return site_map(chain(starts, _places(service.listed(ids), root, config)))

        packed = kept.page(state, f"{root} {request.script_root} {number}", pieces)
        return fresh(_packed_response(packed), tag)

    @maps.get("/sitemap-news.xml")
    def news() -> Response:
        root = root_or_404()
        now = datetime.now(UTC)
        # What is two days old changes by the clock too.
        tag = entity_tag(service.state(), root, f"{now:%Y-%m-%dT%H}")
        if answer := known(tag):
            return answer
        body = news_map(_news(service, now - _NEWS_AGE, root, config))
        return fresh(Response(body, content_type=_XML), tag)

    return maps


def _starts(root: str) -> Iterator[Place]:
    addresses = {ui: root + url_for("pages.start", ui=ui) for ui in PAGE_LANGUAGES}
    return (Place(address, editions=addresses) for address in addresses.values())


def _places(articles: Iterable[Listed], root: str, config: WebConfig) -> Iterator[Place]:
    starts = _article_starts(root, config)
    for article in articles:
        editions = {lang: _article(starts, lang, id) for lang, id in article.editions if lang != "und"}
        yield Place(_article(starts, article.lang, article.id), article.changed, editions)


def _news(service: Backend, since: datetime, root: str, config: WebConfig) -> Iterator[NewsItem]:
    filters = Filters(date_from=since.date().isoformat())
    asked = SearchInput("", filters, 1, MOST_NEWS, Sort.NEWEST, facets=False, snippets=False)
    starts = _article_starts(root, config)
    for result in service.search(asked).results:
        title = result.title.text.strip()
        if title and result.published_at and since <= result.published_at <= datetime.now(UTC):
            address = _article(starts, result.lang, result.id)
            yield NewsItem(address, result.lang, title, result.source or config.title, result.published_at)


def _article_starts(root: str, config: WebConfig) -> dict[str, str]:
    """How addresses of articles begin, by language; "" for languages in which there are no pages."""
    starts = {ui: f"{root}{url_for('pages.start', ui=ui)}article/" for ui in PAGE_LANGUAGES}
    return starts | {"": starts[config.default_language]}


def _article(starts: dict[str, str], lang: str, article_id: str) -> str:
    """An article's page in its own language, else in that of the site."""
    return starts.get(lang.partition("-")[0], starts[""]) + quote(article_id, safe=IN_PATH)


def _packed_response(packed: bytes) -> Response:
    if request.accept_encodings["gzip"] > 0:
        response = Response(packed, content_type=_XML)
        response.content_encoding = "gzip"
        return response
    return Response(unpacked(packed), content_type=_XML)
