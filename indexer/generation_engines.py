"""The engine of a generation: files beside its other files, or an index of a cluster that a file names.

    GENERATION/whoosh/            the embedded engine
    GENERATION/opensearch.json    {"index": "dalil-000002-8d0f31c2"}, in the cluster of the settings

The setting `engine` decides for new generations alone: those that are there stay what they are, so that one
may go from one engine to another, and back, by building an index.
"""

from __future__ import annotations

import json
import logging
import secrets
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType

from .config import Settings, load_settings
from .durable_files import write_durably
from .engines.base import StoredEngine
from .engines.whoosh_engine import WhooshEngine
from .errors import ConfigError, IndexDamaged, IndexerError, IndexMissing
from .unreadable import unreadable

log = logging.getLogger(__name__)

_WHOOSH = "whoosh"
_CLUSTER = "opensearch.json"


def create_engine(folder: Path, rules: str, serving: Path | None = None) -> StoredEngine:
    """Make the empty engine of a new generation, as the home's setting `engine` says.

    `rules`: hash of what decides the terms. `serving`: the generation that serves, if there is one; it knows
    how long fields are on the average. Raises `ConfigError`, `IndexUnavailable`.
    """
    settings = _settings_of(folder)
    if settings.engine == "whoosh":
        return WhooshEngine.create(folder / _WHOOSH)
    side = _cluster_side()
    side.check(settings)
    averages = _averages_of(serving) if serving else {}
    # The name is written down first, so that a crash leaves no index that nobody knows of.
    index = f"{settings.opensearch_prefix}-{folder.name.removeprefix('gen-')}-{secrets.token_hex(4)}"
    write_durably(folder / _CLUSTER, json.dumps({"index": index}) + "\n")
    engine: StoredEngine = side.create(settings, index, rules, averages)
    return engine


def open_engine(folder: Path, rules: str | None = None, *, read_only: bool = False) -> StoredEngine:
    """Open the engine of a generation. Raises `IndexDamaged`, `IndexUnavailable`, `IndexOutOfDate`.

    `rules`: an index of a cluster that was made by others is refused.
    """
    try:
        if index := _index_of(folder):
            engine: StoredEngine = _cluster_side().open_index(_settings_of(folder), index, rules)
            return engine
        return WhooshEngine.open(folder / _WHOOSH, read_only=read_only)
    except IndexMissing as error:
        raise IndexDamaged(str(error)) from error


def serve_engine(folder: Path) -> None:
    """Let others on the cluster find the index of a generation by the alias, in one step."""
    if index := _index_of(folder):
        _cluster_side().serve(_settings_of(folder), index)


def delete_engine(folder: Path) -> bool:
    """Take away what a generation has outside its folder; whether nothing is left of it there."""
    try:
        index = _index_of(folder)
    except IndexDamaged as error:
        log.warning("an index of the cluster may be left over: %s", error)
        return True
    try:
        if index:
            _cluster_side().delete(_settings_of(folder), index)
    except IndexerError as error:
        log.warning("the index of %s is still in the cluster: %s", folder.name, error)
        return False
    return True


def is_in_cluster(folder: Path) -> bool:
    """Whether a generation's engine is an index of a cluster."""
    return (folder / _CLUSTER).exists()


def is_as_set(folder: Path) -> bool:
    """Whether the engine of a generation is one that the home's settings would make today.

    Raises `ConfigError`, `IndexDamaged`, `IndexUnavailable`.
    """
    settings, index = _settings_of(folder), _index_of(folder)
    if settings.engine == "whoosh":
        return not index
    return index.startswith(f"{settings.opensearch_prefix}-")


def _averages_of(serving: Path) -> Mapping[str, float]:
    """Average lengths of the fields in the generation that serves, so that both rank alike."""
    try:
        engine = open_engine(serving, read_only=True)
    except IndexerError as error:
        log.info("the first articles tell how long fields are, since %s cannot: %s", serving.name, error)
        return {}
    try:
        fields = engine.statistics().fields
        return {field: length for field in fields if (length := engine.field_size(field)[1])}
    finally:
        engine.close()


def _index_of(folder: Path) -> str:
    """The cluster's index that a generation names; "" for one with files of its own."""
    path = folder / _CLUSTER
    try:
        return str(json.loads(path.read_text(encoding="utf-8"))["index"])
    except FileNotFoundError:
        return ""
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise unreadable(path, error) from error


def _settings_of(folder: Path) -> Settings:
    return load_settings(folder.parent.parent)


def _cluster_side() -> ModuleType:
    """What needs the extra is imported when an archive wants it, which most do not."""
    try:
        from . import cluster_generations  # noqa: PLC0415 -- see above
    except ModuleNotFoundError as error:
        raise ConfigError(
            f"the index is to be in a cluster, and {error.name} is not installed; "
            "run `pip install 'dalil-search[opensearch]'`"
        ) from error
    return cluster_generations
