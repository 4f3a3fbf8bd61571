"""What other engines hold for related: the MoreLikeThis of Lucene, tantivy and Whoosh, with their defaults."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..data_sets import DataSet


@dataclass(frozen=True, slots=True)
class Unavailable:
    """A peer that cannot be asked here."""

    reason: str


Run = Mapping[str, Sequence[str]]


def more_like_this_runs(
    data_set: DataSet, asked: Sequence[str], depth: int
) -> Iterator[tuple[str, Run | Unavailable]]:
    """Nothing yet."""
    return iter(())
