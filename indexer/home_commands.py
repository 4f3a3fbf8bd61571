"""Commands that look after a home: status, check, quarantine, rollback, backup, restore."""

from __future__ import annotations

from contextlib import closing
from dataclasses import asdict
from pathlib import Path

import click

from . import inspection, jobs, refused
from .archive import Quarantined
from .archive_place import open_archive
from .backups import backup as make_backup
from .backups import restore as restore_backup
from .cli import HELP, Command, Failed, as_json, print_json, progress_bars, tell
from .copying import copy_home
from .rebuilding import repair
from .rebuilding import rollback as roll_back
from .receipt_text import place, summary
from .status_text import status_lines


@click.command(cls=Command)
@as_json
@click.pass_context
def status(ctx: click.Context, *, as_json: bool) -> None:
    """Tell how archive and index are doing."""
    found = inspection.status(ctx.obj.home)
    if as_json:
        print_json(found.as_dict())
        return
    for line in status_lines(found):
        click.echo(line)


@click.command(cls=Command)
@click.option("--repair", "mend", is_flag=True, help="Catch up or build a new index, whichever is needed.")
@click.pass_context
def check(ctx: click.Context, *, mend: bool) -> None:
    """Compare archive and index.

    Article by article, and every file of the index; ends with 1 when something is wrong.
    """
    if mend:
        with progress_bars() as progress:
            repaired = repair(ctx.obj.home, progress=progress)
        for problem in repaired.found:
            click.echo(problem)
        for receipt in repaired.jobs:
            click.echo(f"{receipt.job}: {summary(receipt)}")
        for problem in repaired.left:
            click.echo(f"still: {problem}", err=True)
        problems = list(repaired.left)
    else:
        problems = inspection.check(ctx.obj.home)
        for problem in problems:
            click.echo(problem)
    if not problems:
        click.echo("archive and index are whole and agree")
    ctx.exit(1 if problems else 0)


@click.command(cls=Command)
@click.argument("generation", default="", metavar="[GENERATION]")
@as_json
@click.pass_context
def rollback(ctx: click.Context, generation: str, *, as_json: bool) -> None:
    """Let the index before serve again.

    It gets all that was published since. GENERATION: another one that is kept, see `dalil status`.
    """
    with progress_bars() as progress:
        receipt = roll_back(ctx.obj.home, generation, progress=progress)
    tell(receipt, as_json=as_json)
    ctx.exit(receipt.exit_code)


@click.command(cls=Command)
@click.argument("target", type=click.Path(path_type=Path), metavar="FOLDER|FILE.tar.gz")
@click.option("--without-index", is_flag=True, help="The archive alone; restoring builds an index then.")
@as_json
@click.pass_context
def backup(ctx: click.Context, target: Path, *, without_index: bool, as_json: bool) -> None:
    """Copy archive, settings and index.

    As they are at one moment; jobs and servers go on meanwhile. A packed file has no index: restoring builds
    it. A folder on the same disk shares the files of the index; keep a copy on another disk.
    """
    made = make_backup(ctx.obj.home, target, with_index=not without_index)
    if as_json:
        print_json(asdict(made))
        return
    index = made.index or "no index"
    click.echo(
        f"{made.articles} articles up to change {made.sequence}, {index}, {_size(made.size)}: {made.path}"
    )


@click.command(cls=Command)
@click.argument("source", type=click.Path(path_type=Path, exists=True), metavar="BACKUP")
@click.option("--replace", is_flag=True, help="Also where there is an archive, which is gone then.")
@as_json
@click.pass_context
def restore(ctx: click.Context, source: Path, *, replace: bool, as_json: bool) -> None:
    """Make the home what a backup was made of.

    What was withdrawn by order since stays withdrawn; settings that are there stay.
    """
    with progress_bars() as progress:
        receipt = restore_backup(ctx.obj.home, source, replace=replace, progress=progress)
    tell(receipt, as_json=as_json)
    ctx.exit(receipt.exit_code)


@click.group(context_settings=HELP)
def quarantine() -> None:
    """Records that could not be read."""


@quarantine.command("list", cls=Command)
@as_json
@click.pass_context
def quarantine_list(ctx: click.Context, *, as_json: bool) -> None:
    """Print the records that could not be read, and why."""
    found = _quarantined(ctx.obj.home)
    if as_json:
        print_json([asdict(record) for record in found])
        return
    for record in found:
        click.echo(f"{place(record.path, record.position)}: {record.reason}  [{record.number}]")


@quarantine.command("show", cls=Command)
@click.argument("numbers", nargs=-1, required=True, type=int, metavar="NUMBER...")
@click.pass_context
def quarantine_show(ctx: click.Context, numbers: tuple[int, ...]) -> None:
    """Print all that is known of records.

    `list` prints their numbers.
    """
    for record in _chosen(_quarantined(ctx.obj.home), numbers):
        click.echo(f"number   {record.number}")
        click.echo(f"place    {place(record.path, record.position)}")
        click.echo(f"reason   {record.reason}")
        click.echo(f"begins   {record.excerpt}")


@quarantine.command("retry", cls=Command)
@click.argument("numbers", nargs=-1, type=int, metavar="[NUMBER...]")
@as_json
@click.pass_context
def quarantine_retry(ctx: click.Context, numbers: tuple[int, ...], *, as_json: bool) -> None:
    """Read the files of these records again, or of all; offer refused articles to the cluster again."""
    found = _quarantined(ctx.obj.home)
    chosen = _chosen(found, numbers) if numbers else found
    if not chosen:
        click.echo("nothing is in quarantine")
        return
    paths = [Path(path) for path in dict.fromkeys(each.path for each in chosen) if path != refused.PLACE]
    again = [record.position for record in chosen if record.path == refused.PLACE]
    with progress_bars() as progress:
        receipt = jobs.add(ctx.obj.home, paths, again=again, progress=progress)
    tell(receipt, as_json=as_json)
    ctx.exit(receipt.exit_code)


@quarantine.command("drop", cls=Command)
@click.argument("numbers", nargs=-1, required=True, type=int, metavar="NUMBER...")
@click.pass_context
def quarantine_drop(ctx: click.Context, numbers: tuple[int, ...]) -> None:
    """Forget these records."""
    with closing(open_archive(ctx.obj.home)) as archive:
        click.echo(f"{archive.drop_quarantined(numbers)} records forgotten")


@quarantine.command("clear", cls=Command)
@click.pass_context
def quarantine_clear(ctx: click.Context) -> None:
    """Forget all records that could not be read."""
    with closing(open_archive(ctx.obj.home)) as archive:
        click.echo(f"{archive.clear_quarantine()} records forgotten")


@click.command("copy-archive", cls=Command)
@click.option("--to", required=True, metavar="PLACE", help="URL of a database, or the folder of a home.")
@as_json
@click.pass_context
def copy_archive(ctx: click.Context, *, to: str, as_json: bool) -> None:
    """Copy the archive to a server of databases, or back into a home.

    Jobs wait meanwhile. The copy is compared row by row; a place that has an archive is refused. Set
    archive_url in dalil.toml afterwards, and start servers anew.
    """
    copied = copy_home(ctx.obj.home, to)
    if as_json:
        print_json(copied.as_dict())
        return
    rows = ", ".join(f"{count} {table}" for table, count in copied.rows.items() if count)
    click.echo(f"copied {copied.source} to {copied.target}: {rows or 'an empty archive'}; all compared")
    if copied.saved_searches:
        click.echo(f"{copied.saved_searches} saved searches went with it")
    if copied.access:
        click.echo("tokens and hooks went with it")


def _quarantined(home: Path) -> list[Quarantined]:
    with closing(open_archive(home)) as archive:
        return archive.quarantined()


def _chosen(found: list[Quarantined], numbers: tuple[int, ...]) -> list[Quarantined]:
    known = {record.number: record for record in found}
    missing = [str(number) for number in numbers if number not in known]
    if missing:
        raise Failed(
            f"nothing in quarantine has the number {', '.join(missing)}; see `dalil quarantine list`"
        )
    return [known[number] for number in numbers]


def _size(count: int) -> str:
    return f"{count / 1_000_000:.1f} MB"
