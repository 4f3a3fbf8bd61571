"""BM25 as every engine computes it.

Robertson and Zaragoza, *The Probabilistic Relevance Framework: BM25 and Beyond* (2009), in the form of
Lucene 8 and later: idf `ln(1 + (N - df + 0.5) / (df + 0.5))`, no factor `k1 + 1`, exact lengths.
N is the number of live documents that have the field.
"""

from __future__ import annotations

import math
from typing import Any, TypeVar

from numpy.typing import NDArray

from .base import K1, B

Numbers = TypeVar("Numbers", float, NDArray[Any])

DIGITS = 6
"""Scores are rounded to so many decimals, so that engines that add in another order still tie alike."""


def idf(documents: int, document_frequency: int) -> float:
    """Inverse document frequency; 0 for a term that no document has.

    >>> round(idf(10, 1), 4), round(idf(10, 10), 4)
    (1.992, 0.0465)
    """
    if document_frequency <= 0:
        return 0.0
    return math.log(1 + (documents - document_frequency + 0.5) / (document_frequency + 0.5))


def saturated(frequency: float, length: float, average_length: float) -> float:
    """What a term's frequency counts in a document of this length, in [0, 1)."""
    return frequency / (frequency + norm(length, average_length))


def norm(length: Numbers, average_length: float) -> Numbers:
    """How much of a term's frequency the length of a document takes back; of one number or an array."""
    return K1 * (1 - B + B * length / average_length)
