"""OpenSearch as the engine of an archive beyond one machine; the only folder that imports `opensearchpy`."""

from .cluster import Cluster, IndexPlan
from .connection import ClusterSettings
from .engine import OpenSearchEngine
from .errors import ClusterUnavailable, DocumentsRejected

__all__ = [
    "Cluster",
    "ClusterSettings",
    "ClusterUnavailable",
    "DocumentsRejected",
    "IndexPlan",
    "OpenSearchEngine",
]
