"""Flask-Babel behind types: what code and templates say in the page's language."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from flask import Flask, g
from flask_babel import gettext as _translate
from flask_babel import ngettext as _translate_plural
from markupsafe import Markup

_REMEMBERED = 2_048
"""Messages times page languages: both are ours, so that all of them are held."""


def install(app: Flask) -> None:
    """Give templates a `_` that looks each message up once; Flask-Babel's asks for the locale every time."""
    app.jinja_env.globals.update({"_": markup_text, "gettext": markup_text, "ngettext": markup_plural})


def page_language() -> str:
    """Language of the page being made, one of `PAGE_LANGUAGES`."""
    language: str = g.get("page_language", "en")
    return language


def gettext(message: str, **values: Any) -> str:
    """The message in the page's language, its `%(name)s` places filled in."""
    text = _translated(page_language(), message)
    return text % values if values else text


def ngettext(singular: str, plural: str, number: int, **values: Any) -> str:
    """The message in the form that a number has in the page's language, its places filled in."""
    return _form(page_language(), singular, plural, number, tuple(values)) % values


def markup_text(message: str, **values: Any) -> Markup:
    """The message for a template, what fills its places escaped; a percent sign in it is written `%%`."""
    if values:
        return Markup(_translated(page_language(), message)) % values  # noqa: S704  # messages are ours
    return _shown(page_language(), message)


def markup_plural(singular: str, plural: str, number: int, **values: Any) -> Markup:
    """The form of a message for a number, for a template, what fills its places escaped."""
    text = _form(page_language(), singular, plural, number, tuple(values))
    return Markup(text) % values  # noqa: S704  # messages are ours


@lru_cache(maxsize=4 * _REMEMBERED)
def _form(language: str, singular: str, plural: str, number: int, names: tuple[str, ...]) -> str:
    assert language == page_language()
    # Its places stay as they are: they hold what each page has.
    text: str = _translate_plural(singular, plural, number, **{name: f"%({name})s" for name in names})
    return text


@lru_cache(maxsize=_REMEMBERED)
def _translated(language: str, message: str) -> str:
    # Flask-Babel takes the language from the page being made, which is this one.
    assert language == page_language()
    text: str = _translate(message)
    return text


@lru_cache(maxsize=_REMEMBERED)
def _shown(language: str, message: str) -> Markup:
    return Markup(_translated(language, message)) % {}  # noqa: S704  # messages are ours
