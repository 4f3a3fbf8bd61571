"""Changes are numbered in the order of their commits, whoever writes.

Readers ask for what came after a number: one that was given early and committed late would be missed.

SQLite has one writer at a time. A server has many, so each takes a lock of the database that ends with its
transaction. It is not the writer's lock of jobs, which may get lost with its connection.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

from .databases import on_sqlite

LOCKS = 0x44414C
"""Class of all advisory locks of Dalil: "DAL"."""
_NUMBERS = 1
_WAIT = text(
    f"SELECT pg_advisory_xact_lock({LOCKS}, hashtext(current_schema()) # {_NUMBERS})",
)


def begin_writing(connection: Connection) -> None:
    """Be the one writer from here to the end of the transaction: what is read before a change holds then."""
    if on_sqlite(connection):
        # Python's sqlite3 begins at the first change only, and not for CREATE TABLE.
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        connection.execute(_WAIT)


def give_numbers_in_order(connection: Connection) -> None:
    """Let nobody else number changes until this transaction ends."""
    if not on_sqlite(connection):
        connection.execute(_WAIT)
