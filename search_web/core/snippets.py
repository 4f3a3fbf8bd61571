"""Snippets: the best passages of an article with whole words marked, cut from the original text.

Ranges count code points of the text that is shown; letters, diacritics and tatweel stay as published.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from analyzers import Analyzer, Words, sentence_breaks

from .pages import Snippet, Span
from .wanted import Found, Wanted, find_wanted

LENGTH = 240
"""Code points of a passage."""
MOST = 2
"""Passages of one article."""
_LOOKED_AT = 200_000
"""Code points of an article in which passages are looked for: no reader waits for the end of a book."""
_ANOTHER_WORD = 10.0
"""A further word of the query outweighs any repetition of the same one."""


@dataclass(frozen=True, slots=True)
class _Passage:
    start: int
    end: int
    wanted: frozenset[int]
    score: float


def passages(
    parts: Sequence[str], analyzer: Analyzer, wanted: Wanted, *, most: int = MOST, length: int = LENGTH
) -> tuple[Snippet, ...]:
    """The best passages of a text given by paragraphs, in text order; its beginning if nothing is found."""
    text = "\n".join(part for part in parts if part)[:_LOOKED_AT]
    words = analyzer.words(text)
    found = find_wanted(words, wanted)
    if not found:
        start, end = _trimmed(text, 0, _cut_end(text, 0, words, length))
        return (_snippet(text, start, end, ()),) if end > start else ()
    candidates = _candidates(text, words, found, length)
    chosen: list[_Passage] = []
    seen: frozenset[int] = frozenset()
    while candidates and len(chosen) < most:
        best = max(candidates, key=lambda p: (_gain(p, seen), -p.start))
        chosen.append(best)
        seen |= best.wanted
        candidates = [p for p in candidates if p.end <= best.start or p.start >= best.end]
    return tuple(_snippet(text, p.start, p.end, found) for p in sorted(chosen, key=lambda p: p.start))


def marked(text: str, analyzer: Analyzer, wanted: Wanted) -> Snippet:
    """A whole short text, as a title, with its marks."""
    return _snippet(text, 0, len(text), find_wanted(analyzer.words(text), wanted))


def _gain(passage: _Passage, seen: frozenset[int]) -> float:
    return passage.score + _ANOTHER_WORD * len(passage.wanted - seen)


def _candidates(text: str, words: Words, found: Sequence[Found], length: int) -> list[_Passage]:
    """One passage from each sentence with a found word: it and what follows, as far as there is room."""
    sentences = sentence_breaks(text)
    ends = [end for _, end in sentences]
    result: list[_Passage] = []
    last = -1
    for mark in found:
        at = bisect_right(ends, mark.start)
        if at == last:
            continue
        last = at
        start, end = sentences[at]
        while at + 1 < len(sentences) and text[end - 1] != "\n" and sentences[at + 1][1] - start <= length:
            at += 1
            end = sentences[at][1]
        start, end = _trimmed(text, start, end)
        if end - start > length:
            start = max(start, _word_start(words, max(start, mark.start - length // 4), mark.start))
            end = min(end, _cut_end(text, start, words, length))
        inside = [m for m in found if m.start >= start and m.end <= end]
        kinds = frozenset(m.wanted for m in inside)
        # Many marks are good, an early passage a little better than a late one.
        score = min(len(inside), 5) - start / (len(text) + 1)
        result.append(_Passage(start, end, kinds, score))
    return result


def _word_start(words: Words, earliest: int, latest: int) -> int:
    """Beginning of the first word at or after `earliest`."""
    at = bisect_left(words.starts, earliest)
    return min(words.starts[at], latest) if at < len(words.starts) else latest


def _cut_end(text: str, start: int, words: Words, length: int) -> int:
    """End of the last word that fits; a word that alone is too long is cut."""
    if len(text) - start <= length and "\n" not in text[start:]:
        return len(text)
    line = text.find("\n", start)
    border = min(start + length, line if line >= 0 else len(text))
    if border == line:
        return border
    at = bisect_right(words.ends, border)
    return words.ends[at - 1] if at and words.ends[at - 1] > start else border


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _snippet(text: str, start: int, end: int, found: Sequence[Found]) -> Snippet:
    """Cut a passage; found words that stand side by side get one mark."""
    spans: list[Span] = []
    for mark in found:
        if mark.start < start or mark.end > end:
            continue
        if spans and text[start + spans[-1].end : mark.start].strip(" ") == "":
            spans[-1] = Span(spans[-1].start, mark.end - start)
        else:
            spans.append(Span(mark.start - start, mark.end - start))
    return Snippet(
        # One blank for one line break: offsets stay.
        text=text[start:end].translate(_BLANKS),
        marks=tuple(spans),
        cut_before=start > 0 and text[start - 1] != "\n",
        cut_after=end < len(text) and text[end] != "\n",
    )


_BLANKS = dict.fromkeys(map(ord, "\n\r\t\v\f\x85\u2028\u2029"), " ")
