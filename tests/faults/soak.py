"""Writers, builders and readers of one home at once, each a process; what readers saw that must not be.

All of them keep one ledger in shared memory: what became of each article, and when its writer was told so.
Readers look at it before and after each search, and judge what they found by it.
"""

from __future__ import annotations

import json
import random
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from contextlib import closing, contextmanager
from ctypes import c_double, c_int64
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import Any

from indexer import jobs, rebuilding, syncing
from indexer.archive.publications import Operation, Removal
from indexer.articles import Article
from indexer.config import Settings
from indexer.errors import IndexMissing, LockHeld
from indexer.library import Library
from indexer.publishing import Publisher, PublishRequest
from search_web.core.pages import SearchInput
from search_web.core.service import SearchService
from tests.faults import planted

SETTINGS = Settings(lock_wait_s=60, commit_every=7, keep_generations=2)
VISIBLE_S = 2.0
"""What a writer was told is seen by every reader after so long."""
STEADY = 40
"""Articles that nobody touches."""
CHANGING = 6
"""Of each writer: articles that only ever change, so that a search finds each once at any moment."""
COMING = 12
"""Of each writer: articles that come and go."""
Found = tuple[list[tuple[str, str]], int]
"""Ids and titles of a page of results, and how many articles the index says there are."""
READERS = 10
"""Threads of a process."""
_TRIES = 60
_RETRY_S = 1.0
_OFTEN = 0.7
WRITERS = ("add", "sync", "publish")
SLOTS = len(WRITERS) * (CHANGING + COMING)


@dataclass(frozen=True, slots=True)
class Entry:
    """What the ledger says of an article."""

    touched: int
    """Grows by one when its writer begins, and by one when it is told that it is done."""
    version: int
    """0 when it is not there."""
    since: float
    """`time.monotonic` when its writer was told."""

    @property
    def steady(self) -> bool:
        """Whether nobody is at it."""
        return self.touched % 2 == 0


@dataclass(frozen=True, slots=True)
class Ledger:
    """What became of every article, in memory that the processes share; one writer for each article."""

    touched: Any
    version: Any
    since: Any
    stopped: Any

    @classmethod
    def of(cls, context: ForkServerContext) -> Ledger:
        """An empty one."""
        return cls(
            context.RawArray(c_int64, SLOTS),
            context.RawArray(c_int64, SLOTS),
            context.RawArray(c_double, SLOTS),
            context.RawArray(c_int64, 1),
        )

    def read(self, slot: int) -> Entry:
        """What it says now."""
        while True:
            touched = self.touched[slot]
            entry = Entry(touched, self.version[slot], self.since[slot])
            if self.touched[slot] == touched:
                return entry

    @contextmanager
    def writing(self, wanted: dict[int, int]) -> Any:
        """Around what gives articles these versions."""
        for slot in wanted:
            self.touched[slot] += 1
        yield
        for slot, version in wanted.items():
            self.version[slot], self.since[slot] = version, time.monotonic()
            self.touched[slot] += 1


@dataclass(slots=True)
class Told:
    """What a process says at its end."""

    done: int = 0
    """Jobs, swaps or searches."""
    wrong: list[str] = field(default_factory=list)


def article_id(slot: int) -> str:
    """Of a slot of the ledger."""
    return f"n{slot:03d}"


def word(slot: int) -> str:
    """What the title of this article alone has."""
    return f"tin{slot:03d}x"


def article(slot: int, version: int) -> Article:
    """The article of a slot."""
    body = " ".join(["thủ đô Hà Nội"] * 5)
    return Article(id=article_id(slot), lang="vi", title=f"{word(slot)} v{version}", body=(body,))


def steady_article(number: int) -> Article:
    """One that stays as it is."""
    return Article(id=f"s{number:03d}", lang="vi", title=f"thường trực {number}", body=("Đà Nẵng",))


def slots_of(writer: str) -> tuple[range, range]:
    """Those that a writer changes, and those that it lets come and go."""
    first = WRITERS.index(writer) * (CHANGING + COMING)
    return range(first, first + CHANGING), range(first + CHANGING, first + CHANGING + COMING)


def write_file(path: Path, articles: Sequence[Article]) -> Path:
    """Articles as JSON lines."""
    lines = [json.dumps(article.as_dict(), ensure_ascii=False) + "\n" for article in articles]
    path.write_text("".join(lines), encoding="utf-8")
    return path


def run(name: str, home: Path, ledger: Ledger, ends: float, number: int) -> None:
    """One process: does what its name says until `time.monotonic` is `ends`, and leaves what it saw."""
    told = Told()
    try:
        _ROLES[name](home, ledger, ends, random.Random(number), told)  # noqa: S311 -- dice of a test
    except Exception:  # noqa: BLE001 -- whatever it is, it must not have been
        told.wrong.append(traceback.format_exc())
    if told.wrong:
        ledger.stopped[0] = 1
    text = json.dumps({"done": told.done, "wrong": told.wrong[:20]}, ensure_ascii=False)
    (home.parent / f"told-{name}-{number}.json").write_text(text, encoding="utf-8")


def _goes_on(ledger: Ledger, ends: float) -> bool:
    return not ledger.stopped[0] and time.monotonic() < ends


def _add(home: Path, ledger: Ledger, ends: float, chance: random.Random, told: Told) -> None:
    """`dalil add` and `dalil remove`."""
    changing, coming = slots_of("add")
    while _goes_on(ledger, ends):
        changed = chance.sample(changing, 3)
        fresh = chance.sample(coming, 4)
        wanted = {slot: ledger.read(slot).version + 1 for slot in (*changed, *fresh)}
        path = write_file(home.parent / "add.jsonl", [article(slot, v) for slot, v in wanted.items()])
        with ledger.writing(wanted):
            jobs.add(home, [path], settings=SETTINGS)
        gone = chance.sample(coming, 3)
        with ledger.writing(dict.fromkeys(gone, 0)):
            jobs.remove(home, [article_id(slot) for slot in gone], settings=SETTINGS)
        told.done += 2
        time.sleep(chance.random() * 0.2)


def _sync(home: Path, ledger: Ledger, ends: float, chance: random.Random, told: Told) -> None:
    """`dalil sync`: the archive follows a file, of which articles go."""
    changing, coming = slots_of("sync")
    options = syncing.SyncOptions(remove_anyway=True)
    while _goes_on(ledger, ends):
        versions = {slot: ledger.read(slot).version for slot in (*changing, *coming)}
        wanted = {slot: versions[slot] + 1 for slot in chance.sample(changing, 2)}
        wanted |= {slot: chance.choice((0, versions[slot] + 1)) for slot in chance.sample(coming, 4)}
        there = [article(slot, v) for slot, v in (versions | wanted).items() if v]
        path = write_file(home.parent / "sync.jsonl", there)
        with ledger.writing(wanted):
            syncing.sync_sources(home, [path], options, settings=SETTINGS)
        told.done += 1
        time.sleep(chance.random() * 0.2)


def _publish(home: Path, ledger: Ledger, ends: float, chance: random.Random, told: Told) -> None:
    """A server that is published to: acknowledged when archived, searchable a moment later."""
    changing, coming = slots_of("publish")
    with closing(Library(home)) as library, closing(Publisher(home, library, SETTINGS)) as publisher:
        while _goes_on(ledger, ends):
            slots = (chance.choice(changing), *chance.sample(coming, 2))
            wanted = {slot: ledger.read(slot).version + 1 for slot in slots}
            if chance.random() < 0.5:
                wanted[slots[2]] = 0
            operations: list[Operation] = [
                article(slot, version) if version else Removal(article_id(slot))
                for slot, version in wanted.items()
            ]
            with ledger.writing(wanted):
                _published(publisher, PublishRequest(f"job{told.done}", "cms", operations))
            told.done += 1
            time.sleep(chance.random() * 0.1)


def _published(publisher: Publisher, request: PublishRequest) -> None:
    """As a client does that is told to come again: a job held the home for too long."""
    for _ in range(_TRIES):
        try:
            publisher.publish(request)
        except LockHeld:
            time.sleep(_RETRY_S)
            continue
        return
    raise AssertionError("the jobs let nobody publish")


def _rebuild(home: Path, ledger: Ledger, ends: float, chance: random.Random, told: Told) -> None:
    """`dalil reindex` and `dalil rollback` by turns."""
    while _goes_on(ledger, ends):
        jobs.reindex(home, settings=SETTINGS)
        time.sleep(chance.random() * 0.5)
        try:
            rebuilding.rollback(home, settings=SETTINGS)
        except IndexMissing:
            told.wrong.append("there was nothing to roll back to")
        told.done += 2
        time.sleep(chance.random() * 0.5)


def _read(home: Path, ledger: Ledger, ends: float, chance: random.Random, told: Told) -> None:
    """A server that is searched by several threads."""
    with closing(Library(home)) as library:
        service = SearchService(library)
        seeds = [chance.random() for _ in range(READERS)]
        threads = [threading.Thread(target=_reader, args=(service, ledger, ends, s, told)) for s in seeds]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()


def _reader(service: SearchService, ledger: Ledger, ends: float, seed: float, told: Told) -> None:
    chance = random.Random(seed)  # noqa: S311 -- dice of a test
    try:
        while _goes_on(ledger, ends):
            _look_at_steady(service, told)
            slot = _chosen(ledger, chance)
            before, started = ledger.read(slot), time.monotonic()
            found = _found(service, word(slot))
            after = ledger.read(slot)
            problem = judged(slot, found, (before, after), started)
            if problem:
                problem += _later(service, slot, found, started)
                told.wrong.append(problem)
                ledger.stopped[0] = 1
            told.done += 2
            time.sleep(chance.random() * 0.05)
    except Exception:  # noqa: BLE001 -- as in `run`
        told.wrong.append(traceback.format_exc())
        ledger.stopped[0] = 1


def _chosen(ledger: Ledger, chance: random.Random) -> int:
    """An article by chance, as a rule one that was left alone for long enough to be judged."""
    now = time.monotonic()
    some = [chance.randrange(SLOTS) for _ in range(4)]
    rested = [n for n in some if (entry := ledger.read(n)).steady and now - entry.since > VISIBLE_S]
    return rested[0] if rested and chance.random() < _OFTEN else some[0]


def _later(service: SearchService, slot: int, found: Found, started: float) -> str:
    """Whether it comes by itself, for those who look for the cause."""
    while time.monotonic() < started + 10:
        if _found(service, word(slot)) != found:
            return f"; other {time.monotonic() - started:.2f} s later, at {service.state()}"
        time.sleep(0.01)
    return f"; the same 10 s later, at {service.state()}"


def _look_at_steady(service: SearchService, told: Told) -> None:
    found = [one for one, _ in _found(service, "thường trực")[0]]
    if sorted(found) != [f"s{n:03d}" for n in range(STEADY)]:
        told.wrong.append(f"of {STEADY} articles that nobody touches {len(found)} were found: {found}")


def _found(service: SearchService, text: str) -> Found:
    page = service.search(SearchInput(text, page_size=100, as_typed=True))
    return [(result.id, result.title.text) for result in page.results], page.total


def judged(slot: int, answer: Found, entries: tuple[Entry, Entry], started: float) -> str:
    """What is wrong with what a search for an article's word has found; "" for nothing."""
    before, after = entries
    found, total = answer
    told = f"{article_id(slot)}, {before} before and {after} after, {started - before.since:.3f} s: {answer}"
    if total > 1 or [one for one, _ in found] not in ([], [article_id(slot)]):
        return f"another article, or one twice: {told}"
    changes_only = slot % (CHANGING + COMING) < CHANGING
    if changes_only and total != 1:
        return f"missing: {told}"
    if before == after and before.steady and started - before.since > VISIBLE_S:
        wanted = [(article_id(slot), f"{word(slot)} v{before.version}")] if before.version else []
        if answer != (wanted, len(wanted)):
            return f"not what was acknowledged: {told}"
    return ""


def _broken(role: str, fault: Callable[[], None]) -> Callable[..., None]:
    """A role in a process in which something is broken on purpose."""

    def with_fault(*arguments: Any) -> None:
        fault()
        _ROLES[role](*arguments)

    return with_fault


_ROLES: dict[str, Callable[[Path, Ledger, float, random.Random, Told], None]] = {
    "add": _add, "sync": _sync, "publish": _publish, "rebuild": _rebuild, "read": _read,
    "rebuild-too-early": _broken("rebuild", planted.serve_too_early),
    "add-in-two-steps": _broken("add", planted.change_in_two_steps),
    "sync-without-telling": _broken("sync", planted.commit_without_state),
    "read-what-it-has": _broken("read", planted.never_look_again),
}  # fmt: skip
