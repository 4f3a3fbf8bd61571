"""Laws of queries for many words: what is read for all of them at once is what each says by itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.engines.base import Delete, IndexDocument, Occurrences, SearchRequest, Upsert
from indexer.engines.query import And, Boost, Not, Optionally, Or, Phrase, Query, Term
from indexer.engines.whoosh_engine import WhooshEngine, matching, posting_lists
from indexer.engines.whoosh_engine.codec import segment
from indexer.engines.whoosh_engine.codec.dictionary import LONGEST, Dictionary

FIELDS = ("ar.stem", "vi.fold")
_seeds = st.builds(Random, st.integers(0, 2**32 - 1))


def _words(random: Random) -> list[str]:
    """Words of all lengths, many with a beginning in common."""
    letters = ["a", "ب", "đ", "\U0001f600"]
    made = {"".join(random.choices(letters, k=random.randint(1, 30))) for _ in range(60)}
    return sorted(made | {word[: random.randint(1, 8)] for word in made})


def _document(random: Random, name: str, words: list[str]) -> IndexDocument:
    fields = {}
    for field in FIELDS:
        # The first words are the commonest.
        terms = [words[int(random.random() ** 2 * len(words))] for _ in range(random.randint(0, 60))]
        weights = [random.choice([1.0, 1.0, 2.0, 0.1, 1 / 3]) for _ in terms]
        if terms:
            fields[field] = Occurrences(terms, weights, range(len(terms)))
    return IndexDocument(name, fields, {"lang": random.choice(["ar", "vi"])}, {}, {})


def _fill(engine: WhooshEngine, random: Random, words: list[str]) -> None:
    """One or several segments, with or without deleted documents."""
    names = [f"d{number}" for number in range(80)]
    for _ in range(random.randint(1, 4)):
        engine.apply(Upsert(_document(random, name, words)) for name in random.sample(names, 40))
    if random.random() < 0.7:
        engine.apply(Delete(name) for name in random.sample(names, 15))


def _terms(random: Random, words: list[str]) -> list[Term]:
    """Some of the words, some more than once, and some that no document has."""
    asked = random.choices([*words, "none", "a\0", "b" * 2 * LONGEST], k=random.randint(20, 80))
    return [Term(random.choice(FIELDS), word, random.choice([1.0, 0.5, 3.25])) for word in asked]


@contextmanager
def _one_by_one() -> Iterator[None]:
    never = 1 << 30
    with (
        patch.object(posting_lists, "TOGETHER", never),
        patch.object(matching, "TOGETHER", never),
        patch.object(matching, "_FEWEST_AHEAD", never),
        patch.object(segment, "_TOGETHER", never),
    ):
        yield


def _queries(random: Random, terms: list[Term]) -> list[Query]:
    wide = Or(tuple(terms))
    phrases = [Phrase("ar.stem", ((0, one.text), (1, other.text))) for one, other in pairwise(terms)]
    return [
        wide,
        Or(tuple(terms), minimum=random.randint(2, 4)),
        Optionally(terms[0], wide),
        And((Boost(wide, 0.5), Not(terms[1]))),
        Or((And((terms[2], wide)), *terms[3:])),
        Or((*phrases, *terms[:5])),
    ]


@settings(max_examples=8, deadline=None)
@given(random=_seeds)
def test_many_words_at_once_answer_as_one_by_one(random: Random) -> None:
    """To the last bit: pages, totals and frequencies, over segments and deleted documents."""
    words = _words(random)
    with TemporaryDirectory() as name, closing(WhooshEngine.create(Path(name))) as engine:
        _fill(engine, random, words)
        terms = _terms(random, words)
        asked = [term.text for term in terms]
        for query in _queries(random, terms):
            wanted = SearchRequest(query, limit=random.choice([3, 100]))
            for request in (wanted, replace(wanted, exact_total=False), replace(wanted, facets=("lang",))):
                with closing(WhooshEngine.open(Path(name), read_only=True)) as fresh, _one_by_one():
                    expected = fresh.search(request)
                    frequencies = [fresh.document_frequencies(field, asked) for field in FIELDS]
                with closing(WhooshEngine.open(Path(name), read_only=True)) as fresh:
                    first, again = fresh.search(request), fresh.search(request)
                    assert replace(first, took_ms=0) == replace(expected, took_ms=0)
                    assert replace(again, took_ms=0) == replace(expected, took_ms=0)
                    assert [fresh.document_frequencies(field, asked) for field in FIELDS] == frequencies


@settings(max_examples=8, deadline=None)
@given(random=_seeds)
def test_a_wide_query_scores_the_sum_of_its_words(random: Random) -> None:
    """Of those that a document has; it matches where they are as many as are asked for."""
    words = _words(random)
    with TemporaryDirectory() as name, closing(WhooshEngine.create(Path(name))) as engine:
        _fill(engine, random, words)
        terms = _terms(random, words)
        alone: dict[str, list[float]] = {}
        for term in terms:
            for hit in engine.search(SearchRequest(term, limit=100)).hits:
                alone.setdefault(hit.id, []).append(hit.score)
        for minimum in (1, 2, 5):
            found = engine.search(SearchRequest(Or(tuple(terms), minimum), limit=100))
            assert {hit.id for hit in found.hits} == {
                name for name, scores in alone.items() if len(scores) >= minimum
            }
            for hit in found.hits:
                # Each of the parts is rounded to six decimals.
                assert hit.score == pytest.approx(sum(alone[hit.id]), abs=1e-6 * len(terms))


_bytes = st.binary(max_size=LONGEST) | st.lists(st.sampled_from(b"\0ab\xff"), max_size=20).map(bytes)


@settings(max_examples=200, deadline=None)
@given(
    terms=st.sets(_bytes, max_size=300),
    others=st.lists(_bytes, max_size=20),
    borders=st.tuples(st.integers(0, 300), st.integers(0, 300)),
)
def test_keys_are_found_where_they_stand(
    terms: set[bytes], others: list[bytes], borders: tuple[int, int]
) -> None:
    """Any bytes, zeros at the end among them, in any part of the dictionary."""
    ordered = sorted(terms | {bytes([1, number]) for number in range(200)})
    first, last = sorted(min(border, len(ordered)) for border in borders)
    text = np.frombuffer(b"".join(ordered) + b"\xff" * LONGEST, np.uint8)
    starts = np.cumsum([0, *map(len, ordered)]).astype(np.uint32)
    keys = [*ordered, *others, b""]
    there = {term: number for number, term in enumerate(ordered) if first <= number < last}
    found = Dictionary(text, starts).find(keys, first, last).tolist()
    assert found == [there.get(key, -1) for key in keys]
