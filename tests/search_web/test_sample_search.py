"""The sample archive from its files to answers: what its README says is hidden in it can be found."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient

from indexer.engines.base import Sort
from search_web.core.pages import Filters, NoticeKind, ReasonKind, Result, SearchInput, Step
from search_web.core.service import SearchService


def found(sample: SearchService, text: str, filters: Filters | None = None) -> list[Result]:
    """Every hit, best first."""
    return list(sample.search(SearchInput(text, filters or Filters(), page_size=100)).results)


def ids(sample: SearchService, text: str, filters: Filters | None = None) -> list[str]:
    return [result.id for result in found(sample, text, filters)]


def marked(result: Result) -> set[str]:
    """The marked pieces of title and snippets."""
    snippets = (result.title, *result.snippets)
    return {snippet.text[mark.start : mark.end] for snippet in snippets for mark in snippet.marks}


MINISTERS = {"ar-113", "ar-113b", "ar-126"}


@pytest.mark.parametrize("text", ["وزير", "الوزير", "والوزير", "لوزير", "وزيرٌ", "وزيــــر"])
def test_every_form_of_the_minister_finds_every_form(sample: SearchService, text: str) -> None:
    """With article, conjunction, vowel signs or tatweel; marks are on what stands in the article."""
    results = found(sample, text)
    assert {result.id for result in results} == MINISTERS
    pieces = {unicodedata.normalize("NFC", piece) for result in results for piece in marked(result)}
    assert {"وزير", "الوزير"} <= pieces


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("văn hoá", "văn hóa"),
        ("uỷ ban", "ủy ban"),
        ("Biên Hoà", "Biên Hòa"),
        (unicodedata.normalize("NFD", "Đà Nẵng"), unicodedata.normalize("NFC", "ĐÀ NẴNG")),
        ("٢٠", "20"),
        ("كتاب", "کتاب"),
        ("فيتنام", "فیتنام"),
        ("لفيتنام", "فيتنام"),
        ("أسواق", "اسواق"),
        ("قهوة", "القهوه"),
    ],
    ids=["tone marks", "tone marks 2", "tone marks 3", "NFD", "digits", "kaf", "yeh", "lam", "hamza", "teh"],
)
def test_two_spellings_are_one_word(sample: SearchService, one: str, other: str) -> None:
    """The same articles in the same order with the same scores."""
    first, second = found(sample, one), found(sample, other)
    assert first
    assert [(r.id, r.score) for r in first] == [(r.id, r.score) for r in second]


@pytest.mark.parametrize(
    ("text", "article_id"),
    [
        ("văn hoá", "vi-106"),
        ("văn hoá", "vi-106b"),
        ("ủy ban", "vi-138"),
        ("ủy ban", "vi-138b"),
        ("Hoà Vang", "vi-107"),
        ("Biên Hòa", "vi-120"),
        ("Yok Đôn", "vi-119"),
        ("180 ألف", "ar-102"),
        ("50٪", "ar-102"),
        ("مرصد هوا لاك", "ar-151"),
        ("سعيد", "ar-142"),
        ("سبتمبر", "ar-106"),
        ("أيلول", "ar-106b"),
        ("كوانج نام", "ar-118"),
        ("كوانغ نام", "ar-117"),
        ("ruong bac thang", "ar-111"),
    ],
)
def test_what_is_hidden_is_found(sample: SearchService, text: str, article_id: str) -> None:
    """Tone marks of both schools, NFD, Arabic-Indic digits, vowel signs, tatweel, both months, slugs."""
    assert article_id in ids(sample, text)


@pytest.mark.parametrize(("text", "name"), [("Hà Nội", "Hà Nội"), ("ha noi", "Hà Nội"), ("HA NOI", "Hà Nội")])
def test_hanoi_is_found_first_with_and_without_accents(sample: SearchService, text: str, name: str) -> None:
    """The best five are Vietnamese articles with the name, marked as one."""
    for result in found(sample, text)[:5]:
        assert result.lang == "vi"
        assert name in {unicodedata.normalize("NFC", piece) for piece in marked(result)}


def test_the_other_spelling_of_a_name_comes_after_the_one_typed(sample: SearchService) -> None:
    """Đắk Lắk and Đăk Lăk are one province; both are found by both."""
    assert ids(sample, "Đăk Lăk")[0] == "vi-105"
    assert {"vi-104", "vi-105"} <= set(ids(sample, "Đắk Lắk"))
    assert ids(sample, "Đắk Lắk").index("vi-104") < ids(sample, "Đắk Lắk").index("vi-105")


def test_a_phrase_stands_in_its_order(sample: SearchService) -> None:
    """All its articles are among those of the words; turned round it is nowhere."""
    assert set(ids(sample, '"Hà Nội"')) < set(ids(sample, "Hà Nội"))
    turned = sample.search(SearchInput('"Nội Hà"', as_typed=True))
    assert turned.total == 0
    assert [n.step for n in sample.search(SearchInput('"Nội Hà"')).notices] == [Step.QUOTES]


@pytest.mark.parametrize(
    ("text", "excluded"), [("فيتنام", "الوزير"), ("Huế", "lũ"), ("Da Nang", "storm"), ("Hà Nội", "chợ hoa")]
)
def test_minus_takes_out_what_the_word_finds(sample: SearchService, text: str, excluded: str) -> None:
    """And nothing else: both parts together are the whole."""
    whole, without = set(ids(sample, text)), set(ids(sample, f'{text} -"{excluded}"'))
    assert 0 < len(without) < len(whole)
    assert whole - without <= set(ids(sample, f'"{excluded}"'))


def test_filters_narrow_and_facets_count(sample: SearchService) -> None:
    """Each count is what the filter then finds."""
    page = sample.search(SearchInput(""))
    assert page.total == 157
    languages = {value.value: value.count for value in page.facets["lang"]}
    assert languages == {"vi": 52, "ar": 51, "en": 39, "fr": 5, "th": 5, "zh": 5}
    for facet in ("lang", "section", "source", "author", "year", "month"):
        for value in page.facets[facet][:3]:
            chosen: dict[str, Any] = {facet: (value.value,)}
            narrowed = sample.search(SearchInput("", replace(Filters(), **chosen), page_size=1))
            assert narrowed.total == value.count, (facet, value)


def test_a_name_is_one_value_of_a_facet(sample: SearchService) -> None:
    """Though some articles came with its accents apart; the filter takes either form."""
    page = sample.search(SearchInput(""))
    for facet in ("author", "section", "source"):
        values = [value.value for value in page.facets[facet]]
        assert len({unicodedata.normalize("NFC", value) for value in values}) == len(values)
    apart = unicodedata.normalize("NFD", "Lê Uyển Thư")
    both = ids(sample, "", Filters(author=("Lê Uyển Thư",)))
    assert "vi-128" in both, "stored in NFD"
    assert ids(sample, "", Filters(author=(apart,))) == both


def test_filters_can_be_typed(sample: SearchService) -> None:
    """Typed and chosen filters select the same articles."""
    assert ids(sample, "lang:th") == ids(sample, "", Filters(lang=("th",)))
    typed = ids(sample, "date:2024-01..2024-03 Đắk")
    assert typed == ids(sample, "Đắk", Filters(date_from="2024-01", date_to="2024-03"))
    assert "vi-104" in typed
    assert set(ids(sample, 'author:"uyen thu"')) == set(ids(sample, "", Filters(author=("Lê Uyển Thư",))))


def test_newest_and_oldest(sample: SearchService) -> None:
    """From November 2025 back to November 2023, and the other way round."""
    newest = sample.search(SearchInput("", sort=Sort.NEWEST, page_size=100)).results
    days = [result.published_at for result in newest if result.published_at]
    assert days == sorted(days, reverse=True)
    (oldest,) = sample.search(SearchInput("", sort=Sort.OLDEST, page_size=1)).results
    assert oldest.published_at is not None
    assert oldest.published_at.year == 2023


def test_translations_are_joined_by_the_address(sample: SearchService) -> None:
    """The same story in three more languages, none of them twice among the related ones."""
    page = sample.article("vi-101")
    assert [result.id for result in page.translations] == ["ar-101", "en-101", "fr-101"]
    assert "vi-102" in [item.result.id for item in page.related], "the follow-up"
    assert not any(item.reasons[0].kind is ReasonKind.TRANSLATION for item in page.related)
    assert {r.lang for r in sample.article("ar-133").translations} == {"en", "th", "vi"}


def test_a_near_duplicate_is_the_most_related(sample: SearchService) -> None:
    """Though its address is another one."""
    related = [i for i in sample.related("vi-106") if i.reasons[0].kind is not ReasonKind.TRANSLATION]
    assert related[0].result.id == "vi-106b"


@pytest.mark.parametrize(
    ("typed", "meant", "kind"),
    [
        ("sotrm", "storm", NoticeKind.RESCUED),
        ("cofee", "coffee", NoticeKind.RESCUED),
        ("Đà Nẵgn", "Đà Nẵng", NoticeKind.DID_YOU_MEAN),
        ("المهرجاان", "المهرجان", NoticeKind.DID_YOU_MEAN),
    ],
)
def test_a_mistyped_word_is_corrected(
    sample: SearchService, typed: str, meant: str, kind: NoticeKind
) -> None:
    """As the archive writes it, with accents and article: searched where nothing is found, else offered."""
    notices = sample.search(SearchInput(typed)).notices
    assert [n.text for n in notices if n.kind is kind and n.text] == [meant]


@pytest.mark.parametrize("language", ["ar", "vi", "en"])
@pytest.mark.parametrize("text", ["وزير", "ha noi", "storm", "<script>alert(1)</script> storm", "越南"])
def test_the_page_answers_in_three_languages(sample_pages: FlaskClient, language: str, text: str) -> None:
    """Whole pages with marks, and never a tag that someone typed."""
    answer = sample_pages.get(f"/{language}/search", query_string={"q": text})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert f'lang="{language}"' in page[:400]
    assert "alert(1)</script>" not in page
    assert "<mark>" in page


def test_every_article_has_a_page(sample: SearchService, sample_pages: FlaskClient) -> None:
    """The hits of one search in each language, and the API's answer for them."""
    for language in ("ar", "vi", "en", "fr", "th", "zh"):
        first = found(sample, f"lang:{language}")[0]
        page = sample_pages.get(f"/en/article/{first.id}")
        assert page.status_code == 200
        assert f'lang="{language}"' in page.get_data(as_text=True)
        answer = sample_pages.get(f"/api/v1/articles/{first.id}").get_json()
        assert answer["article"]["id"] == first.id


def test_the_api_answers_as_the_service(sample: SearchService, sample_pages: FlaskClient) -> None:
    """The promised shape, marks in code points."""
    answer = sample_pages.get("/api/v1/search", query_string={"q": "وزير"}).get_json()
    assert set(answer) == {
        "total",
        "total_relation",
        "stories",
        "stories_exact",
        "histogram",
        "took_ms",
        "hits",
        "facets",
        "notices",
        "searched",
        "accents",
    }
    assert [hit["id"] for hit in answer["hits"]] == ids(sample, "وزير")
    marks = [
        snippet["text"][start:end]
        for hit in answer["hits"]
        for snippet in hit["snippets"]
        for start, end in snippet["marks"]
    ]
    assert marks
    assert all("وزير" in re.sub(r"[\u064b-\u0652\u0640]", "", mark) for mark in marks)


def test_the_server_is_ready(sample_pages: FlaskClient) -> None:
    """It says what it serves."""
    answer = sample_pages.get("/readyz")
    assert answer.status_code == 200
    reasons = answer.get_json()["reasons"]
    assert (reasons["generation"], reasons["indexed"], reasons["behind"]) == ("gen-000001", 157, 0)
