"""SQLite FTS5: the full-text search that comes with Python."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing

from .protocol import Answers, PeerDocument, PeerMissing

_TOKENIZER = "unicode61 remove_diacritics 0"
"""Accents kept: with them gone, Vietnamese with its accents typed loses, see README.md."""


class Fts5Peer:
    """`bm25()` over one column (k1 1.2, b 0.75); OR of the query's tokens; Porter stems for English."""

    name = "fts5"

    def serves(self, lang: str) -> bool:
        """Any language, by its Unicode tokenizer."""
        return bool(lang)

    def version(self) -> str:
        """Of the SQLite that this Python was built with."""
        with closing(sqlite3.connect(":memory:")) as database:
            try:
                database.execute("CREATE VIRTUAL TABLE probe USING fts5(text)")
            except sqlite3.OperationalError as error:
                raise PeerMissing(f"this Python's SQLite has no FTS5: {error}") from None
        return f"fts5 {sqlite3.sqlite_version}"

    def answer(
        self, lang: str, documents: Sequence[PeerDocument], queries: Mapping[str, str], limit: int
    ) -> Answers:
        """In memory; queries go through a table of their own, so that one tokenizer reads both sides."""
        tokenizer = f"porter {_TOKENIZER}" if lang == "en" else _TOKENIZER
        with closing(sqlite3.connect(":memory:")) as database:
            database.execute(f"CREATE VIRTUAL TABLE articles USING fts5(text, tokenize='{tokenizer}')")
            database.execute("CREATE VIRTUAL TABLE article_words USING fts5vocab(articles, 'row')")
            # MATCH stems words by itself, so the words of a query are cut out and not stemmed yet.
            database.execute(f"CREATE VIRTUAL TABLE asked USING fts5(text, tokenize='{_TOKENIZER}')")
            database.execute("CREATE VIRTUAL TABLE asked_words USING fts5vocab(asked, 'instance')")
            database.executemany(
                "INSERT INTO articles(rowid, text) VALUES (?, ?)",
                ((number, document.text) for number, document in enumerate(documents)),
            )
            found = {}
            for query_id, text in queries.items():
                database.execute("DELETE FROM asked")
                database.execute("INSERT INTO asked(rowid, text) VALUES (1, ?)", (text,))
                words = [row[0] for row in database.execute("SELECT DISTINCT term FROM asked_words")]
                found[query_id] = tuple(documents[row].id for row in _matches(database, words, limit))
            (held,) = database.execute("SELECT count(*) FROM articles").fetchone()
            (postings,) = database.execute("SELECT sum(doc) FROM article_words").fetchone()
        return Answers(held, postings or 0, found)


def _matches(database: sqlite3.Connection, words: Sequence[str], limit: int) -> list[int]:
    if not words:
        return []
    match = " OR ".join(f'"{word}"' for word in words)
    rows = database.execute(
        "SELECT rowid FROM articles WHERE articles MATCH ? ORDER BY rank, rowid LIMIT ?", (match, limit)
    )
    return [row[0] for row in rows]
