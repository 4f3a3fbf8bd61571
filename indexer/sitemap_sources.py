"""What a sitemap tells of an archive: which of its articles the site lists, lacks, or has changed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from .archive import Archive, source_memory
from .articles import canonical_url
from .errors import SourceError
from .receipts import SHOWN
from .sources import Reject, SitemapEntry, detect_format, read_sitemap


@dataclass(slots=True)
class Listed:
    """What a sitemap lists."""

    addresses: int = 0
    """Pages on the web."""
    ids: list[str] = field(default_factory=list)
    """Articles of the archive that have such an address."""
    unknown: list[str] = field(default_factory=list)
    """Addresses of which the archive has no article."""
    outdated: list[str] = field(default_factory=list)
    """Addresses that changed after their article was archived."""
    files: list[tuple[Path, str]] = field(default_factory=list)
    """Pages that are files here, with their formats."""
    rejects: list[Reject] = field(default_factory=list)

    def report(self) -> dict[str, Any]:
        """Fields of `SourceReport`."""
        return {
            "files": self.addresses + len(self.files),
            "unknown": len(self.unknown),
            "unknown_pages": tuple(self.unknown[:SHOWN]),
            "outdated": len(self.outdated),
            "outdated_pages": tuple(self.outdated[:SHOWN]),
        }


def listed_by(path: Path, archive: Archive) -> Listed:
    """Read a sitemap and compare it with the archive."""
    listed = Listed()
    known: dict[str, tuple[str, float]] | None = None
    for entry in read_sitemap(path):
        if isinstance(entry, Reject):
            listed.rejects.append(entry)
        elif not entry.is_address:
            _file(entry, path, listed)
        else:
            known = _by_address(archive) if known is None else known
            _address(entry, known, listed)
    return listed


def _by_address(archive: Archive) -> dict[str, tuple[str, float]]:
    """Canonical address without its scheme -> id and moment of the last change, of all articles."""
    with archive.transaction() as connection:
        rows = source_memory.addresses(connection)
    return {_key(url): (article_id, at) for article_id, url, at in rows}


def _address(entry: SitemapEntry, known: dict[str, tuple[str, float]], listed: Listed) -> None:
    listed.addresses += 1
    found = known.get(_key(entry.location))
    if found is None:
        listed.unknown.append(entry.location)
        return
    article_id, at = found
    listed.ids.append(article_id)
    # Compared with our own clock: what a publisher calls updated may be the moment of a build.
    if entry.changed is not None and entry.changed > datetime.fromtimestamp(at, UTC):
        listed.outdated.append(entry.location)


def _key(url: str) -> str:
    try:
        return canonical_url(url).split("://", 1)[-1]
    except ValueError:
        return url


def _file(entry: SitemapEntry, sitemap: Path, listed: Listed) -> None:
    page = Path(entry.location)
    try:
        listed.files.append((page, detect_format(page)))
    except OSError as error:
        reason = f"the sitemap names {page.name}, which cannot be read: {error.strerror or error}"
        listed.rejects.append(Reject(str(sitemap), "", reason))
    except SourceError as error:
        listed.rejects.append(Reject(str(page), "", str(error)))
