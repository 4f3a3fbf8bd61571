"""What a run says: figures, goals that are met or missed, and a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from math import ceil
from typing import Any

from .publishing import Outcome
from .runs import Load, Measured, Plan
from .server import growth

GOALS: Mapping[str, float] = {
    "p99_ms": 250,
    "searchable_p95_ms": 100,
    "seen_worst_ms": 2_000,
    "memory_grown": 0.05,
}
_EXAMPLES = 10
"""Of what went wrong, that are told."""


def percentile(values: Sequence[float], share: float) -> float:
    """The least value that so large a share is not above; 0 for no values.

    >>> percentile([4.0, 1.0, 3.0, 2.0], 0.5), percentile([4.0, 1.0, 3.0, 2.0], 0.95)
    (2.0, 4.0)
    """
    ordered = sorted(values)
    return ordered[max(0, ceil(len(ordered) * share) - 1)] if ordered else 0.0


def report(measured: Measured, plan: Plan, goals: Mapping[str, float] = GOALS) -> dict[str, Any]:
    """All figures, in ms and MB, and the goals that were missed in words."""
    found: dict[str, Any] = {
        "alone": _published(measured.alone),
        "mixed": _read(measured.mixed),
        "published": _published(measured.published),
        "saturated": _read(measured.saturated),
        "memory": growth(measured.memory, plan.seconds),
        "memory_mb": [
            [round(each.at_s), round(each.pss / 2**20, 1), round(each.own / 2**20, 1)]
            for each in measured.memory
        ],
        "left_over": list(measured.left_over[:_EXAMPLES]),
    }
    return found | {"missed": _missed(found, measured, goals)}


def _times(took_s: Sequence[float]) -> dict[str, float]:
    shares = {"p50_ms": 0.5, "p95_ms": 0.95, "p99_ms": 0.99, "max_ms": 1.0}
    return {"count": len(took_s)} | {
        name: round(percentile(took_s, share) * 1000, 1) for name, share in shares.items()
    }


def _read(load: Load) -> dict[str, Any]:
    if not load.seconds:
        return {}
    return {
        "seconds": load.seconds,
        "requests_per_s": round(load.answers / load.seconds, 1),
        "all": _times(list(chain.from_iterable(load.took_s.values()))),
        "kinds": {kind: _times(took) for kind, took in sorted(load.took_s.items())},
        "wrong": len(load.wrong),
        "failed": len(load.failed),
        "examples": [*load.wrong, *load.failed][:_EXAMPLES],
        "server_ms_an_answer": round(load.server_cpu_s * 1000 / max(1, load.answers), 1),
        "server_cores": round(load.server_cpu_s / load.seconds, 2),
        "generator_cores": round(load.generator_cpu_s / load.seconds, 2),
    }


def _published(outcome: Outcome) -> dict[str, Any]:
    return {
        "acknowledged": _times([each.acknowledged_s for each in outcome.seen]),
        "seen": _times([each.seen_s for each in outcome.seen if each.seen_s is not None]),
        "acts": {
            act: sum(each.act == act for each in outcome.seen) for act in ("new", "correction", "removal")
        },
        "never_seen": sum(each.seen_s is None for each in outcome.seen),
        "looks": _times(outcome.looks_s),
        "refused": len(outcome.refused),
        "errors": len(outcome.errors),
        "examples": [*outcome.refused, *outcome.errors][:_EXAMPLES],
    }


def _missed(found: Mapping[str, Any], measured: Measured, goals: Mapping[str, float]) -> list[str]:
    """What is not as it must be."""
    missed = []
    for name in ("mixed", "saturated"):
        part = found[name]
        if part and (part["wrong"] or part["failed"]):
            missed.append(f"{name}: {part['wrong']} wrong answers, {part['failed']} failed connections")
    for name in ("alone", "published"):
        part = found[name]
        if part["refused"] or part["errors"] or part["never_seen"]:
            missed.append(
                f"{name}: {part['refused']} publishes refused, {part['errors']} searches for them failed, "
                f"{part['never_seen']} never seen"
            )
        if (worst := part["seen"]["max_ms"]) > goals["seen_worst_ms"]:
            missed.append(f"{name}: one was seen after {worst} ms, the goal is {goals['seen_worst_ms']:g}")
    if measured.left_over:
        missed.append(f"{len(measured.left_over)} words are not found as they should be in the end")
    if (p99 := found["mixed"]["all"]["p99_ms"]) > goals["p99_ms"]:
        missed.append(f"p99 is {p99} ms, the goal is {goals['p99_ms']:g}")
    if (p95 := found["alone"]["seen"]["p95_ms"]) > goals["searchable_p95_ms"]:
        missed.append(f"p95 until searchable is {p95} ms alone, the goal is {goals['searchable_p95_ms']:g}")
    if abs(grown := found["memory"].get("grown", 0.0)) > goals["memory_grown"]:
        missed.append(f"memory grew by {grown:.1%}, the goal is {goals['memory_grown']:.0%}")
    return missed


def table(found: Mapping[str, Any]) -> str:
    """Figures as lines of text."""
    head = f"{'':16}{'count':>8}{'p50':>9}{'p95':>9}{'p99':>9}{'max':>9}  ms"
    lines = [head]
    mixed, saturated, memory = found["mixed"], found["saturated"], found["memory"]
    rows = [("all requests", mixed["all"]), *mixed["kinds"].items()]
    if saturated:
        rows.append(("without pause", saturated["all"]))
    for name in ("alone", "published"):
        if found[name]["seen"]["count"]:
            rows += [(f"{name}: ack", found[name]["acknowledged"]), (f"{name}: seen", found[name]["seen"])]
    lines += [
        f"{name:16}{row['count']:>8}"
        + "".join(f"{row[key]:>9.1f}" for key in ("p50_ms", "p95_ms", "p99_ms", "max_ms"))
        for name, row in rows
    ]
    lines.append(
        f"{mixed['requests_per_s']} requests a second; cores: server {mixed['server_cores']}, "
        f"generator {mixed['generator_cores']}"
    )
    if saturated:
        lines.append(
            f"without pause: {saturated['requests_per_s']} a second; cores: server "
            f"{saturated['server_cores']}, generator {saturated['generator_cores']}"
        )
    if memory:
        lines.append(
            f"memory: {memory['second_mb']} MB in the second tenth, {memory['last_mb']} MB in the last one "
            f"({memory['grown']:+.1%}); without files {memory['own_second_mb']} and "
            f"{memory['own_last_mb']} MB ({memory['own_grown']:+.1%})"
        )
    lines += [f"MISSED {line}" for line in found["missed"]] or ["all goals met"]
    lines += [
        f"  {line}"
        for part in ("mixed", "saturated", "alone", "published")
        for line in found[part].get("examples", ())[:3]
    ]
    return "\n".join(lines)
