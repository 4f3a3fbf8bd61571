"""How the completions of a generation follow the archive.

The base is collected while a generation is built. What changes later is laid beside it: a small second file
has the titles and names of changed and new articles, and hides those of the base's articles that were
changed or removed. When too much has changed, the base is made anew, which alone finds new phrases.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from analyzers import Analyzer

from .archive import Archive
from .suggestion_files import ArrayFile, State, load_state, read_arrays, save_state
from .suggestions import FOLDER, SuggestionBuilder, numbers_of

AnalyzerOf = Callable[[str], Analyzer]
"""From a BCP 47 tag to the analyzer of the generation."""

ALWAYS_BESIDE = 200
"""So many changed articles are laid beside the base, however small it is."""
SHARE = 20
"""The base is made anew when more than one article of so many has changed."""


def write_base(folder: Path, builder: SuggestionBuilder, sequence: int) -> None:
    """Let the collected completions serve a generation; they know the archive up to `sequence`."""
    place = folder / FOLDER
    place.mkdir(exist_ok=True)
    name = f"base-{sequence:012d}.bin"
    builder.write(place / name)
    save_state(place, State(name, sequence, "", sequence))


def has_base(folder: Path, sequence: int) -> bool:
    """Whether a generation has completions that were collected of the archive at this change."""
    state = load_state(folder / FOLDER)
    return state is not None and state.base_sequence == sequence and _base_of(folder, state) is not None


def must_rebuild(folder: Path, archive: Archive) -> bool:
    """Whether the next update makes the base anew, which takes half a minute of a large archive."""
    state = load_state(folder / FOLDER)
    base = _base_of(folder, state) if state else None
    return state is None or base is None or _has_grown(base, archive.changed_since(state.base_sequence))


def update_suggestions(folder: Path, archive: Archive, analyzer_of: AnalyzerOf, sequence: int) -> None:
    """Bring the completions of a generation up to a change of the archive."""
    place = folder / FOLDER
    state = load_state(place)
    base = read_arrays(place / state.base) if state else None
    if state is None or base is None:
        _rebuild(folder, archive, analyzer_of, sequence)
        return
    if state.sequence == sequence and (not state.recent or read_arrays(place / state.recent)):
        return
    changed = archive.changed_since(state.base_sequence)
    if _has_grown(base, changed):
        _rebuild(folder, archive, analyzer_of, sequence)
        return
    builder = SuggestionBuilder(phrases=False)
    for _, article in sorted(archive.get_many(changed).items()):
        builder.add(article, analyzer_of(article.lang))
    name = f"recent-{sequence:012d}.bin"
    builder.write(place / name, numbers_of(base, changed))
    save_state(place, State(state.base, state.base_sequence, name, sequence))


def _base_of(folder: Path, state: State) -> ArrayFile | None:
    return read_arrays(folder / FOLDER / state.base)


def _has_grown(base: ArrayFile, changed: Sequence[str]) -> bool:
    return len(changed) > max(ALWAYS_BESIDE, base.arrays["id_ends"].size // SHARE)


def _rebuild(folder: Path, archive: Archive, analyzer_of: AnalyzerOf, sequence: int) -> None:
    builder = SuggestionBuilder(phrases=True)
    for article in archive.all():
        builder.add(article, analyzer_of(article.lang))
    write_base(folder, builder, sequence)
