"""Which stories witness which Arabic spellings of names: what the dictionary counts.

A story is a group of translations (`schema.group_of`). Its names are taken from its Vietnamese texts, else
from its English ones and from the Vietnamese headline in its address, and looked for in its Arabic texts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from analyzers import NameReader, index_language
from analyzers.name_alignment import (
    LatinName,
    NameAligner,
    bare_name,
    names_in_address,
    names_in_latin,
)

from .articles import Article
from .schema import group_of

READ = 2_000
"""Code points of a text that are read, title and lead first: names of a story stand at its beginning."""


class Witness(NamedTuple):
    """One story in which a name is spelt so. A tuple: there are a hundred thousand in a large archive."""

    name: str
    """As its Vietnamese text writes it; in lower case without accents if it has none."""
    arabic: str
    """Normalised, words parted by blanks."""
    story: str
    article: str
    """Id of the Arabic article."""
    other: str
    """Id of the article that has the name in Latin script; empty if only the address has it."""


@dataclass(slots=True)
class _Story:
    heard: dict[str, str] = field(default_factory=dict)
    """Id of an Arabic article -> what it has that may be names."""
    named: dict[str, tuple[LatinName, ...]] = field(default_factory=dict)
    """Id of an article in Latin script -> its names, Vietnamese ones first."""


class NameCollector:
    """Takes the articles of an archive, in any order, and gives the witnesses of its stories."""

    def __init__(self, reader: NameReader) -> None:
        self._aligner = NameAligner(reader)
        self._stories: dict[str, _Story] = {}

    def add(self, article: Article) -> None:
        """Keep what an article says of names; nothing for one without a group or in another language."""
        language = index_language(article.lang)
        if language not in ("ar", "vi", "en"):
            return
        group = group_of(article)
        if not group:
            return
        story = self._stories.setdefault(group, _Story())
        if language == "ar":
            story.heard[article.id] = self._aligner.heard(_beginning(article))
            return
        vietnamese = language == "vi"
        story.named[article.id] = tuple(
            dict.fromkeys(names_in_latin(_beginning(article), vietnamese=vietnamese))
        )

    def witnesses(self) -> list[Witness]:
        """The witnesses of all stories, sorted."""
        found = (w for group, story in self._stories.items() for w in self._of_story(group, story))
        return sorted(found)

    def _of_story(self, group: str, story: _Story) -> Iterator[Witness]:
        seen: set[tuple[str, str]] = set()
        sources = sorted(story.named.items(), key=lambda item: (_is_bare(item[1]), item[0]))
        in_address = [("", tuple(names_in_address(group.replace("-", " "))))]
        for article, heard in sorted(story.heard.items()):
            for other, names in sources or in_address:
                for spelling in self._aligner.aligned(names, heard):
                    key = (bare_name(spelling.name), spelling.arabic)
                    if key not in seen:
                        seen.add(key)
                        yield Witness(spelling.name, spelling.arabic, group, article, other)


def _is_bare(names: Iterable[LatinName]) -> bool:
    return all(name.name.islower() for name in names)


def _beginning(article: Article) -> str:
    parts = [article.title, article.lead]
    length = sum(map(len, parts))
    for paragraph in article.body:
        if length >= READ:
            break
        parts.append(paragraph)
        length += len(paragraph)
    return "\n.\n".join(parts)[:READ]
