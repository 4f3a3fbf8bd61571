"""One measurement of one engine, in a process of its own: `python -m benchmarks.engines.measuring TASK.json`.

The task and its result are files, since libraries print what they like. A result holds every single time, in
nanoseconds; `results.py` makes the figures of them.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from .adapters import engine_named
from .changes import changes, size_of
from .files import load_questions, read_corpus
from .protocol import Answer, Engine, EngineMissing, OpenIndex, OutsideEngine, Question, Task


class Clock:
    """Times of one piece of work after the other, in nanoseconds."""

    def __init__(self) -> None:
        self.cpu: list[int] = []
        self.wall: list[int] = []

    def time(self, work: Callable[[], Any]) -> Any:
        """Do it, note how long it took, pass on what it returned."""
        wall, cpu = time.perf_counter_ns(), time.process_time_ns()
        found = work()
        self.cpu.append(time.process_time_ns() - cpu)
        self.wall.append(time.perf_counter_ns() - wall)
        return found

    def times(self) -> dict[str, list[int]]:
        """As results hold them."""
        return {"cpu_ns": self.cpu, "wall_ns": self.wall}


def measure(task: Task, engine: Engine) -> dict[str, Any]:
    """The result of a task by an engine that runs in this process. Raises `EngineMissing`."""
    version = engine.version()  # imports the library
    kinds = {"build": _build, "open": _open, "ask": _ask, "change": _change}
    return {"version": version, "commits": engine.commits, **kinds[task.kind](task, engine), **memory()}


def memory() -> dict[str, float]:
    """Of this process, MB: now, now without the pages of files, and at most."""
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    except OSError:
        return {"peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}
    kb = {line.split(":")[0]: int(line.split()[1]) for line in lines if line.endswith(" kB")}
    return {
        name: kb[key] / 1024
        for name, key in (("rss_mb", "VmRSS"), ("own_mb", "RssAnon"), ("peak_mb", "VmHWM"))
        if key in kb
    }


def _build(task: Task, engine: Engine) -> dict[str, Any]:
    clock = Clock()
    directory = Path(task.directory)
    clock.time(lambda: engine.build(read_corpus(Path(task.corpus)), directory))
    return {**clock.times(), "bytes": size_of(directory)}


def _open(task: Task, engine: Engine) -> dict[str, Any]:
    asked = load_questions(Path(task.questions))["or"]
    clock = Clock()
    index: OpenIndex = clock.time(lambda: engine.open(Path(task.directory)))
    answer = clock.time(lambda: index.answer(asked[task.number % len(asked)]))
    index.close()
    return {**clock.times(), "found": len(answer.ids)}


def _ask(task: Task, engine: Engine) -> dict[str, Any]:
    classes, used = {}, []
    for name, questions in load_questions(Path(task.questions)).items():
        if name in engine.cannot:
            continue
        # Classes share words: no class is to find what another one has left in the engine's memory.
        index = engine.open(Path(task.directory))
        classes[name] = _ask_class(index, questions, task.passes)
        used.append(memory())
        index.close()
    most = max(used, key=lambda each: each.get("rss_mb", 0.0), default={})
    return {"classes": classes, "asking": most}


def _ask_class(index: OpenIndex, questions: Sequence[Question], passes: int) -> dict[str, Any]:
    def ask_all() -> tuple[dict[str, list[int]], list[Answer]]:
        clock = Clock()
        answers = [clock.time(partial(index.answer, question)) for question in questions]
        return clock.times(), answers

    # The first pass warms caches up; how long it took is told beside the others.
    first, answers = ask_all()
    return {
        "first": first,
        "passes": [ask_all()[0] for _ in range(passes)],
        "answers": [asdict(answer) for answer in answers],
        "totals": [index.total(question) for question in questions],
    }


def _change(task: Task, engine: Engine) -> dict[str, Any]:
    if "changes" in engine.cannot:
        return {}
    commits = changes(read_corpus(Path(task.corpus)), task.articles)
    index = engine.open(Path(task.directory))
    clock = Clock()
    for commit in commits:
        last = commit[-1][1]
        question = Question((last.words.rsplit(" ", 1)[1],), "term")

        def work(commit: Any = commit, question: Question = question) -> Sequence[str]:
            index.commit(commit)
            return index.answer(question).ids

        found = clock.time(work)
        if list(found) != [last.id]:
            raise AssertionError(f"{engine.name} finds {found} instead of {last.id} after a commit")
    index.close()
    return {**clock.times(), "changed": [len(commit) for commit in commits]}


def main(path: str) -> None:
    """Do the task of a file."""
    task = Task(**json.loads(Path(path).read_text(encoding="utf-8")))
    engine = engine_named(task.engine)
    try:
        result = engine.run(task) if isinstance(engine, OutsideEngine) else measure(task, engine)
    except EngineMissing as error:
        result = {"missing": str(error)}
    Path(task.result).write_text(json.dumps(result), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
