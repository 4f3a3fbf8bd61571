"""How large a query tree may be, and what of it an engine must look up."""

from __future__ import annotations

from ..errors import QueryError
from .base import COLUMNS_LIST, COLUMNS_NUMBER, COLUMNS_TEXT, SearchRequest
from .query import And, AnyOf, Between, Boost, Near, Not, Optionally, Or, Phrase, Query

MAX_DEPTH = 50
MAX_LEAVES = 2_000
MAX_PREFIX_TERMS = 50_000
MAX_WINDOW = 10_000
"""Deepest hit that a page may show (`offset + limit`)."""

_COLUMNS = frozenset((*COLUMNS_TEXT, *COLUMNS_LIST, *COLUMNS_NUMBER))


def children_of(query: Query) -> tuple[Query, ...]:
    """The direct children of a node; leaves have none."""
    match query:
        case And(children) | Or(children):
            return children
        case Not(child) | Boost(child):
            return (child,)
        case Optionally(required, optional):
            return (required, optional)
        case _:
            return ()


def check_request(request: SearchRequest) -> None:
    """Raise `QueryError` for a request past a limit or with an unknown column."""
    check_query(request.query)
    check_query(request.filter)
    if request.offset < 0 or request.limit < 0:
        raise QueryError(f"offset {request.offset} and limit {request.limit} must not be negative")
    if request.offset + request.limit > MAX_WINDOW:
        raise QueryError(
            f"hits {request.offset} to {request.offset + request.limit} are past the {MAX_WINDOW} that "
            "can be paged through; narrow the search"
        )
    for column in request.facets:
        _check_column(column)


def check_query(query: Query) -> None:
    """Raise `QueryError` for a tree that is too deep or too large, or that has an unknown column."""
    leaves = _leaves(query, 1)
    if leaves > MAX_LEAVES:
        raise QueryError(f"the query has more than {MAX_LEAVES} terms; use fewer words")


def _leaves(query: Query, depth: int) -> int:
    """How many terms and filters a tree has. Every search asks this, so plain loops instead of generators."""
    if depth > MAX_DEPTH:
        raise QueryError(f"the query is more than {MAX_DEPTH} levels deep; use fewer parentheses")
    children = children_of(query)
    if not children:
        if isinstance(query, AnyOf | Between):
            _check_column(query.column)
        return len(query.terms) if isinstance(query, Phrase | Near) else 1
    leaves = 0
    for child in children:
        leaves += _leaves(child, depth + 1)
        if leaves > MAX_LEAVES:
            break
    return leaves


def _check_column(column: str) -> None:
    if column not in _COLUMNS:
        raise QueryError(f"there is no column {column!r}; the columns are {', '.join(sorted(_COLUMNS))}")


def too_many_prefix_terms(field: str, prefix: str) -> QueryError:
    """The error for a prefix with more than `MAX_PREFIX_TERMS` terms."""
    return QueryError(
        f"more than {MAX_PREFIX_TERMS} words of {field} begin with {prefix!r}; write more letters before *"
    )
