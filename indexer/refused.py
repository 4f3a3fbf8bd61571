"""Articles that the engine does not take: set aside with its reason, so that all others are found.

A cluster has limits of its own, such as the size of a request, and takes the rest of a batch. What it refused
stands in the quarantine under `PLACE`, until a change of it is taken or an index without it is built.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from .archive import Archive
from .engines.base import Change, Delete
from .errors import DocumentsRejected
from .generation_engines import is_in_cluster
from .generations import Generation
from .sources import Reject

PLACE = "(index)"
"""Path of these records in the quarantine; their position is the id of the article."""


@dataclass(slots=True)
class _Noted:
    """Ids of the changes that an engine read."""

    changes: Iterable[Change]
    ids: list[str] = field(default_factory=list)

    def __iter__(self) -> Iterator[Change]:
        for change in self.changes:
            self.ids.append(change.id if isinstance(change, Delete) else change.document.id)
            yield change


def apply(
    archive: Archive,
    generation: Generation,
    changes: Iterable[Change],
    version: int,
    *,
    merge_later: bool = False,
) -> None:
    """See `StoredEngine.apply`; documents that are refused stop nothing."""
    engine = generation.engine
    if not is_in_cluster(generation.folder):
        engine.apply(changes, merge_later=merge_later, version=version)
        return
    noted = _Noted(changes)
    reasons: dict[str, str] = {}
    try:
        engine.apply(noted, merge_later=merge_later, version=version)
    except DocumentsRejected as error:
        reasons = error.reasons
        # Better no article than what it said before.
        engine.apply([Delete(article_id) for article_id in reasons], merge_later=True, version=version)
    if before := archive.quarantined(PLACE):
        over = set(noted.ids)
        archive.drop_quarantined([record.number for record in before if record.position in over])
    archive.quarantine([_reject(article_id, reason) for article_id, reason in reasons.items()])


def refused(archive: Archive, since: float = 0.0) -> dict[str, Reject]:
    """What the index does not have, by the id of the article. `since`: epoch seconds."""
    return {
        record.position: Reject(record.path, record.position, record.reason, record.excerpt)
        for record in archive.quarantined(PLACE)
        if record.at >= since
    }


def ids_of(archive: Archive, generation: Generation) -> set[str]:
    """Ids of the articles that a generation has not because its engine refused them."""
    return set(refused(archive)) if is_in_cluster(generation.folder) else set()


def _reject(article_id: str, reason: str) -> Reject:
    return Reject(
        PLACE,
        article_id,
        f"the cluster does not take this article: {reason[:500]}; shorten it, or raise that limit of the "
        "cluster, then run `dalil quarantine retry`",
    )
