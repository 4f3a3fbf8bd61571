"""A single word typed without accents is also looked for as it stands, real archive, real index."""

from __future__ import annotations

import json
from pathlib import Path

from indexer import jobs
from indexer.library import Library
from search_web.core.pages import SearchInput
from search_web.core.service import SearchService


def test_a_word_that_has_no_accents_is_on_the_first_page(tmp_path: Path) -> None:
    """chanh "lemon" among many articles about a chánh "chief", whose accents the archive would restore."""
    chief = {"lang": "vi", "title": "Chánh văn phòng họp", "body": "Chánh văn phòng họp với các phòng ban."}
    lemon = {"lang": "vi", "title": "Giá chanh tăng", "body": "Giá chanh ở chợ tăng vì trời mưa."}
    articles = [{"id": f"chief-{n}", **chief, "lead": f"Buổi {n}"} for n in range(30)]
    path = tmp_path / "articles.jsonl"
    lines = [json.dumps(article) for article in [*articles, {"id": "lemon", **lemon}]]
    path.write_text("\n".join(lines), encoding="utf-8")
    jobs.add(tmp_path / "home", [path])
    library = Library(tmp_path / "home")
    try:
        page = SearchService(library).search(SearchInput("chanh"))
    finally:
        library.close()
    found = [result.id for result in page.results]
    assert page.total == 31
    assert "lemon" in found
    assert any(name.startswith("chief") for name in found)
