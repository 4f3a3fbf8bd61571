"""What cannot be written: is the disk full, may it only be read, or is it something else?

>>> type(unwritable(Path("/srv/news"), OSError(errno.ENOSPC, "No space left on device"))).__name__
'StorageFull'
"""

from __future__ import annotations

import errno
import os
from pathlib import Path

from .errors import ArchiveError, HomeReadOnly, StorageFull

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_READ_ONLY = frozenset({errno.EROFS, errno.EACCES, errno.EPERM})


def unwritable(place: Path, error: OSError) -> ArchiveError:
    """The error of ours for one that writing to a home raised."""
    if error.errno in _FULL:
        return storage_full(place)
    named = f": {error.filename}" if error.filename else ""
    why = f"{error.strerror or error}{named}"
    if error.errno in _READ_ONLY:
        return read_only(place, why)
    return ArchiveError(
        f"{place} cannot be written ({why}); "
        "check its rights and the room on the disk, or choose another --home"
    )


def only_read(folder: Path) -> bool:
    """Whether a folder is there and nothing can be written in it."""
    # Rights alone do not tell: root may write anywhere, and not to a disk that is mounted read-only.
    return folder.is_dir() and not os.access(folder, os.W_OK)


def storage_full(place: Path) -> StorageFull:
    """What was not acknowledged was not kept; what was there stays."""
    return StorageFull(
        f"{place} cannot be written (No space left on device): the disk is full; make room and run it again"
    )


def read_only(place: Path, why: str) -> HomeReadOnly:
    """`why`: what the system said."""
    return HomeReadOnly(
        f"{place} cannot be written ({why}); "
        "it can be searched as it is: give this user the right to write there, or choose another --home"
    )
