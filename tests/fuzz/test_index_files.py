"""Files of an index that were cut off, overwritten and mixed up: told, or read as they were; never wrong."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

from indexer import inspection, jobs
from tests.faults.small_home import SETTINGS, WORDS, small_home, write_articles
from tests.faults.test_flipped_bits import TOLD, files_of_index, view_of
from tests.fuzz.effort import SEED, tries
from tests.laws.test_source_laws import damaged


def worse(data: bytes, other: bytes, chance: random.Random) -> bytes:
    """Cut off, partly another file, partly nothing, partly dice, or damaged as texts are."""
    start = chance.randrange(len(data))
    end = min(len(data), start + chance.choice((1, 16, 512, 4_096)))
    match chance.randrange(5):
        case 0:
            return data[:start]
        case 1:
            return data[:start] + other[start:]
        case 2:
            return data[:start] + bytes(end - start) + data[end:]
        case 3:
            return data[:start] + chance.randbytes(end - start) + data[end:]
        case _:
            return damaged(data, chance)


def test_damaged_index_files(tmp_path: Path) -> None:
    """One file at a time; no error but ours, and no answer but the right one unless `check` tells of it."""
    chance = random.Random("index" + SEED)  # noqa: S311 -- the same damage every time
    made = small_home(tmp_path)
    jobs.add(
        made, [write_articles(tmp_path / "more.jsonl", WORDS | {"a1": "a1b", "m1": "m1"})], settings=SETTINGS
    )
    right = view_of(made)
    names = [path.relative_to(made) for path in files_of_index(made)]
    tried = told = 0
    for _ in tries():
        shutil.rmtree(tmp_path / "copy", ignore_errors=True)
        home = Path(shutil.copytree(made, tmp_path / "copy"))
        name = chance.choice(names)
        before = (home / name).read_bytes()
        content = worse(before, (home / chance.choice(names)).read_bytes(), chance)
        (home / name).write_bytes(content)
        tried += 1
        try:
            seen = view_of(home)
        except TOLD:
            told += 1
            continue
        except Exception as error:
            raise AssertionError(f"{name}: {error!r}; {content[:500]!r}") from error
        wrong = {key for key in right if seen[key] != right[key]}
        assert "words" not in wrong, (name, content[:500])
        assert not wrong or inspection.check(home), (name, wrong)
    assert told
    print(f"index: {tried} files, {told} told")  # noqa: T201
