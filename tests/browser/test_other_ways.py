"""Without a mouse, without scripts, with less motion, in few colours, on paper: the pages still serve."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from .conftest import Open, Shoot
from .watched import LANGUAGES, told

PAGES = [
    "/",
    "/search?q=Huế&lang=vi",
    "/article/ar-101",
    "/explain?q=cà phê Huế&id=vi-104",
    "/article/nowhere",
]

_FOCUS = """() => {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  const style = getComputedStyle(element);
  // A bar of the chart shows the keyboard by a line around its place.
  const line = element.matches("svg a") ? getComputedStyle(element.querySelector(".slot")) : null;
  const box = element.getBoundingClientRect();
  const inside = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  return {
    what: element.outerHTML.slice(0, 90),
    outlined: line ? line.stroke !== "none" && parseFloat(line.strokeWidth) >= 2
      : style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
    shown: inside && box.width > 1 && box.height > 1,
    covered: ![element, ...element.querySelectorAll("*")].includes(
      document.elementFromPoint(box.left + Math.min(box.width, innerWidth) / 2, box.top + box.height / 2)),
    lines: element.getClientRects().length,
  };
}"""


def tab_stops(page: Page, most: int = 120) -> list[dict[str, Any]]:
    """Where Tab leads, from the beginning of the page until it leaves it; each stop as it looks then."""
    stops: list[dict[str, Any]] = []
    page.locator(".skip").focus()
    for _ in range(most):
        stop = page.evaluate(_FOCUS)
        if stop is None or (stops and stop["what"] == stops[0]["what"]):
            break
        stops.append(stop)
        page.keyboard.press("Tab")
    return stops


@pytest.mark.parametrize("ui", ["ar", "en"])
@pytest.mark.parametrize("path", PAGES)
def test_every_stop_of_the_keyboard_is_seen(open_page: Open, ui: str, path: str) -> None:
    """Each has an outline, is on the screen, and nothing covers it (WCAG 2.4.7, 2.4.11)."""
    page = open_page(f"/{ui}{path}", status=404 if path.endswith("nowhere") else 200)
    stops = tab_stops(page)
    assert len(stops) > 5, stops
    assert 'class="skip"' in stops[0]["what"]
    wrong = [
        stop
        for stop in stops
        if not stop["outlined"] or not stop["shown"] or (stop["covered"] and stop["lines"] == 1)
    ]
    assert not wrong, told(wrong)


@pytest.mark.parametrize("ui", LANGUAGES)
def test_a_link_skips_to_the_content(open_page: Open, ui: str) -> None:
    """It shows itself when the keyboard reaches it, and the next stop is within the content."""
    page = open_page(f"/{ui}/search?q=Huế")
    page.keyboard.press("Tab")
    skip = page.locator(".skip")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")
    expect(skip).not_to_be_in_viewport()


def test_the_keyboard_alone_finds_an_article(open_page: Open) -> None:
    """Search, filter, article: no mouse."""
    page = open_page("/en/")
    page.keyboard.type("Da Nang")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?**")
    page.locator("#filters .facet a").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: address.count("=") == 2)
    page.locator(".hit h2 a").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/article/**")
    expect(page.locator(".story h1")).to_be_visible()


@pytest.mark.parametrize("ui", LANGUAGES)
def test_without_scripts_everything_is_there(open_page: Open, ui: str) -> None:
    """Search by Enter, a filter, dates, the next page, an article, its way back, another page language."""
    page = open_page(f"/{ui}/", java_script_enabled=False)
    page.locator("#q").fill("Hà Nội")
    page.locator("#q").press("Enter")
    page.wait_for_url("**/search?**")
    expect(page.locator(".hit mark").first).to_be_visible()
    page.locator(".pages a[rel=next]").click()
    page.wait_for_url("**page=2**")
    page.locator("#filters .facet a").first.click()
    expect(page.locator(".chips.active .chip")).to_have_count(1)
    page.locator("#from").fill("2024-01-01")
    page.locator(".dates button").click()
    page.wait_for_url("**from=2024-01-01**")
    page.locator(".hit h2 a").first.click()
    page.wait_for_url("**/article/**")
    expect(page.locator(".story h1")).to_be_visible()
    page.locator(".back a").click()
    page.wait_for_url("**/search?**")
    other = "en" if ui == "ar" else "ar"
    page.locator(f".switch a[hreflang={other}]").click()
    page.wait_for_url(f"**/{other}/search?**")
    expect(page.locator("html")).to_have_attribute("dir", "rtl" if other == "ar" else "ltr")


@pytest.mark.parametrize("path", PAGES[:4])
def test_less_motion_means_none(open_page: Open, path: str) -> None:
    """Nothing is animated and nothing scrolls smoothly for a reader who asked for less motion."""
    page = open_page(f"/en{path}", reduced_motion="reduce")
    moving = page.evaluate("""() => [...document.querySelectorAll("*")].filter((element) => {
      const style = getComputedStyle(element);
      const lasts = (text) => text.split(",").some((item) => parseFloat(item) > 0.01);
      return lasts(style.transitionDuration)
        || (style.animationName !== "none" && lasts(style.animationDuration))
        || style.scrollBehavior === "smooth";
    }).map((element) => element.outerHTML.slice(0, 90))""")
    assert moving == []
    assert page.evaluate("document.getAnimations().length") == 0


@pytest.mark.parametrize("ui", ["ar", "en"])
@pytest.mark.parametrize("path", PAGES[:4])
def test_in_few_colours(open_page: Open, shoot: Shoot, ui: str, path: str) -> None:
    """Where the system chooses the colours, chosen things are told by more than a background."""
    page = open_page(f"/{ui}{path}", forced_colors="active")
    name = path.strip("/").partition("?")[0].replace("/", "-") or "start"
    shoot(page, f"{name}-{ui}-1280-forced")
    told_by_more = """(items) => items.filter((item) => {
      const chosen = getComputedStyle(item);
      const other = item.parentElement.querySelector(":scope > a:not([aria-current])");
      if (!other) return false;
      const plain = getComputedStyle(other);
      return ["fontWeight", "borderBottomColor", "borderTopColor", "textDecorationLine", "color"].every(
        (property) => chosen[property] === plain[property]);
    }).map((item) => item.outerHTML.slice(0, 120))"""
    assert page.locator("[aria-current]").evaluate_all(told_by_more) == []


@pytest.mark.parametrize("ui", LANGUAGES)
def test_on_paper_there_is_the_story_alone(open_page: Open, shoot: Shoot, ui: str) -> None:
    """Dark on light whatever the theme of the screen; no search box, no filters."""
    page = open_page(f"/{ui}/article/{ui}-101", color_scheme="dark")
    page.emulate_media(media="print", color_scheme="dark")
    expect(page.locator(".story h1")).to_be_visible()
    for part in (".top", ".beside", ".foot"):
        expect(page.locator(part).first).to_be_hidden()
    shoot(page, f"article-{ui}-1280-print")
    ink, paper = page.evaluate("""() => [getComputedStyle(document.querySelector(".story p")).color,
      getComputedStyle(document.body).backgroundColor]""")
    assert brightness(ink) < 90, ink
    assert brightness(paper) > 230, paper


def brightness(colour: str) -> float:
    """Of `rgb(27, 31, 35)`: 0 for black, 255 for white; a transparent one is the paper's."""
    if colour.startswith("rgba") and colour.rstrip(")").split(",")[-1].strip() == "0":
        return 255.0
    numbers = [float(part) for part in colour[colour.index("(") + 1 : -1].split(",")[:3]]
    return sum(numbers) / 3
