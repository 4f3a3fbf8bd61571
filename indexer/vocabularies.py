"""The words of an archive, counted while it is indexed: a lexicon a language, and accents of Vietnamese."""

from __future__ import annotations

from pathlib import Path

from analyzers import AccentCounter, AccentModel, Lexicon, NumberedTexts, WordCounter
from analyzers.packed_strings import named, part

from .articles import Article
from .suggestion_files import read_arrays, write_arrays

_FORMAT = 1
_ACCENTS = "accents"


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

    def save(self, path: Path) -> None:
        """Write down all that was counted, so that another process goes on with it."""
        arrays = named(_ACCENTS, self._accents.packed())
        for language, counter in self._counters.items():
            arrays |= named(f"words.{language}", counter.packed())
        write_arrays(path, {"vocabularies": _FORMAT, "languages": sorted(self._counters)}, arrays)

    @classmethod
    def load(cls, path: Path) -> Vocabularies | None:
        """What `save` wrote; None where there is nothing that is whole."""
        stored = read_arrays(path)
        if stored is None or stored.about.get("vocabularies") != _FORMAT:
            return None
        words = cls()
        for language in stored.about["languages"]:
            words._counters[language] = WordCounter.of_packed(part(stored.arrays, f"words.{language}"))
        words._accents = AccentCounter.of_packed(part(stored.arrays, _ACCENTS))
        return words
