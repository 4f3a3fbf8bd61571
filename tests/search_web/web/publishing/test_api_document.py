"""Whatever is sent to any address of the OpenAPI document, the answer is one that the document knows."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.search_web.web.publishing.conftest import Press

WORDS = st.sampled_from(
    [
        *("", "a", "a1", "none", "جسر", "Hà Nội", "x" * 300, "2025", "2025-13", "-1", "0", "1e9", "true"),
        *("NaN", "\x00", "\ud7ff", "💥", "../..", "%", "'\"", "a\nb", "*", '"', "searchable", "csv", "vi"),
    ]
)
TEXTS = WORDS | st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=8,
)
FIELDS = "id lang title body published_at publish_at url images tags delete"
RECORDS = st.fixed_dictionaries({}, optional=dict.fromkeys(FIELDS.split(), VALUES))
RAW = st.fixed_dictionaries({"data": st.binary(max_size=80)})
BODIES = st.fixed_dictionaries({"json": RECORDS | VALUES}) | RAW


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (method, path, described)
        for path, methods in document["paths"].items()
        for method, described in methods.items()
    ]


@st.composite
def requests(draw: st.DrawFn, document: dict[str, Any]) -> tuple[str, str, dict[str, Any], dict[str, Any]]:
    """Method, address, its description, and what is sent with it."""
    method, path, described = draw(st.sampled_from(operations(document)))
    query = []
    for parameter in described.get("parameters", []):
        value = draw(TEXTS)
        if parameter["in"] == "path":
            path = path.replace("{" + parameter["name"] + "}", quote(value or "a", safe=""))
        elif draw(st.booleans()):
            query.append(f"{quote(parameter['name'])}={quote(value)}")
    sent: dict[str, Any] = {}
    if "requestBody" in described:
        sent = draw(BODIES)
    return method.upper(), f"{path}?{'&'.join(query)}", described, sent


@pytest.fixture
def document(press: Press) -> dict[str, Any]:
    found: dict[str, Any] = press.client.get("/api/v1/openapi.json").get_json()
    return found


def test_the_document_has_what_publishes(document: dict[str, Any]) -> None:
    paths = {(method, path) for method, path, _ in operations(document)}
    assert {
        ("put", "/api/v1/articles/{id}"),
        ("delete", "/api/v1/articles/{id}"),
        ("post", "/api/v1/articles:bulk"),
        ("post", "/api/v1/hooks/{name}"),
        ("get", "/api/v1/jobs/{id}"),
    } <= paths


def test_no_request_breaks_it(press: Press, document: dict[str, Any]) -> None:
    """Nothing sent makes an error of the server, with a right token or without."""
    press.put("a1", "جسر one")

    @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
    @given(requests(document), st.sampled_from(["write", "read", ""]))
    def send(request: tuple[str, str, dict[str, Any], dict[str, Any]], scope: str) -> None:
        method, path, described, sent = request
        headers = {"Authorization": f"Bearer {press.tokens[scope]}"} if scope else {}
        answer = press.client.open(path, method=method, headers=headers, **sent)
        try:
            assert answer.status_code < 500, (method, path, sent, answer.text)
            assert str(answer.status_code) in {*described["responses"], "404", "405", "429", "308"}, (
                method, path, sent, answer.text,
            )  # fmt: skip
        finally:
            answer.close()

    send()
