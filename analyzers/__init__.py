"""Text -> terms, per language. Pure: `str` in, values out; reads only its own data files."""

from __future__ import annotations

from collections.abc import Iterable

from .accent_model import AccentCounter, AccentModel, count_accents
from .arabic import levant_months
from .detect import QueryLanguage, detect_language, query_languages
from .errors import AnalysisError, UnknownLanguage
from .icu_text import ICU_VERSION, sentence_breaks
from .languages import DECIDED_BY_LEXICON, build_analyzer, index_language, is_question, known_languages
from .lexicon import Lexicon, LexiconDamaged, WordCounter
from .mistyped import Decoding, TypingKind, plausible_typing
from .name_keys_foreign import TERM as FOREIGN_NAME
from .names import NAMES_VERSION, NameMention, NamePair, NameReader, NameTerm
from .pipeline import PipelineAnalyzer
from .shingles import (
    SHINGLE_WORDS,
    SHORT_TEXT,
    SHORTEST_TEXT,
    alike_sketches,
    shingle_hashes,
    sketch_of,
)
from .slug import slug_group, slug_title
from .story_keys import STORY_KEYS_VERSION, StoryKey, StoryKeyReader, story_key_reader
from .tokens import (
    Analyzer,
    FieldKind,
    FieldSpec,
    FieldTerms,
    FieldWords,
    IndexWords,
    Piece,
    Step,
    Tokens,
    WordExplanation,
    Words,
)
from .vietnamese import unaccented
from .word_numbers import NumberedTexts

__all__ = [
    "DECIDED_BY_LEXICON",
    "FOREIGN_NAME",
    "NAMES_VERSION",
    "SHINGLE_WORDS",
    "SHORTEST_TEXT",
    "SHORT_TEXT",
    "STORY_KEYS_VERSION",
    "AccentCounter",
    "AccentModel",
    "AnalysisError",
    "Analyzer",
    "Decoding",
    "FieldKind",
    "FieldSpec",
    "FieldTerms",
    "FieldWords",
    "IndexWords",
    "Lexicon",
    "LexiconDamaged",
    "NameMention",
    "NamePair",
    "NameReader",
    "NameTerm",
    "NumberedTexts",
    "Piece",
    "QueryLanguage",
    "Step",
    "StoryKey",
    "StoryKeyReader",
    "Tokens",
    "TypingKind",
    "UnknownLanguage",
    "WordCounter",
    "WordExplanation",
    "Words",
    "alike_sketches",
    "analyzer_for",
    "build_lexicon",
    "count_accents",
    "detect_language",
    "icu_version",
    "index_language",
    "is_question",
    "known_languages",
    "levant_months",
    "name_reader",
    "plausible_typing",
    "query_languages",
    "sentence_breaks",
    "shingle_hashes",
    "sketch_of",
    "slug_group",
    "slug_title",
    "story_key_reader",
    "unaccented",
]

_analyzers: dict[tuple[str, str], PipelineAnalyzer] = {}
_KEPT = 64
_name_readers: dict[str, NameReader] = {}
_KEPT_NAME_READERS = 4


def analyzer_for(lang_tag: str, lexicon: Lexicon | None = None) -> Analyzer:
    """The analyzer of a language; the same one for the same language and lexicon.

    Raises `UnknownLanguage` if the tag is not BCP 47; a language without a row gets the `und` analyzer.
    """
    return _analyzer(index_language(lang_tag), lexicon)


def _analyzer(language: str, lexicon: Lexicon | None) -> PipelineAnalyzer:
    key = (language, lexicon.hash if lexicon and language in DECIDED_BY_LEXICON else "")
    found = _analyzers.get(key)
    if found is None:
        if len(_analyzers) >= _KEPT:
            _analyzers.clear()
        shared = _analyzer(language, None).shared if key[1] else None
        found = _analyzers[key] = build_analyzer(language, lexicon, shared)
    return found


def build_lexicon(lang: str, texts: Iterable[str]) -> Lexicon:
    """Count the normalised words of a language's texts, one text a document."""
    analyzer = _analyzer(index_language(lang), None)
    counter = WordCounter()
    for text in texts:
        counter.add(analyzer.numbered([text]))
    return counter.lexicon()


def name_reader(lexicon: Lexicon | None) -> NameReader:
    """Reads names with the Arabic words of an archive in mind; the same one for the same lexicon."""
    key = lexicon.hash if lexicon else ""
    found = _name_readers.get(key)
    if found is None:
        if len(_name_readers) >= _KEPT_NAME_READERS:
            _name_readers.clear()
        counts = lexicon.counts if lexicon else {}
        # The commonest word stands in nearly every article.
        found = _name_readers[key] = NameReader(counts, max(counts.values(), default=0))
    return found


def icu_version() -> str:
    """The version of ICU that breaks words, as in `77.1`."""
    return ICU_VERSION
