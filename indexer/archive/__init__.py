"""The archive database: articles, the log of their changes, the quarantine, the jobs.

Only this folder imports `sqlalchemy`.
"""

from __future__ import annotations

from . import held, publications, source_memory, versions
from .archive import Archive, ArchiveChange, Quarantined
from .taking import PutCounts

__all__ = [
    "Archive",
    "ArchiveChange",
    "PutCounts",
    "Quarantined",
    "held",
    "publications",
    "source_memory",
    "versions",
]
