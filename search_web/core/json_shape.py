"""The JSON form of what the service answers: one shape for the API and for `dalil search --json`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from typing import Any

from .pages import Accents, ArticlePage, ReasonKind, Related, Result, ResultPage, Snippet


def result_page_json(page: ResultPage) -> dict[str, Any]:
    """What the API gives for a search, JSON-ready; names are a promise.

    `{total, total_relation, stories, stories_exact, took_ms, searched, hits, facets, histogram, notices,
    accents}`
    """
    return {
        "total": page.total,
        "total_relation": page.total_relation,
        "stories": page.stories,
        "stories_exact": page.stories_exact,
        "took_ms": round(page.took_ms, 3),
        "searched": page.searched,
        "hits": [result_json(result) for result in page.results],
        "facets": {name: plain(values) for name, values in page.facets.items()},
        "histogram": plain(page.histogram),
        "notices": plain(page.notices),
        "accents": [_accents_json(accents) for accents in page.accents],
    }


def result_json(result: Result) -> dict[str, Any]:
    """One hit: `{id, lang, title, score, published_at, url, snippets}` and what a list shows beside them.

    `title` is text, its marked words are in `title_marks`; marks count code points.
    """
    return {
        "id": result.id,
        "lang": result.lang,
        "title": result.title.text,
        "title_marks": _marks(result.title),
        "score": result.score,
        "published_at": plain(result.published_at),
        "url": result.url,
        "source": result.source,
        "section": result.section,
        "authors": list(result.authors),
        "snippets": [snippet_json(snippet) for snippet in result.snippets],
        "translations": plain(result.translations),
        "copies": plain(result.copies),
    }


def snippet_json(snippet: Snippet) -> dict[str, Any]:
    """`{text, marks: [[start, end], ...], cut_before, cut_after}`; half-open ranges of code points."""
    return {
        "text": snippet.text,
        "marks": _marks(snippet),
        "cut_before": snippet.cut_before,
        "cut_after": snippet.cut_after,
    }


def related_json(related: Sequence[Related]) -> list[dict[str, Any]]:
    """Each related article as a hit with `reasons`, the strongest as `reason`, shared words as `words`."""
    return [
        result_json(item.result)
        | {
            "reason": item.reasons[0].kind.value,
            "words": [v for r in item.reasons if r.kind is ReasonKind.WORDS for v in r.values],
            "reasons": plain(item.reasons),
        }
        for item in related
    ]


def article_page_json(page: ArticlePage) -> dict[str, Any]:
    """The article in `Article`'s field names, and what belongs to it, as `ArticlePage` names it."""
    return {
        "article": page.article.as_dict(),
        "translations": [result_json(result) for result in page.translations],
        "related": related_json(page.related),
        "copies": related_json(page.copies),
        "timeline": related_json(page.timeline),
        "same_section": [result_json(result) for result in page.same_section],
        "same_author": [result_json(result) for result in page.same_author],
    }


def plain(value: Any) -> Any:
    """Any value of the service as JSON-ready data: dataclasses by field name, enums by value, ISO 8601 dates.

    >>> plain({"when": date(2025, 10, 26), "tags": ("a", "b")})
    {'when': '2025-10-26', 'tags': ['a', 'b']}
    """
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        return {item.name: plain(getattr(value, item.name)) for item in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, AbstractSet):
        return sorted(plain(item) for item in value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [plain(item) for item in value]
    return value


def _accents_json(accents: Accents) -> dict[str, Any]:
    forms = [{"text": text, "articles": count} for text, count in accents.forms]
    return {"word": accents.word, "start": accents.start, "end": accents.end, "forms": forms}


def _marks(snippet: Snippet) -> list[list[int]]:
    return [[mark.start, mark.end] for mark in snippet.marks]
