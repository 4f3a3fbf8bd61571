"""The evaluation of copies on a tiny set: it counts the pairs that are there, and none by itself."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from benchmarks import eval_copies


def write_set(folder: Path) -> str:
    """Six texts of 200 words, a copy of the first and a part of the second."""
    folder.mkdir()
    texts = {f"text{n}": [f"w{n}x{place}" for place in range(200)] for n in range(6)}
    texts["copy"] = [*texts["text0"][:180], *(f"new{place}" for place in range(20))]
    texts["part"] = texts["text1"][60:120]
    lines = [
        json.dumps({"id": name, "lang": "en", "title": name, "body": " ".join(words)})
        for name, words in texts.items()
    ]
    (folder / "corpus.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(folder)


def test_pairs_are_counted_and_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(eval_copies, "_DRAFT_EVERY", 1)
    result = CliRunner().invoke(eval_copies.main, [write_set(tmp_path / "set"), "--json"])
    assert result.exit_code == 0, result.stderr
    numbers = json.loads(result.stdout)
    assert numbers["articles"] == 8
    ours = numbers["dalil"]
    # Each pair is asked from both sides.
    assert (ours["number of copy"], ours["number of excerpt"]) == (2, 2)
    assert (ours["recall of copy"], ours["recall of excerpt"], ours["precision"]) == (1.0, 1.0, 1.0)
    assert numbers["drafts"]["40 words inside (7)"] == 1.0
    assert numbers["folding"]["pairs_from_0.8"] == numbers["folding"]["folded_pairs"] == 1


def test_what_is_not_found_is_missed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(eval_copies, "copies_of", lambda *_: [])
    result = CliRunner().invoke(eval_copies.main, [write_set(tmp_path / "set"), "--json"])
    ours = json.loads(result.stdout)["dalil"]
    assert (ours["recall of copy"], ours["recall of excerpt"], ours["precision"]) == (0.0, 0.0, 0.0)
