"""Errors of a cluster, which are those of the program."""

from ...errors import ClusterUnavailable, DocumentsRejected

__all__ = ["ClusterUnavailable", "DocumentsRejected"]
