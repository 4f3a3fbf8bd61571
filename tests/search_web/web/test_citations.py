"""Citations: one line in the article's language, a BibTeX entry, a RIS record."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.articles import Article, article_from
from search_web.web.articles.citations import bibtex, citation_key, pieces, ris

CASES: dict[str, Any] = json.loads(
    (Path(__file__).resolve().parents[2] / "cases" / "search_web" / "citations.json").read_text(
        encoding="utf-8"
    )
)


def line(article: Article, address: str) -> str:
    return "".join(text for text, _ in pieces(article, address))


@pytest.mark.parametrize("case", [pytest.param(case, id=case["label"]) for case in CASES["cases"]])
def test_three_styles(case: dict[str, Any]) -> None:
    """An article as one line, as BibTeX and as RIS."""
    article = article_from(case["article"])
    assert line(article, article.url) == case["text"]
    assert bibtex(article, article.url).splitlines() == case["bibtex"]
    assert ris(article, article.url).split("\r\n")[:-1] == case["ris"]


@pytest.mark.parametrize("case", [pytest.param(case, id=case["label"]) for case in CASES["keys"]])
def test_keys(case: dict[str, str]) -> None:
    """Letters, digits and hyphens; other scripts by a checksum."""
    assert citation_key(Article(id=case["id"], lang="und")) == case["key"]


@pytest.mark.parametrize("case", [pytest.param(case, id=case["label"]) for case in CASES["known_failures"]])
@pytest.mark.xfail(strict=True, reason="what citations are known not to do")
def test_known_failures(case: dict[str, Any]) -> None:
    article = article_from(case["article"])
    assert case["bibtex_line"] in bibtex(article, article.url).splitlines()


def test_of_many_authors_the_line_names_ten() -> None:
    """The files have all of them."""
    names = tuple(f"Writer {number}" for number in range(40))
    article = Article(id="x", lang="en", title="T", authors=names)
    assert line(article, "https://example.org/").startswith(f"{', '.join(names[:10])}, … “T”. ")
    assert bibtex(article, "").count(" and ") == 39
    assert ris(article, "").count("AU  - ") == 40


_TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=40)


@given(_TEXT, _TEXT, _TEXT)
def test_no_text_breaks_out_of_its_field(title: str, author: str, source: str) -> None:
    """Braces of BibTeX are balanced and end with the entry; each line of RIS begins with a tag."""
    article = Article(id="x", lang="en", title=title, authors=(author,), source=source)
    entry = re.sub(
        r"\\textbackslash\{\}|\\textasciitilde\{\}|\\textasciicircum\{\}|\\.", "", bibtex(article, "")
    )
    depth = 0
    for at, sign in enumerate(entry):
        depth += (sign == "{") - (sign == "}")
        assert depth > 0 or at < entry.index("{") or at >= len(entry) - 2
    assert depth == 0
    assert all(re.match(r"[A-Z][A-Z0-9]  - ", line) for line in ris(article, "").split("\r\n")[:-1])


@given(st.text(max_size=220))
def test_keys_are_safe_names_of_files(article_id: str) -> None:
    """At most 60 ASCII letters, digits, hyphens; never empty."""
    assert re.fullmatch(r"[A-Za-z0-9-]{1,60}", citation_key(Article(id=article_id, lang="en")))
