"""The log: ids, one line each whatever comes, and nothing that is nobody's business."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from flask.testing import FlaskClient

from search_web.web import request_log
from search_web.web.app import create_app
from search_web.web.config import WebConfig
from tests.search_web.web.conftest import FakeService


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What is logged, as JSON; the process's own log is as before afterwards."""
    root, ours = logging.getLogger(), logging.getLogger("dalil")
    before = (list(root.handlers), root.level, ours.level)
    stream = io.StringIO()
    request_log.configure("json", stream)
    yield stream
    for handler in list(root.handlers):
        root.removeHandler(handler)
    for handler in before[0]:
        root.addHandler(handler)
    root.setLevel(before[1])
    ours.setLevel(before[2])
    structlog.contextvars.clear_contextvars()


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_for_each_request(client: FlaskClient, written: io.StringIO) -> None:
    answer = client.get("/vi/search?q=bridge+to+nowhere")
    (line,) = lines(written)
    assert line["request_id"] == answer.headers["X-Request-Id"]
    assert (line["method"], line["status"], line["level"]) == ("GET", 200, "info")
    assert line["route"].endswith("/search")
    assert line["ms"] >= 0


def test_what_was_typed_is_not_in_it(client: FlaskClient, written: io.StringIO) -> None:
    for path in ("/vi/search?q=sesame", "/api/v1/search?q=sesame", "/api/v1/suggest?q=sesame", "/sesame"):
        client.get(path, headers={"Referer": "https://example.org/?q=sesame", "User-Agent": "sesame"})
    assert len(lines(written)) == 4
    assert "sesame" not in written.getvalue()


def test_unless_the_operator_wants_it(service: FakeService, written: io.StringIO) -> None:
    app = create_app(service, WebConfig(log_queries=True, testing=True))
    app.test_client().get("/vi/search?q=H%C3%A0+N%E1%BB%99i")
    assert lines(written)[0]["query"] == "Hà Nội"


@pytest.mark.parametrize("given", ["my-request-0001", "0123456789abcdef", "a.b_c-d-e"])
def test_a_well_formed_id_is_kept(client: FlaskClient, given: str) -> None:
    assert client.get("/healthz", headers={"X-Request-Id": given}).headers["X-Request-Id"] == given


@pytest.mark.parametrize(
    "given",
    ["", "short", "a" * 65, "-leading-hyphen", "with blank", "<script>alert", "q\u00e9q\u00e9q\u00e9q\u00e9"],
)
def test_any_other_is_replaced(client: FlaskClient, given: str) -> None:
    made = client.get("/healthz", headers={"X-Request-Id": given}).headers["X-Request-Id"]
    assert made != given
    assert len(made) == 16
    assert int(made, 16) >= 0


def test_nothing_begins_another_line(service: FakeService, written: io.StringIO) -> None:
    """Whatever an address or a query has: line ends, escapes of terminals, marks of direction."""
    app = create_app(service, WebConfig(log_queries=True, testing=True))
    service.error = ValueError("broken")
    app.test_client().get("/api/v1/search?q=%0A%7B%22level%22%3A%22forged%22%7D%1B%5B31m%E2%80%AE%E2%80%A8")
    found = lines(written)
    assert {line["level"] for line in found} == {"error", "info"}
    raw = written.getvalue()
    assert not any(mark in raw for mark in ("\x1b", "\N{RIGHT-TO-LEFT OVERRIDE}", "\N{LINE SEPARATOR}"))
    assert next(line for line in found if line["level"] == "error")["request_id"]


def test_every_line_of_a_request_has_its_id(service: FakeService, written: io.StringIO) -> None:
    service.error = ValueError("broken")
    client = create_app(service, WebConfig(testing=True)).test_client()
    ids = [client.get("/api/v1/search?q=a").headers["X-Request-Id"] for _ in range(2)]
    assert [line["request_id"] for line in lines(written)] == [ids[0]] * 2 + [ids[1]] * 2
    assert "ValueError: broken" in lines(written)[0]["exception"]


def test_probes_are_for_debugging(client: FlaskClient, written: io.StringIO) -> None:
    for path in ("/healthz", "/readyz", "/static/dalil.css"):
        client.get(path).close()
    assert lines(written) == []
