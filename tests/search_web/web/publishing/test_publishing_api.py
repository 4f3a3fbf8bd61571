"""Articles published and removed over HTTP: what is acknowledged is there, once, and found."""

from __future__ import annotations

import json
import logging
import threading
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from indexer import inspection
from indexer.access import AccessFile
from indexer.archive import Archive, versions
from indexer.errors import ArchiveError
from indexer.library import Library
from indexer.writer_lock import writer_lock
from search_web.core.pages import SearchInput
from search_web.core.service import SearchService
from search_web.web.app import create_app
from search_web.web.config import WebConfig
from search_web.web.operations import Operations
from search_web.web.publishing import models
from tests.search_web.web.publishing.conftest import Press

CASES = json.loads(
    (Path(__file__).parents[3] / "cases" / "http" / "refusals.json").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("case", CASES, ids=[case["label"] for case in CASES])
def test_refusals(press: Press, case: dict[str, Any]) -> None:
    """One shape, the status, the code, and nothing done."""
    headers = dict(case.get("headers", {}))
    if case["token"] == "basic":  # noqa: S105 -- the scheme
        headers["Authorization"] = "Basic dXNlcjpwYXNz"
    scope = case["token"] if case["token"] != "basic" else ""  # noqa: S105
    answer = press.send(case["method"], case["path"], case.get("body"), scope, **headers)
    assert answer.status_code == case["status"], answer.text
    if case.get("json", True):
        error = answer.get_json()["error"]
        assert error["code"] == case["code"]
        assert case.get("says", "") in error["message"]
    assert answer.status_code != 401 or "hooks" in case["path"] or answer.headers["WWW-Authenticate"]
    assert not (press.home / "archive.db").exists() or inspection.status(press.home).articles == 0


def test_without_any_token_it_is_closed(tmp_path: Path) -> None:
    """Not by a wrong token, but by there being none: 403 says how to make one."""
    library = Library(tmp_path)
    app = create_app(
        SearchService(library),
        WebConfig(rate_limit=""),
        operations=Operations(_Nothing(), AccessFile(tmp_path)),
    )
    for method, path in (
        ("PUT", "/api/v1/articles/a"),
        ("DELETE", "/api/v1/articles/a"),
        ("POST", "/api/v1/articles:bulk"),
        ("GET", "/api/v1/jobs/a"),
        ("POST", "/api/v1/hooks/a"),
    ):
        headers = {"Authorization": "Bearer dalil_guess"}
        answer = app.test_client().open(path, method=method, headers=headers, json={"title": "x"})
        assert answer.status_code == 403
        assert answer.get_json()["error"]["code"] == "publishing_off"
        assert "create" in answer.get_json()["error"]["message"]


class _Nothing:
    """Must not be asked."""

    def publish(self, *_: Any) -> Any:
        raise AssertionError

    wait_searchable = job = publish


def test_an_article_is_found_when_that_is_said(press: Press) -> None:
    answer = press.put("en/2025/bridge", "A footbridge opens")
    told = answer.get_json()
    assert (answer.status_code, told["status"], told["state"]) == (200, "new", "searchable")
    assert 0 < told["searchable_s"] < 30
    assert [hit.id for hit in press.service.search(SearchInput("footbridge")).results] == ["en/2025/bridge"]
    job = press.send("GET", answer.headers["Location"], scope="read").get_json()
    assert job == {name: told[name] for name in told if name not in ("id", "status", "searchable_s")}
    assert answer.headers["Cache-Control"] == "no-store"


def test_without_waiting_it_is_acknowledged_when_it_is_archived(press: Press) -> None:
    answer = press.put("a", "one", wait=False)
    assert (answer.status_code, answer.get_json()["state"]) == (202, "archived")
    with closing(Archive.open(press.home / "archive.db")) as archive:
        assert archive.get("a").title == "one"


def test_what_becomes_of_an_article(press: Press) -> None:
    """New, unchanged, changed, held under embargo, removed, absent."""
    found = [press.put("a", title, wait=False).get_json()["status"] for title in ("one", "one", "two")]
    held = {"title": "later", "lang": "en", "publish_at": "2999-01-01"}
    found.append(press.send("PUT", "/api/v1/articles/b", held).get_json()["status"])
    found += [press.send("DELETE", "/api/v1/articles/a").get_json()["status"] for _ in range(2)]
    assert found == ["new", "unchanged", "changed", "held", "removed", "absent"]
    assert press.client.get("/api/v1/articles/a").status_code == 410
    assert press.client.get("/api/v1/articles/b").status_code == 404


def test_an_id_means_the_same_article_whoever_says_it(press: Press) -> None:
    """An id is one clean line; what was published under an address is removed under it."""
    put = press.put("a%20%20b%0B", "one")
    assert put.get_json()["id"] == "a b"
    removed = press.send("DELETE", "/api/v1/articles/a%20%20b%0B").get_json()
    assert (removed["id"], removed["status"]) == ("a b", "removed")
    lines = '{"id": " a  b", "lang": "en", "title": "one"}\n{"delete": " a  b"}'
    told = press.send("POST", "/api/v1/articles:bulk", lines).text.splitlines()
    assert json.loads(told[1]) == {"line": 2, "id": "a b", "status": "removed"}


def test_a_key_makes_a_request_once(press: Press) -> None:
    """The same again is told what was done; the article may have been changed since, and stays so."""
    first = press.put("a", "one", wait=False, Idempotency_Key="k-1")
    press.put("a", "two", wait=False)
    again = press.put("a", "one", wait=False, Idempotency_Key="k-1")
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.get_json() == first.get_json()
    other = press.put("a", "three", wait=False, Idempotency_Key="k-1")
    assert (other.status_code, other.get_json()["error"]["code"]) == (422, "idempotency_key_reused")
    with closing(Archive.open(press.home / "archive.db")) as archive:
        assert archive.get("a").title == "two"


def test_one_body_under_two_addresses_is_two_requests(press: Press) -> None:
    press.put("a", "one", wait=False, Idempotency_Key="k")
    assert press.put("b", "one", wait=False, Idempotency_Key="k").status_code == 422


def test_a_key_belongs_to_its_token(press: Press) -> None:
    press.put("a", "one", wait=False, Idempotency_Key="k")
    other = press.access.create_token("other", "write")
    answer = press.send("PUT", "/api/v1/articles/b", {"title": "two"}, other, Idempotency_Key="k")
    assert answer.status_code == 202


def test_a_revoked_token_opens_nothing(press: Press) -> None:
    assert press.put("a", "one", wait=False).status_code == 202
    press.access.revoke_token("write")
    assert press.put("a", "two", wait=False).get_json()["error"]["code"] == "token_unknown"


def test_who_publishes_may_come_often_and_who_guesses_may_not(press: Press) -> None:
    """The limit is ten a minute."""
    assert [press.put("a", str(n), wait=False).status_code for n in range(15)] == [202] * 15
    guesses = [press.send("PUT", "/api/v1/articles/a", {}, f"dalil_{n}").status_code for n in range(15)]
    assert guesses == [401] * 10 + [429] * 5


def test_a_body_has_a_limit(press: Press, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("search_web.web.publishing.api.ARTICLE_BYTES", 200)
    assert press.put("a", "x" * 100, wait=False).status_code == 202
    answer = press.put("a", "x" * 300, wait=False)
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (413, "request_entity_too_large")
    assert models.ARTICLE_BYTES > 200


def test_another_job_is_writing(press: Press, monkeypatch: pytest.MonkeyPatch) -> None:
    """The client is told when to come again; nothing was done, and then it is."""
    monkeypatch.setattr("indexer.publishing.PATIENCE_S", 0.1)
    with writer_lock(press.home, 1):
        answer = press.put("a", "one", wait=False)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
    assert answer.get_json()["error"]["code"] == "busy"
    assert press.put("a", "one", wait=False).get_json()["status"] == "new"


def test_twenty_threads_lose_and_double_nothing(press: Press) -> None:
    """Each puts an article of its own and versions of a common one; the log has all of them in order."""
    answers: list[tuple[int, int, str]] = []

    def work(number: int) -> None:
        for step in range(3):
            own = press.put(f"own-{number}", f"own {step}", wait=False)
            both = press.put("common", f"version {number}.{step}", wait=False)
            answers.append((own.status_code, both.status_code, both.get_json()["status"]))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {answer[:2] for answer in answers} == {(202, 202)}
    assert sorted(answer[2] for answer in answers) == ["changed"] * 59 + ["new"]
    assert press.put("last", "last").status_code == 200
    assert inspection.check(press.home) == []
    with closing(Archive.open(press.home / "archive.db")) as archive:
        assert archive.count() == 22
        assert {archive.get(f"own-{n}").title for n in range(20)} == {"own 2"}
        log = [change.id for change in archive.changes_since(0, 1_000)]
        assert (log.count("common"), len(log)) == (60, 121)
        with archive.transaction() as connection:
            kept = versions.history(connection, "common")
        # Of one thread's versions none stands before an earlier one.
        titles = [version.record["title"].split()[1] for version in reversed(kept)]
        for number in range(20):
            steps = [title for title in titles if title.split(".")[0] == str(number)]
            assert steps == sorted(steps)


def test_a_fault_of_the_index_is_no_fault_of_the_archive(
    press: Press, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It is acknowledged, the log says what is wrong, and the next request brings both up."""
    press.put("a", "one")

    def broken(*_: Any, **__: Any) -> int:
        raise ArchiveError("no room")

    with monkeypatch.context() as patch, caplog.at_level(logging.ERROR):
        patch.setattr("indexer.publishing_index.apply_changes", broken)
        job = press.put("b", "two", wait=False).get_json()["job"]
        assert press.send("GET", f"/api/v1/jobs/{job}", scope="read").get_json()["state"] == "archived"
        press.publisher.close()
    assert "behind the archive" in caplog.text
    assert inspection.status(press.home).behind == 1


def test_no_secret_is_logged(press: Press, caplog: pytest.LogCaptureFixture) -> None:
    """Neither tokens, right or wrong, nor the secrets of hooks; names of tokens are."""
    with caplog.at_level(logging.DEBUG):
        press.put("a", "one")
        press.send("PUT", "/api/v1/articles/a", {}, "dalil_not-a-token")
        press.send("PUT", "/api/v1/articles/a", {}, "read")
        press.send("POST", "/api/v1/hooks/cms", "{}", "", X_Dalil_Timestamp="1", X_Dalil_Signature="0" * 64)
    assert "read lacks the scope write" in caplog.text
    for secret in (*press.tokens.values(), press.secret, "not-a-token"):
        assert secret not in caplog.text
