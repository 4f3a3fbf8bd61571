"""Stories folded: of the articles found, one stands for its story, the others stand beside it.

An article belongs to the story of the first one of its group of translations in the ranking, wherever it
stands, or else to that of an article with nearly the same text at most `WINDOW` ranks before it. A page has
so many stories; what folds into them is known without a look at all hits, since translations are told by
their group, and copies stand no further behind.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

from analyzers import alike_sketches
from indexer.engines.base import Hit
from indexer.engines.query_limits import MAX_WINDOW

WINDOW = 100
"""So many ranks behind an article its copies are looked for."""
DEPTH = 1_000
"""Hits of the ranking that are folded; further behind every article stands for itself."""

Ask = Callable[[int, int], Sequence[Hit]]
"""(offset, limit) -> those hits of the ranking."""


@dataclass(slots=True)
class Story:
    """A story among the hits of a ranking."""

    rank: int
    best: Hit
    """Stands for it: the first in the ranking."""
    copies: list[Hit] = field(default_factory=list)
    """Nearly the same text, in the order of the ranking."""
    groups: list[str] = field(default_factory=list)
    """Groups of translations whose first article in the ranking is `best` or one of `copies`."""


@dataclass(frozen=True, slots=True)
class FoldedPage:
    """One page of stories."""

    stories: tuple[Story, ...]
    all_stories: int
    """Stories that can be paged through; at most so many where `exact` is False."""
    exact: bool


def folded_page(ask: Ask, total: int, start: int, end: int, large: Collection[str] = ()) -> FoldedPage:
    """The stories from `start` to `end` among `total` hits; `large`: groups that are no stories.

    Walks at most `DEPTH` hits, whichever page is asked for, and two pages of hits behind them.
    """
    reachable = min(total, MAX_WINDOW)
    size = first_hits(end)
    while True:
        hits = ask(0, size)
        stories = folded(hits, large)
        ended = size >= min(reachable, DEPTH)
        if ended or (len(stories) >= end and stories[end - 1].rank + WINDOW < size):
            break
        size = min(DEPTH, 2 * size)
    count = len(stories) + max(0, reachable - size)
    shown = stories[start:end]
    if ended and (missing := min(end, count) - max(start, len(stories))) > 0:
        offset = DEPTH + max(start, len(stories)) - len(stories)
        behind = ask(offset, missing)
        shown += [Story(offset + at, hit) for at, hit in enumerate(behind)]
    return FoldedPage(tuple(shown), count, ended)


def first_hits(end: int) -> int:
    """How many hits from the beginning of the ranking are asked for first, for so many stories."""
    return min(DEPTH, end * 5 // 4 + 10 + WINDOW)


def folded(hits: Sequence[Hit], large: Collection[str] = ()) -> list[Story]:
    """The stories among the first hits of a ranking, in its order."""
    earlier: defaultdict[int, list[int]] = defaultdict(list)
    for first, second in alike_sketches([hit.columns.get("sketch", "") for hit in hits], WINDOW):
        earlier[second].append(first)
    stories: list[Story] = []
    of_group: dict[str, Story] = {}
    of_rank: dict[int, Story] = {}
    for rank, hit in enumerate(hits):
        group = hit.columns.get("group", "")
        if group in large:
            group = ""
        if group in of_group:
            continue
        story = next((of_rank[place] for place in earlier[rank] if place in of_rank), None)
        if story is not None:
            story.copies.append(hit)
        else:
            story = of_rank[rank] = Story(rank, hit)
            stories.append(story)
        if group:
            of_group[group] = story
            story.groups.append(group)
    return stories
