"""What a job says when it is done."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from .sources import Reject

SHOWN_REJECTS = 20
SHOWN = 20
"""Ids and addresses named in a receipt; all are counted."""


@dataclass(frozen=True, slots=True)
class SourceReport:
    """What a synchronised source had."""

    source: str
    files: int = 0
    """Files with articles, or pages that a sitemap names."""
    read: int = 0
    """Files that were read; the others are as they were at the last time."""
    removed: int = 0
    """Articles that it no longer has and that were removed."""
    kept: int = 0
    """Articles that it no longer has and that were not removed; see `kept_because`."""
    kept_ids: tuple[str, ...] = ()
    kept_because: str = ""
    unknown: int = 0
    """Addresses of a sitemap of which the archive has no article."""
    unknown_pages: tuple[str, ...] = ()
    outdated: int = 0
    """Addresses of a sitemap that changed after their article was archived."""
    outdated_pages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Receipt:
    """The outcome of a job."""

    job: str
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    """Articles that could be seen and cannot any more: removed, withdrawn, under embargo again."""
    held: int = 0
    """Articles that came in and are kept back: under embargo or withdrawn."""
    released: int = 0
    """Articles whose embargo is over."""
    rejected: int = 0
    """Records in quarantine from this job."""
    rejects: tuple[Reject, ...] = ()
    """The first `SHOWN_REJECTS` of them."""
    sources: tuple[SourceReport, ...] = ()
    """Of `sync`: what each source had."""
    indexed: int = 0
    """Articles written to the index."""
    generation: str = ""
    sequence: int = 0
    """The archive's last change, which the index has."""
    rules: str = ""
    """Hash of everything that decides what is read and how it is indexed."""
    canaries: int = 0
    """Queries after the commit that found what they must."""
    canary_failures: tuple[str, ...] = ()
    """The others, in words."""
    searchable_s: float = 0.0
    """Seconds from the start until all of it could be found."""
    seconds: float = 0.0
    dry_run: bool = False
    """Nothing was written: this is what would be done."""

    @property
    def kept(self) -> int:
        """Articles that a source no longer has and that were not removed."""
        return sum(source.kept for source in self.sources)

    @property
    def exit_code(self) -> int:
        """0, or 1 when a record was rejected, a removal held back or a canary failed."""
        return 1 if self.rejected or self.kept or self.canary_failures else 0

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        seconds = {"searchable_s": round(self.searchable_s, 3), "seconds": round(self.seconds, 3)}
        return asdict(self) | seconds | {"kept": self.kept, "exit_code": self.exit_code}
