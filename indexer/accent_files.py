"""The model of accents in a generation: `accents.npz`. Without it, or with a damaged one, ranking does
without.
"""

from __future__ import annotations

import zipfile
import zlib
from functools import lru_cache
from pathlib import Path

import numpy as np

from analyzers import AccentModel

_FILE = "accents.npz"
_FORMAT = 1


def save_accents(folder: Path, model: AccentModel) -> None:
    """Write the model into a generation that does not serve yet."""
    np.savez(
        folder / _FILE,
        format=np.array([_FORMAT]),
        words=np.frombuffer("\n".join(model.words).encode(), np.uint8),
        counts=model.counts,
        pairs=model.pairs,
        pair_counts=model.pair_counts,
    )


def load_accents(folder: Path) -> AccentModel | None:
    """The model of a generation; None where there is none or it is damaged (the file carries checksums)."""
    path = folder / _FILE
    try:
        return _loaded(path, path.stat().st_mtime_ns)
    except OSError:
        return None


@lru_cache(maxsize=4)
def _loaded(path: Path, _written_ns: int) -> AccentModel | None:
    try:
        with np.load(path, allow_pickle=False) as stored:
            if stored["format"].tolist() != [_FORMAT]:
                return None
            text = stored["words"].tobytes().decode()
            return AccentModel(
                text.split("\n") if text else [], stored["counts"], stored["pairs"], stored["pair_counts"]
            )
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error):
        return None
