"""The table of engines that a ranking evaluation knows."""

from __future__ import annotations

from collections.abc import Sequence

from .fts5_peer import Fts5Peer
from .lucene_peer import LucenePeer
from .protocol import Peer
from .tantivy_peer import TantivyPeer
from .xapian_peer import XapianPeer

_LUCENE = {"ar": "arabic", "vi": "standard", "en": "english"}
_TITLED = "{0}+title-{0}^0.5"

PEERS: Sequence[Peer] = (
    LucenePeer("lucene", _LUCENE),
    # Lucene has no analyzer for Vietnamese. Without marks, a field of syllables and one of their pairs.
    LucenePeer("strong", {"vi": "folded+pairs"}),
    TantivyPeer(),
    Fts5Peer(),
    XapianPeer(),
)
"""In the order of the rows."""

VARIANTS: Sequence[Peer] = (
    LucenePeer("strong-one-field", {"vi": "folded-pairs"}),
    # Dalil's own fields for Vietnamese, in Lucene.
    LucenePeer("strong-accents", {"vi": "standard+folded+pairs^0.5"}),
    LucenePeer("titled", {lang: _TITLED.format(name) for lang, name in _LUCENE.items()}),
)
"""Other set-ups of Lucene, asked by name only."""
