"""The Whoosh engine: Whoosh's files, segments and commits; queries evaluated over arrays.

Only this folder imports `whoosh`.
"""

from __future__ import annotations

from .engine import WhooshEngine
from .whoosh_writers import refuse_whoosh_writers

__all__ = ["WhooshEngine"]

# Whoosh finds this package by the table of contents that names its classes: no other call of ours is certain.
refuse_whoosh_writers()
