"""What an article has that another may have too, and where it says so."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from analyzers import Analyzer, IndexWords, NameReader, NumberedTexts, StoryKey, story_key_reader
from indexer.articles import Article
from indexer.schema import field_name, texts_of

from ..recent_articles import RecentArticles, beginning

Told = tuple[int, tuple[str, int, int] | StoryKey]
"""Number of the text that tells a term first, and the term with its place there."""
_KEPT = 500
"""Articles, some 20 kilobytes each: stories of one day are neighbours of each other."""


@dataclass(frozen=True, slots=True)
class Read:
    """The words of one article; what they tell is looked for where they stand."""

    article: Article
    """As far as it is looked at: see `beginning`."""
    analyzer: Analyzer
    reader: NameReader
    found: IndexWords
    main_field: str
    """Of the words of the article's language."""

    def words(self) -> Mapping[str, int]:
        """Term of the main field -> number of its first word."""
        main = self.found.fields[self.analyzer.fields[0].name]
        # Backwards, so that the first of equal terms stays.
        return dict(zip(reversed(main.terms), reversed(main.at.tolist()), strict=True))

    def names(self, wanted: Collection[str] | None = None) -> Mapping[str, Told]:
        """The names where they are told first; of those that are not `wanted` perhaps only some."""
        texts, language = self.found.texts, self.analyzer.language
        return _first(self.reader.terms_of_texts(texts, language, wanted), self.found)

    def keys(self, wanted: Collection[str] | None = None) -> Mapping[str, Told]:
        """The story keys in the same way."""
        reader = story_key_reader(self.analyzer.language)
        return _first(reader.keys_of_texts(self.found.texts, wanted), self.found)

    def keys_at(self, told: Told) -> list[str]:
        """The story keys that the words of a term tell by themselves."""
        first, end = self._range(told)
        texts = self.found.texts
        part = NumberedTexts(texts.words, texts.numbers[first:end], [end - first])
        reader = story_key_reader(self.analyzer.language)
        return [key.term for _, keys in reader.keys_of_texts(part) for key in keys]

    def written(self, told: Told) -> str:
        """The words that tell a term of `names` or `keys` first."""
        first, end = self._range(told)
        words = self.surfaces(first, end)
        return words[0] if end == first + 1 else _phrase(texts_of(self.article)[told[0]], words)

    def surfaces(self, first: int, end: int) -> list[str]:
        """Words by their numbers, as they are written."""
        texts = self.found.texts
        return [texts.words.surfaces[number] for number in texts.numbers[first:end].tolist()]

    def _range(self, told: Told) -> tuple[int, int]:
        """Numbers of the first word of a term and of the word after it."""
        text, (_, at, length, *_) = told
        first = at + (self.found.texts.ends[text - 1] if text else 0)
        return first, first + length


class Reader:
    """Reads articles and remembers the last ones. Safe for several threads."""

    def __init__(self) -> None:
        self._recent: RecentArticles[Read] = RecentArticles(_KEPT)

    def read(self, article: Article, analyzer: Analyzer, names: NameReader) -> Read:
        """See the function `read`; the words have only the main field."""
        return self._recent.get(
            article, (analyzer, names), lambda: read(article, analyzer, names, main_only=True)
        )


def read(article: Article, analyzer: Analyzer, names: NameReader, *, main_only: bool = False) -> Read:
    """The words of an article, as far as it is looked at; `analyzer` is that of its language."""
    article = beginning(article)
    found = analyzer.index_words(texts_of(article), main_only=main_only)
    main_field = field_name(analyzer.language, analyzer.fields[0].name)
    return Read(article, analyzer, names, found, main_field)


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
