"""Sitemap files (sitemaps.org protocol 0.9): which pages a site has, and when they changed.

Nothing is fetched. An index of sitemaps is followed to files of those names beside it.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

from lxml import etree

from ..errors import SourceError
from .dates import parse_date
from .formats import read_head
from .limits import DEFAULT_LIMITS, Budget, GunzipReader, InputDamaged, Limits, read_whole
from .rejects import Reject, excerpt

_ROOT = re.compile(rb"<(?:\w+:)?(urlset|sitemapindex)[\s>]")
_DOCTYPE = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_LONGEST = 2_000
"""Most characters of an address; the protocol allows 2,048 bytes."""


@dataclass(frozen=True, slots=True)
class SitemapEntry:
    """One page that a sitemap names."""

    location: str
    """An address with http or https, or the path of a file here."""
    changed: datetime | None
    """What the site says; aware. Many sites say the moment of their last build."""

    @property
    def is_address(self) -> bool:
        """Whether the page is on the web, not a file here."""
        return self.location.startswith(("http://", "https://"))


def is_sitemap(path: Path) -> bool:
    """Whether a file looks like a sitemap or an index of them. Raises `SourceError` if it cannot be read."""
    try:
        return path.is_file() and _ROOT.search(read_head(path)) is not None
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {error.strerror or error}") from error


def read_sitemap(path: Path, *, limits: Limits = DEFAULT_LIMITS) -> Iterator[SitemapEntry | Reject]:
    """The pages that a sitemap names, and those of the sitemaps that an index names.

    `file:` addresses and paths are taken from the folder of the sitemap. Anything wrong is a `Reject`.
    """
    yield from _read(path, limits, may_be_index=True)


def _read(path: Path, limits: Limits, *, may_be_index: bool) -> Iterator[SitemapEntry | Reject]:
    try:
        data = _content(path, limits)
        kind = _ROOT.search(data)
        if kind is None:
            yield Reject(str(path), "", "the file is no sitemap; it has neither urlset nor sitemapindex")
            return
        if _DOCTYPE.search(data[: kind.start()]):
            yield Reject(
                str(path), "", "the sitemap declares a document type, which is never read; remove it"
            )
            return
        # No entities, no network, and no text node of more than 10 MB.
        parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
        root = etree.fromstring(data, parser)
    except OSError as error:
        yield Reject(str(path), "", f"cannot be read: {error.strerror or error}")
        return
    except (InputDamaged, etree.XMLSyntaxError) as error:
        yield Reject(str(path), "", f"the sitemap is not whole ({str(error)[:200]}); fetch it again")
        return
    if etree.QName(root).localname != "sitemapindex":
        yield from _pages(root, path)
    elif not may_be_index:
        yield Reject(str(path), "", "an index names another index, which is not followed")
    else:
        for entry in _pages(root, path):
            yield from [entry] if isinstance(entry, Reject) else _beside(entry, path, limits)


def _content(path: Path, limits: Limits) -> bytes:
    with path.open("rb") as file:
        magic = file.read(2)
        file.seek(0)
        if magic != b"\x1f\x8b":
            return read_whole(file, limits.document, "a sitemap")
        budget = Budget(path.stat().st_size, limits)
        return read_whole(io.BufferedReader(GunzipReader(file, budget)), limits.document, "a sitemap")


def _pages(root: etree._Element, path: Path) -> Iterator[SitemapEntry | Reject]:
    for number, page in enumerate(root.iterchildren("{*}url", "{*}sitemap"), start=1):
        location = " ".join((page.findtext("{*}loc") or "").split())
        written = page.findtext("{*}lastmod") or ""
        position = f"entry {number}"
        told = _unusable(location)
        if told:
            yield Reject(str(path), position, f"the entry {told}", excerpt(location))
            continue
        try:
            changed = parse_date(written)
        except ValueError:
            # A date that nobody can read takes nothing away from the page being there.
            changed = None
        place = _place(location, path)
        if place is None:
            reason = "the entry leads out of the folder of the sitemap; move the pages below it"
            yield Reject(str(path), position, reason, excerpt(location))
        else:
            yield SitemapEntry(place, changed)


def _unusable(location: str) -> str:
    """Why this is no address; "" where it may be one."""
    if not location:
        return "has no address"
    if len(location) > _LONGEST:
        return "has an address of more than 2,000 characters"
    # What is invisible beyond that, as marks of direction, may stand in the name of a file.
    return "has an address with control characters" if _CONTROL.search(location) else ""


def _place(location: str, sitemap: Path) -> str | None:
    """An address as it is, a file by its path; None for one that a sitemap has no business with."""
    try:
        parts = urlsplit(location)
    except ValueError:
        return None
    if parts.scheme in {"http", "https"}:
        return location
    name = url2pathname(unquote(parts.path)) if parts.scheme == "file" else location
    path = sitemap.parent / name
    return str(path) if path.resolve().is_relative_to(sitemap.parent.resolve()) else None


def _beside(entry: SitemapEntry, index: Path, limits: Limits) -> Iterator[SitemapEntry | Reject]:
    """The pages of a sitemap that an index names: a file of its name, beside the index."""
    name = Path(urlsplit(entry.location).path).name if entry.is_address else entry.location
    path = index.parent / name
    if name and path.is_file():
        yield from _read(path, limits, may_be_index=False)
    else:
        reason = f"the index names {entry.location[:200]}, which is not beside it; put the file there"
        yield Reject(str(index), "", reason)
