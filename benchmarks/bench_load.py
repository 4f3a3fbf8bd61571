"""What do readers and editors meet while many search and others publish? Ten minutes at `dalil serve` itself.

python -m benchmarks.bench_load --articles 50000 --home DIR --json load.json
python -m benchmarks.bench_load --home DIR --seconds 60 --publishes 0
python -m benchmarks.bench_load --articles 2000 --seconds 20 --alone 20
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click

from .load.homes import HomeMissing, articles_of, build_home
from .load.results import GOALS, report, table
from .load.runs import Plan, measure
from .load.server import cores, under_load

SAMPLED = 6_000
"""Articles of the home that requests and new articles are made of."""


def run(home: Path, plan: Plan, processes: int = 0, goals: Mapping[str, float] = GOALS) -> dict[str, Any]:
    """The report of one run over a copy of a home. Raises `HomeMissing`."""
    articles = articles_of(home, SAMPLED)
    with under_load(home, processes) as server:
        measured = asyncio.run(measure(server, articles, plan, lambda line: print(line, file=sys.stderr)))
        found = report(measured, plan, goals)
        found["server_log"] = server.noteworthy()
    return found


@click.command()
@click.option("--articles", type=click.IntRange(100), default=50_000, show_default=True)
@click.option(
    "--home",
    type=click.Path(path_type=Path),
    help="Load a copy of this home; it is made if it is not there yet, and kept.",
)
@click.option("--seconds", type=click.FloatRange(1), default=600, show_default=True)
@click.option("--clients", type=click.IntRange(1), default=40, show_default=True)
@click.option("--pause", "pause_s", type=click.FloatRange(0), default=1.0, show_default=True, help="Mean, s.")
@click.option("--publishes", type=click.FloatRange(0), default=5, show_default=True, help="A second.")
@click.option("--alone", type=click.IntRange(0), default=200, show_default=True, help="Publishes at first.")
@click.option(
    "--saturated", "saturated_s", type=click.FloatRange(0), default=15, show_default=True, help="s."
)
@click.option(
    "--processes", type=click.IntRange(0), default=0, help="Of the server; its own choice otherwise."
)
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write all figures there.")
def main(articles: int, home: Path | None, processes: int, json_file: Path | None, **options: Any) -> None:
    """Put a server under load. Exit code 1: a goal is missed; 2: there is nothing to load."""
    plan = Plan(**options)
    with TemporaryDirectory(prefix="dalil-load-") as folder:
        place = home or Path(folder) / "home"
        try:
            if not (place / "archive.db").exists():
                build_home(place, articles)
            found = run(place, plan, processes)
        except (HomeMissing, OSError) as error:
            print(f"bench_load: {error}", file=sys.stderr)
            sys.exit(2)
    found["cores"] = cores()
    if json_file:
        json_file.write_text(json.dumps(found, ensure_ascii=False, indent=1), encoding="utf-8")
    print(table(found))
    sys.exit(1 if found["missed"] else 0)


if __name__ == "__main__":
    main()
