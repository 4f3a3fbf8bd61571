"""What a search finds as rows, CSV and JSON lines; and lists of articles with their translations."""

from __future__ import annotations

import csv
import io
import json
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from indexer.articles import Article, article_from
from indexer.engines.base import Sort
from indexer.errors import QueryError
from search_web.core.export import COLUMNS, Row, csv_text, jsonl_text, safe_cell
from search_web.core.pages import Filters, SearchInput
from search_web.core.service import SearchService

ARTICLE = Article(
    id="a-1",
    lang="vi",
    title='Cầu "mới"',
    lead="Một dòng,\nhai dòng",
    body=("Đoạn một.", "Đoạn hai."),
    authors=tuple(f"Tác giả {number}" for number in range(40)),
    published_at=datetime(2025, 10, 26, 8, tzinfo=UTC),
    url="https://example.org/a",
)


def read(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_a_cell_is_read_back_as_it_was() -> None:
    """Quotes, commas and line ends as RFC 4180 has them; lines end in CRLF; no date is an empty cell."""
    text = "".join(
        csv_text([Row(ARTICLE, 1.5), Row(Article(id="b", lang="und", title="x"), None)], text=True)
    )
    assert text.startswith(",".join((*COLUMNS, "text")) + "\r\n")
    assert text.endswith("\r\n")
    first, second = read(text)
    assert first["title"] == ARTICLE.title
    assert first["lead"] == ARTICLE.lead
    assert first["authors"].split("; ") == list(ARTICLE.authors)
    assert first["text"] == "Đoạn một.\n\nĐoạn hai."
    assert first["score"] == "1.5000"
    assert (second["date"], second["score"], second["text"]) == ("", "", "")


@pytest.mark.parametrize("first", "=+-@＝＋－＠\t\r\n")
def test_no_cell_is_a_formula(first: str) -> None:
    """https://owasp.org/www-community/attacks/CSV_Injection"""
    assert safe_cell(f"{first}cmd|' /C calc'!A0") == f"'{first}cmd|' /C calc'!A0"


@pytest.mark.parametrize("text", ["", "1+1", "a=b", "'=1", " =1", "٢٠٢٥", "جسر", "–dash"])
def test_other_cells_stay(text: str) -> None:
    assert safe_cell(text) == text


def test_every_column_is_safe() -> None:
    article = Article(
        id="=i", lang="en", title="=t", lead="+l", body=("-b",), authors=("@a",), source="=s", section="=c"
    )
    row = read("".join(csv_text([Row(article, None)], text=True)))[0]
    assert {name for name, cell in row.items() if cell.startswith("'")} == {
        "id", "title", "lead", "authors", "source", "section", "text",
    }  # fmt: skip


def test_json_lines_with_text_are_whole_articles() -> None:
    """`dalil add` reads back what an export with text has written."""
    record = json.loads("".join(jsonl_text([Row(ARTICLE, 2.0)], text=True)))
    assert record.pop("score") == 2.0
    assert article_from(record) == ARTICLE
    assert set(json.loads("".join(jsonl_text([Row(ARTICLE, None)])))) == set(ARTICLE.as_dict()) - {"body"}


def test_ten_thousand_long_articles_need_the_memory_of_few() -> None:
    """A file is written while it is read: 10,000 articles of 20 kB pass through under 5 MB."""

    def rows() -> Iterator[Row]:
        for number in range(10_000):
            yield Row(Article(id=str(number), lang="en", body=(f"{number} " * 4_000,)), None)

    tracemalloc.start()
    size = sum(map(len, csv_text(rows(), text=True)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert size > 150_000_000
    assert peak < 5_000_000


def test_an_export_is_the_pages_of_the_search_in_a_row(sample: SearchService) -> None:
    for request in (
        SearchInput("cầu"),
        SearchInput("bridge", sort=Sort.NEWEST),
        SearchInput("", Filters(lang=("ar",))),
        SearchInput("haanoix"),
    ):
        page = sample.search(SearchInput(request.text, request.filters, 1, 1_000, request.sort))
        found = sample.export(request)
        rows = list(found.rows)
        assert [row.article.id for row in rows] == [result.id for result in page.results]
        assert (found.total, found.count, found.cut) == (page.total, len(rows), False)
        assert rows
    scored = next(sample.export(SearchInput("cầu")).rows).score
    assert scored == pytest.approx(sample.search(SearchInput("cầu")).results[0].score)
    assert next(sample.export(SearchInput("")).rows).score is None


def test_an_export_may_be_cut(sample: SearchService) -> None:
    found = sample.export(SearchInput(""), limit=10)
    assert found.cut
    assert (found.total, found.count, len(list(found.rows))) == (157, 10, 10)


@pytest.mark.parametrize("request_", [SearchInput("", Filters(date_from="2025-13")), SearchInput("")])
def test_what_cannot_be_exported_is_an_error(sample: SearchService, request_: SearchInput) -> None:
    with pytest.raises(QueryError):
        sample.export(request_, limit=10_001 if request_.filters == Filters() else 10)


def test_listed_articles_have_their_translations(sample: SearchService) -> None:
    """Every edition names the same story; a story in one language alone, or one twice, names none."""
    ids = sample.article_ids()
    assert len(ids) == len(set(ids)) == 157
    assert ids == sorted(ids)
    listed = {item.id: item for item in sample.listed(ids)}
    assert list(listed) == ids
    stories = [item for item in listed.values() if item.editions]
    assert len(stories) > 20
    for item in stories:
        assert (item.lang, item.id) in item.editions
        assert len({lang for lang, _ in item.editions}) == len(item.editions) > 1
        assert all(listed[other].editions == item.editions for _, other in item.editions)
    assert any(not item.editions for item in listed.values())


def test_a_state_has_a_name_and_a_date(sample: SearchService, sample_home: Path) -> None:
    assert sample.state() == "gen-000001.157"
    changed = sample.changed_at()
    assert changed is not None
    assert abs(changed - (sample_home / "archive.db").stat().st_ctime) < 3_600
