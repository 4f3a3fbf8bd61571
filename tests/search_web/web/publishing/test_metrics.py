"""`/metrics` and `/readyz`: who is told, and that the numbers are those of what happened."""

from __future__ import annotations

import re
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from indexer.access import AccessFile
from indexer.archive import Archive, publications
from indexer.articles import Article
from indexer.library import Library
from indexer.pulse import Pulse, Vitals
from search_web.core.pages import Notice, NoticeKind, SearchInput
from search_web.core.service import SearchService
from search_web.web import metrics
from search_web.web.app import create_app
from search_web.web.config import WebConfig
from search_web.web.operations import Operations
from tests.search_web.web.publishing.conftest import Press


def told(press: Press) -> dict[str, dict[tuple[str, ...], float]]:
    """Name -> values of the labels, by their names -> value."""
    answer = press.send("GET", "/metrics", scope="read")
    assert answer.status_code == 200
    found: dict[str, dict[tuple[str, ...], float]] = {}
    for family in text_string_to_metric_families(answer.text):
        for sample in family.samples:
            labels = tuple(value for _, value in sorted(sample.labels.items()))
            found.setdefault(sample.name, {})[labels] = sample.value
    return found


def test_requests_and_answers_are_counted(press: Press) -> None:
    press.put("a", "A footbridge opens")
    for query in ("footbridge", "footbridge", "zzyzx"):
        press.client.get(f"/api/v1/search?q={query}")
    press.client.get("/secret-name/and-more")
    found = told(press)
    assert found["dalil_searches_total"] == {("found",): 2, ("nothing",): 1}
    requests = found["dalil_request_seconds_count"]
    assert requests["GET", "/api/v1/search", "200"] == 3
    assert requests["PUT", "/api/v1/articles/<path:id>", "200"] == 1
    assert requests["GET", "none", "404"] == 1
    assert not any("secret-name" in str(labels) for labels in requests)


def test_the_index_is_told(press: Press) -> None:
    press.put("a", "one")
    press.put("b", "two")
    found = {name: values[()] for name, values in told(press).items() if () in values}
    assert (found["dalil_articles"], found["dalil_indexed_articles"], found["dalil_behind_changes"]) == (
        2,
        2,
        0,
    )
    assert (found["dalil_index_ready"], found["dalil_quarantined_records"]) == (1, 0)
    assert 0 <= found["dalil_last_change_age_seconds"] < 60
    assert told(press)["dalil_jobs_total"]["http",] == 2


def test_counts_of_jobs_never_go_down(press: Press) -> None:
    """Though jobs are forgotten after a week: less than before would be a count that began anew."""
    press.put("a", "one")
    press.put("b", "two")
    with closing(Archive.open(press.home / "archive.db")) as archive, archive.transaction() as connection:
        connection.exec_driver_sql("UPDATE publications SET at = 0 WHERE rowid = 1")
        publications.forget_old(connection)
    assert told(press)["dalil_jobs_total"]["http",] == 2


def test_before_the_first_article(press: Press) -> None:
    found = told(press)
    assert found["dalil_index_ready"][()] == 0
    assert "dalil_last_change_age_seconds" not in found


@pytest.mark.parametrize(
    ("headers", "address", "status"),
    [
        ({}, "127.0.0.1", 200),
        ({}, "::1", 200),
        ({}, "192.0.2.7", 403),
        ({"X-Forwarded-For": "192.0.2.7"}, "127.0.0.1", 403),
        ({"Forwarded": "for=192.0.2.7"}, "127.0.0.1", 403),
    ],
)
def test_this_machine_alone(tmp_path: Path, headers: dict[str, str], address: str, status: int) -> None:
    """With `metrics = "local"`; not for who comes through a proxy on this machine."""
    with closing(Library(tmp_path)) as library:
        config = WebConfig(local_metrics=True, rate_limit="")
        operations = Operations(None, AccessFile(tmp_path), Pulse(tmp_path, library))
        client = create_app(SearchService(library), config, operations=operations).test_client()
        answer = client.get("/metrics", headers=headers, environ_base={"REMOTE_ADDR": address})
        assert answer.status_code == status


@pytest.mark.parametrize(
    ("kinds", "total", "kind"),
    [
        ([], 3, "found"),
        ([NoticeKind.DID_YOU_MEAN, NoticeKind.BEHIND], 3, "found"),
        ([NoticeKind.RESCUED], 3, "rescued"),
        ([NoticeKind.RELAXED], 3, "rescued"),
        ([NoticeKind.NOTHING_FOUND], 0, "nothing"),
        ([NoticeKind.RESCUED], 0, "nothing"),
    ],
)
def test_kinds_of_answers(press: Press, kinds: list[NoticeKind], total: int, kind: str) -> None:
    press.put("a", "one")
    page = press.service.search(SearchInput("one"))
    assert metrics.kind_of(replace(page, notices=tuple(map(Notice, kinds)), total=total)) == kind


class _Behind:
    def vitals(self) -> Vitals:
        raise AssertionError

    def behind_s(self) -> float:
        return 12.5


@pytest.mark.parametrize(("limit_s", "status"), [(0.0, 200), (12.5, 200), (12.0, 503)])
def test_an_index_that_is_too_far_behind_is_not_ready(press: Press, limit_s: float, status: int) -> None:
    press.put("a", "one")
    config = WebConfig(ready_behind_s=limit_s)
    client = create_app(press.service, config, operations=Operations(pulse=_Behind())).test_client()
    answer = client.get("/readyz")
    reasons: dict[str, Any] = answer.get_json()["reasons"]
    assert (answer.status_code, answer.get_json()["ready"]) == (status, status == 200)
    assert reasons["behind_s"] == 12.5
    assert reasons.get("limit_s", limit_s) == limit_s


def test_how_long_a_change_waits(press: Press) -> None:
    press.put("a", "one")
    assert press.client.get("/readyz").get_json()["reasons"]["behind_s"] == 0
    with closing(Archive.open(press.home / "archive.db")) as archive:
        archive.put([Article(id="b", lang="en", title="two")])
    waits = press.client.get("/readyz").get_json()["reasons"]["behind_s"]
    assert 0 <= waits < 30
    assert re.fullmatch(r"\d+\.\d+", str(waits))
