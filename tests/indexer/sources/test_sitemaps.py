"""A sitemap tells which pages there are; what is wrong with it never makes a page look removed."""

from __future__ import annotations

import gzip
import json
import random
from pathlib import Path
from typing import Any

import pytest

from indexer.errors import SourceError
from indexer.sources import Reject, is_sitemap, read_sitemap

ROOT = Path(__file__).parents[2]
FILES = ROOT / "files" / "sitemaps"
CASES = json.loads((ROOT / "cases" / "sitemaps" / "files.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["label"])
def test_cases(case: dict[str, Any]) -> None:
    items = list(read_sitemap(FILES / case["file"]))
    rejects = [item.reason for item in items if isinstance(item, Reject)]
    pages = [
        [
            item.location if item.is_address else Path(item.location).relative_to(FILES).as_posix(),
            item.changed.isoformat() if item.changed else "",
        ]
        for item in items
        if not isinstance(item, Reject)
    ]
    assert pages == case["pages"]
    assert len(rejects) == len(case["rejects"])
    assert [part for part, reason in zip(case["rejects"], rejects, strict=True) if part not in reason] == []


def test_a_packed_sitemap_is_read(tmp_path: Path) -> None:
    packed = tmp_path / "good.xml.gz"
    packed.write_bytes(gzip.compress((FILES / "good.xml").read_bytes()))
    assert is_sitemap(packed)
    assert list(read_sitemap(packed)) == list(read_sitemap(FILES / "good.xml"))


@pytest.mark.parametrize("name", ["good.rss", "good.html", "good.jsonl", "external_entity.xml"])
def test_other_files_are_no_sitemaps(name: str) -> None:
    assert not is_sitemap(ROOT / "files" / "sources" / name)


def test_a_folder_is_no_sitemap_and_one_without_rights_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> bytes:
        raise PermissionError(13, "Permission denied")

    assert not is_sitemap(tmp_path)
    monkeypatch.setattr("indexer.sources.sitemaps.read_head", refuse)
    with pytest.raises(SourceError, match="cannot be read: Permission denied"):
        is_sitemap(FILES / "good.xml")


def test_no_bytes_raise(tmp_path: Path) -> None:
    """Cut and changed anywhere, a sitemap gives pages and rejects only."""
    chance = random.Random("sitemaps")  # noqa: S311 -- the same damage every time
    for seed in sorted(FILES.glob("*.xml")):
        for _ in range(40):
            data = bytearray(seed.read_bytes())
            at = chance.randrange(len(data))
            if chance.random() < 0.5:
                del data[at : at + chance.choice((1, 5, 50))]
            else:
                data[at:at] = chance.choice((b"<", b"&", b"\0", b"\xff", b"<url>", b"file://[::1/x", b"]]>"))
            path = tmp_path / seed.name
            path.write_bytes(data)
            assert all(
                item.reason if isinstance(item, Reject) else item.location for item in read_sitemap(path)
            )
