"""The model of accents lies in the generation; searches do without a missing or damaged one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from analyzers import count_accents
from indexer.accent_files import load_accents, save_accents


def test_what_was_saved_is_read(tmp_path: Path) -> None:
    """Words, counts and pairs, all as they were."""
    model = count_accents([["hà", "nội"], ["hà", "nội"]])
    save_accents(tmp_path, model)
    read = load_accents(tmp_path)
    assert read is not None
    assert read.words == model.words == ("hà", "nội")
    assert np.array_equal(read.pairs, model.pairs)
    assert read.restored(["ha", "noi"]) == ["hà", "nội"]


@pytest.mark.parametrize("at", range(0, 100, 7))
def test_damage_is_no_error(tmp_path: Path, at: int) -> None:
    """A flipped byte is found by the file's checksums."""
    model = count_accents([["hà", "nội"], ["hà", "nội"]])
    save_accents(tmp_path, model)
    path = tmp_path / "accents.bin"
    content = bytearray(path.read_bytes())
    content[at * len(content) // 100] ^= 0xFF
    path.write_bytes(content)
    assert load_accents(tmp_path) is None


def test_none_without_the_file(tmp_path: Path) -> None:
    """As in an archive without Vietnamese of an older build."""
    assert load_accents(tmp_path) is None
    (tmp_path / "accents.bin").write_bytes(b"no archive of arrays")
    assert load_accents(tmp_path) is None
