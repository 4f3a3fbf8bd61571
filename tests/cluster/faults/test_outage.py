"""A whole cluster hangs, is killed and started again, while a server goes on accepting articles.

Nothing that it acknowledged is lost, readers are told to come back, and all is found soon after the cluster
is there again, without hands. Numbers of a run stand in docs/cluster.md; `pytest -s` prints them.
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread

import pytest
from flask.testing import FlaskClient

from indexer.access import AccessFile
from indexer.articles import Article
from indexer.config import load_settings
from indexer.generations import open_current
from indexer.inspection import check
from indexer.jobs import add
from indexer.library import Library
from indexer.pace import Pace
from indexer.publishing import Publisher, PublishRequest
from indexer.pulse import Pulse
from search_web.core.service import SearchService
from search_web.desk import Desk
from search_web.web.app import create_app
from search_web.web.config import WebConfig
from search_web.web.operations import Operations
from tests.cluster.faults.work import LONG
from tests.cluster.servers.nodes import Cluster

SAMPLES = Path(__file__).parents[3] / "examples/archive"
OUTAGE_S = 300.0 if LONG else 20.0
ACKNOWLEDGED_S = 30.0
"""For at most so long somebody who publishes may wait: while the server learns that nothing answers."""
FOUND_S = 10.0
"""After the cluster answers again, until everything is found."""
TOLD_S = 15.0
"""For at most so long a reader may wait to be told that there is no answer."""


@dataclass(slots=True)
class Server:
    """A server with its reader and its publisher."""

    client: FlaskClient
    publisher: Publisher
    acknowledged: list[str] = field(default_factory=list)
    sequence: int = 0
    longest_s: float = 0.0

    def publish(self) -> None:
        """Publish one article and note that it was accepted."""
        name = f"outage-{len(self.acknowledged):04}"
        article = Article(id=name, lang="vi", title=f"Cầu mới số {len(self.acknowledged)}")  # "a new bridge"
        started = time.monotonic()
        done = self.publisher.publish(PublishRequest(name, "cms", [article]))
        self.longest_s = max(self.longest_s, time.monotonic() - started)
        self.sequence = done.publication.sequence
        self.acknowledged.append(name)


@contextmanager
def serving(home: Path) -> Iterator[Server]:
    """What `dalil serve` has, in this process."""
    pace = Pace()
    library = Library(home, pace)
    publisher = Publisher(home, library, load_settings(home), pace)
    operations = Operations(publisher, AccessFile(home), Pulse(home, library))
    config = WebConfig(rate_limit="", testing=True)
    app = create_app(SearchService(library), config, desk=Desk(home, library), operations=operations)
    try:
        yield Server(app.test_client(), publisher)
    finally:
        publisher.close()
        library.close()


@pytest.fixture
def home(three_nodes: Cluster, tmp_path: Path) -> Path:
    """The sample archive in the cluster."""
    settings = {
        "engine": "opensearch",
        "opensearch_urls": ",".join(three_nodes.urls),
        "opensearch_prefix": f"outage-{uuid.uuid4().hex[:8]}",
        "opensearch_replicas": 1,
        "opensearch_timeout_s": 4,
    }
    home = tmp_path / "home"
    home.mkdir()
    lines = (f"{name} = {json.dumps(value)}" for name, value in settings.items())
    (home / "dalil.toml").write_text("\n".join(lines) + "\n")
    add(home, [SAMPLES])
    three_nodes.wait_for_status("green")
    return home


def test_a_server_goes_on_through_an_outage_of_the_whole_cluster(three_nodes: Cluster, home: Path) -> None:
    with serving(home) as server:
        server.publish()
        assert server.publisher.wait_searchable(server.sequence, FOUND_S)
        assert server.client.get("/vi/search?q=Cầu").status_code == 200
        with _publishing(server):
            for node in three_nodes.nodes:
                node.freeze()
            _is_told_to_come_back(server, OUTAGE_S / 2)
            for node in three_nodes.nodes:
                node.kill()
            _is_told_to_come_back(server, OUTAGE_S / 2)
            three_nodes.start()
            back = time.monotonic()
        assert server.publisher.wait_searchable(server.sequence, FOUND_S)
        found_s = time.monotonic() - back
        assert server.client.get("/vi/search?q=Cầu").status_code == 200
    assert set(server.acknowledged) <= set(open_current(home).engine.ids())
    # Titles alone are shorter than the articles that scores were made for, as it says.
    assert [problem for problem in check(home) if "scores are made for" not in problem] == []
    print(  # noqa: T201  # for docs/cluster.md
        f"\nthe whole cluster away: {len(server.acknowledged)} articles accepted, the slowest in "
        f"{server.longest_s:.1f} s; all found {found_s:.1f} s after it answered again"
    )
    assert server.longest_s < ACKNOWLEDGED_S


@contextmanager
def _publishing(server: Server) -> Iterator[None]:
    end = Event()

    def go_on() -> None:
        while not end.wait(0.3):
            server.publish()

    thread = Thread(target=go_on)
    thread.start()
    try:
        yield
    finally:
        end.set()
        thread.join()


def _is_told_to_come_back(server: Server, for_s: float) -> None:
    """Pages and the API say 503 with a time, and say it soon; a balancer needs no time."""
    until = time.monotonic() + for_s
    while time.monotonic() < until:
        for address in ("/vi/search?q=Cầu", "/api/v1/search?q=Cầu", "/readyz"):
            started = time.monotonic()
            answer = server.client.get(address)
            assert answer.status_code == 503, address
            assert address == "/readyz" or int(answer.headers["Retry-After"]) > 0
            assert time.monotonic() - started < TOLD_S
        time.sleep(0.5)
