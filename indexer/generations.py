"""Generations: index directories built from the archive; `CURRENT` names the one that serves.

    HOME/index/CURRENT                      gen-000002
    HOME/index/gen-000002/manifest.json     the rules it was built by
    HOME/index/gen-000002/state.json        the last change of the archive that it has
    HOME/index/gen-000002/lexicons/ar.tsv   frozen vocabularies
    HOME/index/gen-000002/whoosh/           the engine's files, or
    HOME/index/gen-000002/opensearch.json   the name of its index in a cluster
    HOME/index/gen-000002/suggestions/      completions of what is being typed; none without it
    HOME/index/gen-000002/names.tsv         spellings of names, counted; none without it
    HOME/index/gen-000002/served            it was complete once, and may serve again

A crash leaves at worst a directory that `CURRENT` does not name, or a state older than the engine's files;
the changes since are then applied once more, which changes nothing.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from analyzers import (
    AccentModel,
    Analyzer,
    Lexicon,
    LexiconDamaged,
    NameReader,
    analyzer_for,
    index_language,
    name_reader,
)

from .accent_files import load_accents
from .archive_names import ArchiveNames, archive_names
from .durable_files import sync_folder, sync_tree, write_durably
from .engines.base import StoredEngine
from .errors import IndexDamaged, IndexMissing, IndexUnavailable
from .generation_engines import create_engine, delete_engine, is_in_cluster, open_engine, serve_engine
from .manifest import Manifest, rules_of
from .suggestions import Suggestions, read_suggestions
from .unreadable import unreadable

_NAME = re.compile(r"gen-[0-9]{6,}")
_SERVED = "served"


@dataclass(frozen=True, slots=True)
class Generation:
    """One index directory, opened."""

    folder: Path
    manifest: Manifest
    lexicons: Mapping[str, Lexicon]
    engine: StoredEngine

    @property
    def name(self) -> str:
        """`gen-000002`"""
        return self.folder.name

    def analyzer(self, lang: str) -> Analyzer:
        """The analyzer of a language with this generation's lexicon."""
        return analyzer_for(lang, self.lexicons.get(index_language(lang)))

    @property
    def name_terms(self) -> NameReader:
        """Reads names with this generation's Arabic words in mind: the terms that it is indexed by."""
        return name_reader(self.lexicons.get("ar"))

    @property
    def names(self) -> ArchiveNames:
        """Reads names for queries: with the dictionary and the vetoes as they are now."""
        return archive_names(self.folder, self.folder.parent.parent, self.lexicons)

    def accents(self) -> AccentModel | None:
        """What accents words typed without them would have; None without the file."""
        return load_accents(self.folder)

    def suggestions(self) -> Suggestions | None:
        """Completions as the last job left them; None while there are none."""
        return read_suggestions(self.folder)

    def sequence(self) -> int:
        """The last change of the archive that this index has. Raises `IndexDamaged`, `IndexUnavailable`."""
        return _sequence_of(self.folder)

    def mark(self) -> str:
        """See `Archive.mark`: of the change that `sequence` names; "" when an older Dalil wrote it."""
        try:
            state = json.loads((self.folder / "state.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return ""
        return str(state.get("mark") or "") if isinstance(state, dict) else ""

    def save_sequence(self, sequence: int, mark: str = "") -> None:
        """Remember that the engine has committed everything up to here."""
        write_durably(self.folder / "state.json", json.dumps({"sequence": sequence, "mark": mark}) + "\n")


def index_folder(home: Path) -> Path:
    """Where a home keeps its generations."""
    return home / "index"


def current_name(home: Path) -> str:
    """Name of the serving generation. Raises `IndexMissing`, `IndexDamaged`, `IndexUnavailable`."""
    path = index_folder(home) / "CURRENT"
    try:
        name = path.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        raise IndexMissing(f"there is no index in {home}; add articles with `dalil add PATH`") from None
    except (OSError, UnicodeDecodeError) as error:
        raise unreadable(path, error) from error
    if not _NAME.fullmatch(name) or not (index_folder(home) / name).is_dir():
        raise IndexDamaged(f"{path} names {name[:80]!r}, which is not there; run `dalil reindex`")
    return name


def serving_sequence(home: Path) -> int:
    """The last change that the serving generation has; 0 when there is none that can tell."""
    try:
        return _sequence_of(index_folder(home) / current_name(home))
    except (IndexMissing, IndexDamaged, IndexUnavailable):
        return 0


def _sequence_of(folder: Path) -> int:
    path = folder / "state.json"
    try:
        return int(json.loads(path.read_text(encoding="utf-8"))["sequence"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise unreadable(path, error) from error


def open_current(home: Path, *, read_only: bool = False) -> Generation:
    """The serving generation. Raises `IndexMissing`, and what `open_generation` raises."""
    return open_generation(index_folder(home) / current_name(home), read_only=read_only)


def open_generation(folder: Path, *, read_only: bool = False) -> Generation:
    """A generation by its folder. Raises `IndexDamaged`, `IndexUnavailable`, `IndexOutOfDate`."""
    manifest = Manifest.load(folder)
    lexicons = _load_lexicons(folder, manifest)
    manifest.check(lexicons)
    engine = open_engine(folder, rules_of(lexicons), read_only=read_only)
    return Generation(folder, manifest, lexicons, engine)


def unfinished_folder(home: Path) -> Path | None:
    """The newest generation that never served and is newer than the one that does; None without one."""
    number = _number(_current_folder(home))
    newest = max(_folders(home), key=_number, default=None)
    if newest is None or _number(newest) <= number or (newest / _SERVED).exists():
        return None
    return newest


def new_generation(home: Path, lexicons: Mapping[str, Lexicon], articles: int) -> Generation:
    """Make an empty generation beside the others; `activate` lets it serve.

    `lexicons`: at least those of the languages that are `DECIDED_BY_LEXICON`; `with_lexicons` adds others.
    """
    serving = _current_folder(home)
    number = _number(serving)
    for folder in _folders(home):
        # What a job was building when it was cut off; after a rollback a newer one may be complete.
        if number and _number(folder) > number and not (folder / _SERVED).exists():
            _delete(folder)
    folder = _next_folder(home)
    (folder / "lexicons").mkdir(parents=True)
    manifest = _described(folder, lexicons, {}, articles)
    try:
        engine = create_engine(folder, rules_of(lexicons), serving)
    except BaseException:
        _delete(folder)
        raise
    return Generation(folder, manifest, lexicons, engine)


def with_lexicons(generation: Generation, lexicons: Mapping[str, Lexicon]) -> Generation:
    """A generation that does not serve yet, with more lexicons."""
    manifest = _described(generation.folder, lexicons, generation.lexicons, generation.manifest.articles)
    return replace(generation, manifest=manifest, lexicons={**generation.lexicons, **lexicons})


def _described(
    folder: Path, lexicons: Mapping[str, Lexicon], before: Mapping[str, Lexicon], articles: int
) -> Manifest:
    """Write lexicons beside those that stand there, and the manifest."""
    for language, lexicon in lexicons.items():
        lexicon.save(folder / "lexicons" / f"{language}.tsv")
    manifest = Manifest.of({**before, **lexicons}, articles, datetime.now(UTC).isoformat(timespec="seconds"))
    manifest.save(folder)
    return manifest


def activate(generation: Generation, keep: int = 2) -> None:
    """Let a generation serve, in one step; of the others the newest stay, so that there are `keep`.

    The one that served until now always stays: readers may have it open.
    """
    folder = generation.folder.parent
    home = folder.parent
    before = _current_folder(home)
    _serve(generation.folder)
    kept = {generation.folder} | ({before} if before else set())
    others = sorted((old for old in _folders(home) if old not in kept), key=_number, reverse=True)
    complete = [old for old in others if (old / _SERVED).exists()]
    kept |= set(complete[: max(keep - len(kept), 0)])
    for old in others:
        if old not in kept:
            _delete(old)


def adopt(home: Path, folder: Path) -> None:
    """Let a copy of a complete generation serve; the others stay. Not of one whose engine is elsewhere."""
    if is_in_cluster(folder):
        return
    copy = _next_folder(home)
    shutil.copytree(folder, copy)
    _serve(copy)


def _serve(folder: Path) -> None:
    serve_engine(folder)
    (folder / _SERVED).touch()
    sync_tree(folder)
    sync_folder(folder.parent)
    write_durably(folder.parent / "CURRENT", folder.name + "\n")


def complete_generations(home: Path) -> list[str]:
    """Names of the generations that serve or may serve again, oldest first."""
    current = _current_folder(home)
    found = [folder for folder in _folders(home) if folder == current or (folder / _SERVED).exists()]
    return [folder.name for folder in sorted(found, key=_number)]


def abandon(generation: Generation) -> None:
    """Throw an unfinished generation away; one that `CURRENT` names already is complete, and stays."""
    generation.engine.close()
    try:
        serves = current_name(generation.folder.parent.parent) == generation.name
    except (IndexMissing, IndexDamaged):
        serves = False
    except IndexUnavailable:
        # It may serve: the next build takes away what does not.
        return
    if not serves:
        _delete(generation.folder)


def _delete(folder: Path) -> None:
    """Take a generation away; of one whose cluster cannot be asked the name stays, for the next time."""
    if delete_engine(folder):
        shutil.rmtree(folder, ignore_errors=True)


def _folders(home: Path) -> list[Path]:
    return [folder for folder in index_folder(home).glob("gen-*") if folder.is_dir() and _number(folder)]


def _next_folder(home: Path) -> Path:
    return index_folder(home) / f"gen-{max(map(_number, _folders(home)), default=0) + 1:06d}"


def _current_folder(home: Path) -> Path | None:
    try:
        return index_folder(home) / current_name(home)
    except (IndexMissing, IndexDamaged):
        return None


def _number(folder: Path | None) -> int:
    """12 of `gen-000012`; 0 for any other name."""
    return int(folder.name[4:]) if folder and _NAME.fullmatch(folder.name) else 0


def _load_lexicons(folder: Path, manifest: Manifest) -> dict[str, Lexicon]:
    lexicons: dict[str, Lexicon] = {}
    for language, expected in manifest.lexicons.items():
        path = folder / "lexicons" / f"{language}.tsv"
        try:
            lexicon = Lexicon.load(path)
        except (OSError, ValueError, LexiconDamaged) as error:
            raise unreadable(path, error) from error
        if lexicon.hash != expected:
            raise IndexDamaged(f"{path} is not the lexicon of the manifest; run `dalil reindex`")
        lexicons[language] = lexicon
    return lexicons
