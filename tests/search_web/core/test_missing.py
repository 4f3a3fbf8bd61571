"""Words of a headline in the id of an article that is not there."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.articles import Article
from search_web.core.missing import likely, words_of_id
from search_web.core.results import plain_result


@pytest.mark.parametrize(
    ("article_id", "words"),
    [
        ("https://example.org/vi/cau-di-bo-moi-post123456.html", "cau di bo moi"),
        ("vi/cau_di_bo_moi/", "cau di bo moi"),
        ("ar/%D8%AC%D8%B3%D8%B1-%D8%AC%D8%AF%D9%8A%D8%AF", "جسر جديد"),
        ("ar/جسر-جديد-فوق-نهر", "جسر جديد فوق نهر"),
        ("en/storm-no-7-hits-the-coast", "storm no hits the coast"),
        ("a-" * 100 + "b", " ".join("a" * 20)),
    ],
)
def test_headlines_are_read(article_id: str, words: str) -> None:
    """Arabic "a new bridge over a river", Vietnamese "the new footbridge"."""
    assert words_of_id(article_id) == words


@pytest.mark.parametrize(
    "article_id", ["", "/", "12345", "ar-1", "post-123456", "0b834bf6b7c6cc19", "nothing", "7f-3a-b2", "…"]
)
def test_numbers_and_codes_are_no_headlines(article_id: str) -> None:
    assert words_of_id(article_id) == ""


@given(st.text())
def test_any_text_is_read(article_id: str) -> None:
    """At most twenty words, one blank between two."""
    words = words_of_id(article_id).split(" ")
    assert len(words) <= 20
    assert all(words) or words == [""]


@pytest.mark.parametrize(
    ("title", "url", "meant"),
    [
        ("Cầu đi bộ mới bắc qua sông Hàn", "", True),
        ("جسر جديد", "https://example.org/ar/cau-di-bo-moi-bac-qua-song-han-post123456.html", True),
        ("Cầu đi bộ bắc qua sông", "", True),
        ("Lễ hội áo dài bên sông Hương", "https://example.org/vi/le-hoi", False),
        ("", "", False),
    ],
)
def test_most_words_stand_in_title_or_address(title: str, url: str, meant: bool) -> None:  # noqa: FBT001
    """Accents are not in addresses; an Arabic edition has the same address."""
    article = Article(id="x", lang="vi", title=title, url=url, body=("cau di bo moi bac qua song han",))
    assert bool(likely("cau di bo moi bac qua song han", [plain_result(article, 1.0)])) is meant
