"""Values that took time to make, kept while they are asked for."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import TypeVar

Value = TypeVar("Value")


class RecentValues:
    """The most recently used values, until their costs are more than it holds. Safe for threads."""

    def __contains__(self, key: object) -> bool:
        return key in self._values

    def __init__(self, held: int) -> None:
        self._limit = held
        self._held = 0
        self._values: OrderedDict[object, tuple[int, object]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: object, make: Callable[[], Value], cost: Callable[[Value], int]) -> Value:
        """The value of a key, made if it is not remembered."""
        with self._lock:
            found = self._values.get(key)
            if found is not None:
                self._values.move_to_end(key)
                return found[1]  # type: ignore[return-value]  # what `make` of this key once made
        value = make()
        with self._lock:
            if key not in self._values:
                self._values[key] = (cost(value), value)
                self._held += cost(value)
                while self._held > self._limit and len(self._values) > 1:
                    _, (freed, _) = self._values.popitem(last=False)
                    self._held -= freed
        return value

    def clear(self) -> None:
        """Let go of all of them."""
        with self._lock:
            self._values.clear()
            self._held = 0
