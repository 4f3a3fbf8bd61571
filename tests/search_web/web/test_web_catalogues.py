"""Every text of the pages exists in Arabic, Vietnamese and English; compiled catalogues are current."""

from __future__ import annotations

import gettext
import re
from pathlib import Path
from typing import cast

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

import search_web.web

WEB = Path(next(iter(search_web.web.__path__)))
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2")]


def extracted() -> set[str]:
    """Every message of the templates and the code; of a plural the singular."""
    found = extract_from_dir(str(WEB), METHODS)
    return {message[0] if isinstance(message, tuple) else message for _, _, message, _, _ in found}


def catalogue(language: str) -> Catalog:
    """The committed catalogue of a page language."""
    with (WEB / f"translations/{language}/LC_MESSAGES/messages.po").open("rb") as file:
        return read_po(file, locale=language)


def forms(message: Message) -> tuple[str, ...]:
    """All translated forms of a message."""
    return tuple(message.string) if isinstance(message.string, tuple | list) else (cast(str, message.string),)


def by_id(messages: Catalog) -> dict[str, tuple[str, ...]]:
    """The forms of each message by its id; of a plural the singular. Without the header."""
    return {
        message.id if isinstance(message.id, str) else message.id[0]: tuple(forms(message))
        for message in messages
        if message.id
    }


@pytest.mark.parametrize(("language", "plurals"), [("ar", 6), ("vi", 1), ("en", 2)])
def test_nothing_is_missing(language: str, plurals: int) -> None:
    """Each message of the pages has all its forms, none is fuzzy, none is left over."""
    messages = {
        message.id[0] if isinstance(message.id, tuple | list) else message.id: message
        for message in catalogue(language)
        if message.id
    }
    wanted = extracted()
    assert len(wanted) > 80
    assert set(messages) == wanted
    for message in messages.values():
        assert all(forms(message)), message.id
        assert not message.fuzzy, message.id
        assert len(forms(message)) == (plurals if message.pluralizable else 1), message.id


@pytest.mark.parametrize("language", ["ar", "vi", "en"])
def test_placeholders_survive(language: str) -> None:
    """A translation names no variable that its message does not have, and drops none outside of plurals."""
    pattern = re.compile(r"%\(\w+\)s")
    for message in catalogue(language):
        if not message.id:
            continue
        source = "".join(message.id) if isinstance(message.id, tuple | list) else message.id
        wanted = set(pattern.findall(source))
        for form in forms(message):
            got = set(pattern.findall(form))
            assert got <= wanted if message.pluralizable else got == wanted, message.id


@pytest.mark.parametrize("language", ["ar", "vi", "en"])
def test_compiled_catalogue_is_current(language: str) -> None:
    """The committed `.mo` is what the `.po` compiles to: `pybabel compile -d search_web/web/translations`."""
    # The header holds the time of compiling; all else must be the same.
    with (WEB / f"translations/{language}/LC_MESSAGES/messages.mo").open("rb") as file:
        compiled = by_id(read_mo(file))
    written = by_id(catalogue(language))
    assert compiled == written


@pytest.mark.parametrize(
    ("count", "form"),
    [(0, 0), (1, 1), (2, 2), (3, 3), (10, 3), (11, 4), (99, 4), (100, 5), (103, 3), (111, 4)],
)
def test_arabic_plurals_follow_cldr(count: int, form: int) -> None:
    """The plural expression of the catalogue picks the CLDR form: مقالات for 3 to 10, مقالا for 11 to 99."""
    with (WEB / "translations/ar/LC_MESSAGES/messages.mo").open("rb") as file:
        translations = gettext.GNUTranslations(file)
    words = ["لا مقالات", "مقال واحد", "مقالان", "%(count)s مقالات", "%(count)s مقالا", "%(count)s مقال"]
    assert translations.ngettext("%(count)s article", "%(count)s articles", count) == words[form]
