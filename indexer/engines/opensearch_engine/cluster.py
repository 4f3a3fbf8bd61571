"""What is done with whole indexes: make one, let it serve, take it away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from ...errors import ConfigError, IndexDamaged, IndexMissing
from .connection import ClusterSettings, Connection
from .errors import ClusterUnavailable
from .mapping import FORMAT, mappings_of, settings_of
from .stored_terms import SHAPES

_SLOW_S = 60.0
_TIME_IS_UP = 408


@dataclass(frozen=True, slots=True)
class IndexPlan:
    """What is decided when an index is made."""

    manifest: str = ""
    """Hash of the rules that its documents are made by; an engine with other rules does not open it."""
    shards: int = 1
    replicas: int = 0
    averages: Mapping[str, float] = field(default_factory=dict)
    """Field -> average length, as far as it is known; of other fields the first documents tell it."""
    units: Mapping[str, int] = field(default_factory=dict)
    """Field -> unit of its positions, where they carry more than a word's number."""

    def __post_init__(self) -> None:
        """Raises `ValueError`."""
        if any(unit > SHAPES for unit in self.units.values()):
            raise ValueError(f"a unit of positions is at most {SHAPES}")

    def meta(self) -> dict[str, Any]:
        """What the index says of itself."""
        return {
            "format": FORMAT,
            "manifest": self.manifest,
            "shards": self.shards,
            "averages": dict(self.averages),
            "units": dict(self.units),
        }


class Cluster:
    """The indexes of a cluster whose names begin with the prefix, and the alias that serves one of them."""

    def __init__(self, settings: ClusterSettings, connection: Connection | None = None) -> None:
        self.settings = settings
        self.connection = connection or Connection(settings)

    def check(self) -> str:
        """The cluster's version; raises `ConfigError` where it is not one to work with."""
        return self.connection.check()

    def create(self, index: str, plan: IndexPlan) -> None:
        """Make an empty index. Raises `ConfigError` if there is one of this name."""
        self._own(index)
        if self.exists(index):
            raise ConfigError(f"the cluster has an index {index!r} already; delete it, or take another name")
        body = {"settings": settings_of(plan.shards, plan.replicas), "mappings": mappings_of(plan.meta())}
        try:
            self.connection.ask("PUT", _path(index), body, timeout_s=_SLOW_S)
        except IndexDamaged as error:
            # A node that was silent had done it before another was asked.
            if "resource_already_exists" not in str(error) or not self._is_of(index, plan):
                raise

    def _is_of(self, index: str, plan: IndexPlan) -> bool:
        mappings = self.connection.ask("GET", f"{_path(index)}/_mapping")[index]["mappings"]
        return bool(mappings.get("_meta", {}).get("dalil") == plan.meta())

    def exists(self, index: str) -> bool:
        """Whether there is an index or alias of this name."""
        return bool(self.connection.ask("HEAD", _path(index)))

    def indexes(self) -> list[str]:
        """Names of the indexes that begin with the prefix, sorted."""
        pattern = quote(f"{self.settings.prefix}-*", safe="*")
        answer = self.connection.ask(
            "GET", f"/_cat/indices/{pattern}", params={"format": "json", "h": "index"}
        )
        return sorted(row["index"] for row in answer)

    def serving(self, alias: str) -> str | None:
        """The index that an alias names; None without one. Raises `ConfigError` if the alias is an index."""
        try:
            answer = self.connection.ask("GET", f"/_alias/{quote(alias, safe='')}")
        except IndexMissing:
            if self.exists(alias):
                raise ConfigError(
                    f"{alias!r} is an index and not an alias, so nothing can be exchanged behind it; delete "
                    "it, or set another opensearch_prefix"
                ) from None
            return None
        names = sorted(answer)
        if len(names) > 1:
            raise ConfigError(
                f"the alias {alias!r} names {len(names)} indexes ({', '.join(names[:5])}), and must name "
                "one; take it off the others"
            )
        return names[0] if names else None

    def serve(self, alias: str, index: str) -> None:
        """Let an alias name this index and no other, in one step."""
        self._own(index)
        before = self.serving(alias)
        actions: list[dict[str, Any]] = []
        if before is not None and before != index:
            actions.append({"remove": {"index": before, "alias": alias}})
        actions.append({"add": {"index": index, "alias": alias, "is_write_index": True}})
        self.connection.ask("POST", "/_aliases", {"actions": actions}, timeout_s=_SLOW_S)

    def delete(self, index: str) -> None:
        """Take an index away; harmless when there is none. Raises `ConfigError` for one of another prefix."""
        self._own(index)
        params = {"ignore_unavailable": "true"}
        self.connection.ask("DELETE", _path(index), params=params, timeout_s=_SLOW_S)

    def health(self, index: str) -> str:
        """`green`, `yellow` (copies are missing) or `red` (documents are missing)."""
        answer = self.connection.ask("GET", f"/_cluster/health{_path(index)}")
        return str(answer["status"])

    def wait_until(self, index: str, status: str = "green", timeout_s: float = 60.0) -> bool:
        """Wait for a health at least as good; False when the time is up."""
        params = {"wait_for_status": status, "timeout": f"{max(1, round(timeout_s))}s"}
        path = f"/_cluster/health{_path(index)}"
        try:
            self.connection.ask("GET", path, params=params, timeout_s=timeout_s + 10)
        except ClusterUnavailable as error:
            if getattr(error.__cause__, "status_code", None) == _TIME_IS_UP:
                return False
            raise
        return True

    def close(self) -> None:
        """Close the connections."""
        self.connection.close()

    def _own(self, index: str) -> None:
        """Nothing of others on the same cluster is ever touched."""
        if not index.startswith(f"{self.settings.prefix}-") or any(
            letter in index for letter in '*,/?"<>| \\'
        ):
            raise ConfigError(
                f"the index {index!r} is not one of ours; names begin with {self.settings.prefix + '-'!r}"
            )


def _path(index: str) -> str:
    return f"/{quote(index, safe='')}"
