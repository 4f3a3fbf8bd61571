"""The text of an article as its page shows it: marks to jump to, directions, of a book its beginning."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup, escape

from indexer.articles import Article

from ...core.article_page import MOST_MARKED
from ...core.pages import MarkedArticle, Snippet
from ..rendering import pieces, text_dir

MOST_SHOWN = MOST_MARKED
"""Code points of an article on its page, unless all of it is asked for; some 120 pages of a book."""
_LOOKED_AT = 500
"""Code points that tell the direction of a paragraph."""

# Unicode's blocks of scripts that are written from the right: 0590-08FF and presentation forms.
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]+")
_LETTERS = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph, escaped and marked."""

    html: Markup
    direction: str
    """Value of `dir`, empty where it is that of the article."""


@dataclass(frozen=True, slots=True)
class StoryText:
    """Title, lead and body of an article for its page."""

    title: Markup
    lead: Markup
    body: tuple[Paragraph, ...]
    marks: int
    """Marks in all of them, numbered from 1 in the order of the page: `<mark id="m1">`."""
    left_out: int
    """Code points of the body that are not shown."""


def story_text(article: Article, marked: MarkedArticle | None = None, *, whole: bool = False) -> StoryText:
    """What the page shows of an article; without `whole` at most `MOST_SHOWN` of its body."""
    title = marked.title if marked else Snippet(article.title, ())
    lead = marked.lead if marked else Snippet(article.lead, ())
    body: Sequence[Snippet] = marked.body if marked else [Snippet(text, ()) for text in article.body]
    shown = list(body) if whole else list(_beginning(body))
    html, marks = _numbered([title, lead, *shown])
    own = text_dir(article.lang)
    paragraphs = tuple(
        Paragraph(text, _direction(snippet.text, own)) for text, snippet in zip(html[2:], shown, strict=True)
    )
    left_out = sum(len(text) for text in article.body) - sum(len(snippet.text) for snippet in shown)
    return StoryText(html[0], html[1], paragraphs, marks, left_out)


def _beginning(body: Iterable[Snippet]) -> Iterator[Snippet]:
    """The first paragraphs; one that is too long for what is left ends with its last whole word there."""
    left = MOST_SHOWN
    for snippet in body:
        if len(snippet.text) <= left:
            left -= len(snippet.text)
            yield snippet
            continue
        cut = snippet.text[:left]
        kept = (cut.rpartition(" ")[0] or cut) if left else ""
        if kept:
            marks = tuple(mark for mark in snippet.marks if mark.end <= len(kept))
            yield replace(snippet, text=kept, marks=marks, cut_after=True)
        return


def _numbered(snippets: Iterable[Snippet]) -> tuple[list[Markup], int]:
    number = 0
    found: list[Markup] = []
    for snippet in snippets:
        parts: list[str] = []
        for text, hit in pieces(snippet):
            if hit:
                number += 1
                parts.append(f'<mark id="m{number}">{escape(text)}</mark>')
            else:
                parts.append(escape(text))
        found.append(Markup("".join(parts)))  # noqa: S704  # what is of the archive is escaped
    return found, number


def _direction(text: str, own: str) -> str:
    """Direction of a paragraph by most of its letters: a quotation in the other script stands its own way.

    The first strong letter, by which `dir="auto"` decides, is often that of a foreign name.
    """
    if own == "auto":
        return own
    beginning = text[:_LOOKED_AT]
    letters = sum(map(len, _LETTERS.findall(beginning)))
    from_right = sum(map(len, _RIGHT_TO_LEFT.findall(beginning)))
    if not letters or 2 * from_right == letters:
        return ""
    direction = "rtl" if 2 * from_right > letters else "ltr"
    return "" if direction == own else direction
