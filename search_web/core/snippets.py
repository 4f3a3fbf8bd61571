"""Snippets: the best passages of an article with whole words marked, cut from the original text.

Ranges count code points of the text that is shown; letters, diacritics and tatweel stay as published.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from analyzers import Analyzer, sentence_breaks

from .pages import Snippet, Span
from .text_words import TextWords, words_of_text
from .wanted import Found, Looked, Wanted, find_wanted, look, settled

LENGTH = 240
"""Code points of a passage."""
MOST = 2
"""Passages of one article."""
_LOOKED_AT = 200_000
"""Code points of an article in which passages are looked for: no reader waits for the end of a book."""
_ANOTHER_WORD = 10.0
"""A further word of the query outweighs any repetition of the same one."""
_SIDE_BY_SIDE = 2.0
"""Words of the query that stand together, as a reader typed them, outweigh a repetition."""
_MOST_ANCHORS = 100
"""Occurrences of one word that passages are built round: the later ones bring nothing new, only time."""


@dataclass(frozen=True, slots=True)
class _Passage:
    start: int
    end: int
    wanted: frozenset[int]
    score: float


def passages(
    parts: Sequence[str], analyzer: Analyzer, wanted: Wanted, *, most: int = MOST, length: int = LENGTH
) -> tuple[Snippet, ...]:
    """The best passages of a text given by paragraphs, in text order; its beginning if nothing is found.

    Looks at the first 200,000 code points. `length` counts code points; a passage is never longer.
    """
    return _best(look(TextWords(_joined(parts), analyzer), wanted), wanted, most, length)


def marked(text: str, analyzer: Analyzer, wanted: Wanted) -> Snippet:
    """A whole short text, as a title, with its marks."""
    found = find_wanted(look(TextWords(text, analyzer), wanted), wanted)
    return _snippet(text, 0, len(text), found)


def title_and_passages(
    title: str, parts: Sequence[str], analyzer: Analyzer, wanted: Wanted
) -> tuple[Snippet, tuple[Snippet, ...]]:
    """The snippets of one article: where its body has a word as typed, its title marks no worse form."""
    head = look(TextWords(title, analyzer), wanted)
    body = look(read_words(parts, analyzer), wanted)
    wanted = settled(wanted, (head, body))
    return _snippet(title, 0, len(title), find_wanted(head, wanted)), _best(body, wanted, MOST, LENGTH)


def read_words(parts: Sequence[str], analyzer: Analyzer) -> TextWords:
    """The words of a text given by paragraphs, as its passages have them; they are remembered."""
    return words_of_text(_joined(parts), analyzer)


def _joined(parts: Sequence[str]) -> str:
    """Paragraphs by line breaks, as far as they are looked at; no word is cut in two."""
    text = "\n".join(part for part in parts if part)
    kept = text[: _LOOKED_AT + 1]
    if len(text) <= _LOOKED_AT or kept[-1].isspace():
        return kept
    # The blank stays, so that a last passage is known to be cut.
    return kept[: -len(kept.split()[-1])] or kept


def _best(looked: Looked, wanted: Wanted, most: int, length: int) -> tuple[Snippet, ...]:
    words = looked.words
    text = words.text
    found = find_wanted(looked, wanted)
    if not found:
        start, end = _trimmed(text, 0, _cut_end(words, 0, length))
        return (_snippet(text, start, end, ()),) if end > start else ()
    candidates = _candidates(words, found, length)
    chosen: list[_Passage] = []
    seen: frozenset[int] = frozenset()
    while candidates and len(chosen) < most:
        best = max(candidates, key=lambda p: (_gain(p, seen), -p.start))
        chosen.append(best)
        seen |= best.wanted
        candidates = [p for p in candidates if p.end <= best.start or p.start >= best.end]
    return tuple(_snippet(text, p.start, p.end, found) for p in sorted(chosen, key=lambda p: p.start))


def _gain(passage: _Passage, seen: frozenset[int]) -> float:
    return passage.score + _ANOTHER_WORD * len(passage.wanted - seen)


def _candidates(words: TextWords, found: Sequence[Found], length: int) -> list[_Passage]:
    """Passages round found words: the sentence and what follows it, as far as there is room.

    A sentence that is longer than a passage gives one passage after the other.
    """
    text = words.text
    sentences = sentence_breaks(text)
    ends = [end for _, end in sentences]
    places = [mark.start for mark in found]
    result: list[_Passage] = []
    last = -1
    for mark in _anchors(found):
        at = bisect_right(ends, mark.start)
        if at == last and mark.end <= result[-1].end:
            continue
        last = at
        start, end = sentences[at]
        while at + 1 < len(sentences) and text[end - 1] != "\n" and sentences[at + 1][1] - start <= length:
            at += 1
            end = sentences[at][1]
        start, end = _trimmed(text, start, end)
        if end - start > length:
            # The passage begins with the sentence if the word is near it, else a little before the word.
            if mark.end - start > length // 2:
                start = max(start, _word_start(words, mark.start - length // 4, mark.start))
            end = min(end, _cut_end(words, start, length))
        result.append(_passage(text, start, end, found, places))
    return result


def _anchors(found: Sequence[Found]) -> list[Found]:
    """The first occurrences of each wanted word, in text order."""
    met: Counter[int] = Counter()
    anchors: list[Found] = []
    for mark in found:
        met[mark.wanted] += 1
        if met[mark.wanted] <= _MOST_ANCHORS:
            anchors.append(mark)
    return anchors


def _passage(text: str, start: int, end: int, found: Sequence[Found], places: Sequence[int]) -> _Passage:
    """`places`: starts of `found`, which is in text order."""
    inside = [m for m in found[bisect_left(places, start) : bisect_left(places, end)] if m.end <= end]
    kinds = frozenset(m.wanted for m in inside)
    together = sum(a.wanted != b.wanted and text[a.end : b.start].isspace() for a, b in pairwise(inside))
    # Many marks are good, an early passage a little better than a late one.
    score = min(len(inside), 5) + _SIDE_BY_SIDE * min(together, 3) - start / (len(text) + 1)
    return _Passage(start, end, kinds, score)


def _word_start(words: TextWords, earliest: int, latest: int) -> int:
    """Beginning of the first word at or after `earliest`."""
    first = words.first_start(earliest)
    return latest if first is None else min(first, latest)


def _cut_end(words: TextWords, start: int, length: int) -> int:
    """End of the last word that fits; a word that alone is too long is cut."""
    text = words.text
    if len(text) - start <= length and "\n" not in text[start:]:
        return len(text)
    line = text.find("\n", start)
    border = min(start + length, line if line >= 0 else len(text))
    if border == line:
        return border
    last = words.last_end(border)
    if last is not None and last > start:
        return last
    # A letter keeps its marks.
    whole = border
    while whole > start and unicodedata.combining(text[whole]):
        whole -= 1
    return whole if whole > start else border


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def marks_within(text: str, start: int, end: int, found: Sequence[Found]) -> tuple[Span, ...]:
    """The found words of a range, counted from its start; words that stand side by side get one mark."""
    spans: list[Span] = []
    for mark in found:
        if mark.start < start or mark.end > end:
            continue
        if spans and text[start + spans[-1].end : mark.start].strip(" ") == "":
            spans[-1] = Span(spans[-1].start, mark.end - start)
        else:
            spans.append(Span(mark.start - start, mark.end - start))
    return tuple(spans)


def _snippet(text: str, start: int, end: int, found: Sequence[Found]) -> Snippet:
    """Cut a passage with its marks."""
    shown = text[start:end]
    return Snippet(
        # One blank for one line break: offsets stay. Most passages have none.
        text=shown if shown.isprintable() else shown.translate(_BLANKS),
        marks=marks_within(text, start, end, found),
        cut_before=start > 0 and text[start - 1] != "\n",
        cut_after=end < len(text) and text[end] != "\n",
    )


_BLANKS = dict.fromkeys(map(ord, "\n\r\t\v\f\x85\u2028\u2029"), " ")
