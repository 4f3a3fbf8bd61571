"""The small files of a generation on several machines: one indexes and puts them, the others fetch them.

    HOME/index/gen-000002/    manifest, state, lexicons, accents, suggestions, names; not the engine's files

They go through the database of the archive, which all machines reach. A generation whose engine is a cluster
needs nothing else: another machine opens it as if it had been built there.

A file is written under another name and renamed when its hash is right; `state.json` comes last of a
generation, and `CURRENT` after all. So a machine that stops halfway serves what it served before, with at
most newer files beside an older state, as after a commit that stopped.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from .archive.shared_store import PART, Serving, SharedFile, SharedStore
from .durable_files import sync_folder, write_durably, write_parts_durably
from .errors import ArchiveError

STATE = "state.json"
"""What a commit writes last."""
_CURRENT = "CURRENT"
_ENGINES = frozenset({"whoosh"})
"""Folders of engines whose files stay on one machine."""
_GENERATION = re.compile(r"gen-[0-9]{6,}")
_MOST_NAME = 200


@dataclass(frozen=True, slots=True)
class Memory:
    """Hashes of files that were read, by what tells that they are still the same."""

    hashes: dict[Path, tuple[tuple[int, int, int], str]] = field(default_factory=dict)


def describe(folder: Path, memory: Memory) -> dict[str, SharedFile]:
    """The small files of a generation's folder, by name; files that were read before are not read again."""
    found = {}
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        # What begins with a dot is being written.
        if parts[0] in _ENGINES or any(part.startswith(".") for part in parts) or not path.is_file():
            continue
        stat = path.stat()
        same = (stat.st_mtime_ns, stat.st_ino, stat.st_size)
        known = memory.hashes.get(path)
        if known is None or known[0] != same:
            with path.open("rb") as file:
                known = (same, hashlib.file_digest(file, "sha256").hexdigest())
            memory.hashes[path] = known
        name = "/".join(parts)
        found[name] = SharedFile(name, known[1], stat.st_size)
    return found


def put(store: SharedStore, folder: Path, sequence: int, memory: Memory) -> tuple[str, ...]:
    """Let the other machines have a generation as it is now, and serve it; the names of what was sent.

    Held by who writes: no commit changes the folder meanwhile. Raises `ArchiveError`.
    """
    files = describe(folder, memory)

    def content(one: SharedFile) -> Iterator[bytes]:
        digest = hashlib.sha256()
        with (folder / one.name).open("rb") as file:
            while part := file.read(PART):
                digest.update(part)
                yield part
        if digest.hexdigest() != one.hash:
            raise ArchiveError(f"{folder / one.name} changed while it was sent; run `dalil catch-up`")

    return store.put(folder.name, sequence, files, content)


def fetch(store: SharedStore, index: Path, memory: Memory, seen: int = 0) -> Serving | None:
    """Bring a machine's index folder to what serves; None before anything was put.

    `seen`: the revision that was fetched last; while there is none newer, it costs one question. Raises
    `ArchiveError` for what is damaged or could not be written; what served before serves then.
    """
    now = store.serving()
    if now is None or now.revision == seen:
        return now
    late: list[tuple[Path, list[bytes]]] = []

    def known(generation: str) -> Mapping[str, str]:
        return {name: one.hash for name, one in describe(_folder(index, generation), memory).items()}

    def take(generation: str, one: SharedFile, parts: Iterator[bytes]) -> None:
        path = _below(_folder(index, generation), one.name)
        if one.name == STATE:
            late.append((path, list(_checked(one, parts))))
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        write_parts_durably(path, _checked(one, parts))

    try:
        found = store.fetch(known, take)
        if found is None:
            return None
        serving, names = found
        folder = _folder(index, serving.generation)
        folder.mkdir(parents=True, exist_ok=True)
        for path, parts in late:
            write_parts_durably(path, parts)
        _drop(folder, names, memory)
        _let_serve(index, serving.generation)
    except OSError as error:
        raise ArchiveError(
            f"{index} cannot be written ({error.strerror or error}); check its rights and the disk"
        ) from error
    return serving


def _checked(one: SharedFile, parts: Iterator[bytes]) -> Iterator[bytes]:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
        yield part
    if digest.hexdigest() != one.hash:
        raise ArchiveError(
            f"the shared file {one.name} is not what was put; run `dalil catch-up` where the index is written"
        )


def _folder(index: Path, generation: str) -> Path:
    if not _GENERATION.fullmatch(generation):
        raise ArchiveError(f"{generation[:80]!r} is no name of a generation; look at the table serving")
    return index / generation


def _below(folder: Path, name: str) -> Path:
    """The path of a file: what a database says may not lead out of the folder."""
    parts = PurePosixPath(name).parts
    if not parts or parts[0] in {"/", *_ENGINES} or ".." in parts or len(name) > _MOST_NAME:
        raise ArchiveError(
            f"{name[:80]!r} is no name of a file of a generation; look at the table generation_files"
        )
    return folder.joinpath(*parts)


def _drop(folder: Path, wanted: Collection[str], memory: Memory) -> None:
    """What the generation no longer has: a file that stays would be read beside newer ones."""
    for name in describe(folder, memory):
        if name not in wanted:
            (folder / name).unlink(missing_ok=True)


def _let_serve(index: Path, generation: str) -> None:
    path = index / _CURRENT
    text = f"{generation}\n"
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        sync_folder(index)
        write_durably(path, text)
