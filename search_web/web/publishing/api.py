"""Publishing over HTTP: put and remove articles, ask what became of it. Closed until there is a token.

A request is acknowledged when its articles are on the disk of the archive; searches find them a moment later.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import threading
import time
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, Protocol

from flask import Response, abort, g, jsonify, request, url_for
from flask_openapi3.blueprint import APIBlueprint
from pydantic import BaseModel

from indexer.archive.publications import Operation, Publication
from indexer.errors import KeyReused, LockHeld
from indexer.publishing import Published, PublishRequest

from ..api_document import TOKEN
from ..api_models import ArticlePath, ErrorAnswer
from ..errors import json_error
from .bodies import Refused, read_article, removal_of
from .models import (
    ARTICLE_BYTES,
    MOST_WAITED_S,
    TAG,
    ArticleRecord,
    JobAnswer,
    JobPath,
    WriteAnswer,
    WriteQuery,
)
from .tokens import Tokens

_KEY = re.compile(r"[\x21-\x7e]{1,200}")
_RETRY_S = 2
"""Until a client that met another job asks again."""
_MOST_WAITING = 2
"""Requests that wait for searches; others are answered without waiting, so that searches find a thread."""
Answers = dict[str | int | HTTPStatus, type[BaseModel] | dict[Any, Any] | None]


class PublishBackend(Protocol):
    """What writes: `indexer.publishing.Publisher`."""

    def publish(self, request: PublishRequest, /) -> Published:
        """Do what is asked; returns when it is on the disk."""

    def wait_searchable(self, sequence: int, timeout_s: float, /) -> bool:
        """Wait until searches see a change."""

    def job(self, job: str, /) -> tuple[Publication, bool] | None:
        """What a job did, and whether searches see all of it."""


class Writing:
    """What the routes share: the publisher, the tokens, and how many requests may wait for searches."""

    def __init__(self, publisher: PublishBackend, tokens: Tokens) -> None:
        self.publisher = publisher
        self.tokens = tokens
        self._waiting = threading.Semaphore(_MOST_WAITING)

    def publish(self, asked: PublishRequest) -> Published:
        """Publish; another job that writes is a 503 with the time to come again, a used key a 422."""
        g.log_job, g.log_client = asked.job, asked.client
        try:
            return self.publisher.publish(asked)
        except KeyReused as error:
            abort(json_error(422, "idempotency_key_reused", str(error)))
        except LockHeld:
            abort(busy())

    def searchable_s(self, sequence: int, started: float) -> float | None:
        """Wait until searches see it; the seconds since `started`, None if that took too long."""
        if not self._waiting.acquire(blocking=False):
            return None
        try:
            if self.publisher.wait_searchable(sequence, MOST_WAITED_S):
                return round(time.perf_counter() - started, 4)
            return None
        finally:
            self._waiting.release()


def write_api_blueprint(writing: Writing) -> APIBlueprint:
    """The routes for single articles and for jobs."""
    api = APIBlueprint("write_api", __name__, url_prefix="/api/v1", abp_tags=[TAG], abp_security=TOKEN)

    @api.before_request
    def _limit() -> None:
        request.max_content_length = ARTICLE_BYTES

    api.after_request(never_kept)

    @api.put("/articles/<path:id>", summary="Publish an article", responses=_written())
    def put(path: ArticlePath, query: WriteQuery, raw: ArticleRecord) -> Response:
        del raw
        started = time.perf_counter()
        token = writing.tokens.require("write")
        body = whole_body()
        try:
            article = read_article(body, path.id)
        except Refused as error:
            return error.response()
        return _answer(writing, _request(token.name, article, body), query.wait, started)

    @api.delete("/articles/<path:id>", summary="Remove an article", responses=_written())
    def remove(path: ArticlePath, query: WriteQuery) -> Response:
        started = time.perf_counter()
        token = writing.tokens.require("write")
        return _answer(writing, _request(token.name, removal_of(path.id), b""), query.wait, started)

    @api.get("/jobs/<string:id>", summary="What a job did", responses=_answers(JobAnswer, "200"))
    def job(path: JobPath) -> Response:
        writing.tokens.require("read")
        found = writing.publisher.job(path.id)
        if found is None:
            return json_error(
                404, "job_not_found", f"no job {path.id[:64]!r}; jobs are remembered for a week"
            )
        return jsonify(job_json(found[0], searchable=found[1]))

    return api


def never_kept(response: Response) -> Response:
    """An answer to a write is no one else's."""
    response.headers["Cache-Control"] = "no-store"
    return response


def busy() -> Response:
    """Another job is writing."""
    response = json_error(
        503, "busy", f"another job is writing to the archive; send it again in {_RETRY_S} seconds"
    )
    response.headers["Retry-After"] = str(_RETRY_S)
    return response


def whole_body() -> bytes:
    """The body as it is. 415 for one that is compressed."""
    plain_body()
    return request.get_data(cache=False)


def plain_body() -> None:
    """Refuse a body in an encoding that nobody undoes."""
    if request.headers.get("Content-Encoding", "identity").lower() not in ("", "identity"):
        abort(json_error(415, "encoded_body", "the body is compressed; send it as it is"))


def new_job() -> str:
    """A name for a job that nobody guesses."""
    return secrets.token_hex(12)


def idempotency_key() -> str:
    """`Idempotency-Key`, if there is one; 400 for one that cannot be kept."""
    key = request.headers.get("Idempotency-Key", "")
    if key and not _KEY.fullmatch(key):
        abort(
            json_error(400, "bad_idempotency_key", "an Idempotency-Key has 1 to 200 visible ASCII characters")
        )
    return key


def request_hash(body_hash: bytes) -> str:
    """What tells a request with a key from another one."""
    head = f"{request.method}\0{request.path}\0".encode("utf-8", "surrogatepass")
    return hashlib.sha256(head + body_hash).hexdigest()


def job_json(
    publication: Publication, *, searchable: bool, searchable_s: float | None = None
) -> dict[str, Any]:
    """A job as the API tells it."""
    found: dict[str, Any] = {
        "job": publication.job,
        "state": "searchable" if searchable else "archived",
        "done": publication.done,
        "archived_at": datetime.fromtimestamp(publication.at, UTC).isoformat(timespec="milliseconds"),
        "sequence": publication.sequence,
        "counts": dict(publication.answer),
    }
    if searchable_s is not None:
        found["searchable_s"] = searchable_s
    return found


def _request(client: str, operation: Operation, body: bytes) -> PublishRequest:
    key = idempotency_key()
    return PublishRequest(
        job=new_job(),
        client=client,
        operations=[operation],
        key=key,
        request=request_hash(hashlib.sha256(body).digest()) if key else "",
    )


def _answer(writing: Writing, asked: PublishRequest, wait: str, started: float) -> Response:
    published = writing.publish(asked)
    found = published.publication
    seconds = writing.searchable_s(found.sequence, started) if wait else None
    answer = job_json(found, searchable=seconds is not None, searchable_s=seconds)
    # Of one article the counts have one name.
    (status,) = found.answer
    response = jsonify({"id": asked.operations[0].id, "status": status} | answer)
    response.status_code = 202 if seconds is None else 200
    response.headers["Location"] = url_for("write_api.job", id=found.job)
    if published.replayed:
        response.headers["Idempotency-Replayed"] = "true"
    return response


def _written() -> Answers:
    return _answers(WriteAnswer, "200", "202")


def _answers(model: type[BaseModel], *good: str) -> Answers:
    found: Answers = dict.fromkeys(good, model)
    for status in ("400", "401", "403", "404", "413", "415", "422", "429", "503", "507"):
        found[status] = ErrorAnswer
    return found
