"""SQLite FTS5: the full-text search that comes with Python."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path

from .protocol import TOP, Answer, BenchArticle, Change, EngineMissing, Question

_COMMIT_EVERY = 10_000
# Without its texts (content=''). To the tokenizer `ascii` every other letter is one: words end at blanks.
_SCHEMA = """
CREATE TABLE articles (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, lang TEXT NOT NULL, date INTEGER NOT NULL
);
CREATE VIRTUAL TABLE words USING fts5 (text, content='', tokenize='ascii');
"""
_BEST = "SELECT id FROM (SELECT rowid FROM words WHERE words MATCH ? ORDER BY rank LIMIT ?) AS best"
_FILTERED = """
SELECT id FROM words JOIN articles ON number = words.rowid
WHERE words MATCH ? AND lang = ? AND date BETWEEN ? AND ? ORDER BY rank LIMIT ?
"""
_FACETS = """
SELECT lang, count(*) FROM words JOIN articles ON number = words.rowid WHERE words MATCH ? GROUP BY lang
"""
_NEWEST = """
SELECT id FROM words JOIN articles ON number = words.rowid WHERE words MATCH ? ORDER BY date DESC LIMIT ?
"""


class Fts5Engine:
    """`bm25()` over one column; ids, languages and dates in a table beside it."""

    name = "fts5"
    commits = "fsync of the write-ahead log (WAL, synchronous FULL)"
    cannot: frozenset[str] = frozenset()

    def version(self) -> str:
        """Of the SQLite that this Python was built with."""
        try:
            sqlite3.connect(":memory:").execute("CREATE VIRTUAL TABLE probe USING fts5(text)")
        except sqlite3.OperationalError as error:
            raise EngineMissing(f"this Python's SQLite has no FTS5: {error}") from None
        return f"SQLite {sqlite3.sqlite_version}"

    def build(self, articles: Iterable[BenchArticle], directory: Path) -> None:
        """Some large transactions."""
        database = _connected(directory)
        database.executescript(_SCHEMA)
        number = 0
        while batch := list(islice(articles, _COMMIT_EVERY)):
            with database:
                for article in batch:
                    number += 1
                    _insert(database, number, article)
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        database.close()

    def open(self, directory: Path) -> OpenFts5:
        """One connection."""
        return OpenFts5(_connected(directory))


class OpenFts5:
    """One SQL statement for each kind of question."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database

    def answer(self, question: Question) -> Answer:
        """A count is a statement of its own, and so are facets: FTS5 has neither."""
        match, ask = _match(question), self._database.execute
        if question.want == "newest":
            rows = ask(_NEWEST, (match, TOP))
        elif question.lang:
            rows = ask(_FILTERED, (match, question.lang, question.first, question.last, TOP))
        else:
            rows = ask(f"{_BEST} JOIN articles ON number = best.rowid", (match, TOP))
        ids = [row[0] for row in rows]
        return Answer(
            ids,
            self.total(question) if question.want == "count" else None,
            dict(ask(_FACETS, (match,)).fetchall()) if question.want == "facets" else None,
        )

    def total(self, question: Question) -> int:
        """By `count(*)`."""
        statement = "SELECT count(*) FROM words WHERE words MATCH ?"
        values: list[str | int] = [_match(question)]
        if question.lang:
            statement = """
                SELECT count(*) FROM words JOIN articles ON number = words.rowid
                WHERE words MATCH ? AND lang = ? AND date BETWEEN ? AND ?
            """
            values += [question.lang, question.first, question.last]
        return int(self._database.execute(statement, values).fetchone()[0])

    def commit(self, changes: Sequence[Change]) -> None:
        """One transaction. An index without its texts needs the old words to take them out."""
        with self._database as database:
            (number,) = database.execute("SELECT max(number) FROM articles").fetchone()
            for old, new in changes:
                if old is not None:
                    (place,) = database.execute(
                        "SELECT number FROM articles WHERE id = ?", (old.id,)
                    ).fetchone()
                    database.execute(
                        "INSERT INTO words (words, rowid, text) VALUES ('delete', ?, ?)", (place, old.words)
                    )
                    database.execute("DELETE FROM articles WHERE number = ?", (place,))
                else:
                    number += 1
                    place = number
                _insert(database, place, new)

    def close(self) -> None:
        """Close the connection."""
        self._database.close()


def _insert(database: sqlite3.Connection, number: int, article: BenchArticle) -> None:
    database.execute("INSERT INTO words (rowid, text) VALUES (?, ?)", (number, article.words))
    row = (number, article.id, article.lang, article.date)
    database.execute("INSERT INTO articles VALUES (?, ?, ?, ?)", row)


def _connected(directory: Path) -> sqlite3.Connection:
    database = sqlite3.connect(directory / "articles.sqlite")
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = FULL")
    return database


def _match(question: Question) -> str:
    words = [f'"{word}"' for word in question.words]
    if question.match == "phrase":
        return f'"{" ".join(question.words)}"'
    if question.match == "prefix":
        return f"{words[0]}*"
    return (" AND " if question.match == "all" else " OR ").join(words)
