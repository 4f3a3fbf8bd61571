"""SQLite or PostgreSQL under the same tables: how each is reached, and where their ways differ.

A database is named by the path of a SQLite file, or by the URL of one on a server::

    HOME/archive.db
    postgresql://dalil@db.example/dalil?sslmode=verify-full&sslrootcert=/etc/dalil/ca.pem

Without a driver in it, a URL is read with pg8000. `host=/run/postgresql` is a folder of Unix sockets.
"""

from __future__ import annotations

import os
import re
import socket
import ssl
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, Table, create_engine, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, DisconnectionError, NoSuchModuleError
from sqlalchemy.pool import NullPool

from ..errors import ArchiveError, ConfigError
from .read_only import must_only_read, read_only_engine
from .tables import make_safe

CONNECT_S = 5.0
"""For a server to answer at all."""
READ_S = 600.0
"""For one statement: a server that fell silent is not waited for longer."""
_IDLE_S = 1.0
"""A connection that nobody used for so long is asked whether it still stands."""
_DRIVER = "pg8000"
_EXAMPLE = "write postgresql://user@host/database"

Where = Path | str
"""Path of a SQLite file, or URL of a database on a server."""


def is_server(where: Where) -> bool:
    """Whether a database is one on a server, which any machine may write to."""
    return not isinstance(where, Path)


def engine_for(where: Where, lock_wait_s: float, *, connections: int = 5, ask_always: bool = False) -> Engine:
    """Connections to a database, opened when they are needed. Raises `ConfigError`.

    `lock_wait_s`: how long a statement waits for another transaction. `connections`: how many are kept.
    `ask_always`: each time one is used it is asked whether it still stands, not only after a pause.
    """
    if isinstance(where, Path) and must_only_read(where):
        return read_only_engine(where)
    if isinstance(where, Path):
        engine = create_engine(f"sqlite:///{where}", connect_args={"check_same_thread": False})
        make_safe(engine, lock_wait_s)
        return engine
    url = parsed(where)
    arguments = _arguments(url, lock_wait_s)
    pool: dict[str, Any] = {"poolclass": NullPool}
    if connections:
        pool = {"pool_size": connections, "max_overflow": 60, "pool_use_lifo": True}
    try:
        engine = create_engine(for_driver(url), connect_args=arguments, **pool)
    except ModuleNotFoundError as error:
        raise ConfigError(
            f"the archive {shown(where)} needs the driver {error.name}, which is not installed; "
            "run pip install 'dalil-search[postgres]'"
        ) from error
    # Many rows a statement: each statement is a way to the server and back.
    engine.dialect.use_insertmanyvalues_wo_returning = True
    # One that is broken cannot be closed politely, which is no news for a log.
    engine.dialect.do_close = engine.dialect.do_terminate = _hang_up  # type: ignore[method-assign]
    _ask_idle_ones(engine, ask_always=ask_always)
    return engine


def parsed(url: str) -> URL:
    """A URL with its driver. Raises `ConfigError`, which never shows a password."""
    try:
        found = make_url(url)
        if found.get_backend_name() in ("postgresql", "postgres") and found.database:
            driver = found.get_driver_name() if "+" in found.drivername else _DRIVER
            found = found.set(drivername=f"postgresql+{driver}")
            found.get_dialect()
            return found
    except (ArgumentError, NoSuchModuleError, ValueError):
        found = None
    if found is None:
        raise ConfigError(f"the setting archive_url is no URL of a database; {_EXAMPLE}")
    if found.get_backend_name() not in ("postgresql", "postgres"):
        raise ConfigError(f"archive_url names {found.get_backend_name()[:40]!r}; only PostgreSQL can be used")
    raise ConfigError(f"archive_url names no database; {_EXAMPLE}")


def shown(where: Where) -> str:
    """A database as messages name it: without its password, and without what else its URL may carry."""
    if isinstance(where, Path):
        return str(where)
    try:
        url = parsed(where)
    except ConfigError:
        return "archive_url"
    text = URL.create("postgresql", url.username, None, url.host, url.port, url.database).render_as_string()
    folder = url.query.get("host")
    return text if url.host or not isinstance(folder, str) else f"{text}?host={folder}"


def upsert(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An insert that says what is done with a row that is there already."""
    return sqlite.insert(table) if on_sqlite(connection) else postgresql.insert(table)


def on_sqlite(connection: Connection) -> bool:
    """Whether this is SQLite."""
    return connection.dialect.name == "sqlite"


def check_encoding(connection: Connection) -> None:
    """Raise `ArchiveError` for a database that cannot keep every letter."""
    encoding = connection.exec_driver_sql("SHOW server_encoding").scalar()
    if encoding != "UTF8":
        raise ArchiveError(
            f"the database has the encoding {encoding}, which lacks letters; "
            "make one with UTF8: createdb --encoding UTF8 --template template0"
        )


def _arguments(url: URL, lock_wait_s: float) -> dict[str, Any]:
    """What the driver is told beside the URL."""
    if url.get_driver_name() != _DRIVER:
        options = f"-c lock_timeout={int(lock_wait_s * 1000)}"
        return {
            "application_name": application_name(),
            "connect_timeout": int(CONNECT_S),
            "options": options,
        }
    arguments: dict[str, Any] = {
        "application_name": application_name(),
        "timeout": CONNECT_S,
        "startup_params": {
            "lock_timeout": str(int(lock_wait_s * 1000)),
            # A machine that lost its power holds its locks no longer than this: 30 s, then 3 times 10 s.
            "tcp_keepalives_idle": "30",
            "tcp_keepalives_interval": "10",
            "tcp_keepalives_count": "3",
        },
    }
    folder = url.query.get("host")
    if isinstance(folder, str) and folder.startswith("/"):
        arguments["unix_sock"] = f"{folder}/.s.PGSQL.{url.port or 5432}"
        arguments["startup_params"] = {"lock_timeout": str(int(lock_wait_s * 1000))}
    else:
        arguments["host"] = url.host or "localhost"
    if (context := _tls(url)) is not None:
        arguments["ssl_context"] = context
    return arguments


_OURS = ("host", "sslmode", "sslrootcert")
"""What libpq reads in a URL, and pg8000 does not."""


def for_driver(url: URL) -> URL:
    """A URL as its driver gets it: other drivers read themselves what we read for pg8000, such as TLS."""
    return url.difference_update_query(_OURS) if url.get_driver_name() == _DRIVER else url


def _tls(url: URL) -> ssl.SSLContext | bool | None:
    mode, root = url.query.get("sslmode", ""), url.query.get("sslrootcert")
    if mode in ("", "prefer", "allow"):
        return None
    if mode == "disable":
        return False
    if mode not in ("require", "verify-ca", "verify-full"):
        raise ConfigError(
            f"archive_url has sslmode={str(mode)[:40]!r}; "
            "write disable, prefer, require, verify-ca or verify-full"
        )
    try:
        context = ssl.create_default_context(cafile=root if isinstance(root, str) else None)
    except OSError as error:
        raise ConfigError(f"archive_url: sslrootcert {root!r} cannot be read ({error.strerror})") from error
    context.check_hostname = mode == "verify-full"
    if mode == "require" and root is None:
        context.verify_mode = ssl.CERT_NONE
    return context


def command_line() -> str:
    """The command that runs, for those who ask who holds a lock: without the user and password of a URL."""
    words = [Path(sys.argv[0]).name, *sys.argv[1:]]
    return " ".join(re.sub(r"://\S*@", "://", word) for word in words)


def application_name() -> str:
    """Who we are, for those who look at the server: `dalil HOST PID COMMAND`, at most 63 letters of ASCII."""
    text = f"dalil {socket.gethostname()[:30]} {os.getpid()} {command_line()}"
    return "".join(c if " " <= c <= "~" else "?" for c in text)[:63]


def _hang_up(dbapi_connection: Any) -> None:
    stream = getattr(dbapi_connection, "_sock", None)
    try:
        dbapi_connection.close()
    except Exception:  # noqa: BLE001 -- whatever a driver says of a connection that is over
        if stream is not None:
            with suppress(Exception):
                stream.close()


class _Trouble:
    """Of any connection of this process: those of before may be over, though they were used a moment ago."""

    last = float("-inf")
    """By `time.monotonic`."""


def _ask_idle_ones(engine: Engine, *, ask_always: bool) -> None:
    """A connection that was idle while the server was started anew is replaced, not handed out."""
    ping: Callable[[Any], bool] = engine.dialect.do_ping

    @event.listens_for(engine, "handle_error")
    def _failed(context: Any) -> None:
        del context
        _Trouble.last = time.monotonic()

    @event.listens_for(engine, "connect")
    def _began(connection: Any, record: Any) -> None:
        # The time to connect is not that for an answer, which takes what it takes.
        if (waits := getattr(connection, "_usock", None)) is not None:
            waits.settimeout(READ_S)
        record.info["used"] = time.monotonic()

    @event.listens_for(engine, "checkin")
    def _used(connection: Any, record: Any) -> None:
        del connection
        record.info["used"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def _ask(connection: Any, record: Any, proxy: Any) -> None:
        del proxy
        used = record.info.get("used", 0.0)
        if not ask_always and used > _Trouble.last and time.monotonic() - used < _IDLE_S:
            return
        try:
            ping(connection)
        except Exception as error:
            raise DisconnectionError from error
