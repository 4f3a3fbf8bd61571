"""Any documents, any queries: every engine answers as the oracle does, and so does Whoosh's own searcher."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from whoosh.index import open_dir

from indexer.engines.base import Change, SearchEngine, SearchRequest, TermStatistics
from indexer.engines.memory_engine import MemoryEngine
from indexer.engines.query import Everything
from indexer.engines.whoosh_engine import WhooshEngine
from indexer.engines.whoosh_engine.stock_engine import WhooshStockEngine
from indexer.engines.whoosh_engine.whoosh_queries import of_columns, whoosh_query
from indexer.engines.whoosh_engine.whoosh_scoring import Bm25

from .agreement import TOLERANCE, Expected
from .corpora import IDS, PLAIN, WORDS, a_filter, a_query, a_request, commits, seeds, small_limits
from .documents import FIELD

_some = settings(max_examples=25, deadline=None, derandomize=True)
_few = settings(_some, max_examples=12)


def _filled(engine: SearchEngine, all_changes: list[list[Change]]) -> MemoryEngine:
    """An oracle with the same commits."""
    oracle = MemoryEngine()
    for changes in all_changes:
        oracle.apply(changes)
        engine.apply(changes)
    return oracle


@_some
@given(random=seeds)
def test_whoosh_answers_as_the_oracle(random: Random) -> None:
    """Pages, totals, facets, statistics, before and after the index is opened again."""
    with TemporaryDirectory() as name, small_limits(random):
        whoosh = WhooshEngine.create(Path(name))
        oracle = _filled(whoosh, commits(random))
        asked = [Expected(request, oracle) for request in [a_request(random) for _ in range(12)]]
        with closing(whoosh), closing(WhooshEngine.open(Path(name), read_only=True)) as reopened:
            for engine in (whoosh, reopened):
                _compare_statistics(engine, oracle)
                for expected in asked:
                    expected.compare(engine.search(expected.request))
                    _compare_score(engine, oracle, expected.request, random.choice(IDS))


def _compare_score(engine: WhooshEngine, oracle: MemoryEngine, request: SearchRequest, name: str) -> None:
    mine, theirs = engine.score_of(request.query, name), oracle.score_of(request.query, name)
    assert (mine is None) == (theirs is None)
    assert mine is None or theirs is None or abs(mine - theirs) < TOLERANCE


def _compare_statistics(engine: WhooshEngine | WhooshStockEngine, oracle: MemoryEngine) -> None:
    assert engine.statistics() == oracle.statistics()
    assert sorted(engine.ids()) == sorted(oracle.ids())
    for field in (FIELD, PLAIN, "no.such"):
        assert engine.terms(field) == oracle.terms(field)
        assert engine.terms(field, "c", 1) == oracle.terms(field, "c", 1)
        assert engine.document_frequencies(field, WORDS) == oracle.document_frequencies(field, WORDS)
        (count, average), (others, expected) = engine.field_size(field), oracle.field_size(field)
        assert count == others
        assert abs(average - expected) <= 1e-6 * expected


@_few
@given(random=seeds)
def test_stock_whoosh_answers_as_the_oracle(random: Random) -> None:
    """So that its times may be compared."""
    with TemporaryDirectory() as name:
        stock = WhooshStockEngine.create(Path(name))
        oracle = _filled(stock, commits(random))
        with closing(stock):
            _compare_statistics(stock, oracle)
            for request in [a_request(random) for _ in range(8)]:
                Expected(request, oracle).compare(stock.search(request))


@_some
@given(random=seeds)
def test_whooshs_own_searcher_answers_as_the_oracle(random: Random) -> None:
    """Its matchers step through our files: the same documents and scores, all of them and the best few."""
    with TemporaryDirectory() as name, small_limits(random):
        engine = WhooshEngine.create(Path(name))
        oracle = _filled(engine, commits(random))
        engine.close()
        with open_dir(name).searcher(weighting=Bm25()) as searcher:
            for _ in range(4):
                tree = a_query(random)
                selected = random.choice([Everything(), a_filter(random)])
                expected = Expected(SearchRequest(tree, selected), oracle).hits
                scores = {hit.id: hit.score for hit in expected}
                options = {"filter": whoosh_query(selected, of_columns)}
                if isinstance(selected, Everything):
                    options = {}
                for most in (None, random.randint(1, 8)):
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
@given(random=seeds)
def test_whooshs_own_reader_has_the_terms_of_the_oracle(random: Random) -> None:
    """Also those of documents that are deleted, until a merge takes them away."""
    with TemporaryDirectory() as name:
        engine = WhooshEngine.create(Path(name))
        oracle = _filled(engine, commits(random))
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
