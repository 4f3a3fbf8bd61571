"""Readers get a whole index built by their own rules, or a clear error; never a mixture."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from indexer import inspection, jobs
from indexer.errors import ArchiveError, IndexDamaged, IndexMissing, IndexOutOfDate
from indexer.generations import open_current
from indexer.library import Library
from indexer.manifest import Manifest

News = Callable[[int], list[dict[str, str]]]
Write = Callable[..., Path]


@pytest.fixture
def built(home: Path, write: Write, news: News) -> Path:
    """A home with six articles."""
    jobs.add(home, [write(news(6))])
    return home


def rewrite_manifest(home: Path, name: str, value: Any) -> None:
    """As if a program with other rules had built the index: the checksum is right."""
    folder = home / "index" / "gen-000001"
    body = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    del body["checksum"]
    Manifest(**(body | {name: value})).save(folder)


def test_a_manifest_says_by_which_rules_the_index_was_built(built: Path) -> None:
    manifest = json.loads((built / "index" / "gen-000001" / "manifest.json").read_text(encoding="utf-8"))
    assert set(manifest["lexicons"]) == {"ar", "vi"}
    assert {"ar", "vi", "en"} <= set(manifest["analyzers"])
    assert manifest["articles"] == 6
    assert manifest["icu"] and manifest["schema"]["version"] and manifest["created"]  # noqa: PT018


def test_the_same_archive_gives_the_same_manifest(built: Path) -> None:
    jobs.reindex(built)
    first, second = (Manifest.load(built / "index" / f"gen-00000{n}") for n in (1, 2))
    assert first.lexicons == second.lexicons
    assert first.analyzers == second.analyzers


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("icu", "58.2", "built with icu 58.2, this program needs icu "),
        ("schema", {"version": "0"}, "built with schema .*'version': '0'"),
        ("analyzers", {"ar": "0"}, "built with analyzers .*'ar': '0'"),
    ],
)
def test_an_index_of_other_rules_does_not_serve(built: Path, name: str, value: Any, told: str) -> None:
    rewrite_manifest(built, name, value)
    with pytest.raises(IndexOutOfDate, match=told + ".*run `dalil reindex`"):
        Library(built).snapshot()


def test_an_index_of_another_format_does_not_serve(built: Path) -> None:
    path = built / "index" / "gen-000001" / "manifest.json"
    path.write_text('{"format": 99, "colour": "blue"}', encoding="utf-8")
    with pytest.raises(IndexOutOfDate, match="built with format 99"):
        open_current(built)


def test_the_next_job_replaces_an_index_of_other_rules(built: Path) -> None:
    rewrite_manifest(built, "icu", "58.2")
    receipt = jobs.catch_up(built)
    assert (receipt.generation, receipt.indexed) == ("gen-000002", 6)
    assert inspection.check(built) == []


def test_two_generations_are_kept(built: Path) -> None:
    for _ in range(3):
        jobs.reindex(built)
    assert names(built) == ["gen-000003", "gen-000004"]


def test_what_a_cut_off_build_left_goes_and_the_last_that_served_stays(built: Path) -> None:
    (built / "index" / "gen-000002" / "whoosh").mkdir(parents=True)
    jobs.reindex(built)
    assert names(built) == ["gen-000001", "gen-000002"]
    assert inspection.check(built) == []


def test_a_build_that_fails_leaves_the_serving_index(built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("indexer.indexing.activate", fail)
    with pytest.raises(ArchiveError, match=r"cannot be written .*No space left"):
        jobs.reindex(built)
    assert names(built) == ["gen-000001"]
    assert inspection.check(built) == []


def test_before_the_first_article_the_index_is_missing(home: Path) -> None:
    with pytest.raises(IndexMissing, match="dalil add"):
        Library(home).snapshot()
    with pytest.raises(IndexMissing, match="dalil add"):
        Library(home).article("1")
    assert not home.exists()


def test_a_library_sees_later_commits_and_generations(
    built: Path, write: Write, news: News, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indexer.library._LOOK_EVERY_S", 0.0)
    library = Library(built)
    before = library.snapshot()
    assert library.snapshot() is before
    jobs.add(built, [write(news(7))])
    after = library.snapshot()
    assert (before.sequence, after.sequence, library.behind()) == (6, 7, 0)
    assert "6" in set(after.engine.ids())
    jobs.reindex(built)
    newest = library.snapshot()
    assert newest.generation == "gen-000002"
    assert set(newest.engine.ids()) == set(after.engine.ids())
    assert set(library.articles(["0", "6", "nobody"])) == {"0", "6"}
    library.close()
    library.close()


def test_the_lexicon_of_the_generation_decides(built: Path) -> None:
    """Attested words cut clitics; the analyzer of readers is that of the index."""
    library = Library(built)
    snapshot = library.snapshot()
    assert snapshot.lexicons["ar"].counts
    assert snapshot.analyzer("ar").version == open_current(built).manifest.analyzers["ar"]
    library.close()


DAMAGES: dict[str, Callable[[Path], object]] = {
    "CURRENT is bytes": lambda index: (index / "CURRENT").write_bytes(b"\xff\xfe"),
    "CURRENT names another place": lambda index: (index / "CURRENT").write_text("gen-000001/../../x"),
    "CURRENT names what is gone": lambda index: (index / "CURRENT").write_text("gen-000009\n"),
    "no manifest": lambda index: (index / "gen-000001" / "manifest.json").unlink(),
    "manifest is cut": lambda index: cut(index / "gen-000001" / "manifest.json"),
    "manifest is a list": lambda index: (index / "gen-000001" / "manifest.json").write_text("[]"),
    "no lexicon": lambda index: (index / "gen-000001" / "lexicons" / "ar.tsv").unlink(),
    "lexicon is cut": lambda index: cut(index / "gen-000001" / "lexicons" / "ar.tsv"),
    "lexicon is bytes": lambda index: (index / "gen-000001" / "lexicons" / "ar.tsv").write_bytes(b"\xff"),
    "no state": lambda index: (index / "gen-000001" / "state.json").unlink(),
    "state is a list": lambda index: (index / "gen-000001" / "state.json").write_text("[1]"),
    "no engine files": lambda index: shutil.rmtree(index / "gen-000001" / "whoosh"),
    "engine files are cut": lambda index: cut_all(index / "gen-000001" / "whoosh"),
}


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def cut_all(folder: Path) -> None:
    for path in folder.iterdir():
        cut(path)


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_index_is_told_and_the_next_job_mends_it(built: Path, damage: str) -> None:
    DAMAGES[damage](built / "index")
    with pytest.raises(IndexDamaged, match="dalil reindex"):
        Library(built).snapshot()
    assert "dalil reindex" in inspection.status(built).problem
    assert len(inspection.check(built)) == 1
    jobs.catch_up(built)
    assert inspection.check(built) == []
    assert len(set(Library(built).snapshot().engine.ids())) == 6


def names(home: Path) -> list[str]:
    return sorted(path.name for path in (home / "index").glob("gen-*"))
