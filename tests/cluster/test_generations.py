"""A home whose index is in a cluster: jobs, searches, indexes that take over, and the way there and back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import requests

from indexer.archive import Archive
from indexer.config import load_settings
from indexer.errors import ConfigError, IndexDamaged, IndexUnavailable
from indexer.generations import complete_generations, current_name, open_current
from indexer.inspection import check, status
from indexer.jobs import add, catch_up, remove
from indexer.library import Library
from indexer.rebuilding import reindex, rollback
from search_web.core.pages import SearchInput
from search_web.core.service import SearchService
from tests.cluster.servers.nodes import Node

SAMPLES = Path(__file__).parents[2] / "examples/archive"
QUERIES = ("Hà Nội", "ha noi", "وزير", "الوزير", "climate", '"biến đổi"', "فيتنام -السياحة", "zzzz")


def _use(home: Path, node: Node, prefix: str, **more: object) -> None:
    """Let the next index of a home be one of the node's."""
    settings = {"engine": "opensearch", "opensearch_urls": node.url, "opensearch_prefix": prefix, **more}
    home.mkdir(exist_ok=True)
    lines = (f"{name} = {json.dumps(value)}" for name, value in settings.items())
    (home / "dalil.toml").write_text("\n".join(lines) + "\n")


@pytest.fixture
def home(tmp_path: Path, one_node: Node, request: pytest.FixtureRequest) -> Path:
    """An empty home with a prefix of its own."""
    home = tmp_path / "home"
    _use(home, one_node, _prefix(request))
    return home


def _prefix(request: pytest.FixtureRequest) -> str:
    return "".join(letter if letter.isalnum() else "-" for letter in request.node.name.lower())[:50].strip("-")


def _indexes(node: Node, home: Path) -> list[str]:
    prefix = load_settings(home).opensearch_prefix
    rows = requests.get(f"{node.url}/_cat/indices/{prefix}-*?h=index&format=json", timeout=30).json()
    return sorted(row["index"] for row in rows)


def _served(node: Node, home: Path) -> list[str]:
    prefix = load_settings(home).opensearch_prefix
    return list(requests.get(f"{node.url}/_alias/{prefix}", timeout=30).json())


def _answers(home: Path) -> list[tuple[int, list[str]]]:
    """Total and ids of each query."""
    library = Library(home)
    try:
        service = SearchService(library)
        pages = [service.search(SearchInput(query)) for query in QUERIES]
        return [(page.total, [result.id for result in page.results]) for page in pages]
    finally:
        library.close()


def test_it_answers_as_files_do_and_the_way_leads_there_and_back(home: Path, one_node: Node) -> None:
    cluster_settings = (home / "dalil.toml").read_text()
    (home / "dalil.toml").unlink()
    add(home, [SAMPLES])
    by_files = _answers(home)
    assert by_files[0][0] > 0
    (home / "dalil.toml").write_text(cluster_settings)
    receipt = reindex(home)
    assert receipt.indexed == 157
    assert not receipt.canary_failures
    assert receipt.canaries > 0
    assert _answers(home) == by_files
    assert check(home) == []
    assert _indexes(one_node, home) == _served(one_node, home)
    (home / "dalil.toml").write_text(cluster_settings.replace('engine = "opensearch"', 'engine = "whoosh"'))
    reindex(home)
    assert _answers(home) == by_files
    assert (home / "index" / current_name(home) / "whoosh").is_dir()


def test_indexes_that_no_one_goes_back_to_are_taken_away(home: Path, one_node: Node) -> None:
    add(home, [SAMPLES])
    first = _indexes(one_node, home)
    assert _served(one_node, home) == first
    reindex(home)
    assert len(_indexes(one_node, home)) == 2
    second = _served(one_node, home)
    assert second != first
    rollback(home)
    assert _served(one_node, home) == first
    reindex(home)
    reindex(home)
    assert len(_indexes(one_node, home)) == len(complete_generations(home)) == 2


def test_what_is_removed_and_added_again_is_seen_so(home: Path) -> None:
    add(home, [SAMPLES])
    archive = Archive.open(home / "archive.db")
    one, other = list(archive.ids())[:2]
    archive.close()
    remove(home, [one])
    with_one_less = open_current(home)
    assert one not in set(with_one_less.engine.ids())
    assert other in set(with_one_less.engine.ids())
    add(home, [SAMPLES])
    assert one in set(open_current(home).engine.ids())
    assert check(home) == []


def test_articles_are_archived_while_the_cluster_is_away(home: Path, one_node: Node) -> None:
    add(home, [SAMPLES])
    with_cluster = (home / "dalil.toml").read_text()
    (home / "dalil.toml").write_text(with_cluster.replace(one_node.url, "http://127.0.0.1:9"))
    archive = Archive.open(home / "archive.db")
    one = next(iter(archive.ids()))
    with pytest.raises(IndexUnavailable, match="127.0.0.1:9"):
        remove(home, [one])
    assert one not in set(archive.ids())
    archive.close()
    assert "127.0.0.1:9" in status(home).problem
    (home / "dalil.toml").write_text(with_cluster)
    assert one in set(open_current(home).engine.ids())
    catch_up(home)
    assert one not in set(open_current(home).engine.ids())
    assert check(home) == []


def test_an_index_that_the_cluster_lost_is_built_anew(home: Path, one_node: Node) -> None:
    add(home, [SAMPLES])
    requests.delete(f"{one_node.url}/{_indexes(one_node, home)[0]}", timeout=30)
    with pytest.raises(IndexDamaged, match="dalil reindex"):
        open_current(home)
    catch_up(home)
    assert check(home) == []
    assert _answers(home)[0][0] > 0


def test_an_index_of_a_cluster_needs_its_address(home: Path) -> None:
    (home / "dalil.toml").write_text('engine = "opensearch"\n')
    with pytest.raises(ConfigError, match="opensearch_urls is empty"):
        add(home, [SAMPLES])
    archive = Archive.open(home / "archive.db")
    assert archive.count() == 157
    archive.close()
    assert not list((home / "index").glob("gen-*"))
