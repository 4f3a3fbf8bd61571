"""What axe-core (Deque, axe-core.org) finds wrong in a page as it stands."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT  # type: ignore[import-untyped]  # it ships no types
from playwright.sync_api import Page

RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")


def violations(page: Page, within: str = "") -> list[str]:
    """Each violation as one line: rule, element, reason. `within` is a selector; empty for the whole page."""
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(AXE_SCRIPT)
    found: list[dict[str, Any]] = page.evaluate(
        """([within, rules]) => axe.run(within || document,
             { runOnly: rules, resultTypes: ["violations"] }).then((results) => results.violations)""",
        [within, list(RULES)],
    )
    return [
        f"{rule['id']}: {' '.join(map(str, node['target']))}: {node['failureSummary']}"
        for rule in found
        for node in rule["nodes"]
    ]
