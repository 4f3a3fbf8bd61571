"""Values that took time to make, kept while they are asked for."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from threading import Lock
from typing import Any, TypeVar

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
            self._keep(key, value, cost(value))
        return value

    def known(self, keys: Sequence[object]) -> list[Any]:
        """The values of some keys, None where one is not remembered."""
        found: list[Any] = []
        values = self._values
        with self._lock:
            for key in keys:
                value = values.get(key)
                if value is not None:
                    values.move_to_end(key)
                found.append(None if value is None else value[1])
        return found

    def put(self, made: Iterable[tuple[object, Value]], cost: Callable[[Value], int]) -> None:
        """Remember the values of some keys."""
        with self._lock:
            for key, value in made:
                self._keep(key, value, cost(value))

    def _keep(self, key: object, value: object, cost: int) -> None:
        if key not in self._values:
            self._values[key] = (cost, value)
            self._held += cost
            while self._held > self._limit and len(self._values) > 1:
                _, (freed, _) = self._values.popitem(last=False)
                self._held -= freed

    def clear(self) -> None:
        """Let go of all of them."""
        with self._lock:
            self._values.clear()
            self._held = 0
