"""`dalil related` of drafts, `dalil check-translations`, `dalil saved`."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from search_web.cli import main

DRAFT = "Lũ sông Hương vượt báo động 3\n\nRạng sáng 7/10, mực nước sông Hương tại Huế lên 4,1 mét.\n"
Run = Callable[..., Result]


@pytest.fixture(scope="module")
def run(sample_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A command over a copy of the sample archive."""
    home = shutil.copytree(sample_home, tmp_path_factory.mktemp("desk") / "home")

    def invoke(*words: str, given: str | None = None) -> Result:
        return CliRunner().invoke(main, ["--home", str(home), *words], input=given)

    return invoke


def test_stories_around_a_draft(run: Run, tmp_path: Path) -> None:
    """From standard input or a file, as lists or as JSON, narrowed by language."""
    path = tmp_path / "draft.txt"
    path.write_text(DRAFT, encoding="utf-8")
    listed = run("related", "--draft", "-", given=DRAFT)
    assert listed.exit_code == 0
    assert "vi-138b" in listed.output
    found = json.loads(run("related", "--draft", str(path), "--lang", "en", "--json", "--limit", "4").output)
    assert found["id"] is None
    assert {item["lang"] for item in found["related"]} == {"en"}
    assert len(found["related"]) <= 4


@pytest.mark.parametrize(
    "words",
    [
        ["related"],
        ["related", "vi-138", "--draft", "-"],
        ["related", "vi-138", "--from", "soon"],
        ["related", "no-such"],
    ],
)
def test_what_cannot_be_related_is_one_line(run: Run, words: list[str]) -> None:
    """Nothing given, both given, no date, no article."""
    result = run(*words, given=DRAFT)
    assert result.exit_code == 2
    assert len(result.stderr.strip().splitlines()) == 1


def test_an_empty_draft_is_refused(run: Run) -> None:
    """With what to do."""
    result = run("related", "--draft", "-", given=" \n")
    assert (result.exit_code, "draft is empty" in result.stderr) == (2, True)


def test_translations_are_checked(run: Run) -> None:
    """The whole archive, the most telling first, as text and as JSON."""
    groups = json.loads(run("check-translations", "--json").output)
    weights = [max(item["weight"] for item in group["disagreements"]) for group in groups]
    assert weights
    assert weights == sorted(weights, reverse=True)
    text = run("check-translations", "--limit", "1").output
    assert text.startswith(groups[0]["group"])
    assert groups[0]["disagreements"][0]["sides"][0]["sentence"] in text
    assert json.loads(run("check-translations", "--json", "--from", "2031").output) == []


def test_saved_searches_are_kept(run: Run) -> None:
    """Added, listed with what is new, renamed, deleted."""
    token = run("saved", "add", "Sông Hương", "sông", "hương", "--lang", "vi").output.strip()
    (row,) = json.loads(run("saved", "list", "--json").output)
    assert (row["token"], row["name"], row["new"]) == (token, "Sông Hương", 0)
    assert row["search"] == "q=s%C3%B4ng+h%C6%B0%C6%A1ng&lang=vi"
    assert run("saved", "rename", token, "Lũ").exit_code == 0
    assert run("saved", "list").output == f"0\tLũ\t{row['search']}\t{token}\n"
    assert run("saved", "delete", token).exit_code == 0
    assert run("saved", "delete", token).exit_code == 2
    assert run("saved", "list").output == ""
    assert run("saved", "add", " ", "x").exit_code == 2
