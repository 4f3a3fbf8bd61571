"""The page of an article: marks, the way back, metadata, citations, odd articles, articles that are gone."""

from __future__ import annotations

import json
import re
import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from indexer.articles import Article, Image
from search_web.core.pages import Filters
from search_web.web.articles.metadata import description
from search_web.web.config import WebConfig

from .test_web_pages import Tree

LANGUAGES = ("ar", "vi", "en")


def json_ld(page: str) -> Any:
    """What a program reads in the page."""
    (data,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    return json.loads(data)


def contents(page: str) -> dict[str, list[str]]:
    """The contents of `meta` elements by name or property."""
    found: dict[str, list[str]] = {}
    for attributes in Tree(page).all("meta"):
        name = attributes.get("property") or attributes.get("name")
        if name:
            found.setdefault(name, []).append(attributes.get("content") or "")
    return found


def test_found_words_are_numbered_marks(client: FlaskClient) -> None:
    """Title, lead and body, in the order of the page; the bar says how many and leads to the first."""
    page = client.get("/en/article/ar-1", query_string={"q": "الجسر"}).text
    assert page.index('<mark id="m1">الجسر</mark> مخصص') < page.index('إن <mark id="m2">الجسر</mark> يختصر')
    assert len(re.findall(r"<mark id=", page)) == 4
    assert "4 places marked<" in page
    assert 'href="#m1"' in page


def test_marks_can_be_taken_off(client: FlaskClient) -> None:
    """A link shows the page without them, and there another brings them back; the search stays."""
    asked = "/en/article/vi-1?q=c%E1%BA%A7u&lang=vi&sort=newest&page=2"
    page = client.get(asked).text
    plain = "/en/article/vi-1?q=c%E1%BA%A7u&lang=vi&sort=newest&page=2&marks=0"
    assert f'href="{plain}"'.replace("&", "&amp;") in page
    without = client.get(plain).text
    assert "<mark" not in without
    assert f'href="{asked}"'.replace("&", "&amp;") in without


@pytest.mark.parametrize(
    "query",
    [
        "q=a&lang=en&section=Society&from=2024&to=2025-01&sort=oldest&page=3",
        "q=a+b&typed=1",
        "section=X%26Y",
        "sort=newest",
    ],
)
def test_the_way_back_is_the_whole_search(client: FlaskClient, query: str) -> None:
    """Query, filters, order and page of the results, in every page language."""
    page = client.get(f"/en/article/vi-1?{query}").text
    assert f'<a href="/en/search?{query}">'.replace("&", "&amp;") in page
    for ui in LANGUAGES:
        assert f'href="/{ui}/article/vi-1?{query}"'.replace("&", "&amp;") in page


@pytest.mark.parametrize("query", ["", "colour=red", "page=2", "q=", "marks=0", "utm_source=x"])
def test_without_a_search_there_is_no_way_back(client: FlaskClient, query: str) -> None:
    page = client.get(f"/en/article/vi-1?{query}").text
    assert 'class="back"' not in page
    assert 'class="marks"' not in page


def test_a_search_that_cannot_be_read_does_no_harm(client: FlaskClient, service: Any) -> None:
    """What is wrong in it is left out, a long query is cut."""
    response = client.get("/en/article/vi-1", query_string={"q": "a" * 9_000, "from": "never", "page": "x"})
    assert response.status_code == 200
    asked = service.asked[-1]
    assert (asked.text, asked.filters, asked.page) == ("a" * 512, Filters(), 1)


def test_a_query_without_words_in_the_text_says_so(client: FlaskClient) -> None:
    assert "No word of the search stands in this text." in client.get("/en/article/vi-1?q=zzz").text


def test_articles_say_what_they_are_to_programs(client: FlaskClient) -> None:
    """NewsArticle, Open Graph, canonical address in the article's own language, translations."""
    page = client.get("/en/article/ar-1?q=a").text
    data = json_ld(page)
    assert data["@type"] == "NewsArticle"
    assert data["headline"] == "جسر جديد فوق نهر هان يفتح أمام المشاة"
    assert (data["inLanguage"], data["datePublished"]) == ("ar", "2025-10-26T08:00:00+00:00")
    assert data["author"] == [{"@type": "Person", "name": "نديم الكرّام"}]
    assert data["mainEntityOfPage"] == "http://localhost/ar/article/ar-1"
    assert data["workTranslation"][0]["url"] == "http://localhost/vi/article/vi-1"
    assert data["image"] == ["https://example.org/a.jpg"]
    found = contents(page)
    assert found["og:type"] == ["article"]
    assert found["article:tag"] == ["جسور", "دا نانغ"]
    assert found["description"] == found["og:description"] == [data["description"]]
    assert '<link rel="canonical" href="http://localhost/ar/article/ar-1">' in page
    assert '<link rel="alternate" hreflang="ar" href="http://localhost/ar/article/ar-1">' in page
    assert '<link rel="alternate" hreflang="vi" href="http://localhost/vi/article/vi-1">' in page


def test_metadata_is_data_and_nothing_else(client: FlaskClient, service: Any) -> None:
    """No text ends the data block or an attribute; addresses that are no web pages are left out."""
    evil = "</script><script>alert(1)</script><!--<script>\N{LINE SEPARATOR}&\"'"
    article = Article(
        id="evil",
        lang="en",
        title=evil,
        lead=evil,
        tags=(evil,),
        authors=(evil,),
        section=evil,
        url="javascript:alert(1)",
        images=(Image("javascript:x"),),
    )
    service.articles = (article,)
    page = client.get("/en/article/evil").text
    Tree(page)
    assert "<script>alert" not in page
    assert "javascript:" not in page
    assert json_ld(page)["headline"] == evil
    assert json_ld(page)["url"] == "http://localhost/en/article/evil"
    assert "image" not in json_ld(page)


@pytest.mark.parametrize(
    ("lead", "described"),
    [
        ("", "Body"),
        ("One\n two", "One two"),
        ("word " * 60, ("word " * 39).strip() + "…"),
        ("x" * 300, "x" * 199 + "…"),
    ],
)
def test_descriptions_are_one_short_line(lead: str, described: str) -> None:
    """At most 200 code points, cut at a blank where there is one."""
    assert description(Article(id="x", lang="en", lead=lead, body=("Body",))) == described


def test_canonical_addresses_follow_the_setting(client_for: Any) -> None:
    """Behind a proxy the site's own name stands in them; a stranger's `Host` header never does."""
    page = client_for(WebConfig(rate_limit="", testing=True, public_url="https://news.example/"))
    assert 'canonical" href="https://news.example/ar/article/ar-1"' in page.get("/vi/article/ar-1").text
    other = client_for(WebConfig(rate_limit="", testing=True))
    answer = other.get("/vi/article/ar-1", headers={"Host": "evil.example"}).text
    assert "evil.example" not in answer
    assert 'canonical" href="/ar/article/ar-1"' in answer


@pytest.mark.parametrize(
    ("form", "media_type", "begins"),
    [
        ("bib", "application/x-bibtex; charset=utf-8", "@article{ar-1,\n"),
        ("ris", "application/x-research-info-systems; charset=utf-8", "TY  - NEWS\r\nID  - ar-1\r\n"),
    ],
)
def test_citations_are_files(client: FlaskClient, form: str, media_type: str, begins: str) -> None:
    """Each under the address that the page names, with a name of its own; the page has the same text."""
    page = client.get("/ar/article/ar-1").text
    assert f'href="/ar/article/ar-1/cite.{form}"' in page
    response = client.get(f"/ar/article/ar-1/cite.{form}")
    assert response.headers["Content-Type"] == media_type
    assert response.headers["Content-Disposition"] == f'attachment; filename="ar-1.{form}"'
    assert response.text.startswith(begins)
    assert client.get("/ar/article/ar-1/cite.docx").status_code == 404
    assert client.get(f"/ar/article/gone/cite.{form}").status_code == 404


def test_an_id_may_end_as_a_citation_does(client: FlaskClient, service: Any) -> None:
    service.articles = (Article(id="x/cite.bib", lang="en", title="Odd"),)
    assert "<h1>Odd</h1>" in client.get("/en/article/x/cite.bib").text
    assert client.get("/en/article/x/cite.bib/cite.ris").text.startswith("TY  - NEWS")


def test_an_article_without_an_address_is_cited_by_ours(client: FlaskClient) -> None:
    assert "UR  - http://localhost/en/article/und-1\r\n" in client.get("/ar/article/und-1/cite.ris").text


def test_what_belongs_to_an_article_is_beside_it(client: FlaskClient) -> None:
    """Translations, copies, the story by date with this article in it, section, author; headings in order."""
    page = client.get("/en/article/ar-1").text
    places = [page.index(f'id="{name}"') for name in ("translations", "timeline", "copies", "related")]
    assert places == sorted(places)
    assert 'id="by-author"' in page
    assert 'id="in-section"' in page
    timeline = page[page.index('<ol class="timeline">') : page.index("</ol>")]
    dates = re.findall(r'<time datetime="([^"]+)">', timeline)
    assert dates == sorted(dates)
    assert len(dates) == 3
    assert timeline.count('aria-current="true"') == 1
    assert "This article" in timeline


def test_a_story_of_translations_has_no_timeline(client: FlaskClient, service: Any) -> None:
    """They stand above the text already; nor has one without dates."""
    service.articles = service.articles[:2]
    assert 'id="timeline"' not in client.get("/en/article/ar-1").text
    assert 'id="timeline"' not in client.get("/en/article/vi-1").text


@pytest.mark.parametrize("ui", LANGUAGES)
@pytest.mark.parametrize(
    "article",
    [
        pytest.param(Article(id="x", lang="ar"), id="nothing at all"),
        pytest.param(Article(id="x", lang="vi", title="T"), id="a title alone"),
        pytest.param(Article(id="x", lang="en", body=("b",)), id="a body alone"),
        pytest.param(Article(id="x", lang="en", title="w" * 300, body=("ع" * 300,)), id="long words"),
        pytest.param(Article(id="x", lang="und", title="?", tags=("t",) * 1), id="no language"),
        pytest.param(
            Article(
                id="x",
                lang="vi",
                title="T",
                authors=tuple(f"Tác giả {n}" for n in range(40)),
                tags=tuple(f"thẻ {n}" for n in range(200)),
                images=tuple(Image(f"https://example.org/{n}.jpg", "") for n in range(200)),
            ),
            id="many of everything",
        ),
    ],
)
def test_odd_articles_have_whole_pages(client: FlaskClient, service: Any, ui: str, article: Article) -> None:
    """Tags nest, one heading, no empty link; what is much is folded away."""
    service.articles = (article,)
    response = client.get(f"/{ui}/article/x?q=a")
    assert response.status_code == 200
    tree = Tree(response.text)
    assert len(tree.all("h1")) == 1
    assert not re.search(r"<a [^>]*>\s*</a>", response.text)
    assert not re.search(r"<(bdi|p|ul|ol|h\d)[^>]*>\s*</\1>", response.text.replace('role="status"', ">x<"))
    assert len(response.data) < 150_000


def test_paragraphs_stand_in_their_own_direction(client: FlaskClient, service: Any) -> None:
    """By most of their letters: an Arabic paragraph that begins with CNN is Arabic, an English one is not."""
    body = ("CNN قالت إن الجسر مفتوح", "The bridge is open, said هيئة", "2025", "—")
    service.articles = (Article(id="x", lang="ar", title="جسر", body=body),)
    page = client.get("/en/article/x").text
    assert "<p>CNN قالت" in page
    assert '<p dir="ltr">The bridge' in page
    assert "<p>2025</p>" in page
    service.articles = (Article(id="x", lang="und", title="?", body=("…",)),)
    assert '<p dir="auto">…</p>' in client.get("/en/article/x").text


def test_a_book_comes_in_parts_and_quickly(client: FlaskClient, service: Any) -> None:
    """The page says that it shows the beginning and links to all; either takes less than a second."""
    paragraph = "قالت إدارة النقل إن الجسر يختصر الطريق. " * 100
    book = Article(id="x", lang="ar", title="كتاب", body=(paragraph,) * 490)
    service.articles = (replace(book, id="y"), book)
    client.get("/en/article/x")
    started = time.process_time()
    page = client.get("/en/article/x").text
    assert time.process_time() - started < 1
    assert "This article is very long; its beginning is shown." in page
    assert 200_000 < len(page) < 260_000
    assert 'href="/en/article/x?whole=1"' in page
    started = time.process_time()
    whole = client.get("/en/article/x?whole=1&q=a").text
    assert time.process_time() - started < 1
    assert whole.count("إدارة النقل") > 48_000
    assert "very long" not in whole
    assert "whole=1" in whole


@pytest.mark.parametrize("ui", LANGUAGES)
def test_a_removed_article_is_gone_and_the_page_helps(client: FlaskClient, service: Any, ui: str) -> None:
    """Status 410 with the day, the words of its address in the search box, and what they find."""
    address = "vi/cau-di-bo-moi"
    service.removed = {address: datetime(2025, 11, 3, 23, 30, tzinfo=UTC)}
    service.articles = (replace(service.articles[1], title="cau di bo moi"), *service.articles[2:])
    response = client.get(f"/{ui}/article/{address}")
    assert response.status_code == 410
    assert 'value="cau di bo moi"' in response.text
    assert f'href="/{ui}/article/vi-1"' in response.text
    assert {"ar": "3 نوفمبر 2025", "vi": "3 tháng 11, 2025", "en": "November 3, 2025"}[ui] in response.text
    assert client.get(f"/{ui}/article/{address}/cite.ris").status_code == 410
    answer = client.get(f"/api/v1/articles/{address}")
    assert answer.status_code == 410
    assert answer.get_json()["error"]["code"] == "article_removed"


def test_an_unknown_article_is_looked_for_by_its_words(client: FlaskClient, service: Any) -> None:
    """A headline in the id fills the search box; what has but few of its words is no proposal."""
    response = client.get("/en/article/" + quote("ar/جسر-جديد"))
    assert response.status_code == 404
    assert 'value="جسر جديد"' in response.text
    assert "Perhaps you are looking for" in response.text
    service.articles = (Article(id="other", lang="ar", title="خبر آخر", body=("جسر جديد",)),)
    page = client.get("/en/article/" + quote("ar/جسر-جديد")).text
    assert 'value="جسر جديد"' in page
    assert "Perhaps" not in page
    asked = len(service.asked)
    assert 'value=""' in client.get("/en/article/12345").text
    assert len(service.asked) == asked


def test_the_api_has_what_the_page_has(client: FlaskClient) -> None:
    body = client.get("/api/v1/articles/ar-1").get_json()
    assert set(body) == {
        "article",
        "translations",
        "related",
        "copies",
        "timeline",
        "same_section",
        "same_author",
    }
    assert body["copies"][0]["reasons"]
    assert [hit["id"] for hit in body["same_author"]] == ["zh-1"]
