"""Text -> terms, per language. Pure: `str` in, values out; reads only its own data files."""

from __future__ import annotations

from collections.abc import Iterable

from .detect import QueryLanguage, detect_language, query_languages
from .errors import AnalysisError, UnknownLanguage
from .icu_text import ICU_VERSION, sentence_breaks
from .languages import build_analyzer, index_language, known_languages
from .lexicon import Lexicon, LexiconDamaged, count_words
from .pipeline import PipelineAnalyzer
from .slug import slug_group, slug_title
from .tokens import (
    Analyzer,
    FieldKind,
    FieldSpec,
    FieldTerms,
    Step,
    Tokens,
    WordExplanation,
    Words,
)

__all__ = [
    "AnalysisError",
    "Analyzer",
    "FieldKind",
    "FieldSpec",
    "FieldTerms",
    "Lexicon",
    "LexiconDamaged",
    "QueryLanguage",
    "Step",
    "Tokens",
    "UnknownLanguage",
    "WordExplanation",
    "Words",
    "analyzer_for",
    "build_lexicon",
    "detect_language",
    "icu_version",
    "index_language",
    "known_languages",
    "query_languages",
    "sentence_breaks",
    "slug_group",
    "slug_title",
]

_analyzers: dict[tuple[str, str], PipelineAnalyzer] = {}
_KEPT = 64


def analyzer_for(lang_tag: str, lexicon: Lexicon | None = None) -> Analyzer:
    """The analyzer of a language; the same one for the same language and lexicon.

    Raises `UnknownLanguage` if the tag is not BCP 47; a language without a row gets the `und` analyzer.
    """
    return _analyzer(index_language(lang_tag), lexicon)


def _analyzer(language: str, lexicon: Lexicon | None) -> PipelineAnalyzer:
    key = (language, lexicon.hash if lexicon and language == "ar" else "")
    found = _analyzers.get(key)
    if found is None:
        if len(_analyzers) >= _KEPT:
            _analyzers.clear()
        found = _analyzers[key] = build_analyzer(language, lexicon)
    return found


def build_lexicon(lang: str, texts: Iterable[str]) -> Lexicon:
    """Count the normalised words of a language's texts, one text a document."""
    analyzer = _analyzer(index_language(lang), None)
    return count_words(analyzer.normal(text) for text in texts)


def icu_version() -> str:
    """The version of ICU that breaks words, as in `77.1`."""
    return ICU_VERSION
