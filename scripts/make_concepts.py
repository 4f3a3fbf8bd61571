"""Write `analyzers/data/concepts/*.tsv`: words of several languages that mean the same, by the number of it.

npm pack cldr-annotations-full@48.2.0 && tar xzf cldr-annotations-full-48.2.0.tgz
python3 -m venv /tmp/concepts && /tmp/concepts/bin/pip install Babel==2.18.0 pyicu-wheels==2.15.2
/tmp/concepts/bin/python scripts/make_concepts.py package/annotations

CLDR names and annotates characters in many languages: that of a fire engine with "fire engine", "fire" and
"truck", of which the Arabic words are سيارة إطفاء and حريق, the Vietnamese ones xe cứu hỏa and lửa. It names
months, days, languages, currencies and units too, and ICU writes numbers as words. Prints what it wrote.
"""

from __future__ import annotations

import json
import re
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import babel
import icu
from babel import Locale

LANGUAGES = ("ar", "en", "es", "fr", "ru", "vi", "zh")
ARABIC_LOCALES = ("ar", "ar_LB", "ar_DZ", "ar_MA")
"""By which months have other names."""
OUT = Path(__file__).resolve().parents[1] / "analyzers" / "data" / "concepts"
LONGEST = 4
"""Words of a phrase; longer ones describe a picture and stand in no text."""
NUMBERS = (*range(2, 21), *range(30, 100, 10), 100, 1_000, 10**6, 10**9, 10**12)
_ONE = re.compile(r"^(?:one|un|uno|une|một|واحد|один|одна|一) ?(?=\S)")
_LEFT_OUT = re.compile(
    "[\N{REGIONAL INDICATOR SYMBOL LETTER A}-\N{REGIONAL INDICATOR SYMBOL LETTER Z}"
    "\N{CLOCK FACE ONE OCLOCK}-\N{CLOCK FACE TWELVE-THIRTY}]"
)
"""Countries are the gazetteer's, and hours are numbers."""
_PERSON = re.compile("^[\N{MAN}\N{WOMAN}\N{ADULT}]\N{ZERO WIDTH JOINER}")
_GENDER = re.compile("\N{ZERO WIDTH JOINER}[\N{MALE SIGN}\N{FEMALE SIGN}].*$")
_WIDTHS = ("long", "short")
"""CLDR leaves out a long form that is the short one: năm "year"."""
_PLACE = re.compile(r"\{\d\}")
_HEAD = """\
# Phrases and the concepts that they may name, of which other languages have the phrases.
# Hexadecimal: a character's annotations. n: a number, m: a month, w: a day, and currencies, languages, units.
# Unicode CLDR: annotations {annotations}, the rest Babel {babel}, numbers ICU {icu}; licence Unicode-3.0.
# Made by scripts/make_concepts.py, {today}.
"""

Phrases = dict[str, dict[str, None]]
"""Phrase -> ids of what it may name."""


def annotated(folder: Path, language: str) -> Iterator[tuple[str, str]]:
    """Phrase and id of every character that CLDR describes."""
    content = json.loads((folder / language / "annotations.json").read_text(encoding="utf-8"))
    characters: Mapping[str, Mapping[str, list[str]]] = content["annotations"]["annotations"]
    for character, texts in characters.items():
        if number := _number(character):
            for text in (*texts.get("tts", ()), *texts.get("default", ())):
                yield text, number


def _number(character: str) -> str:
    """Id of what a character shows; "" where that is no thing of the world."""
    if _LEFT_OUT.search(character) or unicodedata.category(character[0]) not in {"So", "Sc"}:
        return ""
    # A man, a woman or a person at work: the work.
    parts = _GENDER.sub("", _PERSON.sub("", character)).replace("\N{VARIATION SELECTOR-16}", "")
    return "-".join(f"{ord(part):x}" for part in parts)


def named(language: str) -> Iterator[tuple[str, str]]:
    """Phrase and id of months, days, currencies, languages and units."""
    for name in ARABIC_LOCALES if language == "ar" else (language,):
        months: Any = Locale.parse(name).months
        for form in ("stand-alone", "format"):
            yield from ((text, f"m:{month}") for month, text in months[form]["wide"].items())
    locale = Locale.parse(language)
    days: Any = locale.days
    for form in ("stand-alone", "format"):
        yield from ((text, f"w:{day}") for day, text in days[form]["wide"].items())
    yield from ((text, f"currency:{code}") for code, text in locale.currencies.items())
    yield from ((text, f"language:{code}") for code, text in locale.languages.items() if len(code) <= 3)
    yield from units(locale)


def units(locale: Locale) -> Iterator[tuple[str, str]]:
    """Phrase and id of units of measurement, in every number that the language has."""
    names: Mapping[str, Mapping[str, str]] = locale._data["unit_display_names"]  # noqa: SLF001  # no other way
    patterns: Mapping[str, Mapping[str, Any]] = locale._data["unit_patterns"]  # noqa: SLF001
    for unit, texts in names.items():
        yield from ((text, f"unit:{unit}") for width, text in texts.items() if width in _WIDTHS)
    for unit, lengths in patterns.items():
        for width in _WIDTHS:
            for pattern in lengths.get(width, {}).values():
                if isinstance(pattern, str):
                    yield _PLACE.sub("", pattern), f"unit:{unit}"


def numbers(language: str) -> Iterator[tuple[str, str]]:
    """Phrase and id of numbers as words."""
    spelled = icu.RuleBasedNumberFormat(icu.URBNFRuleSetTag.SPELLOUT, icu.Locale(language))
    for number in NUMBERS:
        text = spelled.format(number)
        yield (_ONE.sub("", text) if number >= 100 else text), f"n:{number}"


def phrases(found: Iterable[tuple[str, str]]) -> Phrases:
    """Each phrase once, in lower case, with all that it may name."""
    gathered: Phrases = {}
    for text, number in found:
        phrase = " ".join(text.lower().split()).lstrip("/ ")
        if phrase and len(phrase.split()) <= LONGEST and any(map(str.isalpha, phrase)):
            gathered.setdefault(phrase, {})[number] = None
    return gathered


def main() -> None:
    """Write a file a language."""
    folder = Path(sys.argv[1])
    version = json.loads((folder.parent / "package.json").read_text(encoding="utf-8"))["version"]
    head = _HEAD.format(
        annotations=version,
        babel=babel.__version__,
        icu=icu.ICU_VERSION,
        today=datetime.now(UTC).date().isoformat(),
    )
    OUT.mkdir(exist_ok=True)
    by_language = {
        language: phrases([*numbers(language), *named(language), *annotated(folder, language)])
        for language in LANGUAGES
    }
    for language, found in by_language.items():
        # What no other language has would find nothing.
        others = {
            number
            for other, texts in by_language.items()
            for numbers_ in texts.values()
            for number in numbers_
            if other != language
        }
        lines = [
            f"{phrase}\t{' '.join(number for number in ids if number in others)}\n"
            for phrase, ids in sorted(found.items())
            if not others.isdisjoint(ids)
        ]
        (OUT / f"{language}.tsv").write_text(head + "".join(lines), encoding="utf-8")
        print(f"{language}: {len(lines)} phrases")


if __name__ == "__main__":
    main()
