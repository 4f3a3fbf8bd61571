"""`/metrics` for Prometheus: requests, kinds of answers, and how the index is doing.

Several processes of a server write their counts to files of one folder, named by PROMETHEUS_MULTIPROC_DIR
before this module is loaded; whichever process is asked tells the sum. What is known of the index is looked
up when it is asked for.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from typing import Any, Protocol, cast

from flask import Flask, Response, g, has_request_context, request
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from indexer.pulse import Vitals

from ..core.pages import NoticeKind, ResultPage, SearchInput
from .backend import Backend
from .config import WARM_UP
from .publishing.tokens import Tokens

_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_SHARED = os.environ.get("PROMETHEUS_MULTIPROC_DIR", "")
"""Read now, as prometheus_client does when it is loaded: what is set later decides nothing."""
_FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip", "Via")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"})


class Pulse(Protocol):
    """What knows how archive and index are doing: `indexer.pulse.Pulse`."""

    def vitals(self) -> Vitals:
        """The numbers, as they are now. Raises `IndexerError`."""


class Metrics:
    """The counts of one process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Histogram(
            "dalil_request_seconds",
            "Seconds from a request to the beginning of its answer",
            ["route", "method", "status"],
            buckets=_BUCKETS,
            registry=self.registry,
        )
        self._searches = Counter(
            "dalil_searches",
            "Searches by kind of answer: found, rescued (found otherwise than typed), nothing",
            ["answer"],
            registry=self.registry,
        )

    def request(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count a request."""
        method = method if method in _METHODS else "other"
        self._requests.labels(route, method, str(status)).observe(seconds)

    def search(self, page: ResultPage) -> None:
        """Count a search by its answer."""
        self._searches.labels(kind_of(page)).inc()

    def counting(self, service: Backend) -> Backend:
        """The service, with its searches counted."""
        return cast("Backend", _Counting(service, self))


class _Counting:
    """A service; everything but `search` is its own."""

    def __init__(self, service: Backend, metrics: Metrics) -> None:
        self._service = service
        self._metrics = metrics

    def search(self, asked: SearchInput) -> ResultPage:
        page = self._service.search(asked)
        # The first page: who turns pages does not search again.
        if asked.text and asked.page == 1 and not is_warming_up():
            self._metrics.search(page)
        return page

    def __getattr__(self, name: str) -> Any:
        return getattr(self._service, name)


class _Index(Collector):
    """The numbers of archive and index, looked up when they are asked for."""

    def __init__(self, vitals: Vitals) -> None:
        self._vitals = vitals

    def collect(self) -> Iterable[Metric]:
        vitals = self._vitals
        gauges = {
            "articles": ("Articles in the archive", vitals.articles),
            "indexed_articles": ("Articles that searches find", vitals.indexed),
            "behind_changes": ("Changes of the archive that the index lacks", vitals.behind),
            "behind_seconds": ("Age of the oldest of them", vitals.behind_s),
            "index_generation": ("Number of the serving generation", vitals.generation),
            "quarantined_records": ("Records that could not be read", vitals.quarantined),
            "index_ready": ("1 when searches can be answered", int(vitals.ready)),
        }
        if vitals.changed_at is not None:
            age = max(0.0, time.time() - vitals.changed_at)
            gauges["last_change_age_seconds"] = ("Age of the last change that the index has", age)
        for name, (what, value) in gauges.items():
            yield GaugeMetricFamily(f"dalil_{name}", what, value=value)
        jobs = CounterMetricFamily("dalil_jobs", "Jobs since the archive began", labels=["kind"])
        for kind, count in sorted(vitals.jobs.items()):
            jobs.add_metric([kind], count)
        yield jobs


def install(app: Flask, metrics: Metrics, pulse: Pulse | None, tokens: Tokens, *, local: bool) -> None:
    """Count the requests of an application, and tell the counts at `/metrics`.

    To whoever has a token of the scope `read`; with `local` also to this machine, if no proxy is between.
    """

    def count(response: Response) -> Response:
        started = g.get("started")
        if started is not None and not is_warming_up():
            metrics.request(route(), request.method, response.status_code, time.perf_counter() - started)
        return response

    def tell() -> Response:
        if not (local and is_local()):
            tokens.require("read")
        registry = CollectorRegistry()
        if _SHARED:
            MultiProcessCollector(registry, _SHARED)  # type: ignore[no-untyped-call]
            parts = [generate_latest(registry)]
        else:
            parts = [generate_latest(metrics.registry)]
        if pulse is not None:
            index = CollectorRegistry()
            index.register(_Index(pulse.vitals()))
            parts.append(generate_latest(index))
        response = Response(b"".join(parts), content_type=_TYPE)
        response.headers["Cache-Control"] = "no-store"
        return response

    app.after_request(count)
    app.add_url_rule("/metrics", "metrics", tell)


def kind_of(page: ResultPage) -> str:
    """`found`, `rescued` or `nothing`."""
    if not page.total:
        return "nothing"
    kinds = {notice.kind for notice in page.notices}
    return "rescued" if kinds & {NoticeKind.RESCUED, NoticeKind.RELAXED} else "found"


def route() -> str:
    """The pattern of the address: never the address, which has ids, secrets and words of readers."""
    return request.url_rule.rule if request.url_rule else "none"


def is_warming_up() -> bool:
    """Whether no one asks: see `serve.warm_up`."""
    return has_request_context() and request.remote_addr == WARM_UP


def is_local() -> bool:
    """Whether this machine asks, and for nobody else."""
    forwarded = any(name in request.headers for name in _FORWARDED)
    return not forwarded and request.remote_addr in ("127.0.0.1", "::1")
