"""The API against its own OpenAPI document: schemathesis makes requests that fit it and requests that do not.

Every answer must be one of the document: its status, its content type, its schema; what does not fit is
refused. Seeded; FUZZ_EXAMPLES says how many requests an operation gets, more in `make torture`.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import pytest
import schemathesis
import schemathesis.core
from flask import Flask
from hypothesis import HealthCheck, Phase, given, reject, seed, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from indexer.access import AccessFile, sign
from tests.attacks.site import RECORDS, hostile_home, site

EXAMPLES = max(4, int(os.environ.get("FUZZ_EXAMPLES") or 60) // 6)
OPERATIONS = (
    "DELETE /api/v1/articles/{id}",
    "GET /api/v1/articles/{id}",
    "PUT /api/v1/articles/{id}",
    "GET /api/v1/articles/{id}/related",
    "POST /api/v1/articles:bulk",
    "GET /api/v1/explain",
    "GET /api/v1/export",
    "GET /api/v1/facets",
    "POST /api/v1/hooks/{name}",
    "GET /api/v1/jobs/{id}",
    "GET /api/v1/languages",
    "GET /api/v1/related",
    "POST /api/v1/related",
    "GET /api/v1/search",
    "GET /api/v1/suggest",
    "GET /api/v1/translation-checks",
    "GET /api/v1/translation-checks/{group}",
)
CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance,
    response_headers_conformance, negative_data_rejection,
]  # fmt: skip
"""Those of schemathesis; what it says of authentication and of deleted articles has tests of its own."""

GROUP = "mua-lu-o-ha-noi"
_PLAIN = ("limit", "size", "sort", "fold", "facets", "typed", "format", "text", "bom", "wait", "histogram")
_BY_ID = ("GET /api/v1/explain", "GET /api/v1/related")
_BY_QUERY = (
    "GET /api/v1/explain",
    "GET /api/v1/search",
    "GET /api/v1/facets",
    "GET /api/v1/export",
    "GET /api/v1/suggest",
)
_WRITES = ("PUT ", "DELETE ")
IDS = st.sampled_from([str(record["id"]) for record in RECORDS])
NEW_IDS = st.sampled_from(["none", "new one", "جسر", "💥", "a/b", "a'b", "..", "a\nb", "%", "a?b#c"])
QUERIES = st.sampled_from(['flood "bridge"', "mưa -lũ", "فيضان", "flo*", "title:(a OR", "cầu~2", "date:2025"])
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
_FIELDS = (
    "id lang lead body authors source section tags published_at publish_at updated_at url source_url "
    "images delete headline articleBody @type"
)
RECORD = st.fixed_dictionaries(
    {"title": TEXTS.map("a{}".format)}, optional=dict.fromkeys(_FIELDS.split(), VALUES)
)
PLAIN = st.fixed_dictionaries({"title": TEXTS.map("a{}".format), "body": TEXTS})
RECORD_BODIES = st.one_of(
    st.fixed_dictionaries({"id": NEW_IDS, "title": TEXTS.map("a{}".format), "body": TEXTS}), RECORD, VALUES
).map(lambda value: json.dumps(value).encode())
LINES = st.lists(RECORD_BODIES | st.binary(max_size=20), max_size=5).map(b"\n".join)


@schemathesis.serializer("application/x-ndjson")
def _lines(_context: Any, value: Any) -> bytes:
    return value if isinstance(value, bytes) else json.dumps(value).encode()


class Api:
    """The application with what opens its routes."""

    negative = False
    """Whether requests are made that do not fit."""

    def __init__(self, app: Flask, home: Path) -> None:
        access = AccessFile(home)
        self.tokens = {scope: access.create_token(scope, scope) for scope in ("write", "desk")}
        self.secret = access.create_hook("news")
        answer = app.test_client().put(
            "/api/v1/articles/first", json={"title": "first"}, headers=self.headers("PUT", b"")
        )
        self.job: str = answer.get_json()["job"]
        found = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
        operations = [one.ok() for one in found.get_all_operations() if isinstance(one, Ok)]
        self.operations = {one.label: one for one in operations}

    def headers(self, label: str, body: bytes) -> dict[str, str]:
        """Those by which this operation is open."""
        if "/hooks/" in label:
            now = str(int(time.time()))
            return {"X-Dalil-Timestamp": now, "X-Dalil-Signature": f"sha256={sign(self.secret, now, body)}"}
        desk = label.endswith("/api/v1/related") or "/translation-checks" in label
        return {"Authorization": f"Bearer {self.tokens['desk' if desk else 'write']}"}

    def ask(self, label: str, case: Any, body: bytes | None) -> int:
        """Send a request, with this body where there is one; its status. Fails for one of no document."""
        if body is None and case.body is not schemathesis.core.NOT_SET and case.media_type:
            body = case.body if isinstance(case.body, bytes) else json.dumps(case.body).encode()
        more: dict[str, Any] = {} if body is None else {"data": body}
        # A wrong Authorization is not sent: others look at what becomes of it.
        if case.headers and self.negative:
            reject()
        # Clients take such a part out of an address, and what is left is another route's.
        if any(unquote(str(value)) in (".", "..") for value in case.path_parameters.values()):
            reject()
        case.headers.clear()
        case.cookies.clear()
        # Packed answers are for browsers: schemathesis does not unpack all kinds.
        headers = self.headers(label, body or b"") | {"Accept-Encoding": "identity"}
        answer = case.call(headers=headers, **more)
        # Of a bulk each line is answered by itself.
        case.validate_response(answer, checks=CHECKS[:-1] if label.endswith(":bulk") else CHECKS)
        return int(answer.status_code)


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """Over a home of its own, since it is written to."""
    home = hostile_home(tmp_path_factory.mktemp("api"))
    with site(home) as app:
        yield Api(app, home)


def test_every_operation_is_tried(api: Api) -> None:
    """A new route of the document has a line here."""
    assert sorted(api.operations) == sorted(OPERATIONS)


@pytest.mark.parametrize("label", OPERATIONS)
def test_requests_that_fit(api: Api, label: str) -> None:
    """What the document allows, with ids, queries and articles of the archive among the values."""
    ids = NEW_IDS if label.startswith(_WRITES) else IDS | NEW_IDS
    sent = st.tuples(ids, QUERIES, _bodies(label), st.integers(0, 3).map(bool))

    def ask(case: Any, values: tuple[str, str, bytes, bool]) -> int:
        article_id, query, body, known = values
        if known:
            given = {"id": article_id, "name": "news", "group": GROUP}
            if "/jobs/" in label:
                given["id"] = api.job
            case.path_parameters |= {name: quote(given[name], safe="") for name in case.path_parameters}
            case.query = {name: case.query[name] for name in case.query if name in _PLAIN}
            case.query |= {"id": article_id} if label in _BY_ID else {}
            case.query |= {"q": query} if label in _BY_QUERY else {}
        raw = label.startswith("PUT ") or label.endswith((":bulk", "{name}"))
        return api.ask(label, case, body if raw else None)

    statuses = run(api.operations[label].as_strategy(), sent, ask)
    assert any(200 <= status < 300 for status in statuses), statuses


@pytest.mark.parametrize("label", OPERATIONS)
def test_requests_that_do_not_fit(api: Api, label: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Values of other types, beyond their limits, without what is needed: refused, each with a reason."""
    operation = api.operations[label]
    if label == "GET /api/v1/languages":
        pytest.skip("it takes nothing that could be wrong")
    monkeypatch.setattr(api, "negative", True)
    strategy = operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)
    body = b"\xff" if label.endswith(":bulk") else None
    statuses = run(strategy, st.none(), lambda case, _: api.ask(label, case, body))
    assert any(400 <= status < 500 for status in statuses), statuses


def _bodies(label: str) -> st.SearchStrategy[bytes]:
    if label.endswith(":bulk"):
        return LINES
    # The address has the id.
    return PLAIN.map(json.dumps).map(str.encode) | RECORD_BODIES if label.startswith("PUT") else RECORD_BODIES


def run(
    cases: st.SearchStrategy[Any], values: st.SearchStrategy[Any], ask: Callable[[Any, Any], int]
) -> set[int]:
    """Ask so many times; the statuses of the answers."""
    statuses: set[int] = set()

    @seed(20251124)
    @settings(
        max_examples=EXAMPLES, database=None, deadline=None, suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )  # fmt: skip
    @given(cases, values)
    def each(case: Any, value: Any) -> None:
        statuses.add(ask(case, value))

    each()
    return statuses
