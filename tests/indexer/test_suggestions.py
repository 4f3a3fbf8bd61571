"""Completions are counted right, written whole or not at all, and follow the archive."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from analyzers import analyzer_for
from indexer import inspection, jobs, suggestion_updates
from indexer.generations import Generation, open_current
from indexer.phrases import LONGEST, Phrase, PhraseCounter
from indexer.suggestion_files import State, load_state, read_arrays, save_state, write_arrays
from indexer.suggestion_tables import Entry, SuggestionTable, table_arrays, table_of
from indexer.suggestions import Suggestions, read_suggestions

News = Callable[[int], list[dict[str, str]]]
Write = Callable[..., Path]


class CutOffError(BaseException):
    """As if the process ended here."""


def cut_off(*_: object) -> None:
    raise CutOffError


def phrases_of(lang: str, texts: Iterable[str], least: int = 2) -> dict[str, Phrase]:
    counter = PhraseCounter(analyzer_for(lang))
    for number, text in enumerate(texts):
        counter.add(number, text)
    return {phrase.text: phrase for phrase in counter.phrases(least, 1_000)}


def serving(home: Path) -> Generation:
    generation = open_current(home, read_only=True)
    generation.engine.close()
    return generation


def served(home: Path) -> Suggestions:
    found = serving(home).suggestions()
    assert found is not None
    return found


def titles(found: Suggestions) -> set[str]:
    """Titles of live articles."""
    return {
        table.text(entry)
        for table, file in found.tables
        for entry in range(table.counts.size)
        if table.kind(entry) == "title" and found.is_live(table, file, entry)
    }


def test_a_phrase_is_whole_and_written_as_it_mostly_is() -> None:
    """Its pieces are left out; case and punctuation are those of the texts, not those of one title."""
    texts = [
        "Tin từ Hồ Chí Minh hôm nay",
        "HỒ CHÍ MINH mưa",
        "phố ở Hồ Chí Minh",
        "chuyện khác",
        "một bài nữa",
    ]
    found = phrases_of("vi", texts)
    assert found["Hồ Chí Minh"].documents.tolist() == [0, 1, 2]
    assert found["Hồ Chí Minh"].is_name
    assert {"Hồ", "Chí Minh", "Hồ Chí", "HỒ CHÍ MINH"}.isdisjoint(found)


def test_phrases_stop_at_punctuation_texts_and_stop_words() -> None:
    texts = ["bão số, lũ quét", "bão số, lũ quét", "tin của làng", "tin của làng", "khác", "khác nữa", "xa"]
    found = phrases_of("vi", texts)
    assert {"bão số", "lũ quét"} <= found.keys()
    assert not {"số lũ", "bão số lũ quét", "tin của", "của làng"} & found.keys()


def test_a_hyphen_stays() -> None:
    texts = ["New Covid-19 rules", "Old Covid-19 rules", "nothing", "else", "here"]
    assert phrases_of("en", texts)["Covid-19 rules"].key == "covid 19 rules"


def test_words_that_meet_by_chance_are_no_phrase() -> None:
    """Two words in every article: side by side in some, they say nothing."""
    rng = random.Random(5)  # noqa: S311 -- the same texts at every run
    words = [f"tu{number}" for number in range(12)]
    texts = [" ".join(rng.sample(words, 12)) for _ in range(60)]
    assert not [text for text in phrases_of("vi", texts, 3) if " " in text]


def test_counts_are_those_of_a_plain_count() -> None:
    """Random texts, each phrase looked up in all of them."""
    rng = random.Random(11)  # noqa: S311 -- the same texts at every run
    parts = [" ".join(f"w{part}x{word}" for word in range(1 + part % 4)) for part in range(80)]
    texts = [" ".join(rng.choices(parts, k=9)) for _ in range(60)]
    found = phrases_of("vi", texts, 2)
    assert {phrase.words for phrase in found.values()} >= {1, 2, 3, 4}
    for text, phrase in found.items():
        holding = [number for number, whole in enumerate(texts) if f" {text} " in f" {whole} "]
        assert phrase.documents.tolist() == holding, text
        assert phrase.words == len(text.split()) <= LONGEST


def test_no_texts_no_phrases() -> None:
    assert phrases_of("vi", []) == {}
    assert phrases_of("ar", ["", "  ", "!"]) == {}


def table_with(keys: list[str], weights: list[float]) -> SuggestionTable:
    entries = [
        Entry(key, key, "title", "vi", weight, 1, [number])
        for number, (key, weight) in enumerate(zip(keys, weights, strict=True))
    ]
    return table_of(*table_arrays("vi", entries))


def test_the_best_of_many_are_those_of_a_plain_search() -> None:
    """Blocks of suffixes are skipped by their peaks; nothing better may stand in one that is skipped."""
    rng = random.Random(3)  # noqa: S311 -- the same texts at every run
    keys = [
        " ".join(rng.choices(["ha", "han", "noi", "da", "nang", "hue"], k=4)) + f" {n}" for n in range(20_000)
    ]
    weights = [rng.random() for _ in keys]
    table = table_with(keys, weights)
    for typed in ("h", "ha", "ha n", "noi da nang", "hue 19", "x"):
        wanted = sorted(
            (
                weight * (1.0 if word == 0 else 0.6)
                for key, weight in zip(keys, weights, strict=True)
                for word in range(5)
                if " ".join(key.split()[word:]).startswith(typed)
            ),
            reverse=True,
        )[:16]
        found = sorted((score for _, score, _ in table.exact.best(typed, 16)), reverse=True)
        assert found == pytest.approx(wanted, rel=1e-5), typed


def test_what_is_written_is_read(tmp_path: Path) -> None:
    arrays = {"a": np.arange(5, dtype=np.uint32), "b": np.array([], np.float32), "c": np.array([1.5])}
    write_arrays(tmp_path / "x.bin", {"tables": ["vi"]}, arrays)
    found = read_arrays(tmp_path / "x.bin")
    assert found is not None
    assert found.about == {"tables": ["vi"]}
    assert {name: array.tolist() for name, array in found.arrays.items()} == {
        "a": [0, 1, 2, 3, 4],
        "b": [],
        "c": [1.5],
    }


@pytest.mark.parametrize("damage", ["missing", "empty", "cut", "flipped", "other format", "no header"])
def test_a_damaged_file_is_as_none(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "x.bin"
    write_arrays(path, {}, {"a": np.arange(500)})
    data = path.read_bytes()
    if damage == "missing":
        path.unlink()
    else:
        path.write_bytes(
            {
                "empty": b"",
                "cut": data[:-100],
                "flipped": data[:-9] + b"\xff" + data[-8:],
                "other format": data.replace(b'"format": 2', b'"format": 9'),
                "no header": data[data.index(b"\n") + 1 :],
            }[damage]
        )
    assert read_arrays(path) is None


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 9}', '{"format": 2, "base": "../x"}'])
def test_a_damaged_state_is_as_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "CURRENT.json").write_text(text)
    assert load_state(tmp_path) is None


def test_a_state_names_files_of_its_folder_only(tmp_path: Path) -> None:
    state = State("base-1.bin", 1, "", 1)
    save_state(tmp_path, state)
    assert load_state(tmp_path) == state
    for outside in ("../base-1.bin", "/etc/passwd"):
        save_state(tmp_path, replace(state, recent=outside))
        assert load_state(tmp_path) is None


def test_files_follow_the_archive(home: Path, write: Write, news: News) -> None:
    """One base, one file of what changed since; no other file stays."""
    jobs.add(home, [write(news(6))])
    assert titles(served(home)) == {record["title"] for record in news(6)}
    jobs.add(home, [write(news(8))])
    jobs.remove(home, ["0", "7"])
    found = served(home)
    assert titles(found) == {record["title"] for record in news(8) if record["id"] not in ("0", "7")}
    state = load_state(serving(home).folder / "suggestions")
    assert state is not None
    assert (state.base_sequence, state.sequence) == (6, found.sequence) == (6, 10)
    names = {path.name for path in (serving(home).folder / "suggestions").iterdir()}
    assert names == {"CURRENT.json", state.base, state.recent}


def test_the_base_is_made_anew_when_much_has_changed(
    home: Path, write: Write, news: News, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(suggestion_updates, "ALWAYS_BESIDE", 2)
    jobs.add(home, [write(news(40))])
    jobs.add(home, [write(news(42))])
    assert len(served(home).files) == 2
    jobs.add(home, [write(news(43))])
    assert len(served(home).files) == 1
    assert titles(served(home)) == {record["title"] for record in news(43)}


def test_a_job_that_changes_nothing_writes_nothing(home: Path, write: Write, news: News) -> None:
    jobs.add(home, [write(news(6))])
    folder = serving(home).folder / "suggestions"
    before = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    jobs.add(home, [write(news(6))])
    assert {path.name: path.stat().st_mtime_ns for path in folder.iterdir()} == before


@pytest.mark.parametrize("place", ["write_arrays", "save_state"])
def test_cut_off_while_writing(
    home: Path, write: Write, news: News, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    """What was there stays whole, and the same command again does the rest."""
    jobs.add(home, [write(news(6))])
    module = "indexer.suggestions" if place == "write_arrays" else "indexer.suggestion_updates"
    with monkeypatch.context() as patch:
        patch.setattr(f"{module}.{place}", cut_off)
        with pytest.raises(CutOffError):
            jobs.add(home, [write(news(8))])
    assert titles(served(home)) == {record["title"] for record in news(6)}
    assert inspection.check(home) == []
    jobs.catch_up(home)
    assert titles(served(home)) == {record["title"] for record in news(8)}


def test_damaged_completions_are_mended_by_the_next_job(home: Path, write: Write, news: News) -> None:
    jobs.add(home, [write(news(6))])
    folder = serving(home).folder
    base = next(folder.glob("suggestions/base-*"))
    base.write_bytes(base.read_bytes()[:-50])
    assert read_suggestions(folder) is None
    jobs.catch_up(home)
    assert titles(served(home)) == {record["title"] for record in news(6)}


def test_one_article_of_several_may_go(home: Path, write: Write) -> None:
    """A title of two articles stays until both are gone, also when more were removed than have it."""
    same = [{"id": str(number), "title": "قصة المدينة"} for number in range(2)]
    other = [{"id": f"x{number}", "title": f"خبر {number}"} for number in range(4)]
    jobs.add(home, [write([*same, *other])])
    jobs.remove(home, ["0", "x0", "x1", "x2"])
    assert titles(served(home)) == {"قصة المدينة", "خبر 3"}
    jobs.remove(home, ["1"])
    assert titles(served(home)) == {"خبر 3"}
