"""The log: a line for each request with its id, as JSON for machines or as text for a terminal.

A line names the route, never the address: addresses have ids, what readers look for, and secrets of feeds.
What readers typed stands in it only where the operator wants that.
"""

from __future__ import annotations

import logging
import re
import secrets
import sys
import time
from collections.abc import MutableMapping
from typing import Any, Literal, TextIO

import structlog
from flask import Flask, Response, g, request

from .metrics import is_warming_up, route

Form = Literal["auto", "json", "text"]
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")
HEADER = "X-Request-Id"
_QUIET = frozenset({"healthz", "readyz", "metrics", "static"})
"""Endpoints that are asked all the time; their lines are for debugging."""
_MOST = 300
"""Characters of a value of a line."""


def _one_line(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """No value can begin another line, or send a terminal something: line ends become escapes."""
    for key, value in event.items():
        if isinstance(value, str) and key != "exception":
            short = value if value.isprintable() else value.encode("unicode_escape").decode("ascii")
            event[key] = short[:_MOST]
    return event


_log: Any = structlog.wrap_logger(
    logging.getLogger("dalil.request"),
    wrapper_class=structlog.stdlib.BoundLogger,
    processors=[
        structlog.stdlib.filter_by_level,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
)


def configure(form: Form, stream: TextIO | None = None, level: int = logging.INFO) -> None:
    """Write what is logged in this process to a stream, standard error otherwise, a line for each event."""
    stream = stream or sys.stderr
    as_json = form == "json" or (form == "auto" and not stream.isatty())
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    rendered: list[Any] = (
        [
            structlog.processors.format_exc_info,
            _one_line,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ]
        if as_json
        else [_one_line, structlog.dev.ConsoleRenderer(colors=False, pad_event_to=0)]
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[*shared, structlog.stdlib.ProcessorFormatter.remove_processors_meta, *rendered],
        )
    )
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.getLogger("dalil").setLevel(level)


def install(app: Flask, *, queries: bool = False) -> None:
    """Give every request an id, which its answer has too, and write a line when it is answered."""

    def begin() -> None:
        g.started = time.perf_counter()
        given = request.headers.get(HEADER, "")
        g.request_id = given if _ID.fullmatch(given) else secrets.token_hex(8)
        # A thread of the server answers one request after another.
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=g.request_id)

    def end(response: Response) -> Response:
        response.headers[HEADER] = g.get("request_id", "")
        line: dict[str, Any] = {
            "method": request.method[:20],
            "route": route(),
            "status": response.status_code,
            "ms": round((time.perf_counter() - g.get("started", time.perf_counter())) * 1000, 1),
        }
        for name in ("client", "job"):
            if value := g.get(f"log_{name}"):
                line[name] = value
        if queries and (typed := request.args.get("q")):
            line["query"] = typed
        write = _log.debug if request.endpoint in _QUIET or is_warming_up() else _log.info
        write("request", **line)
        return response

    app.before_request(begin)
    app.after_request(end)
