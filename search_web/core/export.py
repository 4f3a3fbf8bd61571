"""A whole search as CSV or JSON lines, for spreadsheets and programs.

Articles are read from the archive while they are written, some hundred at a time, so that ten thousand need
no more memory than these.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from indexer.articles import Article
from indexer.engines.base import Hit, SearchEngine, SearchRequest, SearchResponse, Sort

from .answers import Answers
from .facets import selected_by
from .pages import SearchInput
from .translate import Translation

MOST_EXPORTED = 10_000
"""Articles of one export; engines page no deeper."""
_BATCH = 200
_PIECE = 64 * 1024
"""Characters that are handed on together."""

COLUMNS = ("id", "lang", "date", "title", "lead", "authors", "source", "section", "url", "score")
"""Of a CSV file, in this order; `text` follows where it is asked for."""
_SEPARATOR = "; "
"""Between the authors in one cell."""

# https://owasp.org/www-community/attacks/CSV_Injection: what a spreadsheet may take for a formula.
_FORMULA = frozenset("=+-@\t\r\n＝＋－＠")
_BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"


@dataclass(frozen=True, slots=True)
class Row:
    """One article of an export."""

    article: Article
    score: float | None
    """None where the order is by date."""


@dataclass(frozen=True, slots=True)
class Export:
    """What a search finds, to be read once from first to last."""

    total: int
    count: int
    """How many of them are exported; an article that is removed meanwhile is left out."""
    rows: Iterator[Row]

    @property
    def cut(self) -> bool:
        """Whether the search finds more than are exported."""
        return self.total > self.count


Articles = Callable[[Sequence[str]], Mapping[str, Article]]
"""Those of the articles with these ids that the archive has."""


def exported(
    request: SearchInput, answers: Answers, engine: SearchEngine, articles: Articles, limit: int
) -> Export:
    """What the pages of this search show, one page after the other; stories are not folded.

    Raises `QueryError` for filters that are no dates and for more than `MOST_EXPORTED`.
    """
    selected = selected_by(request.filters)

    def run(translation: Translation) -> SearchResponse:
        order = translation.order(request.sort)
        return engine.search(SearchRequest(translation.query, selected, limit=limit, sort=order))

    answer = answers.answer(request.text, run, as_typed=request.as_typed)
    scored = answer.reading.translation.order(request.sort) is Sort.RELEVANCE
    found = answer.response
    return Export(found.total, len(found.hits), _rows(found.hits, articles, scored=scored))


def _rows(hits: Sequence[Hit], articles: Articles, *, scored: bool) -> Iterator[Row]:
    for start in range(0, len(hits), _BATCH):
        batch = hits[start : start + _BATCH]
        found = articles([hit.id for hit in batch])
        for hit in batch:
            if article := found.get(hit.id):
                yield Row(article, hit.score if scored else None)


def csv_text(rows: Iterable[Row], *, text: bool = False, bom: bool = False) -> Iterator[str]:
    """CSV as RFC 4180 has it (CRLF, a head line), in pieces of some rows.

    `bom`: begin with the mark by which Excel knows UTF-8. A cell that a spreadsheet would take for a formula
    gets an apostrophe in front.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    if bom:
        buffer.write(_BOM)
    writer.writerow([*COLUMNS, "text"] if text else COLUMNS)
    for row in rows:
        writer.writerow([safe_cell(cell) for cell in _cells(row, text=text)])
        if buffer.tell() >= _PIECE:
            yield _taken(buffer)
    yield _taken(buffer)


def jsonl_text(rows: Iterable[Row], *, text: bool = False) -> Iterator[str]:
    """One JSON object a line in the field names of `dalil export`, with `score`, in pieces of some rows.

    `text`: the whole article, so that `dalil add` reads it back.
    """
    buffer = io.StringIO()
    for row in rows:
        json.dump(_record(row, text=text), buffer, ensure_ascii=False)
        buffer.write("\n")
        if buffer.tell() >= _PIECE:
            yield _taken(buffer)
    yield _taken(buffer)


def safe_cell(text: str) -> str:
    """The text, with an apostrophe in front where a spreadsheet would calculate it.

    >>> safe_cell("=1+1"), safe_cell("1-1"), safe_cell("- Hà Nội")
    ("'=1+1", '1-1', "'- Hà Nội")
    """
    return f"'{text}" if text[:1] in _FORMULA else text


def _cells(row: Row, *, text: bool) -> list[str]:
    article = row.article
    cells = [
        article.id,
        article.lang,
        article.published_at.isoformat() if article.published_at else "",
        article.title,
        article.lead,
        _SEPARATOR.join(article.authors),
        article.source,
        article.section,
        article.url,
        "" if row.score is None else f"{row.score:.4f}",
    ]
    return [*cells, "\n\n".join(article.body)] if text else cells


def _record(row: Row, *, text: bool) -> dict[str, Any]:
    record = row.article.as_dict()
    if not text:
        for name in ("body", "images"):
            record.pop(name, None)
    if row.score is not None:
        record["score"] = round(row.score, 4)
    return record


def _taken(buffer: io.StringIO) -> str:
    piece = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return piece
