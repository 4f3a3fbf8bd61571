"""Faults of our own making, each in the process that asks for it: a test that none of them fails is none."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any

from indexer import generations, indexing, library
from indexer.engines.base import Change, Delete, Upsert
from indexer.engines.whoosh_engine import WhooshEngine


def serve_too_early() -> None:
    """A swap in two steps: a generation serves before it is filled."""
    make = generations.new_generation

    def new_generation(*arguments: Any) -> generations.Generation:
        generation = make(*arguments)
        generation.save_sequence(0)
        generations.activate(generation)
        time.sleep(1.5)
        return generation

    setattr(indexing, "new_generation", new_generation)  # noqa: B010 -- as above


def change_in_two_steps() -> None:
    """A change is a removal, and then a commit of its own."""
    apply = WhooshEngine.apply

    def in_two_steps(engine: WhooshEngine, changes: Iterable[Change], **options: Any) -> None:
        listed = list(changes)
        ids = [one.document.id if isinstance(one, Upsert) else one.id for one in listed]
        apply(engine, [Delete(one) for one in ids], **options)
        time.sleep(0.05)
        apply(engine, listed, **options)

    setattr(WhooshEngine, "apply", in_two_steps)  # noqa: B010 -- for the type checker a method stays what it is


def commit_without_state() -> None:
    """Removals are acknowledged, and never reach the index."""
    apply = WhooshEngine.apply

    def without_removals(engine: WhooshEngine, changes: Iterable[Change], **options: Any) -> None:
        apply(engine, [one for one in changes if isinstance(one, Upsert)], **options)

    setattr(WhooshEngine, "apply", without_removals)  # noqa: B010 -- for the type checker a method stays what it is


def never_look_again() -> None:
    """A reader that stays with the state it has opened first."""
    setattr(library, "_refreshed", lambda last: last)  # noqa: B010 -- as above
