"""Any documents, any changes, any queries, for tests that hold engines against the oracle.

They are drawn by a random number of Hypothesis's choice: documents and queries that it made itself, piece by
piece, were so small that hardly a query found two documents.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from random import Random
from typing import Any
from unittest.mock import patch

from hypothesis import strategies as st

from indexer.engines.base import (
    COLUMNS_LIST,
    COLUMNS_NUMBER,
    COLUMNS_TEXT,
    Change,
    Delete,
    IndexDocument,
    Occurrences,
    SearchRequest,
    Sort,
    Upsert,
)
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
from indexer.engines.whoosh_engine import matching, merge_policy, posting_lists, writing
from indexer.engines.whoosh_engine.codec import merging, postings_encoder, segment

from .documents import FIELD

PLAIN = "en.word"
"""A field without positions."""
LAST_POSITION = 2**32 - 1
WORDS = ["cat", "dog", "catalogue", "وزير", "hà", "\U0001f600", "\U0001f600\U0001f408", "c\uffff"]
"""The first are the commonest."""
FACETS = ("lang", "section", "author", "tag", "year", "month")
IDS = [*"abcdefghijklmnop", "é", "\U0001f600", "\uffff", "a b", "aa", "đ"]
_VALUES = ["en", "ar", "x", "é"]
_TEXTS = ["cat dog", "cat dog", "cat", "dog cat dog cat", "hà cat dog"]
"""Documents with the same words have the same scores."""

seeds = st.builds(Random, st.integers(0, 2**32 - 1))
"""Sources of everything below."""


def word(random: Random) -> str:
    """A word, rather one of the first."""
    return WORDS[int(random.random() ** 2 * len(WORDS))]


def occurrences(random: Random, *, positional: bool) -> Occurrences:
    """Terms with gaps between them, some many times, some at the last positions that there are."""
    if random.random() < 0.4:
        terms = random.choice(_TEXTS).split()
        return Occurrences(terms, [1.0] * len(terms), range(len(terms)) if positional else ())
    terms = [word(random) for _ in range(random.randint(1, 10))]
    if random.random() < 0.05:
        terms += [terms[-1]] * 300
    weights = [random.choice([1.0, 1.0, 2.0, 3.0, 1.0625, 0.1, 1 / 3]) for _ in terms]
    unit = random.choice([1, 1, 2, 4])
    steps = [random.choice([1, 1, 1, 2]) * unit for _ in terms]
    first = random.choice([0, 0, 0, 70_000, LAST_POSITION - sum(steps)]) // unit * unit
    positions = (
        [first + sum(steps[:at]) for at in range(len(terms))] if len(terms) < 100 else range(len(terms))
    )
    return Occurrences(terms, weights, positions if positional else ())


def a_document(random: Random, document_id: str) -> IndexDocument:
    """With fields or without any, with columns of every kind or without."""
    fields = {}
    if random.random() < 0.9:
        fields[FIELD] = occurrences(random, positional=True)
    if random.random() < 0.4:
        fields[PLAIN] = occurrences(random, positional=False)
    texts = {n: random.choice(_VALUES) for n in COLUMNS_TEXT if random.random() < 0.6}
    lists = {
        name: tuple(random.choices(_VALUES, k=random.randint(0, 3)))
        for name in COLUMNS_LIST
        if random.random() < 0.6
    }
    numbers = {
        name: random.choice([0, 1, 2, 3, 2024, -(2**40), 2**40])
        for name in COLUMNS_NUMBER
        if random.random() < 0.6
    }
    return IndexDocument(document_id, fields, texts, lists, numbers)


def commits(random: Random) -> list[list[Change]]:
    """Changes of some documents again and again; some commits are empty."""
    return [
        [
            Delete(name) if random.random() < 0.2 else Upsert(a_document(random, name))
            for name in random.choices(IDS, k=random.choice([0, 1, 3, 10, 25]))
        ]
        for _ in range(random.randint(1, 5))
    ]


def a_leaf(random: Random) -> Query:
    """A word, words in some order, a filter."""
    field = random.choice([FIELD] * 6 + [PLAIN, PLAIN, "no.such"])
    boost = random.choice([1.0, 0.5, 3.0])
    match random.choice(["term"] * 5 + ["phrase"] * 3 + ["near", "prefix", "filter"]):
        case "term":
            return Term(field, random.choice([word(random)] * 9 + ["absent"]), boost)
        case "phrase":
            unit = random.choice([1, 1, 2, 4])
            gap = random.choice([1, 1, 2]) * unit
            words = [word(random) for _ in range(random.choice([1, 2, 2, 3]))]
            return Phrase(field, tuple((at * gap, text) for at, text in enumerate(words)), boost, unit)
        case "near":
            words = [word(random) for _ in range(random.randint(0, 4))]
            return Near(field, tuple(words), random.randint(0, 8), boost, random.choice([1, 1, 2, 1024]))
        case "prefix":
            return Prefix(field, random.choice(["c", "cat", "z", "\U0001f600"]), boost)
        case _:
            return a_filter(random)


def a_filter(random: Random) -> Query:
    """What selects by columns."""
    match random.choice(["any", "any", "between", "all", "none"]):
        case "any":
            column = random.choice(["lang", "section", "author", "tag", "year"])
            values = random.choices([*_VALUES, "2024", "02024", ""], k=random.choice([0, 1, 2, 2]))
            return AnyOf(column, tuple(values))
        case "between":
            first, last = random.choice([None, -1, 0, 2]), random.choice([None, 3, 2**40])
            return Between(random.choice(["published_at", "year"]), first, last)
        case "all":
            return Everything()
        case _:
            return Nothing()


def a_query(random: Random, depth: int = 3) -> Query:
    """A word, any of some words, or a tree of anything."""
    if depth == 3 and random.random() < 0.3:
        return Or(
            tuple(Term(FIELD, word(random), random.choice([1.0, 0.5])) for _ in range(random.randint(1, 3)))
        )
    if not depth or random.random() < 0.3:
        return a_leaf(random)
    children = tuple(a_query(random, depth - 1) for _ in range(random.choice([1, 2, 2, 3, 4])))
    match random.choice(["and", "or", "or", "not", "maybe", "boost"]):
        case "and":
            return And(children)
        case "or":
            return Or(children, random.choice([0, 1, 1, 2, 3]))
        case "not":
            return Not(children[0])
        case "maybe":
            return Optionally(children[0], children[-1])
        case _:
            return Boost(children[0], random.choice([0.5, 2.0, 0.0]))


def a_request(random: Random) -> SearchRequest:
    """Any page of any query, in any order, with or without facets."""
    filters = [Everything(), Everything(), a_filter(random), a_query(random)]
    return SearchRequest(
        a_query(random),
        random.choice(filters),
        offset=random.choice([0, 0, 0, 1, 3, 50]),
        limit=random.choice([0, 1, 2, 3, 10, 10]),
        sort=random.choice([Sort.RELEVANCE, *Sort]),
        facets=random.choice([(), (), FACETS]),
        facet_limit=random.choice([1, 100]),
        exact_total=random.random() < 0.5,
    )


@contextmanager
def small_limits(random: Random) -> Iterator[None]:
    """The limits of the Whoosh engine, some of them so small that a few documents reach them."""
    block = random.choice([2, postings_encoder.BLOCK])
    places: list[tuple[Any, str, int]] = [
        (writing, "SPILL", random.choice([1, 20, writing.SPILL])),
        (postings_encoder, "BLOCK", block),
        (segment, "BLOCK", block),
        (postings_encoder, "BLOCKED", random.choice([2, postings_encoder.BLOCKED])),
        (segment, "_TOGETHER", random.choice([1, 12])),
        (matching, "_FEWEST_AHEAD", random.choice([1, 4])),
        (matching, "TOGETHER", together := random.choice([1, posting_lists.TOGETHER])),
        (posting_lists, "TOGETHER", together),
        (posting_lists, "_LONG", random.choice([2, 2_000])),
        (posting_lists, "_KEPT_FROM", random.choice([1, 64])),
        (posting_lists, "CHAMPIONS", random.choice([1, 2, posting_lists.CHAMPIONS])),
        (merge_policy, "FACTOR", random.choice([2, merge_policy.FACTOR])),
        (merging, "_AT_ONCE", random.choice([1, 1 << 20])),
        (merging, "_TERMS_AT_ONCE", random.choice([2, 1 << 20])),
    ]
    with ExitStack() as stack:
        for module, name, size in places:
            stack.enter_context(patch.object(module, name, size))
        yield
