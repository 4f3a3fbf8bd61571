"""The state of a home in words."""

from __future__ import annotations

from collections.abc import Iterator

from .inspection import Status


def status_lines(found: Status) -> Iterator[str]:
    """A line for each thing that an operator asks; what is not there has no line."""
    languages = ", ".join(f"{language} {count}" for language, count in sorted(found.languages.items()))
    yield f"home         {found.home}"
    yield f"articles     {found.articles}" + (f" ({languages})" if languages else "")
    if found.embargoed or found.withdrawn:
        due = f" (next {found.next_release})" if found.next_release else ""
        yield f"held         {found.embargoed} under embargo{due}, {found.withdrawn} withdrawn"
    yield f"indexed      {found.indexed}, {found.behind} changes behind"
    yield f"generation   {found.generation or 'none'}" + (f", built {found.built}" if found.built else "")
    older = [name for name in found.generations if name != found.generation]
    if older:
        yield f"kept         {', '.join(older)}"
    yield f"quarantine   {found.quarantined} records"
    for source, count in found.sources.items():
        yield f"source       {source}, {count} articles"
    if found.last_job:
        yield f"last job     {found.last_job}"
    if found.writer:
        yield f"writing      {found.writer}"
    if found.builder:
        yield f"building     {found.builder}"
    if found.problem:
        yield f"problem      {found.problem}"
