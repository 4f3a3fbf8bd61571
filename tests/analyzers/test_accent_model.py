"""Accents that were not typed are restored from an archive's own words and neighbours."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers import AccentModel, analyzer_for, count_accents, unaccented

TEXTS = [
    "thủ đô hà nội đón khách",
    "thủ đô hà nội mưa to",
    "đường phố hà nội",
    "đường phố đông người",
    "hạ tầng giao thông",
    "hạ tầng đường sắt",
    "nơi hạ cánh an toàn",
    "nơi hạ cánh mới",
    "thái bình dương",
    "bờ biển thái bình dương",
]
"""Capital Hà Nội; streets; infrastructure; where it landed; the Pacific Ocean."""


@pytest.fixture(scope="module")
def model() -> AccentModel:
    normal = analyzer_for("vi").normal
    return count_accents([word for word, _ in normal(text)] for text in TEXTS)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ha noi", "hà nội"),
        ("ha tang", "hạ tầng"),
        ("noi ha canh", "nơi hạ cánh"),
        ("duong pho", "đường phố"),
        ("thai binh duong", "thái bình dương"),
        ("thu đô ha nội", "thủ đô hà nội"),
        # Words of no such archive stay as they are; so does a tone that was typed.
        ("merkel", "merkel"),
        ("hả nội", "hả nội"),
        ("", ""),
    ],
)
def test_neighbours_decide(model: AccentModel, typed: str, meant: str) -> None:
    """Hà before nội, hạ before tầng "infrastructure"."""
    assert " ".join(model.restored(typed.split())) == meant


@given(words=st.lists(st.text(max_size=6), max_size=8))
def test_letters_never_change(model: AccentModel, words: list[str]) -> None:
    """Only accents are added, one word for each word, whatever was typed."""
    restored = model.restored(words)
    assert len(restored) == len(words)
    for before, after in zip(words, restored, strict=True):
        assert after == before or unaccented(after) == unaccented(before)


def test_an_empty_archive_restores_nothing() -> None:
    """Its model has no words and no pairs."""
    assert count_accents([]).restored(["ha", "noi"]) == ["ha", "noi"]
