"""What an article has that another may have too, with the words in which it says so."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from analyzers import Analyzer, IndexWords, NameReader, story_key_reader
from indexer.articles import Article
from indexer.schema import field_name, texts_of


@dataclass(frozen=True, slots=True)
class Read:
    """One article with the terms that another may have too, and the words that have them."""

    article: Article
    analyzer: Analyzer
    found: IndexWords
    words: dict[str, str]
    """Term of the main field -> the word as it is first written."""
    names: dict[str, str]
    """Term of a name -> the name as it is first written."""
    keys: dict[str, str]
    """Term of a story key -> the words that say it first."""

    @property
    def main_field(self) -> str:
        """Of the words of the article's language."""
        return field_name(self.analyzer.language, self.analyzer.fields[0].name)


def read(article: Article, analyzer: Analyzer, names: NameReader) -> Read:
    """What an article can be related by; `analyzer` is that of its language."""
    texts = texts_of(article)
    found = analyzer.index_words(texts)
    surfaces = found.texts.surfaces()
    main = found.fields[analyzer.fields[0].name]
    words: dict[str, str] = {}
    for term, at in zip(main.terms, main.at.tolist(), strict=True):
        if term not in words:
            words[term] = surfaces[at]
    reader = story_key_reader(analyzer.language)
    told = _told(names.terms_of_texts(found.texts, analyzer.language), texts, found, surfaces)
    said = _told(
        ((number, [key[:3] for key in keys]) for number, keys in reader.keys_of_texts(found.texts)),
        texts,
        found,
        surfaces,
    )
    return Read(article, analyzer, found, words, told, said)


def _told(
    terms_of_texts: Iterable[tuple[int, list[tuple[str, int, int]]]],
    texts: Sequence[str],
    found: IndexWords,
    surfaces: Sequence[str],
) -> dict[str, str]:
    """Term -> the words in which it is told first."""
    told: dict[str, str] = {}
    ends = found.texts.ends
    for number, terms in terms_of_texts:
        start = ends[number - 1] if number else 0
        for term, at, length in terms:
            if term not in told:
                first = start + at
                # In no field: a stop word. Names do not begin or end with one, though في is a syllable too.
                if not (found.kept[first] and found.kept[first + length - 1]):
                    continue
                told[term] = (
                    surfaces[first]
                    if length == 1
                    else _phrase(texts[number], surfaces[first : first + length])
                )
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
