"""Entries of completions as arrays: what they say, what they weigh, and by which beginnings they are found.

A key is found at each of its words: `suffixes` are places in the keys' bytes, sorted by what follows them,
so that all entries that go on as was typed stand side by side. Their scores stand beside them, with the
best score of every block, so that the best of a hundred thousand are found without looking at each.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from .suggestion_keys import joiner, loose_key

AnyArray = npt.NDArray[Any]

KINDS = ("title", "name", "phrase", "word", "author", "tag", "section", "source")
"""What an entry is; `name` and `phrase` are words that stand together in several articles."""
DOCUMENTS_KEPT = 16
"""Articles remembered of an entry, so that it goes when they are removed."""
_SORTED_BYTES = 256
"""Suffixes are sorted by so many bytes; what is typed is shorter."""
_BLOCK = 128
_INSIDE = 0.6
"""Factor of an entry's weight where a word inside it was typed first."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One completion of one language before it becomes rows of arrays."""

    text: str
    """As it is shown."""
    key: str
    """See `suggestion_keys.exact_key`."""
    kind: str
    """One of `KINDS`."""
    tag: str
    """BCP 47 tag of the newest article that has it."""
    weight: float
    count: int
    """Articles that have it."""
    documents: Sequence[int]
    """Numbers of at most `DOCUMENTS_KEPT` of them."""


@dataclass(frozen=True, slots=True)
class KeyIndex:
    """Keys of all entries, searched by what they, or any of their words on, begin with."""

    keys: AnyArray
    """UTF-8, a line feed behind each key."""
    ends: AnyArray
    """Entry -> where its key ends, the line feed included."""
    suffixes: AnyArray
    scores: AnyArray
    peaks: AnyArray
    """Best score of each block of suffixes."""

    def key(self, entry: int) -> str:
        """The key of an entry."""
        start = int(self.ends[entry - 1]) if entry else 0
        return _decoded(self.keys[start : int(self.ends[entry]) - 1])

    def best(self, beginning: str, most: int) -> list[tuple[int, float, bool]]:
        """(entry, score, whether the key is just that) of the best suffixes that begin so, in no order."""
        typed = beginning.encode("utf-8", "surrogatepass")
        if not typed or len(typed) > _SORTED_BYTES:
            return []
        keys, size = self.keys, len(typed)

        def begins(place: int) -> bytes:
            return keys[place : place + size].tobytes()

        low = bisect_left(self.suffixes, typed, key=begins)
        high = bisect_right(self.suffixes, typed, lo=low, key=begins)
        chosen = self._best_between(low, high, most)
        places = self.suffixes[chosen]
        entries = np.searchsorted(self.ends, places, side="right")
        return [
            (entry, score, keys[place + size] == _LINE_FEED)
            for entry, score, place in zip(
                entries.tolist(), self.scores[chosen].tolist(), places.tolist(), strict=True
            )
        ]

    def _best_between(self, low: int, high: int, most: int) -> AnyArray:
        first, last = -(-low // _BLOCK), high // _BLOCK
        if last - first <= most:
            return _largest(self.scores, np.arange(low, high), most)
        # The best must stand in the blocks with the best peaks, or at the edges.
        blocks = first + np.argpartition(self.peaks[first:last], -most)[-most:]
        inside = (blocks[:, None] * _BLOCK + np.arange(_BLOCK)).ravel()
        places = np.concatenate([np.arange(low, first * _BLOCK), inside, np.arange(last * _BLOCK, high)])
        return _largest(self.scores, places, most)


_LINE_FEED, _BLANK = b"\n "


@dataclass(frozen=True, slots=True)
class SuggestionTable:
    """The completions of one language."""

    language: str
    tags: Sequence[str]
    texts: AnyArray
    text_ends: AnyArray
    kinds: AnyArray
    tag_numbers: AnyArray
    counts: AnyArray
    documents: AnyArray
    document_ends: AnyArray
    exact: KeyIndex
    loose: KeyIndex

    def text(self, entry: int) -> str:
        """What the entry says."""
        start = int(self.text_ends[entry - 1]) if entry else 0
        return _decoded(self.texts[start : int(self.text_ends[entry])])

    def kind(self, entry: int) -> str:
        """One of `KINDS`."""
        return KINDS[self.kinds[entry]]

    def tag(self, entry: int) -> str:
        """BCP 47 tag of its language."""
        tag: str = self.tags[self.tag_numbers[entry]]
        return tag

    def articles(self, entry: int) -> list[int]:
        """Numbers of the articles remembered of it."""
        start = int(self.document_ends[entry - 1]) if entry else 0
        numbers: list[int] = self.documents[start : int(self.document_ends[entry])].tolist()
        return numbers


def table_arrays(language: str, entries: Sequence[Entry]) -> tuple[dict[str, Any], dict[str, AnyArray]]:
    """(what JSON can say of a table, its arrays); the entries may stand in any order."""
    tags = sorted({entry.tag for entry in entries})
    number = {tag: position for position, tag in enumerate(tags)}
    kinds = {kind: position for position, kind in enumerate(KINDS)}
    texts = [entry.text.encode("utf-8", "surrogatepass") for entry in entries]
    arrays: dict[str, AnyArray] = {
        "texts": np.frombuffer(b"".join(texts), np.uint8),
        "text_ends": _ends(texts),
        "kinds": np.array([kinds[entry.kind] for entry in entries], np.uint8),
        "tag_numbers": np.array([number[entry.tag] for entry in entries], np.uint16),
        "counts": np.array([entry.count for entry in entries], np.uint32),
        "documents": np.array([d for entry in entries for d in entry.documents], np.uint32),
        "document_ends": np.cumsum([len(entry.documents) for entry in entries], dtype=np.uint32),
    }
    weights = [entry.weight for entry in entries]
    exact = [entry.key for entry in entries]
    loose = [loose_key(language, key) for key in exact]
    for name, keys in (("exact", exact), ("loose", loose)):
        if name == "exact" or keys != exact:
            arrays |= _key_arrays(name, keys, weights, spaced=joiner(language) == " ")
    return {"language": language, "tags": tags}, arrays


def table_of(about: Mapping[str, Any], arrays: Mapping[str, AnyArray]) -> SuggestionTable:
    """The table that `table_arrays` took apart."""
    exact = _key_index("exact", arrays)
    return SuggestionTable(
        language=about["language"],
        tags=about["tags"],
        texts=arrays["texts"],
        text_ends=arrays["text_ends"],
        kinds=arrays["kinds"],
        tag_numbers=arrays["tag_numbers"],
        counts=arrays["counts"],
        documents=arrays["documents"],
        document_ends=arrays["document_ends"],
        exact=exact,
        loose=_key_index("loose", arrays) if "loose.keys" in arrays else exact,
    )


def _key_index(name: str, arrays: Mapping[str, AnyArray]) -> KeyIndex:
    return KeyIndex(
        arrays[f"{name}.keys"],
        arrays[f"{name}.ends"],
        arrays[f"{name}.suffixes"],
        arrays[f"{name}.scores"],
        arrays[f"{name}.peaks"],
    )


def _key_arrays(
    name: str, keys: Sequence[str], weights: Sequence[float], *, spaced: bool
) -> dict[str, AnyArray]:
    lines = [key.encode("utf-8", "surrogatepass") + b"\n" for key in keys]
    text = b"".join(lines)
    letters, ends = np.frombuffer(text, np.uint8), _ends(lines)
    borders = letters == _LINE_FEED
    places = np.flatnonzero(borders | (letters == _BLANK) if spaced else borders)[:-1] + 1
    places = np.concatenate([np.zeros(1, places.dtype), places]) if lines else places
    entries = np.searchsorted(ends, places, side="right")
    begin = np.concatenate([np.zeros(1, ends.dtype), ends])[entries] == places
    scores = np.array(weights, np.float64)[entries] * np.where(begin, 1.0, _INSIDE)
    last = np.minimum(ends[entries], places + _SORTED_BYTES)
    ahead = [text[place:end] for place, end in zip(places.tolist(), last.tolist(), strict=True)]
    order = np.array(sorted(range(len(ahead)), key=ahead.__getitem__), np.int64)
    sorted_scores = scores[order].astype(np.float32)
    return {
        f"{name}.keys": letters,
        f"{name}.ends": ends,
        f"{name}.suffixes": places[order].astype(np.uint32),
        f"{name}.scores": sorted_scores,
        f"{name}.peaks": np.maximum.reduceat(sorted_scores, np.arange(0, order.size, _BLOCK)),
    }


def _decoded(letters: AnyArray) -> str:
    return letters.tobytes().decode("utf-8", "surrogatepass")


def _ends(parts: Sequence[bytes]) -> AnyArray:
    return np.cumsum([len(part) for part in parts], dtype=np.uint32)


def _largest(scores: AnyArray, places: AnyArray, most: int) -> AnyArray:
    if places.size <= most:
        return places
    return places[np.argpartition(scores[places], -most)[-most:]]
