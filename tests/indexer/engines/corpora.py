"""Any documents, any changes, any queries, for tests that hold engines against the oracle."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

from hypothesis import strategies as st

from indexer.engines.base import Change, Delete, IndexDocument, Occurrences, SearchRequest, Sort, Upsert
from indexer.engines.query import (
    And,
    AnyOf,
    Between,
    Boost,
    Everything,
    Near,
    Not,
    Nothing,
    Optionally,
    Or,
    Phrase,
    Prefix,
    Query,
    Term,
)
from indexer.engines.whoosh_engine import merge_policy, view, writing
from indexer.engines.whoosh_engine.codec import merging, postings_encoder, segment

from .documents import FIELD

PLAIN = "en.word"
"""A field without positions."""
LAST_POSITION = 2**32 - 1
WORDS = ["cat", "catalogue", "dog", "وزير", "hà", "\U0001f600", "\U0001f600\U0001f408", "c\uffff"]
FACETS = ("lang", "section", "author", "tag", "year", "month")

words = st.sampled_from(WORDS)
_weights = st.sampled_from([1.0, 1.0, 2.0, 3.0, 1.0625, 0.1, 1 / 3])
ids = st.sampled_from([*"abcdefgh", "é", "\U0001f600", "\uffff", "a b"])


@st.composite
def occurrences(draw: st.DrawFn, *, positional: bool = True) -> Occurrences:
    """Terms with gaps between them, some many times, some at the last positions that there are."""
    found = draw(
        st.lists(st.tuples(words, _weights, st.sampled_from([1, 1, 1, 2, 4])), min_size=1, max_size=9)
    )
    if draw(st.booleans()) and draw(st.booleans()):
        found += [found[-1]] * 300
    total = sum(gap for _, _, gap in found)
    first = draw(st.sampled_from([0, 0, 0, 70_000, LAST_POSITION - total]))
    positions = [first + sum(gap for _, _, gap in found[: at + 1]) for at in range(len(found))]
    terms, weights = [term for term, _, _ in found], [weight for _, weight, _ in found]
    return Occurrences(terms, weights, positions if positional else ())


@st.composite
def documents(draw: st.DrawFn) -> IndexDocument:
    """With fields or without any, with columns of every kind or without."""
    fields = {}
    if draw(st.integers(0, 5)):
        fields[FIELD] = draw(occurrences())
    if draw(st.booleans()):
        fields[PLAIN] = draw(occurrences(positional=False))
    texts = st.dictionaries(
        st.sampled_from(["lang", "section", "source", "group"]), st.sampled_from(["ar", "en", "é"])
    )
    lists = st.dictionaries(
        st.sampled_from(["author", "tag"]), st.lists(st.sampled_from(["x", "y", "en"]), max_size=3).map(tuple)
    )
    numbers = st.dictionaries(
        st.sampled_from(["published_at", "year", "month"]),
        st.sampled_from([0, 1, 2, 3, 2024, -(2**40), 2**40]),
    )
    return IndexDocument(draw(ids), fields, draw(texts), draw(lists), draw(numbers))


changes: st.SearchStrategy[list[Change]] = st.lists(
    st.one_of(st.builds(Upsert, documents()), st.builds(Upsert, documents()), st.builds(Delete, ids)),
    max_size=8,
)
commits = st.lists(changes, min_size=1, max_size=5)


@st.composite
def phrases(draw: st.DrawFn) -> Phrase:
    """Side by side or with gaps, at every position or at multiples of a unit."""
    chosen = draw(st.lists(words, min_size=1, max_size=3))
    gap = draw(st.sampled_from([1, 1, 2]))
    boost, unit = draw(st.sampled_from([1.0, 0.5])), draw(st.sampled_from([1, 1, 2, 4]))
    return Phrase(FIELD, tuple((at * gap, word) for at, word in enumerate(chosen)), boost, unit)


@st.composite
def nears(draw: st.DrawFn) -> Near:
    """Words near each other, some of them typed twice, in fields with and without positions."""
    chosen = tuple(draw(st.lists(words, min_size=0, max_size=4)))
    boost, unit = draw(st.sampled_from([1.0, 0.5])), draw(st.sampled_from([1, 1, 2, 1024]))
    return Near(draw(_fields), chosen, draw(st.integers(0, 8)), boost, unit)


_fields = st.sampled_from([FIELD, FIELD, PLAIN, "no.such"])
_terms = st.builds(Term, _fields, st.one_of(words, st.just("absent")), st.sampled_from([0.5, 1.0, 3.0]))
filters = st.one_of(
    st.builds(
        AnyOf,
        st.sampled_from(["lang", "section", "author", "tag", "year"]),
        st.lists(st.sampled_from(["en", "x", "é", "2024", "02024", ""]), max_size=2).map(tuple),
    ),
    st.builds(
        Between,
        st.sampled_from(["published_at", "year"]),
        st.none() | st.integers(-1, 3),
        st.none() | st.sampled_from([0, 3, 2**40]),
    ),
    st.just(Everything()),
    st.just(Nothing()),
)
leaves = st.one_of(
    _terms,
    _terms,
    phrases(),
    nears(),
    st.builds(Prefix, _fields, st.sampled_from(["c", "cat", "z", "\U0001f600"]), st.sampled_from([1.0, 0.5])),
    filters,
)


def _combined(children: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    several = st.lists(children, min_size=1, max_size=4).map(tuple)
    return st.one_of(
        st.builds(And, several),
        st.builds(Or, several, st.integers(0, 3)),
        st.builds(Not, children),
        st.builds(Optionally, children, children),
        st.builds(Boost, children, st.sampled_from([0.5, 2.0, 0.0])),
    )


queries: st.SearchStrategy[Query] = st.one_of(
    st.builds(Or, st.lists(_terms, min_size=1, max_size=3).map(tuple)),
    st.recursive(leaves, _combined, max_leaves=8),
)
requests = st.builds(
    SearchRequest,
    query=queries,
    filter=st.one_of(st.just(Everything()), filters, queries),
    offset=st.sampled_from([0, 0, 0, 1, 3, 50]),
    limit=st.sampled_from([0, 1, 2, 3, 10]),
    sort=st.sampled_from([Sort.RELEVANCE, *Sort]),
    facets=st.sampled_from([(), (), FACETS]),
    facet_limit=st.sampled_from([1, 100]),
    exact_total=st.booleans(),
)

SIZES = st.fixed_dictionaries(
    {
        "spill": st.sampled_from([1, 20, writing.SPILL]),
        "block": st.sampled_from([2, postings_encoder.BLOCK]),
        "blocked": st.sampled_from([2, postings_encoder.BLOCKED]),
        "champions": st.sampled_from([1, 2, view.CHAMPIONS]),
        "factor": st.sampled_from([2, merge_policy.FACTOR]),
        "at_once": st.sampled_from([1, 1 << 20]),
    }
)
"""Limits of the Whoosh engine, small enough for a few documents to reach them."""


@contextmanager
def limits(sizes: dict[str, int]) -> Iterator[None]:
    """The engine with these limits."""
    with ExitStack() as stack:
        for module, name, size in _places(sizes):
            stack.enter_context(patch.object(module, name, size))
        yield


def _places(sizes: dict[str, int]) -> Sequence[tuple[Any, str, int]]:
    return [
        (writing, "SPILL", sizes["spill"]),
        (postings_encoder, "BLOCK", sizes["block"]),
        (segment, "BLOCK", sizes["block"]),
        (postings_encoder, "BLOCKED", sizes["blocked"]),
        (view, "CHAMPIONS", sizes["champions"]),
        (merge_policy, "FACTOR", sizes["factor"]),
        (merging, "_AT_ONCE", sizes["at_once"]),
    ]
