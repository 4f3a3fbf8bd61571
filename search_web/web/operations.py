"""What operators need of a server: publishing, metrics, logs, and whether it is ready."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from flask import Flask, Response, jsonify
from flask_openapi3.openapi import OpenAPI

from indexer.pulse import Vitals

from . import metrics, request_log
from .backend import Backend
from .config import WebConfig
from .publishing.api import PublishBackend, Writing, write_api_blueprint
from .publishing.bulk import write_bulk_blueprint
from .publishing.hooks import hook_api_blueprint
from .publishing.tokens import SENDERS, Guard, Tokens
from .rate_counts import SharedCounts


class PulseBackend(Protocol):
    """What knows how archive and index are doing: `indexer.pulse.Pulse`."""

    def vitals(self) -> Vitals:
        """The numbers, as they are now."""

    def behind_s(self) -> float:
        """How long the oldest change waits that the index does not have."""


@dataclass(frozen=True, slots=True)
class Operations:
    """What a server has beside searching; each may be missing."""

    publisher: PublishBackend | None = None
    guard: Guard | None = None
    """Without one nobody may publish."""
    pulse: PulseBackend | None = None

    def tokens(self) -> Tokens:
        """Who may do what."""
        return Tokens(self.guard)

    def install(self, app: OpenAPI, tokens: Tokens, counts: SharedCounts) -> None:
        """Add the routes by which articles are published."""
        if self.publisher is not None:
            writing = Writing(self.publisher, tokens)
            app.extensions[SENDERS] = tokens.may_publish
            app.register_api(write_api_blueprint(writing))
            app.register_api(write_bulk_blueprint(writing))
            app.register_api(hook_api_blueprint(writing, counts))


def observe(
    app: Flask, service: Backend, operations: Operations, tokens: Tokens, config: WebConfig
) -> Backend:
    """Log and count what an application does; the service, with its searches counted."""
    request_log.install(app, queries=config.log_queries)
    counted = metrics.Metrics()
    metrics.install(app, counted, operations.pulse, tokens, local=config.local_metrics)
    return counted.counting(service)


def add_readiness(app: Flask, service: Backend, pulse: PulseBackend | None, limit_s: float) -> None:
    """`/readyz`: whether searches are answered, and how far the index is behind; 503 beyond the limit."""

    def readyz() -> Response:
        ready, found = service.ready()
        reasons: Mapping[str, Any] = found
        if ready and pulse is not None:
            waiting = pulse.behind_s()
            reasons = {**found, "behind_s": waiting}
            if limit_s and waiting > limit_s:
                ready, reasons = False, {**reasons, "limit_s": limit_s}
        response = jsonify({"ready": ready, "reasons": dict(reasons)})
        response.status_code = 200 if ready else 503
        return response

    app.add_url_rule("/readyz", "readyz", readyz)
