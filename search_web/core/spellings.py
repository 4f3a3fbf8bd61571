"""Articles that have a name in one spelling, by its words side by side."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from analyzers import QueryLanguage
from analyzers.name_alignment import bare_name
from indexer.archive_names import ArchiveNames
from indexer.engines.query import Query, Term

from .targets import Target, targets_of

_CLITICS = ("", "و", "ف", "ب", "ل", "ك", "ول", "وب")
"""What may be written together with the first word: and, so, in, for, as."""


def spelled(name: str, names: ArchiveNames, weight: float = 1.0) -> list[Query]:
    """One query a field and form in which the archive may have a spelling.

    None for one of several words that are stop words but for one: that one alone would be no name.
    """
    latin = any("a" <= letter <= "z" for letter in name.lower())
    languages = [
        QueryLanguage(language, 1.0, unaccented=latin and name.isascii())
        for language in names.languages
        if (language == "ar") is not latin
    ]
    found: dict[Query, None] = {}
    for target in targets_of(languages, names.analyzer):
        if not latin:
            ways = [clitic + name for clitic in _CLITICS]
        else:
            # Other languages write Vietnamese names without accents too.
            ways = [name] if target.language == "vi" else [name, bare_name(name)]
        for written in ways:
            found |= dict.fromkeys(_quoted(written, target, weight))
    return list(found)


def _quoted(name: str, target: Target, weight: float) -> Iterator[Query]:
    field = replace(target.words[0], weight=weight)
    words = target.analyzer.words(name)
    forms = words.forms[field.form]
    placed = [(at, term, words.written[at]) for at, term in enumerate(forms) if term is not None]
    if len(forms) == 1 and placed:
        # A word alone is the same in any of its forms; several are told apart by standing so.
        yield Term(field.index_field, placed[0][1], weight)
    elif len(placed) > 1:
        yield field.quoted(placed)
