"""The documents speak of what is there: links lead somewhere, modules and commands are named."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("analyzers", "indexer", "search_web")
DOCUMENTS = sorted(
    [
        *ROOT.glob("*.md"),
        *(ROOT / "benchmarks").glob("*.md"),
        *(ROOT / "docs").glob("*.md"),
        *(ROOT / "examples").rglob("*.md"),
    ]
)


def prose(document: Path) -> str:
    """The text without fenced blocks, where brackets and number signs mean other things."""
    return re.sub(r"^```.*?^```", "", document.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)


def anchors(document: Path) -> set[str]:
    """What links may name after `#`: headings in lower case, spaces as hyphens, other marks left out."""
    headings = re.findall(r"^#+ +(.+?) *$", prose(document), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def section_of(folder: str, text: str) -> str:
    """What ARCHITECTURE.md says under `## folder/: its question`."""
    found = re.search(rf"^## {re.escape(folder)}/: (.*?)(?=^## |\Z)", text, flags=re.MULTILINE | re.DOTALL)
    return found.group(1) if found else ""


def module_folders() -> dict[str, list[str]]:
    """Folder of our packages, relative to the root -> its module files."""
    modules: dict[str, list[str]] = {}
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            if path.name not in {"__init__.py", "__main__.py"}:
                modules.setdefault(path.parent.relative_to(ROOT).as_posix(), []).append(path.name)
    return modules


def command_names(group: click.Group, before: str = "dalil") -> Iterator[str]:
    """`dalil add`, `dalil quarantine list`: every command that is no group and not hidden."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from command_names(command, f"{before} {name}")
        elif not command.hidden:
            yield f"{before} {name}"


@pytest.fixture(scope="module")
def commands() -> set[str]:
    """Every `dalil` command, as typed."""
    found = vars(importlib.import_module("search_web.cli")).values()
    return {name for value in found if isinstance(value, click.Group) for name in command_names(value)}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(document: Path) -> None:
    """Files exist, and so do the headings that links name."""
    dead = []
    for target in re.findall(r"\]\(([^)\s]+)\)", prose(document)):
        if re.match(r"[a-z]+:", target):
            continue  # an address outside is for people to try
        file, _, anchor = target.partition("#")
        path = (document.parent / file).resolve() if file else document
        if not path.exists() or (anchor and path.suffix == ".md" and anchor not in anchors(path)):
            dead.append(target)
    assert dead == []


@pytest.mark.parametrize("name", ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"])
def test_paths_in_code_marks_exist(name: str) -> None:
    """`indexer/articles.py` in the text is a file that is there."""
    named = re.findall(
        r"`((?:analyzers|indexer|search_web|tests|scripts|examples)/[\w./-]+)`", prose(ROOT / name)
    )
    assert [path for path in named if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("folder", sorted(module_folders()))
def test_architecture_names_every_module_under_its_folder(folder: str) -> None:
    """Each folder has a heading with its question, and each of its modules is named there."""
    section = section_of(folder, (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8"))
    assert section, f"ARCHITECTURE.md has no heading: ## {folder}/: its question?"
    assert [module for module in module_folders()[folder] if f"`{module}`" not in section] == []


def test_architecture_names_no_module_that_is_gone() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    for folder, modules in module_folders().items():
        named = re.findall(r"`(\w+\.py)`", section_of(folder, text))
        assert [name for name in named if name not in modules] == [], folder


def test_readme_documents_every_command(commands: set[str]) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [command for command in sorted(commands) if command not in readme] == []


def test_readme_names_no_command_that_is_not_there(commands: set[str]) -> None:
    """What README shows to be typed in its blocks and code marks runs."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    typed = re.findall(r"(?:^|`|\$ |&& )dalil (?:--home \S+ )?([a-z][\w-]*)", readme, flags=re.MULTILINE)
    assert set(typed) <= {command.split()[1] for command in commands}


def test_make_commands_in_documents_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z][a-z-]*):", makefile, flags=re.MULTILINE))
    for document in DOCUMENTS:
        text = document.read_text(encoding="utf-8")
        named = re.findall(r"(?:^|`)(?:[A-Z]+=\S+ )?make ([a-z-]+)", text, flags=re.MULTILINE)
        assert set(named) <= targets, document.name
