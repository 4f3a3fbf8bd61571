"""What reading a damaged file of Whoosh raises: it has no error of its own for most of it."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from pickle import UnpicklingError

from whoosh.filedb.filetables import FileFormatError
from whoosh.index import IndexError as WhooshIndexError
from whoosh.reading import CorruptIndexError

from ...errors import IndexDamaged, IndexUnavailable
from ...unreadable import is_passing, unreadable

DAMAGE = (
    WhooshIndexError,
    CorruptIndexError,
    FileFormatError,
    UnpicklingError,
    struct.error,
    zlib.error,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    MemoryError,
    OSError,
    TypeError,
    ValueError,
)


def damaged(place: Path | str, error: BaseException) -> IndexDamaged | IndexUnavailable:
    """The error of ours for one of `DAMAGE`."""
    if is_passing(error):
        return unreadable(f"the index in {place}", error)
    return IndexDamaged(
        f"the index in {place} cannot be read ({type(error).__name__}: {error}); run `dalil reindex`"
    )
