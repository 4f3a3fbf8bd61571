"""`dalil`: the one command. Reading commands are here, writing ones are mounted from the indexer."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click

from indexer import cli as indexer_cli
from indexer.articles import clean_text
from indexer.cli import Command, Context, Failed
from indexer.config import DEFAULT_HOME
from indexer.engines.base import Sort
from indexer.errors import IndexerError
from indexer.library import Library

from . import desk_commands, terminal
from .core.export import MOST_EXPORTED, csv_text, jsonl_text
from .core.facets import filters_query
from .core.json_shape import plain, result_page_json
from .core.pages import Filters, SearchInput
from .core.service import SearchService

as_json = indexer_cli.as_json
_PAGE_SIZE = 10
_MOST_PAGE_SIZE = 1_000
as_typed = click.option(
    "--as-typed", is_flag=True, help="To the letter: no other keys, no other spelling, no words left out."
)


@click.group(context_settings=indexer_cli.HELP | {"max_content_width": 100})
@click.option(
    "--home",
    envvar="DALIL_HOME",
    type=click.Path(path_type=Path, file_okay=False),
    default=DEFAULT_HOME,
    show_default=True,
    help="Folder of the archive and its index.",
)
@click.version_option(version("dalil-search"), prog_name="dalil")
@click.pass_context
def main(ctx: click.Context, home: Path) -> None:
    """Dalil (دليل, "guide") searches a multilingual news archive.

    \b
        dalil add articles/            index saved articles
        dalil search ha noi            search them
        dalil serve                    the same in a browser
    """
    ctx.obj = Context(home)


@main.command(cls=Command)
@click.argument("words", nargs=-1, metavar="QUERY...")
@click.option("--lang", multiple=True, help="Only this language; may be given several times.")
@click.option("--section", multiple=True, help="Only this section.")
@click.option("--source", multiple=True, help="Only this source.")
@click.option("--author", multiple=True, help="Only this author.")
@click.option("--from", "date_from", default="", help="2025, 2025-10 or 2025-10-26.")
@click.option("--to", "date_to", default="", help="The last year, month or day.")
@click.option("--sort", type=click.Choice([sort.value for sort in Sort]), default=Sort.RELEVANCE.value)
@click.option("--page", type=click.IntRange(1), default=1, show_default=True)
@click.option(
    "--limit",
    type=click.IntRange(1, MOST_EXPORTED),
    help="Results a page, 10 by itself; of a file the articles, up to 10,000, which it has by itself.",
)
@click.option("--csv", "form", flag_value="csv", help="All results as a table, UTF-8.")
@click.option("--jsonl", "form", flag_value="jsonl", help="All results as JSON, one a line.")
@click.option("--text", is_flag=True, help="With --csv or --jsonl: the whole text too.")
@click.option("--bom", is_flag=True, help="With --csv: the mark by which Excel knows UTF-8.")
@click.option("--fold", is_flag=True, help="A story once, its translations and near-duplicates beside it.")
@as_typed
@as_json
@click.pass_context
def search(ctx: click.Context, /, words: Sequence[str], *, as_json: bool, **options: Any) -> None:
    """Search the archive.

    \b
        dalil search الجرائم الإلكترونية
        dalil search '"Hà Nội" -lũ lang:vi date:2025-10..2025-11'
        dalil search '"flood bridge"~8'
        dalil search -- -lũ
        dalil search lũ lụt --lang vi --csv > floods.csv
    """
    lists = ("lang", "section", "source", "author")
    chosen: dict[str, Any] = {name: tuple(map(clean_text, options[name])) for name in lists}
    filters = Filters(**chosen, date_from=options["date_from"], date_to=options["date_to"])
    try:
        filters_query(filters)
    except ValueError as error:
        raise Failed(str(error)) from None
    # A terminal may send bytes that are no text; what cannot be printed is no word either.
    text = clean_text(" ".join(words))
    request = SearchInput(
        text,
        filters,
        options["page"],
        options["limit"] or _PAGE_SIZE,
        Sort(options["sort"]),
        as_typed=options["as_typed"],
        fold=options["fold"],
    )
    if form := options["form"]:
        if as_json or options["page"] > 1:
            raise Failed("a file has all results: leave out --json and --page")
        _export(ctx, request, form, options)
        return
    if request.page_size > _MOST_PAGE_SIZE:
        raise Failed(f"a page has at most {_MOST_PAGE_SIZE} results; --csv and --jsonl give more")
    with _service(ctx) as service:
        page = service.search(request)
    if as_json:
        indexer_cli.print_json(result_page_json(page))
    else:
        _print_lines(terminal.result_page_lines(page))


@main.command(cls=Command)
@click.argument("query")
@click.argument("article_id", metavar="ID")
@as_typed
@as_json
@click.pass_context
def explain(ctx: click.Context, query: str, article_id: str, *, as_typed: bool, as_json: bool) -> None:
    """Show what each word of QUERY became, where it stands in the article, and what it scores."""
    with _service(ctx) as service:
        found = service.explain(clean_text(query), article_id, as_typed=as_typed)
    if as_json:
        indexer_cli.print_json(plain(found))
    else:
        _print_lines(terminal.explanation_lines(found))


@main.command(cls=Command)
@click.option("--host", help="Address to listen at; the setting `host` otherwise.")
@click.option("--port", type=click.IntRange(1, 65_535), help="The setting `port` otherwise.")
@click.option(
    "--processes", type=click.IntRange(1, 64), help="Processes that answer; one a core otherwise, up to four."
)
@click.pass_context
def serve(ctx: click.Context, host: str | None, port: int | None, processes: int | None) -> None:
    """Serve the search page and the JSON API."""
    # Flask is loaded for this command alone: the others start in half the time.
    from indexer.access import AccessFile
    from indexer.pace import Pace
    from indexer.publishing import Publisher
    from indexer.pulse import Pulse

    # Before the library of metrics is loaded, which looks for it then.
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = ctx.with_resource(TemporaryDirectory(prefix="dalil-metrics-"))
    from .desk import Desk
    from .web.app import create_app
    from .web.config import WebConfig
    from .web.operations import Operations
    from .web.rate_counts import SharedCounts
    from .web.request_log import configure
    from .web.serve import serve as serve_app
    from .web.serve import usual_processes, warm_up

    settings = ctx.obj.settings()
    host, port = host or settings.host, port or settings.port
    config = WebConfig(
        title=settings.title,
        default_language=settings.default_language,
        page_size=settings.page_size,
        rate_limit=settings.rate_limit,
        desk_password=settings.desk_password,
        trusted_proxies=settings.trusted_proxies,
        public_url=settings.public_url,
        local_metrics=settings.metrics == "local",
        ready_behind_s=settings.ready_behind_s,
        log_queries=settings.log_queries == "yes",
    )
    configure(settings.log)
    library = Library(ctx.obj.home)
    try:
        library.snapshot()
    except IndexerError as error:
        # It may come up later: a server and the first job are often started together.
        click.echo(f"not ready yet: {error}", err=True)
    finally:
        # Each process opens its own: open files are not to be shared.
        library.close()
    counts = SharedCounts()

    def make_app() -> Any:
        # A Flask application; the web layer alone knows that library.
        pace = Pace()
        opened = Library(ctx.obj.home, pace)
        service = SearchService(opened)
        home = ctx.obj.home
        publisher = Publisher(home, opened, settings, pace)
        access = AccessFile(home)
        operations = Operations(publisher, access, Pulse(home, opened))
        app = create_app(service, config, counts, Desk(home, opened), operations)
        with suppress(IndexerError):
            service.warm_up()
            warm_up(app)
            if access.now().may_publish:
                publisher.warm_up()
        return app

    click.echo(f"http://{'localhost' if host in ('127.0.0.1', '::1') else host}:{port}/  (Ctrl-C stops it)")
    try:
        processes = processes or settings.processes or usual_processes()
        serve_app(make_app, host, port, settings.threads, processes)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise Failed(f"port {port} of {host} is taken; choose another with --port") from None
        raise Failed(f"cannot listen at {host}:{port}: {error.strerror or error}") from None


def _export(ctx: click.Context, request: SearchInput, form: str, options: Mapping[str, Any]) -> None:
    with _service(ctx) as service:
        found = service.export(request, options["limit"] or MOST_EXPORTED)
        if form == "csv":
            pieces = csv_text(found.rows, text=options["text"], bom=options["bom"])
        else:
            pieces = jsonl_text(found.rows, text=options["text"])
        for piece in pieces:
            # As bytes: a file is UTF-8 whatever the terminal is.
            click.echo(piece.encode("utf-8", "replace"), nl=False)
    if found.cut:
        others = "; narrow the search for others" if found.count == MOST_EXPORTED else ""
        click.echo(f"the first {found.count} of {found.total} articles{others}", err=True)


@contextmanager
def _service(ctx: click.Context) -> Iterator[SearchService]:
    library = Library(ctx.obj.home)
    try:
        yield SearchService(library)
    finally:
        library.close()


def _print_lines(lines: Iterator[str]) -> None:
    for line in lines:
        click.echo(line)


indexer_cli.register(main)
desk_commands.register(main)
