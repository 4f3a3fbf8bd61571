"""Where the archive of a home is: its own file `archive.db`, or the database that archive_url names."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

from .archive import Archive
from .archive.databases import Where, is_server, parsed, shown
from .config import PREFIX, load_settings, secret_in
from .errors import ArchiveMissing

FILE = "archive.db"


def archive_place(home: Path) -> Where:
    """Path or URL of the archive. Raises `ConfigError`.

    A process stays with what it found first: after a change of the setting, servers are started anew.
    """
    # pydantic takes the names of variables in any case.
    given = {n.upper(): v for n, v in os.environ.items() if n.upper().startswith(f"{PREFIX}ARCHIVE_")}
    return _place(home.absolute(), home, tuple(sorted(given.items())))


def archive_name(home: Path) -> str:
    """The archive as messages name it, without a password."""
    return shown(archive_place(home))


def is_shared(home: Path) -> bool:
    """Whether the archive is on a server, where other machines read and write it too."""
    return is_server(archive_place(home))


def server_of(home: Path) -> str:
    """URL of the database, for what else is kept there; "" for an archive in the home."""
    where = archive_place(home)
    return "" if isinstance(where, Path) else where


def open_archive(home: Path, *, create: bool = False, lock_wait_s: float = 30.0) -> Archive:
    """Open the archive of a home. Raises what `Archive.open` does, and `ConfigError`."""
    return Archive.open(archive_place(home), create=create, lock_wait_s=lock_wait_s)


def has_archive(home: Path) -> bool:
    """Whether there is one. Raises `ConfigError`, and `ArchiveError` where a server refuses."""
    where = archive_place(home)
    if isinstance(where, Path):
        return where.exists()
    try:
        Archive.open(where).close()
    except ArchiveMissing:
        return False
    return True


def archive_identity(home: Path) -> tuple[int, int]:
    """What tells a restored archive from the one before; the same for all of one on a server."""
    where = archive_place(home)
    if not isinstance(where, Path):
        return (0, 0)
    stat = where.stat()
    return stat.st_dev, stat.st_ino


@lru_cache(maxsize=64)
def _place(absolute: Path, home: Path, given: tuple[tuple[str, str], ...]) -> Where:
    del absolute, given
    settings = load_settings(home)
    if not settings.archive_url:
        return home / FILE
    url = parsed(settings.archive_url)
    if settings.archive_password_file:
        url = url.set(password=secret_in(settings.archive_password_file, "archive_password_file"))
    return url.render_as_string(hide_password=False)
