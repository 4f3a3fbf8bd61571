"""`dalil backup` and `dalil restore`: a copy of a home as it is at one moment, while jobs and servers go on.

    BACKUP/backup.json   what is in it, with a hash of each file
    BACKUP/archive.db    the archive
    BACKUP/dalil.toml    settings; BACKUP/names-veto.tsv what an editor refused; where there are any
    BACKUP/desk.db       saved searches, where there are any
    BACKUP/index/        the serving generation, which can be built anew from the archive

An archive on a server is copied into such a file too, and a restored one into its database.

A folder shares the files of the index with the home where the file system can: they never change. A `.tar` or
`.tar.gz` has no index.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tarfile
from collections.abc import Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any, Literal

from .archive import Archive, held
from .archive.copies import contents_of, copy_database
from .archive.desk_store import FILE as DESK_FILE
from .archive.transfers import TargetNotEmpty, copy_archive, transfer, transfer_desk
from .archive_place import archive_place, has_archive, server_of
from .config import FILE as SETTINGS_FILE
from .config import Settings, load_settings
from .durable_files import sync_folder, sync_tree, write_durably
from .errors import ArchiveError, IndexDamaged, IndexMissing
from .generations import adopt, current_name, index_folder
from .indexing import Progress
from .job import start_job
from .name_vetoes import FILE as VETOES_FILE
from .name_vetoes import shared_vetoes
from .receipts import Receipt
from .writer_lock import build_lock, writer_lock

_NOTE = "backup.json"
_FORMAT = 1
_ARCHIVE = "archive.db"
_DATABASES = (DESK_FILE,)
"""Copied by SQLite too: their writer may be at work."""
_PLAIN = (SETTINGS_FILE, VETOES_FILE)
_PACKED: dict[str, Literal["w", "w:gz"]] = {".tar": "w", ".gz": "w:gz", ".tgz": "w:gz"}


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup has."""

    path: str
    articles: int
    sequence: int
    """The last change of the archive."""
    index: str
    """Name of the generation in it; empty without one."""
    size: int
    """Bytes of all its files."""


def backup(home: Path, target: Path, *, with_index: bool = True, settings: Settings | None = None) -> Backup:
    """Copy a home to a new folder, or to a `.tar`, `.tar.gz` or `.tgz` file.

    The target appears when it is complete, or not at all. Raises `ArchiveError` when it is there already or
    cannot be written, `LockHeld` when a job does not let go of the index.
    """
    if target.exists():
        raise ArchiveError(f"{target} is there already; give a new name, or remove it first")
    if not has_archive(home):
        raise ArchiveError(f"there is no archive in {home}; nothing was copied")
    settings = settings or load_settings(home)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        # Beside the target: it gets its name when it is whole.
        with TemporaryDirectory(prefix=f".{target.name}.", dir=target.parent) as work:
            folder = Path(work, "backup")
            folder.mkdir()
            packed = _PACKED.get(target.suffix)
            index = _copy_index(home, folder, settings) if with_index and not packed else ""
            # The archive after the index: it has whatever the index has.
            made = _copy_rest(home, folder, index)
            if packed:
                file = Path(work, target.name)
                with tarfile.open(file, packed) as tar:
                    tar.add(folder, arcname="backup")
                # Some of what is in it only its owner may read.
                file.chmod(0o600)
                sync_tree(Path(work))
                file.rename(target)
            else:
                sync_tree(folder)
                folder.rename(target)
            sync_folder(target.parent)
    except (OSError, tarfile.TarError) as error:
        raise ArchiveError(f"{target} cannot be written ({error}); check its rights and the disk") from error
    return Backup(str(target), made["articles"], made["sequence"], index, made["size"])


def restore(
    home: Path,
    source: Path,
    *,
    replace: bool = False,
    progress: Progress | None = None,
    settings: Settings | None = None,
) -> Receipt:
    """Make a home what it was when a backup was made; servers see it without a restart.

    `replace`: also where there is an archive, whose articles are then gone; one that cannot be read is kept
    as `archive.db.damaged`, and what was withdrawn there is not known. Settings that are there stay.
    Raises `ArchiveError` when the backup is damaged, which is found before anything is written; `LockHeld`
    while an index is being built.
    """
    if has_archive(home) and not replace:
        raise ArchiveError(f"{home} has an archive; give --replace to put the backup in its place")
    with TemporaryDirectory(prefix="dalil-") as work:
        folder = _opened(source, Path(work))
        _verify(folder)
        contents_of(folder / _ARCHIVE)
        _set_damaged_aside(home, settings or load_settings(home))
        with start_job(home, progress, settings, create=True) as job:
            # An index that is being built would be of the archive before, and serve all the same.
            with build_lock(home, 0):
                restored = Path(work, "restored.db")
                _prepare(folder / _ARCHIVE, restored, _withdrawn(job.archive))
                _put_archive(restored, home)
                _put_back(folder, home)
                _adopt_index(folder, home)
            return job.finish(Receipt("restore", new=job.archive.count()))


def _prepare(source: Path, restored: Path, withdrawn: Mapping[str, str]) -> None:
    """An archive without what was taken out for good since its backup: nobody sees it for a moment."""
    copy_database(source, restored, finished=True)
    # One of an older Dalil gets the tables that it lacks.
    with closing(Archive.open(restored, create=True)) as archive:
        for article_id, reason in withdrawn.items():
            archive.withdraw([article_id], reason)


def _put_archive(restored: Path, home: Path) -> None:
    where = archive_place(home)
    if isinstance(where, Path):
        copy_database(restored, where)
    else:
        transfer(restored, where, replace=True)


def _set_damaged_aside(home: Path, settings: Settings) -> None:
    path = archive_place(home)
    if not isinstance(path, Path) or not path.exists():
        return
    try:
        with closing(Archive.open(path)) as archive:
            _withdrawn(archive)
    except ArchiveError:
        with writer_lock(home, settings.lock_wait_s):
            # What SQLite wrote beside it first: without its database it means nothing.
            for suffix in ("-wal", "-shm", ""):
                with suppress(FileNotFoundError):
                    Path(f"{path}{suffix}").rename(f"{path}.damaged{suffix}")


def _withdrawn(archive: Archive) -> dict[str, str]:
    """Articles that are withdrawn by order, and why."""
    with archive.transaction() as connection:
        return {one.id: one.reason for one in held.held(connection) if one.ordered}


def _copy_index(home: Path, folder: Path, settings: Settings) -> str:
    """The serving generation, by links where that is possible, while no job writes; its name, or nothing."""
    with writer_lock(home, settings.lock_wait_s):
        try:
            name = current_name(home)
        except (IndexMissing, IndexDamaged):
            return ""
        shutil.copytree(index_folder(home) / name, folder / "index" / name, copy_function=_link_or_copy)
    return name


def _link_or_copy(source: str, target: str) -> str:
    # Every file of a generation is written under another name and renamed: a link keeps what it had.
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
    return target


def _copy_rest(home: Path, folder: Path, index: str) -> dict[str, Any]:
    copy_archive(archive_place(home), folder / _ARCHIVE)
    if server := server_of(home):
        transfer_desk(server, folder / DESK_FILE)
    for name in _DATABASES:
        if not server and (home / name).exists():
            copy_database(home / name, folder / name)
            shutil.copymode(home / name, folder / name)
    for name in _PLAIN:
        with suppress(FileNotFoundError):
            shutil.copy2(home / name, folder / name)
    if (shared := shared_vetoes(home)) is not None:
        (folder / VETOES_FILE).write_bytes(shared)
    contents = contents_of(folder / _ARCHIVE)
    files = _hashes(folder)
    note = {
        "format": _FORMAT,
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "articles": contents.articles,
        "sequence": contents.sequence,
        "index": index,
        "files": files,
    }
    write_durably(folder / _NOTE, json.dumps(note, indent=1) + "\n")
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    return note | {"size": size}


def _opened(source: Path, work: Path) -> Path:
    """The folder of a backup; a packed one is unpacked first."""
    if source.is_dir():
        return source
    try:
        with tarfile.open(source) as tar:
            _unpack(tar, work)
    except (OSError, tarfile.TarError) as error:
        raise ArchiveError(f"{source} cannot be read as a backup ({error}); give another one") from error
    return work / "backup"


def _unpack(tar: tarfile.TarFile, work: Path) -> None:
    """Write the files of a packed backup; it has folders and files, and nothing that leads out of it.

    Not `extractall(filter="data")`, which Python has only since 3.11.4. Raises `tarfile.TarError`.
    """
    for member in tar:
        parts = PurePosixPath(member.name).parts
        if not (member.isfile() or member.isdir()) or not parts or parts[0] == "/" or ".." in parts:
            raise tarfile.TarError(f"{member.name!r} is no file of a backup")
        path = work.joinpath(*parts)
        if member.isdir():
            path.mkdir(parents=True, exist_ok=True)
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        content = tar.extractfile(member)
        assert content is not None
        with content, path.open("xb") as file:
            shutil.copyfileobj(content, file)
        path.chmod(member.mode & 0o777)


def _verify(folder: Path) -> None:
    """Raise `ArchiveError` unless every file is what it was when the backup was made."""
    path = folder / _NOTE
    try:
        note = json.loads(path.read_text(encoding="utf-8"))
        files, found = dict(note["files"]), note["format"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ArchiveError(f"{folder} is no backup ({path.name}: {error}); give another one") from error
    if found != _FORMAT:
        raise ArchiveError(f"{folder} is a backup of format {found}; use the Dalil that made it")
    now = _hashes(folder)
    wrong = sorted(name for name in files.keys() | now.keys() if files.get(name) != now.get(name))
    if wrong:
        raise ArchiveError(f"the backup {folder} is damaged ({', '.join(wrong[:3])}); nothing was restored")


def _hashes(folder: Path) -> dict[str, str]:
    """Of every file but the note: SHA-256 by path."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and name != _NOTE:
            with path.open("rb") as file:
                found[name] = hashlib.file_digest(file, "sha256").hexdigest()
    return found


def _put_back(folder: Path, home: Path) -> None:
    server = server_of(home)
    if server:
        # What editors keep there stays, as it does in a file.
        with suppress(TargetNotEmpty):
            transfer_desk(folder / DESK_FILE, server)
    for name in _PLAIN if server else (*_DATABASES, *_PLAIN):
        if (folder / name).exists() and not (home / name).exists():
            shutil.copy2(folder / name, home / name)


def _adopt_index(folder: Path, home: Path) -> None:
    """Let the generation of the backup serve; without one, or with one of other rules, one is built anew."""
    for generation in (folder / "index").glob("gen-*"):
        adopt(home, generation)
