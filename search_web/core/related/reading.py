"""What an article has that another may have too, and where it says so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from analyzers import Analyzer, IndexWords, NameReader, StoryKey, story_key_reader
from indexer.articles import Article
from indexer.schema import field_name, texts_of

from ..recent_articles import RecentArticles, beginning

Told = tuple[int, tuple[str, int, int] | StoryKey]
"""Number of the text that tells a term first, and the term with its place there."""
_KEPT = 500
"""Articles, some 50 kilobytes each: stories of one day are neighbours of each other."""


@dataclass(frozen=True, slots=True)
class Read:
    """One article with the terms that another may have too, and where they stand."""

    article: Article
    """As far as it is looked at: see `beginning`."""
    analyzer: Analyzer
    found: IndexWords
    words: Mapping[str, int]
    """Term of the main field -> number of its first word."""
    names: Mapping[str, Told]
    keys: Mapping[str, Told]
    """Story keys."""

    @property
    def main_field(self) -> str:
        """Of the words of the article's language."""
        return field_name(self.analyzer.language, self.analyzer.fields[0].name)

    def word(self, term: str) -> str:
        """A term of `words` as it is first written."""
        first = self.words[term]
        return self._surfaces(first, first + 1)[0]

    def written(self, told: Told) -> str:
        """The words that tell a term of `names` or `keys` first."""
        text, (_, at, length, *_) = told
        first = at + (self.found.texts.ends[text - 1] if text else 0)
        words = self._surfaces(first, first + length)
        return words[0] if length == 1 else _phrase(texts_of(self.article)[text], words)

    def _surfaces(self, first: int, end: int) -> list[str]:
        texts = self.found.texts
        return [texts.words.surfaces[number] for number in texts.numbers[first:end].tolist()]


class Reader:
    """Reads articles and remembers the last ones. Safe for several threads."""

    def __init__(self) -> None:
        self._recent: RecentArticles[Read] = RecentArticles(_KEPT)

    def read(self, article: Article, analyzer: Analyzer, names: NameReader) -> Read:
        """See the function `read`."""
        return self._recent.get(article, (analyzer, names), lambda: read(article, analyzer, names))


def read(article: Article, analyzer: Analyzer, names: NameReader) -> Read:
    """What an article can be related by; `analyzer` is that of its language."""
    article = beginning(article)
    found = analyzer.index_words(texts_of(article))
    main = found.fields[analyzer.fields[0].name]
    # Backwards, so that the first of equal terms stays.
    words = dict(zip(reversed(main.terms), reversed(main.at.tolist()), strict=True))
    told = _first(names.terms_of_texts(found.texts, analyzer.language), found)
    said = _first(story_key_reader(analyzer.language).keys_of_texts(found.texts), found)
    return Read(article, analyzer, found, words, told, said)


def _first(
    terms_of_texts: Iterable[tuple[int, Sequence[tuple[str, int, int]] | Sequence[StoryKey]]],
    found: IndexWords,
) -> dict[str, Told]:
    """Term -> where it is told first, in order of position."""
    told: dict[str, Told] = {}
    ends, kept = found.texts.ends, found.kept
    for number, terms in terms_of_texts:
        start = ends[number - 1] if number else 0
        for term in terms:
            if term[0] not in told:
                first = start + term[1]
                # In no field: a stop word. Names do not begin or end with one, though في is a syllable too.
                if kept[first] and kept[first + term[2] - 1]:
                    told[term[0]] = (number, term)
    return told


def _phrase(text: str, words: Sequence[str]) -> str:
    """The words as the text joins them: Bà Rịa - Vũng Tàu."""
    start = text.find(words[0])
    end = start
    for word in words:
        end = text.find(word, end)
        if start < 0 or end < 0:
            return " ".join(words)
        end += len(word)
    joined = text[start:end]
    return joined if len(joined) <= sum(map(len, words)) + 3 * len(words) else " ".join(words)
