"""Machines that share an archive and a cluster share the small files of generations too.

Where the archive is on a server and the engine a cluster, whoever writes first takes over what another
machine left and then passes on what it made; readers take over what is new. Elsewhere nothing is done here.
A machine that goes back to files keeps to them: by its setting, or by a rollback, which ends the sharing.
"""

from __future__ import annotations

from pathlib import Path

from . import shared_files
from .archive.shared_store import SharedStore
from .archive_place import server_of
from .config import load_settings
from .errors import IndexDamaged, IndexMissing, IndexUnavailable
from .generation_engines import is_in_cluster
from .generations import Generation, current_name, index_folder
from .shared_files import Memory


class GenerationSharing:
    """What a process knows of the files that machines share. One for each home; not safe for threads."""

    def __init__(self, home: Path) -> None:
        """Opens nothing yet."""
        self._home = home
        self._memory = Memory()
        self._store: SharedStore | None = None
        self._seen = 0
        self._passed_on = ""
        self._engine: str | None = None

    def take_over(self) -> None:
        """Bring this machine to the generation that serves. Raises `ArchiveError`, `ConfigError`."""
        store = self._opened()
        if store is None or self._keeps_to_files():
            return
        serving = shared_files.fetch(store, index_folder(self._home), self._memory, self._seen)
        if serving is not None:
            self._seen = serving.revision

    def pass_on(self, generation: Generation) -> None:
        """Let other machines serve a generation as it is now; for who holds the writer's lock."""
        store = self._opened()
        if store is None or self._keeps_to_files():
            return
        if not is_in_cluster(generation.folder):
            store.withdraw()
            self._passed_on = ""
            return
        shared_files.put(store, generation.folder, generation.sequence(), self._memory)
        if generation.name != self._passed_on:
            store.forget_others()
            self._passed_on = generation.name

    def close(self) -> None:
        """Close the connections. Closing twice is harmless."""
        if self._store is not None:
            self._store.close()
            self._store = None

    def _keeps_to_files(self) -> bool:
        """Whether the setting wants files and what serves has them."""
        if self._engine is None:
            self._engine = load_settings(self._home).engine
        if self._engine != "whoosh":
            return False
        try:
            return not is_in_cluster(index_folder(self._home) / current_name(self._home))
        except IndexMissing:
            return True
        except (IndexDamaged, IndexUnavailable):
            return False

    def _opened(self) -> SharedStore | None:
        if self._store is None and (url := server_of(self._home)):
            self._store = SharedStore(url)
        return self._store
