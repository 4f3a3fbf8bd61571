"""Addresses of a search for programs: `search.atom`, `search.json` (JSON Feed), `search.csv`, `search.jsonl`.

Each takes every parameter of `/search`; beside them, feeds take `limit`, files `limit`, `text` and `bom`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, request

from indexer.engines.base import Sort

from ...core.export import MOST_EXPORTED, csv_text, jsonl_text
from ...core.pages import Result, ResultPage, SearchInput, Snippet
from ..addresses import article_href, default_size, fixed_href, search_href, with_query
from ..backend import Backend
from ..config import PAGE_LANGUAGES, WebConfig
from ..rendering import static_href, text_dir, web_link
from ..search_url import MAX_RESULT, write_search
from ..texts import gettext, page_language
from .arguments import Parameters
from .feeds import ATOM_TYPE, JSON_FEED_TYPE, Feed, Item, atom_feed, feed_id, item_of, json_feed, newest_of
from .file_slots import Slot
from .freshness import entity_tag, fresh, known
from .site_root import absolute, site_root

_ITEMS = 20
MOST_ITEMS = 100
"""Articles a page of a feed."""


def feeds_blueprint(service: Backend, config: WebConfig) -> Blueprint:
    """Feeds and files of searches, under `/ar`, `/vi` and `/en` as the pages are."""
    feeds = Blueprint("feeds", __name__, url_prefix=f"/<any({', '.join(PAGE_LANGUAGES)}):ui>")
    feeds.url_value_preprocessor(lambda _endpoint, values: values.pop("ui", None) if values else None)

    @feeds.get("/search.atom")
    def atom() -> Response:
        return _feed(service, config, "feeds.atom")

    @feeds.get("/search.json")
    def json() -> Response:
        return _feed(service, config, "feeds.json")

    @feeds.get("/search.csv")
    def csv() -> Response:
        return _file(service, "csv")

    @feeds.get("/search.jsonl")
    def jsonl() -> Response:
        return _file(service, "jsonl")

    return feeds


def machine_href(kind: str, search: SearchInput, **more: str) -> str:
    """Address of a search as `atom`, `json`, `csv` or `jsonl`, from its beginning; feeds go newest first."""
    changes: dict[str, Any] = {"page": 1, "page_size": default_size()}
    if kind in ("atom", "json"):
        changes["sort"] = Sort.RELEVANCE
    asked = search_href(search, **changes).partition("?")[2]
    own = "&".join(f"{name}={value}" for name, value in more.items())
    query = "&".join(part for part in (asked, own) if part)
    return with_query(fixed_href(f"feeds.{kind}", ui=page_language()), query)


def _feed(service: Backend, config: WebConfig, endpoint: str) -> Response:
    given = Parameters(request.args.items(multi=True))
    limit = given.number("limit", _ITEMS, MOST_ITEMS)
    asked = given.search(limit, Sort.NEWEST)
    tag = entity_tag(service.state(), site_root())
    changed = service.changed_at()
    if answer := known(tag, changed):
        return answer
    page = service.search(replace(asked, facets=False, snippets=False, histogram=False))
    feed = _feed_of(page, endpoint, limit, config)
    return fresh(feed_response(feed, endpoint.removeprefix("feeds.")), tag, changed)


def feed_response(feed: Feed, kind: str) -> Response:
    """The feed as `atom` or `json`."""
    if kind == "atom":
        return Response(atom_feed(feed), content_type=f"{ATOM_TYPE}; charset=utf-8")
    return Response(json_feed(feed), content_type=f"{JSON_FEED_TYPE}; charset=utf-8")


def _feed_of(page: ResultPage, endpoint: str, limit: int, config: WebConfig) -> Feed:
    asked = page.request
    ui = page_language()
    path = fixed_href(endpoint, ui=ui)

    def address(number: int) -> str:
        pairs = [
            pair for pair in write_search(replace(asked, page=number), limit) if pair != ("sort", "newest")
        ]
        own = [("limit", str(limit))] if limit != _ITEMS else []
        return absolute(with_query(path, urlencode([*pairs, *own])))

    last = max(1, -(-min(page.reachable, MAX_RESULT // limit * limit) // limit))
    items = tuple(map(feed_item, page.results))
    return Feed(
        id=feed_id(address(1)),
        title=f"{asked.text or gettext('Latest articles')} – {config.title}",
        lang=ui,
        site=config.title,
        self_link=address(asked.page),
        page_link=absolute(search_href(asked, page=1, page_size=default_size())),
        updated=newest_of(items),
        items=items,
        description=gettext("A guide to a news archive in many languages."),
        total=page.total,
        first=address(1) if last > 1 else "",
        previous=address(asked.page - 1) if asked.page > 1 else "",
        next=address(asked.page + 1) if asked.page < last else "",
        last=address(last) if last > 1 else "",
        icon=absolute(static_href("logo.svg")),
    )


def feed_item(result: Result) -> Item:
    """A result in a feed, with the address of its page here; one without a title is called so."""
    title = result.title if result.title.text.strip() else Snippet(gettext("Untitled"), ())
    shown = replace(result, title=title, url=web_link(result.url))
    return item_of(shown, absolute(article_href(result.id)), text_dir(result.lang))


def _file(service: Backend, kind: str) -> Response:
    given = Parameters(request.args.items(multi=True))
    limit = given.number("limit", MOST_EXPORTED, MOST_EXPORTED)
    text, bom = given.flag("text"), kind == "csv" and given.flag("bom")
    return export_response(service, given.search(10), kind, limit, text=text, bom=bom)


def export_response(
    service: Backend, asked: SearchInput, kind: str, limit: int, *, text: bool, bom: bool
) -> Response:
    """A search as a file that is written while it is read. Its name says when it is not the whole search."""
    slot = Slot()
    found = service.export(asked, limit)
    if kind == "csv":
        pieces, content = csv_text(found.rows, text=text, bom=bom), "text/csv; charset=utf-8; header=present"
    else:
        pieces, content = jsonl_text(found.rows, text=text), "application/x-ndjson; charset=utf-8"
    response = Response(slot.sending(pieces), content_type=content)
    response.call_on_close(slot.release)
    part = f"-first-{found.count}-of-{found.total}" if found.cut else ""
    response.headers["Content-Disposition"] = f'attachment; filename="dalil{part}.{kind}"'
    response.headers["X-Total-Count"] = str(found.total)
    response.headers["X-Export-Count"] = str(found.count)
    response.headers["X-Robots-Tag"] = "noindex"
    return response
