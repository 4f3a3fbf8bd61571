"""The desk: signing in, stories around a draft, saved searches, names, the check of translations."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import unquote

import pytest
from playwright.sync_api import Page, expect

from .accessible import violations
from .conftest import PASSWORD, Open, Shoot
from .watched import LANGUAGES, PHONE, STILL, Watch, moved, told, too_wide

SignedIn = Callable[..., Page]

DRAFTS = {
    "ar": "مهرجان زهور الحنطة السوداء في ها جيانغ\n\nيفتتح المهرجان يوم السبت في ها جيانغ.",
    "vi": "Lễ hội hoa tam giác mạch Hà Giang\n\nLễ hội khai mạc thứ Bảy tại Đồng Văn, Hà Giang.",
    "en": "Buckwheat flower festival in Ha Giang\n\nThe festival opens on Saturday in Dong Van.",
}
"""Of the story of the buckwheat flowers (101)."""


@pytest.fixture
def signed_in(open_page: Open) -> SignedIn:
    """Open a page of the desk as an editor who gives the password on the way."""

    def begin(path: str, **settings: object) -> Page:
        page = open_page(path, **settings)
        expect(page.locator("#password")).to_be_focused()
        page.keyboard.type(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(lambda address: unquote(address).endswith(path))
        return page

    return begin


@pytest.mark.parametrize("ui", LANGUAGES)
def test_the_door(open_page: Open, watch: Watch, shoot: Shoot, ui: str) -> None:
    """Leads a stranger to itself, tells a wrong password, lets the right one in, and out again for good."""
    page = open_page(f"/{ui}/desk")
    page.wait_for_url("**/desk/sign-in?next=**")
    assert not (found := violations(page)), told(found)
    shoot(page, f"desk-door-{ui}-1280-light")
    page.locator("#password").fill("not the password")
    watch.refused.add(f"{watch.origin}/{ui}/desk/sign-in")
    with page.expect_response("**/sign-in") as answer:
        page.keyboard.press("Enter")
    assert answer.value.status == 403
    expect(page.locator(".notice.wrong")).to_be_visible()
    page.locator("#password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/{ui}/desk")
    expect(page.locator("#draft")).to_be_visible()
    assert "dalil" not in page.evaluate("document.cookie"), "scripts must not see the session"
    page.locator(".leave button").click()
    page.wait_for_url("**/desk/sign-in**")
    page.goto(f"/{ui}/desk/saved")
    page.wait_for_url("**/desk/sign-in**")


@pytest.mark.parametrize("ui", LANGUAGES)
def test_a_draft_finds_its_story(signed_in: SignedIn, shoot: Shoot, ui: str) -> None:
    """With reasons, in several languages; narrowing keeps the draft."""
    page = signed_in(f"/{ui}/desk")
    page.locator("#draft").fill(DRAFTS[ui])
    page.locator("form:has(#draft) button").click()
    page.wait_for_url("**/desk/related")
    links = page.locator(".stories .dense > li > a:first-child")
    languages = {link.get_attribute("hreflang") for link in links.all()}
    assert len(languages) > 1
    assert re.search(r"/article/(ar|vi|en)-101", page.locator(".stories").inner_html())
    for why in page.locator(".stories .why").all():
        assert why.inner_text().strip()
    shoot(page, f"desk-draft-{ui}-1280-light")
    page.locator("input[name=lang][value=vi]").check()
    page.locator("form:has(input[name=lang]) button[type=submit]").click()
    page.wait_for_load_state()
    expect(page.locator("input[name=lang][value=vi]")).to_be_checked()
    assert {link.get_attribute("hreflang") for link in links.all()} == {"vi"}


def test_an_article_is_found_by_words_and_by_address(signed_in: SignedIn) -> None:
    page = signed_in("/en/desk")
    page.locator("#which").fill("buckwheat flowers")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=buckwheat**")
    page.locator(".dense .act").first.click()
    page.wait_for_url("**/desk/related?id=*")
    expect(page.locator(".stories .dense li").first).to_be_visible()
    page.goto("/en/desk?q=en-101")
    page.wait_for_url("**/desk/related?id=en-101")


def test_links_of_stories_are_copied(signed_in: SignedIn) -> None:
    page = signed_in("/en/desk/related?id=en-101", permissions=["clipboard-read", "clipboard-write"])
    page.locator("details.copy > summary").nth(1).click()
    page.locator("[data-copy=copy-markdown]").click()
    expect(page.locator("#copied")).to_have_text(re.compile(r"\S"))
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.locator("#copy-markdown").input_value()
    assert re.search(r"\[.+\]\(<?http", copied)


@pytest.mark.parametrize("ui", LANGUAGES)
def test_a_search_is_saved_renamed_and_deleted(signed_in: SignedIn, shoot: Shoot, ui: str) -> None:
    """Its feed answers; after each change the list says what is so."""
    page = signed_in(f"/{ui}/desk/saved")
    name = f"Huế {ui}"
    page.locator("#search").fill(f"/{ui}/search?q=Huế&lang=vi")
    page.locator("#name").fill(name)
    page.locator("form:has(#search) button[type=submit]").click()
    row = page.locator(".saved > li", has_text=name)
    expect(row).to_have_count(1)
    shoot(page, f"desk-saved-{ui}-1280-light")
    for link in row.locator("a[type]").all():
        answer = page.request.get(link.get_attribute("href") or "")
        assert answer.status == 200
        assert answer.headers["content-type"].partition(";")[0] == link.get_attribute("type")
    row.locator(".change > summary").click()
    row.locator("input[name=name]").fill(f"{name} 2")
    row.locator("form").first.locator("button").click()
    expect(page.locator(".saved h2", has_text=f"{name} 2")).to_have_count(1)
    row.locator("h2 a").click()
    page.wait_for_url("**/desk/saved/*")
    expect(page.locator("h1")).to_have_text(f"{name} 2")
    page.locator(".back a").click()
    row.locator(".change > summary").click()
    row.locator("button.danger").click()
    expect(row).to_have_count(0)


def test_a_pair_of_names_is_refused_and_allowed_again(signed_in: SignedIn) -> None:
    page = signed_in("/en/desk/names?rare=1")
    expect(page.locator(".names tbody tr").first).to_be_visible()
    page.locator("#veto-name").fill("Hà Giang")
    page.locator("#veto-arabic").fill("ها جيانغ")
    page.locator("form:has(#veto-name) button").click()
    page.goto("/en/desk/names?vetoed=1")
    row = page.locator(".names tbody tr", has_text="Hà Giang")
    expect(row).to_have_count(1)
    row.locator("a").click()
    page.locator("form[action$='/allow'] button").first.click()
    page.goto("/en/desk/names?vetoed=1")
    expect(page.locator(".names tbody tr", has_text="Hà Giang")).to_have_count(0)


STATES = {
    "desk": ("/desk", "#draft"),
    "desk-found": ("/desk?q=Huế", ".dense"),
    "desk-related": ("/desk/related?id=vi-101", ".stories .dense"),
    "desk-related-arabic": ("/desk/related?id=ar-106", ".stories .dense"),
    "desk-check": ("/desk/check", ".counted"),
    "desk-saved": ("/desk/saved", "#search"),
    "desk-names": ("/desk/names?rare=1", ".names"),
}


@pytest.mark.parametrize("ui", ["ar", "en"])
@pytest.mark.parametrize("state", STATES)
def test_every_page_of_the_desk(signed_in: SignedIn, shoot: Shoot, state: str, ui: str) -> None:
    """As for readers: axe finds nothing in either theme, nothing moves, nothing is too wide for a phone."""
    path, shows = STATES[state]
    page = signed_in(f"/{ui}{path}", color_scheme="light")
    expect(page.locator(shows).first).to_be_visible()
    assert moved(page) < STILL, page.evaluate("window.shifts")
    wrong = violations(page)
    shoot(page, f"{state}-{ui}-1280-light")
    page.emulate_media(color_scheme="dark")
    wrong += [f"dark: {found}" for found in violations(page)]
    shoot(page, f"{state}-{ui}-1280-dark")
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    page.emulate_media(color_scheme="light")
    wrong += [f"390 px, too wide: {element}" for element in too_wide(page)]
    wrong += [f"390 px: {found}" for found in violations(page)]
    shoot(page, f"{state}-{ui}-390-light")
    assert not wrong, told(wrong)


def test_the_desk_works_without_scripts(signed_in: SignedIn) -> None:
    page = signed_in("/vi/desk", java_script_enabled=False)
    page.locator("#draft").fill(DRAFTS["vi"])
    page.locator("form:has(#draft) button").click()
    page.wait_for_url("**/desk/related")
    expect(page.locator(".stories .dense li").first).to_be_visible()
