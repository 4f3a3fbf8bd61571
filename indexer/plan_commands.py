"""`dalil plan`: what an archive of a certain size needs, as text or JSON."""

from __future__ import annotations

from collections.abc import Iterator

import click

from .cli import Command, Failed, as_json, print_json
from .plan import GIB, Machines, Need, Plan, plan

_ROLES = {
    "all": "machine",
    "data": "data node",
    "manager": "manager",
    "coordinator": "coordinator",
    "server": "dalil serve",
}


@click.command("plan", cls=Command)
@click.option("--articles", type=int, required=True, help="Articles in the archive.")
@click.option("--qps", type=float, default=10.0, show_default=True, help="Searches a second, at most.")
@click.option(
    "--article-bytes",
    type=float,
    default=Need(1).article_bytes,
    show_default=True,
    help="Bytes of an article as JSON.",
)
@click.option("--replicas", type=int, help="Copies of each shard; 1 where there are several machines.")
@as_json
def plan_command(
    *, articles: int, qps: float, article_bytes: float, replicas: int | None, as_json: bool
) -> None:
    """Tell what an archive needs: engine, shards, machines, memory, disk.

    Computed from what was measured on news; --json has each figure with its source.
    """
    try:
        made = plan(Need(articles, qps, article_bytes, replicas))
    except ValueError as error:
        raise Failed(str(error)) from error
    if as_json:
        print_json(made.as_dict())
        return
    for line in plan_lines(made):
        click.echo(line)


def plan_lines(made: Plan) -> Iterator[str]:
    """A plan in words, a line for each thing to decide."""
    need = made.need
    of_size = f"{need.articles:,} articles of {need.article_bytes:,.0f} bytes"
    yield f"planned for  {of_size}, {need.qps:g} searches a second"
    yield f"archive      {made.archive}, {size(made.archive_bytes)}"
    copies = f" in {counted(made.shards, 'shard')}, {counted(made.replicas, 'copy')}" if made.shards else ""
    yield f"index        {made.engine}, {size(made.index_bytes)}{copies}"
    for machines in made.machines:
        yield _machine_line(machines)
    yield f"first build  {duration(made.build_hours)} by one job"
    for remark in made.remarks:
        yield f"note         {remark}"


def _machine_line(machines: Machines) -> str:
    heap = f" ({machines.heap_gib} GiB heap)" if machines.heap_gib else ""
    disk = f", {size(machines.disk_gib * GIB)} disk" if machines.disk_gib else ""
    role = _ROLES[machines.role]
    each = ", each with" if machines.count > 1 else " with"
    return (
        f"{role:<12} {counted(machines.count, 'machine')}{each} {machines.cores} cores, "
        f"{machines.memory_gib} GiB memory{heap}{disk}"
    )


def size(count: float) -> str:
    """Bytes for people: `5.2 GiB`."""
    units = ("bytes", "KiB", "MiB", "GiB", "TiB")
    step = 0
    # What would be rounded to 1024 is one of the next unit.
    while count >= 1023.5 and step < len(units) - 1:
        count /= 1024
        step += 1
    return f"{count:.{1 if count < 9.95 and step else 0}f} {units[step]}"


def duration(hours: float) -> str:
    """Hours for people: `40 minutes`, `15 hours`, `61 days`."""
    if hours < 2:
        return counted(max(1, round(hours * 60)), "minute")
    return counted(round(hours), "hour") if hours < 48 else counted(round(hours / 24), "day")


def counted(count: int, noun: str) -> str:
    """`no copy`, `1 shard`, `3 copies`."""
    plural = f"{noun[:-1]}ies" if noun.endswith("y") and noun != "day" else f"{noun}s"
    return f"{count or 'no'} {noun if count in {0, 1} else plural}"
