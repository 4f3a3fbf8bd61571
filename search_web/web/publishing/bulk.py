"""`POST /api/v1/articles:bulk`: an article a line in, what became of it a line out."""

from __future__ import annotations

import hashlib
import io
import json
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO, cast

from flask import Response, g, request
from flask_openapi3.blueprint import APIBlueprint
from werkzeug.exceptions import HTTPException

from indexer.archive.publications import Operation
from indexer.errors import IndexerError, LockHeld
from indexer.publishing import Published, PublishRequest
from indexer.sources.limits import LongLine, bounded_lines

from ..api_document import TOKEN
from ..api_models import ErrorAnswer
from ..errors import fault_of
from .api import Answers, Writing, idempotency_key, job_json, never_kept, new_job, plain_body, request_hash
from .bodies import Refused, read_line
from .models import ARTICLE_BYTES, BULK_BYTES, TAG, ArticleLines, WriteQuery

AT_ONCE = 100
"""Lines a transaction."""
_BYTES_AT_ONCE = 4_000_000
_PATIENCE_S = 30.0
"""For another job that is writing: who sends a bulk has begun, and waits rather than begins anew."""
_KEPT = 1_000_000
"""Bytes of a body with a key that are kept in memory; the rest on the disk."""


@dataclass(slots=True)
class _Line:
    number: int
    operation: Operation | None = None
    refused: Refused | None = None

    def told(self, status: str) -> bytes:
        """The line of the answer."""
        found: dict[str, Any] = {
            "line": self.number,
            "id": self.operation.id if self.operation else None,
            "status": status,
        }
        if self.refused:
            found["error"] = {"code": self.refused.code, "message": self.refused.message}
        return _json_line(found)


@dataclass(slots=True)
class _Bulk:
    """One bulk while it is being read."""

    writing: Writing
    client: str
    key: str
    request: str
    job: str = field(default_factory=new_job)
    counts: dict[str, int] = field(default_factory=dict)

    def publish(self, lines: list[_Line], *, done: bool) -> Published:
        """Publish what these lines have, and keep the counts."""
        operations = [line.operation for line in lines if line.operation is not None]
        refused = len(lines) - len(operations)
        counts = self.counts | ({"rejected": self.counts.get("rejected", 0) + refused} if refused else {})
        asked = PublishRequest(self.job, self.client, operations, self.key, self.request, counts, done)
        published = self._patiently(asked)
        self.counts = dict(published.publication.answer)
        return published

    def _patiently(self, asked: PublishRequest) -> Published:
        deadline = time.monotonic() + _PATIENCE_S
        while True:
            try:
                return self.writing.publisher.publish(asked)
            except LockHeld:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.5)


def write_bulk_blueprint(writing: Writing) -> APIBlueprint:
    """The route for many articles."""
    api = APIBlueprint("write_bulk", __name__, url_prefix="/api/v1", abp_tags=[TAG], abp_security=TOKEN)

    @api.before_request
    def _limit() -> None:
        request.max_content_length = BULK_BYTES

    api.after_request(never_kept)

    @api.post("/articles:bulk", summary="Publish many articles, one a line", responses=_answers())
    def bulk(query: WriteQuery, raw: ArticleLines) -> Response:
        del raw
        started = time.perf_counter()
        token = writing.tokens.require("write")
        plain_body()
        key = idempotency_key()
        # RawIOBase reads lines byte by byte.
        stream = cast("BinaryIO", io.BufferedReader(cast("io.RawIOBase", request.stream), 1 << 16))
        body_hash = b""
        if key:
            stream, body_hash = _kept(stream)
        work = _Bulk(writing, token.name, key, request_hash(body_hash) if key else "")
        g.log_job, g.log_client = work.job, work.client
        try:
            known = _known(work) if key else None
        except HTTPException:
            stream.close()
            raise
        if known is not None:
            stream.close()
            response = _response(iter([_json_line(job_json(known.publication, searchable=False))]))
            response.headers["Idempotency-Replayed"] = "true"
            return response
        return _response(_answered(work, stream, query.wait, started))

    return api


def _known(work: _Bulk) -> Published | None:
    """What a request with this key did before, if it was this one; another one is answered with 422.

    Known before anything is answered, and so before the first line is read.
    """
    asked = PublishRequest(work.job, work.client, [], work.key, work.request, {}, done=False)
    published = work.writing.publish(asked)
    return published if published.replayed else None


def _answered(work: _Bulk, stream: BinaryIO, wait: str, started: float) -> Iterator[bytes]:
    lines: list[_Line] = []
    try:
        for lines in _batches(stream):
            published = work.publish(lines, done=False)
            if published.replayed:
                # The same request was sent twice, and the other one has done all of it meanwhile.
                break
            yield b"".join(_told(lines, published))
            lines = []  # noqa: PLW2901 -- what is left over was not answered
        else:
            published = work.publish([], done=True)
    except (IndexerError, HTTPException, OSError) as error:
        yield _stopped(work, lines, error)
        return
    finally:
        stream.close()
    sequence = published.publication.sequence
    seconds = work.writing.searchable_s(sequence, started) if wait else None
    found = published.publication
    yield _json_line(job_json(found, searchable=seconds is not None, searchable_s=seconds))


def _batches(stream: BinaryIO) -> Iterator[list[_Line]]:
    batch: list[_Line] = []
    size = 0
    for number, line in enumerate(bounded_lines(stream, ARTICLE_BYTES), start=1):
        if isinstance(line, LongLine):
            message = f"the line has {line.size} bytes, at most {ARTICLE_BYTES} are read"
            batch.append(_Line(number, refused=Refused(413, "line_too_long", message)))
        elif line.strip():
            size += len(line)
            try:
                batch.append(_Line(number, read_line(line)))
            except Refused as refused:
                batch.append(_Line(number, refused=refused))
        if len(batch) >= AT_ONCE or size >= _BYTES_AT_ONCE:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _told(lines: list[_Line], published: Published) -> Iterator[bytes]:
    statuses = iter(published.statuses)
    for line in lines:
        yield line.told("rejected" if line.refused else next(statuses))


def _stopped(work: _Bulk, lines: list[_Line], error: Exception) -> bytes:
    """The last line of a bulk that cannot go on: from where it is to be sent again."""
    if isinstance(error, LockHeld):
        code, message = "busy", "another job is writing to the archive"
    elif isinstance(error, IndexerError):
        code = fault_of(error).code
        message = code.replace("_", " ")
    else:
        code, message = "body_broken", "the body ended before it should"
    where = f"; send it again from line {lines[0].number}" if lines else "; send the rest again"
    return _json_line(
        {
            "job": work.job,
            "done": False,
            "counts": work.counts,
            "error": {"code": code, "message": message + where},
        }
    )


def _kept(stream: BinaryIO) -> tuple[BinaryIO, bytes]:
    """The whole body, to be read again, and its SHA-256."""
    digest = hashlib.sha256()
    kept = tempfile.SpooledTemporaryFile(max_size=_KEPT)  # noqa: SIM115
    while part := stream.read(1 << 16):
        digest.update(part)
        kept.write(part)
    kept.seek(0)
    return cast("BinaryIO", kept), digest.digest()


def _response(lines: Iterator[bytes]) -> Response:
    response = Response(lines, 200, content_type="application/x-ndjson")
    # Packing would hold lines back until there are enough of them.
    response.headers["Content-Encoding"] = "identity"
    return response


def _json_line(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode() + b"\n"


def _answers() -> Answers:
    text = {"schema": {"type": "string"}}
    found: Answers = {
        "200": {
            "description": "A line for each line: line, id, status, error. The last: the job and its counts",
            "content": {"application/x-ndjson": text},
        }
    }
    for status in ("400", "401", "403", "413", "415", "422", "429", "503", "507"):
        found[status] = ErrorAnswer
    return found
