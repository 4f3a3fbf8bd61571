"""The law of the sources: whatever a file holds, each item is an article or a reject that can be shown."""

from __future__ import annotations

import logging
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer.articles import Article
from indexer.sources import FORMATS, Reject, read_path

FILES = Path(__file__).parents[1] / "files" / "sources"
SEEDS = sorted(path for path in FILES.iterdir() if path.is_file() and path.suffix != ".py")
# What once broke a parser below us, or may.
_PIECES = (
    b"<", b">", b'"', b"{", b"}", b"[", b"]", b"\0", b"\xff", b"\n", b"\r\n\r\n", b"WARC/1.0\r\n",
    b"\x1f\x8b\x08", b"Content-Length: -5\r\n", b"Content-Length: 99999999999999999999\r\n",
    b"Transfer-Encoding: chunked\r\n", b"<![CDATA[", b"]]>", b"<!--", b"&#0;", b"&#xD800;", b"<item>",
    b"</item>", b"\\ud800", b"1e999", b"9" * 5_000, b"0000",
    b"99999-01-01", b"http://[::1", b"<meta charset=base64>", b"<?xml version='1.0' encoding='zlib'?>",
)  # fmt: skip


def damaged(data: bytes, chance: random.Random) -> bytes:
    """The bytes with one to eight pieces put in, cut out, changed or doubled."""
    result = bytearray(data)
    for _ in range(chance.randint(1, 8)):
        at, length = chance.randrange(len(result) + 1), chance.choice((1, 2, 10, 100, 1_000))
        match chance.randrange(5):
            case 0:
                result[at:at] = chance.choice(_PIECES)
            case 1:
                del result[at : at + length]
            case 2:
                result[at : at + 1] = bytes([chance.randrange(256)])
            case 3:
                result[at:at] = result[at - length : at] if at >= length else b""
            case _:
                del result[chance.choice((at, 0)) : max(at, 1)]
    return bytes(result)


@pytest.fixture(autouse=True)
def quiet_libraries() -> Iterator[None]:
    """What trafilatura says of broken pages is no news here."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.parametrize("path", SEEDS, ids=lambda path: path.name)
def test_no_bytes_raise(path: Path, tmp_path: Path) -> None:
    """Damaged in many ways and read as its own and as any format, a file gives articles and rejects only."""
    chance = random.Random(path.name)  # noqa: S311  # the same damage every time
    for _ in range(25):
        target = tmp_path / path.name
        target.write_bytes(damaged(path.read_bytes(), chance))
        for item in read_path(target, format=chance.choice(FORMATS)):
            if isinstance(item, Article):
                item.content_hash()
            else:
                assert item.reason
                assert item.excerpt.isprintable()
                f"{item.path} {item.position} {item.reason}".encode()


def test_two_readings_agree() -> None:
    """The same files give the same items in the same order."""
    first, second = ([str(item) for item in read_path(FILES)] for _ in range(2))
    assert first == second
    assert any(isinstance(item, Reject) for item in read_path(FILES))
