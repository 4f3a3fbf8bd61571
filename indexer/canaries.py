"""Canaries: queries asked after a commit that must find what they are meant to find.

Of what a job changed a sample is asked for: each article by its id and by the words of its title, and each
one that was removed by its id, which must find nothing. Operators add their own in `dalil.toml`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from analyzers import Analyzer, FieldKind, index_language

from .archive import Archive
from .articles import Article
from .engines.base import SearchRequest
from .engines.query import And, Everything, Or, Query, Term
from .generations import Generation
from .schema import field_name, title_field

SAMPLE = 20
"""Articles of a job that are asked for."""
_MOST_WORDS = 30
"""Words of a title that are asked for; engines limit how large a query may be."""


@dataclass(frozen=True, slots=True)
class CanaryReport:
    """What became of the canaries."""

    passed: int
    failures: tuple[str, ...]
    """Each says what was asked and what was missing."""


def ask_canaries(
    generation: Generation, archive: Archive, changed: Sequence[str], configured: Sequence[str]
) -> CanaryReport:
    """Ask for a sample of the changed articles, and what the operator wants asked (`Settings.canaries`).

    `configured`: each `QUERY`, which must find something, or `QUERY = ID`, which must find that article.
    """
    sample = sample_of(changed)
    articles = archive.get_many(sample)
    asked = [
        *(_of_article(generation, i, articles.get(i)) for i in sample),
        *(_of_operator(generation, canary) for canary in configured),
    ]
    failures = tuple(failure for failure in asked if failure)
    return CanaryReport(len(asked) - len(failures), failures)


def sample_of(ids: Sequence[str]) -> list[str]:
    """At most `SAMPLE` of them, evenly spread, the first and the last among them."""
    if len(ids) <= SAMPLE:
        return list(ids)
    return [ids[round(at * (len(ids) - 1) / (SAMPLE - 1))] for at in range(SAMPLE)]


def _of_article(generation: Generation, article_id: str, article: Article | None) -> str:
    """What is wrong, or nothing."""
    is_there = generation.engine.score_of(Everything(), article_id) is not None
    if article is None:
        return f"{article_id} was removed and is still found by its id" if is_there else ""
    if not is_there:
        return f"{article_id} is not found by its id"
    analyzer = generation.analyzer(article.lang)
    field = title_field(analyzer.language, analyzer.fields[0].name)
    words = _words(analyzer, analyzer.fields[0].name, article.title)
    query = And(tuple(Term(field, word) for word in words))
    if words and generation.engine.score_of(query, article_id) is None:
        return f"{article_id} is not found by its title {article.title[:80]!r}"
    return ""


def _of_operator(generation: Generation, canary: str) -> str:
    """What is wrong, or nothing."""
    text, _, wanted = (part.strip() for part in canary.partition(" = "))
    parts = tuple(_readings(generation, text))
    query = Or(parts)
    if wanted:
        found = bool(parts) and generation.engine.score_of(query, wanted) is not None
        return "" if found else f"the canary {text[:80]!r} does not find {wanted}"
    found = bool(parts) and bool(generation.engine.search(SearchRequest(query, limit=1)).hits)
    return "" if found else f"the canary {text[:80]!r} finds nothing"


def _readings(generation: Generation, text: str) -> Iterator[Query]:
    """All words of the text in one field, for each field of each language that the index has."""
    languages = {index_language(tag): tag for tag in sorted(generation.engine.statistics().languages)}
    for tag in languages.values():
        analyzer = generation.analyzer(tag)
        for spec in analyzer.fields:
            words = _words(analyzer, spec.name, text) if spec.kind is FieldKind.WORD else []
            if words:
                yield And(tuple(Term(field_name(analyzer.language, spec.name), word) for word in words))


def _words(analyzer: Analyzer, field: str, text: str) -> list[str]:
    forms = analyzer.words(text).forms[field]
    return list(dict.fromkeys(word for word in forms if word is not None))[:_MOST_WORDS]
