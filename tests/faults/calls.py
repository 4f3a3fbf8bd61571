"""Calls of the operating system that fail when a test says so, for files below one folder.

In this process, between Python and the system: `open` in all its forms, writes of the files that it gave,
fsync, rename, replace, unlink, mkdir, mmap. What SQLite does by itself is not reached; full disks are, by
`test_full_disk.py`.
"""

from __future__ import annotations

import io
import mmap
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

KINDS = ("open", "write", "fsync", "rename", "replace", "unlink", "mkdir", "mmap")


@dataclass(slots=True)
class Calls:
    """What was called, and what of it failed."""

    kind: str
    nth: int
    """0 for the first; negative for none, so that calls are only counted."""
    number: int
    """Of the error."""
    only: str
    every: bool
    counted: int = 0
    failed: list[str] = field(default_factory=list)

    def check(self, kind: str, path: object) -> None:
        """Count a call, and fail if it is the one."""
        name = os.fspath(path) if isinstance(path, str | os.PathLike) else ""
        if kind != self.kind or self.only not in str(name):
            return
        if self.nth >= 0 and (self.counted == self.nth or (self.every and self.counted > self.nth)):
            self.failed.append(str(name))
            self.counted += 1
            raise OSError(self.number, os.strerror(self.number), name)
        self.counted += 1


class _Raw(io.FileIO):
    """A file whose writes are counted."""

    def __init__(self, path: Any, mode: str, calls: Calls) -> None:
        super().__init__(path, mode)
        self._calls = calls

    def write(self, data: Any, /) -> int:
        self._calls.check("write", self.name)
        return super().write(data)


@contextmanager
def failing(kind: str, nth: int, number: int, *, only: str, every: bool = False) -> Iterator[Calls]:
    """Let the `nth` call of a kind fail with an error number, of paths that have `only` in them.

    `every`: those after it too.
    """
    calls = Calls(kind, nth, number, only, every)
    opened = io.open

    def open_(file: Any, mode: str = "r", buffering: int = -1, *args: Any, **options: Any) -> Any:
        if isinstance(file, int) or options.get("opener"):
            return opened(file, mode, buffering, *args, **options)
        calls.check("open", file)
        if only not in str(file) or not set("wax+") & set(mode):
            return opened(file, mode, buffering, *args, **options)
        raw = _Raw(file, "".join(c for c in mode if c not in "bt"), calls)
        buffered: Any = io.BufferedRandom(raw) if "+" in mode else io.BufferedWriter(raw)
        return buffered if "b" in mode else io.TextIOWrapper(buffered, *args, **options)

    def by_path(name: str) -> Callable[..., Any]:
        call: Callable[..., Any] = getattr(os, name)

        def wrapped(path: Any, *args: Any, **options: Any) -> Any:
            calls.check(name, path)
            return call(path, *args, **options)

        return wrapped

    def by_number(name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(number: Any, *args: Any, **options: Any) -> Any:
            path = ""
            with suppress(OSError, TypeError):
                path = str(Path(f"/proc/self/fd/{number}").readlink())
            calls.check(name, path)
            return call(number, *args, **options)

        return wrapped

    with ExitStack() as stack:
        for place in ("builtins.open", "io.open"):
            stack.enter_context(patch(place, open_))
        for name in ("open", "rename", "replace", "unlink", "mkdir"):
            stack.enter_context(patch.object(os, name, by_path(name)))
        stack.enter_context(patch.object(os, "fsync", by_number("fsync", os.fsync)))
        stack.enter_context(patch.object(mmap, "mmap", by_number("mmap", mmap.mmap)))
        yield calls
