"""`dalil names`: the spellings that the archive has taught, and an editor's word on them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import click

from analyzers.name_alignment import normal_spelling

from .archive_place import has_archive
from .cli import HELP, Command, Failed, as_json
from .errors import ArchiveError
from .name_files import LEAST_STORIES
from .name_list import NameRow, has_words, name_rows
from .name_vetoes import Veto, add_veto, drop_veto, same_name, veto_of

_EXAMPLES = """\b
dalil names list                                what joins names
dalil names show 'Phạm Thế Tùng'                all its spellings
dalil names veto 'Phạm Thế Tùng' 'فام ذا تونغ'  they are two people
"""


@click.group(context_settings=HELP, epilog=_EXAMPLES)
def names() -> None:
    """Spellings of names, as articles of one story have them."""


@names.command("list", cls=Command)
@click.argument("query", nargs=-1, metavar="[QUERY]")
@click.option(
    "--least",
    type=click.IntRange(1),
    default=LEAST_STORIES,
    show_default=True,
    help="Stories that witness a spelling.",
)
@click.option("--vetoed", is_flag=True, help="Only the vetoed pairs, however few stories have them.")
@as_json
@click.pass_context
def names_list(
    ctx: click.Context,
    query: Sequence[str],
    *,
    least: int,
    vetoed: bool,
    as_json: bool,
) -> None:
    """Print spellings whose name or Arabic words have QUERY in them, most stories first."""
    wanted = " ".join(query)
    rows = [
        row
        for row in name_rows(ctx.obj.home)
        if (row.vetoed if vetoed else row.stories >= least) and has_words(row, wanted)
    ]
    _print(sorted(rows, key=lambda row: (-row.stories, row.name, row.arabic)), as_json=as_json)


@names.command("show", cls=Command)
@click.argument("name", nargs=-1, required=True, metavar="NAME")
@as_json
@click.pass_context
def names_show(ctx: click.Context, name: Sequence[str], *, as_json: bool) -> None:
    """Print every spelling of NAME, given in either script, with counts and example articles."""
    wanted = " ".join(name)
    spelling = normal_spelling(wanted)
    rows = list(name_rows(ctx.obj.home))
    named = {row.name for row in rows if row.arabic == spelling or same_name(row.name, wanted)}
    found = [row for row in rows if row.name in named]
    if not found:
        raise Failed(
            f"no story has the name {wanted!r} in two scripts; `dalil names list` prints those that have"
        )
    _print(sorted(found, key=lambda row: (row.name, -row.stories, row.arabic)), as_json=as_json)


@names.command("veto", cls=Command)
@click.argument("name")
@click.argument("arabic")
@as_json
@click.pass_context
def names_veto(ctx: click.Context, name: str, arabic: str, *, as_json: bool) -> None:
    """Never take ARABIC for a spelling of NAME; a search for one no longer finds the other by its sound."""
    veto = veto_of(_text(name), _text(arabic))
    new = add_veto(_home(ctx), veto)
    _tell(veto, "vetoed" if new else "vetoed already", changed=new, as_json=as_json)


@names.command("allow", cls=Command)
@click.argument("name")
@click.argument("arabic")
@as_json
@click.pass_context
def names_allow(ctx: click.Context, name: str, arabic: str, *, as_json: bool) -> None:
    """Take a veto back."""
    veto = veto_of(_text(name), _text(arabic))
    if not drop_veto(_home(ctx), veto):
        raise Failed(f"{veto.name} = {veto.arabic} is not vetoed; `dalil names list --vetoed` prints what is")
    _tell(veto, "allowed", changed=True, as_json=as_json)


def _home(ctx: click.Context) -> Path:
    home: Path = ctx.obj.home
    if not has_archive(home):
        raise ArchiveError(f"there is no archive in {home}; add articles with `dalil add PATH`")
    return home


def _text(typed: str) -> str:
    """Bytes that are no text are no name either."""
    return typed.encode("utf-8", "replace").decode("utf-8")


def _print(rows: Sequence[NameRow], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps([row.as_dict() for row in rows], ensure_ascii=False, indent=2))
        return
    for row in rows:
        state = "vetoed" if row.vetoed else "" if row.joins else "too few"
        click.echo("\t".join((row.name, row.arabic, str(row.stories), row.article, state)).rstrip("\t"))


def _tell(veto: Veto, what: str, *, changed: bool, as_json: bool) -> None:
    if as_json:
        body = {"name": veto.name, "arabic": veto.arabic, "vetoed": what != "allowed", "changed": changed}
        click.echo(json.dumps(body, ensure_ascii=False, indent=2))
    else:
        click.echo(f"{what}: {veto.name} = {veto.arabic}")
