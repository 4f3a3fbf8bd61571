"""The gate: floors hold, only rise, and are not compared across other data."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.data_sets import DataSet
from benchmarks.eval_gate import SAMPLE, Part, below, parts, raised, run_gate
from indexer.articles import Article
from indexer.sources import read_path

GATE = parts()[0][0].data_set


def sample_ids() -> set[str]:
    """Ids of the sample archive as the readers give them."""
    files = [path for path in SAMPLE.rglob("*") if path.is_file() and path.suffix != ".md"]
    return {item.id for path in files for item in read_path(path) if isinstance(item, Article)}


def test_every_judgement_is_of_an_article_and_a_question() -> None:
    """A judgement of an article that is not there would lower every number for ever."""
    qrels = GATE.qrels()
    assert {article for judged in qrels.values() for article in judged} <= sample_ids()
    assert set(qrels) == {query.id for query in GATE.queries()}


def test_three_languages_and_unaccented_vietnamese_are_asked() -> None:
    """About thirty questions in Arabic and Vietnamese each, and some in English."""
    queries = GATE.queries()
    assert {query.lang for query in queries} == {"ar", "vi", "en"}
    assert len(queries) >= 60
    assert sum(query.lang == "vi" and query.text.isascii() for query in queries) >= 10


def test_a_measure_under_its_floor_is_named() -> None:
    """So is one that nothing measures any more: deleting questions is no way round the gate."""
    numbers = {"ar": {"MRR@10": 0.7}}
    assert below(numbers, {"ar": {"MRR@10": 0.7}}) == []
    assert below(numbers, {"ar": {"MRR@10": 0.8}}) == ["ar MRR@10: 0.7000 is below the floor 0.8000"]
    assert below(numbers, {"vi": {"MRR@10": 0.8}}) == ["vi MRR@10: not measured, the floor is 0.8000"]


def test_floors_only_rise() -> None:
    """A better number lifts its floor, a worse one leaves it."""
    numbers = {"ar": {"MRR@10": 0.9, "nDCG@10": 0.5}, "vi": {"MRR@10": 0.6001}}
    floors = {"ar": {"MRR@10": 0.7, "nDCG@10": 0.6}}
    assert raised(numbers, floors) == {"ar": {"MRR@10": 0.895, "nDCG@10": 0.6}, "vi": {"MRR@10": 0.595}}


@pytest.fixture
def part(tmp_path: Path) -> Part:
    """One article, one question."""
    (tmp_path / "corpus.jsonl").write_text('{"id": "a", "lang": "en", "title": "Zebra"}\n', encoding="utf-8")
    (tmp_path / "queries.jsonl").write_text('{"id": "q", "lang": "en", "text": "zebra"}\n', encoding="utf-8")
    (tmp_path / "qrels.tsv").write_text("q\ta\t1\n", encoding="utf-8")
    return Part(DataSet("tiny", tmp_path), tmp_path / "corpus.jsonl")


def test_the_gate_opens_closes_and_knows_other_data(part: Part, capsys: pytest.CaptureFixture[str]) -> None:
    """0, 1 and 2, and `--write` lifts a floor that holds."""
    files = part.files_hash()
    code, records = run_gate([part], {}, write=True)
    assert (code, records) == (0, {"tiny": {"files": files, "floors": records["tiny"]["floors"]}})
    assert records["tiny"]["floors"]["en"]["MRR@10"] == 0.995
    assert run_gate([part], records, write=False)[0] == 0
    high = {"tiny": {"files": files, "floors": {"en": {"MRR@10": 1.5}}}}
    assert run_gate([part], high, write=False) == (1, high)
    assert run_gate([part], high, write=True) == (1, high)
    assert run_gate([part], {"tiny": {**records["tiny"], "files": "another"}}, write=False)[0] == 2
    assert "MRR@10: 1.0000 is below the floor 1.5000" in capsys.readouterr().out
