"""A pasted draft as an article, so that related stories can be looked for before it is published."""

from __future__ import annotations

from analyzers import AnalysisError, detect_language, index_language
from indexer.articles import Article, clean_text
from indexer.errors import QueryError

MAX_DRAFT = 100_000
"""Code points of a draft; the longest news feature has a fifth of it."""


def draft_article(text: str, lang: str = "") -> Article:
    """The draft without an id: its first line is the title, every further line a paragraph.

    `lang`: BCP 47 tag; empty: told by the text. Raises `QueryError` for a text that is empty or too long, and
    for what is no language.
    """
    if len(text) > MAX_DRAFT:
        raise QueryError(f"the draft has {len(text):,} characters; {MAX_DRAFT:,} are the most, shorten it")
    lines = [line.strip() for line in clean_text(text).splitlines()]
    lines = [line for line in lines if line]
    if not lines:
        raise QueryError("the draft is empty; paste the text of a story, its title in the first line")
    tag = lang.strip()
    try:
        index_language(tag or "und")
    except AnalysisError as error:
        raise QueryError(f"{error}; leave the draft's language open, and it is told by the text") from None
    return Article(id="", lang=tag or detect_language(text), title=lines[0], body=tuple(lines[1:]))
