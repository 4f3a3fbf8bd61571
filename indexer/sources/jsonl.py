"""JSON lines, a JSON array or one JSON object: a publisher's export."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO, NoReturn

from ..articles import Article
from .limits import InputDamaged, Limits, LongLine, bounded_lines, read_whole
from .records import BODY, LEAD, TITLE, read_record
from .rejects import Reject, excerpt

_BOM = b"\xef\xbb\xbf"
_TEXT_NAME = re.compile(
    ('[{,]\\s*"(?:' + "|".join(dict.fromkeys((*TITLE, *LEAD, *BODY, "withdrawn"))) + ')"\\s*:').encode()
)


def read_lines(stream: BinaryIO, path: str, limits: Limits) -> Iterator[Article | Reject]:
    """One article a line; empty lines do not count. A line that is not an article is a `Reject`."""
    number = 0
    try:
        for number, line in enumerate(bounded_lines(stream, limits.record), start=1):
            item = _read_line(line, path, number, limits)
            if item is not None:
                yield item
        if not number:
            yield Reject(path, "", "the file is empty")
    except InputDamaged as error:
        yield Reject(path, f"line {number + 1}", str(error))


def read_array(stream: BinaryIO, path: str, limits: Limits) -> Iterator[Article | Reject]:
    """A file that is one JSON array of records, or records over many lines one after another."""
    try:
        data = read_whole(stream, limits.document, "a JSON array").removeprefix(_BOM)
        text = data.decode()
    except (InputDamaged, UnicodeDecodeError) as error:
        yield Reject(path, "", _why_not_text(error))
        return
    if not text.strip():
        yield Reject(path, "", "the file is empty")
        return
    for number, value in enumerate(_array_items(text), start=1):
        position = f"record {number}"
        if isinstance(value, ValueError):
            yield Reject(path, position, f"not JSON: {value}")
        else:
            yield _from_value(value, path, position)


def may_hold_articles(head: bytes) -> bool:
    """Whether a JSON file that begins so may hold articles: it names what an article has, or is damaged."""
    is_json = head.removeprefix(_BOM).lstrip().startswith((b"{", b"["))
    return not is_json or _TEXT_NAME.search(head) is not None


def is_array(head: bytes) -> bool:
    """Whether a JSON file is one value over many lines rather than a record a line."""
    start = head.removeprefix(_BOM).lstrip()
    if not start.startswith(b"{"):
        return start.startswith(b"[")
    first, newline, _ = start.partition(b"\n")
    return bool(newline) and first.rstrip().endswith((b"{", b",", b"["))


def _read_line(line: bytes | LongLine, path: str, number: int, limits: Limits) -> Article | Reject | None:
    position = f"line {number}"
    if isinstance(line, LongLine):
        reason = f"the line has {line.size} bytes, at most {limits.record} are read; split the record"
        return Reject(path, position, reason, excerpt(line.head))
    if number == 1:
        line = line.removeprefix(_BOM)
    if not line.strip():
        return None
    if b"\0" in line:
        where = f"{position}, byte {line.index(0) + 1}"
        return Reject(path, where, "the line has a NUL byte; the file is damaged or not text", excerpt(line))
    try:
        value = _decode(line.decode())
    except UnicodeDecodeError as error:
        where = f"{position}, byte {error.start + 1}"
        return Reject(path, where, _why_not_text(error), excerpt(line))
    except (ValueError, RecursionError) as error:
        return Reject(path, position, f"not JSON: {_short(error)}", excerpt(line))
    return _from_value(value, path, position)


def _from_value(value: Any, path: str, position: str) -> Article | Reject:
    if not isinstance(value, Mapping):
        reason = f"a record must be a JSON object, got {type(value).__name__}"
        return Reject(path, position, reason, excerpt(str(value)[:200]))
    return read_record(value, path, position)


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")


_decoder = json.JSONDecoder(parse_constant=_no_constant, strict=False)
_SPACE = re.compile(r"\s*")
_STRING_OR_BRACKET = re.compile(r'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)|[\[\]{}]', re.DOTALL)


def _decode(text: str) -> Any:
    return _decoder.decode(text)


def _array_items(text: str) -> Iterator[Any]:
    """The values of arrays and bare records one by one, so that a fault leaves those before it.

    A fault is a `ValueError` in its place; after one that hides where the next value begins, nothing comes.
    """
    at, depth = _skip(text, 0), 0
    while at < len(text):
        if text[at] == "[" and not depth:
            at, depth = _skip(text, at + 1), 1
        elif text[at] == "]" and depth:
            at, depth = _skip(text, at + 1), 0
        else:
            value, end = _value_or_error(text, at)
            yield value
            if end == at:
                return
            at = _skip(text, end)
            if depth and text[at : at + 1] == ",":
                at = _skip(text, at + 1)
            elif depth and text[at : at + 1] != "]":
                yield ValueError(f"expected ',' or ']' at character {at + 1}; the file may be cut off")
                return
    if depth:
        yield ValueError("the array has no end; the file may be cut off")


def _value_or_error(text: str, at: int) -> tuple[Any, int]:
    try:
        return _decoder.raw_decode(text, at)
    except (ValueError, RecursionError) as error:
        fault = ValueError(_short(error))
    end = _end_by_brackets(text, at)
    return (fault, end) if end else (ValueError(f"{fault}; what follows was not read"), at)


def _end_by_brackets(text: str, at: int) -> int | None:
    """Where an object or array that is not JSON inside ends; `None` if its brackets do not close."""
    if text[at : at + 1] not in {"[", "{"}:
        return None
    depth = 0
    for found in _STRING_OR_BRACKET.finditer(text, at):
        depth += (found[0] in "[{") - (found[0] in "]}")
        if not depth:
            return found.end()
    return None


def _skip(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    assert found is not None
    return found.end()


def _short(error: Exception) -> str:
    return "nested too deeply" if isinstance(error, RecursionError) else str(error)[:200]


def _why_not_text(error: Exception) -> str:
    if isinstance(error, UnicodeDecodeError):
        broken = error.object[error.start : error.start + 1].hex()
        return f"broken UTF-8 (byte 0x{broken}: {error.reason}); save the file as UTF-8"
    return str(error)
