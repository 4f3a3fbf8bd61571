"""Lucene 10, by a small Java program of ours that does the same tasks and times them itself."""

from __future__ import annotations

import hashlib
import os
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ..peers.lucene_peer import JARS, _jars, _jdk
from .changes import WARM, changes, new_articles, size_of
from .files import corpus_line, load_questions, read_corpus
from .protocol import Change, Question, Task

PROGRAM = Path(__file__).with_name("LuceneBench.java")
_JAVA_OPTIONS = ("--add-modules", "jdk.incubator.vector", "-Xmx2g", "-XX:+UseSerialGC")
_LONGEST_S = 3_600
_MEMORY = {"VmRSS": "rss_mb", "RssAnon": "own_mb", "VmHWM": "peak_mb"}


class LuceneEngine:
    """`WhitespaceAnalyzer`, BM25 (k1 1.2, b 0.75), no query cache; 20 passes warm the compiler.

    Queries and commits are timed by the CPU of their thread, indexing and opening by that of the whole
    process, compiler and garbage collector included.
    """

    name = "lucene"
    commits = "fsync of every file and of the directory"
    cannot: frozenset[str] = frozenset()

    def version(self) -> str:
        """Of Lucene and Java."""
        jars = [jar.stem for jar in _jars() if jar.stem.startswith("lucene-core-")]
        return f"{jars[0].removeprefix('lucene-core-')}, {_jdk().name}"

    def run(self, task: Task) -> dict[str, Any]:
        """One run of Java. Raises `EngineMissing`."""
        version = self.version()
        with TemporaryDirectory(prefix="dalil-lucene-") as place:
            asked, result = Path(place) / "asked", Path(place) / "result"
            commits: list[list[Change]] = []
            if task.kind == "build":
                files = [task.corpus, task.directory, str(result)]
            else:
                files = [task.directory, str(asked), str(result), str(task.passes)]
            if task.kind == "change":
                commits = changes(read_corpus(Path(task.corpus)), task.articles)
                # The compiler would be half of what the first commits cost.
                warm = new_articles(read_corpus(Path(task.corpus)), WARM, "warm")
                _write(asked, _change_lines([*warm, *commits]))
            elif task.kind != "build":
                questions = load_questions(Path(task.questions))
                if task.kind == "open":
                    questions = {"or": [questions["or"][task.number % len(questions["or"])]]}
                _write(asked, _question_lines(questions))
            _java(task.kind, *files)
            lines = [line.split("\t") for line in result.read_text(encoding="utf-8").splitlines()]
        found = {"version": version, "commits": self.commits, **_memory(lines)}
        if task.kind == "ask":
            return found | {"classes": _classes(lines), "asking": _memory(lines)}
        times = _times([line for line in lines if line[0] == "time"][WARM if commits else 0 :])
        if task.kind == "build":
            return found | times | {"bytes": size_of(Path(task.directory))}
        return found | times | {"changed": [len(commit) for commit in commits]}


def _classes(lines: Sequence[Sequence[str]]) -> dict[str, Any]:
    names = dict.fromkeys(line[1] for line in lines if line[0] == "answer")
    return {name: _class([line for line in lines if len(line) > 1 and line[1] == name]) for name in names}


def _class(lines: Sequence[Sequence[str]]) -> dict[str, Any]:
    passes: dict[str, list[Sequence[str]]] = {}
    for line in lines:
        if line[0] == "time":
            passes.setdefault(line[2], []).append(line)
    first, *others = (_times(each) for each in passes.values())
    return {
        "first": first,
        "passes": others,
        "answers": [_answer(line) for line in lines if line[0] == "answer"],
        "totals": [int(line[2]) for line in lines if line[0] == "total"],
    }


def _answer(line: Sequence[str]) -> dict[str, Any]:
    _, _, total, facets, ids = line
    counts = dict(pair.split("=") for pair in facets.split(",") if pair)
    return {
        "ids": [id_ for id_ in ids.split(",") if id_],
        "total": int(total) if int(total) >= 0 else None,
        "facets": {lang: int(count) for lang, count in counts.items()} or None,
    }


def _times(lines: Sequence[Sequence[str]]) -> dict[str, list[int]]:
    return {"cpu_ns": [int(line[3]) for line in lines], "wall_ns": [int(line[4]) for line in lines]}


def _memory(lines: Sequence[Sequence[str]]) -> dict[str, float]:
    status = {line[1]: line[2] for line in lines if line[0] == "status" and len(line) == 3}
    return {
        name: int(status[f"{key}:"].split()[0]) / 1024 for key, name in _MEMORY.items() if f"{key}:" in status
    }


def _question_lines(questions: Mapping[str, Sequence[Question]]) -> Iterator[str]:
    for name, of_class in questions.items():
        for each in of_class:
            filters = f"{each.lang}\t{each.first}\t{each.last}"
            yield f"{name}\t{each.match}\t{each.want}\t{filters}\t{' '.join(each.words)}\n"


def _change_lines(commits: Sequence[Sequence[Change]]) -> Iterator[str]:
    for number, commit in enumerate(commits):
        for old, new in commit:
            yield f"{number}\t{'' if old is None else old.id}\t{corpus_line(new)}"


def _write(path: Path, lines: Iterable[str]) -> None:
    path.write_text("".join(lines), encoding="utf-8")


def _java(*arguments: str) -> None:
    class_path = os.pathsep.join(map(str, [_compiled(), *_jars()]))
    _run("java", *_JAVA_OPTIONS, "--class-path", class_path, PROGRAM.stem, *arguments)


def _compiled() -> Path:
    """The folder with our program's classes, compiled once a version."""
    classes = JARS / f"classes-{hashlib.sha256(PROGRAM.read_bytes()).hexdigest()[:16]}"
    if not classes.is_dir():
        with TemporaryDirectory(prefix="dalil-javac-", dir=JARS) as place:
            made = Path(place) / "classes"
            jars = os.pathsep.join(map(str, _jars()))
            _run("javac", "--class-path", jars, "-d", str(made), str(PROGRAM))
            # Another run may have been quicker; a folder that stands is never half made.
            with suppress(FileExistsError):
                made.rename(classes)
    return classes


def _run(tool: str, *arguments: str) -> None:
    command = [str(_jdk() / "bin" / tool), *arguments]
    run = subprocess.run(command, capture_output=True, text=True, check=False, timeout=_LONGEST_S)  # noqa: S603
    if run.returncode:
        raise RuntimeError(f"{tool} failed for {PROGRAM.name}: {run.stderr.strip()[-1_000:]}")
