"""A build that was cut off is taken up where it was, if what it has is still what a new one would have."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from itertools import takewhile
from pathlib import Path

from analyzers import DECIDED_BY_LEXICON, index_language

from . import build_checkpoints
from .archive import Archive
from .articles import Article
from .build_checkpoints import Checkpoint
from .errors import IndexDamaged, IndexerError, IndexOutOfDate
from .generation_engines import is_as_set, is_in_cluster
from .generations import Generation, open_generation, unfinished_folder
from .vocabularies import Vocabularies

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Building:
    """A generation that is being built, and how far it has come."""

    generation: Generation
    words: Vocabularies
    """Of languages whose vocabulary decides nothing: counted on the way."""
    state: Checkpoint

    def behind(self, articles: list[Article], *, finished: bool = False) -> None:
        """Remember that a portion is indexed."""
        state = self.state.behind(len(articles), articles[-1].id) if articles else self.state
        self.state = build_checkpoints.save(self.generation.folder, state, self.words, finished=finished)


def taken_up(home: Path, archive: Archive, growth: int) -> Building | None:
    """The build that was cut off, behind its last checkpoint; None if there is none to go on with.

    For whoever holds `build_lock`. `growth`: an archive that is more than so many times what it was wants
    other vocabularies. Raises `IndexUnavailable`, as a new build would.
    """
    folder = unfinished_folder(home)
    found = folder and build_checkpoints.load(folder)
    if not folder or not found:
        return None
    state, words = found
    try:
        if reason := _mismatch(folder, archive, state):
            log.info("%s is built anew: %s", folder.name, reason)
            return None
        generation = open_generation(folder)
    except (IndexDamaged, IndexOutOfDate) as error:
        log.info("%s is built anew: %s", folder.name, error)
        return None
    try:
        if archive.count() > growth * max(generation.manifest.articles, 1) or _is_damaged(generation):
            generation.engine.close()
            return None
        # Those that decide nothing are written when all is counted, and may have been.
        deciding = {name: each for name, each in generation.lexicons.items() if name in DECIDED_BY_LEXICON}
        generation = replace(generation, lexicons=deciding)
        _count_again(archive, generation, state, words)
    except BaseException:
        generation.engine.close()
        raise
    return Building(generation, words, state)


def _mismatch(folder: Path, archive: Archive, state: Checkpoint) -> str:
    """Why a build does not fit what is there now; empty if it does."""
    if state.sequence > archive.last_sequence() or state.mark != archive.mark(state.sequence):
        return "it is of another archive"
    if archive.count_since(state.sequence) > state.done:
        return "more has changed since than was done"
    return "" if is_as_set(folder) else "the settings name another engine"


def _is_damaged(generation: Generation) -> bool:
    """Files are read once, as nobody would look for damage in what is taken for just built."""
    if is_in_cluster(generation.folder):
        return False
    try:
        return bool(generation.engine.damage())
    except IndexerError as error:
        log.info("%s is built anew: %s", generation.name, error)
        return True


def _count_again(archive: Archive, generation: Generation, state: Checkpoint, words: Vocabularies) -> None:
    """The words of articles that were indexed behind the last that the file of words has."""
    if state.counted_last == state.last:
        return
    for article in takewhile(lambda one: one.id <= state.last, archive.all(after=state.counted_last)):
        if index_language(article.lang) not in DECIDED_BY_LEXICON:
            analyzer = generation.analyzer(article.lang)
            zones = analyzer.numbered([article.title, article.lead, *article.body])
            words.add(article, analyzer.language, zones)
