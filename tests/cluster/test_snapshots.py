"""A snapshot in a folder of all nodes, taken back after the index is gone: as docs/cluster.md says."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from urllib.error import HTTPError

import pytest

from indexer import jobs
from indexer.inspection import check
from indexer.library import Library
from indexer.rebuilding import repair
from tests.cluster.servers.nodes import Node

REPOSITORY = "/_snapshot/kept"


def write(folder: Path, numbers: range) -> Path:
    path = folder / f"{numbers.start}.jsonl"
    articles = [{"id": f"a{n}", "lang": "vi", "title": f"Tin số {n}", "body": "Hà Nội"} for n in numbers]
    path.write_text("\n".join(json.dumps(each, ensure_ascii=False) for each in articles), encoding="utf-8")
    return path


def found(home: Path) -> list[str]:
    with closing(Library(home)) as library:
        return sorted(library.snapshot().engine.ids())


@pytest.fixture
def prefix(one_node: Node, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Of an archive whose index is on `one_node`, which has a folder for snapshots."""
    name = f"snap-{uuid.uuid4().hex[:8]}"
    monkeypatch.setenv("DALIL_ENGINE", "opensearch")
    monkeypatch.setenv("DALIL_OPENSEARCH_URLS", one_node.url)
    monkeypatch.setenv("DALIL_OPENSEARCH_PREFIX", name)
    one_node.ask(REPOSITORY, {"type": "fs", "settings": {"location": name}}, method="PUT")
    yield name
    with suppress(HTTPError):
        one_node.ask(f"/{name}-*", method="DELETE")
    one_node.ask(REPOSITORY, method="DELETE")


@pytest.fixture
def older(one_node: Node, prefix: str, tmp_path: Path) -> Path:
    """A home with five articles whose index was lost and taken back from a snapshot with three of them."""
    home = tmp_path / "home"
    jobs.add(home, [write(tmp_path, range(3))])
    snapshot = f"{REPOSITORY}/before"
    body = {"indices": f"{prefix}-*", "include_global_state": False}
    one_node.ask(f"{snapshot}?wait_for_completion=true", body, method="PUT", timeout_s=60)
    jobs.add(home, [write(tmp_path, range(3, 5))])
    assert found(home) == ["a0", "a1", "a2", "a3", "a4"]
    (index,) = one_node.ask(f"/{prefix}-*")
    one_node.ask(f"/{index}", method="DELETE")
    one_node.ask(f"{snapshot}/_restore?wait_for_completion=true", body, method="POST", timeout_s=60)
    return home


def test_a_snapshot_brings_back_what_was_in_it(older: Path) -> None:
    assert found(older) == ["a0", "a1", "a2"]


def test_what_is_newer_than_the_snapshot_is_seen_to_be_missing(older: Path) -> None:
    assert any("a3" in problem for problem in check(older))


def test_repair_brings_what_was_published_after_the_snapshot(older: Path) -> None:
    repair(older)
    assert found(older) == ["a0", "a1", "a2", "a3", "a4"]
    assert check(older) == []


@pytest.mark.xfail(strict=True, reason="the home knows what it has applied, and does not ask the cluster")
def test_catching_up_alone_brings_it_too(older: Path) -> None:
    jobs.catch_up(older)
    assert found(older) == ["a0", "a1", "a2", "a3", "a4"]
