"""Two jobs, a publishing server, swaps of the index and forty readers at once, for TORTURE_SECONDS.

No search fails, misses an article, shows one twice or in a version that is over; what a writer was told is
seen by every reader after two seconds at most, and what it removed by none.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import time
from collections.abc import Sequence
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest

from indexer import inspection, jobs
from tests.faults import soak
from tests.faults.soak import Entry, Ledger, judged

SECONDS = float(os.environ.get("TORTURE_SECONDS") or 12)
PLANTED_S = 60.0
"""A planted fault is seen before that; the run ends when it is."""
_PATIENCE_S = 90.0
READING = ("read",) * 4

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name == "nt", reason="processes of POSIX")]


@pytest.fixture(scope="module")
def context() -> ForkServerContext:
    """Processes that have everything imported already."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.faults.soak"])
    return context


def test_nobody_sees_what_must_not_be(tmp_path: Path, context: ForkServerContext) -> None:
    done, wrong = together(tmp_path, context, ("add", "sync", "publish", "rebuild", *READING), SECONDS)
    assert wrong == []
    assert inspection.check(tmp_path / "home") == []
    # Each of them had its turn: nobody was locked out by the others.
    assert all(done.values()), done
    print(f"soak of {SECONDS:g} s: {done}")  # noqa: T201 -- for `make torture`


@pytest.mark.parametrize(
    ("roles", "seen"),
    [
        (("add", "rebuild-too-early", *READING), r"that nobody touches|missing|nothing to roll back"),
        (("add-in-two-steps", *READING), "missing"),
        (("sync-without-telling", *READING), "not what was acknowledged"),
        (("publish", "read-what-it-has"), "not what was acknowledged"),
    ],
)
def test_a_planted_fault_is_seen(
    tmp_path: Path, context: ForkServerContext, roles: Sequence[str], seen: str
) -> None:
    """With a swap in two steps, a change in two steps, a removal that is lost, a reader that never looks."""
    _, wrong = together(tmp_path, context, roles, PLANTED_S)
    assert any(part in problem for problem in wrong for part in seen.split("|")), wrong


def test_what_is_judged() -> None:
    """The judge itself: an article that only changes is never missing, one that is over is not shown."""
    title, older = f"{soak.word(0)} v3", f"{soak.word(0)} v2"
    now, later = Entry(4, 3, 100.0), 100.0 + 2 * soak.VISIBLE_S
    assert judged(0, ([("n000", title)], 1), (now, now), later) == ""
    assert judged(0, ([("n000", older)], 1), (now, now), 100.1) == ""
    for found in ([], [("n000", older)], [("n000", title)] * 2, [("n001", title)]):
        assert judged(0, (found, len(found)), (now, now), later)
    gone, coming = Entry(6, 0, 100.0), soak.CHANGING
    shown = [(soak.article_id(coming), "x")]
    assert judged(coming, ([], 0), (gone, gone), later) == ""
    assert judged(coming, ([], 1), (gone, gone), later), "counted, though nobody is shown it"
    assert judged(coming, (shown, 1), (gone, gone), later)
    assert judged(coming, ([], 0), (now, Entry(5, 3, 100.0)), later) == ""


def together(
    folder: Path, context: ForkServerContext, roles: Sequence[str], seconds: float
) -> tuple[dict[str, int], list[str]]:
    """Let processes do what their roles say; how much each role has done, and all that was wrong."""
    home, ledger = folder / "home", Ledger.of(context)
    everything = {slot: 1 for writer in soak.WRITERS for slot in soak.slots_of(writer)[0]}
    with ledger.writing(everything):
        articles = [soak.article(slot, 1) for slot in everything]
        articles += [soak.steady_article(number) for number in range(soak.STEADY)]
        jobs.add(home, [soak.write_file(folder / "first.jsonl", articles)], settings=soak.SETTINGS)
        jobs.reindex(home, settings=soak.SETTINGS)
    ends = time.monotonic() + seconds
    started = []
    for role in roles:
        seed = random.randrange(10**6)  # noqa: S311 -- dice of a test
        process = context.Process(target=soak.run, args=(role, home, ledger, ends, seed))
        process.start()
        started.append((process, role, folder / f"told-{role}-{seed}.json"))
    done: dict[str, int] = {}
    wrong: list[str] = []
    for process, role, told in started:
        process.join(max(ends - time.monotonic(), 0) + _PATIENCE_S)
        if process.exitcode != 0:
            process.kill()
            wrong.append(f"{role} ended with {process.exitcode}")
            continue
        found = json.loads(told.read_text(encoding="utf-8"))
        done[role] = done.get(role, 0) + found["done"]
        wrong += found["wrong"]
    return done, wrong
