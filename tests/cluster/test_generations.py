"""A home whose index is in a cluster: jobs, searches, indexes that take over, and the way there and back."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import requests

from indexer.archive import Archive
from indexer.archive.advisory_locks import close_sessions
from indexer.articles import Article
from indexer.config import load_settings
from indexer.errors import ConfigError, IndexDamaged, IndexUnavailable
from indexer.generations import complete_generations, current_name, open_current
from indexer.inspection import check, status
from indexer.jobs import add, catch_up, remove
from indexer.library import Library
from indexer.publishing import Publisher, PublishRequest
from indexer.rebuilding import reindex, rollback
from indexer.refused import PLACE
from search_web.core.pages import SearchInput
from search_web.core.service import SearchService
from tests.cluster.servers.nodes import Node
from tests.postgres_server import Missing, running_server

SAMPLES = Path(__file__).parents[2] / "examples/archive"
QUERIES = ("Hà Nội", "ha noi", "وزير", "الوزير", "climate", '"biến đổi"', "فيتنام -السياحة", "zzzz")


@pytest.fixture
def postgres() -> Iterator[str]:
    """An empty database on a server of its own."""
    pytest.importorskip("pg8000", reason="pg8000 is not installed: pip install 'dalil-search[postgres]'")
    with ExitStack() as stack:
        try:
            server = stack.enter_context(running_server())
        except Missing as missing:
            pytest.skip(str(missing))
        yield server.place()
        close_sessions()


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
    letters = (letter if letter.isalnum() else "-" for letter in request.node.name.lower())
    return "".join(letters)[:50].strip("-")


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
    with pytest.raises(IndexUnavailable, match=r"127\.0\.0\.1:9"):
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


def _line(article_id: str, lang: str, title: str) -> str:
    return json.dumps({"id": article_id, "lang": lang, "title": title}, ensure_ascii=False) + "\n"


def test_an_article_that_the_cluster_refuses_is_set_aside_and_offered_again(
    home: Path, one_node: Node, tmp_path: Path
) -> None:
    source = tmp_path / "news.jsonl"
    begin = "".join(_line(f"vi-{at}", "vi", f"Hà Nội vào thu, ngày {at}") for at in range(1, 6))
    source.write_text(begin)
    add(home, [source])
    index = _indexes(one_node, home)[0]
    _limit_fields(one_node, index, _fields(one_node, index))
    source.write_text(
        begin
        + _line("ar-1", "ar", "هانوي في الخريف")  # Hanoi in autumn; its fields are new to the index
        + _line("vi-6", "vi", "Hà Nội vào đông")
    )
    receipt = add(home, [source])
    assert (receipt.exit_code, receipt.rejected, receipt.new) == (1, 1, 2)
    assert [(reject.path, reject.position) for reject in receipt.rejects] == [(PLACE, "ar-1")]
    there = {f"vi-{at}" for at in range(1, 7)}
    assert set(open_current(home).engine.ids()) == there
    (problem,) = check(home)
    assert "1 articles were refused by the cluster" in problem
    _limit_fields(one_node, index, 5_000)
    receipt = add(home, [], again=["ar-1"])
    assert receipt.exit_code == 0
    assert set(open_current(home).engine.ids()) == there | {"ar-1"}
    assert check(home) == []


def _fields(node: Node, index: str) -> int:
    """How many the mapping has, objects counted."""

    def count(properties: dict[str, Any]) -> int:
        return sum(1 + count(each.get("properties", {})) for each in properties.values())

    mapping = requests.get(f"{node.url}/{index}/_mapping", timeout=30).json()[index]["mappings"]
    return count(mapping["properties"])


def _limit_fields(node: Node, index: str, most: int) -> None:
    limit = {"index.mapping.total_fields.limit": most}
    assert requests.put(f"{node.url}/{index}/_settings", json=limit, timeout=30).ok


def test_what_is_published_while_the_cluster_is_away_is_found_when_it_is_back(
    home: Path, one_node: Node
) -> None:
    add(home, [SAMPLES])
    with_cluster = (home / "dalil.toml").read_text()
    (home / "dalil.toml").write_text(with_cluster.replace(one_node.url, "http://127.0.0.1:9"))
    library = Library(home)
    publisher = Publisher(home, library, load_settings(home))
    try:
        article = Article(id="vi-new", lang="vi", title="Cầu mới qua sông")  # "a new bridge over the river"
        published = publisher.publish(PublishRequest("job1", "cms", [article]))
        assert published.statuses == ("new",)
        assert not publisher.wait_searchable(published.publication.sequence, 1.0)
        (home / "dalil.toml").write_text(with_cluster)
        assert publisher.wait_searchable(published.publication.sequence, 30.0)
    finally:
        publisher.close()
        library.close()
    assert "vi-new" in set(open_current(home).engine.ids())


def test_machines_that_share_archive_and_cluster_search_and_publish_alike(
    tmp_path: Path, one_node: Node, postgres: str
) -> None:
    """One indexes, another answers without ever having indexed, and then writes itself."""
    one, other = tmp_path / "one", tmp_path / "other"
    for home in (one, other):
        _use(home, one_node, "shared", archive_url=postgres)
    add(one, [SAMPLES])
    assert _answers(other) == _answers(one)
    assert check(other) == []
    library = Library(one)
    try:
        before = library.snapshot().sequence
        source = tmp_path / "more.jsonl"
        source.write_text(_line("vi-new", "vi", "Cầu mới qua sông"))  # "a new bridge over the river"
        receipt = add(other, [source])
        assert receipt.generation == current_name(one)
        assert _wait(lambda: library.snapshot().sequence > before)
        reindex(other)
        assert _wait(lambda: library.snapshot().generation != receipt.generation)
        assert "vi-new" in set(library.snapshot().engine.ids())
    finally:
        library.close()
    catch_up(one)
    assert current_name(one) == current_name(other)
    assert check(one) == []
    # One goes back to files, the other stays: neither follows the other any more.
    _use(one, one_node, "shared", engine="whoosh", archive_url=postgres)
    in_files = reindex(one).generation
    catch_up(one)
    assert current_name(one) == in_files
    assert _answers(other) == _answers(one)
    assert current_name(other) != in_files


def test_a_rollback_to_files_is_not_undone_by_what_is_shared(
    tmp_path: Path, one_node: Node, postgres: str
) -> None:
    home = tmp_path / "home"
    _use(home, one_node, "back", engine="whoosh", archive_url=postgres)
    in_files = add(home, [SAMPLES]).generation
    _use(home, one_node, "back", archive_url=postgres)
    reindex(home)
    assert current_name(home) != in_files
    assert rollback(home).generation == in_files
    catch_up(home)
    assert current_name(home) == in_files
    assert check(home) == []


def _wait(true: Callable[[], bool]) -> bool:
    end = time.monotonic() + 20
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return True
