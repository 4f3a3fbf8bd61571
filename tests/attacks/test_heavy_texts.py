"""Texts and files that are small and cost much: marks without end, deep markup, entities, bombs."""

from __future__ import annotations

import gzip
import io
import json
import sys
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from analyzers.unicode_text import MOST_MARKS, stream_safe
from indexer import jobs
from indexer.archive import Archive
from indexer.articles import Article, clean_text
from indexer.sources import read_path
from search_web.core.related.drafts import draft_article
from search_web.core.translations.figures_in_text import figures_in
from tests.attacks.site import SETTINGS

MARKS = "a" + "\N{COMBINING ACUTE ACCENT}\N{COMBINING DOT BELOW}" * 200_000
"""Normalised as it is, it takes two minutes."""
SOURCES = Path(__file__).parents[1] / "files" / "sources"


@contextmanager
def within(seconds: float) -> Iterator[None]:
    started = time.perf_counter()
    yield
    took = time.perf_counter() - started
    assert took < seconds, f"{took:.1f} s"


def articles_of(path: Path) -> list[Article]:
    return [item for item in read_path(path) if isinstance(item, Article)]


def test_marks_without_end_are_bounded() -> None:
    """As Unicode's stream-safe format has it; texts as people write them stay."""
    with within(2):
        assert stream_safe(MARKS) == MARKS[: MOST_MARKS + 1]
    for text in ("Hà Nội " * 400, "e\u0301\u0323" * 800, "…—!?" * 500, "دَّ" * 800):
        assert stream_safe(text) == text


@pytest.mark.parametrize("kind", ["jsonl", "html", "txt", "rss"])
def test_a_file_with_marks_without_end(tmp_path: Path, kind: str) -> None:
    """By whatever reader: archived and indexed in seconds."""
    body = f"<p>{MARKS}</p>"
    text = {
        "jsonl": json.dumps({"id": "m", "lang": "vi", "title": f"t {MARKS[:100]}", "body": MARKS}),
        "html": f"<html lang=vi><head><title>tin</title></head><body><h1>tin</h1>{body * 3}",
        "txt": f"tin\n\n{MARKS}\n",
        "rss": f"<rss version='2.0'><channel><title>t</title><item><title>tin</title><guid>m</guid>"
        f"<description>{MARKS}</description></item></channel></rss>",
    }[kind]
    path = tmp_path / f"marks.{kind}"
    path.write_text(text, encoding="utf-8")
    with within(20):
        jobs.add(tmp_path / "home", [path], settings=SETTINGS)


def test_a_draft_with_marks_without_end() -> None:
    with within(2):
        assert len(draft_article(MARKS[:100_000]).title) < 100


@pytest.mark.parametrize(
    "text",
    [
        "1" * 100_000,
        "1," * 50_000,
        "1.000." * 20_000,
        "٥" * 50_000,
        "2025-" * 20_000,
        "ba mươi " * 12_000,
        "١٫" * 50_000,
    ],
    ids=lambda text: text[:6],
)
@pytest.mark.parametrize("lang", ["ar", "vi", "en"])
def test_figures(text: str, lang: str) -> None:
    """The checks of translations read every number of an article."""
    with within(3):
        figures_in(text, lang)


def test_deep_markup(tmp_path: Path) -> None:
    """A hundred thousand elements in one another, and a table of tables."""
    for number, tag in enumerate(("div", "b", "table><tr><td", "ul><li", "blockquote", "font")):
        path = tmp_path / f"{number}.html"
        path.write_text(f"<html><body><article><h1>tin</h1>{f'<{tag}>' * 100_000}tin tức", encoding="utf-8")
    with within(60):
        list(read_path(tmp_path))


def test_attributes_and_entities_without_end(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(
        f"<html><body {'a=1 ' * 200_000}><p>{'&amp;' * 200_000}</p>", encoding="utf-8"
    )
    (tmp_path / "b.html").write_text(
        f"<html><head>{'<meta name=x content=y>' * 50_000}</head>", encoding="utf-8"
    )
    (tmp_path / "c.html").write_text(
        f'<html><head><script type="application/ld+json">{"[" * 100_000}</script></head><body><p>tin</p>',
        encoding="utf-8",
    )
    (tmp_path / "d.json").write_text("[" * 200_000, encoding="utf-8")
    (tmp_path / "e.jsonl").write_text(f'{{"a":{"[" * 200_000}\n', encoding="utf-8")
    (tmp_path / "f.jsonl").write_text(f'{{"id":"x","title":"t","n":{"9" * 100_000}}}\n', encoding="utf-8")
    with within(30):
        list(read_path(tmp_path))


def test_entities_and_foreign_files(tmp_path: Path) -> None:
    """Neither a billion laughs nor the text of a file that an entity names."""
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret of the server")
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    heads = {
        "laughs": f'<!DOCTYPE rss [<!ENTITY l0 "lol">{laughs}]>',
        "file": f'<!DOCTYPE rss [<!ENTITY l9 SYSTEM "file://{secret}">]>',
        "parameter": f'<!DOCTYPE rss [<!ENTITY % p SYSTEM "file://{secret}"> %p; <!ENTITY l9 "x">]>',
        "network": '<!DOCTYPE rss SYSTEM "http://169.254.169.254/x.dtd" [<!ENTITY l9 SYSTEM "http://127.0.0.1/">]>',
    }
    for name, head in heads.items():
        feed = (
            f"<?xml version='1.0'?>{head}<rss version='2.0' xmlns:xi='http://www.w3.org/2001/XInclude'><channel>"
            f"<title>t</title><item><title>tin &l9;</title><guid>{name}</guid><description>&l9; <xi:include "
            f"href='file://{secret}' parse='text'/></description></item></channel></rss>"
        )
        (tmp_path / f"{name}.rss").write_text(feed, encoding="utf-8")
        (tmp_path / f"{name}.xml").write_text(feed.replace("rss", "urlset"), encoding="utf-8")
    with within(20), watched() as seen:
        found = [str(item) for item in read_path(tmp_path)]
    assert not any("secret of the server" in text for text in found if "secret.txt" not in text)
    assert all(len(text) < 100_000 for text in found)
    # It was read as a page of text of this folder at most, never through a feed.
    assert seen["sockets"] == []


def test_bombs(tmp_path: Path) -> None:
    """gzip, WARC and WACZ that grow a thousandfold are given up, in bounded memory and time."""
    zeros = b"\0" * 20_000_000
    packed = gzip.compress(zeros, 9) * 6
    (tmp_path / "a.jsonl.gz").write_bytes(packed)
    (tmp_path / "b.warc.gz").write_bytes(packed)
    holder = io.BytesIO()
    with zipfile.ZipFile(holder, "w", zipfile.ZIP_DEFLATED) as archive:
        for n in range(6):
            archive.writestr(f"archive/{n}.warc", zeros)
    (tmp_path / "c.wacz").write_bytes(holder.getvalue())
    with within(30):
        items = [str(item) for path in sorted(tmp_path.iterdir()) for item in read_path(path)]
    assert sum("bomb" in item for item in items) >= 2


def test_a_zip_file_of_a_version_to_come(tmp_path: Path) -> None:
    """It is a reject or unknown, not an error of ours that ends a job."""
    holder = io.BytesIO()
    with zipfile.ZipFile(holder, "w") as archive:
        archive.writestr("archive/index.cdx", "")
    central = holder.getvalue().index(b"PK\x01\x02")
    data = bytearray(holder.getvalue())
    data[central + 6] = 112
    (tmp_path / "a.wacz").write_bytes(data)
    (tmp_path / "good.jsonl").write_text('{"id": "good", "title": "good"}\n')
    found = list(read_path(tmp_path))
    assert [item.id for item in found if isinstance(item, Article)] == ["good"]


def test_links_out_of_a_folder_and_names_that_climb(tmp_path: Path) -> None:
    """Neither a link to another folder, nor a member of a zip file, nor a loop of links leads anywhere."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.jsonl").write_text('{"id": "secret", "title": "secret"}\n')
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "good.jsonl").write_text('{"id": "good", "title": "good"}\n')
    (folder / "link.jsonl").symlink_to(outside / "secret.jsonl")
    (folder / "others").symlink_to(outside)
    (folder / "loop").symlink_to(folder)
    (folder / "passwd.html").symlink_to("/etc/passwd")
    with zipfile.ZipFile(folder / "x.wacz", "w") as archive:
        for name in ("archive/../../../outside/x.warc", "/archive/x.warc", "archive/x.warc"):
            archive.writestr(name, "WARC/1.0\r\n\r\n")
    before = sorted(str(path) for path in tmp_path.rglob("*"))
    assert [article.id for article in articles_of(folder)] == ["good"]
    assert sorted(str(path) for path in tmp_path.rglob("*")) == before


def test_nothing_is_fetched(tmp_path: Path) -> None:
    """Adding every source of the tests, and addresses of the inner network, opens no socket."""
    lines = [
        {"id": str(n), "title": "t", "body": "b", "url": url, "images": [url], "source_url": url}
        for n, url in enumerate(
            [
                "http://127.0.0.1/",
                "http://169.254.169.254/latest/meta-data",
                "http://[::1]/",
                "http://localhost:1/",
            ]
        )
    ]
    lines += [
        {"id": "f", "title": "t", "url": "file:///etc/passwd"},
        {"id": "g", "title": "g", "url": "gopher://x"},
    ]
    (tmp_path / "urls.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    (tmp_path / "page.html").write_text(
        "<html><head><base href='http://127.0.0.1/'><title>tin</title>"
        "<link rel=stylesheet href='http://127.0.0.1/a.css'><meta http-equiv=refresh content='0;url=file:///etc/x'>"
        "</head><body><article><h1>tin</h1><p>Hà Nội</p><img src='http://169.254.169.254/'><iframe src='file:///x'>"
    )
    with watched() as seen:
        jobs.add(
            tmp_path / "home", [tmp_path / "urls.jsonl", tmp_path / "page.html", SOURCES], settings=SETTINGS
        )
    assert seen["sockets"] == []
    assert seen["processes"] == []
    assert not [path for path in seen["opened"] if path.startswith("/etc/") and "passwd" in path]
    archive = Archive.open(tmp_path / "home" / "archive.db")
    urls = [article.url for article in archive.all() if article.url]
    assert urls
    assert all(url.startswith(("http://", "https://")) for url in urls)
    archive.close()


_SEEN: list[dict[str, list[Any]]] = []
_SOCKETS = ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.bind", "urllib.Request")
_PROCESSES = ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn")


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    for seen in _SEEN:
        if event in _SOCKETS:
            seen["sockets"].append((event, arguments))
        elif event in _PROCESSES:
            seen["processes"].append((event, arguments))
        elif event == "open":
            seen["opened"].append(str(arguments[0]))


@contextmanager
def watched() -> Iterator[dict[str, list[Any]]]:
    """What the interpreter's audit events tell of sockets, processes and files meanwhile."""
    if _hook not in _HOOKED:
        _HOOKED.append(_hook)
        # It cannot be taken off again; without a dictionary to fill it does nothing.
        sys.addaudithook(_hook)
    seen: dict[str, list[Any]] = {"sockets": [], "processes": [], "opened": []}
    _SEEN.append(seen)
    try:
        yield seen
    finally:
        _SEEN.remove(seen)


_HOOKED: list[Any] = []


def test_lone_surrogates_and_controls_are_no_text() -> None:
    assert clean_text("a\ud800b\x00c\x1bd") == "a\N{REPLACEMENT CHARACTER}bcd"
