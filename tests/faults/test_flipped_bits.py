"""One bit of any file may be wrong: the answers are right, or it is told; one command mends it.

Files of a generation, `CURRENT` among them, and the archive. What stands beside the engine (completions,
names, accents) may be gone, never wrong. Offsets are a sample, with the first and the last byte of each file;
FAULTS=all takes many more.
"""

from __future__ import annotations

import os
import random
import shutil
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from indexer import inspection, jobs
from indexer.archive import Archive
from indexer.archive.desk_store import DeskStore
from indexer.backups import backup, restore
from indexer.errors import ArchiveError, IndexDamaged, IndexMissing, IndexOutOfDate
from indexer.generations import open_current
from indexer.name_files import load_entries, load_witnesses
from indexer.rebuilding import repair
from tests.faults.small_home import SETTINGS, WORDS, archived_words, found_words, small_home, write_articles

SEED = os.environ.get("TORTURE_SEED") or "11"
OFFSETS = 120 if os.environ.get("FAULTS") == "all" else 3
"""Bits that are flipped in each file."""
TOLD = (IndexDamaged, IndexMissing, IndexOutOfDate, ArchiveError)

View = dict[str, Any]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with two segments, completions in two files, names in two scripts, and a backup of it."""
    folder = tmp_path_factory.mktemp("made")
    home = small_home(folder)
    jobs.add(
        home, [write_articles(folder / "more.jsonl", WORDS | {"a1": "a1b", "m1": "m1"})], settings=SETTINGS
    )
    with closing(DeskStore(home)) as desk:
        desk.save("Hà Nội", "vi", "q=h%C3%A0", ["a1"])
    backup(home, folder / "kept", settings=SETTINGS)
    return folder


def view_of(home: Path) -> View:
    """What readers and jobs see of a generation."""
    generation = open_current(home, read_only=True)
    with closing(generation.engine):
        suggestions, accents = generation.suggestions(), generation.accents()
        found: View = {
            "completions": suggestions
            and [
                [suggestions.ids(table, file, entry) for entry in range(table.counts.size)]
                for table, file in suggestions.tables
            ],
            "accents": accents and (accents.words, accents.restored(["ha", "noi"])),
            "names": load_entries(generation.folder),
            "stories": load_witnesses(generation.folder),
            "sequence": generation.sequence(),
        }
    return found | {"words": found_words(home)}


def flip(path: Path, chance: random.Random, place: int) -> str:
    """Turn one bit of a file; which."""
    content = bytearray(path.read_bytes())
    at = (0, len(content) - 1)[place] if place < 2 else chance.randrange(len(content))
    bit = chance.randrange(8)
    content[at] ^= 1 << bit
    path.write_bytes(content)
    return f"{path.name}: bit {bit} of byte {at} (TORTURE_SEED={SEED})"


def files_of_index(home: Path) -> list[Path]:
    """What is not empty and no lock of Whoosh's, below the folder of the index."""
    found = [path for path in (home / "index").rglob("*") if path.is_file() and path.stat().st_size]
    return sorted(path for path in found if not path.name.endswith("LOCK"))


def test_a_bit_of_an_index(made: Path, tmp_path: Path) -> None:
    chance = random.Random(SEED)  # noqa: S311 -- dice of a test
    right = view_of(made / "home")
    assert right["words"] == WORDS | {"a1": "a1b", "m1": "m1"}
    assert all(right.values())
    names = [path.relative_to(made / "home") for path in files_of_index(made / "home")]
    kinds = {name.name.split("-")[0].split(".")[-1] for name in names}
    assert kinds >= {"CURRENT", "json", "toc", "columns", "tsv", "bin", "base", "recent"}, kinds
    told = silent = 0
    for name in names:
        for place in range(OFFSETS):
            shutil.rmtree(tmp_path / "home", ignore_errors=True)
            home = Path(shutil.copytree(made / "home", tmp_path / "home"))
            flipped = flip(home / name, chance, place)
            problems = inspection.check(home)
            try:
                seen = view_of(home)
            except TOLD:
                assert problems, flipped
                told += 1
            else:
                wrong = {key for key in right if seen[key] != right[key]}
                assert not wrong or problems, f"{flipped}: {wrong} is wrong and not told"
                assert "words" not in wrong, flipped
                # Gone, or of a state that the next job brings up: never other words than the archive's.
                assert all(not seen[key] for key in wrong - {"sequence"}), f"{flipped}: {wrong}"
                told += bool(problems)
                silent += not problems
            assert repair(home, settings=SETTINGS).left == (), flipped
            mended = view_of(home)
            assert mended["words"] == right["words"], flipped
            assert all(mended.values()), flipped
            assert mended["accents"] == right["accents"], flipped
    print(f"{len(names)} files of an index, {told + silent} bits: {told} told, {silent} without any effect")  # noqa: T201


def test_a_bit_of_the_archive(made: Path, tmp_path: Path) -> None:
    """Read right, or told; a backup brings back what was lost."""
    chance = random.Random(f"archive {SEED}")  # noqa: S311 -- dice of a test
    right = archived_words(made / "home")
    told = silent = 0
    for place in range(OFFSETS * 10):
        shutil.rmtree(tmp_path / "home", ignore_errors=True)
        home = Path(shutil.copytree(made / "home", tmp_path / "home"))
        flipped = flip(home / "archive.db", chance, place)
        try:
            problems = inspection.check(home)
        except ArchiveError:
            problems = ["told"]
        try:
            assert archived_words(home) == right or problems, flipped
        except ArchiveError:
            assert problems, flipped
        told += bool(problems)
        silent += not problems
        if problems:
            restore(home, made / "kept", replace=True, settings=SETTINGS)
            assert inspection.check(home) == [], flipped
            assert archived_words(home) == right, flipped
    print(f"the archive, {told + silent} bits: {told} told, {silent} in rooms that hold nothing")  # noqa: T201


def test_a_bit_of_what_editors_keep(made: Path, tmp_path: Path) -> None:
    """The desk is read, or says that it cannot be: searches never depend on it."""
    chance = random.Random(f"desk {SEED}")  # noqa: S311 -- dice of a test
    told = 0
    for place in range(OFFSETS * 4):
        home = tmp_path / str(place)
        home.mkdir()
        shutil.copy(made / "home" / "desk.db", home / "desk.db")
        flipped = flip(home / "desk.db", chance, place)
        with closing(DeskStore(home)) as desk:
            try:
                saved = desk.saved()
                desk.salt()
            except ArchiveError:
                told += 1
            else:
                assert len(saved) <= 1, flipped
    print(f"the desk, {OFFSETS * 4} bits: {told} told")  # noqa: T201 -- for `make torture`


@pytest.mark.parametrize("cut", [3, 9])
def test_adding_again_mends_a_damaged_record(made: Path, tmp_path: Path, cut: int) -> None:
    """As `check` says; until then the article is told to be damaged instead of shown as something else."""
    home = Path(shutil.copytree(made / "home", tmp_path / "home"))
    with closing(Archive.open(home / "archive.db")) as archive, archive.transaction() as connection:
        connection.exec_driver_sql(
            "UPDATE articles SET record = substr(record, 1, length(record) * ? / 10) WHERE id = 'a2'",
            (cut,),
        )
    assert inspection.check(home) == ["article 'a2' is not what was archived; add it again"]
    with (
        closing(Archive.open(home / "archive.db")) as archive,
        pytest.raises(ArchiveError, match=r"article 'a2' is not what was archived; add it again"),
    ):
        archive.get("a2")
    with pytest.raises(ArchiveError, match="article 'a2'"):
        jobs.reindex(home, settings=SETTINGS)
    receipt = jobs.add(home, [made / "more.jsonl"], settings=SETTINGS)
    assert (receipt.changed, receipt.unchanged) == (1, 4)
    assert inspection.check(home) == []
    assert found_words(home) == WORDS | {"a1": "a1b", "m1": "m1"}


def test_a_segment_that_is_cut_off_while_it_is_open(made: Path, tmp_path: Path) -> None:
    """Told by its length before a page of it that is gone is touched, which would end the process."""
    home = Path(shutil.copytree(made / "home", tmp_path / "home"))
    generation = open_current(home, read_only=True)
    with closing(generation.engine) as engine:
        assert engine.refresh() is False
        path = max(generation.folder.rglob("*.columns"), key=lambda path: path.stat().st_size)
        os.truncate(path, 100)
        with pytest.raises(
            IndexDamaged, match=rf"{path.name} has been cut off to 100 bytes; run `dalil reindex`"
        ):
            engine.refresh()
