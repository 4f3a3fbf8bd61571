"""From the archive to the index: by the change log, or by a new generation when that is due."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from analyzers import DECIDED_BY_LEXICON, Lexicon, analyzer_for, index_language

from . import build_checkpoints, refused
from .accent_files import save_accents
from .archive import Archive
from .articles import Article
from .begun_builds import Building, taken_up
from .build_checkpoints import Checkpoint
from .engines.base import Change, Delete, Upsert
from .errors import IndexDamaged, IndexMissing, IndexOutOfDate, IndexUnavailable, LockHeld
from .generations import Generation, abandon, activate, new_generation, open_current, with_lexicons
from .name_files import save as save_names
from .name_updates import update_names
from .name_witnesses import NameCollector
from .schema import document_of, words_of
from .suggestion_updates import has_base, update_suggestions, write_base
from .suggestions import SuggestionBuilder
from .vocabularies import Vocabularies
from .writer_lock import build_lock

Progress = Callable[[str, int, int | None], None]
"""Called with (phase, done, total or None); phases are `read`, `vocabulary`, `index`.

Before `index`, once, `resumed`: so many articles have an index already that was begun and cut off.
"""

GROWTH = 2
"""When the archive is more than so many times what it was at the build, vocabularies are built anew."""
PORTION = 1_000
"""Most articles that a build indexes between two checkpoints: a crash costs the work on so many."""


@dataclass(frozen=True, slots=True)
class Rules:
    """How indexes are brought up and built."""

    progress: Progress
    commit_every: int
    """Changed articles a commit."""
    keep: int = 2
    """Generations that stay, the serving one included."""
    alone: Callable[[], AbstractContextManager[object]] = field(default=nullcontext)
    """Held while a built generation gets the last changes and begins to serve: nobody writes meanwhile."""
    approve: Callable[[Generation], None] = field(default=lambda _generation: None)
    """Asked before a built generation serves; what it raises keeps the one that serves."""
    pass_on: Callable[[Generation], None] = field(default=lambda _generation: None)
    """Told what serves now, while nobody writes: other machines may want it."""


def bring_up(home: Path, archive: Archive, rules: Rules) -> tuple[Generation, int]:
    """The serving generation with every change of the archive, and how many articles were written to it.

    For whoever holds the writer's lock. Raises `LockHeld` when there is no index to bring up and another
    process is building one, which will have what the archive has.
    """
    generation, outgrown = _usable(home, archive)
    if generation is None or outgrown:
        try:
            # No waiting: the builder may be waiting for the lock that we hold.
            with build_lock(home, 0):
                if generation is not None:
                    generation.engine.close()
                return build(home, archive, rules)
        except LockHeld as error:
            if generation is None:
                raise LockHeld(f"the articles are archived, and the index follows: {error}") from None
    indexed = catch_up_with(archive, generation, rules)
    rules.pass_on(generation)
    return generation, indexed


def catch_up_with(archive: Archive, generation: Generation, rules: Rules) -> int:
    """Apply what the archive has since a generation's state; how many articles were written."""
    try:
        indexed = apply_changes(archive, generation, rules.progress, rules.commit_every)
        follow(archive, generation)
    except BaseException:
        generation.engine.close()
        raise
    return indexed


def follow(archive: Archive, generation: Generation) -> None:
    """Bring what stands beside the engine, completions and names, up to the generation's state."""
    _update_suggestions(archive, generation)
    _update_names(archive, generation)


def build(home: Path, archive: Archive, rules: Rules) -> tuple[Generation, int]:
    """A new generation with new vocabularies; it serves once it has everything.

    For whoever holds `build_lock`. The writer's lock is needed only where `rules.alone` is entered. One that
    was cut off before is gone on with. Returns the generation, and how many articles were written to it.
    """
    commit_every = rules.commit_every
    building = taken_up(home, archive, GROWTH) or _begun(home, archive, rules.progress)
    generation, sequence = building.generation, building.state.sequence
    try:
        indexed = _index_all(archive, building, rules)
        save_accents(generation.folder, building.words.accents())
        generation = with_lexicons(generation, building.words.lexicons())
        _collect(archive, generation, sequence)
        # Most of what came in meanwhile is applied before anyone must wait for us.
        indexed += apply_changes(archive, generation, silent, commit_every)
        with rules.alone():
            indexed += apply_changes(archive, generation, silent, commit_every)
            follow(archive, generation)
            check_complete(archive, generation)
            rules.approve(generation)
            activate(generation, rules.keep)
            build_checkpoints.forget(generation.folder)
            rules.pass_on(generation)
    except _INTERRUPTIONS:
        generation.engine.close()
        if not build_checkpoints.load(generation.folder):
            abandon(generation)
        raise
    except BaseException:
        abandon(generation)
        raise
    return generation, indexed


_INTERRUPTIONS = (KeyboardInterrupt, IndexUnavailable, LockHeld)
"""What says nothing against what was built: the next build goes on with it."""


def _begun(home: Path, archive: Archive, progress: Progress) -> Building:
    """An empty generation with the vocabularies that decide its terms."""
    # Changes that come in while we build are applied before it serves.
    sequence = archive.last_sequence()
    words = Vocabularies()
    generation = new_generation(home, _deciding_lexicons(archive, progress, words), archive.count())
    try:
        state = Checkpoint(sequence, archive.mark(sequence))
        generation.save_sequence(sequence, state.mark)
    except BaseException:
        abandon(generation)
        raise
    return Building(generation, words, state)


def _index_all(archive: Archive, building: Building, rules: Rules) -> int:
    """Index what is not yet, a portion a commit, a small archive in one; how many articles that was."""
    generation, total = building.generation, archive.count()
    size = min(rules.commit_every, PORTION)
    if total <= 2 * size:
        size = total + 1
    before = building.state.done
    if before:
        rules.progress("resumed", before, total)
    counted = _Counted(rules.progress, before, total)
    articles = archive.all(after=building.state.last)
    while portion := list(islice(articles, size)):
        more = len(portion) == size
        upserts = _upserts(generation, portion, counted, building.words)
        later = more or building.state.done > 0
        refused.apply(archive, generation, upserts, building.state.sequence, merge_later=later)
        if later:
            building.behind(portion)
    if building.state.done:
        building.behind([], finished=True)
        generation.engine.tidy(whole=True)
    return counted.done - before


def _collect(archive: Archive, generation: Generation, sequence: int) -> None:
    """Completions and the dictionary of names, which know the archive up to a change of it."""
    # Behind the articles, not beside them: a build that was cut off would have to save what they hold.
    suggestions = None if has_base(generation.folder, sequence) else SuggestionBuilder(phrases=True)
    names = NameCollector(generation.name_terms)
    for article in archive.all():
        if suggestions is not None:
            suggestions.add(article, generation.analyzer(article.lang))
        names.add(article)
    if suggestions is not None:
        write_base(generation.folder, suggestions, sequence)
    save_names(generation.folder, names.witnesses(), sequence, generation.name_terms.arabic_words.frequency)


def _usable(home: Path, archive: Archive) -> tuple[Generation | None, bool]:
    """The serving generation unless it is missing, damaged or by other rules; whether it is outgrown."""
    try:
        generation = open_current(home)
    except (IndexMissing, IndexDamaged, IndexOutOfDate):
        return None, False
    if is_of(archive, generation):
        return generation, archive.count() > GROWTH * max(generation.manifest.articles, 1)
    generation.engine.close()
    return None, False


def is_of(archive: Archive, generation: Generation) -> bool:
    """Whether an index was made of this archive, not of another or of a copy that went another way."""
    try:
        sequence = generation.sequence()
    except IndexDamaged:
        return False
    mark = generation.mark()
    return sequence <= archive.last_sequence() and (not mark or mark == archive.mark(sequence))


def _deciding_lexicons(archive: Archive, progress: Progress, words: Vocabularies) -> dict[str, Lexicon]:
    """The vocabularies that must be there before the first document; the others are counted on the way."""
    tags = {
        tag: count for tag, count in archive.languages().items() if index_language(tag) in DECIDED_BY_LEXICON
    }
    counted = _Counted(progress, 0, sum(tags.values()), "vocabulary")
    for article in archive.all(tags) if tags else ():
        analyzer = analyzer_for(article.lang)
        zones = analyzer.numbered([article.title, article.lead, *article.body])
        words.add(counted.told(article), analyzer.language, zones)
    return words.lexicons()


class _Counted:
    """Counts articles as they pass and tells of every hundredth."""

    def __init__(self, progress: Progress, done: int, total: int, phase: str = "index") -> None:
        self.done = done
        self._progress = progress
        self._total = total
        self._phase = phase

    def told(self, article: Article) -> Article:
        self.done += 1
        if self.done % 100 == 0 or self.done == self._total:
            self._progress(self._phase, self.done, self._total)
        return article


def _upserts(
    generation: Generation, articles: Iterable[Article], counted: _Counted, words: Vocabularies | None = None
) -> Iterator[Change]:
    """`words`: counts those of languages that need no lexicon before."""
    for article in articles:
        analyzer = generation.analyzer(article.lang)
        found = words_of(counted.told(article), analyzer)
        if words is not None and analyzer.language not in DECIDED_BY_LEXICON:
            words.add(article, analyzer.language, found.texts)
        yield Upsert(document_of(article, analyzer, generation.name_terms, found))


def apply_changes(
    archive: Archive,
    generation: Generation,
    progress: Progress,
    commit_every: int,
    *,
    merge_later: bool = False,
) -> int:
    """Apply what the change log has since the index's state; how many articles were written.

    `merge_later`: see `StoredEngine.apply`.
    """
    sequence = generation.sequence()
    total = archive.count_since(sequence)
    done = indexed = 0
    while changes := archive.changes_since(sequence, commit_every):
        ids = list(dict.fromkeys(change.id for change in changes))
        # The archive's newest text, whatever the log says: an article that is gone by now is gone here too.
        articles = archive.get_many(ids)
        gone: list[Change] = [Delete(change_id) for change_id in ids if change_id not in articles]
        upserts = _upserts(generation, list(articles.values()), _Counted(progress, done, total))
        sequence = changes[-1].sequence
        refused.apply(archive, generation, [*gone, *upserts], sequence, merge_later=merge_later)
        generation.save_sequence(sequence, archive.mark(sequence))
        done += len(changes)
        indexed += len(articles)
        progress("index", done, total)
    return indexed


def _update_suggestions(archive: Archive, generation: Generation) -> None:
    update_suggestions(generation.folder, archive, generation.analyzer, generation.sequence())


def _update_names(archive: Archive, generation: Generation) -> None:
    update_names(generation.folder, archive, generation.engine, generation.name_terms, generation.sequence())


def check_complete(archive: Archive, generation: Generation) -> None:
    """Raise `IndexDamaged` unless a generation has as many articles as the archive, but for refused ones."""
    found = generation.engine.statistics().documents
    wanted = archive.count() - len(archive.get_many(list(refused.ids_of(archive, generation))))
    if found != wanted:
        raise IndexDamaged(
            f"the new index has {found} articles, the archive {wanted}; it does not serve, "
            "run `dalil check` and then `dalil reindex`"
        )


def silent(_phase: str, _done: int, _total: int | None) -> None:
    """The `Progress` of what no one is watching."""
