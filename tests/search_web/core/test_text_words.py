"""Words with places on demand are those of the analyzer."""

from __future__ import annotations

from collections import defaultdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzers import analyzer_for
from search_web.core.text_words import WRITTEN, TextWords

_PIECES = [
    "Hà Nội,",
    "«الوزير»",
    "U.S.-led",
    "a:b",
    "...",
    "e\N{COMBINING ACUTE ACCENT}t",
    "河内市",
    "\u200f",
    "x" * 60,
]
_BLANKS = [" ", "  ", "\n", "\n\n", "\t", "\N{NO-BREAK SPACE}"]
_texts = st.lists(st.one_of(st.sampled_from(_PIECES + _BLANKS), st.text(max_size=4))).map("".join)


@pytest.mark.parametrize("language", ["ar", "vi", "en", "ja"])
@settings(deadline=None)
@given(text=_texts, place=st.integers(0, 80))
def test_the_same_words(language: str, text: str, place: int) -> None:
    """Terms, places and surfaces, from any place of the text."""
    analyzer = analyzer_for(language)
    expected, words = analyzer.words(text), TextWords(text, analyzer)
    columns = {**expected.forms, WRITTEN: expected.written}
    spans = list(zip(expected.starts, expected.ends, strict=True))
    for form, column in columns.items():
        numbers: dict[str, list[int]] = defaultdict(list)
        for number, term in enumerate(column):
            if term is not None:
                numbers[term].append(number)
        assert words.numbers({form: set(numbers)}) == {form: numbers}
        for beginning in {term[:2] for term in numbers}:
            begun = [at for at, term in enumerate(column) if term is not None and term.startswith(beginning)]
            assert words.beginning(form, beginning) == begun
    assert words.spans(range(len(spans))) == spans
    assert words.spans(range(1, len(spans), 3)) == spans[1::3]
    assert words.surfaces() == [text[start:end] for start, end in spans]
    assert words.first_start(place) == next((start for start, _ in spans if start >= place), None)
    assert words.last_end(place) == next((end for _, end in reversed(spans) if end <= place), None)
