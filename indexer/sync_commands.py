"""`dalil sync`, `dalil watch` and `dalil sources`: the archive follows folders and files."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import click

from .archive import source_memory
from .archive_place import open_archive
from .cli import HELP, Command, as_json, print_json, progress_bars, tell
from .receipt_text import complaints, summary
from .receipts import Receipt
from .sources import FORMATS
from .syncing import SyncOptions, forget_source, sync_sources
from .watching import Pace, StopSignals, watch_sources


def _options(command: Callable[..., Any]) -> Callable[..., Any]:
    """How a source is followed, for `sync` and `watch`."""
    for option in (
        click.option(
            "--remove-anyway",
            is_flag=True,
            help="Remove what is gone, however much it is and whatever could not be read.",
        ),
        click.option(
            "--complete",
            is_flag=True,
            help="Feeds list everything: remove what has left them. Without it, feeds remove nothing.",
        ),
        click.option(
            "--format", "kind", type=click.Choice(FORMATS), help="Instead of telling by the content."
        ),
        click.argument(
            "paths",
            nargs=-1,
            required=True,
            type=click.Path(path_type=Path),
            metavar="FOLDER|FILE|SITEMAP...",
        ),
    ):
        command = option(command)
    return command


@click.command(cls=Command)
@_options
@click.option("--dry-run", is_flag=True, help="Tell what would be done, and write nothing.")
@as_json
@click.pass_context
def sync(  # noqa: PLR0913 -- an argument an option
    ctx: click.Context,
    paths: tuple[Path, ...],
    *,
    kind: str | None,
    complete: bool,
    remove_anyway: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Make the archive have what a source has.

    A source is a folder, a file or a sitemap: what is new there is added, what is changed is changed. Files
    that are as they were are not read again. What a source no longer has is removed, unless another source
    has it; nothing is removed when more than a tenth is gone or a record could not be read.
    """
    options = SyncOptions(kind, complete, remove_anyway)
    with progress_bars() as progress:
        receipt = sync_sources(ctx.obj.home, paths, options, dry_run=dry_run, progress=progress)
    tell(receipt, as_json=as_json)
    ctx.exit(receipt.exit_code)


@click.command(cls=Command)
@_options
@click.option("--every", default=2.0, show_default=True, type=click.FloatRange(0.1, 3600), help="Seconds.")
@click.option(
    "--settle",
    default=2.0,
    show_default=True,
    type=click.FloatRange(0, 3600),
    help="Seconds that files must be left alone before they are read.",
)
@as_json
@click.pass_context
def watch(  # noqa: PLR0913 -- an argument an option
    ctx: click.Context,
    paths: tuple[Path, ...],
    *,
    kind: str | None,
    complete: bool,
    remove_anyway: bool,
    every: float,
    settle: float,
    as_json: bool,
) -> None:
    """Sync whenever files change, until stopped.

    Articles under embargo are shown when their moment comes. Ctrl-C or SIGTERM ends it after the job under
    way. With --json, a receipt a line.
    """

    def told(receipt: Receipt | Exception) -> None:
        if isinstance(receipt, Exception):
            click.echo(f"Error: {receipt}", err=True)
        elif as_json:
            print_json(receipt.as_dict(), indent=None)
        else:
            click.echo(summary(receipt))
            for line in complaints(receipt):
                click.echo(line, err=True)

    click.echo(f"watching {', '.join(map(str, paths))}; stop with Ctrl-C", err=True)
    with StopSignals() as stop:
        options = SyncOptions(kind, complete, remove_anyway)
        watch_sources(ctx.obj.home, paths, told, stop.wait, options, Pace(every, settle))


@click.group(context_settings=HELP)
def sources() -> None:
    """What `sync` follows."""


@sources.command("list", cls=Command)
@as_json
@click.pass_context
def sources_list(ctx: click.Context, *, as_json: bool) -> None:
    """Print the sources and how many articles each has."""
    with closing(open_archive(ctx.obj.home)) as archive, archive.transaction() as connection:
        found = source_memory.sources(connection)
    if as_json:
        print_json(found)
        return
    for source, count in found.items():
        click.echo(f"{count:8} {source}")


@sources.command("forget", cls=Command)
@click.argument("source")
@click.pass_context
def sources_forget(ctx: click.Context, source: str) -> None:
    """Forget what a source had: its articles stay, and are no longer removed with it."""
    click.echo(f"{forget_source(ctx.obj.home, source)} articles stay")
