"""An archive on a server: whoever writes, wherever; what it says when it cannot be used."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import make_url

from indexer import jobs
from indexer.archive import Archive
from indexer.archive.advisory_locks import advisory_lock, lock_holder
from indexer.archive.databases import for_driver, parsed, shown
from indexer.archive_place import archive_place, has_archive, open_archive
from indexer.articles import Article, article_from
from indexer.errors import ArchiveError, ArchiveUnavailable, ConfigError, IndexerError, LockHeld
from indexer.writer_lock import holder_of, writer_lock
from search_web.cli import main
from tests.postgres_server import PostgresServer, running_server

_HOLD = """
import sys, time
from indexer.archive.advisory_locks import advisory_lock

with advisory_lock(sys.argv[1], "writer", 0):
    print("held", flush=True)
    time.sleep(60)
"""


def story(article_id: str, title: str = "Lũ ở miền Trung") -> Article:
    """The title says "Floods in the central provinces"."""
    return article_from({"id": article_id, "lang": "vi", "title": title})


@contextmanager
def holder(url: str) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the writer's lock."""
    words = [sys.executable, "-c", _HOLD, url]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 -- our own command
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_whoever_waits_is_told_who_writes_and_a_dead_one_holds_nothing(
    tmp_path: Path, postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of another machine too: its file locks are no help there."""
    monkeypatch.setenv("DALIL_ARCHIVE_URL", postgres)
    with holder(postgres) as process:
        told = rf"process {process.pid} on \S+ \(-c .*, since 20.+\) is writing to postgresql://.* within 0"
        with pytest.raises(LockHeld, match=told), writer_lock(tmp_path, 0.2):
            pass
        assert holder_of(tmp_path).startswith(f"process {process.pid} on {socket.gethostname()[:30]} (")
        process.send_signal(signal.SIGKILL)
        process.wait()
        with writer_lock(tmp_path, 5):
            assert holder_of(tmp_path).startswith(f"process {os.getpid()} on ")
    assert holder_of(tmp_path) == ""


def test_writer_and_builder_are_two_locks(postgres: str) -> None:
    with advisory_lock(postgres, "writer", 0), advisory_lock(postgres, "builder", 0):
        assert lock_holder(postgres, "builder")
        with pytest.raises(LockHeld, match="is building an index of"), advisory_lock(postgres, "builder", 0):
            pass
    assert lock_holder(postgres, "builder") == ""


def test_two_archives_on_one_server_do_not_wait_for_each_other(postgres_server: PostgresServer) -> None:
    with (
        advisory_lock(postgres_server.place(), "writer", 0),
        advisory_lock(postgres_server.place(), "writer", 0),
    ):
        pass


def test_changes_are_numbered_in_the_order_of_their_commits(postgres: str) -> None:
    """A reader that has seen a number has seen all before it, though writers forget the writer's lock."""
    missed: list[int] = []
    with closing(Archive.open(postgres, create=True)) as archive:
        done = threading.Event()

        def read() -> None:
            seen: set[int] = set()
            last = 0
            while not done.is_set():
                for change in archive.changes_since(last):
                    seen.add(change.sequence)
                    last = change.sequence
                missed.extend({c.sequence for c in archive.changes_since(0) if c.sequence <= last} - seen)

        reader = threading.Thread(target=read)
        reader.start()
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda n: archive.put([story(f"{n} {m}") for m in range(5)]), range(40)))
        done.set()
        reader.join()
        assert archive.last_sequence() == 200
    assert missed == []


def test_ids_stand_in_the_order_of_their_code_points(postgres: str) -> None:
    """As in a file, whatever the language of the server's database."""
    ids = ["a", "B", "ä", "á", "z", "Z", "_", "-", "د", "đ", "\U00010348", "\uffee"]
    with closing(Archive.open(postgres, create=True)) as archive:
        archive.put([story(i) for i in ids])
        assert archive.ids() == sorted(ids)
        assert [article.id for article in archive.all()] == sorted(ids)


def test_an_article_that_another_hand_changed_is_told(postgres: str, postgres_server: PostgresServer) -> None:
    with closing(Archive.open(postgres, create=True)) as archive:
        archive.put([story("a"), story("b")])
        postgres_server.sql(
            "UPDATE articles SET record = replace(record, 'Trung', 'Bắc') WHERE id = 'b'", postgres
        )
        assert archive.damage() == ["article 'b' is not what was archived; add it again"]


def test_a_newer_schema_is_told_and_left_alone(postgres: str, postgres_server: PostgresServer) -> None:
    Archive.open(postgres, create=True).close()
    postgres_server.sql("UPDATE about SET value = '99'", postgres)
    for create in (True, False):
        with pytest.raises(ArchiveError, match="has schema 99, this program knows 1"):
            Archive.open(postgres, create=create)


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("postgresql://dalil:geheim@/nowhere?host={folder}", r'database "nowhere" does not exist.*createdb'),
        (
            "postgresql://nobody:geheim@/postgres?host={folder}",
            r'role "nobody" does not exist.*check the user',
        ),
        ("postgresql://dalil:geheim@127.0.0.1:1/dalil", r"cannot be reached now .*the next try may reach it"),
        ("postgresql://dalil:geheim@/dalil?host={folder}/not", r"cannot be reached now"),
    ],
)
def test_what_is_wrong_is_told_and_no_password(postgres_server: PostgresServer, url: str, told: str) -> None:
    with pytest.raises(ArchiveError, match=told) as caught:
        Archive.open(url.format(folder=postgres_server.folder))
    assert "geheim" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("mysql://u:geheim@h/d", "archive_url names 'mysql'; only PostgreSQL can be used"),
        ("postgresql+nothing://u:geheim@h/d", "no URL of a database; write postgresql://user@host/database"),
        ("postgresql://u:geheim@h", "names no database"),
        ("u:geheim@h/d", "no URL of a database"),
        ("postgresql://u:geheim@h:port/d", "no URL of a database"),
        ("postgresql://u:geheim@h/d?sslmode=maybe", "has sslmode='maybe'; write disable"),
        ("postgresql://u:geheim@h/d?sslmode=verify-full&sslrootcert=/none.pem", "/none.pem.* cannot be read"),
        ("postgresql+psycopg2://u:geheim@h/d", "needs the driver psycopg2, which is not installed"),
    ],
)
def test_a_url_that_cannot_be_used_is_told_and_no_password(
    tmp_path: Path, url: str, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DALIL_ARCHIVE_URL", url)
    with pytest.raises(ConfigError, match=told) as caught:
        open_archive(tmp_path)
    assert "geheim" not in str(caught.value)


def test_a_url_is_shown_without_password_and_options() -> None:
    url = "postgresql+pg8000://dalil:geheim@db.example:5433/news?sslmode=require&application_name=x"
    assert shown(url) == "postgresql://dalil@db.example:5433/news"
    assert (
        shown("postgresql://dalil@/news?host=/run/postgresql")
        == "postgresql://dalil@/news?host=/run/postgresql"
    )
    assert parsed("postgres://dalil@h/news").drivername == "postgresql+pg8000"


def test_other_drivers_get_what_a_url_says_of_tls() -> None:
    query = "sslmode=verify-full&sslrootcert=/etc/ca.pem"
    other = make_url(f"postgresql+psycopg://dalil@db.example/news?{query}")
    assert dict(for_driver(other).query) == {"sslmode": "verify-full", "sslrootcert": "/etc/ca.pem"}
    assert not for_driver(parsed(f"postgresql://dalil@db.example/news?{query}")).query


def test_the_password_may_stand_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "secret").write_text("ge heim/@\nnot this\n", encoding="utf-8")
    monkeypatch.setenv("DALIL_ARCHIVE_URL", "postgresql://dalil@h/news")
    monkeypatch.setenv("DALIL_ARCHIVE_PASSWORD_FILE", str(tmp_path / "secret"))
    place = archive_place(tmp_path)
    assert isinstance(place, str)
    assert parsed(place).password == "ge heim/@"  # noqa: S105 -- of no server
    monkeypatch.setenv("DALIL_ARCHIVE_PASSWORD_FILE", str(tmp_path / "none"))
    with pytest.raises(ConfigError, match="none cannot be read"):
        archive_place(tmp_path)


def test_a_home_that_is_not_there_yet_makes_nothing_on_the_server(
    tmp_path: Path, postgres: str, postgres_server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Looking is no reason to make tables."""
    monkeypatch.setenv("DALIL_ARCHIVE_URL", postgres)
    assert not has_archive(tmp_path)
    done = CliRunner().invoke(main, ["--home", str(tmp_path), "status"])
    assert done.exit_code == 2
    assert "there is no archive at postgresql://press" in done.output
    assert (
        postgres_server.sql("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()", postgres)
        == []
    )


def test_a_server_that_was_started_anew_is_used_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While it is away a job fails and says so; then it goes on, and so does an archive that was open."""
    news = tmp_path / "news.jsonl"
    news.write_text('{"id": "1", "lang": "vi", "title": "Lũ"}\n', encoding="utf-8")
    with running_server() as server:
        url = server.place()
        monkeypatch.setenv("DALIL_ARCHIVE_URL", url)
        home = tmp_path / "home"
        jobs.add(home, [news])
        with closing(open_archive(home)) as archive:
            assert archive.count() == 1
            server.stop()
            with pytest.raises(ArchiveUnavailable, match="cannot be reached now"):
                archive.get("1")
            done = CliRunner().invoke(main, ["--home", str(home), "add", str(news)])
            assert (done.exit_code, "cannot be reached now" in done.output) == (2, True)
            server.start()
            assert archive.get("1").id == "1"
        assert jobs.add(home, [news]).unchanged == 1


def test_idle_connections_are_asked_before_they_are_used(
    postgres: str, postgres_server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that was started anew meanwhile costs nobody an error."""
    monkeypatch.setattr("indexer.archive.databases._IDLE_S", 0.0)
    with closing(Archive.open(postgres, create=True)) as archive:
        archive.put([story("a")])
        user = re.findall(r"//(\w+)@", postgres)[0]
        ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = "
        postgres_server.sql(f"{ended}'{user}'")
        time.sleep(0.2)
        assert archive.get("a").id == "a"


def test_a_transaction_of_others_is_not_waited_for_without_end(postgres: str) -> None:
    with (
        closing(Archive.open(postgres, create=True)) as one,
        closing(Archive.open(postgres, lock_wait_s=0.2)) as other,
        one.transaction() as connection,
    ):
        connection.exec_driver_sql("LOCK TABLE articles")
        with pytest.raises(IndexerError, match="another process is writing to postgresql://"):
            other.put([story("a")])
