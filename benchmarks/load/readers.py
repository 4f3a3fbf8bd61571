"""What readers ask for: addresses of every kind, taken from the articles, with what answers must have."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from urllib.parse import quote, urlencode

from analyzers import analyzer_for
from indexer.articles import Article

from ..query_forms import unaccented
from .wire import Answer

# Short vowels are marks inside an Arabic word, not its end.
_WORD = re.compile("(?:[^\\W\\d_][\N{ARABIC FATHATAN}-\N{ARABIC SUKUN}]*)+")
_PAGES = ("ar", "vi", "en")
_HIT = '<li class="hit'
_OPERATORS = frozenset("\"'()*-:«»“”?\N{ARABIC QUESTION MARK}")
"""Letters that make another search of a title than one for its words."""
POOL = 400
"""Requests of a kind: more than any memory of a server holds of most, as readers' searches are."""
FIRST_SHARE = 0.7
"""Exponent of Zipf's law in which requests of a kind repeat; logs of search engines have 0.6 to 0.9.

Source: Baeza-Yates et al., The impact of caching on search engines, SIGIR 2007, found 0.83 for queries.
"""

SHARES: Mapping[str, int] = {
    "completion": 40,
    "arabic": 10,
    "vietnamese": 10,
    "unaccented": 7,
    "english": 3,
    "phrase": 4,
    "title": 4,
    "filtered": 5,
    "facets": 2,
    "later page": 4,
    "article": 9,
    "related": 2,
}
"""Kind -> of a hundred requests. The page asks for completions after 120 ms without a key, so that a search
that is typed asks for several; half come by links. One page of results of five leads to an article."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One request, and what its answer must contain."""

    kind: str
    address: str
    contains: str
    """In the text of the answer; empty for nothing."""
    statuses: tuple[int, ...] = (200,)

    def wrong(self, answer: Answer) -> str:
        """What is wrong with an answer; empty if nothing is."""
        if answer.status not in self.statuses:
            return f"{self.kind}: {answer.status} for {self.address[:120]}"
        if answer.status == 200 and self.contains not in answer.text():
            return f"{self.kind}: no {self.contains!r} in the answer to {self.address[:120]}"
        return ""


class Readers:
    """All requests, and a choice among them by how often each is made."""

    def __init__(self, articles: Sequence[Article]) -> None:
        self.pools = {kind: pool for kind, pool in _pools(articles).items() if pool}
        self._kinds = list(self.pools)
        self._weights = [SHARES[kind] for kind in self._kinds]
        self._ranks = {
            kind: list(accumulate((rank + 1) ** -FIRST_SHARE for rank in range(len(pool))))
            for kind, pool in self.pools.items()
        }

    def one(self, chance: random.Random) -> Wanted:
        """The next request of a reader."""
        (kind,) = chance.choices(self._kinds, self._weights)
        (wanted,) = chance.choices(self.pools[kind], cum_weights=self._ranks[kind])
        return wanted


def _pools(articles: Sequence[Article]) -> dict[str, list[Wanted]]:
    titled = [found for article in articles if (found := _titled(article))]
    chance = random.Random(50)  # noqa: S311  # no secret
    chance.shuffle(titled)
    of = {lang: [each for each in titled if each.article.lang == lang][:POOL] for lang in _PAGES}
    mixed = titled[:POOL]
    plain = [each for each in titled if _plain(each.article.title)][:POOL]
    joined = [each for each in titled if f"{each.words[0]} {each.words[1]}" in each.article.title][:POOL]
    return {
        "completion": [_completion(each, chance) for each in mixed],
        "arabic": [_search("arabic", each, chance) for each in of["ar"]],
        "vietnamese": [_search("vietnamese", each, chance) for each in of["vi"]],
        "unaccented": [_search("unaccented", each, chance, unaccented) for each in of["vi"]],
        "english": [_search("english", each, chance) for each in of["en"]],
        "phrase": [_phrase(each) for each in joined],
        "title": [_title(each) for each in plain],
        "filtered": [_filtered(each, chance) for each in mixed],
        "facets": [_facets(each) for each in mixed],
        "later page": [_later(each, chance) for each in mixed],
        "article": [_article(each) for each in mixed],
        "related": [_related(each) for each in mixed],
    }


@dataclass(frozen=True, slots=True)
class _Titled:
    """An article that has a title of several words."""

    article: Article
    words: list[str]
    """From the first one that is no stop word: nobody searches for those alone, and they find nothing."""
    told: str
    """The longest word that is no stop word."""

    @property
    def page(self) -> str:
        """The language of its reader's pages."""
        return self.article.lang if self.article.lang in _PAGES else "en"

    def asked(self, **parameters: object) -> str:
        """The address of a search."""
        return f"/{self.page}/search?{urlencode(parameters)}"


def _titled(article: Article) -> _Titled | None:
    words = _WORD.findall(article.title)
    analyzer = analyzer_for(article.lang)
    telling = [word for word in words if analyzer.terms(word)]
    if len(words) < 4 or not telling:
        return None
    first = words.index(telling[0])
    return _Titled(article, words[first:], max(telling, key=len)) if len(words) - first >= 3 else None


def _search(kind: str, titled: _Titled, chance: random.Random, form: Callable[[str], str] = str) -> Wanted:
    """One to three words that stand side by side in a title."""
    # Without accents one syllable may be a stop word, of English too, and finds nothing.
    least = 1 if form is str else 2
    words = titled.words[: chance.choice((least, 2, 2, 3))]
    return Wanted(kind, titled.asked(q=form(" ".join(words))), _HIT)


def _completion(titled: _Titled, chance: random.Random) -> Wanted:
    title = " ".join(titled.words)
    typed = title[: chance.randint(1, min(len(title), 24))]
    return Wanted("completion", f"/api/v1/suggest?{urlencode({'q': typed})}", '"completions":')


def _phrase(titled: _Titled) -> Wanted:
    return Wanted("phrase", titled.asked(q=f'"{titled.words[0]} {titled.words[1]}"'), _HIT)


def _plain(title: str) -> bool:
    return 20 < len(title) < 200 and not set(title) & _OPERATORS


def _title(titled: _Titled) -> Wanted:
    """A search for a known title; every copy is shown, since one may stand for all of a story."""
    address = titled.asked(q=titled.article.title, fold=0, size=20)
    return Wanted("title", address, f"/article/{quote(titled.article.id)}")


def _filtered(titled: _Titled, chance: random.Random) -> Wanted:
    article = titled.article
    filters = {"lang": article.lang, "source": article.source, "section": article.section}
    name, value = chance.choice([pair for pair in filters.items() if pair[1]])
    return Wanted("filtered", titled.asked(**{"q": titled.told, name: value}), _HIT)


def _facets(titled: _Titled) -> Wanted:
    return Wanted("facets", f"/api/v1/facets?{urlencode({'q': titled.told})}", '"facets":')


def _later(titled: _Titled, chance: random.Random) -> Wanted:
    """Page 2 to 5; not every search has so many: then it is 404 or leads to the last one."""
    return Wanted("later page", titled.asked(q=titled.told, page=chance.randint(2, 5)), _HIT, (200, 302, 404))


def _article(titled: _Titled) -> Wanted:
    asked = urlencode({"q": " ".join(titled.words[:2])})
    return Wanted("article", f"/{titled.page}/article/{quote(titled.article.id)}?{asked}", "<article")


def _related(titled: _Titled) -> Wanted:
    return Wanted("related", f"/api/v1/articles/{quote(titled.article.id)}/related", '"related":')
