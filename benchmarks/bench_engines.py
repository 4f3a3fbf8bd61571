"""How fast are embedded engines on the same terms? One thread, a process for each measurement.

python -m benchmarks.bench_engines --articles 10000 --engines dalil,tantivy
python -m benchmarks.bench_engines --articles 50000 --json 50k.json --picture 50k.svg
python -m benchmarks.bench_engines --engines dalil,tantivy --classes phrase,prefix --steps ask
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from .engines.adapters import ENGINES
from .engines.picture import picture
from .engines.questions import CLASSES, QUERIES
from .engines.runs import STEPS, Plan, run
from .engines.table import table


def _names(known: tuple[str, ...]) -> Any:
    def read(_context: click.Context, _option: click.Parameter, value: str) -> tuple[str, ...]:
        names = tuple(filter(None, value.split(",")))
        if unknown := [name for name in names if name not in known]:
            raise click.BadParameter(f"nothing is called {unknown[0]}; there are {', '.join(known)}")
        return names

    return read


@click.command()
@click.option("--articles", type=click.IntRange(1_000), default=10_000, show_default=True)
@click.option(
    "--engines",
    callback=_names(tuple(ENGINES)),
    default=",".join(ENGINES),
    show_default=True,
    help="With commas.",
)
@click.option("--classes", callback=_names(tuple(CLASSES)), default="", help="Ask these only; with commas.")
@click.option("--steps", callback=_names(STEPS), default=",".join(STEPS), show_default=True)
@click.option("--queries", type=click.IntRange(1), default=QUERIES, show_default=True, help="Of each class.")
@click.option("--passes", type=click.IntRange(3), default=3, show_default=True, help="After one to warm up.")
@click.option("--limits/--no-limits", default=True, help="Leave slow engines out of large archives.")
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write all figures there.")
@click.option(
    "--picture", "picture_file", type=click.Path(path_type=Path), help="Draw the queries there, as SVG."
)
def main(**options: Any) -> None:
    """Measure engines beside each other on the same terms. Exit code 1: one failed, or answers are wrong."""
    json_file, picture_file = options.pop("json_file"), options.pop("picture_file")
    try:
        report = run(Plan(**options), lambda line: print(line, file=sys.stderr))
    except OSError as error:
        print(f"bench_engines: {error}", file=sys.stderr)
        sys.exit(2)
    if json_file:
        json_file.write_text(json.dumps(report, ensure_ascii=False, indent=1), encoding="utf-8")
    if picture_file:
        picture_file.write_text(picture(report), encoding="utf-8")
    print(table(report))
    sys.exit(1 if report["wrong"] or report["failed"] else 0)


if __name__ == "__main__":
    main()
