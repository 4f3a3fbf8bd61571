"""One run: publishes alone, then readers and publishers together, then readers without a pause."""

from __future__ import annotations

import asyncio
import random
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from indexer.articles import Article

from .publishing import Outcome, Publishers
from .readers import Readers
from .server import Memory, Server, generator_s
from .wire import Connection, Failed

VISIT = 12
"""Requests of a reader over one connection."""
SAMPLE_S = 5.0


@dataclass(frozen=True, slots=True)
class Plan:
    """How much load."""

    seconds: float = 600.0
    clients: int = 40
    pause_s: float = 1.0
    """Mean of what a client waits between two requests."""
    publishes: float = 5.0
    """A second."""
    alone: int = 200
    """Publishes one at a time, before there are readers."""
    saturated_s: float = 15.0
    """Of readers that make no pause, afterwards."""


@dataclass(slots=True)
class Load:
    """What readers met."""

    seconds: float = 0.0
    took_s: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    """Kind of request -> seconds of each answer."""
    wrong: list[str] = field(default_factory=list)
    """Answers with a wrong status or without what they must have."""
    failed: list[str] = field(default_factory=list)
    """Connections."""
    server_cpu_s: float = 0.0
    generator_cpu_s: float = 0.0

    @property
    def answers(self) -> int:
        """How many there were."""
        return sum(map(len, self.took_s.values()))


@dataclass(frozen=True, slots=True)
class Measured:
    """All of a run."""

    alone: Outcome
    mixed: Load
    published: Outcome
    memory: Sequence[Memory]
    saturated: Load
    left_over: Sequence[str]
    """Words that are found and should not be, or the other way round, when all is done."""


async def measure(
    server: Server, articles: Sequence[Article], plan: Plan, say: Callable[[str], None]
) -> Measured:
    """Put a server under load. `articles`: of its home; what requests and new articles are made of."""
    readers = Readers(articles)
    say(f"{plan.alone} publishes, one at a time")
    alone = Publishers(server.port, server.token, articles)
    await alone.publish_alone(plan.alone)
    say(f"{plan.clients} readers for {plan.seconds:.0f} s, {plan.publishes:g} publishes a second")
    publishers = Publishers(server.port, server.token, articles, seed=1)
    mixed, memory = Load(), list[Memory]()
    begun = time.perf_counter()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(_read(server, readers, plan, plan.pause_s, plan.seconds, mixed))
        tasks.create_task(_sampled(server, begun, plan.seconds, memory))
        if plan.publishes:
            tasks.create_task(publishers.publish_every(1 / plan.publishes, begun + plan.seconds))
    left_over = [*await alone.left_over(), *await publishers.left_over()]
    saturated = Load()
    if plan.saturated_s:
        say(f"{plan.clients} readers without a pause for {plan.saturated_s:.0f} s")
        await _read(server, readers, plan, 0.0, plan.saturated_s, saturated)
    return Measured(alone.outcome, mixed, publishers.outcome, memory, saturated, left_over)


async def _read(
    server: Server, readers: Readers, plan: Plan, pause_s: float, seconds: float, load: Load
) -> None:
    until = time.perf_counter() + seconds
    cpu_s, own_s = server.processor_s(), generator_s()
    async with asyncio.TaskGroup() as tasks:
        for number in range(plan.clients):
            tasks.create_task(_reader(server.port, readers, pause_s, until, load, number))
    load.seconds = seconds
    load.server_cpu_s = server.processor_s() - cpu_s
    load.generator_cpu_s = generator_s() - own_s


async def _reader(port: int, readers: Readers, pause_s: float, until: float, load: Load, number: int) -> None:
    """One client: a request, its whole answer, a pause; a new connection for each visit."""
    chance = random.Random(number)  # noqa: S311  # no secret
    connection = Connection(port)
    asked = chance.randrange(VISIT)
    while True:
        # Poisson's law, as for people who do not know of each other.
        pause = chance.expovariate(1 / pause_s) if pause_s else 0.0
        if time.perf_counter() + pause >= until:
            break
        await asyncio.sleep(pause)
        wanted = readers.one(chance)
        try:
            answer = await connection.get(wanted.address)
        except Failed as error:
            load.failed.append(str(error))
            continue
        load.took_s[wanted.kind].append(answer.took_s)
        if wrong := wanted.wrong(answer):
            load.wrong.append(wrong)
        asked += 1
        if asked % VISIT == 0:
            await connection.close()
    await connection.close()


async def _sampled(server: Server, begun: float, seconds: float, memory: list[Memory]) -> None:
    while (at := time.perf_counter() - begun) < seconds:
        memory.append(await asyncio.to_thread(server.memory, at))
        await asyncio.sleep(min(SAMPLE_S, seconds / 20))
