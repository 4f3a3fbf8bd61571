"""A home where nothing can be written: it is searched as before, and what would write says why it cannot."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import closing
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from click.testing import CliRunner

from indexer import backups, inspection, jobs
from indexer.access import AccessFile
from indexer.archive import Archive
from indexer.articles import Article
from indexer.config import Settings
from indexer.errors import ArchiveError, HomeReadOnly
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
from tests.faults.small_home import SETTINGS, WORDS, found_words, small_home, write_articles

_NOBODY = 65534

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="mounts and rights of Linux")


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    """A disk with a home whose last job has ended."""
    with mounted(tmp_path / "disk") as disk:
        small_home(disk.path)
        yield disk


def test_it_is_searched_as_before(disk: Disk) -> None:
    home = disk.path / "home"
    disk.read_only()
    assert found_words(home) == WORDS
    assert inspection.check(home) == []
    assert inspection.status(home).articles == len(WORDS)
    for command in (["search", "a1"], ["related", "a1"], ["history", "a1"], ["export"], ["held"], ["status"]):
        done = CliRunner().invoke(main, ["--home", str(home), *command])
        assert done.exit_code == 0, (command, done.output)


@pytest.mark.parametrize(
    "command",
    [
        "add {articles}", "sync {articles}", "remove a0", "withdraw a0", "catch-up", "reindex", "rollback",
        "quarantine clear", "token create --scope write cms", "hook create cms", "names veto Hà نا",
        "saved add x q=a1", "restore --replace {backup}",
    ],
)  # fmt: skip
def test_what_would_write_says_why_it_cannot(disk: Disk, tmp_path: Path, command: str) -> None:
    """Exit code 2, one line that names the home and the reason, nothing changed; afterwards all goes on."""
    home = disk.path / "home"
    articles = write_articles(tmp_path / "more.jsonl", {"m1": "m1"})
    if "backup" in command:
        backups.backup(home, tmp_path / "backup", settings=SETTINGS)
    before = contents(home)
    disk.read_only()
    words = [part.format(articles=articles, backup=tmp_path / "backup") for part in command.split()]
    done = CliRunner().invoke(main, ["--home", str(home), *words])
    assert done.exit_code == 2, done.output
    assert "cannot be written" in done.output
    reasons = ("Read-only file system", "readonly database", "unable to open database file")
    assert any(reason in done.output for reason in reasons)
    assert "Traceback" not in done.output
    assert contents(home) == before
    disk.writable()
    assert jobs.add(home, [articles], settings=SETTINGS).exit_code == 0
    assert found_words(home) == WORDS | {"m1": "m1"}


def test_changes_in_a_write_ahead_log_are_read(disk: Disk) -> None:
    """A job was killed before its log went into the database, and the disk can only be read since."""
    home = disk.path / "home"
    put_and_die(home)
    assert (home / "archive.db-wal").stat().st_size > 0
    disk.read_only()
    with closing(Archive.open(home / "archive.db")) as archive:
        assert archive.get("late").title == "late"
    assert inspection.check(home) == ["1 articles wait for the index; run `dalil catch-up`"]
    disk.writable()
    (home / "archive.db-shm").unlink()
    disk.read_only()
    with pytest.raises(ArchiveError, match=r"the last changes .* stand in archive\.db-wal"):
        Archive.open(home / "archive.db")
    disk.writable()
    jobs.catch_up(home, settings=SETTINGS)
    assert inspection.check(home) == []


def test_a_server_answers_on(disk: Disk) -> None:
    """Searches and articles as ever; what would be kept is refused with the reason, as a page or as JSON."""
    home = disk.path / "home"
    token = AccessFile(home).create_token("cms", "write")
    disk.read_only()
    with closing(Library(home)) as library:
        publisher = Publisher(home, library, Settings())
        operations = Operations(publisher, AccessFile(home), Pulse(home, library))
        service = SearchService(library)
        client = create_app(
            service, WebConfig(), desk=Desk(home, library), operations=operations
        ).test_client()
        for address in (
            "/en/search?q=a1",
            "/ar/article/a0",
            "/vi/desk/saved",
            "/readyz",
            "/api/v1/search?q=a1",
        ):
            assert client.get(address).status_code == 200, address
        headers = {"Authorization": f"Bearer {token}"}
        answer = client.put("/api/v1/articles/new", json={"title": "new", "lang": "en"}, headers=headers)
        assert (answer.status_code, answer.get_json()["error"]["code"]) == (503, "home_read_only")
        assert str(home) not in answer.text
        disk.writable()
        answer = client.put("/api/v1/articles/new", json={"title": "new", "lang": "en"}, headers=headers)
        assert answer.status_code == 202
        publisher.close()
    assert inspection.check(home) == []


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can be another user")
def test_a_home_of_another_user() -> None:
    """Searched without the right to write; a job says which right is missing."""
    with TemporaryDirectory() as folder:
        # Those of pytest can be looked into by nobody else.
        Path(folder).chmod(0o755)
        look_as_another_user(small_home(Path(folder)))


def look_as_another_user(home: Path) -> None:
    """In a process of that user's, which has loaded before what only root can read."""
    before = contents(home)
    context = multiprocessing.get_context("forkserver")
    ours, theirs = context.Pipe()
    process = context.Process(target=_as_another_user, args=(home, theirs))
    process.start()
    theirs.close()
    answers = dict(ours.recv() for _ in range(3))
    process.join()
    assert (answers["search"][0], answers["status"][0], answers["remove"][0]) == (0, 0, 2), answers
    assert "a1" in answers["search"][1]
    assert "Permission denied" in answers["remove"][1]
    assert contents(home) == before


def _as_another_user(home: Path, told: Connection) -> None:
    commands = {"search": ["search", "a1"], "status": ["status"], "remove": ["remove", "a1"]}
    runner = CliRunner()
    runner.invoke(main, ["--home", str(home), *commands["search"]])
    os.setgroups([])
    os.setgid(_NOBODY)
    os.setuid(_NOBODY)
    for name, command in commands.items():
        done = runner.invoke(main, ["--home", str(home), *command])
        told.send((name, (done.exit_code, done.output)))


def test_the_error_is_one_of_the_tree(disk: Disk) -> None:
    """So that a server can tell it from damage."""
    disk.read_only()
    with closing(Archive.open(disk.path / "home" / "archive.db")) as archive, pytest.raises(HomeReadOnly):
        archive.put([Article(id="x", lang="en", title="x")])


def contents(home: Path) -> dict[str, str]:
    """Every file of a home with a digest of what it holds."""
    files = sorted(path for path in home.rglob("*") if path.is_file())
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def put_and_die(home: Path) -> None:
    """Archive an article in a process that is killed before it closes the database."""
    process = multiprocessing.get_context("forkserver").Process(target=_put_and_die, args=(home,))
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL


def _put_and_die(home: Path) -> None:
    archive = Archive.open(home / "archive.db", create=True)
    archive.put([Article(id="late", lang="en", title="late")])
    os.kill(os.getpid(), signal.SIGKILL)
