"""Addresses of our own pages, byte for byte as `url_for` makes them.

A page of results has up to two hundred links, most of them this search with one filter more. `url_for`
matches rules and quotes everything anew for each; here it is asked for the fixed part once, and each value is
quoted once.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any
from urllib.parse import quote, quote_plus

from flask import current_app, request, url_for

from ..core.pages import SearchInput
from .search_url import FACETS, chosen
from .search_url import write_search as _write
from .texts import page_language

_AFTER_DATES = ("sort", "typed", "fold", "size")
"""Parameters that stand behind those of dates in an address."""
# What werkzeug leaves as it is, by the WHATWG's URL standard.
_IN_QUERY = "!$'()*,/:;?@"
IN_PATH = "!$&'()*+,/:;=@"


def fixed_href(endpoint: str, **values: str) -> str:
    """`url_for` for the few addresses that depend on the page's language alone; remembered."""
    return _fixed(request.script_root, page_language(), endpoint, tuple(values.items()))


@lru_cache(maxsize=256)
def _fixed(script_root: str, language: str, endpoint: str, values: tuple[tuple[str, str], ...]) -> str:
    # Both stand in the key because `url_for` takes them from the request.
    assert (script_root, language) == (request.script_root, page_language())
    return url_for(endpoint, **dict(values))  # type: ignore[arg-type]  # an endpoint's values, not its options


def search_href(search: SearchInput, **changes: Any) -> str:
    """Address of the results of a search, with some of its fields changed."""
    if changes:
        fields = {name: getattr(search, name) for name in SearchInput.__dataclass_fields__}
        search = SearchInput(**(fields | changes))
    return with_query(fixed_href("pages.search"), _written(search))


def explain_href(search: SearchInput, article_id: str) -> str:
    """Address of the page that says why a search finds an article; it leads back to the same results."""
    asked = _written(search)
    pair = _pair("id", article_id)
    return with_query(fixed_href("pages.explain"), f"{asked}&{pair}" if asked else pair)


def article_href(article_id: str, found_by: str | SearchInput = "", ui: str = "") -> str:
    """Address of an article. `found_by`: the query or the whole search, to which its page leads back.

    `ui`: the language of the page, if not that of the page being made.
    """
    start = fixed_href("pages.start", ui=ui) if ui else fixed_href("pages.start")
    address = f"{start}article/{quote(article_id, safe=IN_PATH)}"
    if isinstance(found_by, SearchInput):
        return with_query(address, _written(found_by))
    return with_query(address, _pair("q", found_by) if found_by else "")


def toggled_hrefs(search: SearchInput, facet: str, values: Iterable[str]) -> list[str]:
    """Addresses of the search with each of these values of a facet added, or removed where it is chosen.

    Back on page 1, as `search_href(toggled(search, facet, value))` is.
    """
    own = chosen(search.filters, facet)
    pairs = [pair for pair in write_search(search) if pair[0] != "page"]
    later = {*FACETS[FACETS.index(facet) :], "from", "to", *_AFTER_DATES}
    before = [_pair(*pair) for pair in pairs if pair[0] not in later]
    after = [_pair(*pair) for pair in pairs if pair[0] in later and pair[0] != facet]
    path = fixed_href("pages.search")
    found: list[str] = []
    for value in values:
        kept = [item for item in own if item != value]
        toggled = kept if value in own else [*own, value]
        query = "&".join([*before, *(_pair(facet, item) for item in toggled), *after])
        found.append(with_query(path, query))
    return found


def range_hrefs(search: SearchInput, ranges: Iterable[tuple[str, str]]) -> list[str]:
    """Addresses of the search narrowed to each of these ranges instead of its own dates; back on page 1."""
    pairs = [
        pair
        for pair in write_search(search)
        if pair[0] not in ("page", "from", "to", *FACETS[FACETS.index("year") :])
    ]
    before = [_pair(*pair) for pair in pairs if pair[0] not in _AFTER_DATES]
    after = [_pair(*pair) for pair in pairs if pair[0] in _AFTER_DATES]
    path = fixed_href("pages.search")
    return [
        with_query(path, "&".join([*before, f"from={first}", f"to={last}", *after])) for first, last in ranges
    ]


def write_search(search: SearchInput) -> list[tuple[str, str]]:
    """The parameters of a search, without what this site does anyway."""
    return _write(search, default_size())


def default_size() -> int:
    """Results of a page where the address names no number."""
    size: int = current_app.config["PAGE_SIZE"]
    return size


def _written(search: SearchInput) -> str:
    return _joined_pairs(search, default_size())


@lru_cache(maxsize=256)
def _joined_pairs(search: SearchInput, page_size: int) -> str:
    return "&".join(_pair(*pair) for pair in _write(search, page_size))


@lru_cache(maxsize=4_096)
def _pair(name: str, value: str) -> str:
    return f"{name}={quote_plus(value, safe=_IN_QUERY)}"


def with_query(path: str, query: str) -> str:
    """A path with a query part behind it, if there is any."""
    return f"{path}?{query}" if query else path
