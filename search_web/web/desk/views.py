"""The desk's first pages: stories around an article or a draft, and the door.

The others join in `desk_blueprint`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, g, make_response, redirect, render_template, request, url_for
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response as AnyResponse

from indexer.articles import clean_text
from indexer.errors import ArticleNotFound, QueryError

from ...core.locate import Meant
from ...core.pages import Filters, RelatedInput, RelatedPage, Result, SearchInput
from ..addresses import with_query
from ..backend import Backend
from ..config import PAGE_LANGUAGES, WebConfig
from ..search_url import MAX_QUERY, read_search
from ..texts import gettext
from .access import Access, TooManyAttempts, own_address, same_origin
from .backend import DeskBackend
from .links import copied

DRAFT_BYTES = 256 * 1024
"""Most bytes of a request with a draft."""
_FOUND = 10
_RELATED = 30


@dataclass(frozen=True, slots=True)
class Desk:
    """What every page of the desk is made with."""

    service: Backend
    kept: DeskBackend | None
    """None: of an application without a home, which keeps nothing."""
    access: Access
    config: WebConfig


def desk_blueprint(desk: Desk, parts: Iterable[Callable[[Blueprint, Desk], None]] = ()) -> Blueprint:
    """The pages under `/ar/desk`, `/vi/desk` and `/en/desk`; `parts` add theirs."""
    pages = Blueprint("desk", __name__, url_prefix=f"/<any({', '.join(PAGE_LANGUAGES)}):ui>/desk")
    pages.url_value_preprocessor(lambda _endpoint, values: values.pop("ui", None) if values else None)

    @pages.app_url_defaults
    def _same_language(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint.startswith("desk."):
            values.setdefault("ui", g.get("page_language", desk.config.default_language))

    @pages.before_request
    def _guard() -> AnyResponse | None:
        if desk.access.may_read or request.endpoint in ("desk.sign_in", "desk.enter"):
            return None
        if request.method == "GET":
            return redirect(url_for("desk.sign_in", next=_asked()), 303)
        return make_response(
            _door(desk, gettext("The session is over. Sign in, then send the form again.")), 401
        )

    @pages.after_request
    def _private(response: Response) -> Response:
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        return response

    pages.get("/", strict_slashes=False, endpoint="start")(lambda: _start(desk))
    pages.get("/related", endpoint="related")(lambda: _of_article(desk))
    pages.post("/related", endpoint="draft")(lambda: _of_draft(desk))
    pages.get("/sign-in", endpoint="sign_in")(lambda: _door(desk))
    pages.post("/sign-in", endpoint="enter")(lambda: _enter(desk))
    pages.post("/sign-out", endpoint="leave")(lambda: _leave(desk))
    for add in parts:
        add(pages, desk)
    return pages


def desk_page(desk: Desk, template: str, status: int = 200, **values: Any) -> Response:
    """A page of the desk."""
    values.setdefault("switch", _switch())
    html = render_template(template, access=desk.access, keeps=desk.kept is not None, **values)
    return make_response(html, status)


def _start(desk: Desk, problem: str = "", draft: str = "", status: int = 200) -> Response:
    text = clean_text(request.args.get("q", ""))[:2_000].strip()
    found: tuple[Result, ...] = ()
    if text and not problem:
        located = desk.kept.locate(text) if desk.kept else None
        if located and located.meant is Meant.ARTICLE:
            return make_response(redirect(url_for("desk.related", id=located.article_id), 303))
        if located and located.meant is Meant.ADDRESS:
            problem, status = gettext("No article of the archive has this address."), 404
        else:
            found = desk.service.search(SearchInput(text[:MAX_QUERY], page_size=_FOUND, facets=False)).results
            if not found:
                problem = gettext("No article was found. Try other words, an address or an id.")
    return desk_page(desk, "desk.html", status, text=text, found=found, problem=problem, draft=draft)


def _of_article(desk: Desk) -> Response:
    filters, problem = _filters(request.args.items(multi=True))
    asked = clean_text(request.args.get("id", "") or request.args.get("url", "")).strip()
    if not asked:
        return make_response(redirect(url_for("desk.start"), 303))
    article_id = asked
    if request.args.get("url") and desk.kept:
        located = desk.kept.locate(asked)
        if located.meant is not Meant.ARTICLE:
            return _start(desk, gettext("No article of the archive has this address."), status=404)
        article_id = located.article_id
    try:
        page = desk.service.related_page(RelatedInput(article_id, filters=filters, limit=_RELATED))
    except ArticleNotFound:
        message = gettext("The archive has no article “%(id)s”. It may have been removed.", id=asked[:80])
        return _start(desk, message, status=404)
    return _related(desk, page, problem)


def _of_draft(desk: Desk) -> Response:
    request.max_content_length = DRAFT_BYTES
    request.max_form_memory_size = DRAFT_BYTES
    try:
        form = request.form
    except RequestEntityTooLarge:
        message = gettext("The draft is too long. Paste the text of one story, without pictures.")
        return _start(desk, message, status=413)
    draft = clean_text(form.get("draft", "")).strip()
    if not draft:
        return _start(desk, gettext("The draft is empty. Paste a text first."), status=400)
    filters, problem = _filters(form.items(multi=True))
    try:
        asked = RelatedInput(
            draft=draft, draft_lang=form.get("draft_lang", ""), filters=filters, limit=_RELATED
        )
        page = desk.service.related_page(asked)
    except QueryError:
        message = gettext("This draft cannot be compared. Shorten it to the text of one story.")
        return _start(desk, message, draft, status=400)
    return _related(desk, page, problem)


def _related(desk: Desk, page: RelatedPage, problem: str) -> Response:
    lists = (page.translations, page.copies, page.related, page.background)
    results = [item.result for items in lists for item in items]
    return desk_page(
        desk,
        "desk_related.html",
        400 if problem else 200,
        page=page,
        article=page.article,
        filters=page.request.filters,
        draft=page.request.draft,
        problem=problem,
        total=len(results),
        copies_of=copied(results),
    )


def _filters(pairs: Iterable[tuple[str, str]]) -> tuple[Filters, str]:
    """Languages and dates, and what is wrong with them in words."""
    wanted = [(name, value) for name, value in pairs if name in ("lang", "from", "to")]
    search, problems = read_search(wanted)
    if not problems:
        return search.filters, ""
    values = ", ".join(problem.value for problem in problems)
    return search.filters, gettext("This filter cannot be used and was left out: %(value)s", value=values)


def _door(desk: Desk, problem: str = "", status: int = 200) -> Response:
    address = own_address(request.values.get("next", "")) or url_for("desk.start")
    return desk_page(desk, "desk_sign_in.html", status, problem=problem, next=address)


def _enter(desk: Desk) -> Response:
    if not same_origin():
        return _door(desk, gettext("This form did not come from this site. Send it again."), 403)
    try:
        fits = desk.access.password_fits(request.form.get("password", "")[:1_000])
    except TooManyAttempts as error:
        response = _door(desk, gettext("Too many wrong passwords. Try again in a quarter of an hour."), 429)
        response.headers["Retry-After"] = str(error.wait_s)
        return response
    if not fits:
        return _door(desk, gettext("This is not the password."), 403)
    address = own_address(request.form.get("next", "")) or url_for("desk.start")
    response = make_response(redirect(address, 303))
    desk.access.begin(response)
    return response


def _leave(desk: Desk) -> Response:
    desk.access.require_form()
    response = make_response(redirect(url_for("desk.start"), 303))
    desk.access.end(response)
    return response


def _asked() -> str:
    return with_query(request.path, request.query_string.decode("utf-8", "replace"))


def _switch() -> dict[str, str]:
    """Address of this page in every page language; of an answer to a form the page that has the form."""
    endpoint = request.endpoint or "desk.start"
    if request.method != "GET":
        return {ui: url_for("desk.start", ui=ui) for ui in PAGE_LANGUAGES}
    values = {name: value for name, value in (request.view_args or {}).items() if name != "ui"}
    query = urlencode([pair for pair in request.args.items(multi=True) if pair[0] != "next"])
    return {ui: with_query(url_for(endpoint, ui=ui, **values), query) for ui in PAGE_LANGUAGES}
