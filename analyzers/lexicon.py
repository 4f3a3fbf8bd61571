"""`Lexicon`: the words of an archive in one language, counted and frozen.

It decides which Arabic clitics go (is the rest a word of this archive?) and what did-you-mean offers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .errors import AnalysisError
from .packed_strings import Arrays, named, pack, part, unpack
from .word_numbers import LastingNumbers, NumberedTexts, distinct, longer

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
        number = 1
        try:
            with path.open(encoding="utf-8", newline="\n") as file:
                if file.readline().rstrip("\n") != _HEAD:
                    raise LexiconDamaged(f"{path} is not a lexicon; rebuild it with `dalil reindex`")
                for number, line in enumerate(file, start=2):  # noqa: B007 -- told below
                    word, count, surface = line.rstrip("\n").split("\t")
                    entries[word] = int(count), surface
        except ValueError as error:
            # Bytes that are no UTF-8, other fields than three, a count that is no number.
            raise LexiconDamaged(f"{path}, line {number}, is damaged; run `dalil reindex`") from error
        return cls(entries)


class WordCounter:
    """Counts the words of documents, one `NumberedTexts` each, into a lexicon."""

    def __init__(self) -> None:
        self._surfaces = LastingNumbers()
        self._words = LastingNumbers()
        self._scratch = np.zeros(0, np.int32)
        self._written = np.zeros(0, np.int64)
        """Documents by the number of a written word."""
        self._word_of = np.zeros(0, np.int32)
        self._documents = np.zeros(0, np.int64)
        """Documents by the number of a normalised word."""

    def add(self, document: NumberedTexts) -> None:
        """Count the words of a document."""
        words = document.words
        surfaces = self._surfaces.column(words, words.surfaces)
        normal = self._words.column(words, words.normals)
        size = max(surfaces.size, len(self._surfaces))
        if size > self._scratch.size:
            self._scratch = longer(self._scratch, size)
        found = distinct(document.numbers, self._scratch)
        surfaces, normal = surfaces[found], normal[found]
        if len(self._surfaces) > self._written.size:
            self._written = longer(self._written, len(self._surfaces))
            self._word_of = longer(self._word_of, len(self._surfaces))
            self._documents = longer(self._documents, len(self._surfaces))
        self._written[surfaces] += 1
        self._word_of[surfaces] = normal
        self._documents[distinct(normal, self._scratch)] += 1

    def packed(self) -> dict[str, NDArray[Any]]:
        """All that was counted, as arrays; `of_packed` goes on with it."""
        arrays = named("surfaces", pack(self._surfaces)) | named("words", pack(self._words))
        return arrays | {
            "written": self._written,
            "word_of": self._word_of,
            "documents": self._documents,
        }

    @classmethod
    def of_packed(cls, arrays: Arrays) -> WordCounter:
        """A counter that has counted what `packed` packed."""
        counter = cls()
        counter._surfaces.update(unpack(part(arrays, "surfaces")))
        counter._words.update(unpack(part(arrays, "words")))
        counter._written = arrays["written"].copy()
        counter._word_of = arrays["word_of"].copy()
        counter._documents = arrays["documents"].copy()
        return counter

    def lexicon(self) -> Lexicon:
        """The lexicon of what was counted."""
        words = list(self._words)
        best: dict[int, tuple[int, str]] = {}
        rows = zip(self._surfaces, self._word_of.tolist(), (-self._written).tolist(), strict=False)
        for surface, word, rank in rows:
            # Equal counts: the smaller string, so that the same archive gives the same lexicon.
            if rank and (word not in best or (rank, surface) < best[word]):
                best[word] = (rank, surface)
        counts = self._documents.tolist()
        kept = sorted((word for word in best if words[word]), key=lambda word: (-counts[word], words[word]))
        return Lexicon({words[word]: (counts[word], best[word][1]) for word in kept[:MAX_WORDS]})
