"""The serving index, kept open between publications: opening it takes longer than publishing an article."""

from __future__ import annotations

import logging
import time
from pathlib import Path

from .archive import Archive
from .canaries import ask_canaries
from .config import Settings
from .errors import IndexDamaged, IndexMissing, IndexOutOfDate
from .generation_sharing import GenerationSharing
from .generations import Generation, current_name, open_current
from .indexing import GROWTH, Rules, apply_changes, bring_up, follow, is_of, silent
from .name_files import load_witnesses
from .receipts import Receipt
from .suggestion_updates import must_rebuild

log = logging.getLogger(__name__)

SMALL = 500
"""Articles of an archive whose index is built on the way, which takes some seconds."""


class PublishingIndex:
    """Brings the index up under the writer's lock, which the caller holds. For one thread."""

    def __init__(self, home: Path, settings: Settings) -> None:
        self._home = home
        self._settings = settings
        self._sharing = GenerationSharing(home)
        self._rules = Rules(
            silent, settings.commit_every, settings.keep_generations, pass_on=self._sharing.pass_on
        )
        self._generation: Generation | None = None
        self._began: tuple[float, int] | None = None
        """When the first commit since the last receipt began, and the change that the index had then."""
        self._indexed = 0

    def open(self, archive: Archive) -> None:
        """Open the index before it is needed. Raises what `bring_up` raises."""
        self._usable(archive)

    def is_behind(self, archive: Archive) -> bool:
        """Whether there are changes that the opened index lacks, as after a server that was cut off."""
        generation = self._generation
        return generation is not None and archive.count_since(generation.sequence()) > 0

    def bring_up(self, archive: Archive) -> None:
        """Let the index have every change of the archive.

        Of a large archive no index is built here: that takes minutes. Raises `IndexMissing`, `IndexDamaged`,
        `IndexOutOfDate` then, and `LockHeld` while another process builds the index of a small one.
        """
        started = time.perf_counter()
        generation = self._usable(archive)
        if generation is None or self._outgrown(archive, generation):
            self.close()
            self._generation, indexed = bring_up(self._home, archive, self._rules)
            self._began = self._began or (started, 0)
        else:
            self._began = self._began or (started, generation.sequence())
            every = self._settings.commit_every
            indexed = apply_changes(archive, generation, silent, every, merge_later=True)
            self._sharing.pass_on(generation)
        self._indexed += indexed

    def settle(self, archive: Archive) -> None:
        """Bring up completions and names; ask the canaries; keep a receipt of all since the last one."""
        generation = self._generation
        if generation is None or self._began is None or current_name(self._home) != generation.name:
            return
        generation.engine.tidy()
        if archive.count() > SMALL and self._takes_long(archive, generation):
            log.warning("completions and names are to be made anew; `dalil catch-up` does it")
        else:
            follow(archive, generation)
            self._sharing.pass_on(generation)
        started, since = self._began
        changed = archive.changed_since(since)
        asked = ask_canaries(generation, archive, changed, self._settings.canaries)
        for failure in asked.failures:
            log.error("canary: %s", failure)
        receipt = Receipt(
            "publish",
            indexed=self._indexed,
            generation=generation.name,
            sequence=generation.sequence(),
            canaries=asked.passed,
            canary_failures=asked.failures,
            seconds=time.perf_counter() - started,
        )
        archive.record_job(receipt.job, receipt.as_dict())
        self._began, self._indexed = None, 0

    def close(self) -> None:
        """Release the files; they are opened again when they are needed."""
        self._sharing.close()
        if self._generation is not None:
            self._generation.engine.close()
            self._generation = None

    def _usable(self, archive: Archive) -> Generation | None:
        """The serving generation, opened; None where one is to be built."""
        self._sharing.take_over()
        try:
            if self._generation is not None and self._generation.name != current_name(self._home):
                self.close()
            if self._generation is None:
                self._generation = open_current(self._home)
            _check_of(archive, self._generation)
        except (IndexMissing, IndexDamaged, IndexOutOfDate):
            self.close()
            if archive.count() > SMALL:
                raise
        return self._generation

    def _takes_long(self, archive: Archive, generation: Generation) -> bool:
        folder = generation.folder
        return must_rebuild(folder, archive) or load_witnesses(folder) is None

    def _outgrown(self, archive: Archive, generation: Generation) -> bool:
        built = generation.manifest.articles
        return built * GROWTH < SMALL and built * GROWTH < archive.count() <= SMALL


def _check_of(archive: Archive, generation: Generation) -> None:
    if not is_of(archive, generation):
        raise IndexDamaged("the index is of another archive; run `dalil reindex`")
