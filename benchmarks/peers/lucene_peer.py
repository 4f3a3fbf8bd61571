"""Lucene 10, by a small Java program of ours: the engine inside Elasticsearch, OpenSearch and Solr."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from .protocol import HOME, Answers, PeerDocument, PeerMissing

JARS = HOME / "lucene"
PROGRAM = Path(__file__).with_name("LucenePeer.java")
_LEAST_JAVA = 21
_ANSWER_SECONDS = 900
_JAVA_OPTIONS = ("--add-modules", "jdk.incubator.vector", "-Xmx2g")


@dataclass(frozen=True, slots=True)
class LucenePeer:
    """Lucene with one way of analysis a language."""

    name: str
    analysis: Mapping[str, str]
    """Language -> `Setup` of LucenePeer.java: an analyzer's name, or several with weights, `a^0.5+b`."""

    def serves(self, lang: str) -> bool:
        """Whether a way of analysis is named for the language."""
        return lang in self.analysis

    def version(self) -> str:
        """Of the jars, with the hash of our program and the ways of analysis."""
        _jdk()
        jars = " ".join(jar.stem for jar in _jars())
        return f"{jars} {_program_hash()} {sorted(self.analysis.items())}"

    def answer(
        self, lang: str, documents: Sequence[PeerDocument], queries: Mapping[str, str], limit: int
    ) -> Answers:
        """One run of Java: index in memory, ask, write the answers."""
        with TemporaryDirectory(prefix="dalil-lucene-") as place:
            texts, asked, answers = (Path(place) / name for name in ("documents", "queries", "answers"))
            _write(texts, (f"{_line(d.title)}\t{_line(f'{d.lead} {d.body}')}" for d in documents))
            _write(asked, map(_line, queries.values()))
            run_program(PROGRAM, self.analysis[lang], str(texts), str(asked), str(limit), str(answers))
            head, *lines = answers.read_text(encoding="utf-8").splitlines()
        _, held, _, postings = head.split()
        found = {
            query: tuple(documents[int(number)].id for number in line.split())
            for query, line in zip(queries, lines, strict=True)
        }
        return Answers(int(held), int(postings), found)


def _write(path: Path, lines: Iterable[str]) -> None:
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def _line(text: str) -> str:
    return " ".join(text.split())


def _jars() -> list[Path]:
    jars = sorted(JARS.glob("*.jar"))
    if not jars:
        raise PeerMissing(f"no jars of Lucene in {JARS}; run scripts/peers.sh")
    return jars


def run_program(program: Path, *arguments: str) -> None:
    """Run a Java program of ours with the jars of Lucene. Raises `PeerMissing`."""
    class_path = os.pathsep.join(map(str, [_compiled(program), *_jars()]))
    _run("java", *_JAVA_OPTIONS, "--class-path", class_path, program.stem, *arguments)


def _program_hash(program: Path = PROGRAM) -> str:
    return hashlib.sha256(program.read_bytes()).hexdigest()[:16]


def _compiled(program: Path) -> Path:
    """The folder with a program's classes, compiled once a version."""
    jars = _jars()
    classes = JARS / f"classes-{_program_hash(program)}"
    if not classes.is_dir():
        with TemporaryDirectory(prefix="dalil-javac-", dir=JARS) as place:
            made = Path(place) / "classes"
            _run("javac", "--class-path", os.pathsep.join(map(str, jars)), "-d", str(made), str(program))
            # Another run may have been quicker; a folder that stands is never half made.
            with suppress(FileExistsError):
                made.rename(classes)
    return classes


def _run(tool: str, *arguments: str) -> None:
    run = subprocess.run(  # noqa: S603  # our own program
        [str(_jdk() / "bin" / tool), *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=_ANSWER_SECONDS,
    )
    if run.returncode:
        raise RuntimeError(f"{tool} failed: {run.stderr.strip()[-500:]}")


def _jdk() -> Path:
    homes = [Path(os.environ["JAVA_HOME"])] if "JAVA_HOME" in os.environ else []
    homes += sorted(Path("/usr/lib/jvm").glob("*"))
    for home in homes:
        if (home / "bin" / "javac").is_file() and _release(home) >= _LEAST_JAVA:
            return home
    raise PeerMissing(f"no JDK {_LEAST_JAVA} or newer in JAVA_HOME or /usr/lib/jvm; install one")


def _release(home: Path) -> int:
    """The major version from the file `release` that every JDK since 9 has; 0 if it tells none."""
    try:
        text = (home / "release").read_text(encoding="utf-8")
    except OSError:
        return 0
    version = re.search(r'^JAVA_VERSION="(\d+)', text, re.MULTILINE)
    return int(version[1]) if version else 0
