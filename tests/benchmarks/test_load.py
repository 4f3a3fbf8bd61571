"""The load: a short one at a real server is answered rightly; a report tells what is not as it must be."""

from __future__ import annotations

import doctest
import random
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from benchmarks.bench_load import run
from benchmarks.load import publishing, results, server, wire
from benchmarks.load.homes import HomeMissing, articles_of, build_home
from benchmarks.load.publishing import Outcome, Seen
from benchmarks.load.readers import SHARES, Readers, Wanted
from benchmarks.load.results import report, table
from benchmarks.load.runs import Load, Measured, Plan
from benchmarks.load.server import Memory
from benchmarks.load.wire import Answer

pytestmark = pytest.mark.slow

ARTICLES = 300
SHORT = Plan(seconds=5, clients=4, pause_s=0.4, publishes=2, alone=5, saturated_s=0)
GENEROUS = {"p99_ms": 20_000, "searchable_p95_ms": 10_000, "seen_worst_ms": 15_000, "memory_grown": 9}
"""Correctness is what the short form is for: other tests run beside it."""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small home, of public news where they are."""
    folder = tmp_path_factory.mktemp("load") / "home"
    build_home(folder, ARTICLES)
    return folder


@pytest.mark.parametrize("module", [publishing, results, server, wire])
def test_the_examples_in_docstrings_hold(module: ModuleType) -> None:
    assert doctest.testmod(module) == doctest.TestResults(failed=0, attempted=1)


def test_a_short_load_is_answered_rightly(home: Path) -> None:
    """No answer is wrong, no connection fails, and what was acknowledged is found, or gone, in the end."""
    before = articles_of(home, ARTICLES)
    found = run(home, SHORT, processes=2, goals=GENEROUS)
    assert found["missed"] == []
    assert found["server_log"] == []
    assert found["mixed"]["all"]["count"] > 10
    assert found["alone"]["seen"]["count"] == SHORT.alone
    assert found["published"]["seen"]["count"] >= SHORT.seconds * SHORT.publishes - 1
    assert "all goals met" in table(found)
    # The load is at a copy: a home that is kept is the same for the next run.
    assert articles_of(home, ARTICLES) == before


def test_every_kind_of_request_is_made(home: Path) -> None:
    readers = Readers(articles_of(home, ARTICLES))
    assert set(readers.pools) <= set(SHARES)
    assert set(readers.pools) >= set(SHARES) - {"english"}
    chance = random.Random(1)  # noqa: S311  # no secret
    asked = [readers.one(chance) for _ in range(2_000)]
    assert {wanted.kind for wanted in asked} == set(readers.pools)
    # Some are asked again and again, as readers' searches are.
    assert len({wanted.address for wanted in asked}) < 1_700
    assert sum(SHARES.values()) == 100


def test_no_home_no_load(tmp_path: Path) -> None:
    with pytest.raises(HomeMissing, match="there is no archive"):
        articles_of(tmp_path, 10)


@pytest.mark.parametrize(
    ("status", "body", "wrong"),
    [
        (200, b'<li class="hit">', ""),
        (200, b"nothing found", "search: no '<li class=\"hit' in the answer to /x"),
        (500, b"", "search: 500 for /x"),
        (404, b"", "search: 404 for /x"),
    ],
)
def test_answers_are_checked(status: int, body: bytes, wrong: str) -> None:
    assert (
        Wanted("search", "/x", '<li class="hit').wrong(Answer(status, body, packed=False, took_s=0)) == wrong
    )


def measured(**changes: Any) -> Measured:
    """A run in which all is well, but for what is given."""
    good = Load(seconds=10, took_s={"arabic": [0.01] * 99 + [0.2]}, server_cpu_s=12, generator_cpu_s=1)
    parts: dict[str, Any] = {
        "alone": Outcome(seen=[Seen("new", 0.01, 0.05)] * 20),
        "mixed": good,
        "published": Outcome(seen=[Seen("removal", 0.01, 0.3)] * 20),
        "memory": [Memory(at, 100 << 20, 50 << 20) for at in range(10)],
        "saturated": Load(),
        "left_over": [],
    }
    return Measured(**parts | changes)


def test_a_good_run_misses_nothing() -> None:
    found = report(measured(), Plan(seconds=10))
    assert found["missed"] == []
    assert found["mixed"]["all"] == {"count": 100, "p50_ms": 10, "p95_ms": 10, "p99_ms": 10, "max_ms": 200}
    assert found["mixed"]["server_cores"] == 1.2
    assert found["memory"]["grown"] == 0


@pytest.mark.parametrize(
    ("changes", "missed"),
    [
        ({"mixed": Load(10, {"arabic": [0.3] * 5})}, "p99 is 300.0 ms, the goal is 250"),
        (
            {"mixed": Load(10, {"arabic": [0.1]}, ["x: 500 for /"])},
            "mixed: 1 wrong answers, 0 failed connections",
        ),
        ({"saturated": Load(10, failed=["refused"])}, "saturated: 0 wrong answers, 1 failed connections"),
        (
            {"alone": Outcome(seen=[Seen("new", 0.01, 0.15)] * 9)},
            "p95 until searchable is 150.0 ms alone, the goal is 100",
        ),
        (
            {"published": Outcome(seen=[Seen("new", 0.01, 2.5)])},
            "published: one was seen after 2500.0 ms, the goal is 2000",
        ),
        (
            {"published": Outcome(seen=[Seen("new", 0.01, None)])},
            "published: 0 publishes refused, 0 searches for them failed, 1 never seen",
        ),
        (
            {"published": Outcome(refused=["503"])},
            "published: 1 publishes refused, 0 searches for them failed, 0 never seen",
        ),
        ({"left_over": ["zxq is found 0 times"]}, "1 words are not found as they should be in the end"),
        (
            {"memory": [Memory(at, (100 + at) << 20, 0) for at in range(10)]},
            "memory grew by 7.9%, the goal is 5%",
        ),
    ],
)
def test_what_is_not_as_it_must_be_is_told(changes: dict[str, Any], missed: str) -> None:
    found = report(measured(**changes), Plan(seconds=10))
    assert found["missed"] == [missed]
    assert f"MISSED {missed}" in table(found)
