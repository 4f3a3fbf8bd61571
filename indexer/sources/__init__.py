"""Files of a publisher -> `Article`s, and a `Reject` for each record that is none.

One bad record never stops the rest, and no file is read past the limits of `limits.py`.
"""

from __future__ import annotations

from .formats import FORMATS, detect_format
from .limits import DEFAULT_LIMITS, Limits
from .paths import read_path
from .rejects import Reject

__all__ = ["DEFAULT_LIMITS", "FORMATS", "Limits", "Reject", "detect_format", "read_path"]
