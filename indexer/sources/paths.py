"""A file or a folder of them -> the articles inside."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

from ..articles import Article
from ..errors import SourceError
from . import feeds, html_page, jsonl, page_text, warc
from .formats import check_format, detect_format, read_head
from .limits import DEFAULT_LIMITS, Budget, GunzipReader, Limits
from .rejects import Reject

_STREAM_READERS = {
    "jsonl": jsonl.read_lines,
    "json": jsonl.read_array,
    "html": html_page.read_html,
    "warc": warc.read_warc,
    "wacz": warc.read_wacz,
    "feed": feeds.read_feed,
    "page_text": page_text.read_page_text,
}


def read_path(
    path: Path, *, format: str | None = None, limits: Limits = DEFAULT_LIMITS
) -> Iterator[Article | Reject]:
    """The articles of a file, or of a folder and its subfolders in the order of their names.

    In a folder, hidden files and files in no known format (images, style sheets, JSON without articles) are
    passed over, and links that lead out of the folder are not followed; a folder with nothing to read is one
    `Reject`. `format` is one of `FORMATS`; without it each file's content tells.

    Raises `SourceError` if the path does not exist, is in no known format or `format` is unknown. Anything
    wrong inside a file is a `Reject`.
    """
    check_format(format)
    if path.is_dir():
        return _read_folder(path, format, limits)
    if not path.exists():
        raise SourceError(f"{path} does not exist; give a file or a folder")
    try:
        return _read_file(path, format or detect_format(path), limits)
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {error.strerror or error}") from error


def list_files(path: Path, *, format: str | None = None) -> Iterator[tuple[Path, str] | Reject]:
    """The files that `read_path` would read, each with its format; nothing of them is read but the beginning.

    Raises `SourceError` as `read_path` does. What cannot be listed is a `Reject`.
    """
    if not path.is_dir():
        if not path.exists():
            raise SourceError(f"{_shown(path)} does not exist; give a file or a folder")
        try:
            yield path, format or detect_format(path)
        except OSError as error:
            raise SourceError(f"{_shown(path)} cannot be read: {error.strerror or error}") from error
        return
    faults: list[OSError] = []
    read = passed_over = 0
    for file in _files(path, faults):
        try:
            found = format or _format_of_articles(file)
        except OSError as error:
            faults.append(error)
            continue
        read += found is not None
        passed_over += found is None
        if found is not None:
            yield file, found
    for fault in faults:
        yield Reject(_shown(fault.filename or path), "", f"cannot be read: {fault.strerror or fault}")
    if not read and not faults:
        reason = f"the folder holds no file in a known format ({passed_over} files were passed over)"
        yield Reject(_shown(path), "", f"{reason}; give another folder or --format")


def _read_folder(folder: Path, format: str | None, limits: Limits) -> Iterator[Article | Reject]:
    for listed in list_files(folder, format=format):
        if isinstance(listed, Reject):
            yield listed
        else:
            yield from _read_file(*listed, limits)


def _format_of_articles(path: Path) -> str | None:
    """The format of a file that may hold articles; `None` for any other file. Raises `OSError`."""
    try:
        found = detect_format(path)
    except SourceError:
        return None
    if found not in {"json", "jsonl"}:
        return found
    return found if jsonl.may_hold_articles(read_head(path)) else None


def _files(folder: Path, faults: list[OSError]) -> Iterator[Path]:
    """The files in the order of their names; folders that cannot be listed are added to `faults`."""
    root = folder.resolve()
    found = []
    for parent, folders, names in os.walk(folder, onerror=faults.append):
        folders[:] = [name for name in folders if not name.startswith(".")]
        found += [Path(parent, name) for name in names if not name.startswith(".")]
    for path in sorted(found, key=lambda path: path.relative_to(folder).parts):
        if path.is_file() and (not path.is_symlink() or path.resolve().is_relative_to(root)):
            yield path


def _read_file(path: Path, format: str, limits: Limits) -> Iterator[Article | Reject]:
    try:
        with path.open("rb") as file:
            yield from _STREAM_READERS[format](_content(file, format, limits), _shown(path), limits)
    except OSError as error:
        yield Reject(_shown(path), "", f"cannot be read: {error.strerror or error}")


def _shown(path: Path | str) -> str:
    """A path as text that can be stored and printed, though its name be in no UTF-8."""
    return os.fsencode(path).decode("utf-8", "replace")


def _content(file: BinaryIO, format: str, limits: Limits) -> BinaryIO:
    """What the file holds, gzip undone."""
    magic = file.read(2)
    file.seek(0)
    if magic != b"\x1f\x8b":
        return file
    size = os.fstat(file.fileno()).st_size
    unpacked = cast(BinaryIO, GunzipReader(file, Budget(size, limits)))
    # A WARC is read record by record: a buffer would lose what stands before a cut.
    return unpacked if format == "warc" else cast(BinaryIO, io.BufferedReader(cast(io.RawIOBase, unpacked)))
