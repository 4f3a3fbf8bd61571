"""The model of accents in a generation: `accents.bin`. Without it, or with a damaged one, ranking does
without.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np

from analyzers import AccentModel

from .suggestion_files import AnyArray, read_arrays, write_arrays

_FILE = "accents.bin"
_FORMAT = 2


def save_accents(folder: Path, model: AccentModel) -> None:
    """Write the model into a generation that does not serve yet."""
    words = np.frombuffer("\n".join(model.words).encode(), np.uint8)
    arrays: dict[str, AnyArray] = {
        "words": words,
        "counts": model.counts,
        "pairs": model.pairs,
        "pair_counts": model.pair_counts,
    }
    write_arrays(folder / _FILE, {"accents": _FORMAT}, arrays)


def load_accents(folder: Path) -> AccentModel | None:
    """The model of a generation; None where there is none or it does not match its checksums."""
    path = folder / _FILE
    try:
        return _loaded(path, path.stat().st_mtime_ns)
    except (OSError, ValueError):
        return None


@lru_cache(maxsize=4)
def _loaded(path: Path, _written_ns: int) -> AccentModel:
    stored = read_arrays(path)
    if stored is None or stored.about.get("accents") != _FORMAT:
        # Raised, as what is returned would be kept: the file may only not be readable now.
        raise ValueError(f"{path} is no model of accents")
    # Copies, so that no page of a file that someone cuts off is touched later.
    arrays = {name: array.copy() for name, array in stored.arrays.items()}
    text = arrays.pop("words").tobytes().decode()
    return AccentModel(text.split("\n") if text else [], **arrays)
