"""Changes in portions of some megabytes, sent again until the cluster has them."""

from __future__ import annotations

import json
import random
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

from ...errors import IndexDamaged
from .connection import Connection
from .errors import ClusterUnavailable

PORTION_BYTES = 6_000_000
PORTION_CHANGES = 1_000
WAITING = 1
"""Portions that may be ready before the one that is under way is there: what a cluster's pauses are for."""
LONGEST_TIMEOUT_S = 120.0
ATTEMPTS = 8
FIRST_WAIT_S = 0.5
LONGEST_WAIT_S = 30.0
_CHARACTERS_A_SECOND = 300_000
"""What a node takes at the least, ten times less than one that shares two cores with this program."""
_FIRST_TIMEOUT_S = 10.0
_AGAIN = frozenset({429, 502, 503, 504})
_REFUSED_AS_WHOLE = 413


@dataclass(frozen=True, slots=True)
class Line:
    """One change as a bulk request has it."""

    id: str
    """The article's, for messages."""
    text: str
    """The action's line and, of an upsert, the document's, each with its end."""


def line_of(action: str, meta: dict[str, Any], document_id: str, body: dict[str, Any] | None = None) -> Line:
    """The lines of an action, `index` or `delete`."""
    text = json.dumps({action: meta}, ensure_ascii=False) + "\n"
    if body is not None:
        text += json.dumps(body, ensure_ascii=False, separators=(",", ":")) + "\n"
    return Line(document_id, text)


def send(
    connection: Connection,
    index: str,
    lines: Iterable[Line],
    sleep: Callable[[float], None] = time.sleep,
    *,
    patient: bool = True,
) -> dict[str, str]:
    """Send changes in their order; id -> reason of the documents that the cluster will never take.

    A change that is older than what the cluster has is as good as sent, and so is taking out what is not
    there. Raises `ClusterUnavailable` when it goes on being busy or away; what was sent until then stays.
    `patient`: wait for a cluster that is away, for some minutes; a server, which comes again by itself and
    has others waiting, does not.
    """
    sending = _Sending(connection, index, sleep, patient=patient)
    portions = _portions(lines)
    first = list(islice(portions, 2))
    if len(first) < 2:
        for portion in first:
            sending.send(portion)
    else:
        _send_meanwhile(sending, chain(first, portions))
    return sending.refused


def _send_meanwhile(sending: _Sending, portions: Iterable[Sequence[Line]]) -> None:
    """Send each portion while the next one is made; never two at once, so that their order stays."""
    with ThreadPoolExecutor(1, thread_name_prefix="dalil-bulk") as pool:
        under_way: deque[Future[None]] = deque()
        try:
            for portion in portions:
                if len(under_way) > WAITING:
                    under_way.popleft().result()
                under_way.append(pool.submit(sending.send, portion))
            for last in under_way:
                last.result()
        except BaseException:
            sending.stopped = True
            raise


class _Sending:
    """Sends portions, and remembers what was refused."""

    def __init__(
        self, connection: Connection, index: str, sleep: Callable[[float], None], *, patient: bool
    ) -> None:
        self._connection = connection
        self._patient = patient
        self._path = f"/{index}/_bulk"
        self._sleep = sleep
        self._chance = random.Random()  # noqa: S311 -- spreads retries, keeps no secret
        self.refused: dict[str, str] = {}
        self.stopped = False
        """Nothing more is sent, because of an error here or where the changes are made."""

    def send(self, lines: Sequence[Line]) -> None:
        """Send a portion until nothing of it is left."""
        if self.stopped:
            return
        try:
            self._send(lines)
        except BaseException:
            self.stopped = True
            raise

    def _send(self, lines: Sequence[Line]) -> None:
        left: Sequence[Line] = lines
        problem = ""
        for attempt in range(ATTEMPTS):
            if attempt:
                self._wait(attempt)
            try:
                left, problem = self._attempt(left, attempt)
            except ClusterUnavailable as error:
                problem = str(error)
                if attempt + 1 == ATTEMPTS or self.stopped or not self._patient:
                    raise
            if not left:
                return
        raise ClusterUnavailable(
            f"the cluster has refused {len(left)} changes {ATTEMPTS} times ({problem}); run the same command "
            "again later, it goes on where it stopped"
        )

    def _wait(self, attempt: int) -> None:
        """Longer each time, and never as long as another writer that failed in the same moment."""
        longest = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2 ** (attempt - 1))
        self._sleep(longest * (0.5 + self._chance.random() / 2))

    def _attempt(self, lines: Sequence[Line], attempt: int) -> tuple[list[Line], str]:
        """What must be sent again, and why."""
        body = "".join(line.text for line in lines)
        params = {"filter_path": "errors,items.*.status,items.*.error.type,items.*.error.reason"}
        params["filter_path"] += ",items.*.error.caused_by"
        try:
            answer = self._connection.ask(
                "POST", self._path, body, params=params, timeout_s=patience_s(len(body), attempt)
            )
        except IndexDamaged as error:
            return self._too_large(lines, error)
        if not answer.get("errors"):
            return [], ""
        again: list[Line] = []
        problem = ""
        for line, item in zip(lines, answer["items"], strict=True):
            (result,) = item.values()
            status = result["status"]
            if status < 300 or status in {404, 409}:
                continue
            reason = _reason(result)
            if status in _AGAIN or "cluster_block" in reason:
                again.append(line)
                problem = reason
            else:
                self.refused[line.id] = reason
        return again, problem

    def _too_large(self, lines: Sequence[Line], error: IndexDamaged) -> tuple[list[Line], str]:
        """A request that is larger than the cluster takes: half of it, down to the document that is."""
        cause = error.__cause__
        if getattr(cause, "status_code", 0) != _REFUSED_AS_WHOLE:
            raise error
        if len(lines) == 1:
            size = len(lines[0].text.encode())
            self.refused[lines[0].id] = (
                f"its {size} bytes are more than the cluster takes (http.max_content_length)"
            )
            return [], ""
        half = len(lines) // 2
        self._send(lines[:half])
        self._send(lines[half:])
        return [], ""


def patience_s(characters: int, attempt: int) -> float:
    """How long to wait for an answer: a node that hangs is soon left for another, a slow one is not."""
    return min(LONGEST_TIMEOUT_S, (_FIRST_TIMEOUT_S + characters / _CHARACTERS_A_SECOND) * 2.0**attempt)


def _reason(result: dict[str, Any]) -> str:
    error = result.get("error", {})
    cause = error.get("caused_by", {})
    parts = [error.get("type"), error.get("reason"), cause.get("reason")]
    return ": ".join(str(part) for part in parts if part) or f"status {result['status']}"


def _portions(lines: Iterable[Line]) -> Iterator[list[Line]]:
    portion: list[Line] = []
    size = 0
    for line in lines:
        length = len(line.text)  # characters: up to four bytes each, which leaves the limit what it is for
        if portion and (size + length > PORTION_BYTES // 2 or len(portion) == PORTION_CHANGES):
            yield portion
            portion, size = [], 0
        portion.append(line)
        size += length
    if portion:
        yield portion
