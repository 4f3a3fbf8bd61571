"""HTML fragments -> plain paragraphs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree, html

_BLOCKS = frozenset((
    "address", "article", "aside", "blockquote", "br", "dd", "div", "dl", "dt", "figcaption", "figure",
    "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p",
    "pre", "section", "table", "td", "th", "tr", "ul",
))  # fmt: skip
_UNSEEN = frozenset(("figure", "iframe", "noscript", "script", "style", "svg", "template"))
_MARKUP = re.compile(r"<[a-zA-Z/!]|&[a-zA-Z#]")


def paragraphs(fragment: str) -> list[str]:
    """The paragraphs of an HTML fragment as plain text; pictures with their captions are left out.

    >>> paragraphs("<p>One <b>bold</b> word.</p>Two<br>Three<script>four()</script>")
    ['One bold word.', 'Two', 'Three']
    """
    if not _MARKUP.search(fragment):
        return [line for line in (" ".join(part.split()) for part in fragment.split("\n")) if line]
    return [line for line in (" ".join(part.split()) for part in _pieces(fragment)) if line]


def plain(fragment: str) -> str:
    """An HTML fragment as one line of plain text: `Fish &amp; <b>chips</b>` -> `Fish & chips`."""
    return " ".join(paragraphs(fragment))


def element_text(element: html.HtmlElement) -> str:
    """All text of a parsed element as one line."""
    return " ".join(" ".join(str(part) for part in element.itertext()).split())


def parse_fragment(fragment: str) -> html.HtmlElement | None:
    """The fragment as a tree; `None` if there is nothing in it."""
    try:
        return html.fragment_fromstring(fragment, create_parent="div")
    except (etree.ParserError, ValueError):
        # lxml takes no XML declaration and no control characters in text.
        try:
            return html.fragment_fromstring(fragment.encode("utf-8", "replace"), create_parent="div")
        except (etree.ParserError, ValueError):
            return None


def _pieces(fragment: str) -> Iterator[str]:
    tree = parse_fragment(fragment)
    if tree is None:
        return
    piece: list[str] = []
    hidden = 0
    # Not recursive: a page may nest deeper than Python's stack.
    for event, element in etree.iterwalk(tree, events=("start", "end")):
        tag = element.tag if isinstance(element.tag, str) else ""
        unseen = not tag or tag in _UNSEEN
        if tag in _BLOCKS:
            yield "".join(piece)
            piece = []
        if event == "start":
            hidden += unseen
            if not hidden:
                piece.append(element.text or "")
        else:
            hidden -= unseen
            if not hidden and element is not tree:
                piece.append(element.tail or "")
    yield "".join(piece)
