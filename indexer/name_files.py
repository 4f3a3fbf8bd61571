"""The dictionary of names as two files of a generation.

    names.tsv           name, Arabic spelling, stories that witness it, an article that has it, articles
                        with the rarest of its words
    name-stories.tsv    every witness, from which a job counts anew what has changed

The first line of each names the format, the last change of the archive that is in it, and the CRC of that
change and the rest. Whatever is missing, damaged or of another format is as if it were not there: no
dictionary, until the next job writes it anew.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from analyzers.name_alignment import bare_name

from .durable_files import write_lines_durably
from .name_witnesses import Witness

DICTIONARY = "names.tsv"
STORIES = "name-stories.tsv"
LEAST_STORIES = 2
"""A spelling that fewer stories witness may be chance, and joins nothing."""
LEAST_SHARE = 10
"""Of so many articles with its words one must be a story with the name: ثانيا "secondly" sounds as Đá Nhảy
does, and stands in its stories as often as in any others."""
_FORMATS = {DICTIONARY: "# dalil names 2", STORIES: "# dalil name stories 2"}


class NameEntry(NamedTuple):
    """One name with one of its Arabic spellings."""

    name: str
    """As Vietnamese texts write it; in lower case without accents where none has it."""
    arabic: str
    """Normalised, words parted by blanks."""
    stories: int
    """Stories that have both; at least 1."""
    article: str
    """Id of an Arabic article that has the spelling."""
    articles: int = 0
    """Articles that have the rarest of its words, in the archive as the generation began."""

    @property
    def joins(self) -> bool:
        """Whether it is sure enough for a search to join the two."""
        return self.stories >= LEAST_STORIES and self.stories * LEAST_SHARE >= self.articles


def counted(witnesses: Iterable[Witness], frequency: Callable[[str], int]) -> list[NameEntry]:
    """The entries of a dictionary, sorted; a name without accents is the accented one if there is only one.

    `frequency`: articles of the archive with a normalised Arabic word.
    `pham the tung` of an address is Phạm Thế Tùng where some text of the archive says so and none has Phạm
    Thế Tưng.
    """
    witnesses = sorted(witnesses)
    written: dict[str, set[str]] = {}
    for witness in witnesses:
        if not witness.name.islower():
            written.setdefault(bare_name(witness.name), set()).add(witness.name)
    stories: dict[tuple[str, str], dict[str, str]] = {}
    for witness in witnesses:
        name = witness.name
        known = written.get(name, set()) if name.islower() else set()
        if len(known) == 1:
            name = next(iter(known))
        stories.setdefault((name, witness.arabic), {}).setdefault(witness.story, witness.article)
    return [
        NameEntry(name, arabic, len(found), min(found.values()), min(map(frequency, arabic.split())))
        for (name, arabic), found in sorted(stories.items())
    ]


def save(folder: Path, witnesses: Iterable[Witness], sequence: int, frequency: Callable[[str], int]) -> None:
    """Write both files of a generation; they know the archive up to the change `sequence`."""
    witnesses = sorted(witnesses)
    # The stories first: a dictionary of the same change is made of them.
    _write(
        folder / STORIES,
        sequence,
        [f"{w.name}\t{w.arabic}\t{w.story}\t{w.article}\t{w.other}\n" for w in witnesses],
    )
    _write(
        folder / DICTIONARY,
        sequence,
        [
            f"{e.name}\t{e.arabic}\t{e.stories}\t{e.article}\t{e.articles}\n"
            for e in counted(witnesses, frequency)
        ],
    )


def load_entries(folder: Path) -> tuple[int, list[NameEntry]] | None:
    """Last change of the archive in the dictionary of a generation, and its entries; None without one."""
    found = _read(folder / DICTIONARY, columns=5)
    if found is None:
        return None
    try:
        entries = [
            NameEntry(name, arabic, int(stories), article, int(articles))
            for name, arabic, stories, article, articles in found[1]
        ]
    except ValueError:
        return None
    return found[0], entries


def load_witnesses(folder: Path) -> tuple[int, list[Witness]] | None:
    """The same of the witnesses."""
    found = _read(folder / STORIES, columns=5)
    return None if found is None else (found[0], list(map(Witness._make, found[1])))


def _write(path: Path, sequence: int, lines: Sequence[str]) -> None:
    checksum = zlib.crc32(b"%d\n" % sequence)
    for line in lines:
        checksum = zlib.crc32(line.encode("utf-8", "surrogatepass"), checksum)
    write_lines_durably(path, [f"{_FORMATS[path.name]}\t{sequence}\t{checksum:08x}\n", *lines])


def _read(path: Path, columns: int) -> tuple[int, list[list[str]]] | None:
    try:
        head, _, body = path.read_bytes().partition(b"\n")
        kind, sequence, checksum = head.decode("utf-8").split("\t")
        found = int(sequence)
        if kind != _FORMATS[path.name] or int(checksum, 16) != zlib.crc32(body, zlib.crc32(b"%d\n" % found)):
            return None
        rows = [line.split("\t") for line in body.decode("utf-8").split("\n")[:-1]]
    except (OSError, ValueError):
        return None
    return (found, rows) if all(len(row) == columns for row in rows) else None
