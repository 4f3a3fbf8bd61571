"""Numbers of the terms of a dictionary in streams of bits: one stream for each width, in the order of terms.

The numbers of a term are as wide as its largest needs, so terms of one width stand one behind the other in
that width's stream, and a stretch of the dictionary is one stretch of each stream.
"""

from __future__ import annotations

from tempfile import SpooledTemporaryFile
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .packing import Array, pack, starts_of, unpack
from .segment_file import SegmentFile, SegmentFileWriter

WIDEST = 32
_SPOOLED = 1 << 22
_SLICE = 1 << 21
_MASKS = np.array([(1 << width) - 1 for width in range(WIDEST + 1)], np.uint64)


class GrowingArray:
    """An array that grows; in memory while it is small, else in a file without a name."""

    def __init__(self, dtype: Any) -> None:
        self.dtype = np.dtype(dtype)
        self.size = 0
        self._file = SpooledTemporaryFile(max_size=_SPOOLED)  # noqa: SIM115 -- closed by `save`

    def extend(self, values: Array | bytes) -> None:
        """Put numbers, or their bytes, behind the others."""
        data = values if isinstance(values, bytes) else np.ascontiguousarray(values, self.dtype).tobytes()
        self.size += len(data) // self.dtype.itemsize
        self._file.write(data)

    def save(self, name: str, file: SegmentFileWriter, dtype: Any = None) -> None:
        """Write it under a name, as another type if need be."""
        self._file.seek(0)
        parts = iter(lambda: self._file.read(_SLICE), b"")
        file.add(name, (np.frombuffer(part, self.dtype) for part in parts), dtype or self.dtype)
        self.close()

    def close(self) -> None:
        """Forget everything; harmless after `save`."""
        self._file.close()


class _BitStream:
    """Numbers of one width, packed by eights."""

    def __init__(self, width: int) -> None:
        self.size = 0
        self._width = width
        self._packed = GrowingArray(np.uint8)
        self._rest = np.empty(0, np.uint32)

    def extend(self, values: Array) -> None:
        self.size += len(values)
        values = np.concatenate([self._rest, values])
        whole = len(values) - len(values) % 8
        self._packed.extend(pack(values[:whole], self._width))
        self._rest = values[whole:]

    def save(self, name: str, file: SegmentFileWriter) -> None:
        if len(self._rest):
            self._packed.extend(pack(np.pad(self._rest, (0, 8 - len(self._rest))), self._width))
        self._packed.save(name, file)

    def close(self) -> None:
        self._packed.close()


class StreamsWriter:
    """Takes the numbers of one term after the other."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._streams: dict[int, _BitStream] = {}

    def add(self, values: Array, counts: Array, widths: Array) -> NDArray[np.int64]:
        """Numbers of some terms, `counts` of each, of these widths (0: none); where each term's begin."""
        places = np.zeros(len(counts), np.int64)
        present = np.flatnonzero(np.bincount(widths, minlength=1))
        for width in present[present > 0].tolist():
            stream = self._streams.get(width)
            if stream is None:
                stream = self._streams[width] = _BitStream(width)
            chosen = widths == width
            sizes = np.where(chosen, counts, 0)
            np.copyto(places, stream.size + starts_of(sizes)[:-1], where=chosen)
            stream.extend(values if chosen.all() else values[np.repeat(chosen, counts)])
        return places

    def save(self, file: SegmentFileWriter) -> None:
        """Write every stream."""
        for width, stream in sorted(self._streams.items()):
            stream.save(f"{self._name}.{width}", file)

    def close(self) -> None:
        """Forget everything; harmless after `save`."""
        for stream in self._streams.values():
            stream.close()


class StreamsReader:
    """Reads what `StreamsWriter` wrote."""

    def __init__(self, name: str, file: SegmentFile) -> None:
        self._name = name
        self._file = file
        self._begins = np.zeros(WIDEST + 1, np.int64)
        """Width -> the byte of the file where its stream begins."""
        for width in range(1, WIDEST + 1):
            if section := file.sections.get(f"{name}.{width}"):
                self._begins[width] = section.start

    def stretch(self, place: int, size: int, width: int) -> Array:
        """Numbers one behind the other from a place on."""
        if width in {8, 16, 32}:
            bytes_each = width // 8
            data = self._file.array(f"{self._name}.{width}", place * bytes_each, (place + size) * bytes_each)
            return data.view(f"<u{bytes_each}")
        return self._unpacked(np.arange(size, dtype=np.int64), place, width)

    def some(self, place: int, indexes: NDArray[np.int64], width: int) -> Array:
        """Numbers at these indexes, ascending, counted from a place on."""
        if not len(indexes):
            return np.empty(0, np.uint32)
        if width in {8, 16, 32}:
            return self.stretch(place, int(indexes[-1]) + 1, width)[indexes]
        return self._unpacked(indexes, place, width)

    def _unpacked(self, indexes: NDArray[np.int64], place: int, width: int) -> NDArray[np.uint32]:
        if not len(indexes):
            return np.empty(0, np.uint32)
        first = place * width
        begin = first >> 3
        bits = indexes * width
        bits += first - (begin << 3)
        words = self._file.bytes_anywhere(f"{self._name}.{width}", begin, begin + (int(bits[-1]) >> 3) + 1)
        return unpack(words, bits, width)

    def of_each(
        self, places: NDArray[np.int64], counts: NDArray[np.int64], widths: NDArray[np.uint8]
    ) -> NDArray[np.uint64]:
        """So many numbers from each of some places on, one behind the other; zeros where the width is 0."""
        begins = (self._begins[widths] << 3) + places * widths
        stored = np.flatnonzero((widths > 0) & (counts > 0))
        first, bits = begins[stored], counts[stored] * widths[stored]
        self._file.check_each(first >> 3, (first + bits + 7) >> 3)
        starts = starts_of(counts)
        places = np.arange(starts[-1])
        places *= np.repeat(widths, counts)
        places += np.repeat(begins - starts[:-1] * widths, counts)
        numbers: NDArray[np.uint64] = self._file.words()[places >> 3]
        places &= 7
        numbers >>= places.view(np.uint64)
        numbers &= np.repeat(_MASKS[widths], counts)
        return numbers

    def fill(self, values: Array, places: Array, counts: Array, widths: Array, chosen: Array | None) -> None:
        """Put numbers of terms one behind the other into an array; terms of width 0 are left as they are.

        `chosen` leaves numbers of the array out that are not in the streams.
        """
        present = np.flatnonzero(np.bincount(widths, minlength=1))
        for width in present[present > 0].tolist():
            terms = widths == width
            place = int(places[np.argmax(terms)])
            numbers = self.stretch(place, int(counts[terms].sum()), width)
            if chosen is None and terms.all():
                values[:] = numbers
            else:
                spread = counts if chosen is None else counts + 1
                mask = np.repeat(terms, spread)
                values[mask if chosen is None else mask & chosen] = numbers
