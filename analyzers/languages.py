"""The ONE table of languages: which steps, in which order, make which fields.

A row says what `DESIGN` of analysis means for a language; everything else (memo, offsets, explain) is
`pipeline.PipelineAnalyzer`. To add a Snowball language, add its line to `_SNOWBALL`.
"""

from __future__ import annotations

import re
from functools import cache
from importlib import resources

from .arabic import (
    arabic_letters,
    bare_hamza,
    clitic_rule,
    one_month_name,
    plain_final_letters,
    skeleton,
    without_tashkeel,
)
from .errors import UnknownLanguage
from .lexicon import Lexicon
from .other_languages import snowball, unmarked_latin, without_elision, without_possessive
from .pipeline import NamedStep, PipelineAnalyzer, SharedSteps, WordField, dropping
from .tokens import FieldKind, FieldSpec
from .unicode_text import ascii_digits, compatible, folded_case, straight_apostrophe
from .vietnamese import one_tone_place, stroked_d, unaccented

RULES_VERSION = "2"
"""Raise it whenever a step or a data file changes what any text's terms are."""

_SNOWBALL = {
    "ca": "catalan",
    "cs": "czech",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "eo": "esperanto",
    "es": "spanish",
    "et": "estonian",
    "eu": "basque",
    "fi": "finnish",
    "fr": "french",
    "ga": "irish",
    "hi": "hindi",
    "hu": "hungarian",
    "hy": "armenian",
    "id": "indonesian",
    "it": "italian",
    "lt": "lithuanian",
    "ne": "nepali",
    "nl": "dutch",
    "no": "norwegian",
    "pl": "polish",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sr": "serbian",
    "sv": "swedish",
    "ta": "tamil",
    "tr": "turkish",
    "yi": "yiddish",
}
_PAIRED = ("ja", "zh")
"""Written without spaces and with short words: pairs say more than ICU's single words."""
_WORDS_ONLY = ("fa", "km", "ko", "lo", "my", "th", "ur")
_SAME = {"nb": "no", "nn": "no", "iw": "he", "in": "id", "cmn": "zh", "yue": "zh", "arb": "ar"}
"""Other tags of the same language."""

_COMMON = (
    # ﻻ and full-width letters as ordinary ones; invisible characters out of words.
    NamedStep("compatible letters (NFKC)", compatible),
    # Hà NỘI = Hà Nội.
    NamedStep("case", folded_case),
    # ٢٠٢٥ = 2025.
    NamedStep("digits", ascii_digits),
    # l’eau = l'eau.
    NamedStep("apostrophe", straight_apostrophe),
)


_PLAIN_ARABIC = re.compile(
    "[\N{ARABIC LETTER HAMZA}-\N{ARABIC LETTER GHAIN}\N{ARABIC LETTER FEH}-\N{ARABIC LETTER YEH}]+"
)
"""Words without marks, tatweel, digits or letters of other languages."""
_HORNED_AND_DOTTED = "".join(letter for letter in map(chr, range(ord("Ạ"), ord("ỹ") + 1)) if letter.islower())
_PLAIN_VIETNAMESE = re.compile(f"[a-zà-ãè-êìíò-õùúýăđĩũơư{_HORNED_AND_DOTTED}]+")
"""Words in lower case, composed."""


def known_languages() -> tuple[str, ...]:
    """Primary subtags with a row of their own, sorted; every other language goes by `und`."""
    return tuple(sorted({"ar", "vi", "und", *_SNOWBALL, *_PAIRED, *_WORDS_ONLY}))


def index_language(tag: str) -> str:
    """The row that serves a BCP 47 tag: `ar` for `ar-TN`, `und` for a language without a row.

    Raises `UnknownLanguage` for what is no tag at all.
    """
    primary = tag.replace("_", "-").split("-")[0].lower()
    if not primary.isascii() or not primary.isalpha() or not 2 <= len(primary) <= 8:
        raise UnknownLanguage(tag)
    primary = _SAME.get(primary, primary)
    return primary if primary in known_languages() else "und"


@cache
def stop_words(language: str) -> frozenset[str]:
    """Words too common to search, as the file under `data/stop_words/` writes them; empty without one."""
    return _word_list(f"stop_words/{language}.txt")


def is_question(text: str, language: str) -> bool:
    """Whether words ask something: a question mark, or a question word of the language among them.

    >>> is_question("متى تأسست هانوي", "ar"), is_question("وزير الخارجية", "ar")
    (True, False)
    """
    if "?" in text or "\N{ARABIC QUESTION MARK}" in text:
        return True
    asking = _question_words(language)
    return any(folded_case(word) in asking for word in compatible(text).split())


@cache
def _question_words(language: str) -> frozenset[str]:
    return frozenset(map(compatible, _word_list(f"question_words/{language}.txt")))


@cache
def _word_list(name: str) -> frozenset[str]:
    path = resources.files(__package__).joinpath("data", *name.split("/"))
    if not path.is_file():
        return frozenset()
    lines = path.read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


DECIDED_BY_LEXICON = frozenset({"ar"})
"""Languages whose terms depend on the words of an archive: its clitics, and which words are names."""


def build_analyzer(
    language: str, lexicon: Lexicon | None, shared: SharedSteps | None = None
) -> PipelineAnalyzer:
    """The analyzer of a row (see `index_language`). Only those `DECIDED_BY_LEXICON` use the lexicon.

    `shared`: those of an analyzer of the same row with another lexicon, which have met its words.
    """
    if language == "ar":
        return _arabic(lexicon, shared or _arabic_steps())
    if language == "vi":
        return _vietnamese()
    if language in _SNOWBALL:
        return _snowball(language)
    return _words_only(language)


def _normalised(words: frozenset[str], shared: SharedSteps) -> frozenset[str]:
    """A word list in the form in which the pipeline meets it."""
    return frozenset(map(shared.normal, words))


def _arabic_steps() -> SharedSteps:
    # نيسان = أبريل "April". Before hamza carriers, which make آب "August" of أب "father".
    months = NamedStep("month", one_month_name)
    # أحمد = احمد. Before ى: PyArabic would otherwise see a changed carrier.
    hamza = NamedStep("hamza carriers", bare_hamza)
    # مدرسة = مدرسه.
    final = NamedStep("final letters", plain_final_letters)
    steps = (
        *_COMMON,
        # کتاب = كتاب. Before the final letters, since Persian ی must become ي too.
        NamedStep("Persian letters", arabic_letters),
        # كَتَبَ = كتب.
        NamedStep("tashkeel and tatweel", without_tashkeel),
        months,
        hamza,
        final,
    )
    return SharedSteps(steps, plain=(_PLAIN_ARABIC, (months, hamza, final)))


def _arabic(lexicon: Lexicon | None, shared: SharedSteps) -> PipelineAnalyzer:
    stop = NamedStep("stop word", dropping(_normalised(stop_words("ar"), shared)))
    protected = _normalised(_word_list("ar_protected.txt"), shared)
    clitics = NamedStep("clitics", clitic_rule(lexicon.counts if lexicon else {}, protected))
    inflection = NamedStep("inflection", skeleton)
    # Stop words before clitics: فيها "in it" must not become a word of its own.
    stem = WordField(FieldSpec("stem", FieldKind.WORD, 1.0), (stop, clitics))
    return PipelineAnalyzer(
        "ar",
        rules_version=f"{RULES_VERSION}+lex{lexicon.hash[:12] if lexicon else '-'}",
        shared=shared,
        # Inflection changes a word's inside and both its ends, which no suffix rule follows: بنوك "banks".
        word_fields=(stem, WordField(FieldSpec("skel", FieldKind.FORM, 1.0), (inflection,), of_main=True)),
        pair=(FieldSpec("pair", FieldKind.PAIR, 0.3), "stem"),
    )


def _vietnamese() -> PipelineAnalyzer:
    # hoà = hòa.
    tone = NamedStep("tone placement", one_tone_place)
    steps = (
        *_COMMON,
        # ð = đ, as some fonts write it.
        NamedStep("đ", stroked_d),
        tone,
    )
    shared = SharedSteps(steps, plain=(_PLAIN_VIETNAMESE, (tone,)))
    stop = NamedStep("stop word", dropping(_normalised(stop_words("vi"), shared)))
    fold = NamedStep("accents off", unaccented)
    return PipelineAnalyzer(
        "vi",
        rules_version=RULES_VERSION,
        shared=shared,
        word_fields=(
            WordField(FieldSpec("syl", FieldKind.WORD, 1.0), (stop,)),
            # Stop words stay: unaccented, `cua` may be của "of" or cua "crab".
            WordField(FieldSpec("fold", FieldKind.WORD, 0.3, unaccented=0.5), (fold,)),
        ),
        pair=(FieldSpec("pair", FieldKind.PAIR, 0.5, unaccented=0.5), "fold"),
    )


def _snowball(language: str) -> PipelineAnalyzer:
    first = (
        NamedStep("possessive", without_possessive)
        if language == "en"
        else NamedStep("elision", without_elision)
    )
    shared = SharedSteps((*_COMMON, first))
    stop = NamedStep("stop word", dropping(_normalised(stop_words(language), shared)))
    stem = NamedStep("Snowball", snowball(_SNOWBALL[language]))
    # After the stemmer, whose rules need the accents.
    bare = NamedStep("accents off", unmarked_latin)
    return PipelineAnalyzer(
        language,
        rules_version=RULES_VERSION,
        shared=shared,
        word_fields=(
            WordField(FieldSpec("stem", FieldKind.WORD, 1.0), (stop, stem, bare)),
            # The word as it was typed beats its other forms: `universe` is no `university`.
            WordField(FieldSpec("word", FieldKind.FORM, 0.3), (stop, bare)),
        ),
        pair=(FieldSpec("pair", FieldKind.PAIR, 0.3), "stem"),
    )


def _words_only(language: str) -> PipelineAnalyzer:
    pair = (FieldSpec("pair", FieldKind.PAIR, 0.4), "word") if language in _PAIRED else None
    bare = NamedStep("accents off", unmarked_latin)
    return PipelineAnalyzer(
        language,
        rules_version=RULES_VERSION,
        shared=SharedSteps(_COMMON),
        word_fields=(WordField(FieldSpec("word", FieldKind.WORD, 1.0), (bare,)),),
        pair=pair,
    )
