"""How sets of test data are found and read, and what a run on them is worth."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.data_sets import DataSetError, TestQuery, find_sets
from benchmarks.metrics import SEARCH_MEASURES, measured, percentile_95, trec_lines


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A set of two articles and one question."""
    made = tmp_path / "tiny"
    made.mkdir()
    (made / "corpus.jsonl").write_text('{"id": "a"}\n\n{"id": 2}\n', encoding="utf-8")
    (made / "queries.jsonl").write_text('{"id": "q", "lang": "vi", "text": "phở"}\n', encoding="utf-8")
    (made / "qrels.tsv").write_text("q\ta\t1\nq\t2\t0\n", encoding="utf-8")
    return made


def test_a_set_is_read_by_its_folder(folder: Path) -> None:
    """Numbers as ids are ids all the same; empty lines do not count."""
    (found,) = find_sets([str(folder)])
    assert found.name == "tiny"
    assert found.article_ids() == ["a", "2"]
    assert found.queries() == [TestQuery("q", "vi", "phở")]
    assert found.qrels() == {"q": {"a": 1, "2": 0}}


def test_two_folders_of_one_name_are_called_by_their_paths(folder: Path, tmp_path: Path) -> None:
    """Numbers of one must not overwrite numbers of the other; the same folder twice is one set."""
    other = tmp_path / "deeper" / "tiny"
    other.mkdir(parents=True)
    (other / "corpus.jsonl").write_text('{"id": "b"}\n', encoding="utf-8")
    names = [str(folder), str(other), str(folder)]
    assert [found.name for found in find_sets(names)] == names[:2]


def test_a_missing_set_is_named_with_both_places(tmp_path: Path) -> None:
    """The message says where it was looked for."""
    with pytest.raises(DataSetError, match=r"no set 'nowhere-set': neither .* nor .*shared.*nowhere-set"):
        find_sets(["nowhere-set"])
    with pytest.raises(DataSetError, match="no set"):
        find_sets([str(tmp_path)])


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("queries.jsonl", '{"id": "q"}\n', "a record has no text"),
        ("queries.jsonl", "{]\n", "line 1: not JSON"),
        ("queries.jsonl", "[1]\n", "must be a JSON object"),
        ("qrels.tsv", "q a 1\n", r"line 1: 'q a 1' is not query TAB article TAB whole number"),
        ("qrels.tsv", "q\ta\tyes\n", "line 1"),
    ],
)
def test_a_broken_file_is_an_error_that_names_it(folder: Path, name: str, content: str, message: str) -> None:
    """A silent gap in the judgements would be a wrong number in a record."""
    (folder / name).write_text(content, encoding="utf-8")
    (found,) = find_sets([str(folder)])
    with pytest.raises(DataSetError, match=message) as caught:
        found.queries() if name == "queries.jsonl" else found.qrels()
    assert str(folder) in str(caught.value)


def test_a_set_without_clusters_says_so(folder: Path) -> None:
    """An evaluation that needs them asks for another set."""
    (found,) = find_sets([str(folder)])
    with pytest.raises(DataSetError, match=r"tiny has no clusters\.jsonl"):
        found.clusters()


def test_a_question_without_an_answer_counts_nought() -> None:
    """One answer at rank 2, one missed: the mean is over both."""
    qrels = {"q1": {"a": 1}, "q2": {"b": 1, "c": 0}}
    found = measured(qrels, {"q1": ["z", "a"], "q2": []}, SEARCH_MEASURES)
    assert found == {"MRR@10": 0.25, "nDCG@10": 0.3155, "Recall@100": 0.5}


def test_equal_places_keep_the_order_that_a_reader_saw() -> None:
    """Ids that sort the other way round must not move an article."""
    run = {"q": [f"x{number:03}" for number in range(100)]}
    assert measured({"q": {"x009": 1}}, run, SEARCH_MEASURES)["MRR@10"] == 0.1
    assert measured({"q": {"x010": 1}}, run, SEARCH_MEASURES)["MRR@10"] == 0.0
    assert measured({"q": {"x099": 1}}, run, SEARCH_MEASURES)["Recall@100"] == 1.0


def test_a_run_is_written_as_trec_tools_read_it() -> None:
    """Six columns, ranks from 1."""
    assert trec_lines({"q": ["b", "a"]}, "dalil") == ["q Q0 b 1 1.000000 dalil", "q Q0 a 2 0.500000 dalil"]


def test_one_value_in_twenty_is_above_the_95th_percentile() -> None:
    """Of 100 values, five are above it or equal to it."""
    assert percentile_95(list(range(100))) == 95
    assert percentile_95([7.0]) == 7.0
    assert percentile_95([]) == 0.0
