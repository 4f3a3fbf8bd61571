"""Which terms and columns an article becomes: the one place that knows zones and field names.

Fields are `<language>.<field>`, as the analyzer's table names them. Beside them stand
`<language>.title_<field>`, the words of the title alone (for `title:`), and, whatever language the article is
in, `slug.fold` and `slug.pair`, the unaccented Vietnamese headline in its address, and `name.key`, the names
in it by their sound and by the gazetteer.
"""

from __future__ import annotations

import unicodedata
import zlib
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from analyzers import (
    NAMES_VERSION,
    Analyzer,
    FieldKind,
    FieldSpec,
    FieldTerms,
    NameReader,
    Words,
    analyzer_for,
    name_reader,
    slug_group,
    slug_title,
)

from .articles import Article
from .engines.base import FieldPostings, IndexDocument, Posting

SCHEMA_VERSION = "2"
"""Raise it whenever the same article may become another `IndexDocument`."""

TITLE, LEAD, BODY, TAG, CAPTION = 3.0, 2.0, 1.0, 1.0, 0.5
"""What one occurrence counts in a term's frequency, by zone."""

BEGINNING = 60
"""News tells the most important first: what stands at the body's beginning counts twice, after so many words
one and a half times, and less and less more."""

SHAPES = 1024
"""Positions in main fields are word number times this plus a fingerprint of the word as written, so that an
exact quote needs no field of its own: see `exact_position`."""

POSITION_GAP = 100
"""Words between zones and between paragraphs, so that no phrase runs over a border."""

SLUG = "slug"
"""Language-like name of the fields of headlines in addresses: `slug.fold`, `slug.pair`."""
SLUG_WEIGHT = 0.7
"""Factor of their scores; the headline they repeat counts by itself where it is in Vietnamese."""

NAMES = "name.key"
"""Field of the names in an article, each a term: see `analyzers.names`."""


def field_name(language: str, field: str) -> str:
    """Name of an analyzer's field in an index."""
    return f"{language}.{field}"


def title_field(language: str, field: str) -> str:
    """Name of the field with the words of titles alone."""
    return f"{language}.title_{field}"


def document_of(article: Article, analyzer: Analyzer, names: NameReader | None = None) -> IndexDocument:
    """What engines store of an article; `analyzer` and `names` are those of its language and archive.

    Without `names` no Arabic word is held for common.
    """
    language = analyzer.language
    builders = {spec.name: _FieldBuilder(spec) for spec in analyzer.fields}
    offset = body_words = 0
    for zone, text in _zones(article):
        weight = _beginning_weight(body_words) if zone == BODY else zone
        reached = offset
        for name, terms in analyzer.index_terms(text).items():
            builders[name].add(terms, weight, offset)
            if terms.positions:
                reached = max(reached, offset + terms.positions[-1] + 1)
        if zone == BODY:
            body_words += reached - offset
        offset = reached + POSITION_GAP
    fields = {field_name(language, name): builder.postings() for name, builder in builders.items()}
    fields |= _title_fields(article, analyzer)
    fields[NAMES] = _name_field(article, analyzer, names or name_reader(None))
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
        "beginning": BEGINNING,
        "position_gap": POSITION_GAP,
        "shapes": SHAPES,
        "names": NAMES_VERSION,
    }


def exact_position(word_number: int, written: str) -> int:
    """Position in a main field of a word that is so written (`Words.written`).

    One of a thousand pairs of different words of one stem shares a fingerprint, and so meets in a quote.
    """
    return word_number * SHAPES + _shape(written)


_LAST_POSITION = 2**22 - 1_000_000
"""Word number from which a paragraph keeps no positions: four bytes hold no more, and no book is so long."""


@lru_cache(maxsize=200_000)
def _shape(written: str) -> int:
    return zlib.crc32(written.encode("utf-8", "surrogatepass")) % SHAPES


def _beginning_weight(words_before: int) -> float:
    """See `BEGINNING`. In sixteenths, so that few different frequencies are stored."""
    return round(16 * BODY * (1 + BEGINNING / (BEGINNING + words_before))) / 16


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
        if not self._keeps_positions or offset > _LAST_POSITION:
            return
        positions = self._positions
        if terms.written:
            for term, position, written in zip(terms.terms, terms.positions, terms.written, strict=True):
                positions.setdefault(term, []).append((offset + position) * SHAPES + _shape(written))
        else:
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


def _name_field(article: Article, analyzer: Analyzer, names: NameReader) -> FieldPostings:
    frequencies: Counter[str] = Counter()
    for zone, text in _zones(article):
        for term, _, _ in names.terms(_surfaces(text, analyzer.words(text)), analyzer.language):
            frequencies[term] += zone  # type: ignore[assignment]  # a Counter of floats
    postings = {term: Posting(float(frequency), ()) for term, frequency in frequencies.items()}
    return FieldPostings(postings, float(sum(frequencies.values())))


def _surfaces(text: str, words: Words) -> list[str]:
    return [text[start:end] for start, end in zip(words.starts, words.ends, strict=True)]


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
