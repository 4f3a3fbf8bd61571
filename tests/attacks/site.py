"""A whole site over articles that mean harm: pages, desk, feeds, API, publishing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from flask import Flask
from flask.testing import FlaskClient

from indexer import jobs
from indexer.access import AccessFile
from indexer.config import Settings
from indexer.library import Library
from indexer.publishing import Publisher
from indexer.pulse import Pulse
from search_web.core.service import SearchService
from search_web.desk import Desk
from search_web.web.app import create_app
from search_web.web.config import WebConfig
from search_web.web.operations import Operations

PASSWORD = "a long password"  # noqa: S105 -- of a test
MARK = "xqz"
"""No page of ours has an element, an attribute or a header of this name."""
PAYLOAD = (
    f"</title></textarea></script><script>{MARK}()</script><img src=x onerror={MARK}()>"
    f"\"'><{MARK}-e {MARK}-a=1>&lt;{MARK}-f&gt;{{{{7*7}}}}${{{MARK}}}]]><!--{MARK}-->"
)
HARM = f"javascript:{MARK}()//"
SETTINGS = Settings()

GROUPS = ("mua-lu-o-ha-noi", f"<{MARK}-e>")
"""Names of groups of translations; the first is that of `RECORDS`."""

RECORDS: tuple[dict[str, Any], ...] = (
    {
        "id": f"a\"'><{MARK}-e>/../..//{MARK}",
        "lang": "en",
        "title": f"=cmd|' /C {MARK}'!A1 {PAYLOAD} flood",
        "lead": PAYLOAD,
        "body": [f"flood bridge {PAYLOAD}", PAYLOAD, f"\u202e{PAYLOAD}\u2066"],
        "authors": [f"+{PAYLOAD}", f"x\r\nSet-Cookie: {MARK}=1"],
        "source": f"@{PAYLOAD}",
        "section": f"-{PAYLOAD}",
        "tags": [PAYLOAD],
        "published_at": "2025-10-26T08:00:00+00:00",
        "url": f'https://example.org/vi/mua-lu-o-ha-noi?"><{MARK}-e>',
        "source_url": f"https://example.org/{quote(PAYLOAD)}",
        "images": [{"url": f'https://example.org/a.jpg?"><{MARK}-e>', "caption": PAYLOAD}],
    },
    {
        "id": "harm-url",
        "lang": "vi",
        "title": f"flood mưa lũ {PAYLOAD}",
        "body": [PAYLOAD],
        "authors": [PAYLOAD],
        "published_at": "2025-10-26T09:00:00+00:00",
        "url": "https://example.org/ar/mua-lu-o-ha-noi",
    },
    {
        "id": "ar 1",
        "lang": "ar",
        "title": f"فيضان {PAYLOAD} flood",
        "body": ["فيضان 5 آلاف"],
        "url": "https://example.org/en/mua-lu-o-ha-noi",
    },
)


def hostile_home(folder: Path) -> Path:
    """A home with the articles, through the front door."""
    path = folder / "harm.jsonl"
    path.write_text("".join(f"{json.dumps(record)}\n" for record in RECORDS), encoding="utf-8")
    receipt = jobs.add(folder / "home", [path], settings=SETTINGS)
    assert (receipt.new, receipt.rejected) == (len(RECORDS), 0)
    return folder / "home"


@contextmanager
def site(home: Path, **options: Any) -> Iterator[Flask]:
    """The application as `dalil serve` makes it."""
    library = Library(home)
    desk, publisher = Desk(home, library), Publisher(home, library, SETTINGS)
    chosen: dict[str, Any] = {"rate_limit": "", "testing": True, "desk_password": PASSWORD} | options
    config = WebConfig(**chosen)
    operations = Operations(publisher, AccessFile(home), Pulse(home, library))
    yield create_app(SearchService(library), config, None, desk, operations)
    publisher.close()
    desk.close()
    library.close()


def signed_in(app: Flask) -> FlaskClient:
    """A browser of an editor."""
    client = app.test_client()
    answer = client.post("/en/desk/sign-in", data={"password": PASSWORD})
    assert answer.status_code == 303
    return client


def form_token(client: FlaskClient) -> str:
    """What forms of the desk carry."""
    found = re.search(r'name="token" value="([^"]+)"', client.get("/en/desk/saved").text)
    assert found
    return found[1]


def addresses(app: Flask, ids: list[str], *, query: str = "", token: str = "x") -> list[str]:  # noqa: S107
    """An address of every GET route, of each page language and each id; new routes come by themselves."""
    found = []
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()):
            continue
        for ui in ("ar", "en") if "ui" in rule.arguments else ("",):
            for article_id in ids if "id" in rule.arguments else GROUPS:
                for choice in _choices(rule.rule):
                    values = {
                        "ui": ui, "id": article_id, "group": article_id, "token": token, "number": 1,
                        "filename": "dalil.css", "form": choice, "kind": choice,
                    }  # fmt: skip
                    with app.test_request_context():
                        path = app.url_map.bind("").build(
                            rule.endpoint, {n: values[n] for n in rule.arguments}, force_external=False
                        )
                    found.append(f"{path}?{query}" if query else path)
    return sorted(set(found))


def _choices(rule: str) -> list[str]:
    found = re.search(r"any\((\w+), (\w+)\):(?:form|kind)", rule)
    return [found[1], found[2]] if found else [""]


def query_of(text: str, article_id: str) -> str:
    """Every parameter that some page takes, with the same harm in each."""
    names = (
        "section",
        "source",
        "author",
        "lang",
        "from",
        "to",
        "sort",
        "page",
        "name",
        "next",
        "title",
        "text",
    )
    return urlencode({"q": text, "id": article_id, "size": 100, **dict.fromkeys(names, text)})
