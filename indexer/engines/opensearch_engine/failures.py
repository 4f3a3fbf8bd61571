"""What went wrong between us and a cluster, as an error of ours with its remedy: pure functions."""

from __future__ import annotations

from typing import Any

from opensearchpy.exceptions import (
    ConnectionError as NoConnection,
)
from opensearchpy.exceptions import (
    ConnectionTimeout,
    OpenSearchException,
    SerializationError,
    SSLError,
    TransportError,
)

from ...errors import ConfigError, IndexDamaged, IndexerError, IndexMissing, QueryError
from .errors import ClusterUnavailable

BUSY_RETRY_S = 10
BLOCKED_RETRY_S = 60
_LONGEST_REASON = 500
_DISK_FULL = ("read-only / allow delete", "read-only-allow-delete", "disk usage")
_NOT_THERE = frozenset({500, 502, 503, 504})
_SAID_IN_JSON = frozenset({301, 302, 307, 308, 400, 404, 405})
"""What a cluster explains, and a page with it comes from something else: a proxy, TLS at the other end."""


def is_silence(error: IndexerError) -> bool:
    """Whether the cluster did not answer at all, which the breaker counts."""
    return isinstance(error, ClusterUnavailable) and error.retry_after_s < BUSY_RETRY_S


def failure(error: OpenSearchException, where: str) -> IndexerError:
    """The error of ours for one of the client's. `where`: the addresses asked."""
    if isinstance(error, SSLError):
        return ConfigError(
            f"the certificate of {where} cannot be trusted ({_short(error.error)}); set opensearch_ca_file "
            "to the PEM file of the authority that signed it, or opensearch_verify to no in a trusted network"
        )
    if isinstance(error, ConnectionTimeout):
        return ClusterUnavailable(
            f"the cluster at {where} did not answer in time; try again, or raise opensearch_timeout_s"
        )
    if isinstance(error, NoConnection):
        return ClusterUnavailable(
            f"the cluster at {where} cannot be reached ({_short(error.error)}); see that it runs and that "
            "opensearch_urls is right (http:// or https://, and the port)"
        )
    if isinstance(error, SerializationError):
        return _no_cluster(where)
    if isinstance(error, TransportError) and isinstance(error.status_code, int):
        if error.status_code in _SAID_IN_JSON and not isinstance(error.info, dict):
            return _no_cluster(where)
        return _answered(error.status_code, reasons_of(error.info), where)
    return IndexDamaged(f"the cluster at {where} said {_short(error)}; see its log")


def _no_cluster(where: str) -> ConfigError:
    return ConfigError(
        f"{where} does not answer as OpenSearch does; see that opensearch_urls is right (http:// or "
        "https://, and the port)"
    )


def _answered(status: int, reasons: str, where: str) -> IndexerError:
    if status == 401:
        return ConfigError(
            f"the cluster at {where} does not accept the user and password; "
            "see opensearch_user and opensearch_password"
        )
    if "cluster_block_exception" in reasons:
        return _blocked(reasons)
    if status == 403:
        return ConfigError(
            f"the user may not do this at {where} ({_short(reasons)}); it needs to read, write, create and "
            "delete indexes and aliases that begin with opensearch_prefix, and to monitor the cluster"
        )
    if status == 404:
        return IndexMissing(f"the cluster has no such index ({_short(reasons)}); run `dalil reindex`")
    if status == 408:
        return ClusterUnavailable(f"the cluster at {where} was not ready in time; try again", BUSY_RETRY_S)
    if status == 429:
        return ClusterUnavailable(
            f"the cluster at {where} is busy and refuses work ({_short(reasons)}); try again later, or give "
            "it more memory or nodes",
            BUSY_RETRY_S,
        )
    if "too_many_clauses" in reasons or "too_many_nested_clauses" in reasons:
        return QueryError(
            "the cluster does not take so many words at once; use fewer, or set "
            "indices.query.bool.max_clause_count to 4096 in opensearch.yml"
        )
    if status in _NOT_THERE:
        return ClusterUnavailable(
            f"the cluster at {where} cannot answer now ({_short(reasons)}); see its health: parts of the "
            "index may be on a node that is not there"
        )
    return IndexDamaged(
        f"the cluster refused a request ({_short(reasons)}); if somebody has changed the index by hand, run "
        "`dalil reindex`"
    )


def _blocked(reasons: str) -> IndexerError:
    if any(words in reasons for words in _DISK_FULL):
        return ClusterUnavailable(
            "the index takes no changes, because the disk of a node is nearly full; free space there: the "
            "cluster then takes the block off by itself within a minute",
            BLOCKED_RETRY_S,
        )
    return ClusterUnavailable(
        f"the cluster or the index is blocked ({_short(reasons)}); wait until the cluster has a manager, or "
        "take the block off",
        BLOCKED_RETRY_S,
    )


def reasons_of(info: Any) -> str:
    """Types and reasons in an error's JSON, the outermost first."""
    found: dict[str, None] = {}

    def collect(node: Any) -> None:
        if isinstance(node, dict):
            parts = [str(node[key]) for key in ("type", "reason") if isinstance(node.get(key), str)]
            if parts:
                found[": ".join(parts)] = None
            for value in node.values():
                collect(value)
        elif isinstance(node, list):
            for value in node:
                collect(value)

    collect(info)
    return "; ".join(found) or _short(info)


def _short(value: object) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= _LONGEST_REASON else f"{text[:_LONGEST_REASON]}..."
