"""The service: what a person asked becomes a page of results with what there is to know about it."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from indexer.articles import Article, article_from
from indexer.engines.base import Sort
from indexer.errors import ArticleNotFound, IndexMissing, QueryError
from search_web.core.pages import Filters, NoticeKind, ReasonKind, ResultPage, SearchInput
from search_web.core.service import SearchService

from .small_library import ARTICLES, SmallLibrary, SmallSnapshot, library_of

NEWEST = [
    "vi-flood",
    "en-bridge",
    "ar-bridge",
    "vi-bridge",
    "en-rice",
    "ar-trade",
    "en-climate",
    "vi-hanoi",
    "ar-verse",
    "vi-crab",
    "en-markup",
    "en-undated",
]


def ids(page: ResultPage) -> list[str]:
    return [result.id for result in page.results]


def kinds(page: ResultPage) -> set[NoticeKind]:
    return {notice.kind for notice in page.notices}


def did_you_mean(page: ResultPage) -> str | None:
    return next((n.text for n in page.notices if n.kind is NoticeKind.DID_YOU_MEAN), None)


@pytest.mark.parametrize("text", ["", " ", "*", "?!", "()", "\u200f"])
def test_no_words_are_every_article_newest_first(service: SearchService, text: str) -> None:
    """Undated articles come last."""
    page = service.search(SearchInput(text, page_size=20))
    assert ids(page) == NEWEST
    assert not kinds(page) - {NoticeKind.QUERY_REPAIRED}


@pytest.mark.parametrize("text", ["وزير", "الوزير", "والوزير", "وَزِير", "وزيــر"])
def test_a_minister_is_found_with_and_without_the_article(service: SearchService, text: str) -> None:
    """Clitics, diacritics and tatweel on either side make no difference."""
    assert set(ids(service.search(SearchInput(text)))) == {"ar-bridge", "ar-trade", "ar-verse"}


def test_accents_typed_put_their_word_first(service: SearchService) -> None:
    """`hạ nơi` and `Hà Nội` have the same letters; what was typed with accents wins clearly."""
    with_accents = service.search(SearchInput("Hà Nội")).results
    assert [result.id for result in with_accents] == ["vi-hanoi", "vi-crab"]
    assert with_accents[0].score > 2 * with_accents[1].score
    assert ids(service.search(SearchInput("ha noi"))) == ["vi-hanoi", "vi-crab"]


def test_a_headline_in_the_address_finds_the_translations(service: SearchService) -> None:
    """The Arabic and the English article have no Vietnamese word but that in their addresses."""
    found = ids(service.search(SearchInput("cầu đi bộ sông Hàn")))
    assert (found[0], set(found[1:3])) == ("vi-bridge", {"ar-bridge", "en-bridge"})


def test_marks_and_snippets_are_of_the_found_words(service: SearchService) -> None:
    """Marks count code points of the text that is shown."""
    (found,) = service.search(SearchInput("rice exports")).results
    title = [found.title.text[mark.start : mark.end] for mark in found.title.marks]
    assert " ".join(title) == "Rice exports"
    assert next(s.text[m.start : m.end] for s in found.snippets for m in s.marks) == "exports"


def test_html_in_an_article_stays_text(service: SearchService) -> None:
    """The core neither escapes nor drops it; the page must escape."""
    (found,) = service.search(SearchInput("script")).results
    assert found.title.text == "How the <script>alert(1)</script> tag came to markets"
    (found,) = service.search(SearchInput("calm")).results
    assert "Rice <b>prices</b> & markets stayed calm." in found.snippets[0].text


def test_some_words_are_shown_where_no_article_has_all(service: SearchService) -> None:
    """And it is said. What is excluded stays excluded, what is in quotes stays required."""
    page = service.search(SearchInput("bridge minister zebra"))
    assert NoticeKind.RELAXED in kinds(page)
    assert {"en-bridge", "en-rice"} <= set(ids(page))
    page = service.search(SearchInput("bridge minister zebra -exports"))
    assert "en-bridge" in ids(page)
    assert "en-rice" not in ids(page)
    page = service.search(SearchInput('rice zebra "climate change"'))
    assert (ids(page), kinds(page)) == (["en-climate"], {NoticeKind.RELAXED})


def test_nothing_found_is_said(service: SearchService) -> None:
    """For words that no article has, and for filters that let nothing through."""
    assert kinds(service.search(SearchInput("zzyzx"))) == {NoticeKind.NOTHING_FOUND}
    assert kinds(service.search(SearchInput("", Filters(lang=("fr",))))) == {NoticeKind.NOTHING_FOUND}
    assert NoticeKind.NOTHING_FOUND in kinds(service.search(SearchInput("rice", Filters(lang=("vi",)))))


def test_stop_words_alone_are_said(service: SearchService) -> None:
    """Not "nothing found", which would be no help."""
    assert kinds(service.search(SearchInput("the of"))) == {NoticeKind.ONLY_STOP_WORDS}
    assert kinds(service.search(SearchInput("في من"))) == {NoticeKind.ONLY_STOP_WORDS}


@pytest.mark.parametrize(("vietnamese", "found"), [(10, ["vi-0"]), (9, [])])
def test_stop_words_of_a_language_that_hardly_any_article_has(vietnamese: int, found: list[str]) -> None:
    """Without its accent Mỹ "America" is an English word; not among ten times as many articles."""
    titles = ["Xuất khẩu sang Mỹ", *(f"Cây cầu thứ {at}" for at in range(1, vietnamese))]
    articles = [Article(id=f"vi-{at}", lang="vi", title=title) for at, title in enumerate(titles)]
    library = library_of([*articles, Article(id="en-1", lang="en", title="My bridge over the river")])
    page = SearchService(library).search(SearchInput("my"))
    assert ids(page) == found
    assert (NoticeKind.ONLY_STOP_WORDS in kinds(page)) is not bool(found)


def test_another_spelling_is_offered_where_it_finds_more(service: SearchService) -> None:
    """The rest of the query stays as typed; nothing is offered for words that are in the archive."""
    page = service.search(SearchInput("rize exports"))
    suggestion = did_you_mean(page)
    assert suggestion is not None
    assert suggestion.lower() == "rice exports"
    assert ids(service.search(SearchInput(suggestion))) == ["en-rice"]
    assert did_you_mean(service.search(SearchInput("rice"))) is None


def test_no_spelling_is_offered_that_the_filters_exclude(service: SearchService) -> None:
    """A suggestion that finds nothing is a second disappointment."""
    assert did_you_mean(service.search(SearchInput("rize exports", Filters(lang=("ar",))))) is None


def test_mistakes_of_form_are_told_with_their_place(service: SearchService) -> None:
    """The query is read all the same."""
    page = service.search(SearchInput('rice "climate change'))
    (notice,) = page.notices
    assert (notice.kind, notice.start, notice.end) == (NoticeKind.QUERY_REPAIRED, 5, 20)
    assert ids(page) == ["en-climate"]


def test_an_index_behind_the_archive_is_told(service: SearchService, library: SmallLibrary) -> None:
    """With the number of changes."""
    library.waiting = 3
    (notice,) = service.search(SearchInput("rice")).notices
    assert (notice.kind, notice.text) == (NoticeKind.BEHIND, "3")


@pytest.mark.parametrize(
    "text",
    ["rice " * 20_000, "r" * 100_000, "(" * 5_000, "()" * 2_500 + "rice", '"' * 5_001, "-" * 5_000 + "rice"],
    ids=["words", "one word", "open", "pairs", "quotes", "minus"],
)
def test_monstrous_queries_are_cut_and_answered(service: SearchService, text: str) -> None:
    """In a bounded time, and the reader is told what was searched."""
    started = time.process_time()
    page = service.search(SearchInput(text))
    assert time.process_time() - started < 1, "0.05 s is usual"
    (notice,) = (n for n in page.notices if n.kind is NoticeKind.QUERY_CUT)
    assert len(notice.text) <= 512


def test_order(service: SearchService) -> None:
    """By date in both directions, undated last; a date order does not change what is found."""
    assert ids(service.search(SearchInput("minister", sort=Sort.NEWEST))) == ["en-rice", "en-climate"]
    assert ids(service.search(SearchInput("minister", sort=Sort.OLDEST))) == ["en-climate", "en-rice"]
    assert ids(service.search(SearchInput("", sort=Sort.OLDEST, page_size=20))) == [
        *reversed(NEWEST[:-1]),
        "en-undated",
    ]


def test_pages_are_slices_of_one_list(service: SearchService) -> None:
    """No article twice, none lost; the total is that of all pages."""
    pages = [service.search(SearchInput("", page=number, page_size=5)) for number in (1, 2, 3, 4)]
    assert [found for page in pages for found in ids(page)] == NEWEST
    assert {page.total for page in pages} == {12}
    assert pages[3].results == ()
    assert NoticeKind.NOTHING_FOUND not in kinds(pages[3])


def test_paging_has_an_end(service: SearchService) -> None:
    """Said by an error of ours, not by a search that takes forever."""
    with pytest.raises(QueryError, match="10"):
        service.search(SearchInput("", page=100_000))


def test_a_facet_counts_without_its_own_selection(service: SearchService) -> None:
    """So that a second language can be added; the other facets count what is shown."""
    page = service.search(SearchInput("", Filters(lang=("vi",), section=("Xã hội",))))
    assert page.total == 2
    assert [(v.value, v.count, v.selected) for v in page.facets["lang"]] == [("vi", 2, True)]
    sections = {v.value: (v.count, v.selected) for v in page.facets["section"]}
    assert sections == {"Xã hội": (2, True), "Kinh tế": (1, False), "Văn hóa": (1, False)}
    assert {v.value: v.count for v in page.facets["author"]} == {"Lê Uyển Thư": 2, "Trần Bảo Khuê": 1}
    assert [v.value for v in page.facets["month"]] == ["2025-10"]


def test_facets_may_be_left_out(service: SearchService) -> None:
    """A program that wants hits alone does not pay for them."""
    assert service.search(SearchInput("rice", facets=False)).facets == {}


def test_dates_that_are_none_are_refused(service: SearchService) -> None:
    """With a message for people."""
    with pytest.raises(QueryError, match=r"'soon' is no date; write it as 2025"):
        service.search(SearchInput("rice", Filters(date_from="soon")))


def test_an_article_removed_since_the_index_was_caught_up(
    service: SearchService, library: SmallLibrary
) -> None:
    """It is not shown, and asking for it is an error of ours."""
    del library.kept["en-rice"]
    assert ids(service.search(SearchInput("rice"))) == ["en-climate"]
    with pytest.raises(ArticleNotFound, match="'en-rice'"):
        service.article("en-rice")
    assert "en-rice" not in [item.result.id for item in service.related("en-climate")]


def test_an_article_that_the_index_does_not_have_yet(service: SearchService, library: SmallLibrary) -> None:
    """It has a page, though no search finds it."""
    library.drop_from_index("en-bridge")
    page = service.article("en-bridge")
    assert page.article.id == "en-bridge"
    assert [result.id for result in page.translations] == ["ar-bridge", "vi-bridge"]
    assert not service.explain("bridge", "en-bridge").matches


def test_the_page_of_an_article_has_all_its_translations() -> None:
    """However few related stories are shown."""
    languages = "ar en es fr ja km ko lo ru th vi zh".split()
    url = "https://example.org/{}/cau-di-bo-moi-bac-qua-song-han-post100001.html"
    service = SearchService(
        library_of(
            article_from({"id": lang, "lang": lang, "title": f"VietMed {lang}", "url": url.format(lang)})
            for lang in languages
        )
    )
    assert [result.id for result in service.article("vi").translations] == [
        lang for lang in languages if lang != "vi"
    ]


def test_the_page_of_an_article_has_its_translations_apart(service: SearchService) -> None:
    """They are known by the headline in the address and stand by language."""
    page = service.article("vi-bridge")
    assert [result.id for result in page.translations] == ["ar-bridge", "en-bridge"]
    related = [item.result.id for item in page.related]
    assert not {"vi-bridge", "ar-bridge", "en-bridge"} & set(related)
    assert all(item.reasons[0].kind is ReasonKind.WORDS for item in page.related)
    assert service.article("en-rice").translations == ()


def test_ready_says_what_there_is(service: SearchService, library: SmallLibrary) -> None:
    """Generation, articles, changes that wait."""
    library.waiting = 2
    assert service.ready() == (True, {"generation": "gen-000001", "indexed": 12, "behind": 2})


def test_warming_up_changes_no_answer(service: SearchService) -> None:
    """It asks what readers ask, and forgets what was found."""
    before = service.search(SearchInput("Hà Nội"))
    service.warm_up()
    after = service.search(SearchInput("Hà Nội"))
    assert replace(after, took_ms=before.took_ms) == before


def test_warming_up_reads_the_newest_articles(
    service: SearchService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of each of the three large languages, so that the first reader does not wait for their words."""
    read: list[str] = []
    monkeypatch.setattr("search_web.core.service.read_ahead", lambda article, *_: read.append(article.id))
    service.warm_up()
    assert sorted(read) == sorted(NEWEST)


def test_without_an_index_the_service_is_not_ready() -> None:
    """And says why by the name of the error; a search raises it."""

    class Empty(SmallLibrary):
        def snapshot(self) -> SmallSnapshot:
            raise IndexMissing("there is no index yet; add articles with `dalil add PATH`")

    service = SearchService(Empty({}, library_of(ARTICLES[:1]).state))
    assert service.ready() == (False, {"index": "IndexMissing"})
    with pytest.raises(IndexMissing):
        service.search(SearchInput("rice"))


def test_an_empty_index_answers() -> None:
    """No article, no language, no crash."""
    service = SearchService(library_of(()))
    assert service.search(SearchInput("rice")).total == 0
    assert service.search(SearchInput("")).results == ()


def test_a_new_state_of_the_index_is_seen() -> None:
    """What was worked out for the state before, such as the authors' names, is not kept."""
    library = library_of(article for article in ARTICLES if article.lang == "ar")
    service = SearchService(library)
    assert service.search(SearchInput("author:finch")).total == 0
    whole = library_of(ARTICLES)
    library.kept, library.state = whole.kept, replace(whole.state, sequence=2)
    assert service.search(SearchInput("author:finch")).total == 2


def test_the_lead_is_part_of_the_text(service: SearchService) -> None:
    """It is shown where the word stands in it alone."""
    (found,) = service.search(SearchInput("walkers")).results
    assert [snippet.text for snippet in found.snippets] == [
        "The bridge in Da Nang is for walkers and bicycles."
    ]


def test_quotes_are_exact_up_to_diacritics() -> None:
    """الوزير "the minister" in quotes is not وزير, while vowel signs and hamza make no difference."""
    texts = {"the": "قال الوزير أمس", "a": "قال وزير امس", "other": "وزير التجارة"}
    library = library_of(
        article_from({"id": name, "lang": "ar", "title": "خبر", "body": text}) for name, text in texts.items()
    )
    service = SearchService(library)

    def found(text: str) -> set[str]:
        return set(ids(service.search(SearchInput(text, as_typed=True))))

    assert found("الوزير") == {"the", "a", "other"}
    assert found('"الوزير"') == {"the"}
    assert found('"وَزير"') == {"a", "other"}
    assert found('"وزير أمس"') == {"a"}
    assert found('"الوزير امس"') == {"the"}


@pytest.mark.parametrize("text", ["😀", "§ §", "😀 OR 🙂"])
def test_signs_are_no_common_words(service: SearchService, text: str) -> None:
    """They find nothing, and nobody is told that they stand in almost every article."""
    assert NoticeKind.ONLY_STOP_WORDS not in kinds(service.search(SearchInput(text)))


def test_a_name_that_is_not_there_is_not_searched_as_another_word(service: SearchService) -> None:
    """`Rize` may be a name and is offered rice; `rize` is searched as rice. Either is said."""
    capital, small = (service.search(SearchInput(text)) for text in ("Rize", "rize"))
    assert capital.total == 0
    assert did_you_mean(capital) is not None
    assert small.total > 0
    assert NoticeKind.RESCUED in kinds(small)
