"""A disk that is full: what was acknowledged is found, what fails says why, and room mends it all."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest
from click.testing import CliRunner

from indexer import inspection
from indexer.access import AccessFile
from indexer.archive import Archive
from indexer.config import Settings
from indexer.library import Library
from indexer.publishing import Publisher
from indexer.pulse import Pulse
from search_web.cli import main
from search_web.core.service import SearchService
from search_web.desk import Desk
from search_web.web.app import create_app
from search_web.web.config import WebConfig
from search_web.web.operations import Operations
from tests.faults.disks import Disk, mounted
from tests.faults.small_home import WORDS, found_words, small_home, write_articles

ROOM = (0, 4, 12, 24, 36, 60, 100, 200, 400, 800) if os.environ.get("FAULTS") == "all" else (0, 36, 400)
"""Kilobytes that are left on the disk."""

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="mounts of Linux")


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    """A small disk with a home of four articles."""
    with mounted(tmp_path / "disk", 3) as disk:
        small_home(disk.path)
        yield disk


def test_added_until_the_disk_is_full(disk: Disk, tmp_path: Path) -> None:
    home, acknowledged, failed = disk.path / "home", dict(WORDS), 0
    for number in range(40):
        words = {f"b{number}n{n}": f"b{number}n{n}" for n in range(150)}
        done = CliRunner().invoke(
            main, ["--home", str(home), "add", str(write_articles(tmp_path / "more.jsonl", words))]
        )
        if done.exit_code == 0:
            assert not failed or room(disk)
            acknowledged |= words
            continue
        failed += 1
        assert done.exit_code == 2, done.output
        assert "the disk is full; make room" in done.output
        assert "Traceback" not in done.output
        look(home, acknowledged)
        if failed == 3:
            break
    assert failed
    disk.resize(60)
    assert CliRunner().invoke(main, ["--home", str(home), "catch-up"]).exit_code == 0
    assert inspection.check(home) == []
    look(home, acknowledged)
    assert left_over(home) == []


def test_the_last_page_of_room(disk: Disk, tmp_path: Path) -> None:
    """Whatever room there is, from none to enough: told or done, and searched all the while."""
    home, done = disk.path / "home", 0
    for kilobytes in ROOM:
        fill(disk, kilobytes)
        more = write_articles(tmp_path / "more.jsonl", {f"c{kilobytes}": f"c{kilobytes}"})
        result = CliRunner().invoke(main, ["--home", str(home), "add", str(more)])
        assert result.exit_code in {0, 2}, result.output
        assert (result.exit_code == 0) or "the disk is full" in result.output
        look(home, WORDS | ({f"c{kilobytes}": f"c{kilobytes}"} if result.exit_code == 0 else {}))
        done += result.exit_code == 0
        (disk.path / "filler").unlink()
        assert CliRunner().invoke(main, ["--home", str(home), "catch-up"]).exit_code == 0
        assert inspection.check(home) == []
    assert 0 < done < len(ROOM)


def test_a_server_whose_disk_is_full(disk: Disk) -> None:
    """507 with the reason and nothing acknowledged; searches go on; with room again, so does publishing."""
    home = disk.path / "home"
    headers = {"Authorization": f"Bearer {AccessFile(home).create_token('cms', 'write')}"}
    with closing(Library(home)) as library:
        publisher = Publisher(home, library, Settings())
        operations = Operations(publisher, AccessFile(home), Pulse(home, library))
        client = create_app(
            SearchService(library), WebConfig(), desk=Desk(home, library), operations=operations
        ).test_client()
        assert (
            client.put("/api/v1/articles/n0", json={"title": "n0", "lang": "en"}, headers=headers).status_code
            == 202
        )
        fill(disk, 0)
        kept = ["n0"]
        for number in range(1, 40):
            record = {"title": f"n{number}", "lang": "en", "body": "word " * 2000}
            answer = client.put(f"/api/v1/articles/n{number}", json=record, headers=headers)
            if answer.status_code == 202:
                kept.append(f"n{number}")
                continue
            assert answer.status_code == 507, answer.text
            assert answer.get_json()["error"]["code"] == "storage_full"
            assert "nothing of this was kept" in answer.get_json()["error"]["message"]
        assert len(kept) < 40
        lines = "".join(
            json.dumps({"id": f"l{n}", "title": "x", "lang": "en", "body": "word " * 2000}) + "\n"
            for n in range(3)
        )
        told = client.post("/api/v1/articles:bulk", data=lines, headers=headers).text.splitlines()
        assert json.loads(told[-1])["error"]["code"] == "storage_full"
        for address in ("/en/search?q=a1", "/ar/article/a0", "/readyz", "/api/v1/search?q=a1"):
            assert client.get(address).status_code == 200, address
        (disk.path / "filler").unlink()
        answer = client.put(
            "/api/v1/articles/last?wait=searchable", json={"title": "last", "lang": "en"}, headers=headers
        )
        assert answer.status_code == 200
        publisher.close()
    with closing(Archive.open(home / "archive.db")) as archive:
        assert set(archive.ids()) == {*WORDS, *kept, "last"}
    assert inspection.check(home) == []


def look(home: Path, acknowledged: dict[str, str]) -> None:
    """What was acknowledged is found, on a disk that is full; what else is found was archived."""
    found = found_words(home)
    assert {i: found.get(i) for i in acknowledged} == acknowledged
    assert CliRunner().invoke(main, ["--home", str(home), "search", "a1"]).exit_code == 0


def fill(disk: Disk, kilobytes: int) -> None:
    """Leave so much room."""
    with (disk.path / "filler").open("wb", buffering=0) as filler, suppress(OSError):
        while True:
            filler.write(bytes(1 << 16))
    with (disk.path / "filler").open("ab", buffering=0) as filler, suppress(OSError):
        while True:
            filler.write(bytes(1 << 12))
    size = (disk.path / "filler").stat().st_size
    os.truncate(disk.path / "filler", size - kilobytes * 1024)


def room(disk: Disk) -> int:
    """Bytes that can still be written."""
    found = os.statvfs(disk.path)
    return found.f_bavail * found.f_frsize


def left_over(home: Path) -> list[str]:
    """Files that a write which failed should have taken away."""
    return [str(path) for path in home.rglob("*") if path.name.endswith((".tmp", ".part"))]
