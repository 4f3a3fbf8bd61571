"""`Lexicon`: the words of an archive in one language, counted and frozen.

It decides which Arabic clitics go (is the rest a word of this archive?) and what did-you-mean offers.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from .errors import AnalysisError

_HEAD = "# dalil lexicon 1: word, document frequency, commonest written form"
MAX_WORDS = 400_000
"""The commonest so many words are kept."""


class LexiconDamaged(AnalysisError):
    """A lexicon file is not what `Lexicon.save` writes."""


class Lexicon:
    """Normalised words of one language with their document frequencies. Immutable."""

    def __init__(self, entries: Mapping[str, tuple[int, str]]) -> None:
        """`entries`: word -> (document frequency, commonest written form)."""
        self.counts: Mapping[str, int] = {word: count for word, (count, _) in entries.items()}
        """Normalised word -> number of articles that have it."""
        self._surfaces = {word: surface for word, (_, surface) in entries.items() if surface != word}
        digest = hashlib.sha256()
        for word in sorted(self.counts):
            digest.update(f"{word}\t{self.counts[word]}\n".encode("utf-8", "surrogatepass"))
        self.hash = digest.hexdigest()
        """SHA-256 (hex) of words and counts."""

    def surface(self, word: str) -> str:
        """The commonest written form of a normalised word; the word itself if it is unknown."""
        return self._surfaces.get(word, word)

    def save(self, path: Path) -> None:
        """Write as tab-separated UTF-8, most frequent first."""
        ranked = sorted(self.counts, key=lambda word: (-self.counts[word], word))
        lines = (f"{word}\t{self.counts[word]}\t{self.surface(word)}\n" for word in ranked)
        with path.open("w", encoding="utf-8", newline="\n") as file:
            file.write(_HEAD + "\n")
            file.writelines(lines)

    @classmethod
    def load(cls, path: Path) -> Lexicon:
        """Read what `save` wrote. Raises `LexiconDamaged` naming the file and line."""
        entries: dict[str, tuple[int, str]] = {}
        with path.open(encoding="utf-8", newline="\n") as file:
            if file.readline().rstrip("\n") != _HEAD:
                raise LexiconDamaged(f"{path} is not a lexicon; rebuild it with `dalil reindex`")
            for number, line in enumerate(file, start=2):
                fields = line.rstrip("\n").split("\t")
                if len(fields) != 3 or not fields[1].isdigit():
                    raise LexiconDamaged(f"{path}, line {number}, is damaged; run `dalil reindex`")
                entries[fields[0]] = (int(fields[1]), fields[2])
        return cls(entries)


def count_words(documents: Iterable[Iterable[tuple[str, str]]]) -> Lexicon:
    """Count (normalised word, surface) pairs of documents into a lexicon."""
    frequencies: Counter[str] = Counter()
    written: Counter[tuple[str, str]] = Counter()
    for document in documents:
        pairs = set(document)
        written.update(pairs)
        frequencies.update({word for word, _ in pairs})
    best: dict[str, tuple[int, str]] = {}
    for (word, surface), count in written.items():
        # Equal counts: the smaller string, so that the same archive gives the same lexicon.
        if word not in best or (-count, surface) < (-best[word][0], best[word][1]):
            best[word] = (count, surface)
    return Lexicon({word: (count, best[word][1]) for word, count in frequencies.most_common(MAX_WORDS)})
