"""An explanation as a person reads it: one entry a word, whatever languages it was looked for in.

الثقافة ("culture")  what it became, the fields in which the article has it, what each adds
وزير ("minister")    the same
not in the article   the other words, with how many articles have them
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from analyzers import Step
from indexer.schema import SLUG

from .core.explanation import ExplainedWord, Explanation, TermMatch

_ADDRESS = f"{SLUG}."


@dataclass(frozen=True, slots=True)
class ReadWord:
    """One word of a query, in the languages in which the article has it."""

    surface: str
    steps: tuple[Step, ...]
    """From the word to its terms; names without their field. Empty where the article has none of them."""
    matches: tuple[TermMatch, ...]
    """What of it the article has, the best first."""
    too_common: bool
    """Whether it is too common to be searched."""
    articles: int
    """How many articles have it in its main field, in the language that has most."""
    languages: tuple[str, ...]
    """That language; where no article has it all in which it was looked for."""

    @property
    def missing(self) -> bool:
        """Whether it was searched and the article has it in no form."""
        return not self.matches and not self.too_common


def read_words(explanation: Explanation) -> tuple[ReadWord, ...]:
    """The words of an explanation in the order in which they were typed."""
    by_place: dict[tuple[int, int], list[ExplainedWord]] = {}
    for word in explanation.words:
        by_place.setdefault((word.start, word.end), []).append(word)
    return tuple(_read_word(words) for _, words in sorted(by_place.items()))


def has(match: TermMatch) -> bool:
    """Whether the article has a term, though it may add nothing, as where the search does not find it."""
    in_address = match.field.startswith(_ADDRESS)
    return match.score is not None or (bool(match.places) and not in_address)


def counted(match: TermMatch) -> bool:
    """Whether its document frequency says anything; of a phrase and of a beginning nobody counts it."""
    return not (match.term.startswith('"') or match.term.endswith("*"))


def main_language(words: Iterable[ReadWord], extras: Iterable[TermMatch]) -> str:
    """The language of the fields in which an article has what was searched; empty if it has nothing."""
    matches = [*(match for word in words for match in word.matches), *extras]
    names = [match.field.partition(".")[0] for match in matches]
    return next((name for name in names if name not in (SLUG, "name", "und")), "")


def _read_word(words: list[ExplainedWord]) -> ReadWord:
    found = [word for word in words if any(map(has, word.matches))]
    steps = [
        Step(step.name.rpartition(": ")[2], step.before, step.after)
        for word in found
        for step in word.steps
        # A word that is left out in one field and found in another was not left out.
        if step.after
    ]
    articles, languages = _frequency(words)
    matches = [match for word in found for match in word.matches if has(match)]
    return ReadWord(
        surface=words[0].surface,
        steps=tuple(dict.fromkeys(steps)),
        matches=tuple(sorted(matches, key=lambda match: -(match.score or 0.0))),
        too_common=not found and any(not word.matches for word in words),
        articles=articles,
        languages=languages,
    )


def _frequency(words: list[ExplainedWord]) -> tuple[int, tuple[str, ...]]:
    counts = {
        word.language: word.matches[0].document_frequency
        for word in words
        if word.matches and word.language != SLUG
    }
    most = max(counts.values(), default=0)
    return most, tuple(counts) if not most else (max(counts, key=lambda language: counts[language]),)
