"""The commands that write and look after a home; `search_web/cli.py` mounts them under `dalil`.

Exit codes: 0 all is well, 1 records were rejected or problems found, 2 it failed, 130 interrupted.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from analyzers import AnalysisError

from . import inspection, jobs
from .config import Settings, load_settings
from .durable_files import write_lines_durably
from .errors import IndexerError
from .receipt_text import complaints, summary
from .receipts import Receipt
from .sources import FORMATS


@dataclass(frozen=True, slots=True)
class Context:
    """What the group hands to every command as `ctx.obj`."""

    home: Path

    def settings(self) -> Settings:
        """The settings of this home. Raises `ConfigError`."""
        return load_settings(self.home)


class Failed(click.ClickException):
    """A command that ends with one line on standard error instead of a traceback."""

    exit_code = 2

    def __init__(self, message: str) -> None:
        # A file name in no known encoding must not hide the message.
        super().__init__(message.encode("utf-8", "replace").decode())


class Interrupted(Failed):
    """Someone pressed Ctrl-C."""

    exit_code = 130


HELP: dict[str, Any] = {"help_option_names": ["-h", "--help"]}


class Command(click.Command):
    """A command of `dalil`: errors of ours become one line; a traceback is for our own bugs."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # Under any group: click remembers a command's help option from its first use.
        kwargs.setdefault("context_settings", HELP)
        super().__init__(*args, **kwargs)

    def invoke(self, ctx: click.Context) -> Any:
        """See click."""
        try:
            return super().invoke(ctx)
        except (IndexerError, AnalysisError) as error:
            raise Failed(str(error)) from error
        except KeyboardInterrupt:
            raise Interrupted("interrupted; what is done stays, run it again for the rest") from None


def register(group: click.Group) -> None:
    """Mount the commands; the group must set `ctx.obj` to a `Context`."""
    from .access_commands import hook, token
    from .home_commands import backup, check, copy_archive, quarantine, restore, rollback, status
    from .name_commands import names
    from .plan_commands import plan_command
    from .publish_commands import held, history, withdraw
    from .sync_commands import sources, sync, watch

    for command in (
        *(add, sync, watch, remove, withdraw, held, history, sources, quarantine),
        *(status, check, catch_up, reindex, rollback, backup, restore, copy_archive),
        *(export, names, token, hook),
        plan_command,
    ):
        group.add_command(command)


as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.command(cls=Command)
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PATH...")
@click.option("--format", "kind", type=click.Choice(FORMATS), help="Instead of telling by the content.")
@as_json
@click.pass_context
def add(ctx: click.Context, paths: tuple[Path, ...], kind: str | None, as_json: bool) -> None:  # noqa: FBT001 -- click passes flags so
    """Add articles from files and folders; what is there already costs nothing."""
    with progress_bars() as progress:
        receipt = jobs.add(ctx.obj.home, paths, format=kind, progress=progress)
    tell(receipt, as_json=as_json)
    ctx.exit(receipt.exit_code)


@click.command(cls=Command)
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@click.option(
    "--erase", is_flag=True, help="Forget their earlier versions too; `dalil history` has none then."
)
@as_json
@click.pass_context
def remove(ctx: click.Context, ids: tuple[str, ...], *, erase: bool, as_json: bool) -> None:
    """Take articles out until they are added again.

    An id that is not there is no error. `withdraw` keeps articles out.
    """
    with progress_bars() as progress:
        receipt = jobs.remove(ctx.obj.home, ids, erase=erase, progress=progress)
    tell(receipt, as_json=as_json)
    ctx.exit(receipt.exit_code)


@click.command(cls=Command)
@click.option("--swap-anyway", is_flag=True, help="Let it serve though it fails its canaries.")
@as_json
@click.pass_context
def reindex(ctx: click.Context, *, swap_anyway: bool, as_json: bool) -> None:
    """Build a new index beside the serving one.

    Other jobs publish meanwhile. It serves when it has everything and passes the canaries of dalil.toml.
    """
    with progress_bars() as progress:
        receipt = jobs.reindex(ctx.obj.home, swap_anyway=swap_anyway, progress=progress)
    tell(receipt, as_json=as_json)
    ctx.exit(receipt.exit_code)


@click.command("catch-up", cls=Command)
@as_json
@click.pass_context
def catch_up(ctx: click.Context, as_json: bool) -> None:  # noqa: FBT001
    """Bring the index up to the archive.

    After a job that was cut off, and for articles whose embargo is over: any job lets them out.
    """
    with progress_bars() as progress:
        receipt = jobs.catch_up(ctx.obj.home, progress=progress)
    tell(receipt, as_json=as_json)
    ctx.exit(receipt.exit_code)


@click.command(cls=Command)
@click.option(
    "--output", type=click.Path(path_type=Path, dir_okay=False), help="A file; else standard output."
)
@click.pass_context
def export(ctx: click.Context, output: Path | None) -> None:
    """Print every article as a line of JSON, which `add` reads back."""
    lines = (f"{line}\n" for line in inspection.export(ctx.obj.home))
    if output is None:
        stream = sys.stdout.buffer  # UTF-8, whatever the locale says
        for line in lines:
            stream.write(line.encode())
        return
    try:
        write_lines_durably(output, lines)
    except OSError as error:
        raise Failed(f"{output} cannot be written: {error.strerror or error}") from error


@contextmanager
def progress_bars() -> Iterator[jobs.Progress | None]:
    """A bar on a terminal; nothing in a pipe."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bars:
        tasks: dict[str, TaskID] = {}

        def show(phase: str, done: int, total: int | None) -> None:
            if phase == "resumed":
                bars.print(f"going on with the index that was begun ({done:,} of {total or done:,} articles)")
                return
            if phase not in tasks:
                tasks[phase] = bars.add_task(phase)
            bars.update(tasks[phase], completed=done, total=total)

        yield show


def tell(receipt: Receipt, *, as_json: bool) -> None:
    """Print a receipt: counts on standard output, what is wrong on standard error."""
    if as_json:
        print_json(receipt.as_dict())
        return
    click.echo(summary(receipt))
    for line in complaints(receipt):
        click.echo(line, err=True)


def print_json(value: Any, indent: int | None = 2) -> None:
    """Print a value as JSON for people and programs; with `indent` None in one line."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=indent))
