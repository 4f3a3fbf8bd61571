"""The archive database: articles, the log of their changes, the quarantine, the jobs.

Only this folder imports `sqlalchemy`.
"""

from __future__ import annotations

from . import held, source_memory, versions
from .archive import Archive, ArchiveChange, PutCounts, Quarantined

__all__ = ["Archive", "ArchiveChange", "PutCounts", "Quarantined", "held", "source_memory", "versions"]
