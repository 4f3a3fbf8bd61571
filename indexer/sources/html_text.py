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
_TAG = re.compile(r"<[a-zA-Z/!][^<>]*>")


def paragraphs(fragment: str) -> list[str]:
    """The paragraphs of an HTML fragment as plain text; pictures with their captions are left out.

    >>> paragraphs("<p>One <b>bold</b> word.</p>Two<br>Three<script>four()</script>")
    ['One bold word.', 'Two', 'Three']
    """
    if not _MARKUP.search(fragment):
        return [line for line in (" ".join(part.split()) for part in fragment.split("\n")) if line]
    tree = parse_fragment(fragment)
    pieces = _pieces(tree) if tree is not None else ()
    return [line for line in (" ".join(part.split()) for part in pieces) if line]


def plain(fragment: str) -> str:
    """An HTML fragment as one line of plain text: `Fish &amp; <b>chips</b>` -> `Fish & chips`."""
    return " ".join(paragraphs(fragment))


def element_text(element: html.HtmlElement) -> str:
    """The text that a parsed element shows, as one line: `at <i>dawn</i>.` is `at dawn.`."""
    return " ".join("\n".join(_pieces(element)).split())


def parse_html(text: str) -> tuple[html.HtmlElement, bool]:
    """A page as a tree, and whether all of it is there: libxml2 stops at elements 2,048 deep.

    Raises `lxml.etree.ParserError` when the page holds nothing.
    """
    # Bytes, as lxml takes no XML declaration and no control characters in text. Without `huge_tree` it
    # stops at elements 256 deep, and editors that paste from elsewhere pass that.
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True)
    tree = html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    return tree, not any(entry.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT for entry in parser.error_log)


def parse_fragment(fragment: str) -> html.HtmlElement | None:
    """The fragment as a tree; `None` if there is nothing in it."""
    try:
        tree, whole = parse_html(f"<body><div>{fragment}</div></body>")
        if not whole:
            # Markup that no browser shows either; the words are kept.
            tree, _ = parse_html(f"<body><div>{_TAG.sub(chr(10), fragment)}</div></body>")
    except etree.ParserError:
        return None
    return tree.body


def _pieces(tree: html.HtmlElement) -> Iterator[str]:
    """The text between the borders of block elements, piece by piece."""
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
