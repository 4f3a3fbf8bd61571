"""`dalil search --csv` and `--jsonl` print a whole search, and nothing else on the same stream."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from search_web.cli import main

Run = Callable[..., Result]


@pytest.fixture
def run(sample_home: Path) -> Run:
    return lambda *words: CliRunner().invoke(main, ["--home", str(sample_home), "search", *map(str, words)])


def test_csv_has_all_that_the_search_finds(run: Run) -> None:
    result = run("cầu", "--csv")
    assert (result.exit_code, result.stderr) == (0, "")
    rows = list(csv.DictReader(io.StringIO(result.stdout_bytes.decode(), newline="")))
    found = json.loads(run("cầu", "--json", "--limit", 1_000).stdout)
    assert [row["id"] for row in rows] == [hit["id"] for hit in found["hits"]]
    assert len(rows) == found["total"] > 1
    assert "text" not in rows[0]


def test_json_lines_with_text_can_be_added_again(run: Run, tmp_path: Path) -> None:
    """What one archive writes another one reads, every article of it."""
    result = run("--jsonl", "--text", "--lang", "ar", "--sort", "newest")
    (tmp_path / "ar.jsonl").write_bytes(result.stdout_bytes)
    count = result.stdout.count("\n")
    added = CliRunner().invoke(main, ["--home", str(tmp_path / "home"), "add", str(tmp_path / "ar.jsonl")])
    assert added.exit_code == 0, added.output
    assert f"{count} new" in added.output
    again = ["--home", str(tmp_path / "home"), "search", "--jsonl", "--text", "--sort", "newest"]
    assert CliRunner().invoke(main, again).stdout_bytes == result.stdout_bytes


def test_excel_may_have_its_mark(run: Run) -> None:
    assert run("cầu", "--csv", "--bom").stdout_bytes.startswith(b"\xef\xbb\xbfid,lang,")


def test_a_cut_is_told_beside_the_file(run: Run) -> None:
    result = run("--csv", "--limit", 3)
    assert result.stderr == "the first 3 of 157 articles\n"
    assert result.stdout_bytes.count(b"\r\n") == 4


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--csv", "--json"), "leave out --json and --page"),
        (("--jsonl", "--page", "2"), "leave out --json and --page"),
        (("--limit", "1001"), "a page has at most 1000 results; --csv and --jsonl give more"),
        (("--csv", "--limit", "10001"), "10001 is not in the range"),
        (("--csv", "--from", "yesterday"), "yesterday"),
    ],
)
def test_what_does_not_go_together_is_refused(run: Run, options: tuple[str, ...], told: str) -> None:
    result = run("cầu", *options)
    assert result.exit_code == 2
    assert told in result.stderr
    assert result.stdout == ""
