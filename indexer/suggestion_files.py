"""Files of completions: arrays in one memory-mapped file, written whole or not at all.

    suggestions/CURRENT.json             which two files serve, and up to which change of the archive
    suggestions/base-000000000120.bin    of every article, as the archive was at change 120
    suggestions/recent-000000000125.bin  of the articles changed since

A file is a line (its CRC, then JSON: format, CRC of the rest, name -> kind, place and length of each array)
and then the arrays. Whatever is missing, damaged or of another format is as if it were not there: no
completions, until the next job writes them anew.
"""

from __future__ import annotations

import json
import mmap
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from .durable_files import write_durably, write_parts_durably

FORMAT = 2
_STATE = "CURRENT.json"
_ALIGN = 8
_CRC_SIZE = 9
"""Eight hexadecimal digits and a blank."""
_OPENED = 8
"""Files kept open: base and recent ones of some generations."""

AnyArray = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class ArrayFile:
    """One opened file; its arrays stand in the mapped memory and must not be written."""

    about: Mapping[str, Any]
    """What the writer said of it, JSON values."""
    arrays: Mapping[str, AnyArray]


@dataclass(frozen=True, slots=True)
class State:
    """Which files serve."""

    base: str
    base_sequence: int
    """Change of the archive up to which `base` was built."""
    recent: str
    """Empty when nothing changed since."""
    sequence: int
    """Change of the archive up to which both together go."""


def write_arrays(path: Path, about: Mapping[str, Any], arrays: Mapping[str, AnyArray]) -> None:
    """Write a file under another name, fsync it, rename it into place."""
    places: dict[str, tuple[str, int, int]] = {}
    at = checksum = 0
    for name, array in arrays.items():
        places[name] = (array.dtype.str, at, array.size)
        checksum = zlib.crc32(_padded(array), checksum)
        at += len(_padded(array))
    head = {"format": FORMAT, "crc": checksum, "about": dict(about), "arrays": places}
    text = json.dumps(head, ensure_ascii=False).encode()
    text += b" " * (-(_CRC_SIZE + len(text) + 1) % _ALIGN)
    line = b"%08x " % zlib.crc32(text) + text + b"\n"
    write_parts_durably(path, chain([line], map(_padded, arrays.values())))


def read_arrays(path: Path) -> ArrayFile | None:
    """Map a file that `write_arrays` wrote; None if it is not there or not whole. Opened once."""
    try:
        found = path.stat()
        return _opened(path, found.st_ino, found.st_mtime_ns, found.st_size)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def save_state(folder: Path, state: State) -> None:
    """Let files serve, then drop the others."""
    body = {"format": FORMAT, "base": state.base, "base_sequence": state.base_sequence}
    body |= {"recent": state.recent, "sequence": state.sequence}
    text = json.dumps(body | {"crc": _crc_of(body)})
    write_durably(folder / _STATE, text + "\n")
    for path in folder.iterdir():
        if path.name not in (_STATE, state.base, state.recent):
            path.unlink(missing_ok=True)


def load_state(folder: Path) -> State | None:
    """What `save_state` saved; None if there is nothing that this program can use."""
    try:
        body = json.loads((folder / _STATE).read_text(encoding="utf-8"))
        crc = body.pop("crc")
        if crc != _crc_of(body) or body.pop("format") != FORMAT:
            return None
        state = State(**body)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return state if all(name == Path(name).name for name in (state.base, state.recent)) else None


@lru_cache(maxsize=_OPENED)
def _opened(path: Path, _inode: int, _changed_ns: int, _size: int) -> ArrayFile:
    with path.open("rb") as file:
        line = file.readline()
        check, text = line[:_CRC_SIZE], line[_CRC_SIZE:-1]
        if int(check, 16) != zlib.crc32(text):
            raise ValueError(f"{path} has a first line that does not match its checksum")
        head = json.loads(text)
        if head["format"] != FORMAT:
            raise ValueError(f"{path} has format {head['format']}")
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    view = memoryview(mapped)[len(line) :]
    if zlib.crc32(view) != head["crc"]:
        raise ValueError(f"{path} does not match its checksum")
    arrays = {
        name: np.frombuffer(view, np.dtype(kind), count, at)
        for name, (kind, at, count) in head["arrays"].items()
    }
    return ArrayFile(head["about"], arrays)


def _crc_of(body: Mapping[str, Any]) -> int:
    return zlib.crc32(json.dumps(body, sort_keys=True).encode())


def _padded(array: AnyArray) -> bytes:
    data = array.tobytes()
    return data + b"\0" * (-len(data) % _ALIGN)
