"""The pieces of the columnar codec by themselves: numbers of any width, arrays in a file, merges."""

from __future__ import annotations

from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from indexer.engines.base import IndexDocument, Occurrences
from indexer.engines.whoosh_engine.codec import packing
from indexer.engines.whoosh_engine.codec.merging import Source, merge
from indexer.engines.whoosh_engine.codec.number_streams import StreamsReader, StreamsWriter
from indexer.engines.whoosh_engine.codec.segment import Segment
from indexer.engines.whoosh_engine.codec.segment_builder import SegmentBuilder
from indexer.engines.whoosh_engine.codec.segment_file import CHUNK, SegmentFile, SegmentFileWriter
from indexer.engines.whoosh_engine.merge_policy import FACTOR, SMALLEST, segments_to_merge
from indexer.errors import IndexDamaged

from .corpora import IDS, a_document, seeds, small_limits

_some = settings(max_examples=40, deadline=None, derandomize=True)


@pytest.mark.parametrize("width", range(1, 33))
def test_numbers_of_every_width_come_back(width: int) -> None:
    """The least and the largest among them, from any place on, more than are taken apart at once."""
    values = np.random.default_rng(width).integers(0, 2**width, 4096, np.uint64).astype(np.uint32)
    values[:2] = 0, 2**width - 1
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(packing, "_AT_ONCE", 1000)
        packed = packing.pack(values, width)
    assert len(packed) == 4096 * width // 8
    data = np.frombuffer(packed + bytes(8), np.uint8)
    words = np.ndarray((len(packed),), "<u8", data, 0, (1,))
    places = np.array([0, 1, 2, 77, 4095])
    assert_array_equal(packing.unpack(words, places * width, width), values[places])


def test_widths() -> None:
    """Exact at every power of two."""
    powers = 2 ** np.arange(32, dtype=np.uint64)
    assert packing.bit_width(powers).tolist() == list(range(1, 33))
    assert packing.bit_width(powers - np.uint64(1)).tolist() == list(range(32))
    assert packing.bit_width(np.array([2**32 - 1])).tolist() == [32]


@st.composite
def _terms(draw: st.DrawFn) -> list[tuple[int, list[int]]]:
    """Of each term how wide its numbers are, and the numbers."""
    found = []
    for _ in range(draw(st.integers(1, 8))):
        width = draw(st.sampled_from([0, 1, 3, 7, 8, 9, 16, 17, 31, 32]))
        numbers = st.integers(0, 2**width - 1 if width else 0)
        found.append((width, draw(st.lists(numbers, min_size=1, max_size=20))))
    return found


@_some
@given(terms=_terms(), border=st.integers(0, 8))
def test_streams_give_every_term_its_numbers(terms: list[tuple[int, list[int]]], border: int) -> None:
    """Written in two parts; read term by term, some of a term, all terms at once."""
    with TemporaryDirectory() as folder:
        file = SegmentFileWriter(Path(folder, "streams"))
        writer, places = StreamsWriter("n"), []
        for part in (terms[:border], terms[border:]):
            values = np.array([number for width, numbers in part if width for number in numbers], np.uint32)
            present = np.array([len(numbers) if width else 0 for width, numbers in part], np.int64)
            widths = np.array([width for width, _ in part], np.uint8)
            places += writer.add(values, present, widths).tolist()
        writer.save(file)
        file.finish({})
        opened = SegmentFile(Path(folder, "streams"))
        reader = StreamsReader("n", opened)
        for (width, numbers), place in zip(terms, places, strict=True):
            if width:
                assert reader.stretch(place, len(numbers), width).tolist() == numbers
                some = np.arange(0, len(numbers), 3)
                assert reader.some(place, some, width).tolist() == numbers[::3]
        counts = np.array([len(numbers) for _, numbers in terms])
        values = np.full(counts.sum(), 7, np.int64)
        reader.fill(values, np.array(places), counts, np.array([width for width, _ in terms]), None)
        expected = [number if width else 7 for width, numbers in terms for number in numbers]
        assert values.tolist() == expected


def test_arrays_come_back_from_a_file(tmp_path: Path) -> None:
    """Of any type and size, whole and in part, over the borders of checksums."""
    path = tmp_path / "arrays"
    large = np.arange(3 * CHUNK, dtype=np.uint32)
    file = SegmentFileWriter(path)
    file.add("large", [large[:5], large[5:]], np.uint32)
    file.add("none", [], np.float64)
    file.add("bytes", [b"abc", b"\xff"], np.uint8)
    assert not path.exists(), "a file has its name when it is whole"
    file.finish({"notes": ["đ", 1.5, None]})
    file.discard()
    opened = SegmentFile(path)
    assert opened.notes == {"notes": ["đ", 1.5, None]}
    assert_array_equal(opened.array("large"), large)
    assert_array_equal(opened.array("large", CHUNK - 2, CHUNK + 9), large[CHUNK - 2 : CHUNK + 9])
    assert opened.array("none").tolist() == []
    assert opened.bytes_anywhere("bytes", 1, 4).tolist()[0] & 0xFFFFFF == int.from_bytes(b"bc\xff", "little")
    assert list(tmp_path.iterdir()) == [path]


def test_a_chunk_is_checked_when_it_is_touched(tmp_path: Path) -> None:
    """Not before, so that opening is quick; `check_all` touches everything."""
    path = tmp_path / "arrays"
    file = SegmentFileWriter(path)
    file.add("large", [np.zeros(4 * CHUNK, np.uint8)], np.uint8)
    file.finish({})
    wrong = bytearray(path.read_bytes())
    wrong[2 * CHUNK] = 1
    path.write_bytes(wrong)
    opened = SegmentFile(path)
    assert not opened.array("large", 0, CHUNK).any()
    for _ in range(2):
        with pytest.raises(IndexDamaged, match=f"near byte {CHUNK + 64}"):
            opened.array("large", 2 * CHUNK - 100, 2 * CHUNK)
    with pytest.raises(IndexDamaged):
        opened.check_all()


@pytest.mark.parametrize(
    ("sizes", "live", "places"),
    [
        ([], [], []),
        ([1] * (FACTOR - 1), [1] * (FACTOR - 1), []),
        ([1] * FACTOR, [1] * FACTOR, list(range(FACTOR))),
        ([SMALLEST * 100, *[1] * FACTOR], [SMALLEST * 100, *[1] * FACTOR], list(range(1, FACTOR + 1))),
        ([SMALLEST] * FACTOR, [SMALLEST] * FACTOR, list(range(FACTOR))),
        ([SMALLEST - 1, *[SMALLEST] * (FACTOR - 1)], [SMALLEST - 1, *[SMALLEST] * (FACTOR - 1)], []),
        ([10, 10], [5, 10], []),
        ([10, 10], [4, 10], [0]),
    ],
    ids=[
        "nothing",
        "few",
        "a tier",
        "a tier beside a large one",
        "the next",
        "two tiers",
        "half",
        "more than half",
    ],
)
def test_which_segments_become_one(sizes: list[int], live: list[int], places: list[int]) -> None:
    """Those of a full tier, and those of which most is deleted."""
    assert segments_to_merge(sizes, live) == places


def test_many_commits_leave_few_segments_and_rewrite_little() -> None:
    """5,000 commits of 64 documents: never four full tiers, each document is written six times at most."""
    sizes: list[int] = []
    written = 0
    for _ in range(5000):
        sizes.append(64)
        while places := segments_to_merge(sizes, sizes):
            merged = sum(sizes[place] for place in places)
            written += merged
            sizes = [*(size for place, size in enumerate(sizes) if place not in places), merged]
        assert len(sizes) < 4 * FACTOR
    assert written < 6 * 64 * 5000


def _built(folder: Path, documents: list[IndexDocument]) -> Segment:
    builder = SegmentBuilder()
    for document in documents:
        builder.add(document)
    folder.mkdir()
    builder.write(folder / "MAIN_same.columns")
    return Segment(folder / "MAIN_same.columns")


@_some
@given(random=seeds)
def test_a_merge_is_what_is_written_at_once(random: Random) -> None:
    """Every array, apart from the order in which equally common frequencies are numbered."""
    found = [a_document(random, name) for name in random.sample(IDS, random.randint(2, len(IDS)))]
    border = random.randrange(1, len(found))
    gone = {document.id for document in found[1:] if random.random() < random.choice([0, 0.5])}
    with TemporaryDirectory() as name, small_limits(random):
        folder = Path(name)
        sources = []
        for at, part in enumerate([found[:border], found[border:]]):
            segment = _built(folder / str(at), part)
            live = np.array([i not in gone for i in segment.documents.ids()], bool)
            sources.append(Source(segment, live))
        (folder / "merged").mkdir()
        merge(sources, folder / "merged" / "MAIN_same.columns")
        merged = Segment(folder / "merged" / "MAIN_same.columns")
        whole = _built(folder / "whole", [document for document in found if document.id not in gone])
        _assert_same(merged, whole)


def _assert_same(merged: Segment, whole: Segment) -> None:
    assert merged.documents.ids() == whole.documents.ids()
    assert merged.fields.keys() == whole.fields.keys()
    for name in whole.documents.texts:
        mine, theirs = merged.documents.text(name), whole.documents.text(name)
        assert mine.values == theirs.values
        assert_array_equal(mine.codes, theirs.codes)
        assert_array_equal(mine.counts, theirs.counts)
    for name in whole.documents.numbers:
        assert_array_equal(merged.documents.number(name), whole.documents.number(name))
    for name, field in whole.fields.items():
        assert merged.fields[name] == field
        assert_array_equal(merged.documents.length(name).lengths, whole.documents.length(name).lengths)
        assert list(merged.texts(field.first, field.last)) == list(whole.texts(field.first, field.last))
        joined, built = (segment.batch(field.first, field.last) for segment in (merged, whole))
        for part in ("counts", "documents", "occurrences", "positions"):
            assert_array_equal(getattr(joined, part), getattr(built, part))
        assert_array_equal(merged.frequencies[joined.codes], whole.frequencies[built.codes])


def test_opening_makes_no_object_of_any_term(tmp_path: Path) -> None:
    """The dictionary stays in the file: what opening reads does not grow with it."""
    words = [f"word{n}" for n in range(5000)]
    builder = SegmentBuilder()
    builder.add(IndexDocument("a", {"en.stem": Occurrences(words, [1.0] * 5000, range(5000))}))
    builder.write(tmp_path / "MAIN_x.columns")
    file = SegmentFile(tmp_path / "MAIN_x.columns")
    assert len(repr(file.notes)) < 500
    wrong = bytearray((tmp_path / "MAIN_x.columns").read_bytes())
    wrong[file.sections["term"].start] ^= 1
    (tmp_path / "MAIN_x.columns").write_bytes(wrong)
    damaged = Segment(tmp_path / "MAIN_x.columns")
    with pytest.raises(IndexDamaged):
        damaged.find("en.stem", b"word7")
