"""`dalil token` and `dalil hook`: who may publish over HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

import click

from .access import SCOPES, AccessFile, Hook, Token
from .cli import HELP, Command, as_json, print_json


@click.group(context_settings=HELP)
def token() -> None:
    """Tokens of programs that use the API."""


@click.group(context_settings=HELP)
def hook() -> None:
    """Addresses that a publisher's system posts to."""


@token.command("create", cls=Command)
@click.argument("name")
@click.option(
    "--scope",
    type=click.Choice(SCOPES),
    required=True,
    help="write: publish and remove, see jobs and metrics. read: see jobs and metrics. desk: the desk's API.",
)
@click.pass_context
def create_token(ctx: click.Context, name: str, scope: str) -> None:
    """Make a token and print it, this once."""
    click.echo(AccessFile(ctx.obj.home).create_token(name, scope))
    click.echo("Keep it now: only its hash is stored. Send it as Authorization: Bearer TOKEN.", err=True)


@token.command("list", cls=Command)
@as_json
@click.pass_context
def list_tokens(ctx: click.Context, *, as_json: bool) -> None:
    """Print names and scopes."""
    _tell(AccessFile(ctx.obj.home).now().tokens, as_json=as_json)


@token.command("revoke", cls=Command)
@click.argument("name")
@click.pass_context
def revoke_token(ctx: click.Context, name: str) -> None:
    """End a token; a running server knows at once."""
    AccessFile(ctx.obj.home).revoke_token(name)


@hook.command("create", cls=Command)
@click.argument("name")
@click.pass_context
def create_hook(ctx: click.Context, name: str) -> None:
    """Make a hook and print its secret."""
    click.echo(AccessFile(ctx.obj.home).create_hook(name))
    click.echo(f"Post to /api/v1/hooks/{name}, signed with this secret; see examples/publishing.", err=True)


@hook.command("list", cls=Command)
@as_json
@click.pass_context
def list_hooks(ctx: click.Context, *, as_json: bool) -> None:
    """Print names."""
    _tell(AccessFile(ctx.obj.home).now().hooks, as_json=as_json)


@hook.command("revoke", cls=Command)
@click.argument("name")
@click.pass_context
def revoke_hook(ctx: click.Context, name: str) -> None:
    """End a hook; a running server knows at once."""
    AccessFile(ctx.obj.home).revoke_hook(name)


def _tell(known: Mapping[str, Token | Hook], *, as_json: bool) -> None:
    """All but what they are known by."""
    found = [
        {name: value for name, value in asdict(one).items() if name not in ("sha256", "secret")}
        for _, one in sorted(known.items())
    ]
    if as_json:
        print_json(found)
        return
    for one in found:
        *named, created = one.values()
        click.echo("  ".join([*named, f"since {created}"]))
