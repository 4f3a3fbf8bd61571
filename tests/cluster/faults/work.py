"""Publishing and searching that go on while a cluster is broken, and what must be true afterwards.

A publisher does as a job does: an `apply` that failed is repeated until it is through. A searcher asks again
and again, as readers do, and notes when it got no answer. Both use the engine as users have it.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from threading import Event, Thread

from indexer.engines.base import Change, Delete, IndexDocument, Occurrences, SearchRequest, Upsert
from indexer.engines.opensearch_engine import ClusterSettings, OpenSearchEngine
from indexer.engines.query import Term
from indexer.errors import IndexUnavailable

LONG = os.environ.get("CLUSTER") == "long"
FIELD = "en.stem"
EVERY = "every"
"""A term of every document."""
BATCH = 20


def changes_of(version: int) -> list[Change]:
    """New documents, some of the last batch written anew, and one taken out for good."""
    first = version * BATCH
    written = [*range(first, first + BATCH), *range(first - BATCH, first - BATCH // 2)]
    changes: list[Change] = [Upsert(_document(n, version)) for n in written if n >= 0]
    if version > 1:
        changes.append(Delete(_id(first - 2 * BATCH)))
    return changes


def _id(number: int) -> str:
    return f"article-{number:06}"


def _document(number: int, version: int) -> IndexDocument:
    terms = (EVERY, f"version{version}", f"number{number}")
    field_terms = Occurrences(terms, (1.0,) * len(terms), tuple(range(len(terms))))
    return IndexDocument(_id(number), {FIELD: field_terms}, {"lang": "en"})


@dataclass(slots=True)
class Notes:
    """What publisher and searcher saw. Each is written by one thread."""

    acknowledged: dict[str, int] = field(default_factory=dict)
    """Document -> the version that an `apply` without error brought; taken out ones are not in it."""
    batches: int = 0
    repeated: int = 0
    """Calls of `apply` that failed and were repeated."""
    longest_apply_s: float = 0.0
    searches: int = 0
    failed_searches: int = 0
    longest_gap_s: float = 0.0
    """Longest time from one answer of a search to the next, where searches between them failed."""
    longest_search_s: float = 0.0
    surprises: list[str] = field(default_factory=list)
    """What must never be: an error of another kind, fewer documents than were acknowledged before."""

    def told(self, fault: str) -> str:
        """One line for the table of docs/cluster.md."""
        return (
            f"{fault}: {self.batches} applies, {len(self.acknowledged)} documents, {self.repeated} repeated, "
            f"longest {self.longest_apply_s:.1f} s; {self.searches} searches, {self.failed_searches} failed, "
            f"none for {self.longest_gap_s:.1f} s, longest {self.longest_search_s:.1f} s"
        )


@contextmanager
def at_work(engines: Callable[[], OpenSearchEngine]) -> Iterator[Notes]:
    """Publish and search until the block ends; what is under way then is brought to its end."""
    notes, end = Notes(), Event()
    threads = [Thread(target=each, args=(engines(), notes, end)) for each in (_publish, _search)]
    for thread in threads:
        thread.start()
    try:
        yield notes
    finally:
        end.set()
        for thread in threads:
            thread.join()


def _publish(engine: OpenSearchEngine, notes: Notes, end: Event) -> None:
    version = 0
    while not end.is_set():
        changes = changes_of(version)
        started = time.monotonic()
        while True:
            try:
                engine.apply(changes, version=version + 1)
                break
            except IndexUnavailable:
                notes.repeated += 1
                time.sleep(0.5)
            except Exception as error:  # noqa: BLE001  # whatever it is, the test shall show it
                notes.surprises.append(f"apply: {error!r}")
                return
        notes.longest_apply_s = max(notes.longest_apply_s, time.monotonic() - started)
        for change in changes:
            if isinstance(change, Upsert):
                notes.acknowledged[change.document.id] = version
            else:
                notes.acknowledged.pop(change.id, None)
        notes.batches = version = version + 1
        time.sleep(0.05)
    engine.close()


def _search(engine: OpenSearchEngine, notes: Notes, end: Event) -> None:
    answered, failed_since = time.monotonic(), False
    while not end.is_set():
        at_least = len(notes.acknowledged) - BATCH // 2  # those that the next batch takes out may be gone
        started = time.monotonic()
        notes.searches += 1
        try:
            total = engine.search(SearchRequest(Term(FIELD, EVERY), limit=1)).total
        except IndexUnavailable:
            notes.failed_searches += 1
            failed_since = True
        except Exception as error:  # noqa: BLE001  # whatever it is, the test shall show it
            notes.surprises.append(f"search: {error!r}")
            return
        else:
            now = time.monotonic()
            notes.longest_search_s = max(notes.longest_search_s, now - started)
            if failed_since:
                notes.longest_gap_s = max(notes.longest_gap_s, now - answered)
            answered, failed_since = now, False
            if total < at_least:
                notes.surprises.append(f"{total} documents found of {at_least}")
        time.sleep(0.05)
    if failed_since:
        notes.longest_gap_s = max(notes.longest_gap_s, time.monotonic() - answered)
    engine.close()


def faults_left(engine: OpenSearchEngine, notes: Notes) -> list[str]:
    """What is wrong in the end: documents lost, doubled, brought back, or not in their last version."""
    found = sorted(engine.ids())
    wrong = [*notes.surprises]
    wrong += [f"{name} twice" for name, after in pairwise(found) if name == after]
    wrong += [f"{name} lost" for name in sorted(notes.acknowledged.keys() - set(found))]
    wrong += [f"{name} is there and was taken out" for name in sorted(set(found) - notes.acknowledged.keys())]
    for version in sorted(set(notes.acknowledged.values())):
        request = SearchRequest(Term(FIELD, f"version{version}"), limit=10 * BATCH)
        hits = {hit.id for hit in engine.search(request).hits}
        expected = {name for name, last in notes.acknowledged.items() if last == version}
        wrong += [f"version {version} finds {sorted(hits ^ expected)} wrongly"] if hits != expected else []
    return wrong


def settings_for(urls: Sequence[str], prefix: str) -> ClusterSettings:
    """As docs/cluster.md advises."""
    return ClusterSettings(urls=tuple(urls), prefix=prefix, timeout_s=4.0)
