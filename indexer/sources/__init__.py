"""Files of a publisher -> `Article`s, and a `Reject` for each record that is none.

One bad record never stops the rest, and no file is read past the limits of `limits.py`.
"""

from __future__ import annotations

from .formats import FORMATS, check_format, detect_format
from .limits import DEFAULT_LIMITS, Limits
from .paths import list_files, read_path
from .reading_rules import reading_rules
from .rejects import Reject
from .sitemaps import SitemapEntry, is_sitemap, read_sitemap

__all__ = [
    "DEFAULT_LIMITS",
    "FORMATS",
    "Limits",
    "Reject",
    "SitemapEntry",
    "check_format",
    "detect_format",
    "is_sitemap",
    "list_files",
    "read_path",
    "read_sitemap",
    "reading_rules",
]
