"""The sample archive in ``examples/archive`` holds what its README promises.

Read with the standard library alone, so that a fault of our own readers cannot hide a fault of the data.
"""

from __future__ import annotations

import gzip
import json
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ARCHIVE = Path(__file__).parents[1] / "examples" / "archive"
EXPECTED_BY_FORM = {"jsonl": 100, "schema": 13, "html": 16, "warc": 10, "rss": 6, "atom": 4, "page": 8}


@dataclass(frozen=True)
class Sample:
    """What every form tells about an article; `id` is empty where the form has none."""

    form: str
    id: str
    lang: str
    url: str
    day: str  # YYYY-MM-DD


def only(pattern: str, text: str) -> str:
    """The group of the first match; a miss is a fault of the data."""
    found = re.search(pattern, text, re.DOTALL)
    assert found is not None, f"{pattern!r} not found in {text[:200]!r}"
    return found[1]


def json_lines(name: str) -> list[dict[str, Any]]:
    """The records of one JSONL file."""
    return [json.loads(line) for line in (ARCHIVE / name).read_text(encoding="utf-8").splitlines()]


def from_json() -> list[Sample]:
    """Both JSONL files."""
    plain = [
        Sample("jsonl", r["id"], r["lang"], r["url"], r["published_at"][:10])
        for r in json_lines("articles.jsonl")
    ]
    other = [
        Sample(
            "schema",
            r.get("id", ""),
            r.get("inLanguage") or r["language"],
            r["url"],
            (r.get("datePublished") or r["date"])[:10],
        )
        for r in json_lines("more.schema-org.jsonl")
    ]
    return plain + other


def from_page(form: str, page: str) -> Sample:
    """One HTML page, on disk or in the crawl."""
    return Sample(
        form,
        "",
        only(r'<html lang="(\w+)"', page),
        only(r'<link rel="canonical" href="([^"]+)"', page),
        only(r'<time datetime="([\d-]{10})', page),
    )


def from_crawl() -> list[Sample]:
    """The HTML responses of the crawl, cut at the record headers."""
    samples = []
    for record in gzip.decompress((ARCHIVE / "crawl.warc.gz").read_bytes()).split(b"WARC/1.0\r\n"):
        head, _, rest = record.partition(b"\r\n\r\n")
        http_head, _, payload = rest.partition(b"\r\n\r\n")
        if b"WARC-Type: response" not in head or b"text/html" not in http_head:
            continue
        length = int(only(r"Content-Length: (\d+)", http_head.decode()))
        content = payload[:length]
        if b"Content-Encoding: gzip" in http_head:
            content = gzip.decompress(content)
        samples.append(from_page("warc", content.decode("utf-8")))
    return samples


def from_feeds() -> list[Sample]:
    """The RSS items and the Atom entries."""
    months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    samples = []
    for item in (ARCHIVE / "feed.rss.xml").read_text(encoding="utf-8").split("<item>")[1:]:
        day, month, year = only(r"<pubDate>\w+, (\d+ \w+ \d+)", item).split()
        date = f"{year}-{months.index(month) + 1:02}-{int(day):02}"
        samples.append(Sample("rss", "", only("<dc:language>(.*?)<", item), only("<link>(.*?)<", item), date))
    for entry in (ARCHIVE / "feed.atom.xml").read_text(encoding="utf-8").split("<entry ")[1:]:
        date = only(r"<published>([\d-]{10})", entry)
        samples.append(Sample("atom", "", only('xml:lang="(.*?)"', entry), only("<id>(.*?)<", entry), date))
    return samples


def from_saved_page(path: Path) -> Sample:
    """One page saved as text: the day stands in the byline, the address after a word for *source*."""
    text = path.read_text(encoding="utf-8")
    day, month, year = only(r"(\d\d/\d\d/\d{4})\n", text).split("/")
    url = only(r"\n(?:المصدر|Nguồn|Source): (\S+)\n", text)
    return Sample("page", "", path.name.split("_")[1], url, f"{year}-{month}-{day}")


@pytest.fixture(scope="module")
def samples() -> list[Sample]:
    """Every article of the archive, whatever its form."""
    pages = [
        from_page("html", path.read_text(encoding="utf-8"))
        for path in sorted((ARCHIVE / "html").glob("*.html"))
    ]
    saved = [from_saved_page(path) for path in sorted((ARCHIVE / "pages").glob("*.txt"))]
    return from_json() + pages + from_crawl() + from_feeds() + saved


def slug(url: str) -> str:
    """The last part of the address, without the post number that the papers' own sites add."""
    return re.sub(r"-post\d+\.html$", "", url.rsplit("/", 1)[1])


def test_every_form_has_the_number_of_articles_that_the_readme_states(samples: list[Sample]) -> None:
    """A demo that reads the folder can be checked against these counts; together at least 140."""
    assert Counter(sample.form for sample in samples) == EXPECTED_BY_FORM
    assert len(samples) >= 140


def test_six_languages_are_there(samples: list[Sample]) -> None:
    """Vietnamese, Arabic and English carry the archive; three others show that it does not stop there."""
    counts = Counter(sample.lang for sample in samples)
    assert counts == {"vi": 52, "ar": 51, "en": 39, "fr": 5, "th": 5, "zh": 5}


def test_no_two_articles_share_an_id_or_an_address(samples: list[Sample]) -> None:
    """Near-duplicates have addresses of their own, so that nothing overwrites anything."""
    ids = Counter(sample.id for sample in samples if sample.id)
    urls = Counter(sample.url for sample in samples)
    assert [key for key, count in (ids + urls).items() if count > 1] == []


def test_translations_share_a_slug_of_four_syllables_or_more(samples: list[Sample]) -> None:
    """At least thirty stories exist in two or more languages, never twice in one."""
    languages: dict[str, list[str]] = {}
    for sample in samples:
        languages.setdefault(slug(sample.url), []).append(sample.lang)
    groups = {key: langs for key, langs in languages.items() if len(langs) > 1}
    assert len(groups) >= 30
    assert [key for key in groups if key.count("-") < 3] == []
    assert [key for key, langs in groups.items() if len(langs) != len(set(langs))] == []


def test_articles_span_two_years(samples: list[Sample]) -> None:
    """From November 2023 to November 2025, with something in at least twenty of these months."""
    days = sorted(sample.day for sample in samples)
    assert days[0] >= "2023-11-01"
    assert days[-1] <= "2025-11-30"
    assert len({day[:7] for day in days}) >= 20


def test_bodies_are_short_and_have_paragraphs() -> None:
    """Two to four paragraphs, written as a string or as a list: both forms occur."""
    bodies = [record["body"] for record in json_lines("articles.jsonl")]
    assert {type(body) for body in bodies} == {str, list}
    lengths = {len(body.split("\n\n")) if isinstance(body, str) else len(body) for body in bodies}
    assert lengths <= {2, 3, 4}


@pytest.mark.parametrize("article_id", ["vi-119", "vi-128", "vi-137", "ar-130", "fr-143"])
def test_decomposed_articles_stay_decomposed(article_id: str) -> None:
    """An editor that silently composes on saving would take the case away."""
    body = next(record["body"] for record in json_lines("articles.jsonl") if record["id"] == article_id)
    text = body if isinstance(body, str) else "".join(body)
    assert not unicodedata.is_normalized("NFC", text)
    assert unicodedata.is_normalized("NFD", text)


def test_readme_names_only_articles_that_exist() -> None:
    """Ids in the table of hidden cases can be looked up."""
    known = {sample.id for sample in from_json()}
    readme = (ARCHIVE / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"\b(?:vi|ar|en|fr|th|zh)-\d{3}b?\b", readme))
    assert named <= known
