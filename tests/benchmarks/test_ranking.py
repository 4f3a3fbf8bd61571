"""The ranking evaluation: the same articles and questions for all, numbers that mean what they say."""

from __future__ import annotations

import doctest
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from benchmarks import eval_ranking
from benchmarks.data_sets import DataSetError, find_sets
from benchmarks.peers import dalil_engine
from benchmarks.peers.engines import PEERS
from benchmarks.peers.kept_answers import KeptPeer
from benchmarks.peers.protocol import Answers, Peer, PeerDocument, PeerMissing
from benchmarks.peers.question_sets import Question, QuestionSet, question_set
from benchmarks.peers.ranking import Index, alone, gains, half_of, outcomes, pool_of, scores

DOCUMENTS = {
    "ar": ("وصل الوزير إلى هانوي", "عاد الفريق من المباراة", "أسعار القهوة في السوق"),
    "vi": ("Bộ trưởng đến Hà Nội", "Đội bóng trở về sau trận đấu", "Giá cà phê trên thị trường"),
    "en": ("The minister arrived in Hanoi", "The team came back from the match", "Prices of coffee"),
}
QUERIES = {
    "ar": {"minister": "هانوي هذا اليوم", "coffee": "القهوة"},
    "vi": {"minister": "bộ trưởng hôm nay", "coffee": "CÀ PHÊ?"},
    "en": {"minister": '"hanoi" AND today: (visit', "coffee": "coffee"},
}


def documents(lang: str) -> list[PeerDocument]:
    """Three articles of a language, each with all its text in another part."""
    first, second, third = DOCUMENTS[lang]
    return [
        PeerDocument("minister", first, "", ""),
        PeerDocument("match", "", second, ""),
        PeerDocument("coffee", "", "", third),
    ]


def write_set(folder: Path, records: Sequence[Mapping[str, Any]], asked: str = "") -> str:
    """A set of these records; `asked`: lines of query id, language, text, article."""
    folder.mkdir(parents=True)
    lines = [[part.strip() for part in line.split("|")] for line in asked.splitlines() if line.strip()]
    queries = [{"id": query, "lang": lang, "text": text} for query, lang, text, _ in lines]
    for name, values in (("corpus", records), ("queries", queries)):
        text = "".join(json.dumps(value, ensure_ascii=False) + "\n" for value in values)
        (folder / f"{name}.jsonl").write_text(text, encoding="utf-8")
    if lines:
        judged = "".join(f"{query}\t{article}\t1\n" for query, _, _, article in lines)
        (folder / "qrels.tsv").write_text(judged, encoding="utf-8")
    return str(folder)


@dataclass
class Told:
    """An engine that finds what it is told, and remembers what it was asked."""

    found: tuple[str, ...] = ()
    name: str = "told"
    missing: str = ""
    documents: int | None = None
    number: str = "1"
    asked: list[str] = field(default_factory=list)

    def serves(self, lang: str) -> bool:
        return lang != "en"

    def version(self) -> str:
        return self.number

    def answer(
        self, lang: str, documents: Sequence[PeerDocument], queries: Mapping[str, str], limit: int
    ) -> Answers:
        if self.missing:
            raise PeerMissing(self.missing)
        assert lang
        self.asked += queries.values()
        count = len(documents) if self.documents is None else self.documents
        return Answers(count, 7, dict.fromkeys(queries, self.found[:limit]))


def tiny(lang: str = "vi") -> QuestionSet:
    """Three questions on the three articles; the second is judged to want the first article too."""
    questions = [
        Question("q1", "bộ trưởng", {"minister": 1}),
        Question("q2", "trận đấu", {"minister": 1}),
        Question("q3", "cà phê", {"coffee": 1}),
    ]
    return QuestionSet("tiny", lang, documents(lang), questions)


SERVED = [(peer, lang) for peer in PEERS for lang in DOCUMENTS if peer.serves(lang)]


@pytest.mark.parametrize(("peer", "lang"), SERVED, ids=[f"{peer.name}-{lang}" for peer, lang in SERVED])
def test_every_peer_answers_bags_of_words(peer: Peer, lang: str) -> None:
    """One word of a query is enough; what its syntax would be to another engine is punctuation."""
    try:
        answers = peer.answer(lang, documents(lang), {**QUERIES[lang], "none": "?!", "other": "zzz"}, 2)
    except PeerMissing as missing:
        pytest.skip(str(missing))
    assert answers.documents == 3
    assert answers.postings >= 0
    assert {query: found[:1] for query, found in answers.found.items()} == {
        "minister": ("minister",),
        "coffee": ("coffee",),
        "none": (),
        "other": (),
    }
    assert peer.version() == peer.version() != ""


def test_the_strong_peer_reads_queries_without_accents() -> None:
    """The folding filter takes đ for d, which is no accent to Unicode: trận đấu "match" typed as tran dau."""
    (strong,) = (peer for peer in PEERS if peer.name == "strong")
    try:
        answers = strong.answer("vi", documents("vi"), {"q": "dau", "pair": "doi bong"}, 10)
    except PeerMissing as missing:
        pytest.skip(str(missing))
    assert answers.found == {"q": ("match",), "pair": ("match",)}


def test_a_judged_set_has_its_language_and_prefixed_ids(tmp_path: Path) -> None:
    """Ids of two sets cannot clash in one index; other languages stay out."""
    records = [{"id": "a", "lang": "vi", "body": "phở"}, {"id": "b", "lang": "en", "body": "soup"}]
    folder = write_set(tmp_path / "soup", records, "q1|vi|phở bò|a\nq2|en|soup|b")
    found = question_set(find_sets([folder])[0], "vi")
    assert found.documents == [PeerDocument("soup/a", "", "", "phở")]
    assert found.questions == [Question("soup/q1", "phở bò", {"soup/a": 1})]


@pytest.mark.parametrize(
    ("name", "part", "expected"),
    [
        ("ant-jawhara", "Giá vàng", PeerDocument("ant-jawhara/a", "", "Tóm tắt", "tăng. Giá vàng.")),
        ("vietnews", "Tóm tắt", PeerDocument("vietnews/a", "Giá vàng", "", "Giá vàng tăng. Giá vàng.")),
    ],
)
def test_a_known_item_is_asked_by_what_is_not_indexed(
    tmp_path: Path, name: str, part: str, expected: PeerDocument
) -> None:
    """A headline ("Giá vàng", price of gold) is taken off where the body begins with it, and kept inside."""
    record = {"id": "a", "lang": "vi", "title": "Giá vàng", "summary": "Tóm tắt"}
    records = [
        {**record, "body": "Giá vàng tăng. Giá vàng."},
        {"id": "b", "lang": "vi", "body": "không tên"},
        {**record, "id": "c", "title": "", "summary": "", "body": "không tên"},
    ]
    found = question_set(find_sets([write_set(tmp_path / name, records)])[0], "vi")
    assert len(found.documents) == 3
    assert found.documents[0] == expected
    assert [(question.text, question.relevant) for question in found.questions] == [(part, {f"{name}/a": 1})]


def test_known_items_are_a_sample_that_stays(tmp_path: Path) -> None:
    """At most a thousand, the same ones every time, in the order of the file."""
    records = [{"id": n, "lang": "ar", "title": f"خبر {n}", "body": "نص"} for n in range(1500)]
    (data_set,) = find_sets([write_set(tmp_path / "ant-jawhara", records)])
    first, again = question_set(data_set, "ar"), question_set(data_set, "ar")
    assert first == again
    numbers = [int(question.text.split()[1]) for question in first.questions]
    assert len(set(numbers)) == 1000
    assert numbers == sorted(numbers)


def test_odd_and_even_questions_are_all_questions() -> None:
    """The first line is odd; the halves do not overlap."""
    questions = tiny().questions
    assert [question.id for question in half_of(questions, "odd")] == ["q1", "q3"]
    assert [question.id for question in half_of(questions, "even")] == ["q2"]
    assert half_of(questions, "both") == questions


def test_a_pool_asks_only_what_was_chosen() -> None:
    """Sets without questions, or not chosen, make the index larger all the same."""
    silent = QuestionSet("silent", "vi", [PeerDocument("silent/x", "", "", "x")], [])
    other = QuestionSet("other", "vi", [PeerDocument("other/y", "", "", "y")], tiny().questions)
    pool = pool_of("vi", [tiny(), silent, other], ["tiny", "silent"])
    assert ([each.name for each in pool.asked], len(pool.documents)) == (["tiny"], 5)
    assert [len(index.documents) for index in alone("vi", [tiny(), silent, other], ["tiny", "other"])] == [
        3,
        1,
    ]


def test_scores_are_of_the_halves_too() -> None:
    """Two odd questions find theirs at ranks 1 and 2, the even one at rank 1."""
    engine = Told(("minister", "coffee"))
    (outcome,) = outcomes(Index("vi", documents("vi"), [tiny()]), [engine], str.upper, "both", {})
    assert engine.asked == ["BỘ TRƯỞNG", "TRẬN ĐẤU", "CÀ PHÊ"]
    numbers = scores(tiny(), outcome, "both")
    assert numbers["MRR@10"] == pytest.approx(2.5 / 3, abs=1e-4)
    assert (numbers["MRR@10 odd"], numbers["MRR@10 even"]) == (0.75, 1.0)
    assert numbers["Recall@100"] == 1.0
    assert scores(tiny(), outcome, "even")["MRR@10"] == 1.0


def test_the_gain_is_over_the_best_peer_of_each_column() -> None:
    """The strictest reading: another peer may be best in another column."""
    by_engine = {"dalil": {"a": 0.5, "b": 0.5}, "x": {"a": 0.4, "b": 0.6}, "y": {"a": 0.1, "b": 0.1}}
    assert gains(by_engine) == {"a": 0.1, "b": -0.1}
    assert gains({"dalil": {"a": 0.5}}) == {}
    assert gains({"x": {"a": 0.5}}) == {}


def test_engines_that_are_not_there_are_named_and_the_others_asked() -> None:
    """A machine without Java still compares with the rest; a language without an analyzer is no failure."""
    skipped: dict[str, str] = {}
    engines = [Told(name="gone", missing="no Java"), Told(name="here")]
    index = Index("vi", documents("vi"), [tiny()])
    assert [outcome.engine for outcome in outcomes(index, engines, str, "both", skipped)] == ["here"]
    assert skipped == {"gone": "no Java"}
    assert outcomes(Index("en", documents("en"), [tiny("en")]), [Told()], str, "both", {}) == []


def test_engines_must_hold_the_same_documents() -> None:
    """An engine that dropped an article has an easier task, and its numbers are worth nothing."""
    engines = [Told(name="whole"), Told(name="short", documents=2)]
    with pytest.raises(DataSetError, match=r"different numbers of documents, there are 3: .*'short': 2"):
        outcomes(Index("vi", documents("vi"), [tiny()]), engines, str, "both", {})


def test_kept_answers_are_not_asked_again(tmp_path: Path) -> None:
    """Other texts, other documents and another version are."""
    told = Told(("coffee", "match"))
    peer = KeptPeer(told, tmp_path)
    first = peer.answer("vi", documents("vi"), {"q1": "phở", "q2": "phở"}, 10)
    assert first == Answers(3, 7, {"q1": ("coffee", "match"), "q2": ("coffee", "match")})
    assert peer.answer("vi", documents("vi"), {"q1": "phở", "q2": "phở"}, 10) == first
    assert told.asked == ["phở"]
    peer.answer("vi", documents("vi"), {"q1": "phở", "q3": "bún"}, 10)
    assert told.asked == ["phở", "bún"]
    peer.answer("vi", documents("vi")[::-1], {"q1": "phở"}, 10)
    told.number = "2"
    peer.answer("vi", documents("vi"), {"q1": "phở"}, 10)
    assert told.asked == ["phở", "bún", "phở", "phở"]


def test_a_damaged_file_of_answers_is_made_again(tmp_path: Path) -> None:
    """A run that was killed must not stop the next one."""
    told = Told(("coffee",))
    KeptPeer(told, tmp_path).answer("vi", documents("vi"), {"q": "phở"}, 10)
    (path,) = tmp_path.iterdir()
    path.write_bytes(path.read_bytes()[:-9])
    assert KeptPeer(told, tmp_path).answer("vi", documents("vi"), {"q": "phở"}, 10).found == {
        "q": ("coffee",)
    }
    assert told.asked == ["phở", "phở"]


RECORDS = [
    {"id": "a", "lang": "vi", "title": "Lễ hội hoa", "body": "Lễ hội hoa tam giác mạch ở Hà Giang."},
    {"id": "b", "lang": "vi", "title": "Voi con", "body": "Voi con ra đời ở Yok Đôn."},
]
ASKED = "q1|vi|hoa tam giác mạch|a\nq2|vi|voi Yok Đôn|b"


@pytest.fixture(autouse=True)
def _no_answers_of_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(eval_ranking, "CACHE", tmp_path / "cache")


def run(*arguments: str) -> Result:
    """`python -m benchmarks.eval_ranking` with these arguments, Dalil and FTS5 only."""
    command = ["--lang", "vi", "--alone", "--engines", "dalil,fts5", *arguments]
    return CliRunner().invoke(eval_ranking.main, command, catch_exceptions=False)


def test_the_command_prints_every_engine_and_the_gain(tmp_path: Path) -> None:
    """A row an engine and the gain; the index is kept and used again; runs are written."""
    folder = write_set(tmp_path / "tiny", RECORDS, ASKED)
    home, runs = str(tmp_path / "homes"), tmp_path / "runs"
    result = run("--sets", folder, "--home", home, "--run-out", str(runs), "--postings")
    rows = [line.split() for line in result.stdout.splitlines()]
    assert rows[0] == "set engine questions MRR@10 nDCG@10 Recall@100 MRR@10 odd MRR@10 even".split()
    assert rows[1] == ["tiny", "dalil", "2", *["100.0"] * 5]
    assert rows[2] == ["tiny", "fts5", "2", *["100.0"] * 5]
    assert rows[3] == ["tiny", "gain", *["+0.0"] * 5]
    assert rows[6][:3] == ["dalil", "2", "documents"]
    assert int(rows[6][3]) > 0
    assert (runs / "dalil.trec").read_text(encoding="utf-8").startswith("tiny/q1 Q0 tiny/a 1 ")
    again = run("--sets", folder, "--home", home, "--json", "--half", "even")
    perfect = {"MRR@10": 1.0, "nDCG@10": 1.0, "Recall@100": 1.0}
    assert json.loads(again.stdout) == {"tiny": {"dalil": perfect, "fts5": perfect}}


def test_a_damaged_query_is_damaged_for_all(tmp_path: Path) -> None:
    """FTS5 keeps accents apart and misses what Dalil finds."""
    folder = write_set(tmp_path / "tiny", RECORDS, "q2|vi|Đời|b")
    found = json.loads(run("--sets", folder, "--query-form", "unaccented", "--json").stdout)["tiny"]
    assert found["dalil"]["MRR@10"] == 1.0
    assert found["fts5"]["MRR@10"] == 0.0


def test_words_alone_are_compared_by_name(tmp_path: Path) -> None:
    """A word that no title has is required all the same: the page finds nothing, the words alone do."""
    folder = write_set(tmp_path / "tiny", RECORDS, "q2|vi|title:cầu voi Đôn|b")
    found = json.loads(run("--sets", folder, "--engines", "dalil,dalil-words", "--json").stdout)["tiny"]
    assert {engine: row["MRR@10"] for engine, row in found.items()} == {"dalil": 0.0, "dalil-words": 1.0}
    assert doctest.testmod(dalil_engine) == doctest.TestResults(failed=0, attempted=1)


def test_what_cannot_be_asked_is_an_error(tmp_path: Path) -> None:
    """Exit code 2, the reason on standard error, nothing on standard output."""
    result = run("--sets", write_set(tmp_path / "mute", RECORDS))
    assert (result.exit_code, result.stdout) == (2, "")
    assert "the set mute has no question in this language" in result.stderr
    assert run("--sets", str(tmp_path / "none")).exit_code == 2
    assert "no engine is called solr" in run("--engines", "solr").stderr
