"""What an archive of a certain size needs: shards, copies, machines, memory, disk, time.

Pure arithmetic over `plan_figures.py`. A plan is where to begin measuring, not what to buy without it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from math import ceil
from typing import Any, Literal

from .plan_figures import FIGURES, figure

MOST_ARTICLES = 10**10
MOST_QPS = 100_000
GIB = 2**30
_MEMORY_GIB = (4, 8, 16, 32, 64)
_CORES = (2, 4, 8, 16, 32)
_LARGE = 10
"""Data nodes from which on managers and coordinators stand on machines of their own."""
_LEAST_NODES = 3
"""With copies: two of three go on when one is away, and agree that it is."""
_MOST_REPLICAS = 5
_SQLITE_ARTICLES = 1_000_000


@dataclass(frozen=True, slots=True)
class Need:
    """What is planned for."""

    articles: int
    """1 to `MOST_ARTICLES`."""
    qps: float = 10.0
    """Searches a second at the busiest time, up to `MOST_QPS`."""
    article_bytes: float = FIGURES["article_bytes"].value
    """UTF-8 bytes of an article as JSON: Arabic letters have two, Vietnamese ones up to three."""
    replicas: int | None = None
    """Copies beside each shard; None for one where there are several machines."""


@dataclass(frozen=True, slots=True)
class Machines:
    """So many machines of one kind."""

    role: Literal["all", "data", "manager", "coordinator", "server"]
    """`all`: everything on one; `server`: `dalil serve`."""
    count: int
    cores: int
    memory_gib: int
    heap_gib: int = 0
    """Of the memory, for Java."""
    disk_gib: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """What to begin with."""

    need: Need
    engine: Literal["whoosh", "opensearch"]
    archive: Literal["sqlite", "postgresql"]
    archive_bytes: int
    index_bytes: int
    """One copy, merged."""
    shards: int
    """Primary ones; 0 for the embedded engine."""
    replicas: int
    machines: tuple[Machines, ...]
    build_hours: float
    """Of the first index, by one job."""
    remarks: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """For programs, with every figure and its source."""
        return {**asdict(self), "figures": {name: asdict(each) for name, each in FIGURES.items()}}


def plan(need: Need) -> Plan:
    """The plan for a need. Raises `ValueError` for numbers out of range."""
    _check(need)
    embedded = need.articles <= figure("embedded_articles") and need.qps <= figure("embedded_qps")
    return _embedded(need) if embedded and not need.replicas else _cluster(need)


def _embedded(need: Need) -> Plan:
    index = _bytes(need, "embedded_share")
    cores = _rounded(ceil(need.qps * figure("server_ms") / 1000 / figure("busy")) + 1, _CORES)
    archive, beside = _bytes(need, "archive_share"), _bytes(need, "home_share")
    # Two more generations: the one before, and the one that is being built.
    disk = ceil((archive + beside + 3 * index) * figure("growth") / GIB) + 5
    # The index is read through the memory of the system: all of it should fit, beside processes and a build.
    memory = _rounded(ceil(2 + 1.5 * index / GIB), _MEMORY_GIB)
    return Plan(
        need=need,
        engine="whoosh",
        archive="sqlite",
        archive_bytes=archive,
        index_bytes=index,
        shards=0,
        replicas=0,
        machines=(Machines("all", 1, cores, memory, disk_gib=disk),),
        build_hours=_hours(need),
        remarks=(),
    )


def _cluster(need: Need) -> Plan:
    index = _bytes(need, "index_share")
    replicas = 1 if need.replicas is None else need.replicas
    shards = _shards(need, index, replicas)
    data = _data_machines(need, index, shards, replicas)
    while need.replicas is None and data.count > shards * (1 + replicas) and replicas < _MOST_REPLICAS:
        # A machine without a shard answers nothing.
        replicas += 1
        data = _data_machines(need, index, shards, replicas)
    machines = [data]
    if data.count >= _LARGE:
        machines += [Machines("manager", 3, 2, 8, heap_gib=4), Machines("coordinator", 2, 8, 16, heap_gib=8)]
    busy_cores = need.qps * figure("server_ms") / 1000 / figure("busy")
    each = _rounded(ceil(busy_cores / 2), _CORES)
    machines.append(Machines("server", max(2, ceil(busy_cores / each)), each, max(4, each), disk_gib=20))
    return Plan(
        need=need,
        engine="opensearch",
        archive="sqlite" if need.articles < _SQLITE_ARTICLES else "postgresql",
        archive_bytes=_bytes(need, "archive_share"),
        index_bytes=index,
        shards=shards,
        replicas=replicas,
        machines=tuple(machines),
        build_hours=_hours(need),
        remarks=tuple(_remarks(need, data, shards, replicas)),
    )


def _shards(need: Need, index: int, replicas: int) -> int:
    """Few enough to search, small enough to move, and one at least for each of three machines."""
    counting_ms = need.articles / 1e6 * figure("node_ms_per_million")
    return max(
        ceil(_LEAST_NODES / (1 + replicas)) if replicas else 1,
        ceil(index * figure("growth") / figure("shard_bytes")),
        ceil(counting_ms / figure("longest_search_ms")),
    )


def _data_machines(need: Need, index: int, shards: int, replicas: int) -> Machines:
    stored = index * (1 + replicas) * figure("growth")
    # Rebuilding stands beside the serving index, and what was just written is not merged yet.
    building = figure("unmerged_share") / figure("index_share")
    disk = stored * figure("free_disk") + index * building
    heap = max(2.0, shards * (1 + replicas) / figure("shards_per_heap_gib"))
    each_search_ms = shards * figure("node_ms") + need.articles / 1e6 * figure("node_ms_per_million")
    cores = need.qps * each_search_ms / 1000 / figure("busy")
    memory = max(
        2 * heap,
        heap + stored / figure("index_per_memory") / GIB,
        cores * figure("memory_per_core"),
    )
    least = _LEAST_NODES if replicas else 1
    count = max(least, replicas + 1, ceil(memory / _MEMORY_GIB[-1]), ceil(cores / _CORES[-1]))
    each_memory = _rounded(ceil(memory / count), _MEMORY_GIB)
    return Machines(
        "data",
        count,
        _rounded(ceil(cores / count), _CORES),
        each_memory,
        heap_gib=min(each_memory // 2, int(figure("most_heap_gib"))),
        disk_gib=ceil(disk / count / GIB) + 5,
    )


def _remarks(need: Need, data: Machines, shards: int, replicas: int) -> list[str]:
    found = []
    if data.count > shards * (1 + replicas):
        found.append(
            "so many searches want more machines than there are shards: plan more copies, or a cache"
        )
    if not replicas:
        found.append("without a copy the archive cannot be searched while a machine is away")
    if _hours(need) > 24:
        found.append("one job builds the first index; nothing here measures several that share it")
    if need.articles > 10**7 or shards > 20:
        found.append("computed far beyond what was measured: build a tenth first, and measure it")
    if need.qps * need.articles > 10**9:
        found.append("cores are for searches that each count all they find")
    return found


def _bytes(need: Need, share: str) -> int:
    return round(need.articles * need.article_bytes * figure(share))


def _hours(need: Need) -> float:
    longer = need.article_bytes / figure("article_bytes")
    return round(need.articles * longer / figure("articles_per_core_s") / 3600, 2)


def _rounded(least: int, sizes: tuple[int, ...]) -> int:
    """The smallest size that is enough, or the largest there is."""
    return next((size for size in sizes if size >= least), sizes[-1])


def _check(need: Need) -> None:
    if not 1 <= need.articles <= MOST_ARTICLES:
        raise ValueError(f"{need.articles} articles; a plan is for 1 to {MOST_ARTICLES}")
    if not 0 < need.qps <= MOST_QPS:
        raise ValueError(f"{need.qps:g} searches a second; a plan is for more than 0, up to {MOST_QPS}")
    if not 100 <= need.article_bytes <= 1e7:
        raise ValueError(f"{need.article_bytes:g} bytes an article; a plan is for 100 to 10000000")
    if need.replicas is not None and not 0 <= need.replicas <= _MOST_REPLICAS:
        raise ValueError(f"{need.replicas} replicas; a plan is for 0 to {_MOST_REPLICAS}")
