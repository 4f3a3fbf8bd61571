"""Random completions, and random forms of saved searches: an answer, and no error of the server."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from flask import Flask

from tests.attacks.site import form_token, hostile_home, signed_in, site
from tests.fuzz.effort import SEED, tries
from tests.laws.test_source_laws import damaged

TYPED = (
    "flood bri",
    "mưa lũ",
    "mua lu",
    "فيضان ال",
    "nooij thaats",
    "title:(flo",
    "٣ آلاف",
    "xqz",
    '"flood b',
)
SEARCHES = ("q=flood&lang=en", "q=m%C6%B0a&from=2025-01-01&to=2025-12-31", "q=%D9%81%D9%8A&sort=new&page=2")
ODD = ("\0", "\n", "\N{RIGHT-TO-LEFT OVERRIDE}", "\N{COMBINING ACUTE ACCENT}", "\U0010ffff", "💥")
NAMES = ("Lũ lụt", "فيضانات", "Floods")


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """Over a home of its own, since searches are saved in it."""
    with site(hostile_home(tmp_path_factory.mktemp("requests"))) as made:
        yield made


def text_of(seeds: tuple[str, ...], chance: random.Random) -> str:
    """One of them as it is, or damaged in its letters or its bytes."""
    seed = chance.choice(seeds)
    if chance.random() < 0.5:
        letters = list(seed)
        letters[chance.randrange(len(letters))] = chr(
            chance.choice((0, 10, 0x202E, 0x301, 0x10FFFF, 0x1F4A5))
        )
        return "".join(letters)
    return damaged(seed.encode(), chance).decode("utf-8", "replace")[:2_000]


def test_completions(app: Flask) -> None:
    """Whatever is typed, in any language."""
    chance = random.Random("completions" + SEED)  # noqa: S311 -- the same every time
    client, asked = app.test_client(), 0
    for _ in tries(5):
        given = {"q": text_of(TYPED, chance), "lang": chance.choice(("ar", "vi", "en", "", "xx"))}
        if chance.random() < 0.3:
            given["limit"] = text_of(("5", "20"), chance)
        answer = client.get("/api/v1/suggest", query_string=given)
        assert answer.status_code in (200, 400), (given, answer.text[:300])
        assert answer.is_json
        asked += 1
    print(f"completions: {asked} requests")  # noqa: T201


def test_saved_searches(app: Flask) -> None:
    """Names and searches of the desk's form; what was saved is shown, asked and deleted."""
    chance = random.Random("saved" + SEED)  # noqa: S311 -- the same every time
    client = signed_in(app)
    token, asked = form_token(client), 0
    statuses = set()
    for _ in tries():
        form = {"token": token, "name": text_of(NAMES, chance), "search": text_of(SEARCHES, chance)}
        answer = client.post("/en/desk/saved", data=form)
        assert answer.status_code < 500, (form, answer.text[:300])
        statuses.add(answer.status_code)
        asked += 1
        if asked % 20 == 0:
            assert client.get("/en/desk/saved").status_code == 200
    assert 303 in statuses
    print(f"saved searches: {asked} requests")  # noqa: T201
