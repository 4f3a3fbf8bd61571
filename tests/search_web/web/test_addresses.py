"""Addresses are those of `url_for`, whatever stands in a search."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import pytest
from flask import g, url_for
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer.engines.base import Sort
from search_web.core.pages import Filters, SearchInput
from search_web.web.addresses import article_href, explain_href, fixed_href, search_href, toggled_hrefs
from search_web.web.search_url import FACETS, toggled, write_search

_text = st.text(
    st.one_of(st.sampled_from(" &=?/#%+:;@!$'()*,\"<>é٠ữ"), st.characters(codec="utf-8")), max_size=8
)
_values = st.lists(_text, max_size=3, unique=True).map(tuple)
_searches = st.builds(
    SearchInput,
    text=_text,
    filters=st.builds(
        Filters,
        **dict.fromkeys(FACETS, _values),
        date_from=st.sampled_from(["", "2025-10"]),
        date_to=st.sampled_from(["", "2026"]),
    ),
    page=st.integers(1, 3),
    sort=st.sampled_from(Sort),
    as_typed=st.booleans(),
)


def by_flask(endpoint: str, search: SearchInput, **more: str) -> str:
    """The address as `url_for` makes it."""
    query: dict[str, list[str]] = defaultdict(list)
    for name, value in [*write_search(search), *more.items()]:
        query[name].append(value)
    return url_for(endpoint, **query)  # type: ignore[arg-type]  # flask types the rest as str | None


@pytest.fixture(params=["", "/archive"])
def page(request: pytest.FixtureRequest, client: FlaskClient) -> Iterator[str]:
    """An Arabic page being made, at the root of a host or below it."""
    prefix: str = request.param
    with client.application.test_request_context("/ar/search", base_url=f"http://localhost{prefix}/"):
        g.page_language = "ar"
        yield prefix


@pytest.mark.usefixtures("page")
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(search=_searches, article=_text.filter(bool), facet=st.sampled_from(FACETS), values=_values)
def test_as_flask(search: SearchInput, article: str, facet: str, values: tuple[str, ...]) -> None:
    """Quoting, order and repeated names are the same."""
    assert search_href(search) == by_flask("pages.search", search)
    assert search_href(search, page=9, text="a b") == by_flask(
        "pages.search", SearchInput("a b", search.filters, 9, sort=search.sort, as_typed=search.as_typed)
    )
    assert explain_href(search, article) == by_flask("pages.explain", search, id=article)
    assert article_href(article, search.text) == url_for("pages.article", id=article, q=search.text or None)
    every = (*values, *getattr(search.filters, facet))
    assert toggled_hrefs(search, facet, every) == [
        by_flask("pages.search", toggled(search, facet, value)) for value in every
    ]


def test_prefix(page: str) -> None:
    """A site below the root of its host links there, and each page to its own language."""
    assert fixed_href("pages.start") == f"{page}/ar/"
    assert fixed_href("static", filename="a.css", v="1") == f"{page}/static/a.css?v=1"
    g.page_language = "vi"
    assert fixed_href("pages.start") == f"{page}/vi/"
    g.page_language = "ar"
