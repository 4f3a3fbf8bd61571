"""Many strings as two arrays, so that counts of words can be written down and gone on with."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Arrays = Mapping[str, NDArray[Any]]


def pack(strings: Collection[str]) -> dict[str, NDArray[Any]]:
    """UTF-8 of all strings, and where each ends in code points."""
    ends = np.cumsum(np.fromiter(map(len, strings), np.int64, len(strings)))
    # A text of the web may have half of a surrogate pair.
    text = "".join(strings).encode("utf-8", "surrogatepass")
    return {"text": np.frombuffer(text, np.uint8), "ends": ends}


def unpack(arrays: Arrays) -> dict[str, int]:
    """The strings that `pack` packed, all different, each with its place."""
    text = arrays["text"].tobytes().decode("utf-8", "surrogatepass")
    found: dict[str, int] = {}
    start = 0
    for place, end in enumerate(arrays["ends"].tolist()):
        found[text[start:end]] = place
        start = end
    return found


def part(arrays: Arrays, name: str) -> dict[str, NDArray[Any]]:
    """The arrays whose names begin with `name` and a point, without it."""
    head = f"{name}."
    return {key.removeprefix(head): array for key, array in arrays.items() if key.startswith(head)}


def named(name: str, arrays: Arrays) -> dict[str, NDArray[Any]]:
    """What `part` takes apart."""
    return {f"{name}.{key}": array for key, array in arrays.items()}
