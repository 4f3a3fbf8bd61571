"""What is read of texts when only some names and story keys are wanted."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Sequence
from pathlib import Path

import pytest

from analyzers import NumberedTexts, StoryKey, analyzer_for, name_reader, story_key_reader

_ARTICLES = Path(__file__).resolve().parents[2] / "examples/archive/articles.jsonl"

Term = tuple[str, int, int] | StoryKey
Found = Iterable[tuple[int, Sequence[Term]]]
Read = Callable[[NumberedTexts, Collection[str] | None], Found]


def names(language: str) -> Read:
    """How the names of texts are read."""
    return lambda texts, wanted: name_reader(None).terms_of_texts(texts, language, wanted)


def keys(language: str) -> Read:
    """How the story keys of texts are read."""
    return story_key_reader(language).keys_of_texts


def places(found: Found) -> dict[str, list[tuple[int, Term]]]:
    """Term -> where it stands."""
    at: dict[str, list[tuple[int, Term]]] = {}
    for text, terms in found:
        for term in terms:
            at.setdefault(term[0], []).append((text, term))
    return at


@pytest.mark.parametrize("reader", [names, keys])
@pytest.mark.parametrize("language", ["ar", "en", "vi"])
def test_what_is_wanted_is_found_wherever_it_stands(reader: Callable[[str], Read], language: str) -> None:
    """Each term by itself as among all."""
    read = reader(language)
    looked_for = skipped = 0
    articles = map(json.loads, _ARTICLES.read_text(encoding="utf-8").splitlines())
    for article in [article for article in articles if article.get("lang") == language][:12]:
        texts = analyzer_for(language).numbered([article["title"], *article["body"]])
        found = places(read(texts, None))
        numbers = {text for term in found.values() for text, _ in term}
        for term, where in found.items():
            wanted = list(read(texts, (term,)))
            assert places(wanted)[term] == where
            looked_for += 1
            skipped += len(numbers.difference(text for text, _ in wanted))
    assert looked_for > 20
    # A reader that left nothing out would be right, and of no use.
    assert skipped > looked_for // 4


@pytest.mark.parametrize("reader", [names, keys])
def test_nothing_wanted_is_nothing_read(reader: Callable[[str], Read]) -> None:
    """Whatever the texts say."""
    texts = analyzer_for("vi").numbered(["Ngày 26/10 ông Nguyễn Văn An ở Hà Nội mở bệnh viện"])
    assert list(reader("vi")(texts, None))
    assert not list(reader("vi")(texts, ()))
