"""What is shipped: three packages with their data, one command, locked versions.

The wheel itself is read when DALIL_WHEEL names one (`make wheel-test` builds it); the rest reads the sources.
"""

from __future__ import annotations

import os
import re
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("analyzers", "indexer", "search_web")


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def wheel_names() -> list[str]:
    """Paths in the built wheel, metadata left out."""
    path = os.environ.get("DALIL_WHEEL")
    if not path:
        pytest.skip("no wheel was built; make wheel-test builds one and runs this")
    with zipfile.ZipFile(path) as wheel:
        return [name for name in wheel.namelist() if ".dist-info/" not in name]


def shipped_files() -> set[str]:
    """Every file of the packages, relative to the root, without what Python and editors leave behind."""
    return {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and not path.name.startswith(".")
    }


def locked(file: str) -> dict[str, str]:
    """Package name to the version in a lock file; of several for different Pythons, the last."""
    text = (ROOT / file).read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z0-9][a-z0-9._-]*)==(\S+)", text, flags=re.MULTILINE))


def test_wheel_has_exactly_our_top_levels(wheel_names: list[str]) -> None:
    """The import names are generic, so nothing else may come along."""
    assert {name.split("/")[0] for name in wheel_names} == set(PACKAGES)


def test_wheel_has_every_file_of_the_packages(wheel_names: list[str]) -> None:
    """Word lists, templates, style and catalogues are there, not only the modules."""
    assert set(wheel_names) == shipped_files()


def test_every_package_says_that_it_is_typed() -> None:
    assert {f"{package}/py.typed" for package in PACKAGES} <= shipped_files()


def test_no_module_takes_the_name_of_a_library() -> None:
    """`icu.py` in a package of ours would hide the library from readers, and from tools run in its folder."""
    libraries = set(sys.stdlib_module_names) | {
        "icu",
        "whoosh",
        "flask",
        "numpy",
        "sqlalchemy",
        "lxml",
        "babel",
    }
    modules = {Path(name).stem for name in shipped_files() if name.endswith(".py")}
    assert modules & libraries == set()


def test_every_runtime_dependency_is_imported(project: dict[str, Any]) -> None:
    """A dependency that no module imports is only a burden."""
    module_of = {"pyicu-wheels": "icu", "whoosh3": "whoosh"}
    sources = "\n".join(
        (ROOT / name).read_text(encoding="utf-8") for name in shipped_files() if name.endswith(".py")
    )
    imported = set(re.findall(r"^\s*(?:from|import) ([A-Za-z0-9_]+)", sources, flags=re.MULTILINE))
    names = [re.split(r"[<>=!~;\[ ]", line)[0] for line in project["project"]["dependencies"]]
    unused = [name for name in names if module_of.get(name, name.replace("-", "_")) not in imported]
    assert unused == []


def test_the_command_starts(project: dict[str, Any]) -> None:
    """`dalil` leads to a callable."""
    module, _, function = project["project"]["scripts"]["dalil"].partition(":")
    assert callable(getattr(__import__(module, fromlist=[function]), function))


@pytest.mark.parametrize("file", ["requirements.lock", "requirements-dev.lock", "requirements-build.lock"])
def test_lock_files_name_versions_and_hashes_only(file: str) -> None:
    """Nobody's index address or folder is in them, and every version comes with the hashes of its files."""
    text = (ROOT / file).read_text(encoding="utf-8")
    assert not re.search(r"https?://|file:|--index|--find-links|/home/|^-e", text, flags=re.MULTILINE)
    entries = re.split(r"^(?=[a-z0-9][a-z0-9._-]*==)", text, flags=re.MULTILINE)[1:]
    assert entries
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []


def test_locked_versions_fit_the_project(project: dict[str, Any]) -> None:
    """Every dependency is locked, and exact pins agree."""
    lock = locked("requirements.lock")
    for line in project["project"]["dependencies"]:
        name, _, pin = line.partition("==")
        name = re.split(r"[<>=!~;\[ ]", name)[0]
        assert name in lock, f"{name} is not in requirements.lock: make lock"
        assert not pin or lock[name] == pin


def test_users_get_the_versions_that_tests_ran_with() -> None:
    dev = locked("requirements-dev.lock")
    assert {
        name: version for name, version in locked("requirements.lock").items() if dev.get(name) != version
    } == {}
