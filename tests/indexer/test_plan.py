"""What an archive of a size needs: cases, and what is true of every plan."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.plan import MOST_ARTICLES, MOST_QPS, Need, plan
from indexer.plan_commands import duration, plan_lines, size
from indexer.plan_figures import FIGURES
from tests.indexer.conftest import Run

CASES = json.loads((Path(__file__).parents[1] / "cases" / "plan" / "plans.json").read_text(encoding="utf-8"))
NEEDS = st.builds(
    Need,
    st.integers(1, MOST_ARTICLES),
    st.floats(0.01, MOST_QPS),
    st.floats(100, 1e6),
    st.one_of(st.none(), st.integers(0, 5)),
)


def labelled(name: str) -> list[Any]:
    return [pytest.param(case, id=case["label"]) for case in CASES[name]]


def need_of(case: dict[str, Any]) -> Need:
    known = Need(1)
    return Need(
        case["articles"],
        float(case["qps"]),
        case.get("article_bytes", known.article_bytes),
        case.get("replicas"),
    )


@pytest.mark.parametrize("case", labelled("plans"))
def test_plans(case: dict[str, Any]) -> None:
    made = plan(need_of(case))
    expect = dict(case["expect"])
    remarks = " ".join(made.remarks)
    least, most = expect.pop("least", {}), expect.pop("most", {})
    assert expect.pop("remark", "") in remarks
    assert expect.pop("no_remark", "\0") not in remarks
    found = made.as_dict() | {
        "roles": [each.role for each in made.machines],
        "data_nodes": sum(each.count for each in made.machines if each.role == "data"),
    }
    assert {name: found[name] for name in expect} == expect
    assert {name: found[name] for name in least if found[name] < least[name]} == {}
    assert {name: found[name] for name in most if found[name] > most[name]} == {}


@pytest.mark.parametrize("case", labelled("refused"))
def test_numbers_that_nobody_has_are_refused(case: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=case["says"]):
        plan(need_of(case))


@pytest.mark.parametrize("case", labelled("words"))
def test_words_for_numbers(case: dict[str, Any]) -> None:
    said = {"size": size, "duration": duration}[case["kind"]](case["value"])
    assert said == case["text"]


@given(NEEDS)
def test_machines_hold_what_they_are_for(need: Need) -> None:
    made = plan(need)
    (first, *_) = made.machines
    copies = 1 + made.replicas
    assert first.count * first.disk_gib * 2**30 >= made.index_bytes * copies
    assert first.count >= copies, "copies of a shard stand on different machines"
    if made.engine == "opensearch":
        assert first.heap_gib * 2 <= first.memory_gib
        shards = made.shards * copies
        assert shards / first.count <= FIGURES["shards_per_heap_gib"].value * first.heap_gib + 1
        assert made.index_bytes / made.shards <= FIGURES["shard_bytes"].value
        said = any("more machines than there are shards" in remark for remark in made.remarks)
        assert said == (first.count > shards), "a node without a shard does nothing"


@given(NEEDS, st.integers(2, 50))
def test_more_articles_never_need_less(need: Need, times: int) -> None:
    more = Need(min(MOST_ARTICLES, need.articles * times), need.qps, need.article_bytes, need.replicas)
    small, large = plan(need), plan(more)
    if small.engine == large.engine:
        sizes = [(each.shards, each.index_bytes, each.build_hours) for each in (small, large)]
        assert all(low <= high for low, high in zip(*sizes, strict=True))


@given(NEEDS)
def test_every_plan_can_be_said(need: Need) -> None:
    lines = list(plan_lines(plan(need)))
    assert all(len(line) < 120 and line[:13].rstrip() for line in lines)
    assert [line.split("  ")[0] for line in lines[:3]] == ["planned for", "archive", "index"]


def test_ten_times_as_many_is_about_ten_times_the_index() -> None:
    sizes = [plan(Need(10**power, 200)).index_bytes for power in range(6, 10)]
    assert all(9 < more / less < 11 for less, more in pairwise(sizes))


def test_the_command_says_it_as_text_and_json(run: Run) -> None:
    text = run("plan", "--articles", "10000000", "--qps", "200")
    assert text.exit_code == 0
    assert "in 3 shards, 1 copy" in text.output
    data = json.loads(run("plan", "--articles", "10000000", "--qps", "200", "--json").output)
    assert data["shards"] == 3
    assert data["figures"].keys() == FIGURES.keys()
    assert all(figure["source"] for figure in data["figures"].values())


def test_the_command_refuses_in_one_line(run: Run) -> None:
    refused = run("plan", "--articles", "0")
    assert refused.exit_code == 2
    assert refused.output.strip() == f"Error: 0 articles; a plan is for 1 to {MOST_ARTICLES}"
