"""How far the build of a generation has come: what stands in its folder until it serves.

    HOME/index/gen-000002/building.json             written behind each portion of articles
    HOME/index/gen-000002/building-000012000.bin    words that were counted when so many were indexed

Articles are indexed in the order of their ids, so that the last id says which are done. Counted words are
written only when an eighth more articles have been counted, so that all the writing of them together costs
nine times the last one, however large an archive is; those of the articles since are counted again. Whatever
is missing, damaged or of another format is as if it were not there: the build then begins anew.
"""

from __future__ import annotations

import json
import zlib
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from .durable_files import write_durably
from .vocabularies import Vocabularies

_FORMAT = 1
_FILE = "building.json"
_WORDS = "building-*.bin"
_GROWTH = 8
"""Counted words are written when one more article of so many has been counted."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The state of a build behind a portion."""

    sequence: int
    """Last change of the archive when the build began; what came later is in the change log."""
    mark: str
    """See `Archive.mark`: of that change."""
    done: int = 0
    """Articles indexed."""
    last: str = ""
    """Id of the last of them; all smaller ids are done."""
    counted: int = 0
    """Articles whose words are counted in the file of words."""
    counted_last: str = ""
    """Id of the last of them; `last` or smaller."""

    def behind(self, articles: int, last: str) -> Checkpoint:
        """The state behind one more portion."""
        return replace(self, done=self.done + articles, last=last)


def save(folder: Path, state: Checkpoint, words: Vocabularies, *, finished: bool = False) -> Checkpoint:
    """Write a state down, durably; as it was written. `finished`: all articles are indexed."""
    due = state.done - state.counted > state.counted // _GROWTH
    if due or (finished and state.counted_last != state.last):
        state = replace(state, counted=state.done, counted_last=state.last)
        words.save(_words_file(folder, state))
    body = asdict(state) | {"format": _FORMAT}
    write_durably(folder / _FILE, json.dumps(body | {"crc": _crc_of(body)}) + "\n")
    _forget(folder, but=_words_file(folder, state))
    return state


def load(folder: Path) -> tuple[Checkpoint, Vocabularies] | None:
    """What `save` wrote; None if there is nothing that this program can go on with."""
    try:
        body = json.loads((folder / _FILE).read_text(encoding="utf-8"))
        crc = body.pop("crc")
        if crc != _crc_of(body) or body.pop("format") != _FORMAT:
            return None
        state = Checkpoint(**body)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    words = Vocabularies.load(_words_file(folder, state))
    return None if words is None else (state, words)


def forget(folder: Path) -> None:
    """Take everything away, of a generation that is complete."""
    with suppress(OSError):
        (folder / _FILE).unlink(missing_ok=True)
        _forget(folder)


def _words_file(folder: Path, state: Checkpoint) -> Path:
    return folder / f"building-{state.counted:09d}.bin"


def _forget(folder: Path, but: Path | None = None) -> None:
    for path in folder.glob(_WORDS):
        if path != but:
            path.unlink(missing_ok=True)


def _crc_of(body: dict[str, Any]) -> int:
    return zlib.crc32(json.dumps(body, sort_keys=True).encode())
