"""What each source makes of good, truncated and hostile input, as the case files say."""

from __future__ import annotations

import json
import runpy
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from indexer.articles import Article
from indexer.sources import Reject, detect_format, read_path
from indexer.sources.dates import parse_date
from indexer.sources.page_parts import parse_page
from indexer.sources.records import read_record

TESTS = Path(__file__).parents[2]
FILES = TESTS / "files" / "sources"


def cases(name: str) -> list[Any]:
    """The cases of one file, each under its label."""
    found = json.loads((TESTS / "cases" / "sources" / f"{name}.json").read_text(encoding="utf-8"))
    return [pytest.param(case, id=str(case.get("label", case.get("value")))) for case in found]


@pytest.mark.parametrize("case", cases("files"))
def test_file(case: dict[str, Any]) -> None:
    """A file is known for what it is; its good records are read and each bad one is named with its place."""
    path = FILES / case["file"]
    assert detect_format(path) == case["format"]
    items = list(read_path(path))
    assert [item.title for item in items if isinstance(item, Article)] == case["titles"]
    rejects = [item for item in items if isinstance(item, Reject)]
    assert [reject.position for reject in rejects] == [position for position, _ in case["rejects"]]
    for reject, (_, reason) in zip(rejects, case["rejects"], strict=True):
        assert reason in reject.reason
        assert reject.path == str(path)
        assert reject.excerpt.isprintable()


def test_the_files_are_those_of_their_script() -> None:
    """`build_files.py` writes what lies beside it, so that each hostile byte can be read as source."""
    script = runpy.run_path(str(FILES / "build_files.py"))
    parts = ("web_archives", "json_files", "html_files", "feed_files", "page_files")
    built = {name: data for part in parts for name, data in script[part]().items()}
    # zlib versions compress differently; what is inside is compared by the cases.
    plain = {name: data for name, data in built.items() if not name.endswith((".gz", ".wacz"))}
    assert {name: (FILES / name).read_bytes() for name in plain} == plain


def test_every_file_is_in_a_case() -> None:
    """No file lies in the folder untested."""
    named = {case.values[0]["file"] for case in cases("files")}
    assert {path.name for path in FILES.iterdir() if path.is_file()} == named | {"build_files.py"}


@pytest.mark.parametrize("case", cases("dates"))
def test_date(case: dict[str, Any]) -> None:
    """A date is read as the case says or refused with its reason."""
    if error := case.get("error"):
        with pytest.raises(ValueError, match=r"date|calendar|must be") as caught:
            parse_date(case["value"])
        assert error in str(caught.value)
        return
    expected = case["expected"]
    assert parse_date(case["value"]) == (expected and datetime.fromisoformat(expected))


@pytest.mark.parametrize("case", cases("records"))
def test_record(case: dict[str, Any]) -> None:
    """A record by any names becomes the article in ours, or a reject with every problem."""
    item = read_record(case["record"], "f", "line 1")
    if "reject" in case:
        assert isinstance(item, Reject)
        assert case["reject"] in item.reason
        return
    assert isinstance(item, Article), item
    assert item.as_dict() == case["expected"]


@pytest.mark.parametrize("case", cases("pages"))
def test_saved_page(case: dict[str, Any]) -> None:
    """The parts of a saved page are told apart by its structure."""
    page = parse_page(case["text"])
    if case["expected"] is None:
        assert page is None
        return
    assert page is not None
    assert {name: page[name] for name in case["expected"]} == case["expected"]
