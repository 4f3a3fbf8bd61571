"""`Publisher`: requests at once are one group; what it returned from is on the disk."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from indexer import inspection, jobs, publishing
from indexer.archive import Archive, publications
from indexer.archive.publications import Removal
from indexer.archive_place import open_archive
from indexer.articles import Article
from indexer.config import Settings
from indexer.errors import ArchiveError, LockHeld
from indexer.library import Library
from indexer.publishing import Publisher, PublishRequest
from indexer.writer_lock import writer_lock

pytestmark = pytest.mark.usefixtures("on_both")


@pytest.fixture
def library(home: Path) -> Iterator[Library]:
    library = Library(home)
    yield library
    library.close()


@pytest.fixture
def publisher(home: Path, library: Library) -> Iterator[Publisher]:
    publisher = Publisher(home, library, Settings())
    yield publisher
    publisher.close()


def asked(job: str, *operations: Article | Removal, **more: Any) -> PublishRequest:
    return PublishRequest(job, "test", operations, **more)


def story(number: int) -> Article:
    return Article(id=f"s{number}", lang="en", title=f"story {number}")


def at_once(publisher: Publisher, requests: list[PublishRequest]) -> list[Exception | None]:
    """Publish each in a thread of its own."""
    errors: list[Exception | None] = [None] * len(requests)

    def work(place: int) -> None:
        try:
            publisher.publish(requests[place])
        except Exception as error:  # noqa: BLE001
            errors[place] = error

    threads = [threading.Thread(target=work, args=(place,)) for place in range(len(requests))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return errors


def test_requests_at_once_are_one_group(
    publisher: Publisher, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publisher.publish(asked("first", story(0)))
    groups: list[int] = []
    archived = publishing._archived  # noqa: SLF001 -- how often it is called is what matters

    def counted(archive: Archive, tickets: Any) -> Any:
        groups.append(len(tickets))
        return archived(archive, tickets)

    monkeypatch.setattr(publishing, "_archived", counted)
    monkeypatch.setattr(publishing, "GATHER_S", 0.3)
    assert at_once(publisher, [asked(f"j{n}", story(n)) for n in range(1, 9)]) == [None] * 8
    assert sum(groups) == 8
    assert len(groups) <= 2
    assert inspection.status(home).articles == 9


def test_one_bad_request_spoils_no_other(
    publisher: Publisher, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A transaction that fails is tried request by request."""
    apply = publications.apply

    def failing(connection: Any, operations: Any) -> list[str]:
        if any(operation.id == "s3" for operation in operations):
            raise ArchiveError("cannot be written")
        return apply(connection, operations)

    monkeypatch.setattr(publications, "apply", failing)
    monkeypatch.setattr(publishing, "GATHER_S", 0.3)
    errors = at_once(publisher, [asked(f"j{n}", story(n)) for n in range(6)])
    assert [isinstance(error, ArchiveError) for error in errors] == [n == 3 for n in range(6)]
    assert inspection.status(home).articles == 5


def test_while_a_long_job_writes_requests_do_not_pile_up(
    publisher: Publisher, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first waits its time; later ones are told soon."""
    monkeypatch.setattr(publishing, "PATIENCE_S", 0.5)
    publisher.publish(asked("first", story(0)))
    with writer_lock(home, 5):
        took = []
        for number in range(3):
            started = time.monotonic()
            with pytest.raises(LockHeld):
                publisher.publish(asked(f"j{number}", story(1)))
            took.append(time.monotonic() - started)
    assert took[0] >= 0.5
    assert max(took[1:]) < 0.45
    assert publisher.publish(asked("last", story(1))).statuses == ("new",)


def test_a_job_beside_it(publisher: Publisher, library: Library, home: Path, tmp_path: Path) -> None:
    """`dalil add` and publications take turns; both are there, and the index has all."""
    file = tmp_path / "news.jsonl"
    lines = [json.dumps({"id": f"a{n}", "lang": "en", "title": f"added {n}"}) for n in range(40)]
    file.write_text("\n".join(lines), encoding="utf-8")
    publisher.publish(asked("first", story(0)))
    job = threading.Thread(target=jobs.add, args=(home, [file]))
    job.start()
    done = sequence = 0
    while job.is_alive() or done < 5:
        done += 1
        sequence = publisher.publish(asked(f"j{done}", story(done))).publication.sequence
    job.join()
    assert publisher.wait_searchable(sequence, 10)
    status = inspection.status(home)
    assert (status.articles, status.indexed, status.behind) == (41 + done, 41 + done, 0)
    assert inspection.check(home) == []
    assert library.snapshot().engine.statistics().documents == 41 + done


def test_two_servers_take_turns(publisher: Publisher, library: Library, home: Path) -> None:
    """Each keeps the index open, and each sees what the other wrote."""
    with closing(Publisher(home, library, Settings())) as other:
        for number in range(0, 20, 2):
            publisher.publish(asked(f"j{number}", story(number)))
            other.publish(asked(f"j{number + 1}", story(number + 1)))
        assert publisher.wait_searchable(20, 10)
        assert publisher.job("j1") is not None
    assert inspection.check(home) == []
    assert inspection.status(home).indexed == 20


def test_a_new_generation_is_taken_up(publisher: Publisher, home: Path) -> None:
    publisher.publish(asked("a", story(1)))
    jobs.reindex(home)
    last = publisher.publish(asked("b", story(2)))
    assert publisher.wait_searchable(last.publication.sequence, 10)
    assert inspection.check(home) == []


def test_an_embargo_ends_with_the_next_request(publisher: Publisher, home: Path) -> None:
    jobs.add(home, [], settings=Settings())
    with closing(open_archive(home, create=True)) as archive:
        held = Article(id="held", lang="en", title="held", publish_at=_soon())
        archive.put([held])
        time.sleep(0.4)
    publisher.publish(asked("a", story(1)))
    assert inspection.status(home).articles == 2


def _soon() -> Any:
    from datetime import UTC, datetime, timedelta  # noqa: PLC0415

    return datetime.now(UTC) + timedelta(seconds=0.3)


def test_in_a_pause_the_rest_follows(
    publisher: Publisher, library: Library, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Completions, and a receipt with what the canaries found."""
    monkeypatch.setattr(publishing, "PAUSE_S", 0.05)
    publisher.publish(asked("a", Article(id="a", lang="en", title="Lighthouse restored")))
    for _ in range(100):
        if inspection.status(home).last_job:
            break
        time.sleep(0.05)
    assert inspection.status(home).last_job.startswith("publish, ")
    completions = library.snapshot().suggestions()
    assert completions is not None
    with closing(open_archive(home)) as archive:
        receipt = archive.last_jobs(1)[0][2]
    assert (receipt["canaries"], receipt["canary_failures"]) == (1, [])


def test_jobs_and_keys_are_forgotten_in_time(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A key after a day, a job after a week."""
    monkeypatch.setattr(publications, "KEPT_CHANGES", 0)
    home.mkdir()
    with closing(open_archive(home, create=True)) as archive:
        now = time.time()
        for name, age in (("new", 0), ("day", publications.KEY_S + 9), ("week", publications.JOB_S + 9)):
            kept = publications.Publication(name, now - age, "c", "r", 0, done=True, answer={}, key=name)
            with archive.transaction() as connection:
                publications.remember(connection, kept)
        with archive.transaction() as connection:
            known = [n for n in ("new", "day", "week") if publications.by_key(connection, "c", n)]
            publications.forget_old(connection)
            jobs_left = [n for n in ("new", "day", "week") if publications.by_job(connection, n)]
    assert (known, jobs_left) == (["new"], ["new", "day"])


def test_a_closed_publisher_takes_nothing(publisher: Publisher) -> None:
    publisher.publish(asked("a", story(1)))
    publisher.close()
    publisher.close()
    with pytest.raises(ArchiveError, match="stopping"):
        publisher.publish(asked("b", story(2)))
