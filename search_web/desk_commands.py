"""`dalil related`, `dalil check-translations` and `dalil saved`: the desk's tools for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TextIO
from urllib.parse import parse_qsl, urlencode

import click

from indexer.articles import clean_text
from indexer.cli import HELP, Command, Failed, as_json, print_json
from indexer.library import Library

from . import terminal
from .core.desk_json import checked_group_json, related_page_json
from .core.facets import filters_query
from .core.json_shape import related_json
from .core.pages import Filters, RelatedInput, RelatedPage, SearchInput
from .core.saved import newest_ids, news
from .core.service import SearchService
from .core.translations.translation_groups import CheckedGroup, TranslationGroups
from .desk import Desk
from .web.search_url import is_empty, read_search, write_search

_SECTIONS = ("translations", "copies", "related", "timeline", "background")
langs = click.option("--lang", multiple=True, help="Only articles in this language; may be repeated.")
date_from = click.option("--from", "date_from", default="", help="2025, 2025-10 or 2025-10-26.")
date_to = click.option("--to", "date_to", default="", help="The last year, month or day.")


@dataclass(frozen=True, slots=True)
class _Opened:
    service: SearchService
    desk: Desk
    library: Library


def register(group: click.Group) -> None:
    """Mount the commands."""
    for command in (related, check_translations, saved):
        group.add_command(command)


@click.command(cls=Command)
@click.argument("article_id", metavar="[ID]", required=False)
@click.option(
    "--draft", type=click.File(encoding="utf-8", errors="replace"), help="A text file; - for standard input."
)
@click.option("--draft-lang", default="", help="Language of the draft; told by its text otherwise.")
@langs
@date_from
@date_to
@click.option("--limit", type=click.IntRange(1, 100), default=10, show_default=True)
@as_json
@click.pass_context
def related(
    ctx: click.Context,
    /,
    article_id: str | None,
    draft: TextIO | None,
    *,
    limit: int,
    as_json: bool,
    **options: Any,
) -> None:
    r"""List the stories around an article, or around a draft that is not published yet, with the reasons.

    \b
        dalil related en-138
        dalil related --draft story.txt --lang vi
        pbpaste | dalil related --draft -
    """
    if (article_id is None) == (draft is None):
        raise Failed("give the id of an article, or --draft with a file (- for standard input)")
    filters = _filters(options)
    with _opened(ctx) as opened:
        if article_id is not None and filters == Filters():
            found = opened.service.related(article_id, limit=limit)
            _tell(related_json(found) if as_json else terminal.related_lines(found))
            return
        asked = RelatedInput(
            article_id or "",
            clean_text(draft.read()) if draft else "",
            options["draft_lang"],
            filters,
            limit,
        )
        page = opened.service.related_page(asked)
    _tell(related_page_json(page) if as_json else _page_lines(page))


@click.command("check-translations", cls=Command)
@langs
@click.option("--section", multiple=True, help="Only stories with an article in this section.")
@date_from
@date_to
@click.option("--limit", type=click.IntRange(1), help="At most so many stories; all otherwise.")
@as_json
@click.pass_context
def check_translations(ctx: click.Context, /, *, limit: int | None, as_json: bool, **options: Any) -> None:
    """Print stories whose translations disagree on numbers, dates or names, the most telling first.

    Exit code 0 whether or not there are any: look before you correct.
    """
    with _opened(ctx) as opened:
        groups = [
            group
            for group in TranslationGroups(opened.library).every(_filters(options))
            if group.disagreements
        ]
    groups.sort(key=lambda group: (*(-weight for weight in group.weight), group.name))
    groups = groups[:limit]
    _tell([checked_group_json(group) for group in groups] if as_json else _group_lines(groups))


@click.group(context_settings=HELP)
def saved() -> None:
    """Searches that editors come back to."""


@saved.command("list", cls=Command)
@as_json
@click.pass_context
def saved_list(ctx: click.Context, *, as_json: bool) -> None:
    """Print the saved searches: how many articles are new, the name, the search, the token of its feed."""
    with _opened(ctx) as opened:
        rows = []
        for item in opened.desk.saved():
            found = news(opened.service, read_search(parse_qsl(item.search))[0], item.seen)
            rows.append(
                {
                    "token": item.token,
                    "name": item.name,
                    "search": item.search,
                    "new": len(found.results),
                    "more": found.more,
                    "visited_at": item.visited_at.isoformat(timespec="seconds"),
                    "feed": f"/desk-feeds/{item.token}.atom",
                }
            )
    _tell(
        rows
        if as_json
        else (
            f"{row['new']}{'+' * bool(row['more'])}\t{row['name']}\t{row['search']}\t{row['token']}"
            for row in rows
        )
    )


@saved.command("add", cls=Command)
@click.argument("name")
@click.argument("words", nargs=-1, metavar="QUERY...", required=True)
@langs
@date_from
@date_to
@click.pass_context
def saved_add(ctx: click.Context, /, name: str, words: Sequence[str], **options: Any) -> None:
    """Save a search under NAME; prints its token."""
    search = SearchInput(clean_text(" ".join(words)).strip(), _filters(options))
    name = _name(name)
    if not name or (not search.text and is_empty(search.filters)):
        raise Failed("a saved search needs a name and words to look for")
    language = ctx.obj.settings().default_language
    with _opened(ctx) as opened:
        known = newest_ids(opened.service, search)
        click.echo(opened.desk.save(name, language, urlencode(write_search(search)), known).token)


@saved.command("rename", cls=Command)
@click.argument("token")
@click.argument("name")
@click.pass_context
def saved_rename(ctx: click.Context, token: str, name: str) -> None:
    """Give a saved search another name."""
    name = _name(name)
    if not name:
        raise Failed("a saved search needs a name")
    with _opened(ctx) as opened:
        _known(token, there=opened.desk.rename(token, name))


@saved.command("delete", cls=Command)
@click.argument("token")
@click.pass_context
def saved_delete(ctx: click.Context, token: str) -> None:
    """Delete a saved search; its feed ends."""
    with _opened(ctx) as opened:
        _known(token, there=opened.desk.forget(token))


def _name(text: str) -> str:
    return " ".join(clean_text(text).split())[:120]


def _known(token: str, *, there: bool) -> None:
    if not there:
        raise Failed(f"there is no saved search {token!r}; `dalil saved list` prints the tokens")


def _filters(options: dict[str, Any]) -> Filters:
    filters = Filters(
        lang=tuple(map(clean_text, options.get("lang", ()))),
        section=tuple(map(clean_text, options.get("section", ()))),
        date_from=options["date_from"],
        date_to=options["date_to"],
    )
    try:
        filters_query(filters)
    except ValueError as error:
        raise Failed(str(error)) from None
    return filters


def _page_lines(page: RelatedPage) -> Iterator[str]:
    for name in _SECTIONS:
        if items := getattr(page, name):
            yield f"{name}:"
            yield from terminal.related_lines(items)
            yield ""
    if not any(getattr(page, name) for name in _SECTIONS):
        yield "nothing related in the archive"


def _group_lines(groups: Sequence[CheckedGroup]) -> Iterator[str]:
    for group in groups:
        yield f"{group.name}  {', '.join(f'{article.lang} {article.id}' for article in group.articles)}"
        for item in group.disagreements:
            other = f"{item.other.lang} {item.other.written}" if item.other else f"not in {item.missing_in}"
            yield f"  {item.kind.value}: {item.one.lang} {item.one.written} | {other}"
            yield from (f"    {side.lang}: {side.sentence.text}" for side in (item.one, item.other) if side)
        yield ""


@contextmanager
def _opened(ctx: click.Context) -> Iterator[_Opened]:
    library = Library(ctx.obj.home)
    desk = Desk(ctx.obj.home, library)
    try:
        yield _Opened(SearchService(library), desk, library)
    finally:
        desk.close()
        library.close()


def _tell(value: Any) -> None:
    """A value as JSON, lines as lines."""
    if isinstance(value, list | dict):
        print_json(value)
    else:
        for line in value:
            click.echo(line)
