"""One browser and one `dalil serve` over the sample archive for all browser tests; a watched page for each.

The browser is the system's Chromium, which `make test-browser` installs where it may; DALIL_BROWSER names
another one.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from .watched import WIDE, Watch, told

ROOT = Path(__file__).resolve().parents[2]
NAMES = ("chromium", "chromium-browser", "google-chrome")
SCREENSHOTS = ROOT / "build" / "screenshots"
_TEXT = (
    "The lantern makers of the old quay put out their frames at dawn, as they have done each autumn "
    "since the bridge was rebuilt. This year forty families take part, ten more than last year, and the "
    "town lends them its empty granary as a workshop. Paper comes from a mill upstream, bamboo from the "
    "hill behind the school, and the dyes are boiled from leaves that children gather on their way "
    "home. On the first evening of the fair two thousand lights go down the river, and whoever finds "
    "one in the morning may keep it."
)
MORE: list[dict[str, str]] = [
    {"id": "gone-1", "lang": "en", "title": "Lanterns gone", "body": "Taken out again."},
    {"id": "twin-1", "lang": "en", "title": "Lantern makers put out their frames", "body": _TEXT},
    {"id": "twin-2", "lang": "en", "title": "Lantern makers put out frames", "body": _TEXT, "source": "Echo"},
]
"""Beside the sample archive: an article that is removed again, and one that two papers printed."""
PASSWORD = "sông Hàn"  # noqa: S105  # of the desk of a server that ends with the tests
_PATIENCE_S = 30.0

Open = Callable[..., Page]
Shoot = Callable[[Page, str], None]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium without a window."""
    named = os.environ.get("DALIL_BROWSER")
    path = named or next(filter(None, map(shutil.which, NAMES)), None)
    if not path:
        pytest.skip(f"no browser: install one of {', '.join(NAMES)}, or name one in DALIL_BROWSER")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=path,
            # Chromium will not run its sandbox for root, as whom containers run.
            chromium_sandbox=hasattr(os, "geteuid") and os.geteuid() != 0,
        )
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a server over the sample archive, as `dalil serve` starts it."""
    home = tmp_path_factory.mktemp("browser") / "home"
    dalil = [sys.executable, "-c", "from search_web.cli import main; main()", "--home", str(home)]
    environment = {**os.environ, "DALIL_RATE_LIMIT": "", "DALIL_DESK_PASSWORD": PASSWORD, "NO_COLOR": "1"}
    more = tmp_path_factory.mktemp("more") / "more.jsonl"
    more.write_text("\n".join(map(json.dumps, MORE)), encoding="utf-8")
    for command in (["add", str(ROOT / "examples" / "archive"), str(more)], ["remove", "gone-1"]):
        done = subprocess.run(  # noqa: S603  # our own command
            [*dalil, *command], check=False, capture_output=True, text=True, cwd=ROOT, env=environment
        )
        assert done.returncode == 0, done.stderr
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    serve = [*dalil, "serve", "--port", str(port), "--processes", "1"]
    process = subprocess.Popen(serve, cwd=ROOT, env=environment)  # noqa: S603  # our own command
    try:
        origin = f"http://127.0.0.1:{port}"
        _wait_for(f"{origin}/readyz", process)
        yield origin
    finally:
        process.terminate()
        process.wait(timeout=_PATIENCE_S)


def _wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _PATIENCE_S
    while time.monotonic() < until and process.poll() is None:
        with suppress(OSError), urllib.request.urlopen(address, timeout=5):  # noqa: S310  # our own server
            return
        time.sleep(0.05)
    raise AssertionError(f"the server does not answer at {address}")


@pytest.fixture
def watch(server: str) -> Iterator[Watch]:
    """Fails the test afterwards if a page asked another server, broke the policy or wrote an error."""
    watch = Watch(server)
    yield watch
    assert not watch.faults, told(watch.faults)


@pytest.fixture
def open_page(browser: Browser, server: str, watch: Watch) -> Iterator[Open]:
    """Open `/en/search?q=...` in a context of its own; keywords are those of Playwright's `new_context`."""
    contexts = []

    def begin(path: str, *, status: int = 200, size: tuple[int, int] = WIDE, **settings: Any) -> Page:
        context = browser.new_context(
            base_url=server, viewport={"width": size[0], "height": size[1]}, **settings
        )
        contexts.append(context)
        context.set_default_timeout(10_000)
        watch.over(context)
        page = context.new_page()
        if status != 200:
            watch.refused.add(_escaped(server + path))
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == status, path
        return page

    yield begin
    for context in contexts:
        context.close()


def _escaped(address: str) -> str:
    return quote(address, safe=":/?&=%+")


@pytest.fixture(scope="session")
def shoot() -> Shoot:
    """Keep a picture of a page under build/screenshots, for people to look at: state-language-width-theme."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)

    def keep(page: Page, name: str) -> None:
        # As JPEG: packing a PNG takes longer than painting the page.
        page.screenshot(path=SCREENSHOTS / f"{name}.jpg", type="jpeg", quality=85, full_page=True)

    return keep
