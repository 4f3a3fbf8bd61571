"""Web machines over one archive on a server: what one publishes the other has; a server that goes away."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from indexer import jobs
from indexer.access import AccessFile
from indexer.archive.advisory_locks import close_sessions
from indexer.config import Settings
from indexer.library import Library
from indexer.publishing import Publisher
from indexer.pulse import Pulse
from search_web.core.service import SearchService
from search_web.web.app import create_app
from search_web.web.config import WebConfig
from search_web.web.operations import Operations
from tests.postgres_server import Missing, PostgresServer, running_server


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[PostgresServer]:
    pytest.importorskip("pg8000", reason="pg8000 is not installed: pip install 'dalil-search[postgres]'")
    with ExitStack() as stack:
        try:
            started = stack.enter_context(running_server())
        except Missing as missing:
            pytest.skip(str(missing))
        monkeypatch.setenv("DALIL_ARCHIVE_URL", started.place())
        yield started
        close_sessions()


@contextmanager
def machine(home: Path) -> Iterator[FlaskClient]:
    """A web machine with a home of its own."""
    library = Library(home)
    publisher, pulse = Publisher(home, library, Settings()), Pulse(home, library)
    operations = Operations(publisher, AccessFile(home), pulse)
    app = create_app(SearchService(library), WebConfig(testing=True, rate_limit=""), operations=operations)
    yield app.test_client()
    publisher.close()
    pulse.close()
    library.close()


def test_machines_share_an_archive_that_may_go_away(tmp_path: Path, server: PostgresServer) -> None:
    """An article is published here and read there; while the server is away both say when to ask again."""
    token = AccessFile(tmp_path / "a").create_token("cms", "write")
    headers = {"Authorization": f"Bearer {token}"}
    address = "/api/v1/articles/flood?wait=searchable"
    with machine(tmp_path / "a") as one:
        body = {"lang": "en", "title": "Floods recede"}
        assert one.put(address, json=body, headers=headers).status_code == 200
        # The other one indexes what the archive has, in its own home.
        jobs.catch_up(tmp_path / "b")
        with machine(tmp_path / "b") as other:
            assert other.get("/api/v1/search?q=floods").get_json()["total"] == 1
            server.stop()
            for path in ("/en/search?q=recede", "/api/v1/search?q=recede"):
                answer = other.get(path)
                assert (answer.status_code, answer.headers.get("Retry-After")) == (503, "5"), path
                assert "postgresql" not in answer.text
            answer = one.put(address, json=body, headers=headers)
            assert (answer.status_code, "Retry-After" in answer.headers) == (503, True)
            server.start()
            assert other.get("/api/v1/search?q=recede").get_json()["total"] == 1
            body = {"lang": "en", "title": "Floods are over"}
            assert one.put(address, json=body, headers=headers).status_code == 200
            jobs.catch_up(tmp_path / "b")
            assert "Floods are over" in other.get("/api/v1/articles/flood").text
