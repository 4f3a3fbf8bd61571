"""The wall clock jumps back and forth, by an hour and by ten years: nothing is lost, nothing is stuck."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from indexer import inspection, jobs, rebuilding
from indexer.access import AccessFile
from indexer.archive import Archive, publications
from indexer.articles import Article
from indexer.config import Settings
from indexer.errors import LockHeld
from indexer.generations import current_name, index_folder
from indexer.library import Library
from indexer.publishing import Publisher, PublishRequest
from indexer.pulse import Pulse
from indexer.writer_lock import writer_lock
from search_web.core.service import SearchService
from search_web.desk import Desk
from search_web.web.app import create_app
from search_web.web.config import WebConfig
from search_web.web.operations import Operations
from search_web.web.rate_counts import SharedCounts
from tests.faults.small_home import SETTINGS, WORDS, found_words, small_home, write_articles

HOUR = 3_600.0
YEARS = 10 * 365 * 24 * HOUR
JUMPS = (-HOUR, HOUR, -YEARS, YEARS)


@dataclass(slots=True)
class Clock:
    """The wall clock of this process; durations are measured by another one."""

    offset: float = 0.0


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """`time.time` with an offset."""
    clock, real = Clock(), time.time
    monkeypatch.setattr(time, "time", lambda: real() + clock.offset)
    return clock


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Four articles that an index serves."""
    return small_home(tmp_path)


def test_jobs_at_any_time(home: Path, tmp_path: Path, clock: Clock) -> None:
    """Changes are numbered, not dated: each job is found, in order, whatever the clock says at each."""
    expected, last = dict(WORDS), 0
    for number, jump in enumerate((*JUMPS, 0.0)):
        clock.offset = jump
        expected[f"m{number}"] = f"m{number}"
        more = write_articles(tmp_path / "more.jsonl", {f"m{number}": f"m{number}"})
        receipt = jobs.add(home, [more], settings=SETTINGS)
        assert receipt.sequence > last
        assert 0 <= receipt.seconds < 60
        last = receipt.sequence
        assert jobs.remove(home, [f"m{number - 1}"], settings=SETTINGS).removed == (number > 0)
        expected.pop(f"m{number - 1}", None)
        assert found_words(home) == expected
        assert inspection.status(home).last_job.startswith("remove")
    jobs.reindex(home, settings=SETTINGS)
    clock.offset = -YEARS
    rebuilding.rollback(home, settings=SETTINGS)
    assert inspection.check(home) == []
    assert found_words(home) == expected


def test_an_embargo_ends_by_the_clock_and_once(home: Path, tmp_path: Path, clock: Clock) -> None:
    """A clock that is behind lets nothing out early; what was let out stays."""
    record = {
        "id": "e1",
        "lang": "ar",
        "title": "e1",
        "publish_at": (datetime.now(UTC) + timedelta(hours=2)).isoformat(),
    }
    path = tmp_path / "embargoed.jsonl"
    path.write_text(json.dumps(record) + "\n", encoding="utf-8")
    assert jobs.add(home, [path], settings=SETTINGS).held == 1
    for jump in (-YEARS, HOUR, -HOUR):
        clock.offset = jump
        assert jobs.catch_up(home, settings=SETTINGS).released == 0
    clock.offset = 2.1 * HOUR
    assert jobs.catch_up(home, settings=SETTINGS).released == 1
    clock.offset = -YEARS
    jobs.catch_up(home, settings=SETTINGS)
    assert found_words(home)["e1"] == "e1"


def test_requests_are_known_by_their_keys(home: Path, clock: Clock) -> None:
    """A repeated request is known though the clock was set; a clock years ahead makes forget nothing."""
    article = Article(id="k1", lang="en", title="k1")
    with closing(Library(home)) as library, closing(Publisher(home, library, Settings())) as publisher:

        def send(job: str, key: str, request: str) -> bool:
            return publisher.publish(PublishRequest(job, "cms", [article], key, request)).replayed

        assert not send("j1", "key", "one")
        for jump in (-HOUR, HOUR):
            clock.offset = jump
            assert send("j2", "key", "one")
        clock.offset = YEARS
        assert not send("j3", "far", "one")
        with closing(Archive.open(home / "archive.db")) as archive, archive.transaction() as connection:
            publications.forget_old(connection)
        clock.offset = 0.0
        assert send("j4", "key", "one")
        assert publisher.job("j1") is not None
        # The clock was wrong when this key was used: it may be used again, not for ten years refused.
        assert not send("j5", "far", "two")
        assert send("j6", "far", "two")


def test_old_jobs_are_forgotten_all_the_same(
    home: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those that are old by the clock and by the changes since."""
    monkeypatch.setattr(publications, "KEPT_CHANGES", 3)
    with closing(Library(home)) as library, closing(Publisher(home, library, Settings())) as publisher:
        for number in range(5):
            publisher.publish(
                PublishRequest(f"j{number}", "cms", [Article(id=f"o{number}", lang="en", title="o")])
            )
        clock.offset = YEARS
        with closing(Archive.open(home / "archive.db")) as archive, archive.transaction() as connection:
            publications.forget_old(connection)
        assert [publisher.job(f"j{number}") is not None for number in range(5)] == [
            False,
            False,
            True,
            True,
            True,
        ]


@pytest.mark.parametrize("jump", JUMPS)
def test_nobody_waits_for_years(clock: Clock, jump: float) -> None:
    """Counts of requests end after their seconds, and not before, whatever the clock says meanwhile."""
    counts = SharedCounts()
    for _ in range(3):
        counts.add("client", 0.5, 1)
    clock.offset = jump
    count, end = counts.look("client")
    assert count == 3
    assert 0 < end - time.time() <= 0.5
    deadline = time.monotonic() + 10
    while counts.look("client")[0] and time.monotonic() < deadline:
        time.sleep(0.02)
    assert counts.look("client")[0] == 0


@pytest.mark.parametrize("jump", JUMPS)
def test_how_long_changes_wait(home: Path, clock: Clock, jump: float) -> None:
    """A server that saw the index up to date knows that a change is not ten years old, nor from tomorrow."""
    with closing(Library(home)) as library, closing(Pulse(home, library)) as pulse:
        assert pulse.behind_s() == 0
        clock.offset = jump
        with closing(Archive.open(home / "archive.db", create=True)) as archive:
            archive.put([Article(id="w1", lang="en", title="w1")])
        clock.offset = 0.0
        library.look()
        first = pulse.behind_s()
        time.sleep(0.1)
        assert first < 60
        assert 0.1 <= pulse.behind_s() < 60
        jobs.catch_up(home, settings=SETTINGS)
        library.look()
        assert pulse.vitals().behind_s == 0


def test_a_server_stays_ready_and_shows_what_is_new(home: Path, clock: Clock) -> None:
    """A page is not taken for an old one because its clock was set back."""
    headers = {"Authorization": f"Bearer {AccessFile(home).create_token('cms', 'write')}"}
    with closing(Library(home)) as library, closing(Publisher(home, library, Settings())) as publisher:
        operations = Operations(publisher, AccessFile(home), Pulse(home, library))
        config = WebConfig(ready_behind_s=60)
        client = create_app(
            SearchService(library), config, desk=Desk(home, library), operations=operations
        ).test_client()
        since = ""
        for number, jump in enumerate((YEARS, -YEARS, HOUR, -HOUR, 0.0)):
            clock.offset = jump
            record = {"title": f"a1 t{number}", "lang": "en"}
            answer = client.put(f"/api/v1/articles/t{number}?wait=searchable", json=record, headers=headers)
            assert answer.status_code == 200, answer.text
            assert client.get("/readyz").status_code == 200
            feed = client.get("/en/search.atom?q=a1", headers={"If-Modified-Since": since} if since else {})
            assert feed.status_code == 200
            assert f"t{number}" in feed.text
            since = feed.headers["Last-Modified"]
            assert client.get("/en/search.atom?q=a1", headers={"If-Modified-Since": since}).status_code == 304
    assert inspection.check(home) == []


def test_who_waits_for_a_lock_waits_as_long_as_it_says(home: Path, clock: Clock) -> None:
    """Neither for ever nor not at all."""
    stop = threading.Event()
    turning = threading.Thread(target=_turn, args=(clock, stop))
    with writer_lock(home, 1):
        turning.start()
        started = time.monotonic()
        with pytest.raises(LockHeld, match=r"within 0\.5 s"), writer_lock(home, 0.5):
            pass
        waited = time.monotonic() - started
    stop.set()
    turning.join()
    assert 0.5 <= waited < 10
    with writer_lock(home, 1):
        pass


def test_files_from_the_future(home: Path, tmp_path: Path) -> None:
    """Readers see a commit whose files are dated before those of the one that they have open."""
    with closing(Library(home)) as library:
        for age in (-YEARS, YEARS, HOUR):
            sequence = library.snapshot().sequence
            jobs.add(
                home, [write_articles(tmp_path / "more.jsonl", {f"f{age:.0f}": "f1"})], settings=SETTINGS
            )
            for path in (index_folder(home) / current_name(home)).rglob("*"):
                os.utime(path, (path.stat().st_mtime - age,) * 2)
            deadline = time.monotonic() + 10
            while library.snapshot().sequence == sequence and time.monotonic() < deadline:
                time.sleep(0.02)
            assert library.snapshot().sequence > sequence


def _turn(clock: Clock, stop: threading.Event) -> None:
    for jump in _forever(JUMPS):
        clock.offset = jump
        if stop.wait(0.01):
            clock.offset = 0.0
            return


def _forever(jumps: tuple[float, ...]) -> Iterator[float]:
    while True:
        yield from jumps
