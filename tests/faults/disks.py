"""A disk of a few megabytes that can be made read-only, and larger: a tmpfs, where one may be mounted."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

_MOUNT = shutil.which("mount")
_UMOUNT = shutil.which("umount")


@dataclass(frozen=True, slots=True)
class Disk:
    """A file system of its own."""

    path: Path

    def read_only(self) -> None:
        """Nothing can be written any more, not even by root."""
        _run("remount,ro", self.path)

    def writable(self) -> None:
        """It can be written again."""
        _run("remount,rw", self.path)

    def resize(self, megabytes: float) -> None:
        """Make it larger or smaller."""
        _run(f"remount,size={int(megabytes * 1024)}k", self.path)


@contextmanager
def mounted(path: Path, megabytes: float = 16) -> Iterator[Disk]:
    """A disk at a path. Skips the test where none may be mounted."""
    path.mkdir()
    if _MOUNT is None or _UMOUNT is None:
        pytest.skip("there is no command to mount a disk")
    done = subprocess.run(  # noqa: S603 -- our own command
        [_MOUNT, "-t", "tmpfs", "-o", f"size={int(megabytes * 1024)}k", "tmpfs", str(path)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        pytest.skip(f"no disk may be mounted here: {done.stderr.strip()}")
    try:
        yield Disk(path)
    finally:
        # Lazily: a file that a test left open must not keep it for ever.
        subprocess.run([_UMOUNT, "-l", str(path)], check=True)  # noqa: S603 -- as above


def _run(options: str, path: Path) -> None:
    subprocess.run([_MOUNT or "mount", "-o", options, str(path)], check=True)  # noqa: S603 -- as above
