"""The Whoosh engine: Whoosh's files, segments and commits; queries evaluated over arrays.

Only this folder imports `whoosh`.
"""

from __future__ import annotations

from .engine import WhooshEngine

__all__ = ["WhooshEngine"]
