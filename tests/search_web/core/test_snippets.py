"""Snippets: whole words marked, borders at sentences and words, offsets of the text that is shown."""

from __future__ import annotations

import json
import time
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzers import Analyzer, QueryLanguage, analyzer_for, build_lexicon, query_languages
from search_web.core.pages import Snippet
from search_web.core.query_parser import parse_leniently
from search_web.core.snippets import marked, passages, title_and_passages
from search_web.core.targets import targets_of
from search_web.core.wanted import Wanted, wanted_words

CASES: dict[str, Any] = json.loads(
    (Path(__file__).resolve().parents[2] / "cases" / "snippets" / "marks.json").read_text(encoding="utf-8")
)
ARABIC = "وزير الوزير ألمانيا الصحة"
"""Words of the archive: minister, the minister, Germany, health."""


def analyzer_of(language: str) -> Analyzer:
    return analyzer_for(language, build_lexicon(language, [ARABIC] if language == "ar" else []))


def wanted_by(query: str, analyzer: Analyzer) -> Wanted:
    """What a query typed by a reader looks for, by the code that the service runs."""
    node, _ = parse_leniently(query)
    found = [
        found for found in query_languages(query, [analyzer.language]) if found.lang == analyzer.language
    ]
    languages = found or [QueryLanguage(analyzer.language, 1.0, unaccented=False)]
    return wanted_words(node, analyzer, targets_of(languages, lambda _: analyzer))


def bracketed(snippet: Snippet) -> str:
    text = snippet.text
    for mark in reversed(snippet.marks):
        text = f"{text[: mark.start]}[{text[mark.start : mark.end]}]{text[mark.end :]}"
    return text


def shown(query: str, *parts: str, language: str = "en", most: int = 2, length: int = 240) -> list[str]:
    """Passages with brackets for marks and an ellipsis where the text goes on."""
    analyzer = analyzer_of(language)
    found = passages(parts, analyzer, wanted_by(query, analyzer), most=most, length=length)
    return ["…" * s.cut_before + bracketed(s) + "…" * s.cut_after for s in found]


@pytest.mark.parametrize("case", [pytest.param(case, id=case["label"]) for case in CASES["cases"]])
def test_marks(case: dict[str, str]) -> None:
    """The same words are marked in a title and in a passage."""
    analyzer = analyzer_of(case["language"])
    wanted = wanted_by(case["query"], analyzer)
    assert bracketed(marked(case["text"], analyzer, wanted)) == case["shown"]
    assert [bracketed(found) for found in passages([case["text"]], analyzer, wanted)] == [case["shown"]]


@pytest.mark.parametrize("case", [pytest.param(case, id=case["label"]) for case in CASES["known_failures"]])
@pytest.mark.xfail(strict=True, reason="what marks are known not to do")
def test_known_failures(case: dict[str, str]) -> None:
    """When one of these begins to pass, it becomes a case of its own."""
    analyzer = analyzer_of(case["language"])
    assert bracketed(marked(case["text"], analyzer, wanted_by(case["query"], analyzer))) == case["shown"]


def test_a_passage_is_a_sentence_and_what_follows_it() -> None:
    """It begins where a sentence begins and says that there is more on both sides."""
    text = "Nobody knew. Hanoi is in the north. It is old. " + "A long sentence about other things. " * 3
    assert shown("hanoi", text, length=50) == ["…[Hanoi] is in the north. It is old.…"]


def test_paragraphs_are_not_joined() -> None:
    """A passage ends with its paragraph, though there is room, and nothing of the paragraph is cut."""
    assert shown("hanoi", "Rain.", "In Hanoi", "More rain.") == ["In [Hanoi]"]


def test_a_line_break_is_shown_as_one_blank() -> None:
    """Marks behind it stay in place."""
    analyzer = analyzer_of("en")
    assert bracketed(marked("Rain\r\nin Hanoi", analyzer, wanted_by("hanoi", analyzer))) == "Rain  in [Hanoi]"


def test_the_passage_with_more_words_of_the_query_wins() -> None:
    """One sentence with both words is better than an earlier one that repeats the first."""
    text = ("Rice, rice and rice.", "Exports of rice rose.", "Rice again.")
    assert shown("rice exports", *text, most=1) == ["[Exports] of [rice] rose."]


def test_words_side_by_side_win() -> None:
    """Of two sentences with both words the one that has them together is shown."""
    text = ("The climate here is no change.", "They spoke of climate change.")
    assert shown("climate change", *text, most=1) == ["They spoke of [climate change]."]


def test_a_second_passage_brings_what_the_first_lacks() -> None:
    """Passages come in the order of the text."""
    text = ("Exports rose.", "Rice, rice and rice.", "Rice fields.", "Nothing.")
    assert shown("rice exports", *text) == ["[Exports] rose.", "[Rice], [rice] and [rice]."]


def test_the_best_part_of_a_long_sentence_is_shown() -> None:
    """A text without full stops has passages too, not its beginning alone."""
    text = "word " * 100 + "summit " + "word " * 100 + "in the Hanoi summit " + "word " * 50
    (found,) = shown("hanoi summit", text, most=1)
    assert "[Hanoi summit]" in found
    assert (found[0], found[-1]) == ("…", "…")


def test_without_a_match_the_beginning_is_shown() -> None:
    """Cut after a whole word, without marks."""
    assert shown("hue", "Hanoi is in the north of Vietnam", "More.", length=20) == ["Hanoi is in the…"]
    assert shown("hue", "", "Short lead.") == ["Short lead."]
    assert shown("hue", "", " ") == []


def test_a_word_longer_than_a_passage_is_cut_between_letters() -> None:
    """A letter written as two code points stays whole."""
    assert shown("hue", "e\N{COMBINING ACUTE ACCENT}" * 200, length=11) == [
        "e\N{COMBINING ACUTE ACCENT}" * 5 + "…"
    ]


def test_a_title_follows_the_accents_of_the_body() -> None:
    """Where the body has the word as typed, another word of the title with the same letters is no find."""
    analyzer = analyzer_of("vi")
    wanted = wanted_by("cá", analyzer)
    title, (body,) = title_and_passages("Ca sĩ trẻ", ["Anh ấy nuôi cá."], analyzer, wanted)
    assert (bracketed(title), bracketed(body)) == ("Ca sĩ trẻ", "Anh ấy nuôi [cá].")
    title, _ = title_and_passages("Ca sĩ trẻ", ["Anh ấy hát."], analyzer, wanted)
    assert bracketed(title) == "[Ca] sĩ trẻ"


@pytest.mark.parametrize(
    "body",
    ["Hanoi. " * 300_000, "Hanoi " * 350_000, "Hanoi\n" * 330_000, "Hanoi" * 400_000, "😀 Hanoi. " * 200_000],
    ids=["sentences", "one sentence", "lines", "one word", "surrogates"],
)
def test_the_time_of_a_huge_body_is_bounded(body: str) -> None:
    """Two million letters full of the word; seconds here would be a way to stop the server."""
    analyzer = analyzer_of("en")
    wanted = wanted_by("hanoi", analyzer)
    started = time.process_time()
    found = passages([body], analyzer, wanted)
    assert time.process_time() - started < 1.5, "0.2 s is usual"
    assert all(len(snippet.text) <= 240 for snippet in found)


def test_what_is_past_the_limit_is_not_looked_at() -> None:
    """The word that the limit would cut in two is no word, and the last passage says that it is cut."""
    filler = "rain " * 39_998
    assert shown("hanoi", filler + "Hanoi Hanoi", most=1)[0].endswith("[Hanoi]…")
    assert "[" not in shown("han", filler + "rain rain Hanoi", most=1)[0]


words = st.sampled_from(
    ["Hanoi", "hà nội", "cá", "e\u0301e\u0323", "วันนี้", "河内", "😀", ". ", "\n", " ", "وَزيــر", "\u200f"]
)
texts = st.lists(st.lists(words | st.text(max_size=4), max_size=30).map("".join), max_size=4)


@settings(max_examples=150, deadline=None)
@given(parts=texts, length=st.integers(10, 80), language=st.sampled_from(["en", "vi", "ar", "zh"]))
def test_laws(parts: list[str], length: int, language: str) -> None:
    """Any text: passages are pieces of it, marks are whole words in order, no letter loses its marks."""
    analyzer = analyzer_of(language)
    whole = "\n".join(part for part in parts if part)
    flat = "".join(" " if c in "\n\r\t\v\f\x85\u2028\u2029" else c for c in whole)
    found = passages(parts, analyzer, wanted_by("hanoi nội cá 河内 وزير", analyzer), length=length)
    assert len(found) <= 2
    for snippet in found:
        assert 0 < len(snippet.text) <= length
        assert snippet.text in flat
        assert not unicodedata.combining(snippet.text[0]) or flat.startswith(snippet.text)
        last = 0
        for mark in snippet.marks:
            assert last <= mark.start < mark.end <= len(snippet.text)
            last = mark.end
            assert analyzer.words(snippet.text[mark.start : mark.end]).starts[0] == 0
