"""Flask-Babel behind types: the one function by which code words something in the page's language."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _translate


def gettext(message: str, **values: Any) -> str:
    """The message in the page's language, its `%(name)s` places filled in."""
    text: str = _translate(message, **values)
    return text
