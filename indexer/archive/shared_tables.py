"""What machines share beside the archive, in the database of one on a server: small files of homes.

A home of one machine alone keeps all of it in files, and none of these tables is made.
"""

from __future__ import annotations

from sqlalchemy import Column, Float, Integer, LargeBinary, MetaData, Table

from .tables import Number, String

SHARED = MetaData()

DOCUMENTS = Table(
    "documents",
    SHARED,
    Column("name", String, primary_key=True, comment="as the file of a home: access.json"),
    Column("content", LargeBinary, nullable=False),
    Column("at", Float, nullable=False, comment="epoch seconds"),
)
"""Files that commands and servers change."""

SERVING = Table(
    "serving",
    SHARED,
    Column("number", Integer, primary_key=True, autoincrement=False, comment="1: there is one row"),
    Column("generation", String, nullable=False),
    Column("sequence", Number, nullable=False, comment="the change that its files have"),
    Column("revision", Number, nullable=False, comment="one more with each change of this row"),
    Column("at", Float, nullable=False, comment="epoch seconds"),
)
"""Which generation serves."""

GENERATION_FILES = Table(
    "generation_files",
    SHARED,
    Column("generation", String, primary_key=True),
    Column("name", String, primary_key=True, comment="path below the folder of the generation"),
    Column("hash", String, nullable=False, index=True, comment="SHA-256 of the content, in hex"),
    Column("size", Number, nullable=False, comment="bytes"),
)

FILE_PARTS = Table(
    "file_parts",
    SHARED,
    Column("hash", String, primary_key=True, comment="of the whole file"),
    Column("part", Integer, primary_key=True, autoincrement=False),
    Column("content", LargeBinary, nullable=False, comment="compressed by zlib"),
)
"""Contents by their hash: one that several generations have is there once."""
