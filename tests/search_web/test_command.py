"""`dalil`: what the reading commands print, where, and which exit code they end with."""

from __future__ import annotations

import errno
import json
import re
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result
from flask import Flask

from search_web import terminal
from search_web.cli import main
from search_web.core.pages import Reason, ReasonKind

Run = Callable[..., Result]
COMMANDS = (
    "add backup catch-up check check-translations copy-archive explain export held history hook names plan "
    "quarantine reindex related remove restore rollback saved search serve sources status sync token watch "
    "withdraw"
)


@pytest.fixture
def run(sample_home: Path) -> Run:
    """A command over the sample archive; it must read alone."""
    return lambda *words: CliRunner().invoke(main, ["--home", str(sample_home), *map(str, words)])


@pytest.fixture
def run_empty(tmp_path: Path) -> Run:
    """A command in a home that is not there."""
    return lambda *words: CliRunner().invoke(main, ["--home", str(tmp_path / "none"), *map(str, words)])


def test_help_names_every_command() -> None:
    """Each with one line, and each has a help of its own."""
    result = CliRunner().invoke(main, ["--help"])
    assert result.exit_code == 0
    assert sorted(main.commands) == COMMANDS.split()
    for name in COMMANDS.split():
        assert re.search(rf"^  {name} +\S", result.stdout, re.MULTILINE), name
        own = CliRunner().invoke(main, [name, "-h"])
        assert own.exit_code == 0, (name, own.output)
        assert f" {name} " in own.stdout


def test_the_version_is_that_of_the_package() -> None:
    """As `pip` knows it."""
    assert re.fullmatch(r"dalil, version \d+\.\d+\S*\n", CliRunner().invoke(main, ["--version"]).stdout)


def test_search_prints_a_list(run: Run) -> None:
    """Number, title, id, language, day, source, address, snippets, facets; nothing but text in a pipe."""
    result = run("search", "وزير")
    assert (result.exit_code, result.stderr) == (0, "")
    lines = result.stdout.splitlines()
    assert re.fullmatch(r"1-3 of 3 articles, \d+ ms", lines[0])
    assert lines[2].startswith("1. ")
    assert re.search(
        r"^   ar-113  ar  \d{4}-\d\d-\d\d  .+https://example\.org/ar/", result.stdout, re.MULTILINE
    )
    assert lines[-1] == "section اقتصاد (2)  ثقافة (1)", "languages and years have one value only"
    assert "\x1b" not in result.stdout


def test_found_words_are_bold_on_a_terminal(sample_home: Path) -> None:
    """Where colours are asked for."""
    words = ["--home", str(sample_home), "search", "وزير"]
    assert click.style("وزير", bold=True) in CliRunner().invoke(main, words, color=True).stdout


def test_search_prints_json(run: Run) -> None:
    """The promised names; hits as the API gives them."""
    result = run("search", "--json", "ha", "noi")
    assert (result.exit_code, result.stderr) == (0, "")
    page = json.loads(result.stdout)
    assert set(page) == {
        "total", "total_relation", "stories", "stories_exact", "took_ms", "searched", "hits", "facets",
        "notices", "accents", "histogram",
    }  # fmt: skip
    assert (page["total_relation"], len(page["hits"])) == ("eq", 10)
    for hit in page["hits"]:
        assert {"id", "lang", "title", "score", "published_at", "url", "snippets"} <= set(hit)
    assert set(page["facets"]) == {"lang", "section", "source", "author", "year", "month"}
    snippet = page["hits"][0]["snippets"][0]
    assert {"text", "marks", "cut_before", "cut_after"} == set(snippet)


def test_search_folds_stories(run: Run) -> None:
    """One line a translation below the best article; as JSON beside it."""
    page = json_of(run("search", "--json", "--fold", "--limit", 100, "lang:ar"))
    assert page["stories_exact"]
    assert page["stories"] == len(page["hits"]) <= page["total"]
    editions = [item for hit in page["hits"] for item in hit["translations"]]
    assert {"id", "lang", "title", "source", "published_at"} == set(editions[0])
    assert f"also {editions[0]['lang']}: {editions[0]['title']}" in run("search", "--fold", "lang:ar").stdout


def json_of(result: Result) -> Any:
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def test_search_options_narrow_order_and_page(run: Run) -> None:
    """Each option changes the answer as it says."""
    page = json_of(run("search", "--json", "--lang", "th", "--lang", "zh", "--limit", 3, "--page", 2))
    assert (page["total"], len(page["hits"])) == (10, 3)
    assert {hit["lang"] for hit in page["hits"]} <= {"th", "zh"}
    page = json_of(run("search", "--json", "--from", "2025", "--to", "2025-02", "--sort", "oldest"))
    days = [hit["published_at"][:10] for hit in page["hits"]]
    assert days == sorted(days)
    assert days
    assert all("2025-01-01" <= day <= "2025-02-28" for day in days)
    page = json_of(run("search", "--json", "--author", "Lê Uyển Thư", "--section", "Văn hóa"))
    assert {unicodedata.normalize("NFC", hit["section"]) for hit in page["hits"]} == {"Văn hóa"}


def test_what_begins_with_a_minus_comes_after_two(run: Run) -> None:
    """As the help shows it."""
    assert json_of(run("search", "--json", "--", "-فيتنام", "lang:ar"))["total"] < 51
    assert run("search", "-x").exit_code == 2


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (("zzyzx",), "nothing found; try fewer or other words"),
        (
            ("sotrm",),
            "nothing found as typed; the nearest words of the archive: storm (--as-typed undoes it)",
        ),
        (("sotrm", "--as-typed"), "nothing found; try fewer or other words"),
        (("Ddaf", "Nawxng"), "read as Telex keys: Đà Nẵng (--as-typed undoes it)"),
        (("ؤخببثث",), "read as typed with the keyboard set to Arabic letters: coffee"),
        (('"storm Wednesday"',), "no article has the quoted words side by side; these have them apart"),
        (("duong",), "duong: đường 13, dương 2"),
        (("the",), "these words stand in almost every article"),
        (("storm", '"flood'), "read as well as possible: the quote opened at 6 is never closed"),
        (("storm " * 200,), "the query is too long, searched was: storm storm"),
        (("storm zzyzx",), "no article has all of these words"),
        (("storm", "--page", "500"), "page 500 is past the last of"),
    ],
)
def test_notices_are_said(run: Run, words: tuple[str, ...], line: str) -> None:
    """Finding nothing is no failure."""
    result = run("search", *words)
    assert result.exit_code == 0
    assert line in result.stdout


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ("search", "--from", "soon", "x"),
            "Error: 'soon' is no date; write it as 2025, 2025-10 or 2025-10-26",
        ),
        (("search", "--from", "2025", "--to", "2024"), "end before they begin; write the earlier one first"),
        (("search", "--page", "100000", "x"), "can be paged through; narrow the search"),
        (("related", "nowhere"), "Error: no article with the id 'nowhere'; `dalil search` prints"),
        (("explain", "x", "nowhere"), "Error: no article with the id 'nowhere'; `dalil search` prints"),
        (("related", "\udcff"), r"Error: no article with the id '\udcff'"),
        (("search", "--sort", "best"), "'best' is not one of 'relevance', 'newest', 'oldest'"),
        (("search", "--limit", "0"), "0 is not in the range 1<=x<=1000"),
        (("related",), "give the id of an article, or --draft"),
        (("explain", "x"), "Missing argument 'ID'"),
        (("serve", "--port", "70000"), "70000 is not in the range"),
        (("serach",), "No such command 'serach'"),
    ],
)
def test_wrong_arguments_end_with_2_and_a_message(run: Run, words: tuple[str, ...], message: str) -> None:
    """On standard error, with nothing on standard output and no traceback."""
    result = run(*words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr
    assert isinstance(result.exception, SystemExit)


@pytest.mark.parametrize(
    "words",
    [
        ("search", "x"),
        ("search", "--json", "x"),
        ("related", "1"),
        ("explain", "x", "1"),
        ("status",),
        ("check",),
        ("export",),
        ("catch-up",),
        ("quarantine", "list"),
    ],
)
def test_without_an_archive_every_command_says_how_to_make_one(
    run_empty: Run, tmp_path: Path, words: tuple[str, ...]
) -> None:
    """And makes nothing itself."""
    result = run_empty(*words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("Error: there is no ")
    assert "add articles with `dalil add PATH`" in result.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["\udcff storm", "\x1b[31m", "\x00", "\u202e", "'; DROP TABLE articles; --"])
def test_arguments_of_any_bytes_are_answered(run: Run, text: str) -> None:
    """What is no text cannot be printed by a strict terminal, and is no word."""
    for words in (
        ["search", "--", text],
        ["search", "--json", "--section", text],
        ["explain", text, "ar-113"],
    ):
        result = run(*words)
        assert result.exit_code == 0, result.exception
        assert "\x1b" not in result.stdout


def test_related_gives_reasons(run: Run) -> None:
    """Translations first, then what the nearest articles have in common, as they write it."""
    result = run("related", "vi-101", "--limit", 5)
    assert (result.exit_code, result.stderr) == (0, "")
    lines = result.stdout.splitlines()
    assert lines[2::3][:3] == ["   the same story in another language"] * 3
    assert sum(line.startswith("   words: ") for line in lines) == 2
    hits = json_of(run("related", "vi-101", "--json", "--limit", 4))
    assert [hit["reason"] for hit in hits[:3]] == ["translation"] * 3
    assert hits[3]["words"]
    assert {"id", "lang", "title", "url", "words"} <= set(hits[0])


@pytest.mark.parametrize(
    ("reason", "line"),
    [
        (Reason(ReasonKind.NUMBERS, ("1.250", "26/10"), 5), "numbers: 1.250, 26/10 and 3 more"),
        (Reason(ReasonKind.NAMES, ("هانوي",), 1), "names: هانوي"),
        (Reason(ReasonKind.DATE, count=0), "published on the same day"),
        (Reason(ReasonKind.DATE, count=1), "published 1 day apart"),
        (Reason(ReasonKind.DATE, count=3), "published 3 days apart"),
        (Reason(ReasonKind.SOURCE), "the same source or picture"),
    ],
)
def test_a_reason_is_a_line(reason: Reason, line: str) -> None:
    """With what it names."""
    assert terminal.reason_line(reason) == line


def test_explain_shows_steps_and_scores(run: Run) -> None:
    """For people and for programs."""
    result = run("explain", "الوزير", "ar-126")
    assert (result.exit_code, result.stderr) == (0, "")
    assert re.search(r"^scores \d+\.\d+ for 'الوزير'$", result.stdout, re.MULTILINE)
    assert "-> وزير;" in result.stdout
    assert re.search(r"ar\.stem:وزير  in 3 articles  \d", result.stdout)
    found = json_of(run("explain", "--json", "الوزير", "ar-126"))
    assert (found["matches"], found["article_id"]) == (True, "ar-126")
    assert found["score"] == json_of(run("search", "--json", "الوزير"))["hits"][0]["score"]
    assert "does not match" in run("explain", "zzyzx", "ar-126").stdout


def test_explain_shows_places_and_what_is_missing(run: Run) -> None:
    """Which part, written how, how often; the reading that was searched; the words that are not there."""
    shown = run("explain", "Ddaf Nawxng storm", "vi-107").stdout
    assert "searched was: Đà Nẵng storm (--as-typed undoes it)" in shown
    assert re.search(r"^  vi\.syl:đà  in \d+ articles  \d\S*  title: Đà; body: Đà$", shown, re.MULTILINE)
    assert shown.splitlines()[-1].startswith("not in this article: storm (vi, ")
    typed = run("explain", "--as-typed", "Ddaf Nawxng storm", "vi-107").stdout
    assert "searched was" not in typed
    assert "does not match" in typed
    quoted = run("explain", '"tam giác mạch"', "vi-101").stdout
    assert re.search(r'^  vi\.syl:"tam giác mạch"  \d\S*$', quoted, re.MULTILINE)
    assert "too common to be searched: the" in run("explain", "the storm", "en-106").stdout


def test_status_prints_json(run: Run, sample_home: Path) -> None:
    """The names are a promise."""
    status = json_of(run("status", "--json"))
    assert set(status) == {
        "home", "articles", "languages", "indexed", "behind", "generation", "built", "quarantined", "problem",
        "embargoed", "withdrawn", "next_release", "generations", "sources", "last_job", "writer", "builder",
    }  # fmt: skip
    assert (status["home"], status["articles"], status["indexed"]) == (str(sample_home), 157, 157)
    assert (status["behind"], status["problem"], status["quarantined"]) == (0, "", 0)


def test_the_home_may_come_from_the_environment(sample_home: Path) -> None:
    """`--home` goes before it."""
    environment = {"DALIL_HOME": str(sample_home)}
    result = CliRunner().invoke(main, ["status", "--json"], env=environment)
    assert json_of(result)["articles"] == 157
    result = CliRunner().invoke(main, ["--home", "nowhere", "search", "x"], env=environment)
    assert "there is no index in nowhere" in result.stderr


def test_a_home_that_is_a_file_is_refused(tmp_path: Path) -> None:
    """Before anything is read."""
    path = tmp_path / "file"
    path.write_text("text", encoding="utf-8")
    result = CliRunner().invoke(main, ["--home", str(path), "search", "x"])
    assert result.exit_code == 2
    assert "is a file" in result.stderr


def test_serve_starts_with_the_settings(
    run_empty: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before the first article is there too; then it is not ready, and says why."""
    home = tmp_path / "none"
    home.mkdir()
    (home / "dalil.toml").write_text('title = "Kho báo"\nport = 8123\nthreads = 3\n', encoding="utf-8")
    served: list[Any] = []

    def serve(make_app: Callable[[], Flask], host: str, port: int, threads: int, processes: int) -> None:
        assert processes >= 1
        client = make_app().test_client()
        served.extend([host, port, threads, client.get("/readyz").status_code, client.get("/vi/").text])

    monkeypatch.setattr("search_web.web.serve.serve", serve)
    result = run_empty("serve", "--host", "0.0.0.0")  # noqa: S104 -- nothing listens
    assert result.exit_code == 0, result.exception
    assert served[:4] == ["0.0.0.0", 8123, 3, 503]  # noqa: S104
    assert "Kho báo" in served[4]
    assert "http://0.0.0.0:8123/" in result.stdout
    assert "not ready yet: there is no index" in result.stderr


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (
            OSError(errno.EADDRINUSE, "in use"),
            "Error: port 8080 of 127.0.0.1 is taken; choose another with --port",
        ),
        (
            OSError(errno.EACCES, "Permission denied"),
            "Error: cannot listen at 127.0.0.1:8080: Permission denied",
        ),
    ],
)
def test_serve_tells_why_it_cannot_listen(
    run: Run, monkeypatch: pytest.MonkeyPatch, error: OSError, message: str
) -> None:
    """In one line."""

    def serve(*_: object) -> None:
        raise error

    monkeypatch.setattr("search_web.web.serve.serve", serve)
    result = run("serve", "--host", "127.0.0.1", "--port", "8080")
    assert result.exit_code == 2
    assert result.stderr.strip() == message
