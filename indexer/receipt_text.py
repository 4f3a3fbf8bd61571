"""A receipt in words: one line of what was done, and a line for each thing that someone should look at."""

from __future__ import annotations

from collections.abc import Iterator

from .receipts import Receipt, SourceReport

_ALWAYS = {
    "add": ("new", "changed", "unchanged"),
    "sync": ("new", "changed", "unchanged", "removed"),
    "remove": ("removed",),
    "withdraw": ("removed",),
}
"""Counts that a job tells though they are 0."""
_COUNTS = ("new", "changed", "unchanged", "removed", "held", "released")


def summary(receipt: Receipt) -> str:
    """What a job did, in one line.

    >>> summary(Receipt("remove", removed=2, generation="gen-000001", seconds=0.25))
    '2 removed, 0 indexed in 0.2 s (gen-000001)'
    """
    always = _ALWAYS.get(receipt.job, ())
    counts = [(getattr(receipt, name), name) for name in _COUNTS]
    told = [f"{count} {name}" for count, name in counts if count or name in always]
    if receipt.dry_run:
        return f"would be: {', '.join(told)}; nothing was written"
    told.append(f"{receipt.indexed} indexed")
    return f"{', '.join(told)} in {receipt.seconds:.1f} s ({receipt.generation})"


def complaints(receipt: Receipt) -> Iterator[str]:
    """What someone should look at."""
    for reject in receipt.rejects:
        yield f"rejected {place(reject.path, reject.position)}: {reject.reason}"
    if receipt.rejected:
        yield f"{receipt.rejected} records rejected; `dalil quarantine list` names them"
    for source in receipt.sources:
        yield from _of_source(source)
    for failure in receipt.canary_failures:
        yield f"not found: {failure}"


def _of_source(source: SourceReport) -> Iterator[str]:
    if source.kept:
        more = ", ..." if source.kept > len(source.kept_ids) else ""
        yield (
            f"{source.source}: {source.kept} articles are gone there and were kept "
            f"({', '.join(source.kept_ids)}{more}), for {source.kept_because}; "
            "--remove-anyway removes them"
        )
    if source.unknown:
        yield f"{source.source}: {source.unknown} pages are not in the archive: {_some(source.unknown_pages)}"
    if source.outdated:
        yield f"{source.source}: {source.outdated} pages are newer there: {_some(source.outdated_pages)}"


def _some(addresses: tuple[str, ...]) -> str:
    return ", ".join(addresses[:3]) + (", ..." if len(addresses) > 3 else "")


def place(path: str, position: str) -> str:
    """Where a record stands, for people."""
    return f"{path}, {position}" if position else path
