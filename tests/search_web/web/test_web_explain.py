"""A page says why an article has its place for a query, in words and without JavaScript."""

from __future__ import annotations

import html
import re
from importlib import resources
from itertools import pairwise
from typing import Any

import pytest
from flask.testing import FlaskClient

from search_web.core.explanation import ExplainedWord, Explanation, Place, TermMatch
from search_web.web.wording import step_words

ROUTE = "explain?q=wthr&id=ar-1"


def words_of(text: str) -> str:
    """What a page shows, without its tags, blanks as one."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", "", text)).split())


@pytest.mark.parametrize("ui", ["ar", "vi", "en"])
def test_the_page_is_sound(client: FlaskClient, ui: str) -> None:
    """Headings descend by one, archive text is escaped, robots keep away; more is tested of every page."""
    response = client.get(f"/{ui}/{ROUTE}")
    assert response.status_code == 200
    levels = [int(level) for level in re.findall(r"<h([1-6])", response.text)]
    assert levels[:3] == [1, 2, 3]
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert "<b>new</b>" not in response.text
    assert "&lt;b&gt;new&lt;/b&gt;" in response.text
    assert "noindex" in response.text


def test_it_says_what_matched_where_and_what_it_adds(client: FlaskClient) -> None:
    """Words, steps, fields, parts, frequencies, scores, names and pairs, in English."""
    page = words_of(client.get(f"/en/{ROUTE}").text)
    for shown in (
        "Score: 5.00",
        "والجسر → جسر without article and attached particles",
        "جسر Arabic: the word without article and particles ar.stem 2.50",
        "Title: جسر Text: الجسر ×4 in 3 articles of the archive",
        "a name, by its sound or from the list of places name.key 1.50 Text: دا نانغ ×2",
        "جسر جديد Arabic: two words side by side ar.pair 0.75 in 1 article of the archive",
        "cau words in the address of the article slug.fold 0.25 in 7 articles of the archive",
        "Words that the article does not have <b> Arabic: in no article of the archive",
        "Words too common to be searched في",
    ):
        assert shown in page
    assert "s:pam-te" not in page


@pytest.mark.parametrize(
    ("ui", "shown"),
    [
        ("ar", ("والجسر ← جسر بلا أل التعريف وما اتصل بالكلمة", "في 3 مقالات في الأرشيف", "الدرجة: 5.00")),
        ("vi", ("Tiếng Ả Rập: hai từ đứng liền nhau", "có trong 3 bài của kho", "Điểm: 5,00")),
    ],
)
def test_it_speaks_the_language_of_the_page(client: FlaskClient, ui: str, shown: tuple[str, ...]) -> None:
    """With its digits, plural forms and direction of arrows."""
    page = words_of(client.get(f"/{ui}/{ROUTE}").text)
    for words in shown:
        assert words in page


def test_a_bar_is_the_share_of_the_score(client: FlaskClient) -> None:
    """2.5 of 5 is half, the widths are attributes of pictures that no reader of the screen meets."""
    page = client.get(f"/en/{ROUTE}").text
    assert re.findall(r'<rect width="([\d.]+)" height', page) == ["50.0", "30.0", "15.0", "5.0"]
    assert page.count("<svg") == page.count('aria-hidden="true"><rect class="whole"') == 4


def test_a_rescued_query_says_what_was_searched(client: FlaskClient, service: Any) -> None:
    """With the way back to what was typed; the whole search goes along."""
    page = html.unescape(client.get("/en/explain?q=wthr&lang=ar&page=2&id=ar-1").text)
    assert (
        '<a href="/en/search?q=%D9%88%D8%A7%D9%84%D8%AC%D8%B3%D8%B1&lang=ar"><bdi dir="auto">والجسر' in page
    )
    assert 'href="/en/search?q=wthr&lang=ar&typed=1" rel="nofollow"' in page
    assert '<a href="/en/search?q=wthr&lang=ar&page=2">Back to the results' in page
    assert 'href="/vi/explain?q=wthr&lang=ar&page=2&id=ar-1"' in page
    assert service.explained == [("wthr", "ar-1", False)]


def test_as_typed_reaches_the_service(client: FlaskClient, service: Any) -> None:
    """From the page and from the API."""
    client.get("/ar/explain?q=a&id=ar-1&typed=1")
    client.get("/api/v1/explain?q=a&id=ar-1&typed=true")
    assert service.explained == [("a", "ar-1", True)] * 2


def test_what_does_not_match_says_so(client: FlaskClient, service: Any) -> None:
    """What the article has of the query is shown without scores."""
    place = TermMatch("ar.stem", "جسر", 3, None, (Place("title", "جسر", 1),))
    slug = TermMatch("slug.fold", "cau", 7, None, (Place("address", "cau", 1),))
    word = ExplainedWord("ar", "جسر", 0, 3, (), (place, slug))
    service.explanation = Explanation("جسر -a", "جسر -a", "ar-1", "", False, None, (word,), ())
    page = client.get(f"/en/{ROUTE}").text
    assert "The search does not find this article with this query." in page
    assert "Title: جسر" in words_of(page)
    assert "slug.fold" not in page
    assert "<svg" not in page
    assert "Untitled" in page


def test_a_phrase_has_no_frequency(client: FlaskClient, service: Any) -> None:
    """No engine counts the articles of one, nor those of a beginning."""
    quote, beginning = TermMatch("ar.stem", '"جسر جديد"', 0, 3.0), TermMatch("ar.stem", "جسر*", 0, 1.0)
    service.explanation = Explanation("x", "x", "ar-1", "x", True, 4.0, (), (quote, beginning))
    page = words_of(client.get(f"/en/{ROUTE}").text)
    assert (
        "جسر جديد Arabic: the words side by side, just so ar.stem 3.00 جسر* Arabic: words that begin so"
        in page
    )
    assert "of the archive" not in page


def test_filters_alone_are_explained_by_their_order(client: FlaskClient, service: Any) -> None:
    """`lang:ar` has no word to score."""
    service.explanation = Explanation("lang:ar", "lang:ar", "ar-1", "x", True, 0.0, (), ())
    page = client.get(f"/en/{ROUTE}").text
    assert "No word of this query is scored" in page
    assert "Score:" not in page


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("q=a&id=none", 404),
        ("id=ar-1", 400),
        ("q=+&id=ar-1", 400),
        ("q=a", 400),
        ("q=a&id=ar-1&typed=x", 400),
        ("q=a&id=ar-1&colour=red", 400),
        ("q=%00&id=ar-1", 400),
    ],
)
@pytest.mark.parametrize("ui", ["ar", "vi", "en"])
def test_mistakes_get_the_page_of_their_kind(client: FlaskClient, ui: str, query: str, status: int) -> None:
    """As on the other pages, in the page's language."""
    response = client.get(f"/{ui}/explain?{query}")
    assert response.status_code == status
    assert f'lang="{ui}"' in response.text[:60]
    assert '<p class="status"' in response.text


def test_every_result_of_a_query_leads_to_it(client: FlaskClient) -> None:
    """Not those of a page without a query, where nothing is scored."""
    page = html.unescape(client.get("/en/search?q=a&lang=en&typed=1").text)
    assert '<a href="/en/explain?q=a&lang=en&typed=1&id=en/2025/bridge" rel="nofollow">' in page
    assert page.count("Why is this here?") == page.count('class="hit"')
    assert "Why is this here?" not in client.get("/en/search?lang=en").text


def test_every_step_of_analysis_has_words() -> None:
    """But the one that drops a word, which the page tells otherwise."""
    source = resources.files("analyzers").joinpath("languages.py").read_text("utf-8")
    names = set(re.findall(r'NamedStep\(\s*"([^"]+)"', source)) - {"stop word"}
    assert len(names) > 10
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("search_web.web.wording.gettext", lambda message: f"[{message}]")
        assert [name for name in sorted(names) if not step_words(name).startswith("[")] == []
        assert step_words("unheard of") == "unheard of"
