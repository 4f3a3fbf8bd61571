"""The translation check of the desk: groups that disagree, and one group side by side."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, request
from markupsafe import Markup, escape

from indexer.articles import Article
from indexer.errors import QueryError

from ...core.pages import SearchInput
from ...core.translations.figures import FigureKind
from ...core.translations.figures_in_text import composed
from ...core.translations.translation_check import Disagreement
from ...core.translations.translation_groups import CheckInput
from ..addresses import fixed_href, with_query
from ..search_url import is_empty, read_search, write_search
from ..texts import gettext
from .views import Desk, desk_page

_SHOWN = 3
"""Disagreements of a group in the list."""
_SIZE = 1
"""A page of groups counts as one result, so that no deeper page of them is refused as too deep."""


def add_check(pages: Blueprint, desk: Desk) -> None:
    """`/desk/check` and `/desk/check/<group>`."""

    @pages.get("/check")
    def check() -> Response:
        return _list(desk)

    @pages.get("/check/<path:group>")
    def checked(group: str) -> Response:
        found = desk.kept.check_group(group) if desk.kept else None
        if found is None:
            abort(404)
        return desk_page(
            desk,
            "desk_group.html",
            group=found,
            columns=[(article, _paragraphs(article, found.disagreements)) for article in found.articles],
        )


def kind_words(kind: FigureKind) -> str:
    """What texts disagree on."""
    match kind:
        case FigureKind.NUMBER:
            return gettext("Number")
        case FigureKind.DATE:
            return gettext("Date")
        case FigureKind.NAME:
            return gettext("Name")


def _list(desk: Desk) -> Response:
    known = ("lang", "section", "from", "to", "page")
    asked, problems = read_search(
        [pair for pair in request.args.items(multi=True) if pair[0] in known], _SIZE
    )
    if desk.kept is None:
        abort(404)
    status = 400 if any(problem.wrong for problem in problems) else 200
    try:
        page = desk.kept.check_page(CheckInput(asked.filters, asked.page))
    except QueryError:
        page = desk.kept.check_page(CheckInput(asked.filters))
        status = 404
    facets = desk.service.search(SearchInput("", page_size=1)).facets
    return desk_page(
        desk,
        "desk_check.html",
        status,
        page=page,
        filters=asked.filters,
        shown=_SHOWN,
        sections=[item.value for item in facets.get("section", ())][:200],
        languages=[item.value for item in facets.get("lang", ())],
        narrowed=not is_empty(asked.filters),
        page_address=lambda number: _address(asked, number),
        problem=gettext("Something in the filter cannot be used and was left out.") if status != 200 else "",
    )


def _address(asked: SearchInput, number: int) -> str:
    return with_query(fixed_href("desk.check"), urlencode(write_search(replace(asked, page=number), _SIZE)))


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of an article, its disagreements marked."""

    html: Markup
    marked: bool
    title: bool


def _paragraphs(article: Article, items: Iterable[Disagreement]) -> list[Paragraph]:
    """The text as `read_article` joins it, cut into paragraphs again."""
    parts = [composed(part) for part in (article.title, article.lead, *article.body) if part]
    sides = [
        (number, side) for number, item in enumerate(items, 1) for side in (item.one, item.other) if side
    ]
    own = sorted(
        ((side.start, side.end, number) for number, side in sides if side.article_id == article.id),
        key=lambda mark: mark[:2],
    )
    found: list[Paragraph] = []
    begin = 0
    for at, part in enumerate(parts):
        marks = [m for m in own if begin <= m[0] and m[1] <= begin + len(part)]
        found.append(Paragraph(_marked(part, begin, marks), bool(marks), at == 0 and bool(article.title)))
        begin += len(part) + 1
    return found


def _marked(part: str, begin: int, marks: list[tuple[int, int, int]]) -> Markup:
    pieces: list[str] = []
    at = 0
    for start, end, number in marks:
        first, last = start - begin, end - begin
        if first < at:
            continue
        label = escape(gettext("disagreement %(number)s", number=number))
        pieces += [
            str(escape(part[at:first])),
            f"<mark>{escape(part[first:last])}</mark>",
            f'<sup><a href="#d{number}" aria-label="{label}">{number}</a></sup>',
        ]
        at = last
    pieces.append(str(escape(part[at:])))
    return Markup("".join(pieces))  # noqa: S704  # what is of the archive is escaped
