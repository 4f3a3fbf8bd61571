"""A small home for faults, and what readers find in it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from indexer import jobs
from indexer.archive import Archive
from indexer.config import Settings
from indexer.engines.base import SearchRequest
from indexer.engines.query import Term
from indexer.library import Library

SETTINGS = Settings(lock_wait_s=5, commit_every=3, keep_generations=2)
WORDS = {f"a{n}": f"a{n}" for n in range(4)}
"""The articles of `small_home`: id -> a word of the title that no other has."""


def write_articles(path: Path, words: Mapping[str, str]) -> Path:
    """A file of articles, Arabic and Vietnamese by turns, each with its word in the title."""
    texts = [("ar", "قصة {} من المدينة"), ("vi", "tin {} Hà Nội")]
    lines = []
    for n, (article_id, word) in enumerate(sorted(words.items())):
        lang, title = texts[n % 2]
        record = {"id": article_id, "lang": lang, "title": title.format(word), "body": "thủ đô Hà Nội " * 3}
        lines.append(json.dumps(record, ensure_ascii=False) + "\n")
    path.write_text("".join(lines), encoding="utf-8")
    return path


def small_home(folder: Path) -> Path:
    """A home below a folder, with an index that serves."""
    home = folder / "home"
    jobs.add(home, [write_articles(folder / "articles.jsonl", WORDS)], settings=SETTINGS)
    return home


def archived_words(home: Path) -> dict[str, str]:
    """What the archive has: id -> the word of its title."""
    with closing(Archive.open(home / "archive.db")) as archive:
        return {article.id: _word(article.title) for article in archive.all()}


def found_words(home: Path) -> dict[str, str]:
    """What readers find, each article by the word of its title alone."""
    archived = archived_words(home)
    with closing(Library(home)) as library:
        engine = library.snapshot().engine
        found = {}
        for article_id in sorted(engine.ids()):
            words = {archived.get(article_id, article_id), article_id, f"{article_id}b"}
            of_article = [
                word
                for word in sorted(words)
                for field in ("ar.title_stem", "vi.title_syl")
                if article_id in {hit.id for hit in engine.search(SearchRequest(Term(field, word))).hits}
            ]
            # None is as wrong as two.
            found[article_id] = " ".join(of_article)
        return found


def _word(title: str) -> str:
    return next(word for word in title.split() if word.isascii() and any(c.isdigit() for c in word))
