"""The figures of a run as an SVG: a group of bars a class, a bar an engine, on a scale of powers of ten."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape

from .questions import CLASSES

COLOURS: Mapping[str, str] = {
    "dalil": "#c2410c",
    "whoosh": "#a8a29e",
    "tantivy": "#0f766e",
    "fts5": "#7c3aed",
    "xapian": "#be185d",
    "bm25s": "#ca8a04",
    "lucene": "#1d4ed8",
}
MEASURE = "cpu_p50_ms"
_BAR, _GAP = 9, 14
_LEFT, _WIDTH, _TOP = 90, 560, 64
_STYLE = "text { font: 12px sans-serif; fill: #44403c } line { stroke: #d6d3d1 }"


def picture(report: Mapping[str, Any]) -> str:
    """Median CPU of a query by class, milliseconds; shorter is quicker."""
    figures = report["figures"]
    groups = [
        (name, [(engine, of[name][MEASURE]) for engine, of in figures.items() if name in of])
        for name in CLASSES
        if any(name in of for of in figures.values())
    ]
    values = [value for _, bars in groups for _, value in bars if value > 0]
    first, last = decades(values)
    height = _TOP + sum(_GAP + _BAR * len(bars) for _, bars in groups) + 30
    title = f"Median CPU of one query, ms, {report['articles']:,} articles"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_LEFT + _WIDTH + 60} {height}" role="img">',
        f"<title>{escape(title)}</title><style>{_STYLE}</style>",
        '<rect width="100%" height="100%" fill="#ffffff"/>',
        f'<text x="{_LEFT}" y="18">{escape(title)}</text>',
        *_legend(list(figures)),
        *_scale(first, last, height - 24),
    ]
    top = _TOP
    for name, bars in groups:
        parts += _group(name, bars, (first, last), top)
        top += _GAP + _BAR * len(bars)
    return "\n".join([*parts, "</svg>", ""])


def decades(values: Sequence[float]) -> tuple[int, int]:
    """The powers of ten around the values.

    >>> decades([0.03, 20])
    (-2, 2)
    """
    if not values:
        return 0, 1
    first = math.floor(math.log10(min(values)))
    return first, max(first + 1, math.ceil(math.log10(max(values))))


def length(value: float, first: int, last: int) -> float:
    """How long a bar is.

    >>> length(1, -1, 1), length(0.1, -1, 1)
    (280.0, 0.0)
    """
    return _WIDTH * (math.log10(value) - first) / (last - first)


def _group(name: str, bars: Sequence[tuple[str, float]], scale: tuple[int, int], top: int) -> list[str]:
    middle = top + _BAR * len(bars) / 2 + 4
    parts = [f'<text x="{_LEFT - 8}" y="{middle}" text-anchor="end">{escape(name)}</text>']
    for place, (engine, value) in enumerate(bars):
        y = top + place * _BAR
        # A bar for nothing at all would have no length on this scale.
        wide = max(1.0, length(value, *scale)) if value > 0 else 1.0
        label = f"{engine}, {name}: {value:.3g} ms"
        parts.append(
            f'<rect x="{_LEFT}" y="{y}" width="{wide:.1f}" height="{_BAR - 1}" '
            f'fill="{COLOURS.get(engine, "#57534e")}"><title>{escape(label)}</title></rect>'
        )
    return parts


def _scale(first: int, last: int, bottom: int) -> list[str]:
    parts = []
    for power in range(first, last + 1):
        x = _LEFT + length(10.0**power, first, last)
        parts.append(f'<line x1="{x:.1f}" y1="{_TOP - 6}" x2="{x:.1f}" y2="{bottom}"/>')
        parts.append(f'<text x="{x:.1f}" y="{bottom + 16}" text-anchor="middle">{10.0**power:g}</text>')
    return parts


def _legend(engines: Sequence[str]) -> list[str]:
    parts = []
    for place, engine in enumerate(engines):
        x = _LEFT + place * 80
        colour = COLOURS.get(engine, "#57534e")
        parts.append(f'<rect x="{x}" y="30" width="10" height="10" fill="{colour}"/>')
        parts.append(f'<text x="{x + 14}" y="39">{escape(engine)}</text>')
    return parts
