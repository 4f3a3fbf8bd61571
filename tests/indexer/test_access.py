"""Tokens and hooks: told once, kept as hashes, readable for their owner alone."""

from __future__ import annotations

import json
import stat
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from click.testing import CliRunner

from indexer.access import AccessFile, Scope
from indexer.errors import AccessError
from search_web.cli import main
from tests.postgres_server import PostgresServer


def test_a_token_is_not_kept(home: Path) -> None:
    given = AccessFile(home).create_token("cms", "write")
    text = (home / "access.json").read_text(encoding="utf-8")
    assert given not in text
    assert given.removeprefix("dalil_") not in text
    assert len(given) == len("dalil_") + 43  # 256 bits in base64
    assert stat.S_IMODE((home / "access.json").stat().st_mode) == 0o600
    assert "sha256" not in repr(AccessFile(home).now().tokens["cms"])


def test_a_token_is_known_by_all_of_it(home: Path) -> None:
    access = AccessFile(home)
    given = access.create_token("cms", "write")
    access.create_token("other", "read")
    found = access.now().token(given)
    assert found is not None
    assert found.name == "cms"
    for wrong in ("", given[:-1], given + "a", given.swapcase(), given.removeprefix("dalil_"), "\ud800"):
        assert access.now().token(wrong) is None


@pytest.mark.parametrize(
    ("scope", "opens"), [("write", {"write", "read"}), ("read", {"read"}), ("desk", {"desk"})]
)
def test_scopes(home: Path, scope: str, opens: set[str]) -> None:
    AccessFile(home).create_token("one", scope)
    token = AccessFile(home).now().tokens["one"]
    scopes: tuple[Scope, ...] = ("write", "read", "desk")
    assert {wanted for wanted in scopes if token.may(wanted)} == opens


def test_every_token_is_compared(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The time tells neither which token fits nor how much of a wrong one does."""
    access = AccessFile(home)
    given = [access.create_token(name, "read") for name in ("a", "b", "c")]
    compared: list[str] = []

    def compare(one: str, _other: str) -> bool:
        compared.append(one)
        return one == _other

    monkeypatch.setattr("hmac.compare_digest", compare)
    for one in (*given, "wrong"):
        access.now().token(one)
    assert len(compared) == 4 * 3


def test_a_running_server_sees_what_changes(home: Path) -> None:
    server, command = AccessFile(home), AccessFile(home)
    assert server.now().tokens == {}
    given = command.create_token("cms", "write")
    assert server.now().token(given) is not None
    command.revoke_token("cms")
    assert server.now().token(given) is None


def test_tokens_made_at_once_are_all_kept(home: Path) -> None:
    threads = [
        threading.Thread(target=lambda n=n: AccessFile(home).create_token(f"t{n}", "read")) for n in range(12)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(AccessFile(home).now().tokens) == 12


def test_what_cannot_be_done_says_why(home: Path) -> None:
    access = AccessFile(home)
    access.create_token("cms", "write")
    with pytest.raises(AccessError, match="there is a token 'cms' already"):
        access.create_token("cms", "read")
    with pytest.raises(AccessError, match="use one of write, read, desk"):
        access.create_token("b", "root")
    for name in ("", "-a", "a b", "a\n", "ä", "a" * 65, "../a"):
        with pytest.raises(AccessError, match="is no name of a hook"):
            access.create_hook(name)
    with pytest.raises(AccessError, match=r"there is no hook 'x'; `dalil hook list`"):
        access.revoke_hook("x")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '{"tokens": [{"secret": "abc"}], "hooks": []}',
        '{"tokens": [{"name": "a", "scope": "write", "sha256": "abcé", "created": ""}], "hooks": []}',
        '{"tokens": [{"name": "a", "scope": "write", "sha256": 1, "created": ""}], "hooks": []}',
        '{"tokens": [], "hooks": [{"name": "a", "secret": "abc\\ud800", "created": ""}]}',
    ],
)
def test_a_damaged_file_opens_nothing_and_is_not_quoted(home: Path, text: str) -> None:
    home.mkdir()
    (home / "access.json").write_text(text, encoding="utf-8")
    with pytest.raises(AccessError) as caught:
        AccessFile(home).now()
    assert "abc" not in str(caught.value)


def test_the_commands(home: Path) -> None:
    def run(*words: str) -> str:
        result = CliRunner().invoke(main, ["--home", str(home), *words])
        assert result.exit_code == 0, result.output
        return result.stdout

    given = run("token", "create", "--scope", "write", "cms").strip()
    secret = run("hook", "create", "site").strip()
    assert AccessFile(home).now().token(given) is not None
    listed = "".join(run(kind, "list", *how) for kind in ("token", "hook") for how in ([], ["--json"]))
    assert "cms  write  since" in listed
    assert secret not in listed
    assert "sha256" not in listed
    assert [one["name"] for one in json.loads(run("hook", "list", "--json"))] == ["site"]
    run("token", "revoke", "cms")
    run("hook", "revoke", "site")
    assert (run("token", "list"), run("hook", "list")) == ("", "")
    assert CliRunner().invoke(main, ["--home", str(home), "token", "revoke", "cms"]).exit_code == 2


def test_machines_share_tokens(
    tmp_path: Path, postgres: str, postgres_server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the database of the archive: none of it in a file, and only the hash of a token there too."""
    monkeypatch.setenv("DALIL_ARCHIVE_URL", postgres)
    monkeypatch.setattr("indexer.access.SHARED_S", 0.0)
    one, other = AccessFile(tmp_path / "a"), AccessFile(tmp_path / "b")
    assert other.now().tokens == {}
    given = one.create_token("cms", "write")
    found = other.now().token(given)
    assert found is not None
    assert found.name == "cms"
    with pytest.raises(AccessError, match="there is a token 'cms' already"):
        other.create_token("cms", "read")
    other.create_hook("press")
    assert set(one.now().hooks) == {"press"}
    assert list(tmp_path.iterdir()) == []
    kept = postgres_server.sql("SELECT convert_from(content, 'UTF8') FROM documents", postgres)
    assert "press" in str(kept)
    assert given not in str(kept)
    one.revoke_token("cms")
    assert other.now().token(given) is None


def test_tokens_of_many_machines_are_all_kept(
    tmp_path: Path, postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DALIL_ARCHIVE_URL", postgres)
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda n: AccessFile(tmp_path / str(n)).create_token(f"t{n}", "read"), range(6)))
    assert len(AccessFile(tmp_path).now().tokens) == 6
