"""Which article an editor means: by its id, its address on any host of the archive, or not at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol
from urllib.parse import urlsplit

from analyzers.slug import slug_group
from indexer.articles import Article, canonical_url, id_from_url
from indexer.engines.base import SearchEngine, SearchRequest
from indexer.engines.query import AnyOf

_MEMBERS = 50
LONGEST = 2_000
"""Code points of an address."""


class Snapshot(Protocol):
    """One state of the index."""

    @property
    def engine(self) -> SearchEngine:
        """Answers queries over this state."""


class Articles(Protocol):
    """Read access to the archive and its index."""

    def snapshot(self) -> Snapshot:
        """The newest committed state."""

    def articles(self, ids: Sequence[str], /) -> Mapping[str, Article]:
        """Those of the articles that the archive has, by id."""


class Meant(Enum):
    """What was written in the place of an article."""

    ARTICLE = "article"
    ADDRESS = "address"
    """An address that no article of the archive has."""
    WORDS = "words"
    """Neither an id nor an address: words to look for."""


@dataclass(frozen=True, slots=True)
class Located:
    """The article that was meant, if there is one."""

    meant: Meant
    article_id: str = ""


def locate(library: Articles, text: str) -> Located:
    """The article of an id or address. A mirror's address is known by the headline in it.

    Raises what `Articles` raises.
    """
    text = text.strip()
    if not text or len(text) > LONGEST:
        return Located(Meant.WORDS)
    address = _address(text)
    if not address:
        return Located(Meant.ARTICLE, text) if library.articles([text]) else Located(Meant.WORDS)
    derived = id_from_url(address)
    # An archive may use addresses as ids.
    for article_id in (derived, text, address):
        if library.articles([article_id]):
            return Located(Meant.ARTICLE, article_id)
    members = _members(library, slug_group(address))
    if not members:
        return Located(Meant.ADDRESS)
    return Located(Meant.ARTICLE, min(members, key=lambda article: _distance(article, address)).id)


def _address(text: str) -> str:
    """The text as an address, completed where it begins with a host; nothing where it is none."""
    if any(letter.isspace() for letter in text):
        return ""
    whole = (
        text if "://" in text else f"https://{text}" if "/" in text and "." in text.partition("/")[0] else ""
    )
    try:
        parts = urlsplit(whole)
        _ = parts.port
    except ValueError:
        return ""
    return whole if parts.scheme in ("http", "https") and parts.hostname else ""


def _members(library: Articles, group: str) -> Sequence[Article]:
    if not group:
        return ()
    found = library.snapshot().engine.search(SearchRequest(AnyOf("group", (group,)), limit=_MEMBERS))
    return tuple(library.articles([hit.id for hit in found.hits]).values())


def _distance(article: Article, address: str) -> tuple[bool, bool, bool, str]:
    """The same path on another host, the same language in the path, the same host, then by id."""
    own, asked = urlsplit(canonical_url(article.url or article.source_url)), urlsplit(canonical_url(address))
    language = article.lang.partition("-")[0]
    return (
        own.path != asked.path,
        f"/{language}/" not in f"{asked.path}/",
        own.netloc != asked.netloc,
        article.id,
    )
