"""Errors as answers: a page in the page's language, or one JSON shape under `/api/`.

{"error": {"code": "article_not_found", "message": "...", "detail": {...}}}
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

from flask import Flask, Response, jsonify, make_response, render_template, request
from pydantic import ValidationError
from werkzeug.exceptions import BadHost, HTTPException, NotFound
from werkzeug.http import HTTP_STATUS_CODES

from analyzers.errors import AnalysisError
from indexer.errors import (
    ArchiveError,
    ArchiveUnavailable,
    ArticleNotFound,
    ArticleRemoved,
    ClusterUnavailable,
    HomeReadOnly,
    IndexDamaged,
    IndexerError,
    IndexMissing,
    IndexOutOfDate,
    IndexUnavailable,
    QueryError,
    StorageFull,
)

from .machines.media_types import JSON_PATH, TEXT_PATH
from .texts import gettext

log = logging.getLogger(__name__)

LIMIT_OVER = "X-Dalil-Limit-Over"
"""Header in which Flask-Limiter tells with every answer when a client's limit begins anew; none leaves us."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One kind of error: its status, its code in JSON, and the command that mends it."""

    status: int
    code: str
    remedy: str = ""


_FAULTS: tuple[tuple[type[Exception], Fault], ...] = (
    (ArticleRemoved, Fault(410, "article_removed")),
    (ArticleNotFound, Fault(404, "article_not_found")),
    (IndexMissing, Fault(503, "index_missing", "dalil add PATH")),
    (IndexOutOfDate, Fault(503, "index_out_of_date", "dalil reindex")),
    (IndexDamaged, Fault(503, "index_damaged", "dalil reindex")),
    (ClusterUnavailable, Fault(503, "cluster_unavailable", "dalil status")),
    (IndexUnavailable, Fault(503, "index_unavailable", "dalil status")),
    (StorageFull, Fault(507, "storage_full", "df -h")),
    (HomeReadOnly, Fault(503, "home_read_only", "dalil status")),
    (ArchiveUnavailable, Fault(503, "archive_unavailable", "dalil status")),
    (ArchiveError, Fault(503, "archive_unavailable", "dalil check")),
    (QueryError, Fault(400, "bad_query")),
    (AnalysisError, Fault(400, "bad_query")),
    (IndexerError, Fault(503, "unavailable", "dalil check")),
)


def install(app: Flask) -> None:
    """Answer every error of the tree, every HTTP error and every crash in our forms."""
    app.register_error_handler(HTTPException, _http_error)
    for kind, _ in _FAULTS:
        app.register_error_handler(kind, _known_error)
    app.register_error_handler(Exception, _crash)
    app.after_request(_come_again)


def _come_again(response: Response) -> Response:
    """`Retry-After` has the limit's seconds only where the limit refused; else it is what the fault says."""
    over = response.headers.pop(LIMIT_OVER, None)
    if over is not None and response.status_code == 429:
        response.headers.setdefault("Retry-After", over)
    return response


def fault_of(error: Exception) -> Fault:
    """The fault that an exception of our tree stands for."""
    return next(fault for kind, fault in _FAULTS if isinstance(error, kind))


def message_of(fault: Fault) -> str:
    """What a program is told of a fault of ours."""
    match fault.code:
        case "storage_full":
            return "the server's disk is full: nothing of this was kept; send it again when there is room"
        case "home_read_only":
            return "the server cannot write to its archive: nothing of this was kept; searches go on"
    return f"{fault.code.replace('_', ' ')}; run `{fault.remedy}`"


def json_error(status: int, code: str, message: str, detail: dict[str, Any] | None = None) -> Response:
    """The one JSON error shape; a line of text where neither a page nor JSON was asked for."""
    if TEXT_PATH.fullmatch(request.path):
        return Response(f"{status} {code}: {message}\n", status, content_type="text/plain; charset=utf-8")
    body: dict[str, Any] = {"code": code, "message": message}
    if detail:
        body["detail"] = detail
    response = jsonify({"error": body})
    response.status_code = status
    return response


def validation_error(error: ValidationError) -> Response:
    """What pydantic found in an API request, all problems at once."""
    problems = [
        {"field": ".".join(map(str, item["loc"])), "message": item["msg"]}
        for item in error.errors(include_url=False, include_context=False, include_input=False)
    ]
    named = "; ".join(f"{item['field']}: {item['message']}" for item in problems[:5])
    return json_error(
        400,
        "invalid_request",
        f"the request has parameters that cannot be used: {named}; see /api/v1/openapi.json",
        {"problems": problems[:50]},
    )


def _for_program() -> bool:
    """Whether a program asked, which has no use for a page."""
    path = request.path
    if path.startswith("/api/") or path in ("/healthz", "/readyz"):
        return True
    return bool(JSON_PATH.fullmatch(path) or TEXT_PATH.fullmatch(path))


def _known_error(error: Exception) -> Response:
    fault = fault_of(error)
    if fault.status >= 500:
        log.error("%s: %s", fault.code, error)
    if _for_program():
        # Paths of the server stay in its log; a client needs the kind of fault and the remedy.
        message = str(error) if fault.status < 500 else message_of(fault)
        response = json_error(
            fault.status, fault.code, message, {"remedy": fault.remedy} if fault.remedy else None
        )
    else:
        response = _page(fault.status, fault.code, fault.remedy)
    if isinstance(error, IndexUnavailable | ArchiveUnavailable):
        response.headers["Retry-After"] = str(error.retry_after_s)
    return response


def _http_error(error: HTTPException) -> Response:
    if error.response is not None:
        return make_response(error.response)
    if request.routing_exception is error and isinstance(error, BadHost):
        # There is no address of ours to build: a page has links.
        return Response("400 bad_host: the Host header is no name\n", 400, content_type="text/plain")
    status = error.code or 500
    if status < 400:
        return make_response(error.get_response())
    name = HTTP_STATUS_CODES.get(status, "error")
    if _for_program():
        code = name.lower().replace(" ", "_").replace("-", "_")
        message = error.description or name
        if status == 404 and message == NotFound.description:
            message = f"no such address: {request.path[:200]}; see /api/v1/openapi.json"
        response = json_error(status, code, message)
    else:
        response = _page(status, "http")
    for header, value in error.get_headers():
        if header in ("Allow", "Retry-After"):
            response.headers[header] = value
    return response


def _crash(error: Exception) -> Response:
    log.error("crash on %s", request.path, exc_info=error)
    if _for_program():
        return json_error(
            500, "internal_error", "something broke on our side; the server's log has the trace"
        )
    return _page(500, "internal_error")


def _page(status: int, code: str, remedy: str = "") -> Response:
    heading, advice = _words(status, code)
    html = render_template("error.html", status=status, heading=heading, advice=advice, remedy=remedy)
    return make_response(html, status)


def _words(status: int, code: str) -> tuple[str, str]:
    match code, status:
        case "article_not_found", _:
            return gettext("This article is not in the archive"), gettext(
                "It may have been removed, or the address may be mistyped. Search for its title."
            )
        case "index_missing", _:
            return gettext("There is nothing to search yet"), gettext(
                "The archive has no index. Whoever runs this site can add articles with this command:"
            )
        case "index_out_of_date", _:
            return gettext("The index is out of date"), gettext(
                "It was built by another version of the program. Whoever runs this site can rebuild it "
                "with this command:"
            )
        case "cluster_unavailable", _:
            return gettext("The search is not available now"), gettext(
                "The machines that search do not answer. Articles that are published meanwhile are kept. "
                "Try again in a minute. Whoever runs this site sees how it is doing with this command:"
            )
        case "index_unavailable", _:
            return gettext("The search is not available now"), gettext(
                "The server cannot open more files, or has no memory left. Try again in a minute. "
                "Whoever runs this site sees how it is doing with this command:"
            )
        case "storage_full" | "home_read_only", _:
            return gettext("Nothing can be saved now"), gettext(
                "The server's disk is full, or it may only be read. Searching goes on. "
                "Whoever runs this site sees how it is doing with this command:"
            )
        case _, 503:
            return gettext("The search is not available now"), gettext(
                "Try again in a little while. Whoever runs this site finds the cause with this command:"
            )
        case _, 404:
            return gettext("There is no such page"), gettext(
                "The address may be mistyped. Search the archive instead."
            )
        case _, 429:
            return gettext("Too many searches at once"), gettext("Wait a minute, then try again.")
        case _, status_code if status_code < 500:
            return gettext("This request cannot be understood"), gettext(
                "Something in the address is not right. Start again from the search box."
            )
        case _:
            return gettext("Something broke on our side"), gettext(
                "The fault has been recorded. Try again, or search for something else."
            )
