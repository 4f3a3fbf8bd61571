"""Any documents, any queries: every engine answers as the oracle does, and so does Whoosh's own searcher."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from whoosh.index import open_dir

from indexer.engines.base import Change, SearchRequest, TermStatistics
from indexer.engines.memory_engine import MemoryEngine
from indexer.engines.query import Everything, Query
from indexer.engines.whoosh_engine import WhooshEngine
from indexer.engines.whoosh_engine.stock_engine import WhooshStockEngine
from indexer.engines.whoosh_engine.whoosh_queries import of_columns, whoosh_query
from indexer.engines.whoosh_engine.whoosh_scoring import Bm25

from .agreement import TOLERANCE, assert_agrees
from .corpora import PLAIN, SIZES, WORDS, commits, filters, limits, queries, requests
from .documents import FIELD

_slow = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]
_some = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=_slow,
    phases=[Phase.explicit, Phase.generate],  # making a failing example smaller takes minutes
)
_few = settings(_some, max_examples=25)


@_some
@given(
    commits=commits,
    sizes=SIZES,
    asked=st.lists(st.tuples(requests, st.sampled_from("abc")), min_size=1, max_size=6),
)
def test_whoosh_answers_as_the_oracle(
    commits: list[list[Change]], sizes: dict[str, int], asked: list[tuple[SearchRequest, str]]
) -> None:
    """Pages, totals, facets, statistics, before and after the index is opened again."""
    with TemporaryDirectory() as name, limits(sizes):
        oracle, whoosh = MemoryEngine(), WhooshEngine.create(Path(name))
        for changes in commits:
            oracle.apply(changes)
            whoosh.apply(changes)
        with closing(whoosh), closing(WhooshEngine.open(Path(name), read_only=True)) as reopened:
            for engine in (whoosh, reopened):
                assert engine.statistics() == oracle.statistics()
                assert sorted(engine.ids()) == sorted(oracle.ids())
                _compare_terms(engine, oracle)
                for request, document_id in asked:
                    assert_agrees(engine.search(request), request, oracle)
                    mine, theirs = (e.score_of(request.query, document_id) for e in (engine, oracle))
                    assert (mine is None) == (theirs is None)
                    assert mine is None or theirs is None or abs(mine - theirs) < TOLERANCE


def _compare_terms(engine: WhooshEngine | WhooshStockEngine, oracle: MemoryEngine) -> None:
    for field in (FIELD, PLAIN, "no.such"):
        assert engine.terms(field) == oracle.terms(field)
        assert engine.terms(field, "c", 1) == oracle.terms(field, "c", 1)
        assert engine.document_frequencies(field, WORDS) == oracle.document_frequencies(field, WORDS)
        (count, average), (others, expected) = engine.field_size(field), oracle.field_size(field)
        assert count == others
        assert abs(average - expected) <= 1e-6 * expected


@_few
@given(commits=commits, asked=st.lists(requests, min_size=1, max_size=4))
def test_stock_whoosh_answers_as_the_oracle(commits: list[list[Change]], asked: list[SearchRequest]) -> None:
    """So that its times may be compared."""
    with TemporaryDirectory() as name:
        oracle, stock = MemoryEngine(), WhooshStockEngine.create(Path(name))
        for changes in commits:
            oracle.apply(changes)
            stock.apply(changes)
        with closing(stock):
            assert stock.statistics() == oracle.statistics()
            _compare_terms(stock, oracle)
            for request in asked:
                assert_agrees(stock.search(request), request, oracle)


@_some
@given(
    commits=commits,
    sizes=SIZES,
    asked=st.lists(
        st.tuples(queries, st.one_of(st.just(Everything()), filters), st.integers(1, 4)),
        min_size=1,
        max_size=4,
    ),
)
def test_whooshs_own_searcher_answers_as_the_oracle(
    commits: list[list[Change]], sizes: dict[str, int], asked: list[tuple[Query, Query, int]]
) -> None:
    """Its matchers step through our files: the same documents and scores, all of them and the best few."""
    with TemporaryDirectory() as name, limits(sizes):
        oracle, engine = MemoryEngine(), WhooshEngine.create(Path(name))
        for changes in commits:
            oracle.apply(changes)
            engine.apply(changes)
        engine.close()
        with open_dir(name).searcher(weighting=Bm25()) as searcher:
            for tree, selected, limit in asked:
                expected = oracle.search(SearchRequest(tree, selected, limit=10_000)).hits
                scores = {hit.id: hit.score for hit in expected}
                options = (
                    {} if isinstance(selected, Everything) else {"filter": whoosh_query(selected, of_columns)}
                )
                for most in (None, limit):
                    results = searcher.search(whoosh_query(tree, of_columns), limit=most, **options)
                    found = [(hit["id"], hit.score) for hit in results]
                    assert len(found) == len(dict(found)) == len(expected[:most])
                    if not options:
                        # Whoosh's count of the best few leaves the filter out.
                        assert len(results) == len(expected)
                    for (document_id, score), hit in zip(found, expected, strict=False):
                        assert abs(score - scores[document_id]) < TOLERANCE
                        assert abs(score - hit.score) < TOLERANCE


@_few
@given(commits=commits)
def test_whooshs_own_reader_has_the_terms_of_the_oracle(commits: list[list[Change]]) -> None:
    """Also those of documents that are deleted, until a merge takes them away."""
    with TemporaryDirectory() as name:
        oracle, engine = MemoryEngine(), WhooshEngine.create(Path(name))
        for changes in commits:
            oracle.apply(changes)
            engine.apply(changes)
        engine.close()
        with open_dir(name).reader() as reader:
            terms = list(reader.all_terms())
            assert terms == sorted(set(terms))
            for field in (FIELD, PLAIN):
                living = []
                for text in reader.lexicon(field) if field in reader.schema else ():
                    count = len(list(reader.postings(field, text).all_ids()))
                    if count:
                        living.append(TermStatistics(text.decode(), count))
                assert living == oracle.terms(field)
            assert sorted(stored["id"] for stored in reader.all_stored_fields()) == sorted(oracle.ids())
            assert reader.doc_count() == len(list(oracle.ids()))
