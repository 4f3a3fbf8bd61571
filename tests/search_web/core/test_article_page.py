"""What belongs to an article: neighbours, the words that a search found, its length."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.articles import Article, article_from
from indexer.errors import QueryError
from search_web.core.article_page import MOST_MARKED, NEIGHBOURS, neighbours, reading_minutes
from search_web.core.pages import Filters, SearchInput, Snippet
from search_web.core.service import SearchService

from .small_library import ARTICLES, SmallLibrary, library_of


def bracketed(snippet: Snippet) -> str:
    text = snippet.text
    for mark in reversed(snippet.marks):
        text = f"{text[: mark.start]}[{text[mark.start : mark.end]}]{text[mark.end :]}"
    return text


def story(number: int, **fields: object) -> Article:
    record = {"id": f"s{number:02}", "lang": "en", "title": f"Story {number}", "section": "Society"}
    return article_from(record | {"published_at": f"2025-01-{number + 1:02}"} | fields)


def of(library: SmallLibrary, article_id: str, shown: tuple[str, ...] = ()) -> tuple[list[str], list[str]]:
    found = neighbours(library.kept[article_id], library.state.engine, library.articles, shown)
    section, author = ([result.id for result in results] for results in found)
    return section, author


def test_neighbours_are_the_newest_others_of_section_and_author(library: SmallLibrary) -> None:
    """Lê Uyển Thư wrote the flood and the bridge; a neighbour stands once."""
    assert of(library, "vi-bridge") == ([], ["vi-flood"])
    assert of(library, "en-climate") == ([], [])
    assert of(library, "en-rice") == (["en-markup"], ["en-bridge"])
    assert of(library, "en-undated") == ([], [])


def test_what_is_shown_already_is_no_neighbour(library: SmallLibrary) -> None:
    assert of(library, "vi-bridge", ("vi-flood",)) == ([], [])


def test_neighbours_are_few_and_of_one_language() -> None:
    """The newest first; a section of the same name in another language is another one."""
    stories = [story(number) for number in range(12)]
    other = story(20, lang="vi")
    library = library_of([*stories, other])
    section, author = of(library, "s03", ("s11", "nowhere"))
    assert section == ["s10", "s09", "s08", "s07", "s06"]
    assert len(section) == NEIGHBOURS
    assert author == []


def test_names_with_their_accents_apart_are_the_same() -> None:
    apart = unicodedata.normalize("NFD", "Lê Uyển Thư")
    library = library_of([story(1, authors=[apart], section=""), story(2, authors=["Lê Uyển Thư"])])
    assert of(library, "s01") == ([], ["s02"])


def test_a_neighbour_that_the_archive_lost_is_left_out(library: SmallLibrary) -> None:
    del library.kept["vi-flood"]
    assert of(library, "vi-bridge") == ([], [])


@pytest.mark.parametrize(
    ("query", "article_id", "title", "lead", "body"),
    [
        (
            "bicycles bridge",
            "en-bridge",
            "New footbridge over the Han river opens",
            "The [bridge] in Da Nang is for walkers and [bicycles].",
            ["Lights run along the [bridge] at night."],
        ),
        (
            "وزير",
            "ar-verse",
            "أمسية شعرية في المكتبة",
            "",
            ["قرأ الشاعر بيتا عن النَّهْرِ [والوزيــــر]."],
        ),
        (
            "đi bộ",
            "vi-bridge",
            "Cầu [đi bộ] mới bắc qua sông Hàn",
            "Cây cầu dành cho người [đi bộ] và xe đạp.",
            ["Sở Giao thông Đà Nẵng cho biết cầu sáng đèn ban đêm."],
        ),
        ("zebra", "en-rice", "Rice exports rise as ministers meet", "", None),
    ],
)
def test_marks_are_whole_words(
    service: SearchService,
    library: SmallLibrary,
    query: str,
    article_id: str,
    title: str,
    lead: str,
    body: list[str] | None,
) -> None:
    """A footbridge is no bridge; Arabic words keep their particles, vowel signs and lengthening."""
    article = library.kept[article_id]
    found = service.marked(article, SearchInput(query))
    assert bracketed(found.title) == title
    assert bracketed(found.lead) == lead
    assert [bracketed(part) for part in found.body] == (list(article.body) if body is None else body)


def test_the_reading_that_answers_is_marked(service: SearchService, library: SmallLibrary) -> None:
    """Telex keys are read as their letters, as the search for them does; to the letter they are not."""
    article = library.kept["vi-flood"]
    found = service.marked(article, SearchInput("Huees"))
    assert found.searched == "Huế"
    assert bracketed(found.title) == "Người [Huế] dọn bùn sau lũ cuối tháng"
    typed = service.marked(article, SearchInput("Huees", as_typed=True))
    assert (typed.searched, typed.title.marks) == ("Huees", ())


def test_filters_are_those_of_the_search(service: SearchService, library: SmallLibrary) -> None:
    """Words are marked within filters too; filters that are no dates are told as a search tells them."""
    article = library.kept["en-markup"]
    search = SearchInput("computers", Filters(year=("2023",)))
    assert bracketed(service.marked(article, search).body[0]).startswith("A night market of old [computers]")
    with pytest.raises(QueryError, match="is no date"):
        service.marked(article, SearchInput("computers", Filters(year=("never",))))


@pytest.mark.parametrize("article", ARTICLES, ids=lambda article: article.id)
def test_title_and_results_mark_the_same(service: SearchService, article: Article) -> None:
    """The title on the page is marked as it is in the results."""
    for query in ("new bridge night", "cau di bo", "الوزير والجسر", "rice"):
        results = {result.id: result for result in service.search(SearchInput(query, page_size=20)).results}
        if article.id in results:
            assert service.marked(article, SearchInput(query)).title == results[article.id].title


@given(st.lists(st.text(st.sampled_from("ab \n.đ"), max_size=12), max_size=6), st.text(max_size=6))
def test_marks_lie_inside_their_paragraph(parts: list[str], lead: str) -> None:
    """Whatever blank lines and empty parts there are, texts stay and marks are words of them."""
    article = Article(id="x", lang="en", title="ab", lead=lead, body=tuple(parts))
    service = SearchService(library_of([article]))
    found = service.marked(article, SearchInput("ab"))
    assert [part.text for part in found.body] == parts
    assert found.lead.text == lead
    for part in (found.title, found.lead, *found.body):
        for mark in part.marks:
            assert set(part.text[mark.start : mark.end].split()) == {"ab"}


def test_a_book_is_marked_at_its_beginning() -> None:
    """Two million letters take less than a second; the last word that is looked at is whole."""
    body = ("flood " * 50_000).strip()
    article = Article(id="x", lang="en", title="Flood", body=(body,) * 6)
    service = SearchService(library_of([Article(id="x", lang="en", title="Flood")]))
    service.marked(article, SearchInput("flood"))
    started = time.process_time()
    found = service.marked(article, SearchInput("flood"))
    assert time.process_time() - started < 1
    assert found.body[0].marks[-1].end <= MOST_MARKED
    assert not found.body[1].marks
    assert body[: found.body[0].marks[-1].end].endswith("flood")


@pytest.mark.parametrize(
    ("lang", "letters", "minutes"),
    [
        ("en", 0, 1),
        ("en", 900, 1),
        ("en", 4_500, 5),
        ("ar", 3_000, 5),
        ("zh-Hant", 3_000, 10),
        ("und", 9_000, 10),
    ],
)
def test_reading_time(lang: str, letters: int, minutes: int) -> None:
    """A letter of Arabic says more than one of English, a Chinese sign more than either."""
    assert reading_minutes(Article(id="x", lang=lang, body=("x" * letters,))) == minutes
