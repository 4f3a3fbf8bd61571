"""The table of engines that a ranking evaluation knows."""

from __future__ import annotations

from collections.abc import Sequence

from .fts5_peer import Fts5Peer
from .lucene_peer import LucenePeer
from .protocol import Peer
from .tantivy_peer import TantivyPeer
from .xapian_peer import XapianPeer

PEERS: Sequence[Peer] = (
    LucenePeer("lucene", {"ar": "arabic", "vi": "standard", "en": "english"}),
    # Lucene has no analyzer for Vietnamese: syllables and pairs of neighbours without their marks.
    LucenePeer("strong", {"vi": "folded-pairs"}),
    TantivyPeer(),
    Fts5Peer(),
    XapianPeer(),
)
"""In the order of the columns."""
