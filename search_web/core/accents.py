"""A Vietnamese word typed without accents may be several: `duong` is đường "road" and dương "sun, ocean"."""

from __future__ import annotations

from collections.abc import Sequence

from analyzers import Lexicon, unaccented

from . import query_ast as ast
from .pages import Accents
from .targets import Target

MOST_WORDS = 3
"""Words of a query; in longer ones each word is clear from the others."""
_MOST_FORMS = 5
_RAREST = 2
"""Articles; a form that one article has is a slip of its author's more often than not."""
_KEPT = 8

_forms: dict[str, dict[str, list[tuple[str, int]]]] = {}


def accents_of(node: ast.Node, targets: Sequence[Target], lexicon: Lexicon | None) -> tuple[Accents, ...]:
    """What each ambiguous word of a short query without accents may be, with the articles that have it."""
    if lexicon is None or not targets or targets[0].language != "vi":
        return ()
    leaves = list(ast.leaves(node))
    if len(leaves) > MOST_WORDS or any(field.form == "syl" for field in targets[0].words):
        return ()
    by_letters = _by_letters(lexicon)
    found: list[Accents] = []
    for leaf in leaves:
        if isinstance(leaf, ast.Word):
            forms = by_letters.get(leaf.text.lower(), ())
            if len(forms) > 1:
                found.append(Accents(leaf.text, leaf.start, leaf.end, tuple(forms[:_MOST_FORMS])))
    return tuple(found)


def _by_letters(lexicon: Lexicon) -> dict[str, list[tuple[str, int]]]:
    """Letters without accents -> the words that have them, the most frequent first."""
    found = _forms.get(lexicon.hash)
    if found is None:
        found = {}
        for word, count in lexicon.counts.items():
            if count >= _RAREST:
                found.setdefault(unaccented(word), []).append((word, count))
        for forms in found.values():
            forms.sort(key=lambda form: (-form[1], form[0]))
        if len(_forms) >= _KEPT:
            _forms.clear()
        _forms[lexicon.hash] = found
    return found
