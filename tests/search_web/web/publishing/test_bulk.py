"""`articles:bulk`: a line in, a line out; one bad line never stops the rest."""

from __future__ import annotations

import json
from contextlib import closing
from typing import Any

import pytest

from indexer import inspection
from indexer.archive import Archive
from indexer.errors import ArchiveError
from indexer.publishing import Publisher, PublishRequest
from tests.search_web.web.publishing.conftest import Press

PATH = "/api/v1/articles:bulk"


def told(press: Press, body: str | bytes, path: str = PATH, **headers: str) -> list[dict[str, Any]]:
    answer = press.send("POST", path, body, **headers)
    assert (answer.status_code, answer.mimetype) == (200, "application/x-ndjson")
    return [json.loads(line) for line in answer.text.splitlines()]


def test_every_line_is_answered(press: Press) -> None:
    lines = [
        '{"id": "a", "lang": "en", "title": "one"}',
        "not json",
        "",
        '{"id": "a", "lang": "en", "title": "two"}',
        '{"delete": "a"}',
        '{"delete": "none"}',
        '{"delete": 7}',
        '{"headline": "schema.org", "inLanguage": "vi", "url": "https://example.org/x"}',
        '{"title": "\\u0000", "lang": "ar"}',
    ]
    found = told(press, "\n".join(lines).encode(), f"{PATH}?wait=searchable")
    assert [(line["line"], line["status"]) for line in found[:-1]] == [
        (1, "new"),
        (2, "rejected"),
        (4, "changed"),
        (5, "removed"),
        (6, "absent"),
        (7, "rejected"),
        (8, "new"),
        (9, "rejected"),
    ]
    assert "not JSON" in found[1]["error"]["message"]
    last = found[-1]
    assert (last["state"], last["done"]) == ("searchable", True)
    assert last["counts"] == {"rejected": 3, "new": 2, "changed": 1, "removed": 1, "absent": 1}
    job = press.send("GET", f"/api/v1/jobs/{last['job']}", scope="read").get_json()
    assert job["counts"] == last["counts"]


def test_more_lines_than_a_transaction(press: Press) -> None:
    body = "".join(json.dumps({"id": str(n), "lang": "en", "title": f"story {n}"}) + "\n" for n in range(250))
    found = told(press, body, f"{PATH}?wait=searchable")
    assert [line["line"] for line in found[:-1]] == list(range(1, 251))
    assert found[-1]["counts"] == {"new": 250}
    assert inspection.check(press.home) == []


def test_a_line_that_is_too_long_is_skipped(press: Press, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("search_web.web.publishing.bulk.ARTICLE_BYTES", 100)
    long = json.dumps({"id": "long", "title": "x" * 100})
    found = told(press, f'{long}\n{{"id": "short", "lang": "en", "title": "x"}}\n')
    assert [line["status"] for line in found[:-1]] == ["rejected", "new"]
    assert found[0]["error"]["code"] == "line_too_long"


def test_the_whole_has_a_limit(press: Press, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("search_web.web.publishing.bulk.BULK_BYTES", 50)
    assert press.send("POST", PATH, "x" * 60).status_code == 413


@pytest.mark.parametrize("body", [b"", b"\n\n", b"\xff\xfe", b"\x00", b"[" * 100_000])
def test_bytes_that_are_no_articles(press: Press, body: bytes) -> None:
    found = told(press, body)
    assert found[-1]["done"] is True
    assert {line["status"] for line in found[:-1]} <= {"rejected"}


def test_a_key_makes_a_bulk_once(press: Press) -> None:
    body = '{"id": "a", "lang": "en", "title": "one"}\n'
    first = told(press, body, Idempotency_Key="k")
    again = told(press, body, Idempotency_Key="k")
    assert again == [first[-1] | {"state": "archived"}]
    assert press.send("POST", PATH, body + "\n", Idempotency_Key="k").status_code == 422


def test_a_bulk_that_is_sent_twice_at_once_is_made_once(
    press: Press, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who gave up waiting sends it again: whichever is slower tells what the other has done."""
    publish = Publisher.publish
    body = "".join(json.dumps({"id": str(n), "lang": "en", "title": f"story {n}"}) + "\n" for n in range(150))
    calls = 0
    other: list[dict[str, Any]] = []

    def overtaken(self: Publisher, request: PublishRequest) -> Any:
        nonlocal calls
        calls += 1
        # The key is looked up first, then come a hundred lines.
        if calls == 3:
            other.extend(told(press, body, Idempotency_Key="k"))
        return publish(self, request)

    monkeypatch.setattr(Publisher, "publish", overtaken)
    found = told(press, body, Idempotency_Key="k")
    assert [line["line"] for line in found[:-1]] == list(range(1, 101))
    assert (len(other), other[-1]["counts"]) == (151, {"unchanged": 100, "new": 50})
    assert found[-1] == other[-1]
    with closing(Archive.open(press.home / "archive.db")) as archive:
        assert archive.count() == 150


def test_a_bulk_that_cannot_go_on_says_from_where(press: Press, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was answered is there; the rest is to be sent again."""
    publish = Publisher.publish
    calls = 0

    def failing(self: Publisher, request: PublishRequest) -> Any:
        nonlocal calls
        calls += 1
        if calls > 1:
            raise ArchiveError("the disk is full")
        return publish(self, request)

    monkeypatch.setattr(Publisher, "publish", failing)
    body = "".join(json.dumps({"id": str(n), "lang": "en", "title": f"story {n}"}) + "\n" for n in range(150))
    found = told(press, body)
    assert len(found) == 101
    assert found[-1]["done"] is False
    assert found[-1]["error"] == {
        "code": "archive_unavailable",
        "message": "archive unavailable; send it again from line 101",
    }
    monkeypatch.undo()
    with closing(Archive.open(press.home / "archive.db")) as archive:
        assert archive.count() == 100
