"""Why an article is related, in words: "3 names, 2 numbers, same day"."""

from __future__ import annotations

from flask import Flask

from ..core.pages import Reason, ReasonKind
from .rendering import number, percent
from .texts import gettext, ngettext


def install(app: Flask) -> None:
    """Give templates the function of this module."""
    app.jinja_env.globals.update(reason_words=reason_words)


def reason_words(reason: Reason) -> str:
    """One reason as a phrase in the page's language, without its values: `3 names`."""
    count = max(reason.count, len(reason.values))
    shown = number(count)
    match reason.kind:
        case ReasonKind.TRANSLATION:
            return gettext("the same story in another language")
        case ReasonKind.COPY if count:
            return gettext("%(share)s of the text in common", share=percent(count))
        case ReasonKind.COPY:
            return gettext("nearly the same text")
        case ReasonKind.EXCERPT if count:
            return gettext("%(share)s of the shorter text stands in the other", share=percent(count))
        case ReasonKind.EXCERPT:
            return gettext("one text stands in the other")
        case ReasonKind.SOURCE:
            return gettext("from the same source")
        case ReasonKind.NAMES:
            return ngettext("%(count)s name", "%(count)s names", count, count=shown)
        case ReasonKind.NUMBERS:
            return ngettext("%(count)s number", "%(count)s numbers", count, count=shown)
        case ReasonKind.DATE:
            if not count:
                return gettext("same day")
            return ngettext("within %(count)s day", "within %(count)s days", count, count=shown)
        case ReasonKind.WORDS:
            return ngettext("%(count)s rare word", "%(count)s rare words", count, count=shown)
