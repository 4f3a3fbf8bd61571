"""`make audit` tells known vulnerabilities of what is locked, and says when it could not ask."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from scripts.audit import LOCKS, audit, pins

LOCK = """
flask==3.1.3 \\
    --hash=sha256:aa
    # via dalil-search (pyproject.toml)
colorama==0.4.6 ; sys_platform == 'win32' \\
    --hash=sha256:bb
"""
HOLE = {
    "id": "PYSEC-2026-1",
    "aliases": ["CVE-2026-1"],
    "fixed_in": ["3.1.4"],
    "summary": "A session is\nkept too long.",
    "withdrawn": None,
}


def test_pins_of_lock_files() -> None:
    assert pins([LOCK, LOCK]) == [("colorama", "0.4.6"), ("flask", "3.1.3")]


def test_where_nobody_knows_anything_nobody_is_asked_for_long() -> None:
    asked = []
    code, _ = audit([(str(n), "1") for n in range(100)], lambda name, _: asked.append(name))
    assert (code, asked) == (0, ["0", "1", "2"])


def test_the_lock_files_have_pins() -> None:
    folder = Path(__file__).parents[1]
    for name in LOCKS:
        assert pins([(folder / name).read_text(encoding="utf-8")]), name


@pytest.mark.parametrize(
    ("answers", "code", "told"),
    [
        (
            {"flask": [HOLE], "colorama": []},
            1,
            "flask 3.1.3: PYSEC-2026-1 CVE-2026-1: A session is kept too long.",
        ),
        ({"flask": [], "colorama": []}, 0, "0 known vulnerabilities in 2 locked packages"),
        ({"flask": [HOLE | {"withdrawn": "2026-01-01"}], "colorama": []}, 0, "0 known"),
        ({"flask": []}, 0, "not checked: colorama 0.4.6"),
        ({}, 0, "not checked: nothing is known here of colorama, flask"),
        ({"flask": [HOLE]}, 1, "mended in 3.1.4"),
    ],
)
def test_what_is_told(answers: dict[str, Any], code: int, told: str) -> None:
    """A hole fails; what could not be asked is named and is no failure."""

    def ask(package: str, version: str) -> dict[str, Any] | None:
        assert version
        return {"vulnerabilities": answers[package]} if package in answers else None

    found, lines = audit(pins([LOCK]), ask)
    assert found == code
    assert told in "\n".join(lines)
