"""The evaluations on tiny sets made from the sample archive: the numbers mean what they say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from benchmarks import eval_accents, eval_related, eval_relevance
from benchmarks.data_sets import find_sets, json_lines
from indexer.articles import Article
from indexer.sources import read_path

SAMPLE = Path(__file__).parents[2] / "examples" / "archive"
STORIES = ("101", "104", "106", "113", "119", "138")
QUESTIONS = [
    ("q1", "vi", "lễ hội hoa tam giác mạch", "vi-101"),
    ("q2", "vi", "voi con Yok Đôn", "vi-119"),
    ("q3", "ar", "وزير التجارة", "ar-113"),
    ("q4", "en", "coffee exports", "en-104"),
]


def articles() -> dict[str, Article]:
    """Six stories of the sample archive in all their languages."""
    found = [item for item in read_path(SAMPLE / "articles.jsonl") if isinstance(item, Article)]
    return {article.id: article for article in found if article.id.endswith(STORIES)}


def write_set(folder: Path, questions: list[tuple[str, str, str, str]], **changes: str) -> str:
    """A set of the six stories; `changes`: id -> another title."""
    folder.mkdir(parents=True)
    records = [article.as_dict() for article in articles().values()]
    for record in records:
        record["title"] = changes.get(record["id"], record.get("title"))
    write_lines(folder / "corpus.jsonl", records)
    write_lines(
        folder / "queries.jsonl", [{"id": q, "lang": lang, "text": text} for q, lang, text, _ in questions]
    )
    judged = "".join(f"{query}\t{article}\t1\n" for query, _, _, article in questions)
    (folder / "qrels.tsv").write_text(judged, encoding="utf-8")
    clusters = [{"id": article, "cluster": article.partition("-")[2]} for article in articles()]
    write_lines(folder / "clusters.jsonl", clusters)
    return str(folder)


def write_lines(path: Path, records: list[dict[str, Any]]) -> None:
    """One JSON object a line."""
    path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in records), encoding="utf-8")


def run(*arguments: str) -> Result:
    """`python -m benchmarks.eval_relevance` with these arguments."""
    return CliRunner().invoke(eval_relevance.main, list(arguments), catch_exceptions=False)


@pytest.fixture
def tiny(tmp_path: Path) -> str:
    """A set of four questions in three languages."""
    return write_set(tmp_path / "tiny", QUESTIONS)


def test_json_is_one_object_of_sets_languages_and_measures(tiny: str) -> None:
    """Nothing else stands on standard output, so that a program can read it."""
    result = run(tiny, "--json")
    assert result.exit_code == 0
    numbers = json.loads(result.stdout)
    assert list(numbers) == ["tiny"]
    assert list(numbers["tiny"]) == ["vi", "ar", "en"]
    perfect = {"MRR@10": 1.0, "nDCG@10": 1.0, "Recall@100": 1.0}
    assert numbers["tiny"] == dict.fromkeys(("vi", "ar", "en"), perfect)


def test_the_table_has_a_row_for_each_language(tiny: str) -> None:
    """People read measures times 100 and milliseconds."""
    lines = run(tiny).stdout.splitlines()
    assert lines[0].split() == [
        "set",
        "lang",
        "queries",
        "MRR@10",
        "nDCG@10",
        "Recall@100",
        "median",
        "ms",
        "p95",
        "ms",
    ]
    assert [line.split()[:4] for line in lines[1:]] == [
        ["tiny", "vi", "2", "100.0"],
        ["tiny", "ar", "1", "100.0"],
        ["tiny", "en", "1", "100.0"],
    ]


def test_a_wrong_judgement_is_seen(tmp_path: Path) -> None:
    """An evaluation that cannot fail measures nothing."""
    folder = write_set(tmp_path / "wrong", [("q1", "en", "coffee exports", "en-119")])
    assert json.loads(run(folder, "--json").stdout)["wrong"]["en"]["MRR@10"] == 0.0


@pytest.mark.parametrize("form", ["unaccented", "nfd"])
def test_vietnamese_questions_are_asked_in_another_form(tiny: str, form: str) -> None:
    """On so small a set both forms find the article all the same."""
    numbers = json.loads(run(tiny, "--json", "--query-form", form).stdout)
    assert numbers["tiny"]["vi"]["MRR@10"] == 1.0


def test_the_run_holds_every_answer_by_the_ids_of_the_set(tiny: str, tmp_path: Path) -> None:
    """Query, Q0, article, rank, score, tag; the first answer of the first question is the right one."""
    out = tmp_path / "run.trec"
    assert run(tiny, "--json", "--run-out", str(out)).exit_code == 0
    lines = [line.split() for line in out.read_text(encoding="utf-8").splitlines()]
    assert lines[0] == ["q1", "Q0", "vi-101", "1", "1.000000", "dalil"]
    assert {line[0] for line in lines} == {"q1", "q2", "q3", "q4"}


def test_two_sets_whose_ids_clash_are_told_apart(tiny: str, tmp_path: Path) -> None:
    """The second set's articles are other articles, though they are called the same."""
    other = write_set(tmp_path / "other", [("q1", "en", "zebra", "en-119")], **{"en-119": "Zebra born"})
    out = tmp_path / "run.trec"
    numbers = json.loads(run(tiny, other, "--json", "--run-out", str(out)).stdout)
    assert numbers["other"] == {"en": {"MRR@10": 1.0, "nDCG@10": 1.0, "Recall@100": 1.0}}
    assert numbers["tiny"]["en"]["Recall@100"] == 1.0
    assert "other/q1 Q0 other/en-119 1 1.000000 dalil\n" in out.read_text(encoding="utf-8")


def test_equal_corpora_are_indexed_once(tiny: str, tmp_path: Path) -> None:
    """A second set of questions on the same articles does not make twins of them."""
    again = write_set(tmp_path / "again", [("q9", "en", "coffee exports", "en-104")])
    out = tmp_path / "run.trec"
    assert run(tiny, again, "--json", "--run-out", str(out)).exit_code == 0
    found = [line.split()[2] for line in out.read_text(encoding="utf-8").splitlines()]
    assert set(found) <= set(articles())


def test_a_kept_home_is_used_again_and_refused_for_other_articles(tiny: str, tmp_path: Path) -> None:
    """Articles of another evaluation would change the numbers in silence."""
    home = str(tmp_path / "home")
    first = run(tiny, "--json", "--home", home)
    assert run(tiny, "--json", "--home", home).stdout == first.stdout
    fewer = tmp_path / "fewer"
    fewer.mkdir()
    for name in ("queries.jsonl", "qrels.tsv"):
        (fewer / name).write_bytes((Path(tiny) / name).read_bytes())
    lines = (Path(tiny) / "corpus.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    (fewer / "corpus.jsonl").write_text("".join(lines[:3]), encoding="utf-8")
    refused = run(str(fewer), "--json", "--home", home)
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert f"holds {len(lines)} articles, the sets have 3" in refused.stderr


def test_a_missing_set_is_an_error_and_no_number(tmp_path: Path) -> None:
    """Exit code 2, the reason on standard error, standard output empty."""
    result = run(str(tmp_path / "none"), "--json")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "no set" in result.stderr


def test_translations_are_related(tiny: str) -> None:
    """Each story leads to its other languages first: P@1 is 1 for stories in three languages."""
    result = CliRunner().invoke(eval_related.main, [tiny, "--json"], catch_exceptions=False)
    numbers = json.loads(result.stdout)
    assert list(numbers["tiny"])[:5] == ["ar", "en", "fr", "vi", "all"]
    assert numbers["tiny"]["ar>vi"] == {"MRR@10": 1.0, "R@1": 1.0}
    assert "ar>ar" not in numbers["tiny"]
    assert numbers["tiny"]["all"]["P@1"] == 1.0
    assert set(numbers["tiny"]["all"]) == {"MAP", "P@5", "P@1"}


def test_what_is_masked_is_not_in_the_articles(tiny: str) -> None:
    """Digits of all, Latin letters of Arabic ones; the clusters stay."""
    (found,) = find_sets([tiny])
    with eval_related.masked(found, ["digits", "latin"]) as data_set:
        records = list(json_lines(data_set.corpus))
        assert data_set.clusters() == found.clusters()
    assert not any(map(str.isdigit, "".join(str(r.get("title")) for r in records)))
    assert any(record["lang"] == "vi" and record["title"].isprintable() for record in records)
    arabic = "".join(str(record.get("title")) for record in records if record["lang"] == "ar")
    assert arabic
    assert not any("a" <= letter.lower() <= "z" for letter in arabic)


def test_halves_of_clusters_are_apart(tiny: str) -> None:
    """Together they are all."""
    (found,) = find_sets([tiny])
    odd, even = (set(eval_related.asked_of(found, half).of_language()) for half in eval_related.HALVES)
    assert odd.isdisjoint(even)
    assert odd | even == set(eval_related.asked_of(found).of_language())


def test_accents_are_restored_from_a_corpus(tmp_path: Path) -> None:
    """The words of the corpus give the question its accents; the halves are told apart."""
    folder = tmp_path / "capital"
    folder.mkdir()
    corpus = [
        {"id": str(at), "lang": "vi", "title": "thủ đô Hà Nội", "body": "Hà Nội mưa"} for at in range(2)
    ]
    (folder / "corpus.jsonl").write_text("".join(f"{json.dumps(r)}\n" for r in corpus), encoding="utf-8")
    (folder / "queries.jsonl").write_text(
        json.dumps({"id": "q", "lang": "vi", "text": "thủ đô Hà Nội ở đâu"}) + "\n", encoding="utf-8"
    )
    result = CliRunner().invoke(eval_accents.main, [str(folder), "--json"])
    halves = json.loads(result.stdout)["capital"]
    assert halves["odd"]["words"] == 6
    assert halves["odd"]["restored"] == pytest.approx(4 / 6)
    assert halves["even"]["words"] == 0
    assert CliRunner().invoke(eval_accents.main, [str(tmp_path / "none")]).exit_code == 2
