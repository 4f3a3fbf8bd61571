"""The commands that write and look after a home; `search_web/cli.py` mounts them under `dalil`.

Exit codes: 0 all is well, 1 records were rejected or problems found, 2 it failed, 130 interrupted.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from analyzers import AnalysisError

from . import inspection, jobs
from .archive import Archive
from .config import Settings, load_settings
from .durable_files import write_lines_durably
from .errors import IndexerError
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
    from .name_commands import names

    for command in (add, remove, reindex, catch_up, status, check, export, quarantine, names):
        group.add_command(command)


as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.command(cls=Command)
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PATH...")
@click.option("--format", "kind", type=click.Choice(FORMATS), help="Instead of telling by the content.")
@as_json
@click.pass_context
def add(ctx: click.Context, paths: tuple[Path, ...], kind: str | None, as_json: bool) -> None:  # noqa: FBT001 -- click passes flags so
    """Add articles from files and folders; what is there already costs nothing."""
    with _progress() as progress:
        receipt = jobs.add(ctx.obj.home, paths, format=kind, progress=progress)
    _tell(receipt, as_json=as_json)
    ctx.exit(receipt.exit_code)


@click.command(cls=Command)
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@as_json
@click.pass_context
def remove(ctx: click.Context, ids: tuple[str, ...], as_json: bool) -> None:  # noqa: FBT001
    """Take articles out; an id that is not there is no error."""
    with _progress() as progress:
        receipt = jobs.remove(ctx.obj.home, ids, progress=progress)
    _tell(receipt, as_json=as_json)


@click.command(cls=Command)
@as_json
@click.pass_context
def reindex(ctx: click.Context, as_json: bool) -> None:  # noqa: FBT001
    """Build the index anew beside the serving one, then let it serve."""
    with _progress() as progress:
        receipt = jobs.reindex(ctx.obj.home, progress=progress)
    _tell(receipt, as_json=as_json)


@click.command("catch-up", cls=Command)
@as_json
@click.pass_context
def catch_up(ctx: click.Context, as_json: bool) -> None:  # noqa: FBT001
    """Bring the index up to the archive, after a job that was cut off."""
    with _progress() as progress:
        receipt = jobs.catch_up(ctx.obj.home, progress=progress)
    _tell(receipt, as_json=as_json)


@click.command(cls=Command)
@as_json
@click.pass_context
def status(ctx: click.Context, as_json: bool) -> None:  # noqa: FBT001
    """Tell how many articles there are, and whether the index has them."""
    found = inspection.status(ctx.obj.home)
    if as_json:
        _print_json(found.as_dict())
        return
    languages = ", ".join(f"{language} {count}" for language, count in sorted(found.languages.items()))
    click.echo(f"home         {found.home}")
    click.echo(f"articles     {found.articles}" + (f" ({languages})" if languages else ""))
    click.echo(f"indexed      {found.indexed}, {found.behind} changes behind")
    click.echo(
        f"generation   {found.generation or 'none'}" + (f", built {found.built}" if found.built else "")
    )
    click.echo(f"quarantine   {found.quarantined} records")
    if found.problem:
        click.echo(f"problem      {found.problem}")


@click.command(cls=Command)
@click.pass_context
def check(ctx: click.Context) -> None:
    """Compare archive and index article by article; ends with 1 when something is wrong."""
    problems = inspection.check(ctx.obj.home)
    for problem in problems:
        click.echo(problem)
    if not problems:
        click.echo("archive and index are whole and agree")
    ctx.exit(1 if problems else 0)


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


@click.group(context_settings=HELP)
def quarantine() -> None:
    """Records that could not be read."""


@quarantine.command("list", cls=Command)
@as_json
@click.pass_context
def quarantine_list(ctx: click.Context, as_json: bool) -> None:  # noqa: FBT001
    """Print the records that could not be read, and why."""
    with closing(Archive.open(ctx.obj.home / "archive.db")) as archive:
        found = archive.quarantined()
    if as_json:
        _print_json([asdict(record) for record in found])
        return
    for record in found:
        click.echo(f"{_place(record.path, record.position)}: {record.reason}")


@quarantine.command("clear", cls=Command)
@click.pass_context
def quarantine_clear(ctx: click.Context) -> None:
    """Forget the records that could not be read."""
    with closing(Archive.open(ctx.obj.home / "archive.db")) as archive:
        click.echo(f"{archive.clear_quarantine()} records forgotten")


@contextmanager
def _progress() -> Iterator[jobs.Progress | None]:
    """A bar on a terminal; nothing in a pipe."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bars:
        tasks: dict[str, TaskID] = {}

        def show(phase: str, done: int, total: int | None) -> None:
            if phase not in tasks:
                tasks[phase] = bars.add_task(phase)
            bars.update(tasks[phase], completed=done, total=total)

        yield show


def _tell(receipt: Receipt, *, as_json: bool) -> None:
    if as_json:
        _print_json(receipt.as_dict())
        return
    counts = {
        "add": f"{receipt.new} new, {receipt.changed} changed, {receipt.unchanged} unchanged",
        "remove": f"{receipt.removed} removed",
    }
    parts = [counts.get(receipt.job, ""), f"{receipt.indexed} indexed"]
    click.echo(", ".join(filter(None, parts)) + f" in {receipt.seconds:.1f} s ({receipt.generation})")
    for reject in receipt.rejects:
        click.echo(f"rejected {_place(reject.path, reject.position)}: {reject.reason}", err=True)
    if receipt.rejected:
        click.echo(f"{receipt.rejected} records rejected; `dalil quarantine list` names them", err=True)


def _place(path: str, position: str) -> str:
    return f"{path}, {position}" if position else path


def _print_json(value: Any) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))
