"""Small files that are either the old or the new one, whatever happens in between."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path


def write_durably(path: Path, text: str) -> None:
    """Write UTF-8 under another name, fsync it, rename it into place, fsync the folder."""
    write_lines_durably(path, [text])


def write_lines_durably(path: Path, lines: Iterable[str]) -> None:
    """As `write_durably`, text by text; when `lines` or the disk fail, what was there stays."""
    write_parts_durably(path, (line.encode() for line in lines))


def write_parts_durably(path: Path, parts: Iterable[bytes]) -> None:
    """As `write_lines_durably`, of bytes."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as file:
            file.writelines(parts)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    _sync(folder)


def sync_tree(folder: Path) -> None:
    """Make a folder durable with everything below it."""
    for parent, _, names in os.walk(folder):
        for name in names:
            _sync(Path(parent, name))
        _sync(Path(parent))


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
