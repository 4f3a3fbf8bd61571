"""`make audit`: which locked packages have known vulnerabilities, by PyPI's JSON API.

Exit code 0: none is known, or nobody could be asked, which is said; 1: some are. The packages of the lock
files are asked for, each once. Another source of the same JSON: AUDIT_URL=https://mirror.example/pypi
"""

from __future__ import annotations

import http.client
import json
import os
import re
import sys
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-build.lock")
_PINNED = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==([^\s;\\]+)", re.MULTILINE)
_TIMEOUT_S = 20
_FIRST = 3
"""Where the first few cannot be had, the others are not asked for."""

Ask = Callable[[str, str], "dict[str, Any] | None"]
"""What is known of a package's version; None where that cannot be had."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One known vulnerability of one locked package."""

    package: str
    version: str
    names: tuple[str, ...]
    """Its id and other names, CVE among them."""
    mended_in: tuple[str, ...]
    summary: str

    def __str__(self) -> str:
        mended = f"mended in {', '.join(self.mended_in)}" if self.mended_in else "not mended yet"
        return f"{self.package} {self.version}: {' '.join(self.names)}: {self.summary} ({mended})"


def pins(texts: Iterable[str]) -> list[tuple[str, str]]:
    """The packages of lock files with their versions, each once."""
    return sorted({(name.lower(), version) for text in texts for name, version in _PINNED.findall(text)})


def findings(package: str, version: str, answer: dict[str, Any]) -> Iterator[Finding]:
    """What PyPI's JSON says of a version; what was withdrawn is left out."""
    for found in answer.get("vulnerabilities", ()):
        if not found.get("withdrawn"):
            summary = str(found.get("summary") or found.get("details") or "")
            yield Finding(
                package,
                version,
                (str(found.get("id", "?")), *map(str, found.get("aliases") or ())),
                tuple(map(str, found.get("fixed_in") or ())),
                " ".join(summary.split())[:200],
            )


def audit(wanted: list[tuple[str, str]], ask: Ask) -> tuple[int, list[str]]:
    """The exit code, and what to say."""
    answers = [ask(*pin) for pin in wanted[:_FIRST]]
    if not any(answers):
        return 0, [f"not checked: nothing is known here of {', '.join(name for name, _ in wanted[:_FIRST])}"]
    with ThreadPoolExecutor(4) as pool:
        answers += pool.map(lambda pin: ask(*pin), wanted[_FIRST:])
    found = [
        str(one)
        for pin, answer in zip(wanted, answers, strict=True)
        if answer is not None
        for one in findings(*pin, answer)
    ]
    unknown = [
        f"{name} {version}" for (name, version), known in zip(wanted, answers, strict=True) if known is None
    ]
    told = [*found, f"{len(found)} known vulnerabilities in {len(wanted) - len(unknown)} locked packages"]
    if unknown:
        told.append(f"not checked: {', '.join(unknown)}")
    return int(bool(found)), told


def ask_pypi(package: str, version: str) -> dict[str, Any] | None:
    """PyPI's JSON of a version; None where it cannot be had."""
    source = os.environ.get("AUDIT_URL") or "https://pypi.org/pypi"
    if not source.startswith("https://"):
        raise SystemExit(f"AUDIT_URL must begin with https://, got {source[:80]!r}")
    try:
        with urllib.request.urlopen(f"{source}/{package}/{version}/json", timeout=_TIMEOUT_S) as answer:  # noqa: S310  # https alone
            known = json.load(answer)
    except (OSError, http.client.HTTPException, ValueError):
        return None
    # A mirror may have the JSON without this part.
    return known if isinstance(known, dict) and "vulnerabilities" in known else None


def main() -> int:
    """Ask for every locked package."""
    folder = Path(__file__).parents[1]
    code, told = audit(pins((folder / name).read_text(encoding="utf-8") for name in LOCKS), ask_pypi)
    print("\n".join(told))
    return code


if __name__ == "__main__":
    sys.exit(main())
