"""Which terms and columns an article becomes: the one place that knows zones and field names.

Fields are `<language>.<field>`, as the analyzer's table names them. Beside them stand
`<language>.title_<field>`, the words of the title alone (for `title:`), and, whatever language the article is
in, `slug.fold` and `slug.pair`, the unaccented Vietnamese headline in its address, `name.key`, the names
in it by their sound and by the gazetteer, and `story.key`, what its translations say as well.
"""

from __future__ import annotations

import unicodedata
import zlib
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analyzers import (
    NAMES_VERSION,
    SHINGLE_WORDS,
    STORY_KEYS_VERSION,
    Analyzer,
    FieldKind,
    FieldSpec,
    IndexWords,
    NameReader,
    NumberedTexts,
    analyzer_for,
    name_reader,
    shingle_hashes,
    sketch_of,
    slug_group,
    slug_title,
    story_key_reader,
)

from .articles import Article
from .engines.base import IndexDocument, Occurrences
from .engines.query import NO_PLACE

SCHEMA_VERSION = "3"
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

STORY = "story.key"
"""Field of what an article has in common with its translations: see `analyzers.story_keys`."""


def field_name(language: str, field: str) -> str:
    """Name of an analyzer's field in an index."""
    return f"{language}.{field}"


def title_field(language: str, field: str) -> str:
    """Name of the field with the words of titles alone."""
    return f"{language}.title_{field}"


def texts_of(article: Article) -> list[str]:
    """What is indexed of an article: its title, its lead, each paragraph, and what follows."""
    return [text for _, text in _zones(article)]


def words_of(article: Article, analyzer: Analyzer) -> IndexWords:
    """The words of `texts_of` an article."""
    return analyzer.index_words(texts_of(article))


def document_of(
    article: Article,
    analyzer: Analyzer,
    names: NameReader | None = None,
    words: IndexWords | None = None,
) -> IndexDocument:
    """What engines store of an article; `analyzer` and `names` are those of its language and archive.

    Without `names` no Arabic word is held for common. `words`: what `words_of` gives, if it is there already.
    """
    texts = _zones(article)
    found = words or words_of(article, analyzer)
    placed = _placed(found, [zone for zone, _ in texts])
    fields: dict[str, Occurrences] = {}
    for spec in analyzer.fields:
        occurrences = _occurrences(spec, found, placed, exact=spec is analyzer.fields[0])
        fields[field_name(analyzer.language, spec.name)] = occurrences
        if spec.kind is FieldKind.WORD:
            in_title = int(np.searchsorted(found.fields[spec.name].at, found.texts.ends[0]))
            fields[title_field(analyzer.language, spec.name)] = _once(occurrences, in_title)
    fields[NAMES] = _name_field(texts, found.texts, analyzer.language, names or name_reader(None))
    fields[STORY] = _story_field(texts, found.texts, analyzer.language)
    if title := slug_title(article.url) or slug_title(article.source_url):
        fields |= _slug_fields(title)
    return IndexDocument(
        id=article.id,
        fields={name: field for name, field in fields.items() if field.terms},
        text_columns=_text_columns(article, found),
        list_columns=_list_columns(article),
        number_columns=_number_columns(article),
    )


def group_of(article: Article) -> str:
    """Name of the group of translations that an article belongs to; "" if its address tells none."""
    return slug_group(article.url) or slug_group(article.source_url)


def text_range(article: Article, texts: NumberedTexts) -> tuple[int, int]:
    """Where among the words of an article those of lead and body begin and end.

    They are what copies have in common, whose headlines often differ.
    """
    ends = texts.ends
    return ends[0], ends[1 + len(article.body)]


def text_shingles(article: Article, texts: NumberedTexts) -> NDArray[np.uint64]:
    """The different shingles of lead and body, ascending; `texts`: those of `texts_of`.

    None runs from the one into the other: some articles begin with their lead once more.
    """
    first, end = text_range(article, texts)
    hashes = shingle_hashes(texts.words.fingerprints(texts.numbers[first:end]))
    lead = texts.ends[1] - first
    found = np.concatenate([hashes[: max(0, lead - SHINGLE_WORDS + 1)], hashes[lead:]])
    # Not `np.unique`, which takes four times as long: it collects before it sorts.
    found.sort()
    different = np.ones(len(found), bool)
    np.not_equal(found[1:], found[:-1], out=different[1:])
    return found[different]


def schema_manifest() -> dict[str, Any]:
    """What decides the terms besides the analyzers, JSON-ready: an index says by which rules it was built."""
    return {
        "version": SCHEMA_VERSION,
        "zones": {"title": TITLE, "lead": LEAD, "body": BODY, "tag": TAG, "caption": CAPTION},
        "beginning": BEGINNING,
        "position_gap": POSITION_GAP,
        "shapes": SHAPES,
        "names": NAMES_VERSION,
        "story_keys": STORY_KEYS_VERSION,
    }


def exact_position(word_number: int, written: str) -> int:
    """Position in a main field of a word that is so written (`Words.written`).

    One of a thousand pairs of different words of one stem shares a fingerprint, and so meets in a quote.
    """
    return word_number * SHAPES + _shape(written)


_LAST_WORD = 2**22 - 2
"""Paragraphs with words behind this one stand `NOWHERE`: four bytes hold no more, and no book is so long."""
NOWHERE = NO_PLACE
"""Position of words that are too far behind to have one: no phrase runs over two of them."""


def _shape(written: str) -> int:
    """The same as of `IndexWords.fingerprints`."""
    return zlib.crc32(written.encode("utf-8", "surrogatepass")) % SHAPES


def _beginning_weight(words_before: int) -> float:
    """See `BEGINNING`. In sixteenths, so that few different frequencies are stored."""
    return round(16 * BODY * (1 + BEGINNING / (BEGINNING + words_before))) / 16


def _zones(article: Article) -> list[tuple[float, str]]:
    """(what an occurrence counts, text); the title first, whether or not there is one."""
    captions = dict.fromkeys(image.caption for image in article.images if image.caption)
    return [
        (TITLE, article.title),
        (LEAD, article.lead),
        *((BODY, paragraph) for paragraph in article.body),
        *((TAG, tag) for tag in article.tags),
        *((CAPTION, caption) for caption in captions),
    ]


@dataclass(frozen=True, slots=True)
class _Placed:
    """The words of an article, zone after zone: what each counts, and where it stands."""

    weights: NDArray[np.float32]
    numbers: NDArray[np.int64]
    """Word numbers, with gaps between zones."""
    exact: NDArray[np.int64]
    """See `exact_position`."""


def _placed(found: IndexWords, zones: Sequence[float]) -> _Placed:
    starts, ends = np.array([0, *found.texts.ends[:-1]]), np.array(found.texts.ends)
    lengths = ends - starts
    words = np.arange(found.kept.size + 1)
    # A zone reaches to the last word that any field keeps: `behind` that one, before each word.
    behind = np.zeros_like(words)
    np.maximum.accumulate(words[1:] * found.kept, out=behind[1:])
    reach = np.maximum(behind[ends] - starts, 0).tolist()
    offsets: list[int] = []
    weights: list[float] = []
    offset = body_words = 0
    for zone, count in zip(zones, reach, strict=True):
        offsets.append(offset if offset + count <= _LAST_WORD else -1)
        weights.append(_beginning_weight(body_words) if zone == BODY else zone)
        if zone == BODY:
            body_words += count
        offset += count + POSITION_GAP
    numbers = np.repeat(np.array(offsets) - starts, lengths) + words[:-1]
    exact = numbers * SHAPES + found.fingerprints.astype(np.int64) % SHAPES
    if -1 in offsets:
        far = np.repeat(np.array(offsets), lengths) < 0
        numbers[far] = exact[far] = NOWHERE
    return _Placed(np.repeat(np.array(weights, np.float32), lengths), numbers, exact)


def _occurrences(spec: FieldSpec, found: IndexWords, placed: _Placed, *, exact: bool) -> Occurrences:
    field = found.fields[spec.name]
    weights = array("f", placed.weights[field.at].tobytes())
    if spec.kind is not FieldKind.WORD:
        return Occurrences(field.terms, weights, ())
    positions = (placed.exact if exact else placed.numbers)[field.at].astype(np.uint32)
    return Occurrences(field.terms, weights, array("I", positions.tobytes()))


def _once(field: Occurrences, most: int | None = None) -> Occurrences:
    """The first so many occurrences, or all, each counted once."""
    terms = field.terms[:most]
    return Occurrences(terms, array("f", [1.0]) * len(terms), field.positions[:most])


def _name_field(
    zones: Sequence[tuple[float, str]], texts: NumberedTexts, language: str, names: NameReader
) -> Occurrences:
    found: list[str] = []
    weights = array("f")
    for text, terms in names.terms_of_texts(texts, language):
        found += [term for term, _, _ in terms]
        weights += array("f", [zones[text][0]]) * len(terms)
    return Occurrences(found, weights, ())


def _story_field(zones: Sequence[tuple[float, str]], texts: NumberedTexts, language: str) -> Occurrences:
    found: list[str] = []
    weights = array("f")
    for text, keys in story_key_reader(language).keys_of_texts(texts):
        found += [key.term for key in keys]
        # In sixteenths, so that few different frequencies are stored.
        weights += array("f", [max(1, round(16 * zones[text][0] * key.share)) / 16 for key in keys])
    return Occurrences(found, weights, ())


def slug_specs() -> tuple[FieldSpec, ...]:
    """The fields of Vietnamese that serve text without accents, as the slug's fields have them."""
    return tuple(spec for spec in analyzer_for("vi").fields if spec.unaccented)


def _slug_fields(title: str) -> dict[str, Occurrences]:
    found = analyzer_for("vi").index_words([title])
    placed = _placed(found, [TITLE])
    return {
        field_name(SLUG, spec.name): _once(_occurrences(spec, found, placed, exact=False))
        for spec in slug_specs()
    }


def _text_columns(article: Article, words: IndexWords) -> dict[str, str]:
    columns = {
        "lang": article.lang.partition("-")[0].lower(),
        "section": article.section,
        "source": article.source,
        "group": group_of(article),
        "sketch": sketch_of(text_shingles(article, words.texts)),
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
    year, month, day = moment.utctimetuple()[:3]
    return {
        "published_at": int(moment.timestamp()),
        "year": year,
        "month": year * 100 + month,
        "day": (year * 100 + month) * 100 + day,
    }
