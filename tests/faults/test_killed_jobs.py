"""SIGKILL at any moment of any job: nothing acknowledged is lost, nothing is half visible.

Every round does something to a home in a process that kills itself, by the clock or at a write, and looks at
what is left: the archive has each article as it was before or as it was to become; an index serves as before,
with each article whole, in one version; one `catch-up` makes `check` content. What a process had finished
before it could be killed must be there in full.

`make test` does this for some seconds, `make torture` for as long as TORTURE_SECONDS says.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import shutil
import signal
import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from indexer import inspection, jobs
from indexer.archive import Archive
from indexer.backups import restore
from indexer.engines.base import SearchRequest
from indexer.engines.query import Everything, Term
from indexer.library import Library
from tests.faults.operations import OPERATIONS, SETTINGS, Death, run

SECONDS = float(os.environ.get("TORTURE_SECONDS") or 12)
SEED = os.environ.get("TORTURE_SEED") or str(random.randrange(10**6))  # noqa: S311 -- told when it fails
ARTICLES = 60
_SLOWEST_S = 60.0

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")

State = dict[str, int]
"""Id -> version; articles that can be seen."""


@dataclass(slots=True)
class World:
    """A home, what it must have, and the dice."""

    folder: Path
    chance: random.Random
    state: State = field(default_factory=dict)
    withdrawn: set[str] = field(default_factory=set)
    version: int = 0
    killed: dict[str, int] = field(default_factory=dict)
    """Operation -> how often it died."""
    finished: int = 0
    durations: dict[str, float] = field(default_factory=dict)
    """Operation -> seconds that it took when it was not killed."""

    @property
    def home(self) -> Path:
        """Where archive and index are."""
        return self.folder / "home"

    def records(self, state: Mapping[str, int]) -> Path:
        """A file of articles; the title tells the version."""
        path = self.folder / "articles.jsonl"
        lines = [
            json.dumps({"id": i, "lang": "vi", "title": f"phiên bản v{v}", "body": f"bài {i} " * 20})
            for i, v in sorted(state.items())
        ]
        path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        return path


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A home with articles that an index serves."""
    world = World(tmp_path, random.Random(SEED))  # noqa: S311 -- dice of a test
    world.state = {str(n): 0 for n in range(ARTICLES)}
    jobs.add(world.home, [world.records(world.state)], settings=SETTINGS)
    return world


@pytest.fixture(scope="module")
def context() -> multiprocessing.context.ForkServerContext:
    """Processes that have everything imported already."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.faults.operations"])
    return context


def test_killed_at_any_moment(world: World, context: multiprocessing.context.ForkServerContext) -> None:
    end = time.monotonic() + SECONDS
    rounds = one_of_each(world)
    while time.monotonic() < end or any(not world.killed.get(name) for name in OPERATIONS):
        name = next(rounds)
        one_round(world, context, name)
        assert time.monotonic() < end + _SLOWEST_S, f"{world.killed} after so long (TORTURE_SEED={SEED})"
    print(f"seed {SEED}: killed {world.killed}, finished {world.finished}")  # noqa: T201 -- for `make torture`


def test_published_while_an_index_is_built_and_killed(
    world: World, context: multiprocessing.context.ForkServerContext
) -> None:
    """Whether the new index came to serve or not: what another job has published is found, at once."""
    end = time.monotonic() + SECONDS / 3
    died = swapped = 0
    while time.monotonic() < end or not died:
        after_s = world.chance.random() * 2 if not died or world.chance.random() < 0.7 else -1.0
        builder = context.Process(target=run, args=("reindex", (world.home,), Death(after_s=after_s)))
        builder.start()
        for _ in range(world.chance.randint(1, 4)):
            world.state, arguments = planned(world, "add")
            publisher = context.Process(target=run, args=("add", arguments, Death()))
            publisher.start()
            publisher.join(_SLOWEST_S)
            assert publisher.exitcode == 0, f"add beside reindex, TORTURE_SEED={SEED}"
            assert indexed_state(world, world.state, world.state) == world.state
        builder.join(_SLOWEST_S)
        died += builder.exitcode == -signal.SIGKILL
        swapped += builder.exitcode == 0
        assert builder.exitcode in {0, -signal.SIGKILL}, f"reindex beside add, TORTURE_SEED={SEED}"
        assert indexed_state(world, world.state, world.state) == world.state
        assert inspection.check(world.home) == [], f"TORTURE_SEED={SEED}"
    print(f"seed {SEED}: {died} builders killed, {swapped} finished")  # noqa: T201 -- as above


def one_of_each(world: World) -> Iterator[str]:
    """Every operation, in an order that is another one each time."""
    while True:
        names = list(OPERATIONS)
        world.chance.shuffle(names)
        yield from names


def one_round(world: World, context: multiprocessing.context.ForkServerContext, name: str) -> None:
    """Do, die, look."""
    after, arguments = planned(world, name)
    before = dict(world.state)
    death = death_of(world, name)
    process = context.Process(target=run, args=(name, arguments, death))
    started = time.monotonic()
    process.start()
    process.join(_SLOWEST_S)
    told = f"{name} {death} of TORTURE_SEED={SEED}"
    assert process.exitcode in {0, -signal.SIGKILL}, told
    if process.exitcode == 0:
        world.finished += 1
        world.durations[name] = time.monotonic() - started
        before = after
    else:
        world.killed[name] = world.killed.get(name, 0) + 1
    process.close()
    look_at_index(world, before, after, told)
    archived = archived_state(world.home)
    assert_between(archived, before, after, f"the archive after {told}")
    if name == "backup":
        look_at_backup(world, before, told)
    jobs.catch_up(world.home, settings=SETTINGS)
    assert inspection.check(world.home) == [], told
    world.state = archived
    assert indexed_state(world, archived, archived) == archived, told


def planned(world: World, name: str) -> tuple[State, tuple[Path | str, ...]]:
    """What is to become of the articles, and the arguments of the operation."""
    after, chance = dict(world.state), world.chance
    known = sorted(after)
    if name in {"add", "sync"}:
        world.version += 1
        # What was withdrawn is gone for good: in a long torture other ids take its place.
        ids = range(2 * ARTICLES + len(world.withdrawn))
        free = [str(n) for n in ids if str(n) not in world.withdrawn]
        changed = chance.sample(free, chance.randint(1, ARTICLES // 2))
        after |= dict.fromkeys(changed, world.version)
        if name == "sync":
            # The source is the file: it may have lost what it had when it was followed before.
            return after, (world.home, world.records(after))
        return after, (world.home, world.records({i: after[i] for i in changed}))
    if name in {"remove", "withdraw"}:
        gone = chance.sample(known, min(len(known), chance.randint(1, 5)))
        if name == "withdraw":
            world.withdrawn |= set(gone)
        return {i: v for i, v in after.items() if i not in gone}, (world.home, *gone)
    if name == "backup":
        shutil.rmtree(world.folder / "copy", ignore_errors=True)
        return after, (world.home, world.folder / "copy")
    if name == "restore":
        source = world.folder / "kept"
        shutil.rmtree(source, ignore_errors=True)
        OPERATIONS["backup"](world.home, source)
        world.version += 1
        since = dict.fromkeys(chance.sample(known, min(len(known), 5)), world.version)
        jobs.add(world.home, [world.records(since)], settings=SETTINGS)
        world.state |= since
        return after, (world.home, source)
    return after, (world.home,)


def death_of(world: World, name: str) -> Death:
    """By the clock within the time that it takes, or at a write."""
    if world.chance.random() < 0.5:
        return Death(after_s=world.chance.random() * world.durations.get(name, 0.3))
    return Death(at_write=int(world.chance.expovariate(1 / 20)))


def archived_state(home: Path) -> State:
    with closing(Archive.open(home / "archive.db")) as archive:
        return {article.id: int(article.title.rpartition("v")[2]) for article in archive.all()}


def indexed_state(world: World, before: State, after: State) -> State:
    """What readers find: each article in one version, known by a word of its title."""
    with closing(Library(world.home)) as library:
        engine = library.snapshot().engine
        ids = set(engine.ids())
        # Those of other times too: an article that should have gone must not be there under any.
        versions = {*before.values(), *after.values(), *range(world.version + 1)}
        found: State = {}
        for version in versions:
            request = SearchRequest(Term("vi.title_syl", f"v{version}"), limit=5 * ARTICLES)
            for hit in engine.search(request).hits:
                assert hit.id not in found, f"{hit.id} is found in two versions"
                found[hit.id] = version
        everything = engine.search(SearchRequest(Everything(), limit=5 * ARTICLES)).total
        assert everything == len(ids) == len(found)
        return found


def assert_between(found: State, before: State, after: State, told: str) -> None:
    """Each article as before or as after, none else."""
    for article_id in {*found, *before, *after}:
        allowed = {before.get(article_id), after.get(article_id)}
        assert found.get(article_id) in allowed, (
            f"{told}: {article_id} is {found.get(article_id)}, not {allowed}"
        )


def look_at_index(world: World, before: State, after: State, told: str) -> None:
    """It serves right after the death, before anything has mended it."""
    # A rollback that died behind the swap serves what it has applied; all of it, as the swap comes last.
    earlier = world.state
    found = indexed_state(world, {**before, **earlier}, after)
    for article_id in {*found, *before, *after, *earlier}:
        allowed = {before.get(article_id), after.get(article_id), earlier.get(article_id)}
        assert found.get(article_id) in allowed, f"the index after {told}: {article_id}"


def look_at_backup(world: World, before: State, told: str) -> None:
    """It is whole, or it is not there."""
    copy = world.folder / "copy"
    if copy.exists():
        other = world.folder / "other"
        restore(other, copy, settings=SETTINGS)
        assert archived_state(other) == before, told
        assert inspection.check(other) == [], told
        shutil.rmtree(other)
