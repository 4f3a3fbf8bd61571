"""How the dictionary of names of a generation follows the archive.

It is collected while a generation is built. A later job counts the stories of changed articles anew and
leaves the others as they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

from analyzers import NameReader

from .archive import Archive
from .engines.base import SearchEngine, SearchRequest
from .engines.query import AnyOf
from .name_files import load_entries, load_witnesses, save
from .name_witnesses import NameCollector
from .schema import group_of

_AT_ONCE = 100
"""Stories asked for in one search."""
_MEMBERS = 5_000
"""Articles of so many stories: a group has few, and one that has more is no story."""


def update_names(
    folder: Path, archive: Archive, engine: SearchEngine, reader: NameReader, sequence: int
) -> None:
    """Bring the dictionary of a generation, whose engine has the change `sequence`, up to that change.

    `reader` is that of the generation, as its articles are indexed by it.
    """
    before = load_witnesses(folder)
    if before is None or before[0] > sequence:
        collector = NameCollector(reader)
        for article in archive.all():
            collector.add(article)
        save(folder, collector.witnesses(), sequence, reader.arabic_words.frequency)
        return
    known, witnesses = before
    entries = load_entries(folder)
    if known == sequence and entries is not None and entries[0] == sequence:
        return
    changed = set(archive.changed_since(known))
    articles = archive.get_many(sorted(changed))
    stories = {group for article in articles.values() if (group := group_of(article))}
    stories |= {w.story for w in witnesses if w.article in changed or w.other in changed}
    collector = NameCollector(reader)
    for ids in _parts(_members(engine, sorted(stories)), _AT_ONCE):
        for article in archive.get_many(ids).values():
            if group_of(article) in stories:
                collector.add(article)
    kept = [witness for witness in witnesses if witness.story not in stories]
    save(folder, [*kept, *collector.witnesses()], sequence, reader.arabic_words.frequency)


def _members(engine: SearchEngine, stories: Sequence[str]) -> Iterator[str]:
    for part in _parts(stories, _AT_ONCE):
        hits = engine.search(SearchRequest(AnyOf("group", tuple(part)), limit=_MEMBERS)).hits
        yield from (hit.id for hit in hits)


def _parts(items: Iterable[str], size: int) -> Iterator[list[str]]:
    iterator = iter(items)
    while part := list(islice(iterator, size)):
        yield part
