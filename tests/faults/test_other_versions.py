"""Homes of another Dalil, or of another ICU: told with the remedy, served again after it, nothing lost."""

from __future__ import annotations

import json
import sqlite3
import struct
import zlib
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from indexer import inspection, jobs
from indexer.archive import Archive
from indexer.errors import ArchiveError, IndexDamaged, IndexOutOfDate
from indexer.library import Library
from indexer.manifest import Manifest
from search_web.cli import main
from search_web.core.service import SearchService
from search_web.web.app import create_app
from tests.faults.small_home import SETTINGS, WORDS, found_words, small_home

GENERATION = "gen-000001"
_HEAD = struct.Struct("<8sIQQII")
"""Of a segment, as in `codec/segment_file.py`: the version stands behind the magic letters."""


def other_manifest(**changes: object) -> Callable[[Path], None]:
    """As if other rules had built the index; the checksum is right."""

    def change(folder: Path) -> None:
        body = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        del body["checksum"]
        Manifest(**(body | changes)).save(folder)

    return change


def older_manifest(folder: Path) -> None:
    """A format that had other fields."""
    (folder / "manifest.json").write_text('{"format": 1, "icu": "72.1"}\n', encoding="utf-8")


def older_segments(folder: Path) -> None:
    """Another format of the codec, with checksums that are right."""
    for path in (folder / "whoosh").glob("*.columns"):
        data = bytearray(path.read_bytes())
        magic, version, *others, _ = _HEAD.unpack_from(data)
        plain = _HEAD.pack(magic, version - 1, *others, 0)
        _HEAD.pack_into(data, 0, magic, version - 1, *others, zlib.crc32(plain))
        path.write_bytes(data)


OTHERS = {
    "manifest format": older_manifest,
    "schema": other_manifest(schema={"version": "0"}),
    "analyzers": other_manifest(analyzers={"ar": "0"}),
    "ICU": other_manifest(icu="58.2"),
    "codec": older_segments,
}


@pytest.fixture(params=OTHERS)
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Four articles with an index that this program cannot read."""
    home = small_home(tmp_path)
    OTHERS[request.param](home / "index" / GENERATION)
    return home


def test_it_is_told_with_the_remedy(home: Path) -> None:
    with (
        closing(Library(home)) as library,
        pytest.raises((IndexOutOfDate, IndexDamaged), match="dalil reindex"),
    ):
        library.snapshot()
    found = inspection.check(home)
    assert len(found) == 1
    assert "run `dalil reindex`" in found[0]
    status = CliRunner().invoke(main, ["--home", str(home), "status"])
    assert (status.exit_code, "dalil reindex" in status.output) == (0, True), status.output
    search = CliRunner().invoke(main, ["--home", str(home), "search", "a1"])
    assert (search.exit_code, "dalil reindex" in search.output) == (2, True), search.output


@pytest.mark.parametrize("command", [["check", "--repair"], ["reindex"], ["catch-up"]])
def test_it_is_mended(home: Path, command: list[str]) -> None:
    """A server that could not answer says so as a page, and answers as soon as it can."""
    with closing(Library(home)) as library:
        client = create_app(SearchService(library)).test_client()
        page = client.get("/en/search?q=a1")
        assert (page.status_code, "dalil reindex" in page.text) == (503, True)
        answer = client.get("/api/v1/search?q=a1")
        assert answer.status_code == 503
        assert answer.get_json()["error"]["detail"]["remedy"] == "dalil reindex"
        assert client.get("/readyz").status_code == 503
        assert client.get("/healthz").status_code == 200
        done = CliRunner().invoke(main, ["--home", str(home), *command])
        # `check` says by its exit code that it has found something.
        assert done.exit_code in ({0, 1} if command[0] == "check" else {0}), done.output
        library.look()
        assert client.get("/en/search?q=a1").status_code == 200
    assert inspection.check(home) == []
    assert found_words(home) == WORDS


def test_an_archive_of_an_older_dalil_gets_what_it_lacks(tmp_path: Path) -> None:
    """Read as it is; the next job adds the tables that came later, and loses nothing."""
    home = small_home(tmp_path)
    with closing(sqlite3.connect(home / "archive.db")) as connection:
        for table in ("publications", "held", "versions", "source_files", "source_articles"):
            connection.execute(f"DROP TABLE {table}")
        connection.commit()
    assert found_words(home) == WORDS
    for command in ("status", "held"):
        assert CliRunner().invoke(main, ["--home", str(home), command]).exit_code == 0
    assert jobs.remove(home, ["a0"], settings=SETTINGS).removed == 1
    assert inspection.check(home) == []
    assert found_words(home) == {i: word for i, word in WORDS.items() if i != "a0"}


def test_an_archive_of_a_newer_dalil_is_refused(tmp_path: Path) -> None:
    """By readers and writers alike, and it stays as it is."""
    home = small_home(tmp_path)
    with closing(sqlite3.connect(home / "archive.db")) as connection:
        connection.execute("UPDATE about SET value = '2' WHERE name = 'schema'")
        connection.commit()
    for create in (False, True):
        with pytest.raises(
            ArchiveError, match=r"has schema 2, this program knows 1; use the Dalil that wrote"
        ):
            Archive.open(home / "archive.db", create=create)
    done = CliRunner().invoke(main, ["--home", str(home), "remove", "a0"])
    assert (done.exit_code, "schema 2" in done.output) == (2, True)
