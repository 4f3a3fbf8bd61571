"""What an article says is text on every page and in every file: no element and no header comes of it."""

from __future__ import annotations

import csv
import io
import json
from typing import Any
from urllib.parse import urlencode

import lxml.etree
import lxml.html
import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.attacks.site import HARM, MARK, PAYLOAD, RECORDS, addresses, form_token, query_of, signed_in

_ADDRESSES = ("href", "src", "action", "formaction", "data", "poster", "cite")


@pytest.fixture(scope="module")
def browser(app: Flask) -> FlaskClient:
    """An editor's."""
    return signed_in(app)


@pytest.fixture(scope="module")
def saved(browser: FlaskClient) -> str:
    """Token of a saved search with a hostile name."""
    values = {"name": PAYLOAD, "search": f"q={PAYLOAD}", "token": form_token(browser), "ui": "en"}
    answer = browser.post("/en/desk/saved", data=values)
    assert answer.status_code == 303, answer.text
    page = lxml.html.fromstring(browser.get("/en/desk/saved").data)
    links = [link for link in page.xpath("//a/@href") if "/desk-feeds/" in link]
    assert links
    return str(links[0]).rpartition("/")[2].partition(".")[0]


@pytest.mark.parametrize("text", ["flood", PAYLOAD, f'"{PAYLOAD}"', HARM, f"flood\r\n{MARK}: 1"])
def test_every_page_and_file(app: Flask, browser: FlaskClient, saved: str, text: str) -> None:
    """With the articles in their answers, and with harm in every parameter of the address."""
    ids = [record["id"] for record in RECORDS]
    kinds: set[str] = set()
    trials = 0
    few = [
        urlencode(values) for values in ({"q": text}, {"q": text, "id": ids[0]}, {"id": ids[1], "size": 5})
    ]
    for query in (*few, f"{few[0]}&fold=0&text=1", query_of(text, ids[0])):
        for address in addresses(app, ids, query=query, token=saved):
            answer: Any = browser.get(address)
            with answer:
                assert answer.status_code < 500, f"{address}: {answer.status_code} {answer.text[:300]}"
                check(address, answer)
                trials += 1
                if answer.status_code == 200:
                    kinds.add(answer.mimetype)
    assert kinds >= {
        "text/html", "application/json", "application/atom+xml", "application/feed+json", "text/csv",
        "application/x-ndjson", "application/x-bibtex", "application/x-research-info-systems",
        "application/xml", "application/opensearchdescription+xml", "application/x-suggestions+json",
    }  # fmt: skip
    print(f"{trials} answers with {text[:20]!r}")  # noqa: T201 -- for `make torture`


def test_a_draft_is_text(browser: FlaskClient) -> None:
    """What is pasted into the desk comes back in the form, as text."""
    data = {"text": f"{PAYLOAD}\n{PAYLOAD}", "title": PAYLOAD, "draft": PAYLOAD, "token": form_token(browser)}
    answer = browser.post("/en/desk/related", data=data)
    assert answer.status_code == 200
    check("a draft", answer)


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: repr(record["id"])[:10])
def test_the_text_is_there(browser: FlaskClient, record: dict[str, Any]) -> None:
    """Shown, not thrown away: the same letters, as text of the page."""
    pages = [a for a in addresses(browser.application, [record["id"]]) if a.startswith("/en/article/")]
    answer = browser.get(min(pages, key=len))
    page = lxml.html.fromstring(answer.data)
    assert f"<script>{MARK}()</script>" in page.text_content()


def check(address: str, answer: Any) -> None:
    """No harm in an answer."""
    for name, value in answer.headers:
        assert MARK not in name.lower(), f"{address}: header {name}"
        assert "\n" not in value, f"{address}: {name}"
        assert not (name == "Set-Cookie" and MARK in value), address
    if answer.mimetype == "text/html":
        check_html(address, answer.data)
    elif "xml" in answer.mimetype:
        root = lxml.etree.fromstring(answer.data)
        for element in root.iter():
            assert MARK not in str(element.tag), f"{address}: <{element.tag!r}>"
            for name, value in element.items():
                assert MARK not in name, f"{address}: {name}"
                assert not value.strip().lower().startswith(("javascript:", "data:")), (
                    f"{address}: {value[:60]}"
                )
    elif answer.mimetype == "application/json" or address.partition("?")[0].endswith(".json"):
        json.loads(answer.data)
    elif answer.mimetype == "text/csv":
        for row in csv.reader(io.StringIO(answer.text.lstrip("\ufeff"))):
            for cell in row:
                assert not cell.startswith(("=", "+", "-", "@", "\t", "\r")), f"{address}: {cell[:40]}"
    elif answer.mimetype == "application/x-ndjson":
        for line in answer.text.splitlines():
            json.loads(line)


def check_html(address: str, data: bytes) -> None:
    """Every element and attribute is one of our own, and leads where it may."""
    page = lxml.html.document_fromstring(data, parser=lxml.html.HTMLParser(encoding="utf-8"))
    for element in page.iter():
        if not isinstance(element.tag, str):
            assert MARK not in str(element.text), f"{address}: a comment"
            continue
        assert MARK not in element.tag, f"{address}: <{element.tag}>"
        assert element.tag not in {"iframe", "object", "embed", "base", "meta-refresh"}, (
            f"{address}: {element.tag}"
        )
        for name, value in element.attrib.items():
            assert MARK not in str(name), f"{address}: {name} of {element.tag}"
            assert not str(name).startswith("on"), f"{address}: {name} of {element.tag}"
            assert name != "style", f"{address}: style of {element.tag}"
            if name in _ADDRESSES:
                start = str(value).strip().lower()
                allowed = start.startswith(("http://", "https://", "/", "?", "#")) or ":" not in start
                assert allowed, f"{address}: {element.tag} {name}={value[:60]}"
                assert not start.startswith("//"), f"{address}: {element.tag} {name}={value[:60]}"
        if element.tag == "script":
            if element.get("type") == "application/ld+json":
                json.loads(str(element.text))
            else:
                assert str(element.get("src")).startswith("/static/"), address
                assert not (element.text or "").strip(), address
        if element.tag == "meta":
            assert "refresh" not in str(element.get("http-equiv")).lower(), address
