"""Whole archives: the sample archive of this project, the saved page and the public sets beside it."""

from __future__ import annotations

import time
from collections import Counter
from itertools import chain
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


@pytest.mark.skipif(not (SHARED / "data").is_dir(), reason="the public sets are not on this machine")
def test_24_000_records_in_15_seconds() -> None:
    """Reading is never what an indexing job waits for."""
    start = time.perf_counter()
    paths = [SHARED / "data" / name / "corpus.jsonl" for name in ("ant-jawhara", "vietnews")]
    kinds = Counter(type(item).__name__ for item in chain.from_iterable(map(read_path, paths)))
    assert kinds["Article"] >= 23_974
    assert kinds["Reject"] == 0
    assert time.perf_counter() - start < 15
