"""Arrays of small numbers: runs, the narrowest types, numbers of any width in a stream of bits."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

WIDTHS = (0, 1, 2, 4)
"""Bytes of a number by its width class; class 0 has no stream."""


def width_class(largest: Array) -> NDArray[np.uint8]:
    """The class in `WIDTHS` that holds numbers up to each of these; 0 for 0."""
    return (
        (largest > 0).astype(np.uint8) + (largest > 0xFF).astype(np.uint8) + (largest > 0xFFFF).astype(np.uint8)
    )


def stream_type(kind: int) -> np.dtype[Any]:
    """Type of the numbers of a width class."""
    return np.dtype(f"<u{WIDTHS[kind]}")


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
    """Bits that hold numbers up to each of these; at least 1."""
    # Exact: frexp gives the exponent of a float64, which holds 32-bit integers.
    return np.maximum(np.frexp(largest.astype(np.float64))[1], 1).astype(np.uint8)


def pack_bits(values: Array, places: Array, length: int) -> NDArray[np.uint8]:
    """A stream of `length` bytes with each value from its bit on; values up to 32 bits, none overlaps."""
    shifted = values.astype(np.uint64) << (places & 7).astype(np.uint64)
    first = places >> 3
    stream = np.zeros(length + 5)
    largest = int(shifted.max(initial=0))
    lane = 0
    while largest >> (8 * lane):
        # Bits of neighbours do not overlap, so their bytes add up.
        part = ((shifted >> np.uint64(8 * lane)) & np.uint64(0xFF)).astype(np.float64)
        stream += np.bincount(first + lane, part, minlength=len(stream))
        lane += 1
    return stream[:length].astype(np.uint8)


def unpack_bits(words: Array, places: Array, widths: Array | int) -> NDArray[np.uint32]:
    """The values from these bits on; `words` has eight bytes from each byte on (`bytes_anywhere`)."""
    shifted = words[places >> 3] >> (places & 7).astype(np.uint64)
    mask = (np.uint64(1) << np.asarray(widths, np.uint64)) - np.uint64(1)
    return (shifted & mask).astype(np.uint32)
