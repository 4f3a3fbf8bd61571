"""Searches for a word or for any of some words, without the list of all hits: the page and the total alone.

They are most of what people type. The answers are those of `matching` and `scoring`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..base import SearchRequest, Sort
from ..bm25 import idf
from ..query import Everything, Or, Query, Term
from .columns import Ids
from .matching import Matching
from .ordering import TIE, Page, best_scored, kth_best
from .posting_lists import Champions
from .view import View


def shortcut(view: View, matching: Matching, request: SearchRequest) -> tuple[Page, int] | None:
    """The page and the total of a search by relevance; None where only the whole list of hits can tell."""
    terms = _terms(request.query)
    if terms is None or request.sort is not Sort.RELEVANCE or request.limit == 0:
        return None
    if any(term.boost < 0 for term in terms):
        return None
    unfiltered = isinstance(request.filter, Everything)
    if len(terms) == 1 and unfiltered:
        known = view.lists.champions(terms[0].field, terms[0].text)
        page = _best_of_term(view, known, _weight(view, terms[0], known.documents), request)
        return None if page is None else (page, known.documents)
    if request.facets:
        return None
    return _best_of_any(view, matching, terms, request)


def _weight(view: View, term: Term, documents: int) -> float:
    return term.boost * idf(view.field_size(term.field)[0], documents)


def _terms(query: Query) -> tuple[Term, ...] | None:
    """The words of a query that any of them answers; None for another query."""
    if isinstance(query, Term):
        return (query,)
    if isinstance(query, Or) and query.minimum <= 1:
        children = query.children
        if all(isinstance(child, Term) for child in children):
            return children  # type: ignore[return-value]  # just checked
    return None


def _best_of_term(view: View, known: Champions, weight: float, request: SearchRequest) -> Page | None:
    """The postings that count most are known, and those behind them cannot be on a page before them."""
    end = request.offset + request.limit
    ids = known.ids
    if len(ids) < known.documents and (end > len(ids) or weight * (known.kth(end) - known.ranked[-1]) <= TIE):
        # One that is left out may be on the page, or tie with its last hit.
        return None
    return best_scored(view, ids, weight * known.impacts, request.offset, request.limit)


def _best_of_any(
    view: View, matching: Matching, terms: Sequence[Term], request: SearchRequest
) -> tuple[Page, int]:
    """The scores of all documents are added up; only those near the best are looked at again."""
    end = request.offset + request.limit
    least = 0.0
    filtered = not isinstance(request.filter, Everything)
    # Asked for before the lists are: see `known_champions`.
    champions = [None if filtered else view.lists.known_champions(term.field, term.text) for term in terms]
    lists = view.lists.postings_of_each([(term.field, term.text) for term in terms])
    parts: list[NDArray[np.float64]] = [np.empty(0)]
    listed: list[Ids] = [np.empty(0, np.int32)]
    for term, found, best in zip(terms, lists, champions, strict=True):
        weight = _weight(view, term, len(found.ids))
        parts.append(weight * found.impacts)
        listed.append(found.ids)
        if best is not None:
            # So much have the best of one word by that word alone.
            least = max(least, weight * best.kth(end))
    # A document stands here once for each word that it has.
    ids = np.concatenate(listed)
    values: NDArray[Any] = np.bincount(ids, np.concatenate(parts), view.size).take(ids)
    if filtered:
        passed = matching.passing(request.filter, ids)
        ids, values = ids[passed], values[passed]
    total = _distinct_number(ids, view.size) if request.exact_total else 0
    if least > 0 and not filtered:
        near = values >= least - TIE
        ids, values = ids[near], values[near]
    page = _page(view, ids, values, len(terms), request)
    return page, total if request.exact_total else len(page)


def _page(view: View, ids: Ids, values: NDArray[Any], words: int, request: SearchRequest) -> Page:
    """The page of some documents, each of which stands there at most once for each word."""
    enough = (request.offset + request.limit) * words
    if enough < len(ids):
        places = np.flatnonzero(values >= kth_best(values, enough) - TIE)
        ids, values = ids[places], values[places]
    ids, first = _distinct(ids)
    return best_scored(view, ids, values[first], request.offset, request.limit)


def _distinct(ids: Ids) -> tuple[Ids, NDArray[np.intp]]:
    """The distinct documents, ascending, and a place of each."""
    order = np.argsort(ids, kind="stable")
    ordered = ids[order]
    first = np.ones(len(ids), bool)
    first[1:] = ordered[1:] != ordered[:-1]
    return ordered[first], order[first]


def _distinct_number(ids: Ids, size: int) -> int:
    mask = np.zeros(size, bool)
    mask[ids] = True
    return int(np.count_nonzero(mask))
