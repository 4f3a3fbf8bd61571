"""What a person types after `author:` or `section:` -> the values that stand in the index."""

from __future__ import annotations

import re
import unicodedata

from indexer.engines.base import SearchEngine, SearchRequest
from indexer.engines.query import Everything

_MOST_VALUES = 50_000
_WORDS = re.compile(r"\w+")


class ColumnValues:
    """The values of the columns of one state of the index, looked up without case and accents."""

    def __init__(self, engine: SearchEngine) -> None:
        self._engine = engine
        self._columns: dict[str, list[tuple[str, str]]] = {}

    def matching(self, column: str, typed: str) -> tuple[str, ...]:
        """The values that have the typed words side by side; for `lang` the tag itself.

        `thu` finds the author Lê Uyển Thư. A value that is typed letter by letter is the only one.
        """
        if column == "lang":
            return (typed.partition("-")[0].lower(),)
        words = _folded(typed)
        values = self._values(column)
        exact = tuple(value for value, _ in values if value == typed.strip())
        return exact or tuple(value for value, folded in values if words.strip() and words in folded)

    def _values(self, column: str) -> list[tuple[str, str]]:
        if column not in self._columns:
            request = SearchRequest(Everything(), limit=0, facets=(column,), facet_limit=_MOST_VALUES)
            counts = self._engine.search(request).facets[column]
            self._columns[column] = [(count.value, _folded(count.value)) for count in counts]
        return self._columns[column]


def _folded(text: str) -> str:
    """Words in lower case without marks, a blank before and after each.

    >>> _folded("Lê Uyển-Thư")
    ' le uyen thu '
    """
    bare = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return f" {' '.join(_WORDS.findall(bare.replace('đ', 'd')))} "
