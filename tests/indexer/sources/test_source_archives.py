"""Whole archives: the sample archive of this project, the saved page and the public sets beside it."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path

import pytest

from indexer.articles import Article
from indexer.sources import Reject, read_path

ROOT = Path(__file__).parents[3]
SHARED = ROOT / "../shared"


def test_every_article_of_the_sample_archive_is_read() -> None:
    """157 articles in seven forms, none rejected, every one with an id of its own and a date."""
    items = list(read_path(ROOT / "examples" / "archive"))
    assert [item for item in items if isinstance(item, Reject)] == []
    articles = [item for item in items if isinstance(item, Article)]
    assert len({article.id for article in articles}) == len(articles) == 157
    assert all(article.published_at and article.title and article.body for article in articles)


def test_the_languages_of_the_saved_pages_are_told() -> None:
    """Saved pages carry no language; it is told from the text, not from the names around it."""
    pages = read_path(ROOT / "examples" / "archive" / "pages")
    assert Counter(page.lang for page in pages if isinstance(page, Article)) == {"ar": 4, "vi": 2, "en": 2}


@pytest.mark.skipif(not (SHARED / "seed").is_dir(), reason="the saved page is not on this machine")
def test_the_saved_page() -> None:
    """One Arabic article; nothing of the comments and lists, no caption in the body."""
    (page,) = read_path(SHARED / "seed")
    assert isinstance(page, Article)
    assert page.lang == "ar"
    assert page.title == "اتفاقية هانوي - نموذج للتعاون بين القطاعات في تنظيم الفعاليات الدولية"
    assert page.lead.startswith("في عصر يوم 26 أكتوبر")
    assert page.published_at is not None
    assert page.published_at.isoformat() == "2025-10-26T00:00:00+00:00"
    assert page.source == "Báo Nhân dân"
    assert page.source_url.startswith("https://nhandan.vn/cong-uoc-ha-noi-")
    assert page.body[0].startswith("أعرب الفريق أول")
    assert page.body[-1].endswith("لجميع الدول.")
    assert len(page.body) == 19
    assert [image.url for image in page.images] == ["ndo_br_dsc03698.jpg", "ndo_br_dsc03701.jpg"]
    assert not any(image.caption in page.body for image in page.images)
    assert not any(word in page.text for word in ("تعليق", "No data", "نفس الفئة", "Vietnam.vn"))


SAVED_PAGE = """{site}

{title}

{lead}

Báo Lan HạBáo Lan Hạ02/03/2025

{caption}
{caption}

{first}

{second}

lh_2025_0301.jpg
{caption}

lh_2025_0302.jpg
{other}

{last}

{source}: https://lanha.example/cau-moi-mo-truoc-mua-mua-post7.html


{comments} (0)

No data
No data

{category}

{listed}
"""
VIETNAMESE = {
    "site": "LanHa.example - Trang tin của một thị trấn không có thật",
    "title": "Ai sửa cây cầu cũ ở thị trấn Lan Hạ?",
    "lead": "Sáng 2/3, bốn mươi chiếc thuyền chở học sinh qua sông trong lúc bến phà cũ được sửa chữa.",
    "caption": "Thuyền chở học sinh lúc bình minh. (Ảnh: Mai Lan)",
    "other": "Bến phà cũ nhìn từ trường học. (Ảnh: Mai Lan)",
    "first": "Trống trường vang lên muộn hơn nửa tiếng so với mọi ngày, và không em nào bị nhắc nhở.",
    "second": 'Một bà cụ bán chè nói: "Tôi chưa bao giờ thấy nhiều thuyền như vậy trên khúc sông này".',
    "last": "Hội đồng thị trấn mong cây cầu mới sẽ mở trước mùa mưa, ngày 15/06/2025.",
    "source": "Nguồn",
    "comments": "Bình luận",
    "category": "Cùng chuyên mục",
    "listed": "Chợ nổi họp lại sau mùa nước lớn, khách đông từ sáng sớm trên mọi nhánh sông ở đây.",
}
ENGLISH = {
    "site": "LanHa.example - news of a town that is not there",
    "title": "Who mends the old bridge of Lan Ha?",
    "lead": "Forty boats carried the pupils over the river on Sunday while the old ferry was being mended.",
    "caption": "Boats with pupils at dawn. (Photo: Mai Lan)",
    "other": "The old pier from the school. (Photo: Mai Lan)",
    "first": "The school drum sounded half an hour later than on other days, and no child was told off.",
    "second": 'An old woman who sells tea said: "I never saw as many boats on this part of the river".',
    "last": "The council of the town hopes that the new bridge opens before the rains, on 15/06/2025.",
    "source": "Source",
    "comments": "Comment",
    "category": "Same category",
    "listed": "The floating market meets again after the flood, with guests from early morning on.",
}


@pytest.mark.parametrize(("lang", "words"), [("vi", VIETNAMESE), ("en", ENGLISH)])
def test_a_page_of_the_same_form_in_another_language(
    tmp_path: Path, lang: str, words: dict[str, str]
) -> None:
    """The structure of the page is read, not its language; every part comes out as it went in."""
    (tmp_path / "page.txt").write_text(SAVED_PAGE.format(**words), encoding="utf-8")
    (page,) = read_path(tmp_path / "page.txt")
    assert isinstance(page, Article)
    images = [
        {"url": "lh_2025_0301.jpg", "caption": words["caption"]},
        {"url": "lh_2025_0302.jpg", "caption": words["other"]},
    ]
    assert page.as_dict() == {
        "id": page.id,
        "lang": lang,
        "title": words["title"],
        "lead": words["lead"],
        "source": "Báo Lan Hạ",
        "source_url": "https://lanha.example/cau-moi-mo-truoc-mua-mua-post7.html",
        "body": [words["first"], words["second"], words["last"]],
        "published_at": "2025-03-02T00:00:00+00:00",
        "images": images,
    }


SETS = {
    "ant-jawhara": 9_974,
    "vietnews": 14_342,
    "ntrex128": 248,
    "ant-multisource": 3_327,
    "vietnamese-mds": 316,
}


@pytest.mark.skipif(not (SHARED / "data").is_dir(), reason="the public sets are not on this machine")
def test_public_sets_are_read_without_a_reject() -> None:
    """Each record is an article, 2,000 a second of processor time at least: no job waits for reading."""
    start = time.process_time()
    found = {
        name: Counter(type(item).__name__ for item in read_path(SHARED / "data" / name / "corpus.jsonl"))
        for name in SETS
    }
    assert found == {name: {"Article": count} for name, count in SETS.items()}
    assert sum(SETS.values()) / (time.process_time() - start) > 2_000
