"""Related stories: what is found, in which order, and why."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from indexer.articles import Article, article_from
from indexer.engines.query import AnyOf, Everything, Or, Term
from indexer.errors import ArticleNotFound, QueryError
from indexer.schema import document_of
from search_web.core.pages import Filters, Reason, ReasonKind, Related, RelatedInput
from search_web.core.related import MAX_DRAFT, draft_article
from search_web.core.related.key_terms import KeyTerm, key_terms, translations_query, word_terms
from search_web.core.related.nearest import CLOSE, SAME_STORY, SAME_STORY_ACROSS, Wanted, neighbours, sought
from search_web.core.related.priors import likeness_of_shape, nearness_in_time
from search_web.core.service import SearchService

from .small_library import SmallLibrary, library_of

_GROUP = "cau-di-bo-moi-bac-qua-song-han"
_FIRE = {
    "id": "vi-fire",
    "lang": "vi",
    "title": "Cháy bệnh viện VietMed ở Hà Nội, 1.250 bệnh nhân sơ tán",
    "body": ["Ngày 26 tháng 10, lính cứu hỏa và cảnh sát đưa 1.250 người ra khỏi bệnh viện VietMed."],
    "published_at": "2025-10-26T03:00:00Z",
    "images": [{"url": "https://example.org/fire.jpg"}],
}
_FIRE_IN_ARABIC = {
    "id": "ar-fire",
    "lang": "ar",
    "title": "حريق في مستشفى VietMed في هانوي وإجلاء ١٢٥٠ مريضا",
    "body": ["في ٢٦ تشرين الأول أخرج رجال الإطفاء والشرطة ١٬٢٥٠ شخصا من مستشفى VietMed."],
    "published_at": "2025-10-26T09:00:00Z",
}
_RICE_IN_ARABIC = {
    "id": "ar-other",
    "lang": "ar",
    "title": "وزير التجارة يفتتح معرض الأرز",
    "body": ["شارك في المعرض ٤٠ عارضا من ثلاث محافظات."],
    "published_at": "2025-10-26T09:00:00Z",
}
_FIRE_LATER = {
    "id": "vi-later",
    "lang": "vi",
    "title": "Bệnh viện VietMed mở lại sau vụ cháy",
    "body": ["Lính cứu hỏa kết luận vụ cháy bệnh viện VietMed do chập điện; 1.250 bệnh nhân đã trở lại."],
    "published_at": "2025-10-28T03:00:00Z",
    "images": [{"url": "https://example.org/fire.jpg", "caption": "Ảnh"}],
}
_FIRE_BEFORE = {
    "id": "vi-before",
    "lang": "vi",
    "title": "Bệnh viện ở Hà Nội diễn tập chữa cháy",
    "body": ["Các bệnh viện ở thủ đô mỗi năm diễn tập một lần, có bác sĩ, y tá và người nhà tham gia."],
    "published_at": "2024-03-01T03:00:00Z",
}


_OTHER_NEWS = tuple(
    {"id": f"vi-{number}", "lang": "vi", "title": title, "published_at": f"2025-0{number}-11T03:00:00Z"}
    for number, title in enumerate(
        (
            "Hà Nội mở phố đi bộ cuối tuần, người dân gửi xe đạp miễn phí",
            "Giá gạo xuất khẩu tăng, nông dân mỗi năm trồng hai vụ lúa",
            "Bệnh nhân được trở lại trường sau mỗi kỳ thi",
            "Thủ đô có thêm hai bệnh viện và một trường y tá",
            "Người ra khỏi thành phố trong ngày lễ tăng gấp đôi",
            "Cảnh sát giao thông kết luận vụ va chạm do xe chạy nhanh",
            "Các bác sĩ tham gia hiến máu ở Huế",
        ),
        start=1,
    )
)


def fires(*more: dict[str, Any]) -> SearchService:
    """A library of these stories."""
    records: tuple[dict[str, Any], ...] = (
        _FIRE,
        _FIRE_IN_ARABIC,
        _RICE_IN_ARABIC,
        _FIRE_LATER,
        _FIRE_BEFORE,
        *_OTHER_NEWS,
        *more,
    )
    return SearchService(library_of([article_from(record) for record in records]))


def reasons(item: Related) -> dict[ReasonKind, Reason]:
    """By kind."""
    return {reason.kind: reason for reason in item.reasons}


def test_translations_come_first_then_what_shares_words(service: SearchService) -> None:
    """Each with its reason; the words are written as the other article writes them."""
    found = service.related("vi-bridge")
    assert [(item.result.id, item.reasons[0].kind) for item in found[:2]] == [
        ("ar-bridge", ReasonKind.TRANSLATION),
        ("en-bridge", ReasonKind.TRANSLATION),
    ]
    nearest = next(item for item in found[2:] if item.result.lang == "vi")
    assert nearest.result.id == "vi-hanoi"
    assert {"bộ", "đi"} <= set(nearest.reasons[0].values)
    english = RelatedInput("en-undated", filters=Filters(lang=("en",)))
    (footbridge,) = service.related_page(english).related
    assert footbridge.result.id == "en-bridge"
    assert set(reasons(footbridge)[ReasonKind.WORDS].values) == {"footbridge", "river"}


def test_an_article_is_not_related_to_itself(service: SearchService, library: SmallLibrary) -> None:
    """Nor named twice, nor more often than asked for; and none is there without a reason."""
    for article_id in library.kept:
        found = service.related(article_id)
        ids = [item.result.id for item in found]
        assert article_id not in ids
        assert len(ids) == len(set(ids))
        assert all(item.reasons for item in found)
        assert len(service.related(article_id, limit=1)) <= 1


def test_the_same_story_in_another_language_is_found_without_a_shared_address() -> None:
    """By numbers, names and what CLDR has words for; an unlike story of the same day is behind it."""
    page = fires().related_page(RelatedInput("vi-fire", filters=Filters(lang=("ar",))))
    assert [item.result.id for item in page.related][:1] == ["ar-fire"]
    found = reasons(page.related[0])
    assert {"١٢٥٠", "٢٦ تشرين الأول"} <= set(found[ReasonKind.NUMBERS].values)
    assert {"VietMed", "هانوي"} <= set(found[ReasonKind.NAMES].values)
    assert "مستشفى" in found[ReasonKind.WORDS].values
    assert found[ReasonKind.DATE] == Reason(ReasonKind.DATE, count=0)
    assert page.related[0].result.score >= SAME_STORY_ACROSS


def test_a_follow_up_with_the_same_picture() -> None:
    """The picture is named first, the days between last."""
    found = {item.result.id: item for item in fires().related("vi-fire")}
    kinds = [reason.kind for reason in found["vi-later"].reasons]
    assert (kinds[0], kinds[-1]) == (ReasonKind.SOURCE, ReasonKind.DATE)
    assert found["vi-later"].reasons[-1].count == 2
    assert ReasonKind.SOURCE not in reasons(found["vi-before"])


def test_the_timeline_is_the_story_by_date_and_the_background_is_older() -> None:
    """What is only on the same matter is in neither unless it is long before."""
    page = fires().related_page(RelatedInput("vi-fire"))
    assert [item.result.id for item in page.timeline] == ["ar-fire", "vi-later"]
    assert "vi-before" in [item.result.id for item in page.background]
    assert not {"vi-1", "vi-5"} & {item.result.id for item in page.timeline}
    related, background = ({item.result.id for item in part} for part in (page.related, page.background))
    assert not related & background
    assert all(item.result.score >= CLOSE for item in (*page.related, *page.background))
    assert len(related | background) < len(fires().related("vi-fire", limit=20)), "some are not close"
    assert all(item.result.score < SAME_STORY for item in page.background)
    article = fires().article("vi-fire")
    assert [item.result.id for item in article.timeline] == ["ar-fire", "vi-later"]


def test_filters_choose_languages_and_days() -> None:
    """Of translations and related stories alike; the filter of a language is no part of the score."""
    service = fires()
    everything = {item.result.id: item.result.score for item in service.related("vi-fire")}
    for filters, ids in (
        (Filters(lang=("ar",)), {"ar-fire", "ar-other"} & set(everything)),
        (Filters(date_from="2025-10-27"), {"vi-later"}),
        (Filters(lang=("en",)), set()),
    ):
        page = service.related_page(RelatedInput("vi-fire", filters=filters))
        assert {item.result.id for item in page.related} == ids
        assert all(item.result.score == everything[item.result.id] for item in page.related)
    with pytest.raises(QueryError, match="end before they begin"):
        service.related_page(RelatedInput("vi-fire", filters=Filters(date_from="2025", date_to="2024")))


def test_a_draft_is_asked_like_an_article() -> None:
    """Its language is told by the text; it finds the article that it became as well."""
    text = f"{_FIRE['title']}\n\n{_FIRE['body'][0]}"
    page = fires().related_page(RelatedInput(draft=text))
    assert (page.article.id, page.article.lang, page.article.title) == ("", "vi", _FIRE["title"])
    assert [item.result.id for item in page.copies] == ["vi-fire"]
    assert {"ar-fire", "vi-later"} <= {item.result.id for item in page.related}


@pytest.mark.parametrize(
    ("text", "lang", "message"),
    [
        ("", "", "the draft is empty; paste the text of a story"),
        (" \n\t\n", "", "the draft is empty"),
        ("x" * (MAX_DRAFT + 1), "", "the draft has 100,001 characters; 100,000 are the most, shorten it"),
        ("Tin", "not a language", "'not a language' is not a BCP 47 language tag"),
    ],
)
def test_what_is_no_draft(text: str, lang: str, message: str) -> None:
    """The message says what to do."""
    with pytest.raises(QueryError, match=message):
        draft_article(text, lang)


def test_a_draft_of_the_longest_length_is_read() -> None:
    """Lines are paragraphs, blank ones none."""
    article = draft_article("Cầu mới\n\n" + "a" * (MAX_DRAFT - 10) + "\n", "vi-VN")
    assert (article.lang, article.title, len(article.body)) == ("vi-VN", "Cầu mới", 1)


def test_no_article_no_related_ones(service: SearchService) -> None:
    """An error of ours that names the id."""
    with pytest.raises(ArticleNotFound, match="'nowhere'"):
        service.related("nowhere")


def test_key_terms_are_frequent_here_and_rare_elsewhere(library: SmallLibrary) -> None:
    """A term that no other article has could find nothing."""
    article = library.kept["en-rice"]
    analyzer = library.state.analyzer("en")
    terms = word_terms(document_of(article, analyzer), analyzer, library.state.engine).found
    assert {key.term for key in terms[:2]} == {"minist", "rice"}
    assert [key.weight for key in terms] == sorted((key.weight for key in terms), reverse=True)
    assert "export" not in {key.term for key in terms}


def test_boosts_are_shares_of_the_best_weight() -> None:
    """So that scores of long and short articles have one scale; what is alone counts, and is not asked."""
    river, han = KeyTerm("en.stem", "river", 2.0, 3.0), KeyTerm("en.stem", "han", 1.0, 2.0)
    alone = KeyTerm("en.stem", "footbridge", 4.0, 5.0, alone=True)
    terms = key_terms([han, river, alone], most=3)
    assert terms.query() == Or((Term("en.stem", "river", 0.5), Term("en.stem", "han", 0.25)))
    assert terms.own == 5.0 + 3.0 * 0.5 + 2.0 * 0.25
    assert key_terms([han, river], most=1).query() == Or((Term("en.stem", "river", 1.0),))
    assert key_terms([], most=3).query() is None


def test_an_article_is_as_near_to_its_own_text_as_can_be() -> None:
    """A copy under another address has the whole strength, and stands among the copies."""
    records: tuple[dict[str, Any], ...] = (_FIRE, {**_FIRE, "id": "vi-copy"}, *_OTHER_NEWS)
    library = library_of([article_from(record) for record in records])
    article, analyzer = library.kept["vi-fire"], library.state.analyzer("vi")
    terms = sought(document_of(article, analyzer), analyzer, library.state.engine)
    found = neighbours(article, terms, library.state.engine, library.articles, Wanted(Everything()), 3)
    assert found[0].article.id == "vi-copy"
    assert found[0].strength == pytest.approx(1.0, abs=0.01)
    assert not any(neighbour.same_story for neighbour in found[1:])
    related = SearchService(library).related("vi-fire")
    assert (related[0].result.id, related[0].reasons[0].kind) == ("vi-copy", ReasonKind.COPY)
    assert "vi-copy" not in {item.result.id for item in related[1:]}


def test_a_group_is_told_by_the_address(library: SmallLibrary) -> None:
    """Also by that of the text it was translated from."""
    assert translations_query(library.kept["ar-bridge"]) == AnyOf("group", (_GROUP,))
    assert translations_query(library.kept["en-rice"]) is None
    translated = article_from(
        {"id": "x", "lang": "fr", "title": "Pont", "source_url": f"https://example.org/vi/{_GROUP}.html"}
    )
    assert translations_query(translated) == AnyOf("group", (_GROUP,))


def article(days: int | None, lang: str = "vi", length: int = 100, paragraphs: int = 4) -> Article:
    """One of so many days after another."""
    moment = None if days is None else datetime(2025, 10, 26, tzinfo=UTC) + timedelta(days=days)
    body = ("a" * (length // paragraphs),) * paragraphs
    return Article(id=str(days), lang=lang, body=body, published_at=moment)


def test_nearness_in_time_falls_by_the_day() -> None:
    """It never takes more than a third; an undated article is as far as any."""
    near = [nearness_in_time(article(0), article(days)) for days in (0, 1, -1, 7, 3_000)]
    assert near[0] == 1.0
    assert near[0] > near[1] == near[2] > near[3] > near[4]
    assert near[4] == pytest.approx(2 / 3)
    assert nearness_in_time(article(0), article(None)) == pytest.approx(2 / 3)
    assert nearness_in_time(article(None), article(0)) == 1.0


def test_translations_are_about_as_long() -> None:
    """With as many paragraphs; scripts of word signs are not compared by length."""
    one = article(0)
    assert likeness_of_shape(one, article(0, "ar")) == 1.0
    assert likeness_of_shape(one, article(0, "ar", 130)) < 1.0
    assert likeness_of_shape(one, article(0, "ar", 100, 2)) < 1.0
    assert likeness_of_shape(one, article(0, "zh", 40)) == likeness_of_shape(one, article(0, "zh", 100))


def test_what_only_looks_like_a_name_is_no_reason() -> None:
    """Within a language consonants are any word's; a stop word is no syllable; a month is no name."""
    contest = {
        "lang": "ar",
        "title": "مسابقة الطبخ في ها جيانغ",
        "body": ["شارك عشرون طاهيا في مسابقة الطبخ في ها جيانغ يوم 3 أكتوبر."],
    }
    later = {
        "lang": "ar",
        "title": "نتائج مسابقة الطبخ في ها جيانغ",
        "body": ["أعلنت لجنة مسابقة الطبخ في ها جيانغ نتائجها في أكتوبر."],
    }
    english = {
        "lang": "en",
        "title": "Cooks compete in Ha Giang in October",
        "body": ["Twenty cooks took part in Ha Giang on October 3."],
    }
    stories = {"ar-1": contest, "ar-2": later, "en-1": english}
    service = fires(*({"id": key, **story} for key, story in stories.items()))
    found = {item.result.id: reasons(item) for item in service.related("ar-1", limit=20)}
    assert found["ar-2"][ReasonKind.NAMES].values == ("ها جيانغ",)
    assert found["en-1"][ReasonKind.NAMES].values == ("Ha Giang",)
