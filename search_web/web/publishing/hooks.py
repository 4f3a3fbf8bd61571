"""`POST /api/v1/hooks/NAME`: for systems that can post when something is published, and sign what they post.

X-Dalil-Timestamp: 1764000000
X-Dalil-Signature: sha256=HEX          HMAC-SHA256 with the hook's secret over TIMESTAMP.BODY
"""

from __future__ import annotations

import hmac
import logging
import re
import time

from flask import Response, jsonify, request
from flask_limiter.util import get_remote_address
from flask_openapi3.blueprint import APIBlueprint

from indexer.access import sign
from indexer.publishing import PublishRequest

from ..api_document import SIGNATURE
from ..api_models import ErrorAnswer
from ..errors import json_error
from ..rate_counts import SharedCounts
from .api import Answers, Writing, job_json, never_kept, new_job, whole_body
from .bodies import Refused, read_operations
from .models import HOOK_BYTES, TAG, HookPath, HookRecords, JobAnswer, WriteQuery

log = logging.getLogger(__name__)

TOLERANCE_S = 300
"""Between the clock of who posts and ours."""
MOST_RECORDS = 500
ATTEMPTS = 30
"""Wrong signatures of an address, before it has to wait."""
ATTEMPTS_S = 900.0
_TIMESTAMP = re.compile(r"[0-9]{1,12}")
_SIGNATURE = re.compile(r"(?:sha256=)?([0-9a-fA-F]{64})")
_NOBODY = "there is no hook of this name; the time is the same as if there were"


def hook_api_blueprint(writing: Writing, counts: SharedCounts) -> APIBlueprint:
    """The route for signed posts."""
    api = APIBlueprint("hook_api", __name__, url_prefix="/api/v1", abp_tags=[TAG], abp_security=SIGNATURE)

    @api.before_request
    def _limit() -> None:
        request.max_content_length = HOOK_BYTES

    api.after_request(never_kept)
    responses: Answers = {"202": JobAnswer, "200": JobAnswer}
    for status in ("400", "401", "403", "409", "413", "415", "422", "429", "503", "507"):
        responses[status] = ErrorAnswer

    @api.post("/hooks/<string:name>", summary="Publish by a signed post", responses=responses)
    def hook(path: HookPath, query: WriteQuery, raw: HookRecords) -> Response:
        del raw
        started = time.perf_counter()
        address = f"hook:{get_remote_address()}"
        if counts.look(address)[0] >= ATTEMPTS:
            return _too_many(counts, address)
        hooks = writing.tokens.access().hooks
        if not hooks:
            return json_error(
                403,
                "publishing_off",
                "there is no hook; `dalil hook create NAME` makes one",
            )
        known = hooks.get(path.name)
        body = whole_body()
        signature = _signature(known.secret if known else _NOBODY, body)
        if isinstance(signature, Response):
            return signature
        if not known or not signature:
            counts.add(address, ATTEMPTS_S, 1)
            log.warning("a post to a hook with a wrong signature")
            return json_error(
                401,
                "bad_signature",
                "no hook has this name and signature; sign TIMESTAMP.BODY",
            )
        try:
            operations = read_operations(body, MOST_RECORDS)
        except Refused as error:
            log.warning("a post to the hook %s was refused: %s", known.name, error.code)
            return error.response()
        asked = PublishRequest(new_job(), f"hook:{known.name}", operations, signature, signature)
        published = writing.publish(asked)
        found = published.publication
        if published.replayed:
            return json_error(
                409, "replayed", "this very post was taken before", {"job": published.publication.job}
            )
        seconds = writing.searchable_s(found.sequence, started) if query.wait else None
        response = jsonify(job_json(found, searchable=seconds is not None, searchable_s=seconds))
        response.status_code = 202 if seconds is None else 200
        return response

    return api


def _signature(secret: str, body: bytes) -> str | Response:
    """The signature if it is right, "" if it is not; an answer where there is none that one could look at."""
    timestamp = request.headers.get("X-Dalil-Timestamp", "")
    given = _SIGNATURE.fullmatch(request.headers.get("X-Dalil-Signature", ""))
    if not _TIMESTAMP.fullmatch(timestamp) or given is None:
        return json_error(
            401,
            "not_signed",
            "send X-Dalil-Timestamp (seconds since 1970) and X-Dalil-Signature (sha256= and 64 hex digits)",
        )
    wanted = sign(secret, timestamp, body)
    if not hmac.compare_digest(wanted, given[1].lower()):
        return ""
    if abs(time.time() - int(timestamp)) > TOLERANCE_S:
        return json_error(
            401,
            "bad_timestamp",
            f"the timestamp is more than {TOLERANCE_S} seconds from the server's clock; set the clocks",
        )
    return wanted


def _too_many(counts: SharedCounts, address: str) -> Response:
    wait_s = max(1, round(counts.look(address)[1] - time.time()))
    response = json_error(429, "too_many_attempts", f"too many wrong signatures; wait {wait_s} s")
    response.headers["Retry-After"] = str(wait_s)
    return response
