"""The dictionary of names on the desk: spellings in both scripts, their witnesses, and the editor's word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, make_response, redirect, request, url_for

from indexer.articles import Article, clean_text
from indexer.errors import IndexMissing
from indexer.name_files import LEAST_STORIES
from indexer.name_list import NameRow
from indexer.name_vetoes import NamesError

from ..addresses import fixed_href, with_query
from ..search_url import MAX_QUERY
from ..texts import gettext
from .views import Desk, desk_page

_PAGE = 50
_WITNESSES = 20
"""Stories of a spelling that are named."""


@dataclass(frozen=True, slots=True)
class Spelling:
    """One Arabic spelling of a name, and articles that have it."""

    row: NameRow
    articles: Sequence[Article]
    """In Arabic; at most so many as are shown."""
    others: Sequence[Article]
    """Those that have the name in Latin script."""


def add_names(pages: Blueprint, desk: Desk) -> None:
    """`/desk/names` and its forms."""

    @pages.get("/names")
    def names() -> Response:
        name = clean_text(request.args.get("name", "")).strip()[:200]
        return _one(desk, name) if name else _list(desk)

    @pages.post("/names/veto")
    def veto() -> Response:
        return _change(desk, refuse=True)

    @pages.post("/names/allow")
    def allow() -> Response:
        return _change(desk, refuse=False)


def _list(desk: Desk, problem: str = "", status: int = 200) -> Response:
    if desk.kept is None:
        abort(404)
    words = clean_text(request.values.get("q", "")).strip()[:MAX_QUERY]
    only_vetoed = request.args.get("vetoed") == "1"
    rare = request.args.get("rare") == "1"
    rows: Sequence[NameRow] = ()
    try:
        rows = [
            row
            for row in desk.kept.names(words, vetoed=only_vetoed)
            if rare or row.vetoed or row.stories >= LEAST_STORIES
        ]
    except IndexMissing:
        problem = problem or gettext("The archive has no dictionary of names yet; the next job makes it.")
    except NamesError:
        problem, status = gettext("The file of vetoes cannot be read; see the server’s log."), 503
    last = max(1, -(-len(rows) // _PAGE))
    number = min(
        last,
        max(1, int(text) if (text := request.args.get("page", "1")).isdecimal() and len(text) < 7 else 1),
    )
    return desk_page(
        desk,
        "desk_names.html",
        status,
        rows=rows[(number - 1) * _PAGE : number * _PAGE],
        total=len(rows),
        words=words,
        only_vetoed=only_vetoed,
        rare=rare,
        number=number,
        last=last,
        problem=problem,
        page_address=lambda n: _address(words, only_vetoed=only_vetoed, rare=rare, number=n),
    )


def _address(words: str, *, only_vetoed: bool, rare: bool, number: int) -> str:
    pairs = [
        ("q", words),
        ("vetoed", "1" if only_vetoed else ""),
        ("rare", "1" if rare else ""),
        ("page", str(number) if number > 1 else ""),
    ]
    return with_query(fixed_href("desk.names"), urlencode([pair for pair in pairs if pair[1]]))


def _one(desk: Desk, name: str, problem: str = "", status: int = 200) -> Response:
    if desk.kept is None:
        abort(404)
    try:
        rows = desk.kept.spellings(name)
    except (IndexMissing, NamesError):
        return _list(desk)
    if not rows:
        return _list(desk, gettext("No story has this name in two scripts."), 404)
    told = desk.kept.witnesses(rows[0].name)
    by_spelling = {row.arabic: [w for w in told if w.arabic == row.arabic][:_WITNESSES] for row in rows}
    wanted = [i for found in by_spelling.values() for w in found for i in (w.article, w.other) if i]
    articles = desk.kept.articles(list(dict.fromkeys(wanted)))

    def those(ids: Sequence[str]) -> list[Article]:
        return [articles[i] for i in dict.fromkeys(ids) if i in articles]

    spellings = [
        Spelling(row, those([w.article for w in found]), those([w.other for w in found]))
        for row in rows
        for found in [by_spelling[row.arabic]]
    ]
    return desk_page(desk, "desk_name.html", status, name=rows[0].name, spellings=spellings, problem=problem)


def _change(desk: Desk, *, refuse: bool) -> Response:
    desk.access.require_form()
    if desk.kept is None:
        abort(404)
    name, arabic = (clean_text(request.form.get(field, "")).strip()[:200] for field in ("name", "arabic"))
    try:
        (desk.kept.veto if refuse else desk.kept.allow)(name, arabic)
    except NamesError:
        return _list(desk, gettext("Give a name in Latin script and its spelling in Arabic script."), 400)
    return make_response(redirect(url_for("desk.names", name=name), 303))
