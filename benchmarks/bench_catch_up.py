"""What a crash costs: CPU seconds that a job needs again after it was killed half-way.

    python -m benchmarks.bench_catch_up --articles 24000

A home gets the articles in one job, in a process of its own: without a fault, killed when it had read half of
them, and killed when it had indexed half of them. The job is then run again and must be content. What it lost
is the time of both runs less that of the run without a fault. `--onto`: the home has so many other articles
already, so that the job adds to an index instead of building one.
"""

from __future__ import annotations

import json
import os
import resource
import signal
from collections.abc import Iterator
from itertools import islice, zip_longest
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from indexer import inspection, jobs

from .data_sets import SHARED

SETS = ("ant-jawhara", "vietnews")


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--articles", default=24_000, show_default=True, help="Of the job.")
@click.option("--onto", default=0, show_default=True, help="Articles that the home has before.")
def main(articles: int, onto: int) -> None:
    """Print a row for each moment of death."""
    lines = list(islice(_records(), articles + onto))
    assert len(lines) == articles + onto, f"the data sets have only {len(lines)} articles"
    with TemporaryDirectory(prefix="dalil-crash-") as name:
        folder = Path(name)
        before, added = folder / "before.jsonl", folder / "added.jsonl"
        before.write_text("".join(lines[:onto]), encoding="utf-8")
        added.write_text("".join(lines[onto:]), encoding="utf-8")
        whole = 0.0
        for phase in ("", "read", "index"):
            home = folder / f"home-{phase or 'whole'}"
            if onto:
                _cpu_of(home, before, "")
            first = _cpu_of(home, added, phase, articles // 2)
            again = _cpu_of(home, added, "") if phase else 0.0
            whole = whole or first
            assert inspection.check(home) == []
            assert inspection.status(home).articles == articles + onto
            lost = first + again - whole
            told = f"killed at half of `{phase}`" if phase else "without a fault"
            click.echo(f"{told:28} {first:7.1f} s, again {again:7.1f} s, lost {lost:6.1f} s of CPU")


def _records() -> Iterator[str]:
    """Records of both sets by turns."""
    files = [(SHARED / name / "corpus.jsonl").open(encoding="utf-8") for name in SETS]
    for number, pair in enumerate(zip_longest(*files)):
        for name, line in zip(SETS, pair, strict=True):
            if line:
                record = json.loads(line)
                yield json.dumps(record | {"id": f"{name}-{number}"}, ensure_ascii=False) + "\n"


def _cpu_of(home: Path, path: Path, dies_in: str, dies_at: int = 0) -> float:
    """CPU seconds of `dalil add` in a process of its own, which dies at that article of a phase."""

    def progress(phase: str, done: int, total: int | None) -> None:
        del total
        if phase == dies_in and done >= dies_at:
            os.kill(os.getpid(), signal.SIGKILL)

    child = os.fork()
    if not child:
        code = 1
        try:
            code = jobs.add(home, [path], progress=progress).exit_code
        finally:
            os._exit(code)
    _, status, used = os.wait4(child, 0)
    assert os.waitstatus_to_exitcode(status) == (-signal.SIGKILL if dies_in else 0)
    return _seconds(used)


def _seconds(used: resource.struct_rusage) -> float:
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
