"""Queries by class, always the same ones for a corpus, chosen by how many articles have their words.

No word is chosen because an engine is good or bad at it: classes say only how common words are.
"""

from __future__ import annotations

import hashlib
import math
import random
from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from pathlib import Path

from .corpus import FIRST_DATE, PATTERN, SEED, YEARS
from .files import load_questions, read_corpus, save_questions
from .protocol import BenchArticle, Question

QUERIES = 200
"""Of each class."""
CLASSES: Mapping[str, str] = {
    "rare": "a word of 5 to 15 articles",
    "frequent": "a word of a tenth of the articles",
    "or": "any of 2 or 3 words of one article, each in 1 to 6 of 100",
    "and": "all of 2 or 3 such words",
    "phrase": "2 words side by side in some article",
    "prefix": "the first 3 or 4 letters of a word",
    "filter": "or, in one language and 2 of the 10 years",
    "count": "or, with the exact number of articles found",
    "facets": "a frequent word, with the number of articles in each language",
    "newest": "the newest articles with a frequent word",
}
RARE = (5, 15)
MIDDLING = (0.01, 0.06)
_PREFIX_OF = 5
"""Letters that a word must have to be asked by its beginning."""
_YEAR_S = 365 * 24 * 3600
_FILTER_YEARS = 2


def questions_of(corpus: Path, queries: int = QUERIES) -> dict[str, list[Question]]:
    """Class -> questions about a corpus file, kept in a file beside it."""
    code = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:8]
    kept = corpus.with_suffix(f".questions-{queries}-{code}.json")
    if not kept.exists():
        frequencies, articles = document_frequencies(read_corpus(corpus))
        step = max(1, articles // (queries * 8))
        while step % len(PATTERN) == 0:
            step -= 1  # else all samples were of one language
        samples = [each for number, each in enumerate(read_corpus(corpus)) if number % step == 0]
        save_questions(chosen_questions(frequencies, articles, samples, queries), kept)
    return load_questions(kept)


def document_frequencies(articles: Iterable[BenchArticle]) -> tuple[Counter[str], int]:
    """In how many articles each word is, and how many articles there are."""
    found: Counter[str] = Counter()
    count = 0
    for article in articles:
        found.update(set(article.words.split(" ")))
        count += 1
    return found, count


def chosen_questions(
    frequencies: Mapping[str, int], articles: int, samples: Sequence[BenchArticle], queries: int
) -> dict[str, list[Question]]:
    """The questions of every class; fewer than `queries` where a small corpus has not so many words.

    `samples` are articles out of which words that stand together are taken.
    """
    chance = random.Random(SEED)  # noqa: S311 -- the same ones every time
    samples = chance.sample(samples, len(samples))
    rare = sorted(word for word, df in frequencies.items() if RARE[0] <= df <= RARE[1])
    rare = chance.sample(rare, min(queries, len(rare)))
    frequent = _nearest(frequencies, articles / 10, queries)
    middling = {word for word, df in frequencies.items() if MIDDLING[0] <= df / articles <= MIDDLING[1]}
    any_of = _together(samples, middling, queries, chance)
    all_of = _together(samples[::-1], middling, queries, chance)
    # No two ranges are the same, so that a filter cannot be remembered from another question.
    firsts = [FIRST_DATE + chance.randrange((YEARS - _FILTER_YEARS) * _YEAR_S) for _ in any_of]
    return {
        "rare": [Question((word,), "term") for word in rare],
        "frequent": [Question((word,), "term") for word in frequent],
        "or": [Question(words, "any") for words, _ in any_of],
        "and": [Question(words, "all") for words, _ in all_of],
        "phrase": [Question(pair, "phrase") for pair in _pairs(samples, queries, chance)],
        "prefix": [Question((letters,), "prefix") for letters in _beginnings(samples, queries, chance)],
        "filter": [
            Question(words, "any", "top", lang, first, first + _FILTER_YEARS * _YEAR_S)
            for (words, lang), first in zip(any_of, firsts, strict=True)
        ],
        "count": [Question(words, "any", "count") for words, _ in any_of],
        "facets": [Question((word,), "term", "facets") for word in frequent],
        "newest": [Question((word,), "term", "newest") for word in frequent],
    }


def _nearest(frequencies: Mapping[str, int], wanted: float, queries: int) -> list[str]:
    near = sorted((abs(math.log(df / wanted)), word) for word, df in frequencies.items() if df > wanted / 4)
    return [word for _, word in near[:queries]]


def _together(
    samples: Iterable[BenchArticle], able: Container[str], queries: int, chance: random.Random
) -> list[tuple[tuple[str, ...], str]]:
    """2 or 3 words of one article, and its language."""
    found: list[tuple[tuple[str, ...], str]] = []
    for each in samples:
        words = [word for word in dict.fromkeys(each.words.split(" ")) if word in able]
        size = 2 + len(found) % 2
        if len(words) >= size and len(found) < queries:
            found.append((tuple(chance.sample(words, size)), each.lang))
    return found


def _pairs(samples: Iterable[BenchArticle], queries: int, chance: random.Random) -> list[tuple[str, str]]:
    found: dict[tuple[str, str], None] = {}
    for each in samples:
        words = each.words.split(" ")
        if len(words) > 1 and len(found) < queries:
            place = chance.randrange(len(words) - 1)
            if words[place] != words[place + 1]:
                found[words[place], words[place + 1]] = None
    return list(found)


def _beginnings(samples: Iterable[BenchArticle], queries: int, chance: random.Random) -> list[str]:
    found: dict[str, None] = {}
    for each in samples:
        words = [word for word in each.words.split(" ") if len(word) >= _PREFIX_OF and word.isalpha()]
        if words and len(found) < queries:
            found[chance.choice(words)[: chance.choice((3, 4))]] = None
    return list(found)
