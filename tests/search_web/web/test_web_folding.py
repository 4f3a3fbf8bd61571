"""Pages of stories: the last one, the way to every article, what a program gets."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from search_web.core.service import SearchService
from search_web.web.app import create_app
from search_web.web.config import WebConfig
from tests.search_web.core.small_library import ARTICLES, library_of


@pytest.fixture(scope="module")
def stories() -> FlaskClient:
    """The pages over twelve articles, three of which tell one story."""
    service = SearchService(library_of(ARTICLES))
    return create_app(service, WebConfig(rate_limit="", testing=True)).test_client()


def test_pages_fold_by_themselves(stories: FlaskClient) -> None:
    """Ten stories are one page; what stands beside a result is linked from it."""
    page = stories.get("/en/search?q=&sort=newest").text
    links = [f"/article/{article.id}" in page for article in ARTICLES]
    assert all(links)
    assert "page=2" not in page


def test_a_page_behind_the_last_story_leads_to_the_last_one(stories: FlaskClient) -> None:
    """Twelve articles would have two pages, so an address of the second is no mistake of the reader's."""
    answer = stories.get("/en/search?q=&sort=newest&page=2")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/en/search?sort=newest")
    assert stories.get("/en/search?q=&sort=newest&page=3").status_code == 404


def test_every_article_stands_for_itself_where_that_is_asked(stories: FlaskClient) -> None:
    """The parameter goes along to the next page."""
    page = stories.get("/en/search?q=&sort=newest&fold=0").text
    assert "/en/search?sort=newest&amp;fold=0&amp;page=2" in page
    assert stories.get("/en/search?q=&sort=newest&fold=0&page=2").status_code == 200


def test_programs_get_articles_unless_they_ask_for_stories(stories: FlaskClient) -> None:
    plain = stories.get("/api/v1/search?q=&sort=newest").json
    folded = stories.get("/api/v1/search?q=&sort=newest&fold=1").json
    assert plain is not None
    assert folded is not None
    assert (plain["total"], plain["stories"], plain["stories_exact"]) == (12, None, False)
    assert (folded["total"], folded["stories"], folded["stories_exact"]) == (12, 10, True)
    beside = {hit["id"]: [item["id"] for item in hit["translations"]] for hit in folded["hits"]}
    assert beside.pop("en-bridge") == ["ar-bridge", "vi-bridge"]
    assert not any(beside.values())
