"""Which terms and columns an article becomes: the one place that knows zones and field names.

Fields are `<language>.<field>`, as the analyzer's table names them. Beside them stand
`<language>.title_<field>`, the words of the title alone (for `title:`), and `slug.fold` and `slug.pair`,
the unaccented Vietnamese headline in the article's address, whatever language the article is in.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator
from typing import Any

from analyzers import Analyzer, FieldKind, FieldSpec, FieldTerms, analyzer_for, slug_group, slug_title

from .articles import Article
from .engines.base import FieldPostings, IndexDocument, Posting

SCHEMA_VERSION = "1"
"""Raise it whenever the same article may become another `IndexDocument`."""

TITLE, LEAD, BODY, TAG, CAPTION = 2.0, 1.5, 1.0, 1.0, 0.5
"""What one occurrence counts in a term's frequency, by zone."""

POSITION_GAP = 100
"""Words between zones and between paragraphs, so that no phrase runs over a border."""

SLUG = "slug"
"""Language-like name of the fields of headlines in addresses: `slug.fold`, `slug.pair`."""
SLUG_WEIGHT = 0.5
"""Factor of their scores; the headline they repeat counts by itself where it is in Vietnamese."""


def field_name(language: str, field: str) -> str:
    """Name of an analyzer's field in an index."""
    return f"{language}.{field}"


def title_field(language: str, field: str) -> str:
    """Name of the field with the words of titles alone."""
    return f"{language}.title_{field}"


def document_of(article: Article, analyzer: Analyzer) -> IndexDocument:
    """What engines store of an article; `analyzer` is that of the article's language."""
    language = analyzer.language
    builders = {spec.name: _FieldBuilder(spec) for spec in analyzer.fields}
    offset = 0
    for weight, text in _zones(article):
        reached = offset
        for name, terms in analyzer.index_terms(text).items():
            builders[name].add(terms, weight, offset)
            if terms.positions:
                reached = max(reached, offset + terms.positions[-1] + 1)
        offset = reached + POSITION_GAP
    fields = {field_name(language, name): builder.postings() for name, builder in builders.items()}
    fields |= _title_fields(article, analyzer)
    if title := slug_title(article.url) or slug_title(article.source_url):
        fields |= _slug_fields(title)
    return IndexDocument(
        id=article.id,
        fields={name: postings for name, postings in fields.items() if postings.postings},
        text_columns=_text_columns(article),
        list_columns=_list_columns(article),
        number_columns=_number_columns(article),
    )


def group_of(article: Article) -> str:
    """Name of the group of translations that an article belongs to; "" if its address tells none."""
    return slug_group(article.url) or slug_group(article.source_url)


def schema_manifest() -> dict[str, Any]:
    """What decides the terms besides the analyzers, JSON-ready: an index says by which rules it was built."""
    return {
        "version": SCHEMA_VERSION,
        "zones": {"title": TITLE, "lead": LEAD, "body": BODY, "tag": TAG, "caption": CAPTION},
        "position_gap": POSITION_GAP,
    }


def _zones(article: Article) -> Iterator[tuple[float, str]]:
    yield TITLE, article.title
    yield LEAD, article.lead
    for paragraph in article.body:
        yield BODY, paragraph
    for tag in article.tags:
        yield TAG, tag
    for caption in dict.fromkeys(image.caption for image in article.images if image.caption):
        yield CAPTION, caption


class _FieldBuilder:
    """Collects one field's terms over the zones of an article."""

    def __init__(self, spec: FieldSpec) -> None:
        self._keeps_positions = spec.kind is FieldKind.WORD
        self._frequencies: Counter[str] = Counter()
        self._positions: dict[str, list[int]] = {}

    def add(self, terms: FieldTerms, weight: float, offset: int) -> None:
        frequencies = self._frequencies
        for term, count in Counter(terms.terms).items():
            frequencies[term] += count * weight  # type: ignore[assignment]  # a Counter of floats
        if self._keeps_positions:
            positions = self._positions
            for term, position in zip(terms.terms, terms.positions, strict=True):
                positions.setdefault(term, []).append(offset + position)

    def postings(self) -> FieldPostings:
        positions = self._positions
        return FieldPostings(
            {term: Posting(float(f), positions.get(term, ())) for term, f in self._frequencies.items()},
            float(sum(self._frequencies.values())),
        )


def _title_fields(article: Article, analyzer: Analyzer) -> dict[str, FieldPostings]:
    terms = analyzer.index_terms(article.title)
    fields: dict[str, FieldPostings] = {}
    for spec in analyzer.fields:
        if spec.kind is FieldKind.WORD:
            builder = _FieldBuilder(spec)
            builder.add(terms[spec.name], 1.0, 0)
            fields[title_field(analyzer.language, spec.name)] = builder.postings()
    return fields


def slug_specs() -> tuple[FieldSpec, ...]:
    """The fields of Vietnamese that serve text without accents, as the slug's fields have them."""
    return tuple(spec for spec in analyzer_for("vi").fields if spec.unaccented)


def _slug_fields(title: str) -> dict[str, FieldPostings]:
    terms = analyzer_for("vi").index_terms(title)
    fields: dict[str, FieldPostings] = {}
    for spec in slug_specs():
        builder = _FieldBuilder(spec)
        builder.add(terms[spec.name], 1.0, 0)
        fields[field_name(SLUG, spec.name)] = builder.postings()
    return fields


def _text_columns(article: Article) -> dict[str, str]:
    columns = {
        "lang": article.lang.partition("-")[0].lower(),
        "section": article.section,
        "source": article.source,
        "group": group_of(article),
    }
    return {name: _composed(value) for name, value in columns.items() if value}


def _list_columns(article: Article) -> dict[str, tuple[str, ...]]:
    columns = {"author": article.authors, "tag": article.tags}
    return {name: tuple(dict.fromkeys(map(_composed, values))) for name, values in columns.items() if values}


def _composed(value: str) -> str:
    """One name is one value of a facet, though some articles came with their accents apart."""
    return unicodedata.normalize("NFC", value)


def _number_columns(article: Article) -> dict[str, int]:
    moment = article.published_at
    if moment is None:
        return {}
    year, month = moment.utctimetuple()[:2]
    return {"published_at": int(moment.timestamp()), "year": year, "month": year * 100 + month}
