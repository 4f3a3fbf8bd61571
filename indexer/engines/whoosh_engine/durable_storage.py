"""Whoosh's file storage, made to survive a power cut: Whoosh itself never fsyncs."""

from __future__ import annotations

import os
import weakref
from pathlib import Path
from typing import Any, BinaryIO

from whoosh.filedb.filestore import FileStorage
from whoosh.filedb.structfile import StructFile


class DurableStorage(FileStorage):
    """Every file is on the disk before the table of contents that names it gets its name.

    Whoosh commits by renaming a new table of contents; so the rename is where everything written since the
    last one is fsynced, then the table itself, then the directory.
    """

    def __init__(self, path: Path, *, readonly: bool = False) -> None:
        super().__init__(str(path), readonly=readonly)
        self._written: set[str] = set()
        self._opened: list[BinaryIO] = []
        # An engine that was dropped without `close` must not keep its files.
        weakref.finalize(self, _close_all, self._opened)

    def open_file(self, name: str, **kwargs: Any) -> StructFile:
        """See Whoosh; remembers the file for `close_files`."""
        file: StructFile = super().open_file(name, **kwargs)
        self._opened[:] = [seen for seen in self._opened if not seen.closed]
        self._opened.append(file.raw_file())
        return file

    def close_files(self) -> None:
        """Close what was opened for reading: Whoosh leaves files open when it fails on a damaged one."""
        _close_all(self._opened)

    def create_file(  # the arguments are Whoosh's
        self,
        name: str,
        excl: bool = False,  # noqa: FBT001, FBT002
        mode: str = "wb",
        **kwargs: Any,
    ) -> StructFile:
        """See Whoosh; remembers the file for the next commit."""
        self._written.add(name)
        file: StructFile = super().create_file(name, excl=excl, mode=mode, **kwargs)
        return file

    def rename_file(self, oldname: str, newname: str, safe: bool = False) -> None:  # noqa: FBT001, FBT002
        """Make everything written durable, then rename."""
        for name in sorted(self._written):
            # Parts of a compound file are gone by now.
            if self.file_exists(name):
                _fsync(Path(self.folder, name))
        self._written.clear()
        super().rename_file(oldname, newname, safe=safe)
        _fsync(Path(self.folder))


def _close_all(files: list[BinaryIO]) -> None:
    for file in files:
        file.close()
    files.clear()


def _fsync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
