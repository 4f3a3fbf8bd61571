"""Vietnamese names of persons that two translations spell as two people.

Only names of three syllables and more are sure enough, and only one syllable of theirs may differ: Nguyễn Văn
Hùng and نغوين فان دونغ in the same place are two people, or a slip. A name without any fellow is no fault:
the other text may call him the minister.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from analyzers.icu_text import word_breaks
from analyzers.name_alignment import bare_name
from analyzers.names import NameReader

from .figures import Figure, FigureKind

_LEAST = 3
"""Syllables of a name."""
_LATIN = frozenset({"vi", "en", "fr"})

_TITLES = frozenset("ông bà anh chị em cô chú bác cậu dì".split())
"""Vietnamese words before a name, which have a capital where a sentence begins."""

Distance = Callable[[Figure, Figure], float]
"""How far two figures stand from each other, as parts of their texts."""


def named_in(text: str, lang: str, names: NameReader, begin: int = 0) -> list[Figure]:
    """The names of a paragraph by their sound; what only sounds like one is not firm.

    `begin`: where it begins in the article's text.
    """
    language = lang.partition("-")[0]
    if language != "ar" and language not in _LATIN:
        return []
    starts, ends = word_breaks(text)
    words = [text[start:end] for start, end in zip(starts, ends, strict=True)]
    found: dict[tuple[int, int], tuple[frozenset[str], bool]] = {}
    for term, at, length in names.terms(words, language):
        if length >= _LEAST and term.count("-") + 1 >= _LEAST:
            old, _ = found.get((at, at + length), (frozenset(), False))
            found[at, at + length] = (old | {term}, False)
    for mention in names.mentions(text, language):
        if mention.kind == "sound" and mention.end - mention.start >= _LEAST:
            titled = words[mention.start].lower() in _TITLES and mention.end - mention.start > _LEAST
            span = (mention.start + titled, mention.end)
            old, _ = found.get(span, (frozenset(), False))
            found[span] = (old if titled else old | set(mention.terms), True)
    return [
        Figure(
            FigureKind.NAME,
            begin + starts[at],
            begin + ends[end - 1],
            firm=firm,
            sounds=sounds,
            spelt="" if language == "ar" else bare_name(" ".join(words[at:end])),
        )
        for (at, end), (sounds, firm) in sorted(found.items())
    ]


def names_apart(
    one: Sequence[Figure], other: Sequence[Figure], distance: Distance, near: float
) -> Iterator[tuple[Figure, Figure]]:
    """Names without a fellow in the other text that stand near one which differs in one syllable.

    Each name is told once, where it first is so.
    """
    left, right = _alone(one, other), _alone(other, one)
    told: set[frozenset[str]] = set()
    for name in left:
        fellows = [fellow for fellow in right if distance(name, fellow) <= near and _one_apart(name, fellow)]
        if fellows and name.sounds not in told:
            told.add(name.sounds)
            yield name, min(fellows, key=lambda fellow: (distance(name, fellow), fellow.start))


def _alone(own: Sequence[Figure], others: Sequence[Figure]) -> list[Figure]:
    names = [other for other in others if other.kind is FigureKind.NAME]
    sounds = frozenset(sound for other in names for sound in other.sounds)
    spelt = frozenset(other.spelt for other in names if other.spelt)
    return [
        figure
        for figure in own
        if figure.kind is FigureKind.NAME
        and figure.firm
        and figure.spelt not in spelt
        and (figure.sounds.isdisjoint(sounds) or (figure.spelt and spelt))
    ]


def _one_apart(one: Figure, other: Figure) -> bool:
    """Whether all syllables but one are the same; the first, which is the family's, always."""
    if one.spelt and other.spelt:
        return _differ_once(one.spelt.split(), other.spelt.split())
    return any(_differ_once(a.split("-"), b.split("-")) for a in one.sounds for b in other.sounds)


def _differ_once(one: Sequence[str], other: Sequence[str]) -> bool:
    return (
        len(one) == len(other)
        and one[0] == other[0]
        and sum(a != b for a, b in zip(one, other, strict=True)) == 1
    )
