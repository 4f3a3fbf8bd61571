"""Requests to a cluster: one client, a breaker before it, our errors behind it."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from opensearchpy import OpenSearch
from opensearchpy.exceptions import ImproperlyConfigured, OpenSearchException

from ...errors import ConfigError, IndexerError
from .breaker import Breaker
from .errors import ClusterUnavailable
from .failures import failure, is_silence

OLDEST = (2, 10)
"""First version whose search this program is written for."""
_CONNECTIONS = 16
_RETRIES = 1


@dataclass(frozen=True, slots=True)
class ClusterSettings:
    """Where a cluster is, and how to sign in."""

    urls: tuple[str, ...] = field(repr=False)
    """`https://search-1:9200`, one or more nodes."""
    user: str = ""
    password: str = field(default="", repr=False)
    ca_file: str = ""
    """PEM file of the authority that signed the certificates; empty for those of the system."""
    verify: bool = True
    """Whether certificates are checked."""
    prefix: str = "dalil"
    """What the names of indexes begin with."""
    timeout_s: float = 10.0
    """Seconds that a search may take."""


class Connection:
    """Asks the nodes of a cluster. Safe for threads."""

    def __init__(self, settings: ClusterSettings, breaker: Breaker | None = None) -> None:
        """Opens no connection yet. Raises `ConfigError`."""
        self.settings = settings
        self.breaker = breaker or Breaker()
        self._attempts = min(len(settings.urls), 1 + _RETRIES)
        """Nodes that a request may be sent to, one after the other."""
        self._where = ", ".join(_plain(url) for url in settings.urls)
        self._client = _client(settings)
        self._closed = False

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        params: Mapping[str, Any] | None = None,
        timeout_s: float | None = None,
    ) -> Any:
        """The JSON that answers a request; True or False for HEAD.

        A node that is not there, or silent for `timeout_s`, is asked no more for a while, and another one
        once instead: so every request must be one that may come twice. Without `timeout_s` both together
        take the time that the settings give. Raises `ClusterUnavailable`, `IndexMissing`, `ConfigError`,
        `QueryError`, `IndexDamaged`.
        """
        wait_s = self.breaker.wait_s()
        if wait_s:
            raise ClusterUnavailable(
                f"the cluster at {self._where} did not answer several times; it is asked again in {wait_s} s",
                wait_s,
            )
        options = {**(params or {}), "request_timeout": timeout_s or self.settings.timeout_s / self._attempts}
        try:
            answer = self._client.transport.perform_request(method, path, params=options, body=body)
        except OpenSearchException as error:
            problem = failure(error, self._where)
            self._count(problem)
            raise problem from error
        self.breaker.succeeded()
        return answer

    def _count(self, problem: IndexerError) -> None:
        if is_silence(problem):
            for _ in range(self._attempts):  # as many were silent
                self.breaker.failed()
        else:
            self.breaker.succeeded()

    def check(self) -> str:
        """The cluster's version. Raises `ConfigError` for what is no OpenSearch, or too old."""
        answer = self.ask("GET", "/")
        version = answer.get("version", {}) if isinstance(answer, dict) else {}
        number = str(version.get("number", ""))
        if version.get("distribution") != "opensearch":
            name = f"{version.get('distribution', 'Elasticsearch')} {number}" if number else "no OpenSearch"
            raise ConfigError(
                f"at {self._where} answers {name}, and Dalil needs OpenSearch {_dotted(OLDEST)} or newer; "
                "see opensearch_urls"
            )
        if tuple(int(part) for part in number.split(".")[:2] if part.isdigit()) < OLDEST:
            raise ConfigError(
                f"at {self._where} answers OpenSearch {number}, and Dalil needs {_dotted(OLDEST)} or newer; "
                "upgrade the cluster"
            )
        return number

    def close(self) -> None:
        """Close the connections. Closing twice is harmless."""
        if not self._closed:
            self._closed = True
            self._client.close()


def _client(settings: ClusterSettings) -> OpenSearch:
    if not settings.urls:
        raise ConfigError("opensearch_urls is empty; set it to the cluster's address, https://search-1:9200")
    hosts = [_host(url, settings) for url in settings.urls]
    if settings.ca_file and not Path(settings.ca_file).is_file():
        raise ConfigError(f"opensearch_ca_file {settings.ca_file!r} is not there; set it to a PEM file")
    options: dict[str, Any] = {}
    if any(url.startswith("https:") for url in settings.urls):
        options = {"verify_certs": settings.verify, "ssl_show_warn": False}
        if settings.ca_file and settings.verify:
            options["ca_certs"] = settings.ca_file
    try:
        return OpenSearch(
            hosts=hosts,
            timeout=settings.timeout_s,
            max_retries=_RETRIES,
            # One address alone, a proxy's or a node's, is no less silent the second time.
            retry_on_timeout=len(hosts) > 1,
            pool_maxsize=_CONNECTIONS,
            **options,
        )
    except (ImproperlyConfigured, ValueError, OSError) as error:
        raise ConfigError(f"the settings of the cluster cannot be used: {error}") from error


def _host(url: str, settings: ClusterSettings) -> dict[str, Any]:
    """An address as the client takes it, with who signs in there. Raises `ConfigError`."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ConfigError(f"opensearch_urls has {_plain(url)!r}; write https://search-1:9200") from None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ConfigError(f"opensearch_urls has {_plain(url)!r}; write https://search-1:9200")
    secure = parts.scheme == "https"
    host: dict[str, Any] = {"host": parts.hostname, "use_ssl": secure}
    if port or secure:
        host["port"] = port or 443
    if parts.path.strip("/"):
        host["url_prefix"] = parts.path
    user, password = settings.user, settings.password
    if not user and parts.username is not None:
        user, password = unquote(parts.username), unquote(parts.password or "")
    if user:
        host["headers"] = {"authorization": _signed_in(user, password)}
    return host


def _signed_in(user: str, password: str) -> str:
    """The header of a user; in UTF-8, as OpenSearch reads it (RFC 7617), where the client has Latin-1."""
    if ":" in user:
        raise ConfigError(
            f"opensearch_user {user!r} has a colon, which no server can read; take another user"
        )
    # What a file or the environment had that is no UTF-8 goes back to the bytes that it was.
    together = f"{user}:{password}".encode("utf-8", "surrogateescape")
    return f"Basic {b64encode(together).decode('ascii')}"


def _plain(url: str) -> str:
    """An address without a password in it."""
    return url.rpartition("@")[2] if "@" in url else url


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))
