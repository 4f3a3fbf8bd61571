"""Figures out of single times, and whether engines agree: pure functions of what `measuring` wrote."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import fmean, median
from typing import Any

Result = Mapping[str, Any]
"""What one task gave."""
Figures = Mapping[str, Mapping[str, float]]
"""Class -> measure -> value."""

MEASURES = ("p50", "p95", "mean")
LEAST_OVERLAP = 0.5
"""A class whose first ten share less with the reference on average is wrong, not rounded otherwise."""
MOST_DIFFERING = 0.01
"""Share of questions whose number of articles found may differ, for the sake of odd words."""
RANKED = ("rare", "frequent", "or", "and", "phrase", "filter")
"""Classes ordered by score; in those by prefix all scores are equal or of a kind of the engine's own."""
_NS_PER_MS = 1_000_000


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` of all do not exceed (nearest rank).

    >>> percentile([4, 1, 3, 2], 0.5), percentile([1], 0.95)
    (2, 1)
    """
    ordered = sorted(values)
    return ordered[max(0, -int(-share * len(ordered) // 1) - 1)]


def latencies(passes: Sequence[Mapping[str, Sequence[int]]]) -> dict[str, float]:
    """`cpu_p50_ms` and so on: the median over the passes of each figure of a pass."""
    found = {}
    for clock in ("cpu", "wall"):
        of_pass = [_figures(each[f"{clock}_ns"]) for each in passes]
        for measure in MEASURES:
            found[f"{clock}_{measure}_ms"] = median(each[measure] for each in of_pass) / _NS_PER_MS
    return found


def _figures(times: Sequence[int]) -> dict[str, float]:
    return {"p50": percentile(times, 0.5), "p95": percentile(times, 0.95), "mean": fmean(times)}


def building(result: Result, articles: int) -> dict[str, float]:
    """What bulk indexing cost."""
    cpu, wall = (result[f"{clock}_ns"][0] / 1e9 for clock in ("cpu", "wall"))
    return {
        "articles_per_cpu_s": articles / cpu,
        "articles_per_s": articles / wall,
        "cpu_s": cpu,
        "wall_s": wall,
        "peak_mb": result["peak_mb"],
        "index_mb": result["bytes"] / 1e6,
    }


def opening(results: Sequence[Result]) -> dict[str, float]:
    """Opening with the first answer, medians over processes."""
    return {
        f"{clock}_ms": median(sum(result[f"{clock}_ns"]) for result in results) / _NS_PER_MS
        for clock in ("cpu", "wall")
    }


def changing(result: Result) -> dict[str, float]:
    """Medians of commits of one article and of a hundred, each found again."""
    found = {}
    for name, size in (("add_1", 1), ("update_100", 100)):
        for clock in ("cpu", "wall"):
            times = [
                time
                for time, changed in zip(result[f"{clock}_ns"], result["changed"], strict=True)
                if (changed == 1) == (size == 1)
            ]
            # The first commit of all loads what writing needs.
            found[f"{name}_{clock}_ms"] = median(times[1:] if size == 1 else times) / _NS_PER_MS
    return found


def overlap(found: Sequence[Sequence[str]], reference: Sequence[Sequence[str]]) -> float:
    """Share of the reference's first ten that an engine has among its own, mean over the questions.

    >>> overlap([["a", "b"]], [["b", "c"]])
    0.5
    """
    shares = [
        len(set(mine) & set(theirs)) / len(theirs)
        for mine, theirs in zip(found, reference, strict=True)
        if theirs
    ]
    return fmean(shares) if shares else 1.0


def agreement(asked: Mapping[str, Result], reference: str) -> dict[str, Figures]:
    """Engine -> class -> how its answers compare with the reference's.

    `totals_differ`: questions with another number of articles found; `overlap`: see above; `differ`:
    questions with another answer where there is only one (counts, facets, order by date).
    """
    theirs = asked[reference]["classes"]
    return {
        engine: {
            name: _compared(name, mine, theirs[name])
            for name, mine in result["classes"].items()
            if name in theirs
        }
        for engine, result in asked.items()
        if engine != reference
    }


def _compared(name: str, mine: Result, theirs: Result) -> dict[str, float]:
    pairs = list(zip(mine["answers"], theirs["answers"], strict=True))
    found: dict[str, float] = {"questions": len(pairs)}
    if mine["totals"]:
        found["totals_differ"] = sum(a != b for a, b in zip(mine["totals"], theirs["totals"], strict=True))
    if name in RANKED or name == "count":
        found["overlap"] = overlap([a["ids"] for a, _ in pairs], [b["ids"] for _, b in pairs])
    only = {"count": "total", "facets": "facets", "newest": "ids"}.get(name)
    if only:
        found["differ"] = sum(a[only] != b[only] for a, b in pairs)
    return found


def disagreements(compared: Mapping[str, Figures]) -> tuple[list[str], list[str]]:
    """Sentences about what differs at all, and those of them for which a benchmark means nothing."""
    told, fatal = [], []
    for engine, classes in compared.items():
        for name, found in classes.items():
            for measure, text in (("totals_differ", "totals"), ("differ", "answers")):
                if differing := found.get(measure, 0):
                    told.append(f"{engine}, {name}: {differing} of {found['questions']} {text} differ")
                    if differing > found["questions"] * MOST_DIFFERING:
                        fatal.append(told[-1])
            if found.get("overlap", 1.0) < LEAST_OVERLAP:
                told.append(f"{engine}, {name}: only {found['overlap']:.2f} of the first ten are shared")
                fatal.append(told[-1])
    return told, fatal


def ratios(figures: Mapping[str, Figures], ours: str) -> dict[str, Figures]:
    """Ours divided by theirs, by engine, class and measure of time or size: above 1 we cost more."""
    return {
        engine: {
            name: {
                measure: value / theirs[name][measure]
                for measure, value in values.items()
                if not measure.startswith("articles_") and theirs[name].get(measure)
            }
            for name, values in figures[ours].items()
            if name in theirs
        }
        for engine, theirs in figures.items()
        if engine != ours
    }
