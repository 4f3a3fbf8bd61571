"""Completions: by the archive's own spelling, of live articles only, and never in the way."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers import UnknownLanguage
from indexer import jobs
from indexer.archive import Archive
from indexer.library import Library
from search_web.core.query_parser import parse_leniently
from search_web.core.suggest import MAX_COMPLETIONS, Suggester

from .small_library import SmallLibrary

FILE = Path(__file__).parents[2] / "cases" / "suggest" / "completions.json"
CASES = json.loads(FILE.read_text(encoding="utf-8"))
Home = Callable[[list[dict[str, Any]]], Path]


@pytest.fixture(scope="module")
def suggester(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Suggester]:
    """Over the articles of the cases; nobody writes to it."""
    folder = tmp_path_factory.mktemp("suggest")
    library = Library(_home(folder, CASES["articles"]))
    yield Suggester(library)
    library.close()


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home with these articles; called again, it takes more in."""
    return lambda articles: _home(tmp_path, articles)


def _home(folder: Path, articles: list[dict[str, Any]]) -> Path:
    path = folder / "news.jsonl"
    path.write_text("".join(json.dumps(record) + "\n" for record in articles), encoding="utf-8")
    jobs.add(folder / "home", [path])
    return folder / "home"


def texts(suggester: Suggester, typed: str, **options: Any) -> list[str]:
    return [completion.text for completion in suggester.suggest(typed, **options)]


def fresh(home: Path, typed: str) -> list[str]:
    """What a server that starts now would say."""
    library = Library(home)
    try:
        return texts(Suggester(library), typed)
    finally:
        library.close()


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(
            case,
            id=case["label"],
            marks=[pytest.mark.xfail(strict=True, reason=case["xfail"])] if "xfail" in case else [],
        )
        for case in CASES["cases"]
    ],
)
def test_cases(suggester: Suggester, case: dict[str, Any]) -> None:
    found = suggester.suggest(case["typed"], case.get("languages", ()), MAX_COMPLETIONS)
    shown = [completion.text for completion in found]
    assert (shown == []) == case.get("none", False), shown
    if "first" in case:
        assert shown[0] == case["first"]
    if "query" in case:
        assert found[0].query == case["query"]
    if "count" in case:
        assert len(found) == case["count"]
    assert [text for text in case.get("has", ()) if text not in shown] == []
    assert [text for text in case.get("lacks", ()) if text in shown] == []
    places = [shown.index(text) for text in case.get("order", ())]
    assert places == sorted(places)


@given(st.text(max_size=70))
def test_any_text_is_answered(suggester: Suggester, typed: str) -> None:
    """Whatever is typed: no error, no spelling twice, nothing that is typed already, none past the limit."""
    found = suggester.suggest(typed)
    assert len(found) <= 8
    assert len({completion.query for completion in found}) == len(found)
    assert typed.strip() not in {completion.query for completion in found}


@pytest.mark.parametrize("typed", ["h", "fire", "وز", "t", "e", '"ha n', "mưa -h", "author:t"])
def test_what_is_chosen_is_a_query_without_mistakes(suggester: Suggester, typed: str) -> None:
    found = suggester.suggest(typed, (), MAX_COMPLETIONS)
    assert found
    for completion in found:
        _, notices = parse_leniently(completion.query)
        assert notices == [], completion


def test_limits(suggester: Suggester) -> None:
    assert len(suggester.suggest("h", (), 3)) == 3
    assert len(suggester.suggest("h", (), 1_000)) <= MAX_COMPLETIONS
    with pytest.raises(UnknownLanguage):
        suggester.suggest("h", ["no language"])


def test_a_removed_article_is_offered_no_more(home: Home) -> None:
    """Its title goes, and so does the name that it alone had; what others have stays."""
    place = home(CASES["articles"])
    assert "Hà Nội mở phố đi bộ" in fresh(place, "hà")
    assert fresh(place, "trần") == ["Trần Bảo Khuê"]
    jobs.remove(place, ["vi-1"])
    assert "Hà Nội mở phố đi bộ" not in fresh(place, "hà")
    assert "Hà Nội" in fresh(place, "ha")
    assert fresh(place, "trần") == []
    jobs.remove(place, ["vi-2"])
    assert "Hà Nội" not in fresh(place, "ha")


def test_new_and_changed_articles_are_offered(home: Home) -> None:
    """After each job, by a server that runs already."""
    place = home(CASES["articles"])
    library = Library(place)
    suggester = Suggester(library)
    assert texts(suggester, "sông hồ") == []
    home([{"id": "vi-9", "lang": "vi", "title": "Sông Hồng cạn nước"}])
    home([{"id": "vi-3", "lang": "vi", "title": "Hạn mặn đã qua"}])
    library.close()
    library = Library(place)
    suggester = Suggester(library)
    assert texts(suggester, "sông hồ") == ["Sông Hồng cạn nước"]
    assert texts(suggester, "hạn mặn") == ["Hạn mặn đã qua"]
    library.close()


def test_a_running_server_sees_what_a_job_did(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("indexer.library._LOOK_EVERY_S", 0.0)
    place = home(CASES["articles"])
    library = Library(place)
    suggester = Suggester(library)
    assert texts(suggester, "hạn mặn") == ["Hạn mặn đến sớm"]
    jobs.remove(place, ["vi-3"])
    home([{"id": "vi-9", "lang": "vi", "title": "Hạn mặn trở lại"}])
    assert texts(suggester, "hạn mặn") == ["Hạn mặn trở lại"]
    jobs.reindex(place)
    assert texts(suggester, "hạn mặn") == ["Hạn mặn trở lại"]
    library.close()


def test_what_the_index_does_not_know_of_yet_is_looked_up(home: Home) -> None:
    """The archive has dropped an article and the index still waits for the job that says so."""
    place = home(CASES["articles"])
    archive = Archive.open(place / "archive.db")
    archive.delete(["vi-3"])
    archive.close()
    found = fresh(place, "hạn")
    assert "Hạn Nội vụ: một tên gọi lạ" in found
    assert "Hạn mặn đến sớm" not in found


def test_a_library_without_completions_gives_none(library: SmallLibrary) -> None:
    """One in memory, or an index of an older program."""
    assert Suggester(library).suggest("h") == ()


def test_an_index_without_the_files_gives_none_and_the_next_job_writes_them(home: Home) -> None:
    place = home(CASES["articles"])
    for path in place.glob("index/gen-*/suggestions/*"):
        path.unlink()
    assert fresh(place, "hà") == []
    jobs.catch_up(place)
    assert "Hà Nội" in fresh(place, "hà")
