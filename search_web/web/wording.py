"""What the pages call the steps of a search, the fields of the index and the parts of an article."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import Flask

from indexer.schema import NAMES, SLUG

from ..core.explanation import Place, TermMatch
from ..core.pages import Accents, Step
from ..explained import counted
from .rendering import language_name
from .texts import gettext


def install(app: Flask) -> None:
    """Give templates the filters and functions of this module."""
    app.jinja_env.filters.update(
        step_words=step_words,
        field_words=field_words,
        shown_term=shown_term,
        places_by_part=places_by_part,
        counted=counted,
    )
    app.jinja_env.globals.update(rescue_reason=rescue_reason, with_accents=with_accents)


def rescue_reason(step: str) -> str:
    """Why a query was not searched as it was typed; `step` is the value of a `Step`."""
    match Step(step):
        case Step.TELEX:
            return gettext("It reads like %(method)s typing.", method="Telex")
        case Step.VNI:
            return gettext("It reads like %(method)s typing.", method="VNI")
        case Step.LATIN_KEYS:
            return gettext("It looks as if the keyboard was set to Latin letters.")
        case Step.ARABIC_KEYS:
            return gettext("It looks as if the keyboard was set to Arabic letters.")
        case Step.TEXT:
            return gettext("The quotes and signs of this text were read as punctuation.")
        case Step.QUOTES:
            return gettext(
                "No article has the quoted words side by side. Articles that have them apart are shown."
            )
        case Step.NEAR:
            return gettext(
                "No article has these words near each other. Articles that have them farther apart are shown."
            )
        case Step.OTHER_FORMS:
            return gettext("No article has these words just so. Articles with other forms of them are shown.")
        case Step.SPELLING:
            return gettext("Nothing was found as typed; these are the nearest words of the archive.")


def with_accents(text: str, word: Accents, form: str) -> str:
    """A query with one of its words replaced by a form with accents."""
    return text[: word.start] + form + text[word.end :]


def step_words(name: str) -> str:
    """What a step of analysis does to a word; its own name where it is not in the table."""
    return {
        "compatible letters (NFKC)": gettext("special letters as ordinary ones"),
        "case": gettext("small letters"),
        "digits": gettext("the same digits everywhere"),
        "apostrophe": gettext("a plain apostrophe"),
        "Persian letters": gettext("Arabic letters for Persian ones"),
        "tashkeel and tatweel": gettext("without vowel signs and lengthening"),
        "month": gettext("one name for the month"),
        "hamza carriers": gettext("hamza written one way"),
        "final letters": gettext("final ة and ى written one way"),
        "clitics": gettext("without article and attached particles"),
        "inflection": gettext("the consonants alone, which other forms share"),
        "đ": gettext("one letter đ"),
        "tone placement": gettext("the tone mark in one place"),
        "accents off": gettext("without accents"),
        "possessive": gettext("without the possessive ’s"),
        "elision": gettext("without the elided article"),
        "Snowball": gettext("the stem, which other endings share"),
    }.get(name, name)


def field_words(match: TermMatch) -> str:
    """What a term is looked for as: `vi.syl` is a Vietnamese word with its accents."""
    language, _, form = match.field.partition(".")
    if match.field == NAMES:
        return gettext("a name, by its sound or from the list of places")
    if language == SLUG:
        return gettext("words in the address of the article")
    return f"{language_name(language)}: {_form_words(match, language, form)}"


def _form_words(match: TermMatch, language: str, form: str) -> str:
    if match.term.startswith('"'):
        near = not match.term.endswith('"')
        return gettext("the words near each other") if near else gettext("the words side by side, just so")
    if match.term.endswith("*"):
        return gettext("words that begin so")
    if form.startswith("title_"):
        return gettext("the word in the title")
    if (language, form) == ("ar", "stem"):
        return gettext("the word without article and particles")
    return {
        "stem": gettext("the stem of the word"),
        "word": gettext("the word as it is written"),
        "skel": gettext("other forms of the word"),
        "syl": gettext("the word with its accents"),
        "fold": gettext("the letters without accents"),
        "pair": gettext("two words side by side"),
    }.get(form, form)


def shown_term(match: TermMatch) -> str:
    """A term as a reader may see it; nothing for a name, whose key says nothing."""
    if match.field == NAMES:
        return ""
    if match.term.startswith('"'):
        return match.term[1 : match.term.rindex('"')]
    return match.term.replace("_", " ") if match.field.endswith(".pair") else match.term


def places_by_part(places: Sequence[Place]) -> Mapping[str, Sequence[Place]]:
    """The places of a term under the name of their part, the most frequent form first.

    The address is no place of its own: the name of its fields says where they are.
    """
    titles = {
        "title": gettext("Title"),
        "lead": gettext("Opening"),
        "body": gettext("Text"),
        "tags": gettext("Keywords"),
        "captions": gettext("Captions"),
    }
    parts: dict[str, list[Place]] = {}
    for place in sorted(places, key=lambda place: -place.count):
        parts.setdefault(place.part, []).append(place)
    return {titles[part]: parts[part] for part in titles if part in parts}
