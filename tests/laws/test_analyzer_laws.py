"""Laws that the analyzer of every language keeps, for any text."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzers import FieldKind, analyzer_for, build_lexicon, icu_text, known_languages
from analyzers.languages import build_analyzer
from analyzers.tokens import Analyzer

LEXICON = build_lexicon("ar", ["الوزير وزير فيتنام", "مدرسة كتاب بيان"])
LANGUAGES = known_languages()

_LETTERS = "وزيرالفتنمكبلةىأآإؤئءكهٱڤپچ٠٢۵aăâbcdđêéeioôơuưy'’กขภาษไทย河内日本カな한국сновти😀👍🏽"
_MARKS = (
    "\N{ARABIC FATHA}\N{ARABIC SHADDA}\N{ARABIC TATWEEL}\N{COMBINING ACUTE ACCENT}\N{COMBINING DOT BELOW}"
)
_ODD = '\0\u200b\u200f\u202e\ufeff\ufefb\ud800\udc00 \n\t.:@_-«»"()،؟0129'
texts = st.one_of(
    st.text(st.sampled_from(_LETTERS + _MARKS + _ODD), max_size=60),
    st.text(max_size=40),
)


def _analyzer(language: str) -> Analyzer:
    return analyzer_for(language, LEXICON)


@pytest.mark.parametrize("language", LANGUAGES)
@given(text=texts)
@settings(max_examples=40, deadline=None)
def test_any_text_gives_terms_that_agree(language: str, text: str) -> None:
    """`terms`, `tokens`, `words`, `index_terms` and `explain` tell one story, and any `str` is accepted."""
    analyzer = _analyzer(language)
    main = analyzer.fields[0].name
    terms = analyzer.terms(text)
    tokens = analyzer.tokens(text)
    indexed = analyzer.index_terms(text)
    assert tokens.terms == terms == indexed[main].terms
    assert tokens.positions == indexed[main].positions
    assert set(indexed) == {field.name for field in analyzer.fields}
    words = analyzer.words(text)
    explained = analyzer.explain(text)
    for field in analyzer.fields:
        if field.kind is FieldKind.WORD:
            assert [t for t in words.forms[field.name] if t is not None] == indexed[field.name].terms
    assert [word.terms[main] for word in explained if word.terms[main]] == terms


@pytest.mark.parametrize("language", LANGUAGES)
@given(text=texts)
@settings(max_examples=40, deadline=None)
def test_offsets_never_go_backwards(language: str, text: str) -> None:
    """Spans are inside the text, in order, not empty; terms have no white space and are not too long."""
    words = _analyzer(language).words(text)
    previous = 0
    for start, end in zip(words.starts, words.ends, strict=True):
        assert previous <= start < end <= len(text)
        previous = end
    for field in _analyzer(language).index_terms(text).values():
        assert field.positions == sorted(field.positions)
        assert all(term and not any(c.isspace() for c in term) for term in field.terms)


@pytest.mark.parametrize("language", LANGUAGES)
@given(text=texts)
@settings(max_examples=40, deadline=None)
def test_composed_and_decomposed_text_give_the_same_terms(language: str, text: str) -> None:
    """NFC and NFD are two ways to write one text."""
    analyzer = _analyzer(language)
    composed, decomposed = unicodedata.normalize("NFC", text), unicodedata.normalize("NFD", text)
    assert analyzer.terms(composed) == analyzer.terms(decomposed)


@given(text=texts)
@settings(max_examples=300, deadline=None)
def test_one_word_short_cut_agrees_with_icu(text: str) -> None:
    """Where a chunk is one word between punctuation marks, ICU is not asked and would say the same."""
    for piece in text.split():
        shortcut = icu_text.word_breaks(piece)
        # A private-use character after a space ends the short cut and is no word itself.
        assert shortcut == icu_text.word_breaks(f"{piece} \ue000")


def test_terms_are_the_same_twice() -> None:
    """Memos change nothing: the second answer is the first."""
    analyzer = _analyzer("ar")
    text = "وزير الخارجية الفيتنامي في هانوي"
    assert analyzer.terms(text) == analyzer.terms(text)


def test_offsets_count_code_points_after_emoji() -> None:
    """ICU counts UTF-16 units; a character beyond the first plane must not move what follows."""
    text = "😀Hà😀Nội"
    words = _analyzer("vi").words(text)
    assert [text[s:e] for s, e in zip(words.starts, words.ends, strict=True)] == ["Hà", "Nội"]


@pytest.mark.parametrize("language", ["ar", "vi"])
def test_what_is_skipped_for_plain_words_would_change_nothing(language: str) -> None:
    """A letter that the short way takes for plain comes out of all shared steps as out of the short way."""
    analyzer = build_analyzer(language, None)
    plain = analyzer.shared.is_plain
    assert plain is not None
    letters = [letter for letter in map(chr, range(0x3000)) if plain(letter.lower())]
    assert len(letters) > 30
    for word in (*letters, *(a + b for a in letters for b in letters[::7])):
        whole = word
        for step in analyzer.shared.steps:
            whole = step.apply(whole)
        assert analyzer.normal(word) == [(whole, word)]
