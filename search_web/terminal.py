"""What `dalil search`, `related` and `explain` print for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import click

from .core.explanation import Explanation, TermMatch
from .core.pages import (
    Accents,
    Notice,
    NoticeKind,
    Reason,
    ReasonKind,
    Related,
    Result,
    ResultPage,
    Snippet,
    Step,
)
from .explained import ReadWord, counted, read_words

_RESCUES = {
    Step.TELEX: "read as Telex keys: {text}",
    Step.VNI: "read as VNI keys: {text}",
    Step.LATIN_KEYS: "read as typed with the keyboard set to Latin letters: {text}",
    Step.ARABIC_KEYS: "read as typed with the keyboard set to Arabic letters: {text}",
    Step.TEXT: "the quotes and signs of this text were read as punctuation",
    Step.QUOTES: "no article has the quoted words side by side; these have them apart",
    Step.NEAR: "no article has these words near each other; these have them farther apart",
    Step.OTHER_FORMS: "no article has these words; these have other forms of them",
    Step.SPELLING: "nothing found as typed; the nearest words of the archive: {text}",
}
_UNDO = " (--as-typed undoes it)"
_FACETS = ("lang", "section", "year")


def result_page_lines(page: ResultPage) -> Iterator[str]:
    """The results as a numbered list, what to know about them, and how to narrow the search."""
    for notice in page.notices:
        yield _notice(notice)
    for accents in page.accents:
        yield _accents(accents)
    if not page.results:
        if page.total:
            yield f"page {page.request.page} is past the last of {page.total} articles"
        return
    first = (page.request.page - 1) * page.request.page_size + 1
    more = "at least " if page.total_relation == "gte" else ""
    last = first + len(page.results) - 1
    found = f"{more}{page.total} articles"
    if page.stories is not None:
        found = f"{'' if page.stories_exact else 'at most '}{page.stories} stories in {found}"
    yield f"{first}-{last} of {found}, {page.took_ms:.0f} ms"
    for number, result in enumerate(page.results, start=first):
        yield ""
        yield from _result(f"{number}. ", result)
    yield ""
    for facet in _FACETS:
        values = page.facets.get(facet, ())
        if len(values) > 1:
            yield f"{facet:8}" + "  ".join(f"{value.value} ({value.count})" for value in values[:8])


_REASONS = {
    ReasonKind.TRANSLATION: "the same story in another language",
    ReasonKind.COPY: "nearly the same text",
    ReasonKind.EXCERPT: "one text stands in the other",
    ReasonKind.SOURCE: "the same source or picture",
    ReasonKind.NAMES: "names",
    ReasonKind.NUMBERS: "numbers",
    ReasonKind.DATE: "published",
    ReasonKind.WORDS: "words",
}


def related_lines(related: Sequence[Related]) -> Iterator[str]:
    """Related articles with the reason for each."""
    if not related:
        yield "nothing related in the archive"
    for number, item in enumerate(related, start=1):
        yield from _result(f"{number}. ", item.result, snippets=False)
        yield from (f"   {reason_line(reason)}" for reason in item.reasons)


def reason_line(reason: Reason) -> str:
    """One reason with what it names: `numbers: 1.250, 26/10 and 3 more`."""
    count = max(reason.count, len(reason.values))
    what = _REASONS[reason.kind]
    if reason.kind is ReasonKind.DATE:
        return f"{what} {count} day{'s' * (count != 1)} apart" if count else "published on the same day"
    if not reason.values:
        return what
    more = f" and {count - len(reason.values)} more" if count > len(reason.values) else ""
    return f"{what}: {', '.join(reason.values)}{more}"


def explanation_lines(explanation: Explanation) -> Iterator[str]:
    """Per word: what was typed, each step, what matched where, and what it scored."""
    verdict = f"scores {explanation.score:g}" if explanation.score is not None else "does not match"
    yield f"{explanation.article_id}  {explanation.title}"
    yield f"{verdict} for {explanation.query!r}"
    if explanation.searched != explanation.query:
        yield f"searched was: {explanation.searched} (--as-typed undoes it)"
    words = read_words(explanation)
    for word in words:
        if word.matches:
            yield ""
            yield word.surface + "".join(f"  {s.name}: {s.before} -> {s.after};" for s in word.steps)
            yield from (f"  {_match(match)}" for match in word.matches)
    if explanation.extras:
        yield ""
        yield "pairs, other forms, names, quotes"
        yield from (f"  {_match(match)}" for match in explanation.extras)
    if missing := [_missing(word) for word in words if word.missing]:
        yield ""
        yield f"not in this article: {', '.join(missing)}"
    if common := [word.surface for word in words if word.too_common]:
        yield ""
        yield f"too common to be searched: {', '.join(common)}"


def _missing(word: ReadWord) -> str:
    return f"{word.surface} ({', '.join(word.languages)}: in {word.articles} articles)"


def _match(match: TermMatch) -> str:
    score = "adds nothing" if match.score is None else f"{match.score:g}"
    frequency = f"  in {match.document_frequency} articles" if counted(match) else ""
    line = f"{match.field}:{match.term}{frequency}  {score}"
    parts: dict[str, list[str]] = {}
    for place in match.places:
        often = f" \N{MULTIPLICATION SIGN}{place.count}" if place.count > 1 else ""
        parts.setdefault(place.part, []).append(place.written + often)
    places = "; ".join(f"{part}: {', '.join(written)}" for part, written in parts.items())
    return f"{line}  {places}" if places else line


def _result(number: str, result: Result, *, snippets: bool = True) -> Iterator[str]:
    title = _marked(result.title) if result.title.text else "(no title)"
    yield f"{number}{title}"
    day = result.published_at.date().isoformat() if result.published_at else ""
    indent = " " * len(number)
    yield indent + "  ".join(filter(None, (result.id, result.lang, day, result.source, result.url)))
    if snippets:
        for snippet in result.snippets:
            before, after = "…" * snippet.cut_before, "…" * snippet.cut_after
            yield f"{indent}{before}{_marked(snippet)}{after}"
        for kind, editions in (("also", result.translations), ("copy", result.copies)):
            for item in editions:
                yield f"{indent}{kind} {item.lang}: {item.title or '(no title)'}  {item.id}"


def _marked(snippet: Snippet) -> str:
    """Found words bold; click drops the bold where the output is no terminal."""
    parts: list[str] = []
    at = 0
    for mark in snippet.marks:
        parts += [snippet.text[at : mark.start], click.style(snippet.text[mark.start : mark.end], bold=True)]
        at = mark.end
    return "".join(parts) + snippet.text[at:]


def _accents(accents: Accents) -> str:
    forms = ", ".join(f"{text} {count}" for text, count in accents.forms)
    return f"{accents.word}: {forms}"


def _notice(notice: Notice) -> str:
    text = notice.text
    match notice.kind:
        case NoticeKind.RESCUED:
            words = _RESCUES[notice.step] if notice.step else "nothing found as typed; searched was: {text}"
            return f"{words.format(text=text)}{_UNDO}"
        case NoticeKind.RELAXED:
            return f"no article has all of these words; these have some of them{_UNDO}"
        case NoticeKind.DID_YOU_MEAN:
            return f"did you mean: {text}"
        case NoticeKind.QUERY_REPAIRED:
            return f"read as well as possible: {text}"
        case NoticeKind.QUERY_CUT:
            return f"the query is too long, searched was: {text}"
        case NoticeKind.ONLY_STOP_WORDS:
            return "these words stand in almost every article; add a name or a rarer word"
        case NoticeKind.NOTHING_FOUND:
            return "nothing found; try fewer or other words, the same word without its article, no filters"
        case NoticeKind.BEHIND:
            return f"the index is {text} changes behind the archive; `dalil catch-up` brings it up"
