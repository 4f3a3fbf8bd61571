"""Whoosh's file storage, made to survive a power cut: Whoosh itself never fsyncs."""

from __future__ import annotations

import os
import struct
import zlib
from pathlib import Path

from whoosh.filedb.filestore import FileStorage

from ...durable_files import sync_folder

_TRAILER = struct.Struct("<8sQI")
TRAILER_SIZE = _TRAILER.size


def trailer_of(body: bytes) -> bytes:
    """What stands behind a table of contents: a mark, its length, its CRC-32."""
    return _TRAILER.pack(b"DALILTOC", len(body), zlib.crc32(body))


class DurableStorage(FileStorage):
    """A table of contents is on the disk, with a checksum, before it gets its name.

    Whoosh commits by renaming a new table of contents. The segments that it names are durable before; the
    folder is synced once, after the rename, for their names and its own.
    """

    def __init__(self, path: Path, *, readonly: bool = False) -> None:
        super().__init__(str(path), readonly=readonly)

    def rename_file(self, oldname: str, newname: str, safe: bool = False) -> None:  # noqa: FBT001, FBT002 -- Whoosh's
        """Append the checksum, make the file durable, rename."""
        path = Path(self.folder, oldname)
        body = path.read_bytes()
        with path.open("ab") as file:
            file.write(trailer_of(body))
            file.flush()
            os.fsync(file.fileno())
        super().rename_file(oldname, newname, safe=safe)
        sync_folder(Path(self.folder))
