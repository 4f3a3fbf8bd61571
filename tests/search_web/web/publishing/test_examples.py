"""`examples/publishing`: the scripts publish, and what the files name is there."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest
from werkzeug.serving import make_server

from search_web.cli import main
from tests.search_web.web.publishing.conftest import Press

EXAMPLES = Path(__file__).parents[4] / "examples" / "publishing"
SCRIPTS = sorted(EXAMPLES.glob("*.sh"))

needs_curl = pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not here")


@pytest.fixture
def url(press: Press) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, press.client.application, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


def script(name: str, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 -- our own script
        [str(EXAMPLES / name), *words],
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@needs_curl
def test_an_article(press: Press, url: str, tmp_path: Path) -> None:
    file = tmp_path / "article.json"
    file.write_text('{"lang": "vi", "title": "Cầu mới"}', encoding="utf-8")
    done = script("publish.sh", "vi-1", str(file), DALIL_URL=url, DALIL_TOKEN=press.tokens["write"])
    assert (done.returncode, '"state":"searchable"' in done.stdout) == (0, True), done
    assert press.client.get("/api/v1/articles/vi-1").get_json()["article"]["title"] == "Cầu mới"
    refused = script("publish.sh", "vi-1", str(file), DALIL_URL=url, DALIL_TOKEN="wrong")  # noqa: S106
    assert refused.returncode != 0
    assert "token_unknown" in refused.stdout


@needs_curl
def test_many(press: Press, url: str, tmp_path: Path) -> None:
    file = tmp_path / "articles.jsonl"
    lines = ['{"id": "a", "lang": "en", "title": "one"}', '{"id": "b", "lang": "en", "title": "two"}']
    file.write_text("\n".join(lines), encoding="utf-8")
    settings = {"DALIL_URL": url, "DALIL_TOKEN": press.tokens["write"]}
    assert script("bulk.sh", str(file), **settings).returncode == 0
    file.write_text(f"{lines[0]}\nnot json\n", encoding="utf-8")
    bad = script("bulk.sh", str(file), **settings)
    assert bad.returncode != 0
    assert "rejected" in bad.stdout


@needs_curl
def test_a_signed_post(press: Press, url: str, tmp_path: Path) -> None:
    file = tmp_path / "article.json"
    file.write_text('{"id": "a", "lang": "ar", "title": "جسر جديد"}\n', encoding="utf-8")
    done = script("post-to-hook.sh", "cms", str(file), DALIL_URL=url, DALIL_SECRET=press.secret)
    assert (done.returncode, '"new":1' in done.stdout) == (0, True), done
    assert script("post-to-hook.sh", "cms", str(file), DALIL_URL=url, DALIL_SECRET="other").returncode  # noqa: S106


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_scripts_are_shell_that_anyone_has(path: Path) -> None:
    assert os.access(path, os.X_OK)
    subprocess.run(["/bin/sh", "-n", str(path)], check=True)  # noqa: S603


def test_commands_that_are_named_are_there() -> None:
    """Of every file: `dalil NAME`, with or without a home."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in sorted(EXAMPLES.iterdir()))
    named = set(re.findall(r"(?:bin/|`)dalil (?:--home \S+ )?([a-z-]+)", text))
    assert {"sync", "catch-up", "serve", "hook"} <= named
    assert named <= set(main.commands)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not here")
def test_units_are_units(tmp_path: Path) -> None:
    """systemd knows every line; the program itself need not be installed here."""
    units = [path for path in sorted(EXAMPLES.iterdir()) if path.suffix in {".service", ".path", ".timer"}]
    assert len(units) == 5
    for unit in units:
        text = unit.read_text(encoding="utf-8").replace("/opt/dalil/bin/dalil", "/bin/true")
        (tmp_path / unit.name).write_text(text, encoding="utf-8")
    verified = subprocess.run(  # noqa: S603
        ["systemd-analyze", "verify", *(str(tmp_path / unit.name) for unit in units)],  # noqa: S607
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": os.environ["PATH"], "SYSTEMD_UNIT_PATH": f"{tmp_path}:"},
    )
    ours = [line for line in verified.stderr.splitlines() if str(tmp_path) in line or "dalil" in line]
    assert ours == []
