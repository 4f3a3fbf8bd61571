"""Names across scripts, as data: spellings that must meet, words that must not, known failures."""

from __future__ import annotations

import json
import unicodedata
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from analyzers import analyzer_for
from analyzers.gazetteer import gazetteer
from analyzers.name_keys_arabic import arabic_syllable
from analyzers.name_keys_vietnamese import vietnamese_syllable
from analyzers.name_phrases import misses
from analyzers.names import NamePair, NameReader, NameTerm, aligned_names, name_keys, name_terms
from analyzers.names_in_arabic import normal_word, ordinary_words, without_clitics

CASES = Path(__file__).resolve().parents[1] / "cases" / "names"
FILES = ("vietnamese", "places", "foreign")
COUNTS = {"خبر": 40, "الخبر": 30, "بيان": 40, "البيان": 40, "مقارنه": 10, "المقارنه": 8, "سن": 9, "السن": 9}
"""Words of an invented archive of a hundred articles."""


@pytest.fixture(scope="module")
def reader() -> NameReader:
    return NameReader(COUNTS, documents=100)


def _cases(kind: str) -> list[Any]:
    return [
        pytest.param(case, id=f"{name}: {case['label']}")
        for name in FILES
        for case in json.loads((CASES / f"{name}.json").read_text(encoding="utf-8"))[kind]
    ]


def _words(text: str, language: str) -> list[str]:
    words = analyzer_for(language).words(text)
    return [text[start:end] for start, end in zip(words.starts, words.ends, strict=True)]


def _shared(reader: NameReader, case: dict[str, Any]) -> set[str]:
    indexed = {term for term, _, _ in reader.terms(_words(case["text"], case["language"]), case["language"])}
    mentions = reader.mentions(case["query"], case["query_language"])
    return indexed & {term for mention in mentions for term in mention.terms}


@pytest.mark.parametrize("case", _cases("found"))
def test_a_spelling_is_found(reader: NameReader, case: dict[str, Any]) -> None:
    assert _shared(reader, case)


@pytest.mark.parametrize("case", _cases("found"))
def test_composed_and_decomposed_letters_are_the_same_name(reader: NameReader, case: dict[str, Any]) -> None:
    apart = {key: unicodedata.normalize("NFD", case[key]) for key in ("query", "text")}
    assert _shared(reader, case | apart) == _shared(reader, case)


@pytest.mark.parametrize("case", _cases("not_found"))
def test_other_words_are_not_found(reader: NameReader, case: dict[str, Any]) -> None:
    assert not _shared(reader, case)


@pytest.mark.parametrize("case", _cases("known_failures"))
@pytest.mark.xfail(strict=True, reason="see the case's comment")
def test_known_failures(reader: NameReader, case: dict[str, Any]) -> None:
    assert _shared(reader, case)


def test_a_name_is_a_phrase_with_its_place_in_the_text() -> None:
    words = "قال فام ذي تونغ مساء هانوي".split()
    expected: list[NameTerm] = [
        ("FM-T-TN", 1, 3),
        ("FaM-Ti", 1, 2),
        ("Ti-TuN", 2, 2),
        ("g:1581130", 5, 1),
    ]
    assert name_terms(words, "ar") == expected


def test_ordinary_arabic_has_no_name_terms(reader: NameReader) -> None:
    text = "كان هو من قال له إن هذا البيان لم يكن منه، ثم قام به في يوم حار بين حين وحين"
    assert reader.terms(_words(text, "ar"), "ar") == []


def test_a_query_says_where_its_names_stand() -> None:
    mentions = name_keys("gặp Phạm Thế Tùng tại Hà Nội", "vi")
    assert [(m.start, m.end, m.kind) for m in mentions] == [
        (1, 4, "sound"),
        (5, 7, "place"),
        (5, 7, "sound"),
    ]


def test_the_term_of_the_text_itself_is_asked_first() -> None:
    for name, text, language in (
        ("Phạm Thế Tùng", "Phạm Thế Tùng", "vi"),
        ("فام ذي تونغ", "فام ذي تونغ", "ar"),
        ("ميركل", "ميركل", "ar"),
        ("Merkel", "Merkel", "vi"),
    ):
        first = name_keys(name, language)[0].terms[0]
        assert first in {term for term, _, _ in name_terms(text.split(), language)}


@pytest.mark.parametrize(
    "text", ["", " ", "\ud800", "a" * 5000, "و", "ـ", "Ð", "١٢٣ 4", "ه" * 300, "Đ" * 300]
)
@pytest.mark.parametrize("language", ["ar", "vi", "en", "und"])
def test_any_text_is_accepted_and_positions_never_go_back(text: str, language: str) -> None:
    written = f"{text} قال فام ذي تونغ Hà Nội {text}"
    terms = name_terms(written.split(), language)
    assert all(a[1] <= b[1] for a, b in pairwise(terms))
    assert any(mention.kind == "sound" for mention in name_keys(written, language))


def test_names_of_the_gazetteer_are_normalised() -> None:
    """A name in another form would never be met in a text."""
    wrong = [words for _, words in gazetteer().spellings() if tuple(map(normal_word, words)) != words]
    assert wrong == []


def test_the_reader_normalises_words_as_the_analyzer_does() -> None:
    analyzer = analyzer_for("ar")
    for word in ("أحمد", "مدرسة", "کتاب", "كَتَبَ", "مسئول", "شـئون", "ڤيتنام", "\ufefb", "هوئه"):
        assert [normal_word(word)] == [normal for normal, _ in analyzer.normal(word)]


def test_texts_of_one_story_give_pairs_of_spellings() -> None:
    pairs = aligned_names(
        "Thượng tướng Phạm Thế Tùng, Thứ trưởng, gặp Nguyễn Văn Thắng",
        "التقى الفريق فام ذي تونغ نائب الوزير بنغوين فان ثانغ",
    )
    assert pairs == [
        NamePair("Phạm Thế Tùng", "فام ذي تونغ", 0),
        NamePair("Nguyễn Văn Thắng", "نغوين فان ثانغ", 0),
    ]


def test_a_slug_is_a_text_of_the_story() -> None:
    pairs = aligned_names("nguyen phu trong tham", "زار نجوين فو ترونج المدينة")
    assert [(pair.name, pair.arabic) for pair in pairs] == [("nguyen phu trong", "نجوين فو ترونج")]


def test_vowels_may_miss_and_consonants_may_not() -> None:
    tung = vietnamese_syllable("Tùng")
    heard = [arabic_syllable(word) for word in ("تونغ", "تينغ", "تونغ", "توك")]
    assert tung
    assert [misses([tung], [syllable] if syllable else []) for syllable in heard] == [0, 1, 0, None]


@pytest.mark.parametrize(
    ("word", "rests"),
    [("ونغوين", ["نغوين"]), ("لليابان", ["اليابان"]), ("وبهانوي", ["بهانوي", "هانوي"]), ("وان", [])],
)
def test_clitics_are_cut_one_by_one(word: str, rests: list[str]) -> None:
    assert list(without_clitics(word)) == rests


def test_ordinary_words_take_the_article() -> None:
    ordinary = ordinary_words(COUNTS | {"هانوي": 30})
    assert [ordinary(word) for word in ("بيان", "الخبر", "هانوي", "unknown")] == [True, True, False, False]
