"""Publishers: new articles, corrections and removals, each known by a word that no other text has."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Literal
from urllib.parse import quote, urlencode

from indexer.articles import Article

from .wire import Answer, Connection, Failed

Act = Literal["new", "correction", "removal"]
SHARES: dict[Act, int] = {"new": 70, "correction": 20, "removal": 10}
_LOOK_EVERY_S = 0.2
"""While there are readers: looking must not be most of what the server does."""
_GIVEN_UP_S = 20.0
"""After an acknowledgement: what is not seen by then never is."""
CONNECTIONS = 4
"""That look for a published article: one after another is given to the server's processes, so that they reach
all of them as a rule."""
_LETTERS = "bcdfghklmnpqrstvxz"


@dataclass(frozen=True, slots=True)
class Seen:
    """One publish that was acknowledged, and when searches showed what it did."""

    act: Act
    acknowledged_s: float
    """From the request."""
    seen_s: float | None
    """From the acknowledgement; None if it never was."""


@dataclass(slots=True)
class Outcome:
    """What came of all publishes."""

    seen: list[Seen] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    """What was answered with anything but 200 or 202, and connections that failed."""
    looks_s: list[float] = field(default_factory=list)
    """Seconds that each search for a word took."""
    errors: list[str] = field(default_factory=list)
    """Answers to those searches that were none."""


def word_of(number: int) -> str:
    """A word of Latin consonants that is in no language, another one for each number.

    >>> word_of(0), word_of(5_000)
    ('zxqbbbbb', 'zxqtlvbb')
    """
    letters = ""
    for _ in range(5):
        number, letter = divmod(number, len(_LETTERS))
        letters += _LETTERS[letter]
    return f"zxq{letters}"


class Publishers:
    """Publishes to one server with one token, and looks until searches show it."""

    def __init__(self, port: int, token: str, articles: Sequence[Article], *, seed: int = 0) -> None:
        """`articles`: what new ones are made of. `seed`: no two runs at one home should share it."""
        self.outcome = Outcome()
        self._port = port
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self._articles = articles
        self._chance = random.Random(seed)  # noqa: S311  # no secret
        self._numbers = count(seed * 100_000)
        self._settled: dict[str, str] = {}
        """Id -> word of what is published and was found."""
        self._gone: set[str] = set()
        """Words of what was corrected or removed."""
        self._free: list[Connection] = []

    async def publish_every(self, pause_s: float, until: float) -> None:
        """Publish at fixed times, however long each takes, until then; returns when all is seen."""
        begun = time.perf_counter()
        async with asyncio.TaskGroup() as tasks:
            for number in count():
                due = begun + number * pause_s
                if due >= until:
                    break
                await asyncio.sleep(max(0.0, due - time.perf_counter()))
                tasks.create_task(self._one())
        for looks in self._free:
            await looks.close()

    async def publish_alone(self, times: int) -> None:
        """Publish new articles one after the other, each when the one before is seen by all connections."""
        looking = [Connection(self._port) for _ in range(CONNECTIONS)]
        for _ in range(times):
            id, word = self._new()
            acknowledged = await self._acknowledged("PUT", id, self._body(word))
            if acknowledged is None:
                continue
            ended = time.perf_counter()
            # A connection that looks too often takes the time of what it waits for.
            seen = [await self._shown(word, looks, ended, 0.005) for looks in looking]
            self.outcome.seen.append(
                Seen("new", acknowledged, None if None in seen else max(filter(None, seen)))
            )
            self._settled[id] = word
            await asyncio.sleep(self._chance.uniform(0.05, 0.15))
        for looks in looking:
            await looks.close()

    async def left_over(self) -> list[str]:
        """Words that searches should show and do not, or show and should not, now that all is done."""
        looks = Connection(self._port)
        wrong = []
        for word, expected in [*((w, 1) for w in self._settled.values()), *((w, 0) for w in self._gone)]:
            if (found := await self._count(word, looks)) != expected:
                wrong.append(f"{word} is found {found} times, not {expected}")
        await looks.close()
        return wrong

    async def _one(self) -> None:
        (act,) = self._chance.choices(list(SHARES), list(SHARES.values()))
        # An article whose last change is not seen yet is left alone: whoever edits it would not know of it.
        act = act if self._settled else "new"
        if act == "new":
            id, word = self._new()
            await self._change("new", id, word, "")
            return
        id = self._chance.choice(list(self._settled))
        before = self._settled.pop(id)
        await self._change(act, id, word_of(next(self._numbers)) if act == "correction" else "", before)

    async def _change(self, act: Act, id: str, word: str, before: str) -> None:
        """Publish; look until the new word is found and the one before no more."""
        method, body = ("PUT", self._body(word)) if word else ("DELETE", b"")
        acknowledged = await self._acknowledged(method, id, body)
        if acknowledged is None:
            return
        ended = time.perf_counter()
        looks = self._free.pop() if self._free else Connection(self._port)
        shown = await self._shown(word, looks, ended) if word else 0.0
        hidden = await self._shown(before, looks, ended, wanted=0) if before else 0.0
        self._free.append(looks)
        seen = None if shown is None or hidden is None else max(shown, hidden)
        self.outcome.seen.append(Seen(act, acknowledged, seen))
        if before:
            self._gone.add(before)
        if word:
            self._settled[id] = word

    def _new(self) -> tuple[str, str]:
        word = word_of(next(self._numbers))
        return f"load-{word}", word

    def _body(self, word: str) -> bytes:
        record = dict(self._chance.choice(self._articles).as_dict())
        del record["id"]
        record["title"] = f"{record['title']} {word}"
        return json.dumps(record, ensure_ascii=False).encode()

    async def _acknowledged(self, method: str, id: str, body: bytes) -> float | None:
        """Seconds until the server says that it is on its disk; None if it does not."""
        sends = Connection(self._port)
        try:
            answer = await sends.send(method, f"/api/v1/articles/{quote(id)}", self._headers, body)
        except Failed as error:
            self.outcome.refused.append(str(error))
            return None
        finally:
            await sends.close()
        if answer.status not in (200, 202):
            self.outcome.refused.append(f"{answer.status} to {method} {id}: {answer.text()[:200]}")
            return None
        return answer.took_s

    async def _shown(
        self, word: str, looks: Connection, since: float, every_s: float = _LOOK_EVERY_S, *, wanted: int = 1
    ) -> float | None:
        """Seconds since then until a search finds so many articles with a word; None if it never does."""
        while time.perf_counter() - since < _GIVEN_UP_S:
            if await self._count(word, looks) == wanted:
                return time.perf_counter() - since
            await asyncio.sleep(every_s)
        return None

    async def _count(self, word: str, looks: Connection) -> int:
        """How many articles a search finds; -1 where there was no answer."""
        asked = urlencode({"q": f'"{word}"', "typed": "true", "facets": "false"})
        try:
            answer: Answer = await looks.get(f"/api/v1/search?{asked}")
        except Failed as error:
            self.outcome.errors.append(str(error))
            return -1
        self.outcome.looks_s.append(answer.took_s)
        if answer.status != 200:
            self.outcome.errors.append(f"{answer.status} to a search for {word}")
            return -1
        return int(answer.json().get("total", -1))
