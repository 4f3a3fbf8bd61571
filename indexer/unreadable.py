"""A file that cannot be read: is it damaged, or does the system only not let us read it now?

Damage is answered by a new index. That would be wrong for a whole file that no one could open because too
many others were.
"""

from __future__ import annotations

import errno
from pathlib import Path

from .errors import IndexDamaged, IndexUnavailable

_PASSING = frozenset(
    {
        errno.EMFILE,
        errno.ENFILE,
        errno.ENOMEM,
        errno.EAGAIN,
        errno.EINTR,
        errno.EACCES,
        errno.EPERM,
        errno.ETIMEDOUT,
        errno.ESTALE,
    }
)
"""What says nothing of the file: limits of the process and the machine, rights, a network that is away."""


def is_passing(error: BaseException) -> bool:
    """Whether reading failed for a reason outside the file."""
    return isinstance(error, MemoryError) or (isinstance(error, OSError) and error.errno in _PASSING)


def unreadable(place: Path | str, error: BaseException) -> IndexUnavailable | IndexDamaged:
    """The error of ours for one that reading a file of an index raised."""
    if is_passing(error):
        why = (error.strerror if isinstance(error, OSError) else "") or "not enough memory"
        return IndexUnavailable(
            f"{place} cannot be read now ({why}); nothing of it was changed: "
            "check open files, memory and rights, and try again"
        )
    kind = "" if isinstance(error, OSError | ValueError) else f"{type(error).__name__}: "
    return IndexDamaged(f"{place} cannot be read ({kind}{error}); run `dalil reindex`")
