"""The whole product over a cluster answers as it does over files: the API, the pages, the commands."""

from __future__ import annotations

import json
import math
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from indexer.jobs import add
from indexer.library import Library
from indexer.rebuilding import reindex
from search_web.cli import main
from search_web.core.service import SearchService
from search_web.desk import Desk
from search_web.web.app import create_app
from search_web.web.config import WebConfig
from search_web.web.search_url import MAX_QUERY
from tests.cluster.engine_indexes import running_node

SAMPLES = Path(__file__).parents[2] / "examples/archive"
CASES = json.loads((Path(__file__).parents[1] / "cases/cluster/product.json").read_text("utf-8"))
SHARE = 5e-4
"""Of a number with a point, by which it may differ: frequencies of a cluster are rounded."""
LIMIT = 1_024
"""Words that a cluster takes in one query."""
Homes = tuple[Path, Path]
Clients = tuple[FlaskClient, FlaskClient]


@pytest.fixture(scope="module")
def homes(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Homes:
    """The sample archive twice: in files, and from there in the cluster."""
    url = running_node() or request.getfixturevalue("one_node").url
    files, cluster = tmp_path_factory.mktemp("files"), tmp_path_factory.mktemp("cluster")
    add(files, [SAMPLES])
    shutil.copytree(files, cluster, dirs_exist_ok=True)
    lines = ('engine = "opensearch"', f'opensearch_urls = "{url}"', 'opensearch_prefix = "product"')
    (cluster / "dalil.toml").write_text("\n".join(lines) + "\n")
    reindex(cluster)
    return files, cluster


@contextmanager
def _client(home: Path) -> Iterator[FlaskClient]:
    library = Library(home)
    try:
        config = WebConfig(rate_limit="", testing=True)
        app = create_app(SearchService(library), config, desk=Desk(home, library))
        yield app.test_client()
    finally:
        library.close()


@pytest.fixture(scope="module")
def clients(homes: Homes) -> Iterator[Clients]:
    """Readers of the two."""
    with _client(homes[0]) as files, _client(homes[1]) as cluster:
        yield files, cluster


@pytest.mark.parametrize("case", CASES["requests"], ids=lambda case: case["label"])
def test_a_request_is_answered_alike(clients: Clients, case: dict[str, str]) -> None:
    expected, found = (client.get(quote(case["get"], safe="/?&=:")) for client in clients)
    assert (expected.status_code, found.status_code) == (200, 200)
    if "json" in str(expected.mimetype):
        assert _differences(expected.get_json(force=True), found.get_json(force=True)) == []
    else:
        assert _without_time(found.text) == _without_time(expected.text)


def test_a_draft_of_many_words_has_stories_around_it(clients: Clients) -> None:
    """Longer than any query may be, and in three languages."""
    hits = clients[0].get("/api/v1/search?q=&size=100").get_json()["hits"]
    articles = [clients[0].get(f"/api/v1/articles/{hit['id']}").get_json()["article"] for hit in hits]
    draft = "\n\n".join(paragraph for article in articles for paragraph in article["body"])
    assert len(set(draft.split())) > LIMIT
    expected, found = (client.post("/api/v1/related", json={"draft": draft}) for client in clients)
    assert (expected.status_code, found.status_code) == (200, 200)
    assert _differences(expected.get_json(), found.get_json()) == []
    assert found.get_json()["related"]


@pytest.mark.parametrize("lang", ["ar", "vi", "en"])
@pytest.mark.parametrize("form", ["{}", '"{0} {0}"', "{} OR"])
def test_the_longest_query_is_taken(clients: Clients, lang: str, form: str) -> None:
    """Its words become several terms each, and are all together fewer than a cluster takes."""
    hits = clients[0].get(f"/api/v1/search?q=&lang={lang}&size=30").get_json()["hits"]
    words = dict.fromkeys(word for hit in hits for word in hit["title"].split() if word.isalpha())
    text = " ".join(form.format(word) for word in words)[:MAX_QUERY].removesuffix(" OR")
    expected, found = (client.get("/api/v1/search", query_string={"q": text}) for client in clients)
    assert (expected.status_code, found.status_code) == (200, 200)
    assert _differences(expected.get_json(), found.get_json()) == []


@pytest.mark.parametrize("case", CASES["commands"], ids=lambda case: case["label"])
def test_a_command_answers_alike(homes: Homes, case: dict[str, Any]) -> None:
    expected, found = (CliRunner().invoke(main, ["--home", str(home), *case["run"]]) for home in homes)
    assert (expected.exit_code, found.exit_code) == (0, 0), found.output
    if "--json" in case["run"]:
        assert _differences(json.loads(expected.output), json.loads(found.output)) == []
    else:
        assert found.output == expected.output


def _differences(expected: Any, found: Any, where: str = "") -> list[str]:
    """Where two answers differ, but for the time that they took."""
    if isinstance(expected, dict) and isinstance(found, dict) and expected.keys() == found.keys():
        names = (name for name in expected if name != "took_ms")
        return [
            each for name in names for each in _differences(expected[name], found[name], f"{where}.{name}")
        ]
    if isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        pairs = enumerate(zip(expected, found, strict=True))
        return [each for at, pair in pairs for each in _differences(*pair, f"{where}[{at}]")]
    if isinstance(expected, float) and isinstance(found, float):
        return [] if math.isclose(expected, found, rel_tol=SHARE) else [f"{where}: {found} not {expected}"]
    return [] if expected == found else [f"{where}: {found!r:.200} not {expected!r:.200}"]


def _without_time(page: str) -> str:
    return re.sub(r'<span class="took">.*?</span>', "", page)
