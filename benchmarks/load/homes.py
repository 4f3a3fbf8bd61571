"""The home that is under load: real news, over again with other ids where more are wanted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory

from indexer import jobs
from indexer.archive import Archive
from indexer.articles import Article
from indexer.sources import read_path

from ..conftest import SAMPLE, write_jsonl
from ..data_sets import SHARED

NEWS = {"ant-jawhara": 9_974, "vietnews": 14_342, "ntrex128": 248}
"""Public sets with their number of articles; ntrex128 tells the same 62 stories in four languages."""


class HomeMissing(Exception):
    """A folder is no home that can be put under load."""


def build_home(home: Path, articles: int) -> None:
    """A home of so many articles, by the job that a user runs."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "news.jsonl"
        write_jsonl(list(islice(_repeated(_news(articles)), articles)), path)
        receipt = jobs.add(home, [path])
    if receipt.indexed != articles:
        raise HomeMissing(f"{receipt.indexed} of {articles} articles were indexed in {home}")


def articles_of(home: Path, most: int) -> list[Article]:
    """At most so many of its articles, from everywhere in the archive. Raises `HomeMissing`."""
    path = home / "archive.db"
    if not path.exists():
        raise HomeMissing(f"there is no archive in {home}")
    with closing(Archive.open(path)) as archive:
        # Odd, so that languages and sources that take turns are all met.
        step = max(1, archive.count() // most) | 1
        return list(islice(islice(archive.all(), 0, None, step), most))


def _news(articles: int) -> list[Article]:
    if all((SHARED / name / "corpus.jsonl").is_file() for name in NEWS):
        share = min(1.0, articles / sum(NEWS.values()))
        paths = [(SHARED / name / "corpus.jsonl", round(size * share) + 1) for name, size in NEWS.items()]
        return [item for path, most in paths for item in islice(_read(path), most)]
    files = [path for path in sorted(SAMPLE.rglob("*")) if path.is_file() and path.suffix != ".md"]
    return [item for path in files for item in _read(path)]


def _read(path: Path) -> Iterator[Article]:
    return (item for item in read_path(path) if isinstance(item, Article))


def _repeated(news: list[Article]) -> Iterator[Article]:
    for number, article in enumerate(cycle(news)):
        copy = number // len(news)
        yield replace(article, id=f"{article.id}-{copy}") if copy else article
