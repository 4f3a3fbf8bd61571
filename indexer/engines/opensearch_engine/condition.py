"""Whether an index is as it was made: pure functions over what the cluster says of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .mapping import mappings_of

DRIFT = 1.5
"""Factor by which the average length of a field may leave the one that its scores stand on."""
_REBUILD = "run `dalil reindex`"
_ALWAYS = ("type", "analyzer", "similarity", "norms", "index_options", "position_increment_gap", "index")
_DEFAULTS: Mapping[str, Any] = {"index_options": "positions", "norms": True, "index": True}
"""What a cluster leaves out of its answer."""


def health_problems(index: str, status: str) -> list[str]:
    """Only what keeps searches from being answered: copies that are missing are no damage."""
    if status != "red":
        return []
    where = f"parts of the index {index} are on no node that is there"
    return [f"{where}; start the nodes again, or {_REBUILD} where their disks are lost"]


def block_problems(index: str, settings: Mapping[str, Any]) -> list[str]:
    """Blocks on an index. `settings`: those of the index, flat."""
    found = []
    for name, value in settings.items():
        if name.startswith("index.blocks.") and str(value) == "true":
            why = (
                "free space on the disks of its nodes, and the cluster takes it off"
                if "allow_delete" in name
                else "set it to null"
            )
            found.append(f"the index {index} has the block {name}; {why}")
    return found


def mapping_problems(mappings: Mapping[str, Any]) -> list[str]:
    """Where the fields of an index are not those that we make."""
    wanted = mappings_of({})
    templates = {name: each[name]["mapping"] for each in wanted["dynamic_templates"] for name in each}
    properties: Mapping[str, Any] = mappings.get("properties", {})
    problems = []
    if str(mappings.get("dynamic")) != "strict":
        problems.append(f"the index takes fields that nobody knows (dynamic is not strict); {_REBUILD}")
    for name, field in wanted["properties"].items():
        if name not in templates and properties.get(name, {}).get("type") != field["type"]:
            problems.append(f"the column {name} is no {field['type']} in the cluster; {_REBUILD}")
    for part, template in templates.items():
        for name, field in _fields(properties.get(part, {}), part):
            different = [
                key
                for key in _ALWAYS
                if field.get(key, _DEFAULTS.get(key)) != template.get(key, _DEFAULTS.get(key))
            ]
            if different:
                problems.append(f"the field {name} has another {', '.join(different)}; {_REBUILD}")
    return problems


def _fields(node: Mapping[str, Any], name: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for part, child in node.get("properties", {}).items():
        if "type" in child:
            yield f"{name}.{part}", child
        else:
            yield from _fields(child, f"{name}.{part}")


def drift_problems(pivots: Mapping[str, float], averages: Mapping[str, float]) -> list[str]:
    """Fields whose documents have become longer or shorter. Both: field -> average length."""
    return [
        f"documents have {averages[name]:.0f} words in {name}, and scores are made for {pivot:.0f}, so that "
        f"long ones rank too {'low' if averages[name] > pivot else 'high'}; {_REBUILD}"
        for name, pivot in sorted(pivots.items())
        if name in averages and not 1 / DRIFT <= averages[name] / pivot <= DRIFT
    ]
