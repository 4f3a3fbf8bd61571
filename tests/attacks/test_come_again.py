"""When to come again is told by what refused, whatever the limit of requests says of its own time."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from indexer.errors import ArchiveUnavailable, ClusterUnavailable, IndexUnavailable
from search_web.core.service import SearchService
from search_web.web.errors import LIMIT_OVER
from tests.attacks.site import site

FAULTS = {
    "5": ArchiveUnavailable("the server of the archive is away"),
    "30": ClusterUnavailable("the cluster is away", 30),
    # As the one before, of an index that lies here.
    "5 ": IndexUnavailable("too many open files"),
}


@pytest.mark.parametrize("seconds", FAULTS)
@pytest.mark.parametrize("path", ["/en/search?q=flood", "/api/v1/search?q=flood"])
def test_faults(hostile: Path, monkeypatch: pytest.MonkeyPatch, path: str, seconds: str) -> None:
    """A limit of an hour does not make a client stay away for an hour."""

    def fails(*_given: Any, **_named: Any) -> None:
        raise FAULTS[seconds]

    with site(hostile, rate_limit="100 per hour") as app:
        client = app.test_client()
        good = client.get(path)
        assert (good.status_code, "Retry-After" in good.headers) == (200, False)
        monkeypatch.setattr(SearchService, "search", fails)
        answer = client.get(path)
    assert (answer.status_code, answer.headers.getlist("Retry-After")) == (503, [seconds.strip()])
    assert LIMIT_OVER not in answer.headers
    assert answer.headers["X-RateLimit-Remaining"] == "98"


def test_the_limit_itself(hostile: Path) -> None:
    """It says how long it lasts, with no answer but its own."""
    with site(hostile, rate_limit="1 per hour") as app:
        client = app.test_client()
        found = [client.get("/en/search?q=flood") for _ in range(2)]
    assert [answer.status_code for answer in found] == [200, 429]
    assert "Retry-After" not in found[0].headers
    assert 3_000 < int(found[1].headers["Retry-After"]) <= 3_600
    assert not any(LIMIT_OVER in answer.headers for answer in found)


def test_files_that_find_no_slot(hostile: Path) -> None:
    """Five seconds, though the limit lasts an hour."""
    with site(hostile, rate_limit="100 per hour") as app, ExitStack() as stack:
        client = app.test_client()
        for _ in range(2):
            stack.enter_context(client.get("/api/v1/export?q=flood"))
        refused = client.get("/en/search.csv?q=flood")
    assert (refused.status_code, refused.headers.getlist("Retry-After")) == (503, ["5"])
