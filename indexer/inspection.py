"""What `dalil status`, `check` and `export` tell of a home. Nothing here writes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from .archive import Archive, held, source_memory
from .archive_place import open_archive
from .errors import IndexDamaged, IndexMissing, IndexOutOfDate, IndexUnavailable
from .generations import Generation, complete_generations, open_current
from .name_files import load_entries, load_witnesses
from .refused import ids_of
from .writer_lock import builder_of, holder_of

_SHOWN = 5
"""Ids named in a problem."""


@dataclass(frozen=True, slots=True)
class Status:
    """How a home is doing."""

    home: str
    articles: int
    """In the archive."""
    languages: dict[str, int]
    """Articles by language tag."""
    indexed: int
    """In the serving generation; 0 without one."""
    behind: int
    """Changes of the archive that the index does not have yet."""
    generation: str
    """`gen-000002`; empty without one."""
    built: str
    """When the generation was built, ISO 8601; empty without one."""
    quarantined: int
    problem: str
    """Why the index cannot serve; empty when it can."""
    embargoed: int = 0
    withdrawn: int = 0
    next_release: str = ""
    """When the next embargo ends, ISO 8601 UTC; empty without one."""
    generations: tuple[str, ...] = ()
    """Those that serve or may serve again, oldest first."""
    sources: Mapping[str, int] = field(default_factory=dict)
    """Articles of each source that is followed."""
    last_job: str = ""
    """What the last job was, when it ended and how."""
    writer: str = ""
    """Who is writing now; empty when nobody is."""
    builder: str = ""
    """Who is building an index now; empty when nobody is."""

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return asdict(self)


def status(home: Path) -> Status:
    """Counts of archive and index. Raises `ArchiveError`; an index that cannot serve is no error here."""
    with closing(open_archive(home)) as archive:
        generation, problem = _serving(home)
        indexed, sequence = 0, 0
        if generation is not None:
            with closing(generation.engine):
                indexed, sequence = generation.engine.statistics().documents, generation.sequence()
        with archive.transaction() as connection:
            kept_back = held.held(connection)
            followed = source_memory.sources(connection)
        untils = [one.until for one in kept_back if one.until is not None]
        return Status(
            home=str(home),
            articles=archive.count(),
            languages=archive.languages(),
            indexed=indexed,
            behind=archive.count_since(sequence),
            generation=generation.name if generation else "",
            built=generation.manifest.created if generation else "",
            quarantined=archive.count_quarantined(),
            problem=problem,
            embargoed=len(untils),
            withdrawn=len(kept_back) - len(untils),
            next_release=_moment(min(untils)) if untils else "",
            generations=tuple(complete_generations(home)),
            sources=followed,
            last_job=_last_job(archive),
            writer=holder_of(home),
            builder=builder_of(home),
        )


def _last_job(archive: Archive) -> str:
    for kind, at, receipt in archive.last_jobs(1):
        code = receipt.get("exit_code", 0)
        return f"{kind}, {_moment(at)}, {'all well' if not code else f'exit code {code}'}"
    return ""


def _moment(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds")


def _serving(home: Path) -> tuple[Generation | None, str]:
    """The serving generation, or why there is none."""
    try:
        generation = open_current(home, read_only=True)
        generation.sequence()
    except (IndexMissing, IndexDamaged, IndexOutOfDate, IndexUnavailable) as error:
        return None, str(error)
    return generation, ""


def check(home: Path) -> list[str]:
    """Read the whole index, compare it with the archive article by article; what is wrong, and what to do.

    Raises `ArchiveError`.
    """
    with closing(open_archive(home)) as archive:
        problems = archive.damage()
        generation, problem = _serving(home)
        if generation is None:
            return [*problems, problem]
        with closing(generation.engine):
            damage = generation.engine.damage()
            return [*problems, *(damage or _differences(archive, generation)), *_beside(generation)]


def _differences(archive: Archive, generation: Generation) -> Iterator[str]:
    # State, index, archive, log: what a job does meanwhile is then waiting for the index, not missing in it.
    sequence = generation.sequence()
    generation.engine.refresh()
    found = set(generation.engine.ids())
    wanted = set(archive.ids())
    waiting = set(archive.changed_since(sequence))
    if sequence > archive.last_sequence():
        yield (
            f"{generation.name} has change {sequence}, the archive ends at {archive.last_sequence()}: "
            "it is the index of another archive; run `dalil reindex`"
        )
        return
    if waiting:
        yield f"{len(waiting)} articles wait for the index; run `dalil catch-up`"
    refused = ids_of(archive, generation) & wanted - found
    if refused:
        yield f"{len(refused)} articles were refused by the cluster; `dalil quarantine list` tells why"
    yield from _named("articles are missing in the index", wanted - found - waiting - refused)
    yield from _named("articles are in the index and not in the archive", found - wanted - waiting)


def _beside(generation: Generation) -> Iterator[str]:
    """What helps searches and answers none: without it they go on, and not as well."""
    folder = generation.folder
    if generation.suggestions() is None:
        yield f"the completions of {generation.name} are missing or damaged; run `dalil catch-up`"
    if load_entries(folder) is None or load_witnesses(folder) is None:
        yield f"the names of {generation.name} are missing or damaged; run `dalil catch-up`"
    if generation.accents() is None:
        yield f"the accents of {generation.name} are missing or damaged; run `dalil reindex`"


def _named(what: str, ids: set[str]) -> Iterator[str]:
    if ids:
        shown = ", ".join(islice(sorted(ids), _SHOWN)) + (", ..." if len(ids) > _SHOWN else "")
        yield f"{len(ids)} {what} ({shown}); run `dalil reindex`"


def export(home: Path) -> Iterator[str]:
    """Every article as one line of JSON, by id; `dalil add` reads them back. Raises `ArchiveError`."""
    with closing(open_archive(home)) as archive:
        for article in archive.all():
            yield json.dumps(article.as_dict(), ensure_ascii=False)
