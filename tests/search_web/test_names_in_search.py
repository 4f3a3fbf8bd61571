"""The dictionary of names and the vetoes in a real home: what a search finds by them, and what not."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from indexer import jobs
from indexer.library import Library
from indexer.name_vetoes import add_veto, drop_veto, veto_of
from search_web.core.pages import SearchInput
from search_web.core.service import SearchService

Find = Callable[..., list[str]]

TEXTS = [
    # Two stories have Phú Quốc as one word, which no sound key joins.
    ("vi-1", "vi", "dao-phu-quoc-don-khach-du-lich", "Đảo Phú Quốc đón khách du lịch"),
    ("ar-1", "ar", "dao-phu-quoc-don-khach-du-lich", "جزيرة فوكوك تستقبل السياح"),
    ("vi-2", "vi", "lang-nghe-nuoc-mam-phu-quoc", "Làng nghề nước mắm Phú Quốc"),
    ("ar-2", "ar", "lang-nghe-nuoc-mam-phu-quoc", "صلصة السمك من فوكوك الشهيرة"),
    ("ar-2b", "ar", "", "مطار فوكوك الجديد"),
    # One story alone has Cửa Lò as one word.
    ("vi-3", "vi", "bai-bien-cua-lo-dong-khach-he", "Bãi biển Cửa Lò đông khách"),
    ("ar-3", "ar", "bai-bien-cua-lo-dong-khach-he", "شاطئ كوالو مزدحم بالزوار"),
    # A name of three syllables, in two spellings of one sound.
    ("vi-4", "vi", "thuong-tuong-pham-the-tung-phat-bieu", "Thượng tướng Phạm Thế Tùng phát biểu"),
    ("ar-4", "ar", "thuong-tuong-pham-the-tung-phat-bieu", "الفريق فام ذي تونغ يلقي كلمة"),
    ("vi-5", "vi", "ong-pham-the-tung-tham-truong-hoc", "Ông Phạm Thế Tùng thăm trường học"),
    ("ar-5", "ar", "ong-pham-the-tung-tham-truong-hoc", "فام ذي تونغ يزور مدرسة"),
    ("ar-6", "ar", "", "الرسام فام ذا تونغ يفتتح معرضا"),
    ("ar-7", "ar", "", "لقاء بين فام ذا تونغ و فام ذي تونغ"),
    ("en-1", "en", "", "General Pham The Tung spoke"),
]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    path = tmp_path / "news.jsonl"
    records = [
        {
            "id": i,
            "lang": lang,
            "title": title,
            "url": f"https://example.org/{lang}/{slug or i}-post1000{n}.html",
        }
        for n, (i, lang, slug, title) in enumerate(TEXTS)
    ]
    path.write_text("".join(f"{json.dumps(r, ensure_ascii=False)}\n" for r in records), encoding="utf-8")
    jobs.add(tmp_path / "home", [path])
    return tmp_path / "home"


@contextmanager
def _service(home: Path) -> Iterator[SearchService]:
    with closing(Library(home)) as library:
        yield SearchService(library)


@pytest.fixture
def find(home: Path) -> Find:
    """The ids that a query finds, those of one language if it is given, sorted."""

    def find(text: str, lang: str = "") -> list[str]:
        with _service(home) as service:
            page = service.search(SearchInput(text))
        return sorted(r.id for r in page.results if r.lang.startswith(lang))

    return find


@pytest.mark.parametrize("query", ["Phú Quốc", "phú quốc", "phu quoc"])
def test_a_spelling_of_two_stories_is_found_in_any_article(find: Find, query: str) -> None:
    """فوكوك is one word; ar-2b has neither address nor translation."""
    assert find(query, "ar") == ["ar-1", "ar-2", "ar-2b"]


def test_a_known_name_stands_for_its_words_in_a_longer_query(find: Find) -> None:
    """مطار "airport" beside the name in the other script."""
    assert "ar-2b" in find("Phú Quốc مطار")


def test_a_spelling_finds_the_name(find: Find) -> None:
    assert find("فوكوك") == ["ar-1", "ar-2", "ar-2b", "vi-1", "vi-2"]
    assert find("بفوكوك") == ["ar-1", "ar-2", "ar-2b", "vi-1", "vi-2"]


def test_a_spelling_of_one_story_joins_nothing(find: Find) -> None:
    """The address of ar-3 has the name; another article with كوالو is not found."""
    assert find("Cửa Lò") == ["ar-3", "vi-3"]
    assert find("كوالو") == ["ar-3"]


def test_other_accents_are_another_name(find: Find) -> None:
    assert "ar-2b" not in find("Phù Quộc")


def test_without_a_dictionary_names_are_found_by_their_sound_alone(home: Path, find: Find) -> None:
    for file in home.glob("index/gen-*/names.tsv"):
        file.write_text("damaged", encoding="utf-8")
    assert find("Phạm Thế Tùng", "ar") == ["ar-4", "ar-5", "ar-6", "ar-7"]
    assert find("فوكوك") == ["ar-1", "ar-2", "ar-2b"]


def test_a_vetoed_spelling_is_not_found_by_its_sound(home: Path, find: Find) -> None:
    """ar-7 has the other spelling too, which two stories witness."""
    add_veto(home, veto_of("Phạm Thế Tùng", "فام ذا تونغ"))
    for query in ("Phạm Thế Tùng", "pham the tung", "phạm thế tùng"):
        assert find(query, "ar") == ["ar-4", "ar-5", "ar-7"]


def test_nor_the_name_by_a_vetoed_spelling(home: Path, find: Find) -> None:
    """Not in a text, nor in an address, nor without accents; the words themselves are found as ever."""
    assert find("فام ذا تونغ") == ["ar-4", "ar-5", "ar-6", "ar-7", "en-1", "vi-4", "vi-5"]
    add_veto(home, veto_of("Phạm Thế Tùng", "فام ذا تونغ"))
    assert find("فام ذا تونغ") == ["ar-6", "ar-7"]
    assert find("بفام ذا تونغ") == ["ar-6", "ar-7"]


def test_everything_else_stays(home: Path, find: Find) -> None:
    before = [find(query) for query in ("فام ذي تونغ", "Phú Quốc", "Phạm Thế", "تونغ")]
    add_veto(home, veto_of("Phạm Thế Tùng", "فام ذا تونغ"))
    assert [find(query) for query in ("فام ذي تونغ", "Phú Quốc", "Phạm Thế", "تونغ")] == before


def test_a_veto_stops_the_dictionary_too(home: Path, find: Find) -> None:
    """Addresses and translations that have the words are found as ever."""
    add_veto(home, veto_of("Phú Quốc", "فوكوك"))
    assert find("Phú Quốc") == ["ar-1", "ar-2", "vi-1", "vi-2"]
    assert find("فوكوك") == ["ar-1", "ar-2", "ar-2b"]


def test_a_veto_that_is_taken_back_leaves_nothing(home: Path, find: Find) -> None:
    before = find("Phạm Thế Tùng")
    add_veto(home, veto_of("Phạm Thế Tùng", "فام ذا تونغ"))
    assert find("Phạm Thế Tùng") != before
    drop_veto(home, veto_of("Phạm Thế Tùng", "فام ذا تونغ"))
    assert find("Phạm Thế Tùng") == before


def test_a_running_server_sees_a_veto_at_once(home: Path) -> None:
    with _service(home) as service:
        assert "ar-6" in {r.id for r in service.search(SearchInput("Phạm Thế Tùng")).results}
        add_veto(home, veto_of("Phạm Thế Tùng", "فام ذا تونغ"))
        assert "ar-6" not in {r.id for r in service.search(SearchInput("Phạm Thế Tùng")).results}


def _marked(home: Path, query: str, article: str) -> list[str]:
    with _service(home) as service:
        results = {r.id: r for r in service.search(SearchInput(query)).results}
    title = results[article].title
    return [title.text[mark.start : mark.end] for mark in title.marks]


def test_a_spelling_of_the_dictionary_is_marked(home: Path) -> None:
    assert _marked(home, "Phú Quốc", "ar-2b") == ["فوكوك"]
    assert _marked(home, "فوكوك", "vi-1") == ["Phú Quốc"]


def test_a_vetoed_spelling_is_not_marked(home: Path) -> None:
    everywhere = _marked(home, "Phạm Thế Tùng", "ar-7")
    add_veto(home, veto_of("Phạm Thế Tùng", "فام ذا تونغ"))
    assert everywhere == ["فام ذا تونغ", "فام ذي تونغ"]
    assert _marked(home, "Phạm Thế Tùng", "ar-7") == ["فام ذي تونغ"]


def test_an_explanation_and_related_stories_work_with_both(home: Path) -> None:
    add_veto(home, veto_of("Phạm Thế Tùng", "فام ذا تونغ"))
    with _service(home) as service:
        assert service.explain("Phạm Thế Tùng", "ar-4").matches
        assert not service.explain("Phạm Thế Tùng", "ar-6").matches
        assert service.explain("Phú Quốc", "ar-2b").matches


@pytest.mark.xfail(
    strict=True, reason="no story has the third spelling: it cannot be told from the vetoed one"
)
def test_an_article_with_a_vetoed_and_an_unknown_spelling(home: Path, find: Find, tmp_path: Path) -> None:
    record = {"id": "ar-8", "lang": "ar", "title": "لقاء بين فام ذا تونغ و فام ذو تونغ"}
    (tmp_path / "more.jsonl").write_text(json.dumps(record), encoding="utf-8")
    jobs.add(home, [tmp_path / "more.jsonl"])
    add_veto(home, veto_of("Phạm Thế Tùng", "فام ذا تونغ"))
    assert "ar-8" in find("Phạm Thế Tùng", "ar")
