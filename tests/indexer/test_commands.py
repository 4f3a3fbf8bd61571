"""The indexer's commands: what they print where, and which exit code they end with."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from indexer import jobs
from indexer.inspection import export

News = Callable[[int], list[dict[str, str]]]
Write = Callable[..., Path]
Run = Callable[..., Result]


def test_add_prints_one_line_and_ends_with_0(run: Run, write: Write, news: News) -> None:
    result = run("add", write(news(3)))
    assert result.exit_code == 0
    assert result.stdout.startswith("3 new, 0 changed, 0 unchanged, 3 indexed in ")
    assert result.stdout.endswith("(gen-000001)\n")
    assert result.stderr == ""


def test_add_with_rejects_names_them_and_ends_with_1(run: Run, write: Write, news: News) -> None:
    path = write([*news(2), "{broken"])
    result = run("add", path)
    assert result.exit_code == 1
    assert f"rejected {path}, line 3: " in result.stderr
    assert "1 records rejected; `dalil quarantine list` names them" in result.stderr
    assert "rejected" not in result.stdout


def test_add_prints_a_receipt_as_json_alone(run: Run, write: Write, news: News) -> None:
    result = run("add", "--json", write([*news(2), "{broken"]))
    receipt = json.loads(result.stdout)
    assert (receipt["new"], receipt["rejected"], receipt["exit_code"]) == (2, 1, 1)
    assert result.exit_code == 1
    assert result.stderr == ""


def test_a_failure_is_one_line_and_ends_with_2(run: Run, home: Path) -> None:
    result = run("add", home / "nowhere")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith("Error: no such file or folder")
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "words", ["status", "check", "export", "reindex", "catch-up", "remove 1", "quarantine list"]
)
def test_without_an_archive_commands_say_so_and_make_none(run: Run, home: Path, words: str) -> None:
    result = run(*words.split())
    assert result.exit_code == 2
    assert "there is no archive" in result.stderr
    assert "dalil add" in result.stderr
    assert not home.exists()


def test_a_wrong_setting_ends_with_2(run: Run, home: Path, write: Write, news: News) -> None:
    home.mkdir()
    (home / "dalil.toml").write_text("commit_every = 0\n", encoding="utf-8")
    result = run("add", write(news(1)))
    assert result.exit_code == 2
    assert "commit_every is '0'" in result.stderr


def test_status_counts(run: Run, write: Write, news: News) -> None:
    run("add", write([*news(3), "{broken"]))
    status = json.loads(run("status", "--json").stdout)
    assert (status["articles"], status["indexed"], status["behind"], status["quarantined"]) == (3, 3, 0, 1)
    assert (status["generation"], status["languages"], status["problem"]) == (
        "gen-000001",
        {"ar": 2, "vi": 1},
        "",
    )
    text = run("status").stdout
    assert "articles     3 (ar 2, vi 1)" in text
    assert "indexed      3, 0 changes behind" in text


def test_status_tells_why_an_index_does_not_serve(run: Run, home: Path, write: Write, news: News) -> None:
    run("add", write(news(3)))
    (home / "index" / "CURRENT").unlink()
    result = run("status")
    assert result.exit_code == 0
    assert "indexed      0, 3 changes behind" in result.stdout
    assert "problem      there is no index" in result.stdout


def test_check_ends_with_1_when_something_is_wrong(run: Run, home: Path, write: Write, news: News) -> None:
    run("add", write(news(3)))
    assert run("check").exit_code == 0
    (home / "index" / "CURRENT").unlink()
    result = run("check")
    assert result.exit_code == 1
    assert "there is no index" in result.stdout
    assert run("catch-up").exit_code == 0
    assert run("check").exit_code == 0


def test_remove_and_reindex(run: Run, write: Write, news: News) -> None:
    run("add", write(news(3)))
    assert run("remove", "1", "nobody").stdout.startswith("1 removed, 0 indexed in ")
    assert run("reindex").stdout.startswith("2 indexed in ")


def test_export_gives_what_add_reads_back(run: Run, home: Path, write: Write, news: News) -> None:
    path = write(news(5))
    run("add", path)
    exported, copy = path.with_name("all.jsonl"), path.with_name("copy")
    assert run("export", "--output", exported).exit_code == 0
    assert exported.read_bytes() == run("export").stdout_bytes
    jobs.add(copy, [exported])
    assert list(export(copy)) == list(export(home))


def test_export_that_fails_leaves_the_old_file(run: Run, tmp_path: Path, write: Write, news: News) -> None:
    run("add", write(news(2)))
    assert run("export", "--output", tmp_path / "nowhere" / "all.jsonl").exit_code == 2
    kept = tmp_path / "all.jsonl"
    kept.write_text("old\n", encoding="utf-8")
    (tmp_path / "home" / "archive.db").write_bytes(b"no database")
    result = run("export", "--output", kept)
    assert result.exit_code == 2
    assert kept.read_text(encoding="utf-8") == "old\n"
    assert [path.name for path in tmp_path.glob(".all*")] == []


def test_quarantine_is_listed_and_cleared(run: Run, write: Write) -> None:
    path = write(["{broken"])
    run("add", path)
    assert run("quarantine", "list").stdout.startswith(f"{path}, line 1: ")
    assert json.loads(run("quarantine", "list", "--json").stdout)[0]["position"] == "line 1"
    assert run("quarantine", "clear").stdout == "1 records forgotten\n"
    assert run("quarantine", "list").stdout == ""


def test_an_interrupted_command_says_what_is_kept(
    run: Run, write: Write, news: News, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("indexer.job.bring_up", interrupt)
    result = run("add", write(news(1)))
    assert result.exit_code == 130
    assert "interrupted; what is done stays" in result.stderr


def test_output_is_utf_8_whatever_the_locale(home: Path, write: Write, news: News) -> None:
    """`dalil export > file` under an old locale."""
    jobs.add(home, [write(news(2))])
    code = (
        "import sys, click; from pathlib import Path; from indexer import cli\n"
        "group = click.Group(); cli.register(group); group(obj=cli.Context(Path(sys.argv.pop(1))))"
    )
    done = subprocess.run(  # noqa: S603 -- our own command
        [sys.executable, "-c", code, str(home), "export"],
        env={"PYTHONIOENCODING": "ascii", "PATH": ""},
        capture_output=True,
        check=True,
    )
    assert "قصة 0 من المدينة".encode() in done.stdout
