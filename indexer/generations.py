"""Generations: index directories built from the archive; `CURRENT` names the one that serves.

    HOME/index/CURRENT                      gen-000002
    HOME/index/gen-000002/manifest.json     the rules it was built by
    HOME/index/gen-000002/state.json        the last change of the archive that it has
    HOME/index/gen-000002/lexicons/ar.tsv   frozen vocabularies
    HOME/index/gen-000002/whoosh/           the engine's files

A crash leaves at worst a directory that `CURRENT` does not name, or a state older than the engine's files;
the changes since are then applied once more, which changes nothing.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from analyzers import Analyzer, Lexicon, LexiconDamaged, analyzer_for, index_language

from .durable_files import sync_folder, write_durably
from .engines.whoosh_engine import WhooshEngine
from .errors import IndexDamaged, IndexMissing
from .manifest import Manifest

_KEPT = 2
"""Generations on disk: the serving one and the one before it."""


@dataclass(frozen=True, slots=True)
class Generation:
    """One index directory, opened."""

    folder: Path
    manifest: Manifest
    lexicons: Mapping[str, Lexicon]
    engine: WhooshEngine

    @property
    def name(self) -> str:
        """`gen-000002`"""
        return self.folder.name

    def analyzer(self, lang: str) -> Analyzer:
        """The analyzer of a language with this generation's lexicon."""
        return analyzer_for(lang, self.lexicons.get(index_language(lang)))

    def sequence(self) -> int:
        """The last change of the archive that this index has. Raises `IndexDamaged`."""
        path = self.folder / "state.json"
        try:
            return int(json.loads(path.read_text(encoding="utf-8"))["sequence"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise IndexDamaged(f"{path} cannot be read ({error}); run `dalil reindex`") from error

    def save_sequence(self, sequence: int) -> None:
        """Remember that the engine has committed everything up to here."""
        write_durably(self.folder / "state.json", json.dumps({"sequence": sequence}) + "\n")


def index_folder(home: Path) -> Path:
    """Where a home keeps its generations."""
    return home / "index"


def current_name(home: Path) -> str:
    """Name of the serving generation. Raises `IndexMissing`."""
    try:
        return (index_folder(home) / "CURRENT").read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        raise IndexMissing(f"there is no index in {home}; add articles with `dalil add PATH`") from None


def open_current(home: Path, *, read_only: bool = False) -> Generation:
    """The serving generation. Raises `IndexMissing`, `IndexDamaged`, `IndexOutOfDate`."""
    name = current_name(home)
    folder = index_folder(home) / name
    if not name.startswith("gen-") or not folder.is_dir():
        raise IndexDamaged(f"CURRENT names {name[:80]!r}, which is not there; run `dalil reindex`")
    manifest = Manifest.load(folder)
    lexicons = _load_lexicons(folder, manifest)
    manifest.check(lexicons)
    return Generation(folder, manifest, lexicons, WhooshEngine.open(folder / "whoosh", read_only=read_only))


def new_generation(home: Path, lexicons: Mapping[str, Lexicon], articles: int) -> Generation:
    """Make an empty generation beside the others; `activate` lets it serve."""
    numbers = [int(folder.name[4:]) for folder in _folders(home)]
    folder = index_folder(home) / f"gen-{max(numbers, default=0) + 1:06d}"
    (folder / "lexicons").mkdir(parents=True)
    for language, lexicon in lexicons.items():
        lexicon.save(folder / "lexicons" / f"{language}.tsv")
    manifest = Manifest.of(lexicons, articles, datetime.now(UTC).isoformat(timespec="seconds"))
    manifest.save(folder)
    return Generation(folder, manifest, lexicons, WhooshEngine.create(folder / "whoosh"))


def activate(generation: Generation) -> None:
    """Let a generation serve, in one step; older ones but the last go."""
    folder = generation.folder.parent
    sync_folder(folder)
    write_durably(folder / "CURRENT", generation.name + "\n")
    for old in _folders(folder.parent)[:-_KEPT]:
        shutil.rmtree(old, ignore_errors=True)


def abandon(generation: Generation) -> None:
    """Throw an unfinished generation away."""
    generation.engine.close()
    shutil.rmtree(generation.folder, ignore_errors=True)


def _folders(home: Path) -> list[Path]:
    found = index_folder(home).glob("gen-*")
    return sorted(folder for folder in found if folder.is_dir() and folder.name[4:].isdigit())


def _load_lexicons(folder: Path, manifest: Manifest) -> dict[str, Lexicon]:
    lexicons: dict[str, Lexicon] = {}
    for language, expected in manifest.lexicons.items():
        path = folder / "lexicons" / f"{language}.tsv"
        try:
            lexicon = Lexicon.load(path)
        except (OSError, ValueError, LexiconDamaged) as error:
            raise IndexDamaged(f"{path} cannot be read ({error}); run `dalil reindex`") from error
        if lexicon.hash != expected:
            raise IndexDamaged(f"{path} is not the lexicon of the manifest; run `dalil reindex`")
        lexicons[language] = lexicon
    return lexicons
