"""Small homes for tests of archive, index, jobs and commands."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from indexer.archive.advisory_locks import close_sessions
from indexer.archive.databases import Where
from indexer.cli import Context, register
from tests.postgres_server import Missing, PostgresServer, running_server

Write = Callable[..., Path]
Run = Callable[..., Result]


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment of whoever runs the tests does not count."""
    for name in [name for name in os.environ if name.upper().startswith("DALIL_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home that is not there yet."""
    return tmp_path / "home"


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write articles as JSON lines: title by id, in Arabic unless they say otherwise; texts as they are."""

    def write(articles: Iterable[Mapping[str, str] | str], name: str = "news.jsonl") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = [
            line if isinstance(line, str) else json.dumps({"lang": "ar", **line}, ensure_ascii=False)
            for line in articles
        ]
        path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        return path

    return write


@pytest.fixture
def news() -> Callable[[int], list[dict[str, str]]]:
    """So many articles, Arabic and Vietnamese by turns: "story 7 of the city" and "tin số 7 Hà Nội"."""

    def news(count: int) -> list[dict[str, str]]:
        texts = [("ar", "قصة {} من المدينة"), ("vi", "tin số {} Hà Nội")]
        return [
            {"id": str(n), "lang": texts[n % 2][0], "title": texts[n % 2][1].format(n)} for n in range(count)
        ]

    return news


@pytest.fixture
def run(home: Path) -> Run:
    """Run a command as it is typed."""

    @click.group()
    @click.pass_context
    def dalil(ctx: click.Context) -> None:
        ctx.obj = Context(home)

    register(dalil)
    return lambda *words: CliRunner().invoke(dalil, [str(word) for word in words])


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A server of our own, started when a test first asks for one."""
    pytest.importorskip("pg8000", reason="pg8000 is not installed: pip install 'dalil-search[postgres]'")
    with ExitStack() as stack:
        try:
            server = stack.enter_context(running_server())
        except Missing as missing:
            pytest.skip(str(missing))
        yield server


@pytest.fixture
def postgres(postgres_server: PostgresServer) -> Iterator[str]:
    """URL of a place on it where nothing is yet."""
    yield postgres_server.place()
    close_sessions()


@pytest.fixture(params=["sqlite", "postgres"])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> Where:
    """Where an archive can be that is not there yet: a file, or a database on a server."""
    if request.param == "sqlite":
        return tmp_path / "archive.db"
    url: str = request.getfixturevalue("postgres")
    return url


@pytest.fixture
def on_both(where: Where, home: Path, monkeypatch: pytest.MonkeyPatch) -> Where:
    """The archive of every home of this test: its own file, or a database on a server."""
    if isinstance(where, str):
        monkeypatch.setenv("DALIL_ARCHIVE_URL", where)
        return where
    return home / "archive.db"
