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
from .formats import FORMATS, detect_format, read_head
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
    passed over, and links that lead out of the folder are not followed. `format` is one of `FORMATS`; without
    it each file's content tells.

    Raises `SourceError` if the path does not exist, is in no known format or `format` is unknown. Anything
    wrong inside a file is a `Reject`.
    """
    if format is not None and format not in FORMATS:
        raise SourceError(f"there is no format {format!r}; use one of {', '.join(FORMATS)}")
    if path.is_dir():
        return _read_folder(path, format, limits)
    if not path.exists():
        raise SourceError(f"{path} does not exist; give a file or a folder")
    try:
        return _read_file(path, format or detect_format(path), limits)
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {error.strerror or error}") from error


def _read_folder(folder: Path, format: str | None, limits: Limits) -> Iterator[Article | Reject]:
    for path in _files(folder):
        try:
            found = format or detect_format(path)
            if format is None and found in {"json", "jsonl"} and _is_other_json(path):
                continue
        except SourceError:
            continue
        except OSError as error:
            yield Reject(str(path), "", f"the file cannot be read: {error.strerror or error}")
            continue
        yield from _read_file(path, found, limits)


def _is_other_json(path: Path) -> bool:
    head = read_head(path)
    return head.strip() != b"" and not jsonl.may_hold_articles(head)


def _files(folder: Path) -> Iterator[Path]:
    root = folder.resolve()
    found = []
    for parent, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        found += [Path(parent, name) for name in names if not name.startswith(".")]
    for path in sorted(found, key=lambda path: path.relative_to(folder).parts):
        if path.is_file() and (not path.is_symlink() or path.resolve().is_relative_to(root)):
            yield path


def _read_file(path: Path, format: str, limits: Limits) -> Iterator[Article | Reject]:
    try:
        with path.open("rb") as file:
            yield from _STREAM_READERS[format](_content(file, format, limits), str(path), limits)
    except OSError as error:
        yield Reject(str(path), "", f"the file cannot be read: {error.strerror or error}")


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
