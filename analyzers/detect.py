"""Which language a document is in, and which languages a query may be in."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from .icu_text import word_breaks
from .languages import index_language, stop_words
from .vietnamese_syllables import is_syllable

_SAMPLE = 4_000
"""Code points of a document that are looked at."""

_SCRIPT_LANGUAGES = {
    "ARABIC": "ar",
    "THAI": "th",
    "LAO": "lo",
    "KHMER": "km",
    "MYANMAR": "my",
    "HANGUL": "ko",
    "HEBREW": "he",
    "GREEK": "el",
    "ARMENIAN": "hy",
    "GEORGIAN": "ka",
    "DEVANAGARI": "hi",
    "TAMIL": "ta",
    "BENGALI": "bn",
}
"""Scripts that one language of the news mostly writes."""

_LANGUAGE_SCRIPT = {
    **{language: script for script, language in _SCRIPT_LANGUAGES.items()},
    **dict.fromkeys(("fa", "ur"), "ARABIC"),
    **dict.fromkeys(("ru", "sr", "bg", "uk"), "CYRILLIC"),
    "ne": "DEVANAGARI",
    "yi": "HEBREW",
    "zh": "CJK",
    "ja": "CJK",
}
"""Language -> its script; a language that is not here is written in Latin letters."""

_PERSIAN_LETTERS = re.compile(
    "[\N{ARABIC LETTER PEH}\N{ARABIC LETTER TCHEH}\N{ARABIC LETTER GAF}"
    "\N{ARABIC LETTER KEHEH}\N{ARABIC LETTER FARSI YEH}]"
)
_URDU_LETTERS = re.compile(
    "[\N{ARABIC LETTER TTEH}\N{ARABIC LETTER DDAL}\N{ARABIC LETTER RREH}\N{ARABIC LETTER YEH BARREE}"
    "\N{ARABIC LETTER NOON GHUNNA}]"
)
_VIETNAMESE_LETTER = re.compile("[ăđơưĂĐƠƯẠ-ỹ]")
"""Letters that no other language of the news uses: â, ê, ô and plain acute vowels are French too."""
_VIETNAMESE_MARKED = re.compile("[àáâãèéêìíòóôõùúýăđĩũơưạ-ỹ]")
_LATIN_LANGUAGES = (
    "vi en fr de es it pt nl id ca da sv no fi pl cs ro hu tr ms tl sw hr sk lt et eu ga".split()
)
_CYRILLIC_LANGUAGES = "ru uk bg sr mk kk mn".split()
_FOREIGN_SCRIPT_WEIGHT = 0.3
"""For a short Latin query (CNN, COVID-19) in archives of other scripts."""
_SHORT = 3
_SYLLABLE_SHARE = 0.6
"""Of the words of an unaccented Vietnamese sentence at least so many are syllables of the language."""


@dataclass(frozen=True, slots=True)
class QueryLanguage:
    """One language that a query may be in."""

    lang: str
    weight: float
    """Factor on the scores of that language's fields; in (0, 1]."""
    unaccented: bool
    """Vietnamese typed without any accent: search the fields that have none."""


def detect_language(text: str) -> str:
    """The language of a document as a primary subtag; `und` if no one can tell.

    The dominant script decides; among Latin-script languages Vietnamese by its own letters, the others by
    py3langid (N-gram model, carried in its package), which is not trusted below four words.
    """
    sample = unicodedata.normalize("NFC", text[:_SAMPLE])
    scripts = _scripts(sample)
    if not scripts:
        return "und"
    script = scripts.most_common(1)[0][0]
    if script == "ARABIC":
        return _arabic_script_language(sample, scripts[script])
    if script in {"CJK", "HIRAGANA", "KATAKANA"}:
        kana = scripts["HIRAGANA"] + scripts["KATAKANA"]
        return "ja" if kana * 10 >= scripts["CJK"] else "zh"
    if script in {"LATIN", "CYRILLIC"}:
        return _latin_or_cyrillic(sample, script)
    return _SCRIPT_LANGUAGES.get(script, "und")


def _scripts(text: str) -> Counter[str]:
    return Counter(_script(character) for character in text if character.isalpha())


@cache
def _script(character: str) -> str:
    """First word of the character's Unicode name, which is its script for letters."""
    name = unicodedata.name(character, "UNKNOWN").split()[0]
    return "LATIN" if name in {"FULLWIDTH", "FEMININE", "MASCULINE"} else name.removesuffix("-COMPATIBILITY")


def _arabic_script_language(text: str, letters: int) -> str:
    if len(_URDU_LETTERS.findall(text)) * 50 > letters:
        return "ur"
    return "fa" if len(_PERSIAN_LETTERS.findall(text)) * 20 > letters else "ar"


def _latin_or_cyrillic(text: str, script: str) -> str:
    words = [text[start:end] for start, end in zip(*word_breaks(text), strict=True)]
    words = [word.lower() for word in words if word.isalpha()]
    if script == "LATIN":
        marked = sum(1 for word in words if _VIETNAMESE_LETTER.search(word))
        if marked and marked * 8 >= len(words):
            return "vi"
        if len(words) >= _SHORT and sum(map(is_syllable, words)) >= 0.9 * len(words):
            return "vi"
    if len(words) <= _SHORT:
        return "und"
    return str(_identifier(script).classify(text)[0])


@cache
def _identifier(script: str) -> Any:
    # Loaded on the first use: the model costs a third of a second and many texts never need it.
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    wanted = _CYRILLIC_LANGUAGES if script == "CYRILLIC" else _LATIN_LANGUAGES
    identifier.set_languages([language for language in wanted if language in identifier.labels])
    return identifier


def query_languages(text: str, available: Sequence[str]) -> tuple[QueryLanguage, ...]:
    """The languages among `available` (primary subtags) that a query may be in, best first.

    Never empty if `available` is not: a query of digits or signs goes to every language.
    """
    composed = unicodedata.normalize("NFC", text)
    words = [composed[start:end].lower() for start, end in zip(*word_breaks(composed), strict=True)]
    unaccented = not any(_VIETNAMESE_MARKED.search(word) for word in words)
    by_script: dict[str, list[str]] = {}
    for word in words:
        if letter := next((c for c in word if c.isalpha()), None):
            script = _script(letter)
            script = "CJK" if script in {"HIRAGANA", "KATAKANA"} else script
            by_script.setdefault(script, []).append(word)
    weights: dict[str, float] = {}
    for script, of_script in by_script.items():
        if script == "LATIN":
            weights |= _latin_weights(of_script, available)
            if len(of_script) <= _SHORT:
                for language in available:
                    if language in _LANGUAGE_SCRIPT:
                        weights.setdefault(language, _FOREIGN_SCRIPT_WEIGHT)
        else:
            weights |= {
                language: 1.0
                for language in available
                if language == "und" or _LANGUAGE_SCRIPT.get(language) == script
            }
    if not weights:
        weights = dict.fromkeys(available, 1.0)
    first = "vi" if words and all(map(is_syllable, words)) else ""
    ranked = sorted(weights, key=lambda language: (-weights[language], language != first, language))
    return tuple(
        QueryLanguage(language, weights[language], unaccented and language == "vi") for language in ranked
    )


def _latin_weights(words: Sequence[str], available: Sequence[str]) -> dict[str, float]:
    """Evidence: Vietnamese letters and syllables, function words of the others.

    Short queries go to all, since two or three words prove little; longer ones to the likely languages.
    """
    latin = [language for language in available if language not in _LANGUAGE_SCRIPT]
    if "vi" in latin and any(_VIETNAMESE_LETTER.search(word) for word in words):
        return {"vi": 1.0}
    letters = [word for word in words if word.isalpha()] or list(words)
    syllables = sum(map(is_syllable, letters)) / len(letters)
    common = {
        language: sum(word in stop_words(index_language(language)) for word in letters) / len(letters)
        for language in latin
        if language != "vi"
    }
    most = max(common.values(), default=0.0)
    accented = False
    if "vi" not in latin:
        vietnamese = 0.0
    elif accented := (
        not most and any(_VIETNAMESE_MARKED.search(word) and is_syllable(word) for word in letters)
    ):
        # `màu gì` "which colour": accents that others have too, on syllables, and no function word of theirs.
        vietnamese = 1.0
    elif len(letters) <= _SHORT:
        # An Giang is a province though `an` is an English article; `to do` are English words both.
        vietnamese = 1.0 if syllables == 1 and most <= _SYLLABLE_SHARE else _FOREIGN_SCRIPT_WEIGHT
    else:
        # Of English words a fifth look like syllables (to, in, an), of Vietnamese ones all but names.
        vietnamese = 1.0 if syllables >= max(_SYLLABLE_SHARE, most + 0.2) else 0.0
    if len(letters) <= _SHORT:
        # Biên Hòa is no English, though its letters without accents may stand in an English article.
        foreign = accented and syllables == 1
        weights = {language: 0.5 if foreign or share < most else 1.0 for language, share in common.items()}
    elif vietnamese:
        weights = {}
    else:
        weights = {language: 1.0 if share >= most - 0.1 else 0.5 for language, share in common.items()}
    if vietnamese or not weights:
        weights["vi"] = vietnamese or 1.0
    return {language: weight for language, weight in weights.items() if language in latin}
