"""What a job says when it is done."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from .sources import Reject

SHOWN_REJECTS = 20


@dataclass(frozen=True, slots=True)
class Receipt:
    """The outcome of `add`, `remove` or `reindex`."""

    job: str
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    rejected: int = 0
    """Records in quarantine from this job."""
    rejects: tuple[Reject, ...] = ()
    """The first `SHOWN_REJECTS` of them."""
    indexed: int = 0
    """Articles written to the index."""
    generation: str = ""
    sequence: int = 0
    """The archive's last change, which the index has."""
    seconds: float = 0.0

    @property
    def exit_code(self) -> int:
        """0, or 1 when a record was rejected."""
        return 1 if self.rejected else 0

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return asdict(self) | {"seconds": round(self.seconds, 3), "exit_code": self.exit_code}
