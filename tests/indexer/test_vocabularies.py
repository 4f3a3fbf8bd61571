"""Counts of words that are written down half-way and gone on with are the counts of all articles."""

from __future__ import annotations

from pathlib import Path

from analyzers import analyzer_for
from indexer.articles import Article
from indexer.vocabularies import Vocabularies

TEXTS = (
    ("vi", "Hà Nội đón xuân"),
    ("en", "Hanoi welcomes spring"),
    ("vi", "Hà Nội đón khách, đón xuân"),
    ("en", "Spring in Hanoi"),
    ("vi", "đón xuân ở Hà Nội"),
)


def counted(words: Vocabularies, first: int, last: int) -> Vocabularies:
    for number, (lang, text) in enumerate(TEXTS[first:last]):
        article = Article(id=str(number), lang=lang, title=text, body=(text, text))
        analyzer = analyzer_for(lang)
        zones = analyzer.numbered([article.title, article.lead, *article.body])
        words.add(article, analyzer.language, zones)
    return words


def hashes(words: Vocabularies) -> dict[str, str]:
    return {language: lexicon.hash for language, lexicon in words.lexicons().items()}


def test_counts_go_on_where_they_were_written_down(tmp_path: Path) -> None:
    whole = counted(Vocabularies(), 0, len(TEXTS))
    counted(Vocabularies(), 0, 2).save(tmp_path / "words.bin")
    half = Vocabularies.load(tmp_path / "words.bin")
    assert half is not None
    counted(half, 2, len(TEXTS))
    model, wanted = half.accents(), whole.accents()
    assert model.words == wanted.words
    assert model.pairs.tolist() == wanted.pairs.tolist()
    assert model.pair_counts.tolist() == wanted.pair_counts.tolist()
    assert hashes(half) == hashes(whole)


def test_counts_that_are_damaged_are_none(tmp_path: Path) -> None:
    path = tmp_path / "words.bin"
    counted(Vocabularies(), 0, 2).save(path)
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    assert Vocabularies.load(path) is None
    assert Vocabularies.load(tmp_path / "none.bin") is None
