"""A word of a query is one entry, whatever languages it was looked for in."""

from __future__ import annotations

from analyzers import Step
from search_web.core.explanation import ExplainedWord, Explanation, Place, TermMatch
from search_web.explained import ReadWord, has, main_language, read_words

HIT = TermMatch("vi.syl", "bão", 5, 2.0, (Place("title", "Bão", 1),))
FOLD = TermMatch("vi.fold", "bao", 9, 0.5, (Place("title", "Bão", 1),))
SLUG = TermMatch("slug.fold", "bao", 7, None, (Place("address", "bao", 1),))
MISS = TermMatch("en.stem", "bao", 3, None)
VI_STEPS = (
    Step("case", "BÃO", "bão"),
    Step("syl: stop word", "bão", ""),
    Step("fold: accents off", "bão", "bao"),
)


def read(*words: ExplainedWord) -> tuple[ReadWord, ...]:
    return read_words(Explanation("q", "q", "id", "title", True, 1.0, words, ()))


def word(language: str, *matches: TermMatch, surface: str = "BÃO", at: int = 0) -> ExplainedWord:
    return ExplainedWord(language, surface, at, at + len(surface), VI_STEPS, matches)


def test_only_languages_that_the_article_has_are_told() -> None:
    """Steps of both Vietnamese targets once, without their fields and without dropping; the best first."""
    (entry,) = read(word("en", MISS), word("vi", FOLD, HIT), word("slug", SLUG))
    assert entry.matches == (HIT, FOLD)
    assert entry.steps == (Step("case", "BÃO", "bão"), Step("accents off", "bão", "bao"))
    assert not entry.missing
    assert not entry.too_common


def test_a_missing_word_tells_the_language_that_has_it() -> None:
    """Where none has it, all that were asked; never the addresses, which are no language."""
    (entry,) = read(word("vi", TermMatch("vi.syl", "x", 1, None)), word("en", MISS), word("slug", SLUG))
    assert (entry.missing, entry.articles, entry.languages) == (True, 3, ("en",))
    (entry,) = read(
        word("vi", TermMatch("vi.syl", "x", 0, None)), word("en", TermMatch("en.stem", "x", 0, None))
    )
    assert (entry.articles, entry.languages) == (0, ("vi", "en"))
    assert entry.steps == ()


def test_a_word_without_terms_is_too_common() -> None:
    """In any language, unless the article has it in another."""
    (entry,) = read(word("en"), word("vi", TermMatch("vi.syl", "x", 1, None)))
    assert (entry.too_common, entry.missing) == (True, False)
    (entry,) = read(word("en"), word("vi", HIT))
    assert not entry.too_common


def test_words_stand_in_the_order_of_the_query() -> None:
    """Two places of one word are two entries."""
    entries = read(
        word("vi", HIT, surface="hai", at=4), word("vi", HIT, surface="một"), word("en", surface="hai", at=4)
    )
    assert [entry.surface for entry in entries] == ["một", "hai"]


def test_an_article_has_what_stands_in_it_though_nothing_scores() -> None:
    """An address says nothing without a score: every term of a headline is told with it."""
    assert has(TermMatch("vi.syl", "bão", 5, None, HIT.places))
    assert not has(SLUG)
    assert not has(MISS)


def test_the_language_is_that_of_the_fields() -> None:
    """Not of names and addresses."""
    name = TermMatch("name.key", "k", 1, 1.0)
    assert main_language(read(word("slug", TermMatch("slug.fold", "b", 1, 1.0)), word("vi", HIT)), ()) == "vi"
    assert main_language((), (name, HIT)) == "vi"
    assert main_language((), (name,)) == ""
