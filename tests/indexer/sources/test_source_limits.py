"""No input makes a source use much memory or time, and none is lost without a word."""

from __future__ import annotations

import gzip
import io
import json
import os
import runpy
import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import pytest

from indexer.articles import Article
from indexer.errors import SourceError
from indexer.sources import Limits, Reject, detect_format, read_path

_SMALL = Limits(record=20_000, document=50_000, ratio=10, ratio_floor=200_000)
_FILES = Path(__file__).parents[2] / "files" / "sources"
_BUILD: dict[str, Any] = runpy.run_path(str(_FILES / "build_files.py"))


def write_line(number: int) -> bytes:
    """A small good record as a JSON line."""
    return json.dumps({"id": str(number), "lang": "en", "title": f"Story {number}"}).encode() + b"\n"


def test_a_line_of_50_megabytes_is_counted_not_kept(tmp_path: Path) -> None:
    """The line is a reject with its size, its neighbours are read, memory stays near the record limit."""
    path = tmp_path / "long.jsonl"
    with path.open("wb") as file:
        file.write(write_line(1) + b'{"title": "')
        for _ in range(50):
            file.write(b"x" * 1_000_000)
        file.write(b'"}\n' + write_line(3))
    tracemalloc.start()
    items = list(read_path(path))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [type(item) for item in items] == [Article, Reject, Article]
    assert isinstance(items[1], Reject)
    assert items[1].position == "line 2"
    assert "the line has 50000013 bytes, at most 20000000 are read" in items[1].reason
    assert items[1].excerpt.startswith('{"title": "xxx')
    assert peak < 65_000_000


def test_a_line_as_long_as_the_limit_is_read(tmp_path: Path) -> None:
    """The limit itself is allowed, one byte more is not, with either line end."""
    start, end = b'{"id": "1", "lang": "en", "title": "t", "lead": "', b'"}'
    for newline in (b"\n", b"\r\n", b""):
        for extra in (0, 1):
            line = start + b"x" * (_SMALL.record + extra - len(start) - len(end)) + end
            path = tmp_path / "edge.jsonl"
            path.write_bytes(line + newline)
            (item,) = read_path(path, limits=_SMALL)
            assert isinstance(item, Reject) is bool(extra), (newline, extra)


@pytest.mark.parametrize("name", [f"bomb.{form}.gz" for form in ("jsonl", "warc", "html", "rss", "txt")])
def test_a_gzip_bomb_is_stopped(tmp_path: Path, name: str) -> None:
    """What was read before stays, then one reject names the bomb or the limit."""
    path = tmp_path / name
    first = {"bomb.jsonl.gz": write_line(1), "bomb.warc.gz": _BUILD["response"]("one", "One")}.get(name, b"")
    line = b" " * 9_999 + b"\n"
    path.write_bytes(gzip.compress(first + line * 2_000))
    *before, last = read_path(path, limits=_SMALL)
    assert isinstance(last, Reject)
    assert "decompression bomb" in last.reason or "the most that is read" in last.reason
    assert all(isinstance(item, Article) for item in before[: 1 if first else 0])
    assert len([item for item in before if isinstance(item, Article)]) == bool(first)


def test_a_wacz_bomb_is_stopped(tmp_path: Path) -> None:
    """A deflated member that grows a thousandfold is cut by the budget of the whole file."""
    path = tmp_path / "bomb.wacz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("archive/a.warc", _BUILD["response"]("one", "One") + b"\r\n" * 5_000_000)
    items = list(read_path(path, limits=_SMALL))
    assert [item.title for item in items if isinstance(item, Article)] == ["One"]
    assert isinstance(items[-1], Reject)
    assert "decompression bomb" in items[-1].reason


def test_a_page_that_grows_when_its_encoding_is_undone_is_stopped(tmp_path: Path) -> None:
    """The record limit counts the decoded page of a response in gzip encoding; the next one is read."""
    page = gzip.compress(b"<html><p>" + b"x" * 3_000_000)
    record = _BUILD["record"]("response", "https://lanha.example/bomb", page, "text/html")
    record = record.replace(b"text/html\r\n", b"text/html\r\nContent-Encoding: gzip\r\n", 1)
    grown = len(b"Content-Encoding: gzip\r\n")
    size = int(record.split(b"Content-Length: ")[1].split(b"\r\n")[0])
    record = record.replace(b"Content-Length: %d" % size, b"Content-Length: %d" % (size + grown), 1)
    path = tmp_path / "grown.warc"
    path.write_bytes(record + _BUILD["response"]("two", "Two"))
    first, second = read_path(path, limits=_SMALL)
    assert isinstance(first, Reject)
    assert first.reason == "the page has more than 20000 bytes, the most that is read"
    assert first.excerpt == "https://lanha.example/bomb"
    assert isinstance(second, Article)


def test_files_that_must_be_read_whole_have_a_limit(tmp_path: Path) -> None:
    """A page, an array and a feed past their limit are one reject each."""
    for name, start in (("a.html", b"<html>"), ("a.json", b"["), ("a.rss", b"<rss>"), ("a.txt", b"a")):
        path = tmp_path / name
        path.write_bytes(start + b" " * 60_000)
        (item,) = read_path(path, limits=_SMALL)
        assert isinstance(item, Reject)
        assert "the most that is read; split it" in item.reason


def test_article_past_its_text_limit_is_a_reject(tmp_path: Path) -> None:
    """Two million code points are the most that an article may have."""
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({"id": "1", "lang": "en", "body": "x " * 1_000_001}) + "\n")
    (item,) = read_path(path)
    assert isinstance(item, Reject)
    assert "at most 2000000 are allowed; split the article" in item.reason


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with every kind of file that a crawl of a site leaves behind."""
    root = tmp_path / "root"
    for name in ("b", "a/deep", ".hidden"):
        (root / name).mkdir(parents=True)
        (root / name / "x.jsonl").write_bytes(write_line(len(name)))
    (tmp_path / "outside.jsonl").write_bytes(write_line(99))
    (root / "link_out.jsonl").symlink_to(tmp_path / "outside.jsonl")
    (root / "link_loop").symlink_to(root)
    (root / "link_gone.jsonl").symlink_to(root / "nothing.jsonl")
    (root / ".x.jsonl").write_bytes(write_line(98))
    (root / "photo.jpg").write_bytes(b"\xff\xd8\xff\xe0" + bytes(100))
    (root / "style.css").write_text("p { color: red }")
    (root / "meta.json").write_text('{"name": "set", "counts": {"a": 1}}')
    (root / "clusters.jsonl").write_text('{"id": "1", "cluster": "x"}\n')
    (root / "named.txt.jsonl").write_bytes(b"not json\n" + write_line(50))
    return root


def test_a_folder_is_read_in_order_of_names(folder: Path) -> None:
    """Subfolders too; hidden files, links that lead out and files that are no articles are passed over."""
    items = list(read_path(folder))
    found = [item.id if isinstance(item, Article) else item.position for item in items]
    assert found == ["6", "1", "line 1", "50"]


@pytest.mark.parametrize("name", ["photo.jpg", "style.css"])
def test_a_file_that_someone_names_must_be_known(folder: Path, name: str) -> None:
    """What a folder passes over is an error when it is asked for."""
    with pytest.raises(SourceError, match="is in no known format; give --format"):
        read_path(folder / name)


@pytest.mark.parametrize("names", [(), ("photo.jpg", "style.css")])
def test_a_folder_with_nothing_to_read_says_so(tmp_path: Path, names: tuple[str, ...]) -> None:
    """A wrong folder is not a job that did its work."""
    for name in names:
        (tmp_path / name).write_bytes(b"\xff\xd8 no article")
    (item,) = read_path(tmp_path)
    assert isinstance(item, Reject)
    assert f"no file in a known format ({len(names)} files were passed over)" in item.reason


def test_a_folder_that_cannot_be_listed_is_a_reject(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the system refuses to show is named, and the rest is read."""
    scan = os.scandir

    def refuse(path: Any) -> Any:
        if str(path).endswith("deep"):
            raise PermissionError(13, "Permission denied", str(path))
        return scan(path)

    monkeypatch.setattr("os.scandir", refuse)
    *_, last = read_path(folder)
    assert isinstance(last, Reject)
    assert (last.path, last.reason) == (str(folder / "a" / "deep"), "cannot be read: Permission denied")


def test_a_file_name_in_no_utf_8_can_be_printed(tmp_path: Path) -> None:
    """The path of a reject can be stored and printed."""
    try:
        Path(os.fsdecode(bytes(tmp_path) + b"/caf\xe9.jsonl")).write_bytes(b"not json\n")
    except OSError:
        pytest.skip("this file system takes names in UTF-8 only")
    (item,) = read_path(tmp_path)
    assert isinstance(item, Reject)
    assert item.path.endswith("caf\N{REPLACEMENT CHARACTER}.jsonl")


def test_what_cannot_be_asked_for(folder: Path) -> None:
    """A path that is not there and a format that is none."""
    with pytest.raises(SourceError, match="does not exist; give a file or a folder"):
        read_path(folder / "gone")
    with pytest.raises(SourceError, match="there is no format 'pdf'; use one of jsonl, json, html"):
        read_path(folder, format="pdf")


def test_content_decides_before_the_name(tmp_path: Path) -> None:
    """A feed called `.html`, lines called `.txt` and a page with no suffix are known for what they are."""
    forms = {"a.html": "good.rss", "b.txt": "good.jsonl", "c": "good.html", "d.json": "good.warc.gz"}
    expected = {"a.html": "feed", "b.txt": "jsonl", "c": "html", "d.json": "warc"}
    files = Path(__file__).parents[2] / "files" / "sources"
    for name, source in forms.items():
        (tmp_path / name).write_bytes((files / source).read_bytes())
    assert {name: detect_format(tmp_path / name) for name in forms} == expected


def test_a_zip_that_lies_about_its_size_is_a_reject(tmp_path: Path) -> None:
    """A member whose checksum does not fit is damaged input, not a traceback."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("archive/a.warc", _BUILD["response"]("one", "One"))
    path = tmp_path / "bad.wacz"
    path.write_bytes(data.getvalue().replace(b"Lan Ha", b"Lan Ho"))
    items = list(read_path(path))
    assert isinstance(items[-1], Reject)
    assert "Bad CRC-32" in items[-1].reason
