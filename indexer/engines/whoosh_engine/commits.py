"""The state that a commit names: Whoosh's table of contents, with a checksum behind it.

Whoosh reads a table of contents from its beginning and stops before the end, so the checksum does not
disturb it. We read the table only after the checksum agreed, and unpickle only what is on a list.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

from whoosh.fields import Schema
from whoosh.filedb.structfile import BufferFile
from whoosh.index import TOC
from whoosh.system import _FLOAT_SIZE, _INT_SIZE, _LONG_SIZE

from ...errors import IndexDamaged, IndexMissing
from .codec.whoosh_segment import SUFFIX, ColumnarSegment
from .durable_storage import TRAILER_SIZE, DurableStorage, trailer_of
from .safe_pickle import loads

INDEX = "MAIN"
"""The name that Whoosh gives an index when it is told none."""

_BEGINNING = (_INT_SIZE, _LONG_SIZE, _FLOAT_SIZE)
"""Sizes of numbers, with which a table of contents begins."""
_BYTE_ORDER = -12345
_VERSION = -111
"""Whoosh's format of tables of contents."""


class Commit:
    """One state: a schema and segments."""

    __slots__ = ("generation", "schema", "segments")

    def __init__(self, generation: int, schema: Schema, segments: list[ColumnarSegment]) -> None:
        self.generation = generation
        """Number of the commit; each has the next."""
        self.schema = schema
        self.segments = segments


def latest_generation(storage: DurableStorage) -> int:
    """Number of the last commit, -1 when there is none."""
    found: int = TOC._latest_generation(storage, INDEX)  # noqa: SLF001 -- Whoosh has no public way
    return found


def read_commit(storage: DurableStorage) -> Commit:
    """The last commit. Raises `IndexMissing`, `IndexDamaged`, and what a file that goes meanwhile raises."""
    generation = latest_generation(storage)
    if generation < 0:
        raise IndexMissing(f"there is no index in {storage.folder}; run `dalil reindex`")
    path = _path(storage, generation)
    content = path.read_bytes()
    body, trailer = content[:-TRAILER_SIZE], content[-TRAILER_SIZE:]
    if trailer != trailer_of(body):
        raise IndexDamaged(f"{path} does not match its checksum; run `dalil reindex`")
    return _parsed(path, body, generation)


def _parsed(path: Path, body: bytes, generation: int) -> Commit:
    """Whoosh's own way to read a table of contents would unpickle anything."""
    stream = BufferFile(memoryview(body))
    sizes = tuple(stream.read_varint() for _ in _BEGINNING)
    order, version = stream.read_int(), stream.read_int()
    if (sizes, order, version) != (_BEGINNING, _BYTE_ORDER, _VERSION):
        raise IndexDamaged(f"{path} has another format of Whoosh's ({version}); run `dalil reindex`")
    for _ in range(3):
        stream.read_varint()  # Whoosh's release
    schema = loads(stream.read_string())
    named, _ = stream.read_int(), stream.read_int()
    if named != generation:
        raise IndexDamaged(f"{path} is the table of contents {named}; run `dalil reindex`")
    return Commit(generation, schema, loads(stream.read(len(body))))


def write_commit(storage: DurableStorage, commit: Commit) -> None:
    """Make a commit the last one, durably; its segments' files are on the disk already.

    When it fails, the commit before is the last one, as far as the disk still obeys.
    """
    try:
        TOC(commit.schema, commit.segments, commit.generation).write(storage, INDEX)
    except BaseException:
        name = _path(storage, commit.generation).name
        for path in Path(storage.folder).glob(f"{name}*"):
            with suppress(OSError):
                path.unlink()
        raise
    with suppress(OSError):
        _remove_unused(storage, commit)


def _path(storage: Any, generation: int) -> Path:
    return Path(storage.folder, TOC._filename(INDEX, generation))  # noqa: SLF001 -- see above


def _remove_unused(storage: DurableStorage, commit: Commit) -> None:
    """Files of older commits; whoever reads them has them open."""
    wanted = {segment.file_name for segment in commit.segments}
    wanted.add(_path(storage, commit.generation).name)
    for path in Path(storage.folder).iterdir():
        # What a writer was writing when it was cut off has more behind the name, or a point before it.
        ours = path.name.endswith(SUFFIX) or ".toc" in path.name or path.name.startswith(".")
        if ours and path.name.lstrip(".").startswith((f"{INDEX}_", f"_{INDEX}_")) and path.name not in wanted:
            with suppress(OSError):
                path.unlink()
