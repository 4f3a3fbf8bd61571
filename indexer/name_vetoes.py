"""Pairs of a name and an Arabic spelling that an editor has refused.

    HOME/names-veto.tsv        name, Arabic spelling

They are decisions of people: the file belongs to the home and no index, it outlives every `dalil reindex`,
and nothing but `dalil names veto` and `dalil names allow` writes it. It may be copied, kept under version
control and edited by hand; a search passes over the lines that it cannot read, the commands name them.

Where machines share an archive on a server, it is a document of that database instead, and all of them refuse
the same; the file of a home is where that document begins.
"""

from __future__ import annotations

import fcntl
import os
import re
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from analyzers.name_alignment import bare_name, normal_spelling
from analyzers.vietnamese import one_tone_place

from .archive_place import server_of
from .durable_files import write_lines_durably
from .errors import ArchiveError, IndexerError
from .shared_vetoes import SharedFile, shared_file

FILE = "names-veto.tsv"
_HEAD = "# dalil name vetoes 1: name, Arabic spelling"
_ARABIC = re.compile(
    "[\N{ARABIC LETTER HAMZA}-\N{ARABIC LETTER YEH}\N{ARABIC LETTER ALEF WASLA}-\N{ARABIC LETTER YEH BARREE}]"
)
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f\u1e00-\u1eff]")
_IN_DATABASE = f"{FILE} in the database of the archive"
_LONGEST = 100
"""Code points of a name: no one is called so, and a text pasted by mistake is longer."""


class NamesError(IndexerError):
    """A name or spelling that cannot be one, or a file of vetoes that cannot be read."""


@dataclass(frozen=True, slots=True, order=True)
class Veto:
    """A spelling that is not the name's."""

    name: str
    """As `written_name` gives it."""
    arabic: str
    """Normalised, words parted by blanks."""

    def covers(self, name: str, arabic: str) -> bool:
        """Whether it is about this pair; `arabic` normalised."""
        return self.arabic == arabic and same_name(self.name, name)


def written_name(name: str) -> str:
    """A name as the dictionary writes it: composed, a capital for each word, none if it came with none and
    without accents.

    >>> written_name("phạm thế tùng"), written_name("pham the tung")
    ('Phạm Thế Tùng', 'pham the tung')
    """
    words = unicodedata.normalize("NFC", name).split()
    if all(word.isascii() and word.islower() for word in words):
        return " ".join(words)
    return " ".join(one_tone_place(word.lower()).capitalize() for word in words)


def same_name(one: str, other: str) -> bool:
    """Whether two ways to write a name are one: accents count where both have any."""
    if one.isascii() or other.isascii():
        return bare_name(one) == bare_name(other)
    return written_name(one) == written_name(other)


def veto_of(name: str, arabic: str) -> Veto:
    """The veto of a pair as a person gives it, in either order. Raises `NamesError`."""
    if _ARABIC.search(name) and _LATIN.search(arabic):
        name, arabic = arabic, name
    for text in (name, arabic):
        if len(text) > _LONGEST:
            raise NamesError(
                f"{text[:40]!r}... has {len(text)} characters, a name at most {_LONGEST}; give the name alone"
            )
    if not _LATIN.search(name) or _ARABIC.search(name) or not name.isprintable():
        raise NamesError(f"{name!r} is no name in Latin script; give one such as 'Phạm Thế Tùng'")
    spelling = normal_spelling(arabic)
    if not _ARABIC.search(spelling) or _LATIN.search(spelling) or not spelling.isprintable():
        raise NamesError(f"{arabic!r} is no spelling in Arabic script; give one such as 'فام ذي تونغ'")
    return Veto(written_name(name), spelling)


def read_vetoes(home: Path) -> tuple[Veto, ...]:
    """All vetoes, sorted. Raises `NamesError` for a file that is not whole; shared, `ArchiveError` too."""
    shared = _shared(home)
    content = shared.documents.read(FILE) if shared else None
    vetoes, problem = _read(home / FILE) if content is None else _parsed(content, _IN_DATABASE)
    if problem:
        raise NamesError(problem)
    return vetoes


def readable_vetoes(home: Path) -> tuple[Veto, ...]:
    """The vetoes that can be read, sorted: a search must not fail for a slip in the file."""
    shared = _shared(home)
    content = shared.seen() if shared else None
    return (_read(home / FILE) if content is None else _parsed(content, _IN_DATABASE))[0]


def vetoes_state(home: Path) -> object:
    """What is another one when `readable_vetoes` may be."""
    shared = _shared(home)
    content = shared.seen() if shared else None
    if content is not None:
        return content
    try:
        found = (home / FILE).stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


def shared_vetoes(home: Path) -> bytes | None:
    """What the database of a shared archive has of them; None where it has none. Raises `ArchiveError`."""
    shared = _shared(home)
    return shared.documents.read(FILE) if shared else None


def add_veto(home: Path, veto: Veto) -> bool:
    """Refuse a pair; False if it was refused already. Raises `NamesError`, `ArchiveError`."""
    return _change(home, lambda known: {*known, veto})


def drop_veto(home: Path, veto: Veto) -> bool:
    """Allow a pair again, however the veto writes the name; False if it was not refused.

    Raises `NamesError`, `ArchiveError`.
    """
    return _change(home, lambda known: {v for v in known if not v.covers(veto.name, veto.arabic)})


def _change(home: Path, change: Callable[[set[Veto]], set[Veto]]) -> bool:
    if not home.is_dir():
        raise ArchiveError(f"there is no archive in {home}; add articles with `dalil add PATH`")
    shared = _shared(home)
    if shared:
        return _change_shared(shared, home, change)
    try:
        with _alone(home):
            before = set(read_vetoes(home))
            after = change(before)
            if after != before:
                write_lines_durably(home / FILE, _lines(after))
            return after != before
    except OSError as error:
        raise ArchiveError(
            f"{home / FILE} cannot be written ({error.strerror or error}); "
            "check its rights and the room on the disk"
        ) from error


def _change_shared(shared: SharedFile, home: Path, change: Callable[[set[Veto]], set[Veto]]) -> bool:
    with shared.documents.changing(FILE) as (content, then):
        vetoes, problem = _read(home / FILE) if content is None else _parsed(content, _IN_DATABASE)
        if problem:
            raise NamesError(problem)
        after = change(set(vetoes))
        if after != set(vetoes):
            then.append("".join(_lines(after)).encode())
    for told in then:
        shared.changed(told)
    return bool(then)


def _shared(home: Path) -> SharedFile | None:
    server = server_of(home)
    return shared_file(server, FILE) if server else None


def _lines(vetoes: set[Veto]) -> list[str]:
    return [f"{_HEAD}\n", *(f"{veto.name}\t{veto.arabic}\n" for veto in sorted(vetoes))]


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """One editor at a time. Not the writer's lock: a long job does not touch the vetoes."""
    descriptor = os.open(home, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _read(path: Path) -> tuple[tuple[Veto, ...], str]:
    try:
        return _parsed(path.read_bytes(), str(path))
    except FileNotFoundError:
        return (), ""
    except OSError as error:
        return (), f"{path} cannot be read ({error}); restore a copy or move it away"


def _parsed(content: bytes, path: str) -> tuple[tuple[Veto, ...], str]:
    """The vetoes that can be read, and what is wrong with the file; empty when nothing is."""
    try:
        lines = content.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        return (), f"{path} cannot be read ({error}); restore a copy or move it away"
    vetoes: set[Veto] = set()
    problem = ""
    for number, line in enumerate(lines, start=1):
        if line.startswith("#") or not line.strip():
            continue
        try:
            name, arabic = line.split("\t")
            vetoes.add(veto_of(name, arabic))
        except (ValueError, NamesError):
            problem = problem or (
                f"{path}, line {number}, is no name and Arabic spelling with a tab between; mend or delete it"
            )
    return tuple(sorted(vetoes)), problem
