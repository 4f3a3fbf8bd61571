"""Saved searches on the desk, and the feed of each at an address that nobody can guess."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit

from flask import Blueprint, Response, abort, g, make_response, redirect, request, url_for

from indexer.archive.desk_store import SavedSearch
from indexer.articles import clean_text
from indexer.errors import TooManySaved

from ...core.pages import SearchInput
from ...core.saved import News, newest_ids, news
from ..addresses import search_href
from ..config import PAGE_LANGUAGES
from ..machines.feed_views import feed_item, feed_response
from ..machines.feeds import Feed, feed_id, newest_of
from ..machines.site_root import absolute
from ..search_url import is_empty, read_search, write_search
from ..texts import gettext
from .backend import DeskBackend
from .views import Desk, desk_page

_LONGEST_NAME = 120
_ITEMS = 50
"""Articles of a feed."""


@dataclass(frozen=True, slots=True)
class Row:
    """A saved search in the list."""

    saved: SavedSearch
    search: SearchInput
    news: News


def add_saved(pages: Blueprint, desk: Desk) -> None:
    """`/desk/saved` and what its forms ask for."""

    @pages.get("/saved")
    def saved() -> Response:
        return _list(desk)

    @pages.post("/saved")
    def save() -> Response:
        return _save(desk)

    @pages.get("/saved/<token>")
    def saved_news(token: str) -> Response:
        found = _found(desk, token)
        return desk_page(desk, "desk_saved_news.html", row=_row(desk, found, snippets=True))

    @pages.post("/saved/<token>/seen")
    def seen(token: str) -> Response:
        kept = _changing(desk)
        found = _found(desk, token)
        search = search_of(found.search)
        kept.visit(token, newest_ids(desk.service, search))
        onward = request.form.get("onward") == "results"
        return make_response(redirect(search_href(search) if onward else url_for("desk.saved"), 303))

    @pages.post("/saved/<token>/rename")
    def rename(token: str) -> Response:
        kept = _changing(desk)
        name = _name(request.form.get("name", ""))
        if not name:
            return _list(desk, gettext("A saved search needs a name."), 400)
        if not kept.rename(token, name):
            abort(404)
        return make_response(redirect(url_for("desk.saved"), 303))

    @pages.post("/saved/<token>/delete")
    def forget(token: str) -> Response:
        if not _changing(desk).forget(token):
            abort(404)
        return make_response(redirect(url_for("desk.saved"), 303))


def saved_feeds(desk: Desk) -> Blueprint:
    """`/desk-feeds/<token>.atom` and `.json`: for feed readers, which have no session."""
    feeds = Blueprint("desk_feeds", __name__, url_prefix="/desk-feeds")

    @feeds.get("/<token>.<any(atom, json):kind>")
    def feed(token: str, kind: str) -> Response:
        found = desk.kept.saved_by(token) if desk.kept else None
        if found is None:
            abort(404)
        g.page_language = found.language
        response = feed_response(_feed(desk, found, kind), kind)
        response.headers["Cache-Control"] = "private, max-age=300"
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        # The address is the secret.
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    return feeds


def search_of(query: str) -> SearchInput:
    """The search of a saved part of an address; what cannot be read any more is left out."""
    return read_search(parse_qsl(query))[0]


def _list(desk: Desk, problem: str = "", status: int = 200) -> Response:
    rows = [_row(desk, saved) for saved in (desk.kept.saved() if desk.kept else ())]
    # A search that a page of results asks to save.
    given = clean_text(request.values.get("search", ""))[:4_000]
    offered = _asked(given)
    return desk_page(
        desk,
        "desk_saved.html",
        status,
        rows=rows,
        problem=problem,
        given=given,
        offered=offered,
        proposed=request.values.get("name", "") or (offered.text[:_LONGEST_NAME] if offered else ""),
    )


def _save(desk: Desk) -> Response:
    kept = _changing(desk)
    search = _asked(clean_text(request.form.get("search", ""))[:4_000])
    name = _name(request.form.get("name", ""))
    if search is None:
        return _list(desk, gettext("This is no search. Paste the address of a page of results."), 400)
    name = name or _name(search.text)
    if not name:
        return _list(desk, gettext("A saved search needs a name."), 400)
    query = urlencode([pair for pair in write_search(search) if pair[0] != "page"])
    try:
        kept.save(name, g.page_language, query, newest_ids(desk.service, search))
    except TooManySaved:
        return _list(desk, gettext("There are too many saved searches. Delete some of them first."), 409)
    return make_response(redirect(url_for("desk.saved"), 303))


def _asked(text: str) -> SearchInput | None:
    """The search of a pasted address, of its part behind the question mark, or of plain words."""
    text = text.strip()
    if not text:
        return None
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    if "?" in text:
        pairs: Iterable[tuple[str, str]] = parse_qsl(parts.query)
    elif parts.scheme in ("http", "https"):
        return None
    else:
        pairs = parse_qsl(text) if "=" in text else [("q", text)]
    search, _ = read_search(pairs)
    return None if not search.text and is_empty(search.filters) else search


def _row(desk: Desk, saved: SavedSearch, *, snippets: bool = False) -> Row:
    search = search_of(saved.search)
    return Row(saved, search, news(desk.service, search, saved.seen, snippets=snippets))


def _changing(desk: Desk) -> DeskBackend:
    """What keeps, for a form that may change it."""
    desk.access.require_form()
    if desk.kept is None:
        abort(404)
    return desk.kept


def _found(desk: Desk, token: str) -> SavedSearch:
    found = desk.kept.saved_by(token) if desk.kept else None
    if found is None:
        abort(404)
    return found


def _name(text: str) -> str:
    return " ".join(clean_text(text).split())[:_LONGEST_NAME]


def _feed(desk: Desk, saved: SavedSearch, kind: str) -> Feed:
    search = search_of(saved.search)
    results = news(desk.service, search, saved.known, snippets=True).results[:_ITEMS]
    address = absolute(url_for("desk_feeds.feed", token=saved.token, kind=kind))
    items = tuple(map(feed_item, results))
    return Feed(
        id=feed_id(f"saved:{saved.token}"),
        title=f"{saved.name} – {desk.config.title}",
        lang=saved.language if saved.language in PAGE_LANGUAGES else desk.config.default_language,
        site=desk.config.title,
        self_link=address,
        page_link=absolute(url_for("pages.search", ui=saved.language) + f"?{saved.search}"),
        updated=newest_of(items),
        items=items,
    )
