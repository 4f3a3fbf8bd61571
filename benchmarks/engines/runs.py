"""Every engine through all its tasks, each task in a process of its own, one after the other."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ..peers.protocol import HOME
from .adapters import PACKAGES
from .corpus import corpus_file
from .files import read_corpus, save_questions
from .protocol import EngineMissing, Task
from .questions import QUERIES, questions_of
from .results import Figures, agreement, building, changing, disagreements, latencies, opening, ratios

STEPS = ("build", "open", "ask", "change")
OPENINGS = 5
"""Processes that open an index; each is asked another question."""
MOST_ARTICLES = {"whoosh": 50_000, "xapian": 50_000}
"""Engines that would take many minutes for more."""
REFERENCES = ("lucene", "tantivy")
"""Whose answers the others' are compared with: the first that takes part, else the first engine."""
OURS = "dalil"
THREADS = "OMP OPENBLAS MKL NUMEXPR NUMBA RAYON".split()
"""Libraries whose number of threads an environment variable `<name>_NUM_THREADS` says."""
_LONGEST_S = 7_200
_ROOT = Path(__file__).parents[2]

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """What to run."""

    articles: int
    engines: Sequence[str]
    steps: Sequence[str] = STEPS
    classes: Sequence[str] = ()
    """Empty for all."""
    queries: int = QUERIES
    passes: int = 3
    limits: bool = True
    """Whether `MOST_ARTICLES` holds."""


class TaskFailed(Exception):
    """A measurement ended with an error; the message is the end of what it printed."""


def run(plan: Plan, tell: Tell) -> Iterator[dict[str, Any]]:
    """The figures of a plan, as `--json` writes them, after each engine; the last ones are all.

    `tell` gets a line about each task.
    """
    tell(f"corpus of {plan.articles} articles")
    corpus = corpus_file(plan.articles)
    words = sum(article.words.count(" ") + 1 for article in read_corpus(corpus))
    questions = questions_of(corpus, plan.queries)
    if plan.classes:
        questions = {name: questions[name] for name in plan.classes}
    raw: dict[str, dict[str, Any]] = {}
    skipped: dict[str, str] = {}
    failed: list[str] = []
    HOME.mkdir(exist_ok=True)
    with TemporaryDirectory(prefix="dalil-engines-", dir=HOME) as place:
        asked = Path(place) / "questions.json"
        save_questions(questions, asked)
        for name in plan.engines:
            try:
                _check(name, plan)
                raw[name] = _run_engine(name, plan, (corpus, asked, Path(place)), tell)
            except EngineMissing as error:
                skipped[name] = str(error)
            except TaskFailed as error:
                failed.append(str(error))
            yield report(plan, words, raw, skipped) | {"failed": failed}


def report(
    plan: Plan, words: int, raw: Mapping[str, Mapping[str, Any]], skipped: Mapping[str, str]
) -> dict[str, Any]:
    """Figures, ratios and comparisons out of the raw results."""
    figures = {name: _figures(steps, plan.articles) for name, steps in raw.items()}
    asked = {name: steps["ask"] for name, steps in raw.items() if "ask" in steps}
    reference = next((name for name in (*REFERENCES, *asked) if name in asked), "")
    compared = agreement(asked, reference) if asked else {}
    told, fatal = disagreements(compared)
    return {
        "articles": plan.articles,
        "words": words,
        "queries": plan.queries,
        "passes": plan.passes,
        "machine": f"{platform.platform()}, {os.cpu_count()} processors",
        "python": platform.python_version(),
        "commit": commit(),
        "engines": {
            name: {"version": steps["build"]["version"], "commits": steps["build"]["commits"]}
            for name, steps in raw.items()
        },
        "skipped": dict(skipped),
        "figures": figures,
        "ratios": ratios(figures, OURS) if OURS in figures else {},
        "reference": reference,
        "agreement": compared,
        "disagreements": told,
        "wrong": fatal,
    }


def commit() -> str:
    """The commit of this folder, `-dirty` with changes on top of it; empty where Git does not know."""
    asked = ["git", "describe", "--always", "--dirty"]
    try:
        found = subprocess.run(asked, cwd=_ROOT, capture_output=True, text=True, check=False)  # noqa: S603
    except OSError:
        return ""
    return found.stdout.strip()


def _check(name: str, plan: Plan) -> None:
    most = MOST_ARTICLES.get(name, plan.articles)
    if plan.limits and plan.articles > most:
        raise EngineMissing(f"takes too long above {most} articles (--no-limits runs it all the same)")


def _run_engine(name: str, plan: Plan, paths: tuple[Path, Path, Path], tell: Tell) -> dict[str, Any]:
    corpus, questions, place = paths
    directory = place / name
    directory.mkdir()

    def run_task(kind: str, number: int = 0) -> Mapping[str, Any]:
        task = Task(
            name,
            kind,
            str(corpus),
            str(questions),
            str(directory),
            str(place / "result.json"),
            plan.articles,
            plan.passes,
            number,
        )
        return run_apart(task, place / "task.json")

    found: dict[str, Any] = {}
    for step in ("build", *(step for step in STEPS if step in plan.steps and step != "build")):
        tell(f"{name}: {step}")
        if step == "open":
            found[step] = [run_task(step, number) for number in range(OPENINGS)]
        else:
            found[step] = run_task(step)
    shutil.rmtree(directory)
    return found


def run_apart(task: Task, file: Path) -> dict[str, Any]:
    """The result of a task done in a new process. Raises `EngineMissing`, `TaskFailed`."""
    file.write_text(json.dumps(asdict(task)), encoding="utf-8")
    environment = {**os.environ, **{f"{library}_NUM_THREADS": "1" for library in THREADS}}
    if task.engine in PACKAGES:
        environment["PYTHONPATH"] = str(PACKAGES[task.engine])
    done = subprocess.run(  # noqa: S603 -- our own program
        [sys.executable, "-m", "benchmarks.engines.measuring", str(file)],
        cwd=_ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=_LONGEST_S,
    )
    if done.returncode:
        raise TaskFailed(f"{task.engine}, {task.kind}: {done.stderr.strip()[-1_500:]}")
    result: dict[str, Any] = json.loads(Path(task.result).read_text(encoding="utf-8"))
    if "missing" in result:
        raise EngineMissing(result["missing"])
    return result


def _figures(steps: Mapping[str, Any], articles: int) -> Figures:
    found: dict[str, dict[str, float]] = {"build": building(steps["build"], articles)}
    if "open" in steps:
        found["open"] = opening(steps["open"])
    if steps.get("change", {}).get("changed"):
        found["change"] = changing(steps["change"])
    if "ask" in steps:
        asked = steps["ask"]
        found["memory"] = dict(asked["asking"])
        for name, of_class in asked["classes"].items():
            first = latencies([of_class["first"]])
            found[name] = latencies(of_class["passes"]) | {f"first_{key}": first[key] for key in first}
    return found
