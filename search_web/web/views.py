"""The pages: start, results, article, explanation. Each works with plain links and GET forms."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from indexer.engines.base import Sort

from ..core.explanation import Explanation
from ..core.pages import Filters, Notice, NoticeKind, ResultPage, SearchInput, Step
from ..explained import main_language, read_words
from .addresses import default_size, search_href, write_search
from .articles.views import add_article_pages
from .backend import Backend
from .chart import chart_of
from .config import PAGE_LANGUAGES, WebConfig
from .narrowing import Choice, chips, facet_rows, language_tabs, offers
from .page_tags import with_tag
from .rendering import number
from .search_url import FACETS, MAX_RESULT, Problem, is_empty, read_search
from .texts import gettext

_LATEST = 6
_SIZES = (10, 20, 50)
"""Results a page to choose from."""
_FACET_VALUES = 24
"""Values of a facet on a page of results, a third of them at once."""


def pages_blueprint(service: Backend, config: WebConfig) -> Blueprint:
    """The pages of a service under `/ar`, `/vi` and `/en`."""
    pages = Blueprint("pages", __name__, url_prefix=f"/<any({', '.join(PAGE_LANGUAGES)}):ui>")

    # `before_request` of the application has read the page language; views need not.
    pages.url_value_preprocessor(lambda _endpoint, values: values.pop("ui", None) if values else None)

    @pages.app_url_defaults
    def _same_language(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint.startswith("pages."):
            values.setdefault("ui", g.get("page_language", config.default_language))

    pages.after_request(with_tag)

    @pages.get("/", strict_slashes=False)
    def start() -> str:
        return _start(service)

    @pages.get("/search")
    def search() -> tuple[str, int] | Response:
        asked, problems = read_search(request.args.items(multi=True), config.page_size)
        asked = replace(asked, histogram=True)
        if not asked.text and is_empty(asked.filters) and not problems and asked.sort is Sort.RELEVANCE:
            return redirect(url_for("pages.start"), 302)
        return _results(service, asked, problems)

    add_article_pages(pages, service, config, _switch)

    @pages.get("/explain")
    def explain() -> str:
        given = [(name, value) for name, value in request.args.items(multi=True) if name != "id"]
        asked, problems = read_search(given, config.page_size)
        article_id = request.args.get("id", "")
        if not asked.text or not article_id or any(problem.wrong for problem in problems):
            abort(400)
        return _explain(service.explain(asked.text, article_id, as_typed=asked.as_typed), asked)

    return pages


def _start(service: Backend) -> str:
    """The archive's size, and the newest articles and the sections in the page's language if it has any."""
    latest = SearchInput("", page_size=_LATEST, sort=Sort.NEWEST, fold=True)
    everything = service.search(replace(latest, histogram=True))
    languages = everything.facets.get("lang", ())
    own = tuple(item.value for item in languages if item.value.partition("-")[0] == g.page_language)
    shown = everything
    if own:
        shown = service.search(replace(latest, filters=Filters(lang=own)))
    return render_template(
        "start.html",
        total=everything.total,
        languages=languages,
        latest=shown.results,
        sections=shown.facets.get("section", ())[:12],
        blank=SearchInput(""),
        chart=chart_of(SearchInput(""), everything.histogram),
        filters_of=Filters,
        switch=_switch(""),
    )


def _results(
    service: Backend, asked: SearchInput, problems: tuple[Problem, ...]
) -> tuple[str, int] | Response:
    page = service.search(asked)
    last = last_page(page)
    beyond = asked.page > last
    if beyond and page.total and asked.page <= last_of(page.total, asked.page_size):
        # Of many results it is not known beforehand how many stories they are.
        return redirect(search_href(asked, page=last), 302)
    if beyond and page.total:
        problems = (*problems, Problem("page", "page", str(asked.page)))
        page = service.search(replace(asked, page=last))
    cut = any(item.kind == "cut" for item in problems)
    told = (*page.notices, Notice(NoticeKind.QUERY_CUT, asked.text)) if cut else page.notices
    if not any(item.kind is NoticeKind.NOTHING_FOUND for item in told) and not page.total:
        told = (*told, Notice(NoticeKind.NOTHING_FOUND))
    tabs = language_tabs(page.request, page.facets.get("lang", ()))
    # Where there are tabs, the one that is marked says which language was chosen.
    by_tab = tabs.shown and len(asked.filters.lang) == 1
    html = render_template(
        "results.html",
        page=page,
        search=page.request,
        tabs=tabs,
        chart=chart_of(page.request, page.histogram),
        facets=_facets(page),
        chips=[chip for chip in chips(page.request) if not (by_tab and chip.facet == "lang")],
        offers=[] if page.total else offers(page.request, lambda wider: _count(service, wider)),
        sizes=_sizes(page.request.page_size),
        notices=_once(told),
        problems=[_problem_words(item) for item in problems if item.wrong],
        numbers=page_numbers(page.request.page, last),
        last=last,
        switch=_switch(urlencode(write_search(asked))),
    )
    wrong = any(item.wrong for item in problems)
    return html, 404 if beyond and page.total else 400 if wrong else 200


def _facets(page: ResultPage) -> list[tuple[str, list[Choice]]]:
    """Values of the facets that stand beside the results; languages are tabs, months are bars."""
    left_out = ("lang",) if page.request.filters.month else ("lang", "month")
    names = [name for name in FACETS if name not in left_out]
    return [
        (name, facet_rows(page.request, name, values[:_FACET_VALUES]))
        for name in names
        if (values := page.facets.get(name))
    ]


def _count(service: Backend, search: SearchInput) -> int:
    """How many articles a search finds with all its words."""
    found = service.search(
        replace(search, page=1, page_size=1, facets=False, snippets=False, fold=False, histogram=False)
    )
    loosened = {NoticeKind.RELAXED, NoticeKind.RESCUED} & {item.kind for item in found.notices}
    return 0 if loosened else found.total


def _sizes(page_size: int) -> list[int]:
    """Numbers of results of a page to choose from; none below the site's own, which an address leaves out."""
    return sorted({page_size, *(size for size in _SIZES if size >= default_size()), default_size()})


def _explain(explanation: Explanation, asked: SearchInput) -> str:
    words = read_words(explanation)
    return render_template(
        "explain.html",
        explanation=explanation,
        asked=asked,
        found=[word for word in words if word.matches],
        missing=[word for word in words if word.missing],
        common=[word for word in words if word.too_common],
        lang=main_language(words, explanation.extras),
        switch=_switch(urlencode([*write_search(asked), ("id", explanation.article_id)])),
    )


def last_page(page: ResultPage) -> int:
    """Number of the last page of results that can be reached, 1 when there is none."""
    return last_of(page.reachable, page.request.page_size)


def last_of(results: int, page_size: int) -> int:
    """Number of the last page of so many results that can be reached."""
    return max(1, -(-min(results, MAX_RESULT) // page_size))


def page_numbers(current: int, last: int, around: int = 2) -> list[int | None]:
    """Numbers to link to: first, last and those near the current one; None where some are left out.

    >>> page_numbers(6, 20)
    [1, None, 4, 5, 6, 7, 8, None, 20]
    """
    near = {1, last, *range(max(1, current - around), min(last, current + around) + 1)}
    numbers: list[int | None] = []
    before = 0
    for item in sorted(near):
        if item == before + 2:
            numbers.append(item - 1)
        elif item > before + 2:
            numbers.append(None)
        numbers.append(item)
        before = item
    return numbers


def _once(notices: tuple[Notice, ...]) -> list[Notice]:
    """Each kind of notice once, the first of it; each step that was taken for the query."""
    kinds: dict[tuple[NoticeKind, Step | None], Notice] = {}
    for item in notices:
        kinds.setdefault((item.kind, item.step), item)
    return list(kinds.values())


def _switch(query: str) -> dict[str, str]:
    """Address of this page in every page language, the query kept."""
    if not request.endpoint or not request.endpoint.startswith("pages."):
        abort(404)
    values = {name: value for name, value in (request.view_args or {}).items() if name != "ui"}
    tail = f"?{query}" if query else ""
    return {ui: url_for(request.endpoint, ui=ui, **values) + tail for ui in PAGE_LANGUAGES}


def _problem_words(problem: Problem) -> str:
    value = problem.value
    match problem.kind:
        case "page":
            return gettext("There is no page %(value)s of these results.", value=value)
        case "date":
            return gettext("“%(value)s” is not a date; write it as 2025-10-26, 2025-10 or 2025.", value=value)
        case "date_order":
            return gettext(
                "The first date is after the last one (%(value)s); dates were left out.", value=value
            )
        case "sort":
            return gettext("There is no order “%(value)s”; the best matches come first.", value=value)
        case "size":
            return gettext("A page cannot have “%(value)s” results; write a number up to 100.", value=value)
        case "typed":
            return gettext("“%(value)s” cannot be used for “typed”; write typed=1.", value=value)
        case "fold":
            return gettext("“%(value)s” cannot be used for “fold”; write fold=0.", value=value)
        case "too_many":
            return gettext("At most %(count)s values of one filter can be chosen.", count=number(20))
        case "facet":
            return gettext("“%(value)s” cannot be used as a filter; it was left out.", value=value)
        case _:
            return gettext("There is no filter “%(name)s”; it was left out.", name=problem.name)
