"""What is remembered of articles and searches is what would be worked out anew; long articles are cut."""

from __future__ import annotations

from dataclasses import replace

from indexer.articles import Article
from indexer.engines.base import IndexDocument, Occurrences, SearchRequest, Upsert
from indexer.engines.memory_engine import MemoryEngine
from indexer.engines.query import Term
from search_web.core.recent_articles import LOOKED_AT, RecentArticles, beginning
from search_web.core.recent_searches import RecentSearches

ARTICLE = Article(id="a", lang="en", title="Floods", body=("Rain fell.",))


def test_a_value_is_made_once() -> None:
    """An equal article, as it is read from the archive a second time, has the value of the first."""
    recent: RecentArticles[object] = RecentArticles(2)
    first = recent.get(ARTICLE, (), object)
    assert recent.get(replace(ARTICLE), (), object) is first


def test_a_changed_article_has_another_value() -> None:
    """So has one that is read with another analyzer."""
    recent: RecentArticles[str] = RecentArticles(2)
    maker, other = object(), object()
    assert recent.get(ARTICLE, (maker,), lambda: "first") == "first"
    assert recent.get(ARTICLE, (other,), lambda: "second") == "second"
    changed = replace(ARTICLE, title="Storms")
    assert recent.get(changed, (other,), lambda: "third") == "third"
    assert recent.get(ARTICLE, (other,), lambda: "fourth") == "fourth"


def test_drafts_are_not_remembered() -> None:
    """They have no id, and each is another one."""
    recent: RecentArticles[object] = RecentArticles(2)
    draft = replace(ARTICLE, id="")
    assert recent.get(draft, (), object) is not recent.get(draft, (), object)


def test_the_one_that_was_not_asked_for_is_forgotten() -> None:
    """Of three articles where there is room for two the first stays, since it was asked for again."""
    recent: RecentArticles[object] = RecentArticles(2)
    one, two, three = (replace(ARTICLE, id=name) for name in "123")
    first, second = recent.get(one, (), object), recent.get(two, (), object)
    recent.get(one, (), object)
    recent.get(three, (), object)
    assert recent.get(one, (), object) is first
    assert recent.get(two, (), object) is not second


def test_a_short_article_is_looked_at_whole() -> None:
    """It is the article itself."""
    assert beginning(ARTICLE) is ARTICLE


def test_a_long_article_ends_at_a_blank() -> None:
    """No word is cut in two, and what stands before the end stays as it is."""
    paragraph = "Mưa lớn " * 1_000
    long = replace(ARTICLE, body=("First.", *[paragraph.strip()] * 30))
    cut = beginning(long)
    length = sum(map(len, cut.body))
    assert LOOKED_AT - 10 < length <= LOOKED_AT
    assert cut.body[:5] == long.body[:5]
    assert cut.body[-1].rpartition(" ")[2] in {"Mưa", "lớn"}
    assert (cut.id, cut.title) == (long.id, long.title)


def test_an_endless_lead_is_cut() -> None:
    """Whoever has all text in the lead has no body that is looked at."""
    cut = beginning(replace(ARTICLE, lead="word " * LOOKED_AT))
    assert len(cut.lead) <= LOOKED_AT
    assert cut.body == ()


def test_searches_are_remembered_for_a_state() -> None:
    """The answer is that of the engine when it was asked first; another state has another memory."""
    engine = MemoryEngine()
    request = SearchRequest(Term("f", "rain"))
    recent = RecentSearches(engine)
    assert recent.search(request).total == 0
    engine.apply([Upsert(IndexDocument("a", {"f": Occurrences(["rain"], [1.0], [0])}))])
    assert recent.search(request).total == 0
    assert RecentSearches(engine).search(request).total == 1
    assert recent.document_frequencies("f", ["rain"]) == engine.document_frequencies("f", ["rain"])
    assert recent.field_size("f") == engine.field_size("f")
