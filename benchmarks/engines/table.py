"""The figures of a run for people: a row a measure, a column an engine."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .questions import CLASSES

_FIRST = 26
_COLUMN = 16
_ROWS: tuple[tuple[str, str, str], ...] = (
    ("articles / CPU second", "build", "articles_per_cpu_s"),
    ("articles / second", "build", "articles_per_s"),
    ("memory of indexing, MB", "build", "peak_mb"),
    ("index, MB", "build", "index_mb"),
    ("open + first answer, ms", "open", "wall_ms"),
    ("add 1 + find it, ms", "change", "add_1_wall_ms"),
    ("  of CPU", "change", "add_1_cpu_ms"),
    ("update 100 + find, ms", "change", "update_100_wall_ms"),
    ("  of CPU", "change", "update_100_cpu_ms"),
    ("memory of searching, MB", "memory", "rss_mb"),
    ("  without files' pages", "memory", "own_mb"),
)


def table(report: Mapping[str, Any]) -> str:
    """All engines; queries as the median and, behind it, the 95th of 100, in milliseconds of CPU."""
    figures = report["figures"]
    lines = [
        f"{report['articles']:,} articles, {report['words']:,} words; {report['queries']} queries a class",
        f"{'':{_FIRST}}" + "".join(f"{name:>{_COLUMN}}" for name in figures),
    ]
    for title, group, measure in _ROWS:
        values = [of_engine.get(group, {}).get(measure) for of_engine in figures.values()]
        if any(value is not None for value in values):
            lines.append(f"{title:{_FIRST}}" + "".join(f"{_number(value):>{_COLUMN}}" for value in values))
    lines += _queries("CPU ms, median / 95 %", figures, "cpu")
    lines += _queries("the same, a query's first time", figures, "first_cpu")
    return "\n".join([*lines, *_agreement(report), *_notes(report)])


def growth(report: Mapping[str, Any], smaller: Mapping[str, Any]) -> str:
    """How many times as much CPU the median query takes as it took in a smaller corpus."""
    figures, before = report["figures"], smaller["figures"]
    times = report["articles"] / smaller["articles"]
    lines = [f"{times:g} times the articles, median CPU so many times that at {smaller['articles']:,}"]
    for name in CLASSES:
        cells = []
        for engine, of_engine in figures.items():
            now, then = of_engine.get(name), before.get(engine, {}).get(name)
            cells.append(_number(now["cpu_p50_ms"] / then["cpu_p50_ms"]) if now and then else "-")
        if set(cells) != {"-"}:
            lines.append(f"  {name:{_FIRST - 2}}" + "".join(f"{cell:>{_COLUMN}}" for cell in cells))
    return "\n".join(lines)


def _number(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _queries(title: str, figures: Mapping[str, Any], clock: str) -> list[str]:
    asked = [name for name in CLASSES if any(name in of_engine for of_engine in figures.values())]
    lines = [title] if asked else []
    for name in asked:
        cells = [_pair(of_engine.get(name), clock) for of_engine in figures.values()]
        lines.append(f"  {name:{_FIRST - 2}}" + "".join(f"{cell:>{_COLUMN}}" for cell in cells))
    return lines


def _pair(values: Mapping[str, float] | None, clock: str) -> str:
    if values is None:
        return "-"
    return f"{_number(values[f'{clock}_p50_ms'])} / {_number(values[f'{clock}_p95_ms'])}"


def _agreement(report: Mapping[str, Any]) -> list[str]:
    compared = report["agreement"]
    lines = [f"first ten shared with {report['reference']}"] if compared else []
    asked = [name for name in CLASSES if any("overlap" in found.get(name, {}) for found in compared.values())]
    for name in asked:
        cells = [
            _number(compared.get(engine, {}).get(name, {}).get("overlap")) for engine in report["figures"]
        ]
        lines.append(f"  {name:{_FIRST - 2}}" + "".join(f"{cell:>{_COLUMN}}" for cell in cells))
    if compared and not report["disagreements"]:
        lines.append("totals, counts, facets and orders by date are the same in all of them")
    return lines


def _notes(report: Mapping[str, Any]) -> list[str]:
    lines = [
        f"{name} {about['version']}; commit: {about['commits']}" for name, about in report["engines"].items()
    ]
    lines += [f"skipped: {name}: {reason}" for name, reason in report["skipped"].items()]
    lines += [f"differs: {text}" for text in report["disagreements"]]
    lines += [f"WRONG: {text}" for text in report["wrong"]]
    return [*lines, *(f"FAILED: {text}" for text in report["failed"])]
