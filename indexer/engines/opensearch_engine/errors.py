"""Errors of a cluster, in the tree of `indexer.errors`.

IndexUnavailable
└── ClusterUnavailable     it does not answer, or not now; says when to ask again
IndexerError
└── DocumentsRejected      it takes some documents not at all
"""

from __future__ import annotations

from collections.abc import Mapping

from ...errors import IndexerError, IndexUnavailable

_SHOWN = 5


class ClusterUnavailable(IndexUnavailable):
    """The cluster cannot answer now, for a reason that says nothing of the index."""

    def __init__(self, message: str, retry_after_s: int = 5) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s
        """Whole seconds, at least 1: what HTTP's Retry-After says."""


class DocumentsRejected(IndexerError):
    """Documents that the cluster will never take; all others of the same call are in."""

    def __init__(self, reasons: Mapping[str, str]) -> None:
        """`reasons`: id -> what the cluster said."""
        shown = "; ".join(f"{name[:80]!r}: {reason[:200]}" for name, reason in list(reasons.items())[:_SHOWN])
        more = f"; and {len(reasons) - _SHOWN} more" if len(reasons) > _SHOWN else ""
        super().__init__(
            f"the cluster did not take {len(reasons)} documents ({shown}{more}); "
            "set these articles aside, or change what is wrong with them"
        )
        self.reasons = dict(reasons)
