"""A PostgreSQL server of the tests' own: a new cluster in a temporary folder, reached by a Unix socket."""

from __future__ import annotations

import os
import pwd
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path

_OPTIONS = "-c listen_addresses='' -c fsync=off -c max_connections=200 -c log_min_messages=warning"
_USER = "dalil"


class Missing(Exception):
    """There is no PostgreSQL here that tests could start; says why."""


class PostgresServer:
    """A running cluster that makes databases."""

    def __init__(self, folder: Path, programs: Path, as_user: str | None) -> None:
        self.folder = folder
        self._programs = programs
        self._as_user = as_user
        self._numbers = count(1)

    def start(self) -> None:
        options = f"-k {self.folder} {_OPTIONS}"
        self.run(
            "pg_ctl",
            "-D",
            str(self.folder / "data"),
            "-w",
            "-l",
            str(self.folder / "log"),
            "-o",
            options,
            "start",
        )

    def stop(self, how: str = "immediate") -> None:
        self.run("pg_ctl", "-D", str(self.folder / "data"), "-w", "-m", how, "stop")

    def database(self) -> str:
        """URL of a new database."""
        name = f"dalil{next(self._numbers)}_{os.getpid()}"
        self.sql(f"CREATE DATABASE {name} TEMPLATE template0")
        return f"postgresql://{_USER}@/{name}?host={self.folder}"

    def place(self) -> str:
        """URL of a user with an empty schema of its own, which is made much quicker than a database."""
        name = f"press{next(self._numbers)}_{os.getpid()}"
        self.sql(f"CREATE ROLE {name} LOGIN; CREATE SCHEMA {name} AUTHORIZATION {name}")
        return f"postgresql://{name}@/postgres?host={self.folder}"

    def sql(self, statement: str, url: str = f"//{_USER}@/postgres") -> list[list[str]]:
        """What another program does there: rows of text."""
        user, name = re.findall(r"//(\w+)@/(\w+)", url)[0]
        words = ["psql", "-X", "-q", "-A", "-t", "-F", "\t", "-v", "ON_ERROR_STOP=1"]
        done = self.run(*words, "-h", str(self.folder), "-U", user, "-d", name, "-c", statement)
        return [line.split("\t") for line in done.splitlines()]

    def run(self, program: str, *words: str) -> str:
        command = [str(self._programs / program), *words]
        done = subprocess.run(  # noqa: S603 -- programs of PostgreSQL
            command,
            user=self._as_user,
            group=None if self._as_user is None else pwd.getpwnam(self._as_user).pw_gid,
            extra_groups=None if self._as_user is None else [],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if program != "pg_ctl" else subprocess.DEVNULL,
            stderr=subprocess.PIPE if program != "pg_ctl" else subprocess.DEVNULL,
            text=True,
            cwd=self.folder,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{program} failed: {done.stderr}")
        return done.stdout or ""


@contextmanager
def running_server() -> Iterator[PostgresServer]:
    """Start a cluster, and throw it away. Raises `Missing`."""
    programs, as_user = _programs(), _other_user()
    # Not below pytest's folder: the path of a Unix socket has at most 107 bytes.
    with tempfile.TemporaryDirectory(prefix="dalil-pg-", ignore_cleanup_errors=True) as made:
        folder = Path(made)
        if as_user is not None:
            shutil.chown(folder, as_user)
        server = PostgresServer(folder, programs, as_user)
        server.run(
            "initdb", "-D", str(folder / "data"), "-U", _USER, "-A", "trust", "-E", "UTF8", "--locale=C", "-N"
        )
        server.start()
        try:
            yield server
        finally:
            # A test may have stopped it.
            with suppress(RuntimeError):
                server.stop()


def _programs() -> Path:
    found = shutil.which("initdb")
    places: Sequence[Path] = [Path(found).parent] if found else []
    # Debian keeps them out of the way of commands.
    places = [*places, *sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)]
    for place in places:
        if (place / "initdb").exists() and (place / "psql").exists():
            return place
    raise Missing("PostgreSQL is not installed: no initdb in PATH or /usr/lib/postgresql")


def _other_user() -> str | None:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            pwd.getpwnam(name)
        except KeyError:
            continue
        return name
    raise Missing("PostgreSQL does not run as root, and there is no other user to run it as")
