"""`Library`: read access to a home for servers and commands; safe for several threads."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from analyzers import AccentModel, Analyzer, Lexicon, NameReader

from .archive import Archive
from .archive_place import open_archive
from .articles import Article
from .engines.base import SearchEngine
from .errors import ArchiveError, ArchiveMissing, IndexMissing, IndexUnavailable
from .generation_sharing import GenerationSharing
from .generations import Generation, current_name, open_current
from .pace import Pace
from .suggestions import Suggestions

log = logging.getLogger(__name__)

_LOOK_EVERY_S = 0.5
"""How often the files are asked for a newer state."""
_GLANCE_EVERY_S = 0.02
"""How often it is looked whether the file that a commit writes last is another one, which costs nothing."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One committed state of the index."""

    engine: SearchEngine
    generation: str
    """`gen-000002`"""
    lexicons: Mapping[str, Lexicon]
    sequence: int
    """The last change of the archive that it has."""
    opened: Generation

    @property
    def names(self) -> NameReader:
        """Reads names with this generation's Arabic words, its dictionary and the vetoes in mind."""
        return self.opened.names

    def accents(self) -> AccentModel | None:
        """What accents Vietnamese words typed without them would have."""
        return self.opened.accents()

    def analyzer(self, lang: str) -> Analyzer:
        """The analyzer of a language, with this generation's lexicon."""
        return self.opened.analyzer(lang)

    def suggestions(self) -> Suggestions | None:
        """Completions as the last job left them; None while there are none."""
        return self.opened.suggestions()


class Library:
    """The archive and the newest state of its index; new commits and generations are seen by themselves."""

    def __init__(self, home: Path, pace: Pace | None = None) -> None:
        """Opens nothing yet: a server may start before the first article is there.

        `pace`: says how long a state answers at the least; at first sight the next one is taken otherwise.
        """
        self._home = home
        self._pace = pace
        self._kept_until = float("-inf")
        self._lock = Lock()
        self._archive: Archive | None = None
        self._snapshot: Snapshot | None = None
        self._sharing = GenerationSharing(home)
        self._looked = self._glanced = float("-inf")
        self._glimpse: tuple[int, int] = (0, 0)
        self._behind: tuple[float, int, int] = (float("-inf"), 0, 0)

    def snapshot(self) -> Snapshot:
        """The newest committed state. Raises `IndexMissing`, `IndexOutOfDate`, `IndexDamaged`.

        Raises `IndexUnavailable` when there is none yet; otherwise the state before answers on.
        """
        found = self._snapshot
        now = time.monotonic()
        if found is not None and (
            now < self._kept_until or (now - self._looked < _LOOK_EVERY_S and not self._moved(found))
        ):
            return found
        # One thread looks; the others answer from the state before meanwhile, if there is one.
        if found is None:
            self._lock.acquire()
        elif not self._lock.acquire(blocking=False):
            return found
        try:
            newest = self._snapshot
            if newest is None or newest is found:
                # Taken before: a commit meanwhile is noticed at the next glance.
                glimpse = (0, 0) if found is None else _glimpse_of(found)
                try:
                    newest = self._snapshot = self._newest(found)
                except IndexUnavailable as error:
                    if found is None:
                        raise
                    # What is open stays open: better the state before than none.
                    log.warning("%s", error)
                    newest = found
                self._looked, self._glimpse = time.monotonic(), glimpse
                if newest is not found and self._pace is not None:
                    self._kept_until = now + self._pace.between_s()
            return newest
        finally:
            self._lock.release()

    def _moved(self, found: Snapshot) -> bool:
        """Whether there was a commit since the last look, as far as a glance tells."""
        now = time.monotonic()
        if now - self._glanced < _GLANCE_EVERY_S:
            return False
        self._glanced = now
        return _glimpse_of(found) != self._glimpse

    def look(self) -> None:
        """Look for a newer state at the next question: someone in this process knows that there is one."""
        self._looked = float("-inf")

    def _newest(self, last: Snapshot | None) -> Snapshot:
        try:
            self._sharing.take_over()
        except ArchiveError as error:
            # What is here answers on, while what other machines made cannot be had.
            log.warning("%s", error)
        if last is not None and current_name(self._home) == last.generation:
            return _refreshed(last)
        generation = open_current(self._home, read_only=True)
        # The one before is not closed: searches may still read it, however many swaps there are meanwhile.
        # It lets go of its files when the last of them is over.
        return _refreshed(_snapshot(generation, generation.sequence()))

    def article(self, article_id: str, /) -> Article:
        """One article. Raises `ArticleNotFound`."""
        return self._open_archive().get(article_id)

    def articles(self, ids: Sequence[str], /) -> Mapping[str, Article]:
        """Those of the articles that the archive has, by id."""
        return self._open_archive().get_many(ids)

    def behind(self) -> int:
        """Changes in the archive that the index does not have yet; counted when the files are asked anew."""
        sequence = self.snapshot().sequence
        counted, since, behind = self._behind
        if since != sequence or time.monotonic() - counted >= _LOOK_EVERY_S:
            behind = self._open_archive().count_since(sequence)
            self._behind = (time.monotonic(), sequence, behind)
        return behind

    def changed_at(self) -> float | None:
        """When the last change was made that the index has, in epoch seconds; None before the first one."""
        return self._open_archive().changed_at(self.snapshot().sequence)

    def close(self) -> None:
        """Release all files. Closing twice is harmless."""
        with self._lock:
            self._sharing.close()
            if self._archive is not None:
                self._archive.close()
            if self._snapshot is not None:
                self._snapshot.engine.close()
            self._archive = self._snapshot = None

    def _open_archive(self) -> Archive:
        if self._archive is None:
            with self._lock:
                if self._archive is None:
                    try:
                        self._archive = open_archive(self._home)
                    except ArchiveMissing:
                        raise IndexMissing(
                            f"there is no archive in {self._home}; add articles with `dalil add PATH`"
                        ) from None
        return self._archive


def _glimpse_of(snapshot: Snapshot) -> tuple[int, int]:
    try:
        stat = (snapshot.opened.folder / "state.json").stat()
    except OSError:
        return (0, 0)
    return stat.st_mtime_ns, stat.st_ino


def _refreshed(last: Snapshot) -> Snapshot:
    """The newest state of the same generation."""
    # The state first: it may be older than the engine's files, never newer.
    sequence = last.opened.sequence()
    refreshed = last.opened.engine.refresh()
    return _snapshot(last.opened, sequence) if refreshed or sequence != last.sequence else last


def _snapshot(generation: Generation, sequence: int) -> Snapshot:
    return Snapshot(generation.engine, generation.name, generation.lexicons, sequence, generation)
