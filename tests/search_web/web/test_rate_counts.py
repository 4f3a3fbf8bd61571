"""Requests are counted by all processes of a server together."""

from __future__ import annotations

import os
import time

import pytest

from search_web.web.rate_counts import SharedCounts


def test_counts_begin_anew_when_their_time_is_over() -> None:
    counts = SharedCounts()
    assert [counts.add("a", 60, 1), counts.add("a", 60, 2), counts.add("b", 60, 1)] == [1, 3, 1]
    count, end = counts.look("a")
    assert count == 3
    assert 50 < end - time.time() <= 60
    assert counts.look("never")[0] == 0
    counts.add("short", 0.01, 5)
    time.sleep(0.02)
    assert counts.look("short")[0] == 0
    assert counts.add("short", 60, 1) == 1


def test_counts_are_forgotten() -> None:
    counts = SharedCounts()
    for key in "abc":
        counts.add(key, 60, 1)
    counts.forget("a")
    assert [counts.look(key)[0] for key in "abc"] == [0, 1, 1]
    counts.forget()
    assert [counts.look(key)[0] for key in "abc"] == [0, 0, 0]


def test_a_full_table_forgets_those_that_are_over_soonest() -> None:
    """However many clients ask, memory stays as it is, and a count goes wrong to the client's favour only."""
    counts = SharedCounts()
    for number in range(40_000):
        assert counts.add(f"client {number}", 60, 1) == 1
    kept = sum(counts.look(f"client {number}")[0] for number in range(40_000))
    assert 10_000 < kept <= 16_384


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_forked_processes_count_together() -> None:
    counts = SharedCounts()
    children = []
    for _ in range(3):
        child = os.fork()
        if child == 0:
            for _ in range(500):
                counts.add("a", 60, 1)
            os._exit(0)
        children.append(child)
    assert [os.waitpid(child, 0)[1] for child in children] == [0, 0, 0]
    assert counts.add("a", 60, 1) == 1_501
