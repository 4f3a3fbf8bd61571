"""The words of an archive, counted while it is indexed: a lexicon a language, and accents of Vietnamese."""

from __future__ import annotations

from analyzers import AccentCounter, AccentModel, Lexicon, NumberedTexts, WordCounter

from .articles import Article


class Vocabularies:
    """Counts the words of articles; their tags and captions do not count."""

    def __init__(self) -> None:
        self._counters: dict[str, WordCounter] = {}
        self._accents = AccentCounter()

    def add(self, article: Article, language: str, zones: NumberedTexts) -> None:
        """Count an article in a language; `zones`: its title, its lead, its paragraphs, and what follows."""
        texts = zones.beginning(2 + len(article.body))
        self._counters.setdefault(language, WordCounter()).add(texts)
        if language == "vi":
            self._accents.add_texts(texts)

    def lexicons(self) -> dict[str, Lexicon]:
        """A lexicon for each language that was counted since the last call."""
        counters, self._counters = self._counters, {}
        return {language: counter.lexicon() for language, counter in sorted(counters.items())}

    def accents(self) -> AccentModel:
        """Which accents Vietnamese words typed without them have."""
        return self._accents.model()
