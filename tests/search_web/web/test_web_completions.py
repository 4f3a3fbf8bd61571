"""Completions on the page: a plain box without JavaScript, and what search.js needs beside it."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

PAGES = ("/{ui}/", "/{ui}/search?q=a&lang=ar", "/{ui}/article/ar-1")
AUTHOR = {"ar": "الكاتب", "vi": "Tác giả", "en": "Author"}


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("ui", AUTHOR)
def test_every_search_box_says_where_completions_are(client: FlaskClient, path: str, ui: str) -> None:
    """The address and the words for fields, in the page's language, on the one form with the box."""
    page = client.get(path.format(ui=ui)).text
    [form] = re.findall(r"<form[^>]*role=.search[^>]*>", page)
    assert 'data-suggest="/api/v1/suggest"' in form
    assert f'data-author="{AUTHOR[ui]}"' in form
    assert page.count('id="q-label"') == 1


@pytest.mark.parametrize("path", PAGES)
def test_without_scripts_it_is_a_plain_box(client: FlaskClient, path: str) -> None:
    """What promises a list is set by the script that can show it."""
    page = client.get(path.format(ui="en")).text
    assert "combobox" not in page
    assert "listbox" not in page
    assert 'name="q"' in page


def test_the_script_may_ask_this_site_and_no_other(client: FlaskClient) -> None:
    policy = client.get("/en/").headers["Content-Security-Policy"]
    assert re.findall(r"connect-src ([^;]*)", policy) == ["'self'"]


def test_the_script_builds_no_markup_from_texts(client: FlaskClient) -> None:
    """Titles become text nodes, never HTML, and nothing comes from elsewhere."""
    with client.get("/static/search.js") as response:
        script = response.get_data(as_text=True)
    assert "textContent" in script
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\\.write|https?://(?!www\\.w3)", script
    )
    assert "isComposing" in script
