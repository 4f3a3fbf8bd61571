"""The page of results: languages as tabs, filters as chips, folded stories, and help if none is found."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient

from search_web.core.pages import Edition, Result, ResultPage, Snippet
from search_web.web.views import page_numbers


def test_languages_are_tabs_with_counts(client: FlaskClient) -> None:
    """All together first, the chosen one marked; filters and words stay, the page number does not."""
    page = client.get("/en/search?from=2020&page=1&sort=newest").text
    assert '<nav class="tabs" aria-label="Language of the articles">' in page
    assert 'rel="nofollow" aria-current="true">All languages <span class="count">5</span></a>' in page
    assert (
        '<a href="/en/search?lang=ar&amp;from=2020&amp;sort=newest" rel="nofollow">Arabic '
        '<span class="count">1</span></a>' in page
    )
    chosen = client.get("/en/search?lang=ar").text
    assert '<a href="/en/search?lang=ar" rel="nofollow" aria-current="true">Arabic' in chosen


def test_one_language_is_no_choice(client: FlaskClient) -> None:
    """No tabs where there is nothing to choose between."""
    assert 'class="tabs"' not in client.get("/en/search?section=Society").text


def test_dates_in_use_are_chips_in_words(client: FlaskClient) -> None:
    """A range that is closed or open, and a month; each link takes its own filter off."""
    page = client.get("/en/search?q=a&from=2024-03&to=2024-03-31&month=2024-03").text
    assert page.count('<bdi dir="ltr">March 2024</bdi> <span aria-hidden="true">×</span>') == 2
    assert 'class="chip on" href="/en/search?q=a&amp;month=2024-03"' in page
    assert "from January 1, 2024" in client.get("/en/search?q=a&from=2024").text
    assert "until December 31, 2024" in client.get("/en/search?q=a&to=2024").text


def test_what_stands_in_the_way_is_offered(client: FlaskClient) -> None:
    """Where nothing is found: each filter whose removal would find something, with how much."""
    page = client.get("/en/search?q=bridge&section=Society&lang=vi").text
    assert '<a href="/en/search?q=bridge&amp;section=Society">Search without the filter' in page
    assert '<bdi dir="ltr">Vietnamese</bdi></a> <span class="count">1 article</span>' in page
    # Without the section there is no Vietnamese article with the word either.
    assert 'href="/en/search?q=bridge&amp;lang=vi">Search without' not in page
    assert '<a href="/en/search?q=bridge">Search without filters</a>' in page
    alone = client.get("/en/search?q=zzz&section=Society").text
    assert "Search without" not in alone


def test_no_words_no_best_match(client: FlaskClient) -> None:
    """Without words the newest articles come first, and the page says so."""
    page = client.get("/en/search?lang=ar&lang=vi").text
    assert "Best match" not in page
    assert 'aria-current="true">Newest' in page
    assert "Best match" in client.get("/en/search?q=a").text


@pytest.mark.parametrize(("size", "shown"), [("", "10"), ("&size=20", "20"), ("&size=50", "50")])
def test_results_on_a_page_can_be_chosen(client: FlaskClient, service: Any, size: str, shown: str) -> None:
    """Three sizes, the one in use marked; the pages of each follow."""
    service.copies = 40
    page = client.get(f"/en/search?q=bridge{size}").text
    assert service.asked[-1].page_size == int(shown)
    assert f'aria-current="true">{shown}</a>' in page
    assert f'href="/en/search?q=bridge{size.replace("&", "&amp;")}&amp;page=2"' in page or shown == "50"


def with_story(page: ResultPage) -> ResultPage:
    """The page with a first result that stands for a story of five articles."""
    when = datetime(2025, 10, 27, tzinfo=UTC)
    first: Result = replace(
        page.results[0],
        snippets=(Snippet("Twice.", ()), Snippet("Twice.", ())),
        translations=(
            Edition("vi/1", "vi", 'Cầu "mới"', "", None),
            Edition("zh-1", "zh-Hant", "", "", None),
        ),
        copies=(Edition("c<1>", "ar", "<b>جسر", "صحيفة", when), Edition("c-2", "ar", "", "", None)),
    )
    return replace(page, results=(first, *page.results[1:]), stories=page.total - 2, stories_exact=True)


def test_a_story_names_its_other_articles(
    client: FlaskClient, service: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Translations by their languages' own names, copies by title, source and date, all of it escaped."""
    search = service.search
    monkeypatch.setattr(service, "search", lambda request: with_story(search(request)))
    page = client.get("/en/search?sort=newest").text
    assert 'hreflang="vi" lang="vi" dir="ltr" title="Cầu &#34;mới&#34;">Tiếng Việt</a>' in page
    assert ">中文 (繁體)</a>" in page
    assert "2 nearly identical articles" in page
    assert "&lt;b&gt;جسر" in page
    assert "<b>جسر" not in page
    assert "October 27, 2025" in page
    assert page.count("Twice.") == 1
    assert 'href="/en/search?sort=newest&amp;fold=0" rel="nofollow">Show every article by itself' in page


def test_every_article_by_itself(client: FlaskClient, service: Any) -> None:
    """`fold=0` is a chip like a filter, and taking it off folds again; pages fold unless told."""
    page = client.get("/en/search?q=a&fold=0").text
    assert not service.asked[-1].fold
    assert 'class="chip on" href="/en/search?q=a"' in page
    assert "Every article by itself" in page
    client.get("/en/search?q=a")
    assert service.asked[-1].fold


def test_a_page_that_did_not_change_is_not_sent_again(client: FlaskClient, service: Any) -> None:
    """The tag leaves out how long the search took, and is asked for each time; another page has another."""
    first = client.get("/en/search?q=a")
    assert first.headers["Cache-Control"] == "no-cache"
    tag = first.headers["ETag"]
    assert tag.startswith('W/"')
    again = client.get("/en/search?q=a", headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    assert client.get("/en/search?q=b", headers={"If-None-Match": tag}).status_code == 200
    service.articles = service.articles[2:]
    assert client.get("/en/search?q=a", headers={"If-None-Match": tag}).status_code == 200


def test_a_new_query_keeps_the_dates(client: FlaskClient) -> None:
    """In the boxes of the page of results, and hidden on a page that has none."""
    hidden = '<input type="hidden" name="from" value="2024-03">'
    assert hidden in client.get("/en/explain?q=a&from=2024-03&id=ar-1").text
    results = client.get("/en/search?q=a&from=2024-03").text
    assert hidden not in results
    assert 'name="from" type="date" min="1000-01-01" max="9999-12-31" value="2024-03-01"' in results


def test_page_numbers_leave_no_single_gap() -> None:
    """A gap of one page is that page."""
    assert page_numbers(4, 9) == [1, 2, 3, 4, 5, 6, None, 9]
    assert page_numbers(1, 1) == [1]
