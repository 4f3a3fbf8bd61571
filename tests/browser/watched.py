"""A page of the real server in a real browser, and everything about it that must never happen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, WebError

LANGUAGES = ("ar", "vi", "en")
WIDE = (1280, 900)
PHONE = (390, 844)
SMALL_PHONE = (320, 640)

STILL = 0.001
"""Most that a page may move while it loads: the browser may paint half of it. 0.1 is good (web.dev/cls)."""

# Runs before any script of a page, in every page.
_WATCH = """
addEventListener("securitypolicyviolation", (event) =>
  console.error(`against the policy: ${event.effectiveDirective} ${event.blockedURI}`));
window.shifts = [];
new PerformanceObserver((list) => {
  for (const { value, sources } of list.getEntries())
    window.shifts.push([value, ...sources.map(({ node }) => `${node?.nodeName}.${node?.className}`)]);
}).observe({ type: "layout-shift", buffered: true });
"""


@dataclass  # Without slots, since Playwright notes something on the owner of a method that listens.
class Watch:
    """What went wrong in the pages of one test; `origin` is the only server that they may ask."""

    origin: str
    faults: list[str] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    """Addresses of pages answered with 400 or 404 on purpose: the browser writes that down as an error."""

    def over(self, context: BrowserContext) -> None:
        """Listen to every page that the context will open."""
        context.add_init_script(_WATCH)
        context.on("request", self._request)
        context.on("console", self._console)
        context.on("weberror", self._error)

    def _request(self, request: Request) -> None:
        address = urlsplit(request.url)
        if f"{address.scheme}://{address.netloc}" != self.origin:
            self.faults.append(f"asked another server: {request.url}")

    def _console(self, message: ConsoleMessage) -> None:
        if message.type not in {"error", "warning"}:
            return
        if "Failed to load resource" in message.text and message.location["url"] in self.refused:
            return
        self.faults.append(f"console: {message.text} ({message.location['url']})")

    def _error(self, error: WebError) -> None:
        self.faults.append(f"error of a script: {error.error.message}")


def told(found: Iterable[object]) -> str:
    """One finding a line, for the message of an assertion."""
    return "\n" + "\n".join(map(str, found))


def asked(page: Page) -> list[tuple[str, str]]:
    """What the address asks for."""
    return parse_qsl(urlsplit(page.url).query)


def moved(page: Page) -> float:
    """How much of the page has moved by itself since it was loaded (layout shift, 0 for nothing)."""
    total: float = page.evaluate("window.shifts.reduce((sum, shift) => sum + shift[0], 0)")
    return total


_WIDER = """() => {
  const room = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= room) return [];
  return [...document.querySelectorAll("body *")].filter((element) => {
    const box = element.getBoundingClientRect();
    return box.width && (box.right > room + 1 || box.left < -1) && !element.closest(".hidden, .skip");
  }).map((element) => element.outerHTML.slice(0, 120));
}"""


def too_wide(page: Page) -> list[str]:
    """Elements that make the page scroll sideways; none if it does not."""
    found: list[str] = page.evaluate(_WIDER)
    return found
