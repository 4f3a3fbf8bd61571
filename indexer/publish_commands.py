"""`dalil withdraw`, `dalil held` and `dalil history`: what may be seen, what may not, and what was."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import click

from . import jobs
from .archive import held as held_articles
from .archive import versions
from .archive.versions import Version
from .archive_place import open_archive
from .cli import Command, as_json, print_json, progress_bars, tell
from .errors import ArticleNotFound


@click.command(cls=Command)
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@click.option("--reason", default="", help="Why; `dalil held` tells it.")
@click.option("--undo", is_flag=True, help="Show them again as their records say.")
@as_json
@click.pass_context
def withdraw(ctx: click.Context, ids: tuple[str, ...], *, reason: str, undo: bool, as_json: bool) -> None:
    """Take articles out and keep them out.

    Whatever is added later; `remove` takes them out until they are added again.
    """
    with progress_bars() as progress:
        if undo:
            receipt = jobs.restore_public(ctx.obj.home, ids, progress=progress)
        else:
            receipt = jobs.withdraw(ctx.obj.home, ids, reason, progress=progress)
    tell(receipt, as_json=as_json)
    ctx.exit(receipt.exit_code)


@click.command(cls=Command)
@as_json
@click.pass_context
def held(ctx: click.Context, *, as_json: bool) -> None:
    """Print the articles that are kept back.

    Under embargo, by publish_at in their record, or withdrawn, by their record or by order.
    """
    with closing(open_archive(ctx.obj.home)) as archive, archive.transaction() as connection:
        found = held_articles.held(connection)
    if as_json:
        moments = [{"until": _moment(one.until), "at": _moment(one.at)} for one in found]
        print_json([asdict(one) | times for one, times in zip(found, moments, strict=True)])
        return
    for one in found:
        by = "by order" if one.ordered else "by its record"
        until = f" until {_moment(one.until)}" if one.until else f" {by}"
        click.echo(f"{one.id}  {one.why}{until}" + (f": {one.reason}" if one.reason else ""))


@click.command(cls=Command)
@click.argument("article_id", metavar="ID")
@click.option("--diff", is_flag=True, help="Show what each version changed.")
@as_json
@click.pass_context
def history(ctx: click.Context, article_id: str, *, diff: bool, as_json: bool) -> None:
    """Print the versions of an article.

    Newest first: when each came, what became of it, its title; with --json all that it said.
    """
    with closing(open_archive(ctx.obj.home)) as archive, archive.transaction() as connection:
        found = versions.history(connection, article_id)
    if not found:
        raise ArticleNotFound(article_id)
    if as_json:
        print_json([asdict(version) for version in found])
        return
    for version, before in pairwise([*found, None]):
        if version is None:
            continue
        click.echo(_line(version))
        if diff and before is not None:
            for line in _differences(before, version):
                click.echo(f"    {line}")


def _line(version: Version) -> str:
    ended = f" until {version.until}" if version.until else ""
    title = str(version.record.get("title") or "")
    return f"{version.since}  {version.content_hash[:12]:12}  {version.state}{ended}  {title}".rstrip()


def _differences(before: Version, after: Version) -> Iterator[str]:
    """Lines that went and came, without the lines around them."""
    lines = difflib.unified_diff(_lines(before.record), _lines(after.record), lineterm="", n=0)
    return (line for line in lines if not line.startswith(("---", "+++", "@@")))


def _lines(record: dict[str, Any]) -> list[str]:
    """A line for each field, and one for each paragraph."""
    lines = []
    for name, value in sorted(record.items()):
        if name == "body":
            lines += [f"body: {paragraph}" for paragraph in value]
        else:
            lines.append(
                f"{name}: {value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}"
            )
    return lines


def _moment(at: float | None) -> str:
    return "" if at is None else datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds")
