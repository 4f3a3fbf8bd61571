"""Parameters of a search in another form than a page: those of the page, and few of its own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from werkzeug.exceptions import BadRequest

from indexer.engines.base import Sort

from ...core.pages import SearchInput
from ..search_url import read_search


class Parameters:
    """The parameters of an address, taken out one by one; what is left is a search.

    Every method raises `BadRequest` with a message for whoever wrote the address.
    """

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        self._pairs = list(pairs)

    def number(self, name: str, otherwise: int, most: int) -> int:
        """A whole number from 1 to `most`; the last one counts, an empty one is none."""
        value = self._taken(name)
        if not value:
            return otherwise
        if not (value.isascii() and value.isdecimal() and len(value) <= 9 and 1 <= int(value) <= most):
            raise BadRequest(f"{name}={value[:60]!r} cannot be used; write a number from 1 to {most}")
        return int(value)

    def flag(self, name: str) -> bool:
        """`1` for yes, `0` or nothing for no."""
        value = self._taken(name)
        if value not in ("", "0", "1"):
            raise BadRequest(f"{name}={value[:60]!r} cannot be used; write {name}=1 or leave it out")
        return value == "1"

    def search(self, page_size: int, otherwise: Sort | None = None) -> SearchInput:
        """The search that is left, in pages of so many; `otherwise`: its order if the address has none."""
        search, problems = read_search(self._pairs, page_size)
        wrong = [f"{item.name}={item.value!r}" for item in problems]
        if wrong:
            raise BadRequest(f"the address has parameters that cannot be used: {', '.join(wrong[:5])}")
        named = any(name == "sort" and value.strip() for name, value in self._pairs)
        sort = search.sort if otherwise is None or named else otherwise
        return replace(search, sort=sort, page_size=page_size)

    def _taken(self, name: str) -> str:
        values = [value for key, value in self._pairs if key == name]
        self._pairs = [pair for pair in self._pairs if pair[0] != name]
        return values[-1].strip() if values else ""
