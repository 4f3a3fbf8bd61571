"""Which segments become one: those of like size, when there are many of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

FACTOR = 8
"""So many segments of a tier become one of the next; each document is rewritten once a tier."""
MOST_LEFT = 32
"""So many of the smallest may wait for a pause: a merge takes longer than the commit of one article."""
SMALLEST = 256
"""Segments of fewer documents are one tier: merging them costs little."""
DEAD_SHARE = 0.5
"""A segment more of which is deleted is written anew."""


def segments_to_merge(sizes: Sequence[int], live: Sequence[int], *, later: bool = False) -> list[int]:
    """Places of the segments to merge into one now, none or several; `sizes` count deleted documents too.

    `later`: whoever asks will ask again in a pause, and leaves there what can wait.

    Ask again after the merge: the new one may fill a tier.
    """
    wasteful = [
        place
        for place, (size, alive) in enumerate(zip(sizes, live, strict=True))
        if alive < size * DEAD_SHARE
    ]
    if wasteful and not later:
        return wasteful
    tiers: dict[int, list[int]] = defaultdict(list)
    for place, alive in enumerate(live):
        tiers[_tier(alive)].append(place)
    for tier in sorted(tiers):
        if len(tiers[tier]) >= (MOST_LEFT if later else FACTOR):
            return tiers[tier]
    return []


def _tier(documents: int) -> int:
    tier = 0
    while documents >= SMALLEST * FACTOR**tier:
        tier += 1
    return tier
