"""Which terms and columns an article becomes: the one place that knows zones and field names.

Fields are `<language>.<field>`, as the analyzer's table names them. Beside them stand
`<language>.title_<field>`, the words of the title alone (for `title:`), and, whatever language the article is
in, `slug.fold` and `slug.pair`, the unaccented Vietnamese headline in its address, and `name.key`, the names
in it by their sound and by the gazetteer.
"""

from __future__ import annotations

import unicodedata
import zlib
from array import array
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
from .engines.base import IndexDocument, Occurrences

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
    fields = {field_name(language, name): builder.occurrences() for name, builder in builders.items()}
    fields |= _title_fields(article, analyzer)
    fields[NAMES] = _name_field(article, analyzer, names or name_reader(None))
    if title := slug_title(article.url) or slug_title(article.source_url):
        fields |= _slug_fields(title)
    return IndexDocument(
        id=article.id,
        fields={name: field for name, field in fields.items() if field.terms},
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


_LAST_WORD = 2**22 - 2
"""Paragraphs with words behind this one stand `NOWHERE`: four bytes hold no more, and no book is so long."""
NOWHERE = 2**32 - 1
"""Position of words that are too far behind to have one: no phrase runs over two of them."""


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
        self._terms: list[str] = []
        self._weights = array("f")
        self._positions = array("I")

    def add(self, terms: FieldTerms, weight: float, offset: int) -> None:
        count = len(terms.terms)
        self._terms += terms.terms
        self._weights += array("f", [weight]) * count
        if not self._keeps_positions or not count:
            return
        if offset + terms.positions[-1] > _LAST_WORD:
            self._positions += array("I", [NOWHERE]) * count
        elif terms.written:
            for position, written in zip(terms.positions, terms.written, strict=True):
                self._positions.append((offset + position) * SHAPES + _shape(written))
        else:
            self._positions.extend([offset + position for position in terms.positions])

    def occurrences(self) -> Occurrences:
        return Occurrences(self._terms, self._weights, self._positions)


def _title_fields(article: Article, analyzer: Analyzer) -> dict[str, Occurrences]:
    terms = analyzer.index_terms(article.title)
    return {
        title_field(analyzer.language, spec.name): _alone(spec, terms[spec.name])
        for spec in analyzer.fields
        if spec.kind is FieldKind.WORD
    }


def _alone(spec: FieldSpec, terms: FieldTerms) -> Occurrences:
    builder = _FieldBuilder(spec)
    builder.add(terms, 1.0, 0)
    return builder.occurrences()


def _name_field(article: Article, analyzer: Analyzer, names: NameReader) -> Occurrences:
    found: list[str] = []
    weights = array("f")
    for zone, text in _zones(article):
        terms = names.terms(_surfaces(text, analyzer.words(text)), analyzer.language)
        found += [term for term, _, _ in terms]
        weights += array("f", [zone]) * len(terms)
    return Occurrences(found, weights, ())


def _surfaces(text: str, words: Words) -> list[str]:
    return [text[start:end] for start, end in zip(words.starts, words.ends, strict=True)]


def slug_specs() -> tuple[FieldSpec, ...]:
    """The fields of Vietnamese that serve text without accents, as the slug's fields have them."""
    return tuple(spec for spec in analyzer_for("vi").fields if spec.unaccented)


def _slug_fields(title: str) -> dict[str, Occurrences]:
    terms = analyzer_for("vi").index_terms(title)
    return {field_name(SLUG, spec.name): _alone(spec, terms[spec.name]) for spec in slug_specs()}


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
