"""Signed posts: only who has the secret publishes, now, and each post once."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from typing import Any

import pytest
from werkzeug.test import TestResponse

from search_web.web.publishing import hooks
from tests.search_web.web.publishing.conftest import Press

PATH = "/api/v1/hooks/cms"


def post(
    press: Press, body: Any, *, at: float | None = None, path: str = PATH, **changed: Any
) -> TestResponse:
    data = json.dumps(body).encode()
    timestamp = str(int(time.time() if at is None else at))
    # By the description alone, not by the server's own function.
    signed = hmac.new(press.secret.encode(), timestamp.encode() + b"." + data, hashlib.sha256).hexdigest()
    headers = {"X_Dalil_Timestamp": timestamp, "X_Dalil_Signature": f"sha256={signed}"} | changed
    return press.send("POST", path, data, "", **headers)


def test_a_signed_post_publishes(press: Press) -> None:
    answer = post(press, {"id": "a", "lang": "en", "title": "one"}, path=f"{PATH}?wait=searchable")
    assert (answer.status_code, answer.get_json()["counts"]) == (200, {"new": 1})
    assert press.client.get("/api/v1/articles/a").status_code == 200


def test_a_list_of_articles_and_removals(press: Press) -> None:
    press.put("old", "old")
    answer = post(press, [{"id": "a", "lang": "en", "title": "one"}, {"delete": "old"}])
    assert answer.get_json()["counts"] == {"new": 1, "removed": 1}


@pytest.mark.parametrize("body", [[], 7, [{"id": "a"}], {"delete": "a", "title": "x"}, [None], [[]] * 501])
def test_what_is_no_article_is_refused_whole(press: Press, body: Any) -> None:
    assert post(press, body).status_code == 422
    assert not (press.home / "archive.db").exists()


def test_the_same_post_again_is_refused(press: Press) -> None:
    body = {"id": "a", "lang": "en", "title": "one"}
    at = time.time()
    first = post(press, body, at=at)
    again = post(press, body, at=at)
    assert (again.status_code, again.get_json()["error"]["code"]) == (409, "replayed")
    assert again.get_json()["error"]["detail"] == {"job": first.get_json()["job"]}
    assert post(press, body, at=at - 1).status_code == 202


@pytest.mark.parametrize("seconds", [-hooks.TOLERANCE_S - 5, hooks.TOLERANCE_S + 5])
def test_an_old_post_is_refused(press: Press, seconds: float) -> None:
    answer = post(press, {"id": "a", "title": "one"}, at=time.time() + seconds)
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (401, "bad_timestamp")


@pytest.mark.parametrize("changed", [{"X_Dalil_Timestamp": "1764000000"}, {"X_Dalil_Signature": "0" * 64}])
def test_timestamp_and_body_are_signed(press: Press, changed: dict[str, Any]) -> None:
    answer = post(press, {"id": "a", "title": "one"}, **changed)
    assert answer.get_json()["error"]["code"] == "bad_signature"


@pytest.mark.parametrize("timestamp", ["", "now", "-5", "1" * 13, "١٢٣"])
def test_a_timestamp_is_seconds(press: Press, timestamp: str) -> None:
    if not timestamp.isascii():
        timestamp = timestamp.encode().decode("latin-1")
    answer = post(press, {"id": "a", "title": "one"}, X_Dalil_Timestamp=timestamp)
    assert answer.get_json()["error"]["code"] == "not_signed"


def test_who_guesses_must_wait(press: Press) -> None:
    wrong = [post(press, {}, X_Dalil_Signature="0" * 64).status_code for _ in range(hooks.ATTEMPTS + 1)]
    assert wrong == [401] * hooks.ATTEMPTS + [429]
    answer = post(press, {"id": "a", "lang": "en", "title": "one"})
    assert int(answer.headers["Retry-After"]) <= hooks.ATTEMPTS_S


def test_a_revoked_hook_takes_nothing(press: Press) -> None:
    press.access.create_hook("other")
    press.access.revoke_hook("cms")
    assert post(press, {"id": "a", "title": "one"}).get_json()["error"]["code"] == "bad_signature"
