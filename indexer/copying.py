"""`dalil copy-archive`: the archive of a home to a server of databases, or from there into a home.

What goes with it: saved searches, tokens and hooks. The index stays: it is made from the archive, and the
copy has the same changes with the same numbers.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from .access import FILE as ACCESS_FILE
from .archive.databases import Where, parsed, shown
from .archive.desk_store import FILE as DESK_FILE
from .archive.documents import Documents
from .archive.transfers import transfer, transfer_desk
from .archive_place import FILE, archive_place
from .config import Settings, load_settings
from .durable_files import sync_folder
from .errors import ArchiveError, ArchiveMissing
from .name_vetoes import FILE as VETOES_FILE
from .writer_lock import writer_lock


@dataclass(frozen=True, slots=True)
class Copied:
    """What was copied."""

    source: str
    """As messages name it, without a password."""
    target: str
    rows: Mapping[str, int]
    """By table, each compared by hash."""
    saved_searches: int
    access: bool
    """Whether tokens and hooks went with it."""

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return asdict(self)


def copy_home(home: Path, to: str, *, settings: Settings | None = None) -> Copied:
    """Copy the archive of a home to a URL, or into the folder of a home, while no job writes.

    Raises `ArchiveError` where there is one already, and nothing was copied then; `LockHeld`, `ConfigError`.
    """
    settings = settings or load_settings(home)
    source = archive_place(home)
    if isinstance(source, Path) and not source.exists():
        raise ArchiveMissing(f"there is no archive in {home}; add articles with `dalil add PATH`")
    target = _target(to)
    if source == target:
        raise ArchiveError(f"{shown(source)} is the archive of {home} itself; name another place")
    with writer_lock(home, settings.lock_wait_s):
        # What is refused first: the rest would stand beside the articles of another archive.
        made = transfer(source, target)
        desk = transfer_desk(_beside(source, DESK_FILE), _beside(target, DESK_FILE))
        access = _copy_file(source, target, ACCESS_FILE)
        _copy_file(source, target, VETOES_FILE)
    return Copied(shown(source), shown(target), made.rows, desk.rows.get(_saved(source), 0), access)


def _target(to: str) -> Where:
    if "://" in to:
        return parsed(to).render_as_string(hide_password=False)
    folder = Path(to)
    if folder.is_file() or folder.suffix == ".db":
        raise ArchiveError(f"{to} is no folder; give the folder of a home, where the file {FILE} is made")
    folder.mkdir(parents=True, exist_ok=True)
    return folder / FILE


def _beside(where: Where, name: str) -> Where:
    return where.with_name(name) if isinstance(where, Path) else where


def _saved(source: Where) -> str:
    return "saved" if isinstance(source, Path) else "desk_saved"


def _copy_file(source: Where, target: Where, name: str) -> bool:
    content = _content(source, name)
    if content is None or _content(target, name) is not None:
        return False
    if not isinstance(target, Path):
        with Documents(target).changing(name) as (_, then):
            then.append(content)
        return True
    path = target.with_name(name)
    # Tokens are readable for their owner alone, from the first moment.
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    sync_folder(path.parent)
    return True


def _content(where: Where, name: str) -> bytes | None:
    if not isinstance(where, Path):
        return Documents(where).read(name)
    path = where.with_name(name)
    return path.read_bytes() if path.exists() else None
