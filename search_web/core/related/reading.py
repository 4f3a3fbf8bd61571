"""What an article has that another may have too, with the words in which it says so."""

from __future__ import annotations

from dataclasses import dataclass

from analyzers import Analyzer, NameReader
from indexer.articles import Article
from indexer.engines.base import IndexDocument
from indexer.schema import document_of, field_name, texts_of, words_of


@dataclass(frozen=True, slots=True)
class Read:
    """One article as the index has it; each term with the words that have it."""

    article: Article
    document: IndexDocument
    main_field: str
    """Of the words of its language."""
    words: dict[str, str]
    """Term of the main field -> the word as it is first written."""
    names: dict[str, str]
    """Term of a name -> the name as it is first written."""


def read(article: Article, analyzer: Analyzer, names: NameReader) -> Read:
    """What an article can be related by; `analyzer` is that of its language."""
    found = words_of(article, analyzer)
    texts = texts_of(article)
    surfaces = found.texts.surfaces()
    main = analyzer.fields[0].name
    words: dict[str, str] = {}
    for term, at in zip(found.fields[main].terms, found.fields[main].at.tolist(), strict=True):
        words.setdefault(term, surfaces[at])
    named: dict[str, str] = {}
    ends = found.texts.ends
    for number, terms in names.terms_of_texts(found.texts, analyzer.language):
        start = ends[number - 1] if number else 0
        for term, at, length in terms:
            named.setdefault(term, _phrase(texts[number], surfaces[start + at : start + at + length]))
    document = document_of(article, analyzer, names, found)
    return Read(article, document, field_name(analyzer.language, main), words, named)


def _phrase(text: str, words: list[str]) -> str:
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
