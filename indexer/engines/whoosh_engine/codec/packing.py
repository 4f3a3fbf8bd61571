"""Arrays of small numbers: runs, the narrowest types, numbers of any width in a stream of bits."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

_AT_ONCE = 1 << 17
"""Numbers that are taken apart into bits at once."""


def narrowest(largest: int) -> np.dtype[Any]:
    """The unsigned type for numbers up to this."""
    return np.min_scalar_type(largest)


def starts_of(counts: Array) -> NDArray[np.int64]:
    """Where each run begins, and the end of the last: one more than there are runs."""
    starts = np.zeros(len(counts) + 1, np.int64)
    np.cumsum(counts, out=starts[1:])
    return starts


def within_runs(counts: Array, total: int | None = None) -> NDArray[np.int64]:
    """0, 1, 2, ... anew in each run.

    >>> within_runs(np.array([2, 0, 3])).tolist()
    [0, 1, 0, 1, 2]
    """
    starts = starts_of(counts)
    return np.arange(starts[-1] if total is None else total) - np.repeat(starts[:-1], counts)


def running_sums(values: Array, starts: Array, counts: Array) -> NDArray[np.int64]:
    """Sums from the beginning of each run; no run is empty.

    >>> running_sums(np.array([5, 1, 7, 2]), np.array([0, 2]), np.array([2, 2])).tolist()
    [5, 6, 7, 9]
    """
    sums = np.cumsum(values, dtype=np.int64)
    before = sums[starts] - values[starts]
    return sums - np.repeat(before, counts)


def bit_width(largest: Array) -> NDArray[np.uint8]:
    """Bits that hold numbers up to each of these, 0 for 0.

    >>> bit_width(np.array([0, 1, 255, 256])).tolist()
    [0, 1, 8, 9]
    """
    # Exact: a float64 holds every 32-bit integer, and frexp tells its exponent.
    return np.frexp(largest.astype(np.float64))[1].astype(np.uint8)


def pack(values: Array, width: int) -> bytes:
    """A multiple of eight numbers, each in so many bits (1 to 32), the lowest first."""
    if width in {8, 16, 32}:
        return values.astype(f"<u{width // 8}").tobytes()
    kind = "<u2" if width < 16 else "<u4"
    parts = []
    for start in range(0, len(values), _AT_ONCE):
        some = values[start : start + _AT_ONCE].astype(kind)
        bits = np.unpackbits(some.view(np.uint8).reshape(len(some), -1), axis=1, bitorder="little")
        parts.append(np.packbits(bits[:, :width].reshape(-1), bitorder="little").tobytes())
    return b"".join(parts)


def unpack(words: Array, places: Array, width: int) -> NDArray[np.uint32]:
    """The numbers from these bits on; `words` has eight bytes from each byte on (`bytes_anywhere`)."""
    shifts = (places & 7).view(np.uint64)
    mask = np.uint64((1 << width) - 1)
    numbers: NDArray[np.uint32] = ((words[places >> 3] >> shifts) & mask).astype(np.uint32)
    return numbers
