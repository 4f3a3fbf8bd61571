"""Damaged files and headers: what reads them answers, or raises an error of ours, soon and in little memory.

Good, truncated and hostile files of the tests, damaged further in random places, as often as `effort` says.
"""

from __future__ import annotations

import json
import logging
import random
import re
import resource
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from flask import Flask

from analyzers.errors import AnalysisError
from analyzers.lexicon import Lexicon
from indexer.access import AccessFile
from indexer.config import load_settings
from indexer.errors import IndexerError
from indexer.manifest import Manifest
from indexer.sources import Reject, read_path
from indexer.sources.sitemaps import read_sitemap
from search_web.web.publishing.bodies import Refused, read_article, read_line, read_operations
from tests.attacks.site import hostile_home, site
from tests.fuzz.effort import SEED, tries
from tests.laws.test_source_laws import damaged

SLOWEST_S = 2.0
"""Of the processor."""
LONGEST_S = 60
"""By the clock: machines that do other things as well are slow."""
MOST_MORE_KB = 400_000
"""Memory that a whole run may add to the process."""
FILES = Path(__file__).parents[1] / "files"
REPOSITORY = FILES.parents[1]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with an index, tokens and a hook."""
    made = hostile_home(tmp_path_factory.mktemp("fuzz"))
    AccessFile(made).create_token("press", "write")
    AccessFile(made).create_hook("news")
    return made


class NeverEnds(BaseException):
    """No reader takes it for a fault of a file."""


@pytest.fixture(autouse=True)
def ends() -> Iterator[None]:
    """What reads for ever is interrupted."""

    def interrupt(*_given: object) -> None:
        raise NeverEnds

    before = signal.signal(signal.SIGALRM, interrupt)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.fixture(autouse=True)
def quiet_libraries() -> Iterator[None]:
    """What trafilatura says of broken pages is no news here."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def _lines(data: bytes) -> None:
    for line in data.splitlines():
        for read in (read_line, lambda body: read_operations(body, 5), lambda body: read_article(body, "a")):
            try:
                read(line)
            except Refused as error:
                json.dumps([error.status, error.message]).encode()


def _items(path: Path) -> None:
    for item in read_path(path):
        str(item)


def _sitemap(path: Path) -> None:
    for entry in read_sitemap(path):
        assert isinstance(entry, Reject) or not re.search(r"[\x00-\x1f\x7f-\x9f]", entry.location)


def _in_home(name: str, read: Callable[[Path], object]) -> Callable[[Path], object]:
    def reading(path: Path) -> object:
        path.rename(path.with_name(name))
        return read(path.parent)

    return reading


Reader = Callable[[Path], object]
READERS: dict[str, tuple[str, Reader]] = {
    "JSON lines": ("sources/*.jsonl*", _items),
    "JSON": ("sources/*.json", _items),
    "HTML": ("sources/*.html", _items),
    "feeds": ("sources/*.rss|sources/*.atom|sources/*.xml", _items),
    "WARC": ("sources/*.warc*", _items),
    "WACZ": ("sources/*.wacz", _items),
    "page text": ("sources/*.txt", _items),
    "site maps": ("sitemaps/*.xml", _sitemap),
    "bulk, hook and single article": (
        "sources/*.jsonl|sources/*.json",
        lambda path: _lines(path.read_bytes()),
    ),
    "settings": ("/dalil.toml.example", _in_home("dalil.toml", load_settings)),
    "tokens": (
        "home:access.json",
        _in_home("access.json", lambda folder: AccessFile(folder).now().token("x")),
    ),
    "manifest": ("home:**/manifest.json", _in_home("manifest.json", Manifest.load)),
    "lexicon": ("home:**/lexicons/*.tsv", Lexicon.load),
}


def _seeds(pattern: str, home: Path) -> list[Path]:
    if pattern.startswith("/"):
        return [REPOSITORY / pattern[1:]]
    folder, _, inside = pattern.rpartition(":")
    return sorted(
        path
        for one in inside.split("|")
        for path in (home if folder else FILES).glob(one)
        if path.is_file() and path.suffix != ".py"
    )


@pytest.mark.parametrize("name", READERS)
def test_damaged_files(name: str, home: Path, tmp_path: Path) -> None:
    """Articles, rejects, values or an error of ours."""
    pattern, read = READERS[name]
    seeds = _seeds(pattern, home)
    assert seeds
    chance = random.Random(name + SEED)  # noqa: S311  # the same damage every time
    before = _peak_kb()
    slowest, tried, refused = 0.0, 0, 0
    for tried in tries():
        seed = chance.choice(seeds)
        folder = tmp_path / str(tried)
        folder.mkdir()
        target = folder / seed.name
        target.write_bytes(damaged(seed.read_bytes(), chance))
        content, begun = target.read_bytes(), time.thread_time()
        signal.alarm(LONGEST_S)
        try:
            read(target)
        except (IndexerError, AnalysisError):
            refused += 1
        except (Exception, NeverEnds) as error:
            raise AssertionError(f"{seed.name}: {error!r}; the file: {content[:2_000]!r}") from error
        slowest = max(slowest, time.thread_time() - begun)
        assert slowest < SLOWEST_S, content[:2_000]
        for path in folder.iterdir():
            path.unlink()
        folder.rmdir()
    assert _peak_kb() - before < MOST_MORE_KB
    print(f"{name}: {tried + 1} files, {refused} refused, slowest {slowest:.3f} s")  # noqa: T201


def _peak_kb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


HEADERS = {
    "Accept-Language": "vi-VN,vi;q=0.9,en;q=0.8,*;q=0.1",
    "Accept": "text/html,application/json;q=0.9",
    "Accept-Encoding": "gzip, br;q=0.5, zstd",
    "Cookie": "dalil-desk=number.1764000000.c2lnbmF0dXJl; other=1",
    "If-None-Match": 'W/"abc", "def"',
    "If-Modified-Since": "Wed, 21 Oct 2025 07:28:00 GMT",
    "Range": "bytes=0-10,20-",
    "Authorization": "Bearer dalil_abcdef",
    "Content-Type": "multipart/form-data; boundary=a; charset=utf-8",
    "Content-Length": "5",
    "Host": "news.example:80",
    "Origin": "https://news.example",
    "Idempotency-Key": "a-key",
    "X-Request-Id": "abcdefgh1234",
    "X-Dalil-Timestamp": "1764000000",
    "X-Dalil-Signature": "sha256=" + "a" * 64,
    "X-Forwarded-For": "1.2.3.4, ::1",
    "Prefer": "respond-async",
}
PLACES = ("GET /", "GET /en/search?q=flood", "GET /en/desk", "GET /static/dalil.css", "GET /metrics",
          "POST /en/desk/sign-in", "POST /en/desk/related", "POST /en/desk/saved", "PUT /api/v1/articles/a",
          "POST /api/v1/hooks/news", "POST /api/v1/related", "GET /api/v1/search?q=flood",
          "GET /en/search.atom", "GET /desk-feeds/abc.atom")  # fmt: skip


@pytest.fixture(scope="module")
def app(home: Path) -> Iterator[Flask]:
    """The site behind a proxy that is believed, so that its headers are read too."""
    with site(home, trusted_proxies=1) as made:
        yield made


# Of a file that is not sent werkzeug leaves the end to Python, which closes it at once.
@pytest.mark.filterwarnings("ignore:Exception ignored in:pytest.PytestUnraisableExceptionWarning")
def test_damaged_headers(app: Flask) -> None:
    """No header makes an error of the server, alone or with others."""
    chance = random.Random("headers" + SEED)  # noqa: S311
    asked = 0
    for _ in tries(5):
        asked += 1
        method, _, path = chance.choice(PLACES).partition(" ")
        named = chance.sample(sorted(HEADERS), chance.randint(1, 3))
        headers = {}
        for name in named:
            value = damaged(HEADERS[name].encode(), chance)[:3_000]
            # What no server lets through.
            headers[name] = value.decode("latin-1").translate(dict.fromkeys((0, 10, 13)))
        if "Content-Length" in headers and not headers["Content-Length"].isdecimal():
            del headers["Content-Length"]
        with app.test_client().open(path, method=method, headers=headers, data=b"a=b&c") as answer:
            assert answer.status_code < 500, (method, path, headers, answer.get_data()[:300])
    print(f"headers: {asked} requests")  # noqa: T201


SIGNED = (
    "",
    ".",
    "..",
    "a.b.c",
    "a.9999999999.c",
    "a.-1.",
    "a.1e9.c",
    "\N{ARABIC-INDIC DIGIT ONE}.1.1",
    "." * 5_000,
)


@pytest.mark.parametrize("value", SIGNED, ids=lambda value: repr(value)[:20])
def test_forged_sessions(app: Flask, value: str) -> None:
    """A cookie that we did not sign opens nothing, and is no error."""
    client = app.test_client()
    headers = {"Cookie": f"dalil-desk={quote(value)}"}
    assert client.get("/en/desk", headers=headers).status_code == 303
