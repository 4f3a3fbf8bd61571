"""Laws of folded stories: nothing found is lost, nothing is shown twice, pages agree with one long page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.articles import Article, article_from
from indexer.engines.base import Hit, Sort
from indexer.errors import QueryError
from search_web.core import folding
from search_web.core.editions import MOST_EDITIONS
from search_web.core.folding import Story, folded, folded_page
from search_web.core.pages import Filters, Result, SearchInput
from search_web.core.service import SearchService

from .small_library import ARTICLES, SmallLibrary, library_of


def page_of(service: SearchService, text: str, **asked: object) -> dict[str, Result]:
    """The results of a folded page by id."""
    request = SearchInput(text, fold=True, **asked)  # type: ignore[arg-type]  # as the test says
    return {result.id: result for result in service.search(request).results}


def test_a_story_stands_once_with_its_translations(service: SearchService) -> None:
    """Three articles on one bridge are found by its headline without accents: one result, two beside it."""
    unfolded = service.search(SearchInput("cau di bo moi bac qua song han"))
    assert {result.id for result in unfolded.results} >= {"ar-bridge", "en-bridge", "vi-bridge"}
    found = page_of(service, "cau di bo moi bac qua song han")
    (best,) = found.keys() & {"ar-bridge", "en-bridge", "vi-bridge"}
    assert best == next(result.id for result in unfolded.results)
    assert [(item.lang, item.id) for item in found[best].translations] == sorted(
        (name[:2], name) for name in {"ar-bridge", "en-bridge", "vi-bridge"} - {best}
    )


def test_translations_that_the_query_does_not_find_stand_beside(service: SearchService) -> None:
    """A filter by language selects results, not what stands beside them."""
    found = page_of(service, "", filters=Filters(lang=("ar",)))
    assert [item.id for item in found["ar-bridge"].translations] == ["en-bridge", "vi-bridge"]
    assert found["ar-bridge"].translations[0].title == "New footbridge over the Han river opens"
    assert found["ar-trade"].translations == ()


def test_the_total_is_that_of_articles(service: SearchService) -> None:
    plain = service.search(SearchInput(""))
    page = service.search(SearchInput("", fold=True))
    assert page.total == plain.total == len(ARTICLES)
    assert (page.stories, page.stories_exact, page.folded, page.reachable) == (10, True, 2, 10)
    assert (plain.stories, plain.folded, plain.reachable) == (None, 0, 12)


@pytest.mark.parametrize("sort", Sort)
def test_the_first_in_the_ranking_stands_for_its_story(service: SearchService, sort: Sort) -> None:
    ranked = [r.id for r in service.search(SearchInput("bridge", sort=sort, page_size=50)).results]
    assert next(iter(page_of(service, "bridge", sort=sort))) == ranked[0]


def test_an_article_that_left_the_archive_is_no_edition(library: SmallLibrary) -> None:
    """It is still in the index until the next job."""
    del library.kept["en-bridge"]
    found = page_of(SearchService(library), "", filters=Filters(lang=("ar",)))
    assert [item.id for item in found["ar-bridge"].translations] == ["vi-bridge"]


def column_of(count: int, others: Sequence[Article] = ()) -> SearchService:
    """So many articles of one column, each with a text of its own and the same headline in its address."""
    url = "https://example.org/vi/gia-vang-trong-nuoc-hom-nay-post{}.html"
    column = [
        article_from(
            {
                "id": f"gold-{number}",
                "lang": "vi",
                "title": "Giá vàng trong nước hôm nay",
                "body": [f"Giá vàng sáng nay {number} triệu đồng."],
                "url": url.format(100_000 + number),
            }
        )
        for number in range(count)
    ]
    return SearchService(library_of([*column, *others]))


def test_a_column_that_comes_back_is_no_story() -> None:
    """Its headline makes one group of them all, which is a story only as long as it is small."""
    small = column_of(MOST_EDITIONS).search(SearchInput("giá vàng", fold=True))
    assert (small.total, small.stories, small.folded) == (MOST_EDITIONS, 1, MOST_EDITIONS - 1)
    large = column_of(MOST_EDITIONS + 1).search(SearchInput("giá vàng", fold=True))
    assert (large.total, large.stories, large.folded) == (MOST_EDITIONS + 1, MOST_EDITIONS + 1, 0)
    assert len(large.results) == 10


def test_a_list_has_the_stories_beside_a_large_column() -> None:
    """The column is no story, and however many articles it has, those of stories are found."""
    service = column_of(5 * MOST_EDITIONS, ARTICLES)
    listed = {item.id: item for item in service.listed(service.article_ids())}
    assert listed["gold-1"].editions == ()
    bridge = (("ar", "ar-bridge"), ("en", "en-bridge"), ("vi", "vi-bridge"))
    assert listed["vi-bridge"].editions == bridge


def test_folding_has_the_limits_of_paging(service: SearchService) -> None:
    with pytest.raises(QueryError, match="narrow the search"):
        service.search(SearchInput("", fold=True, page=1_001))


def test_copies_stand_beside_the_best() -> None:
    """A brief sent again under another headline is a copy; one of other words is not."""
    text = ARTICLES[4].text.split() + [f"chữ{number}" for number in range(40)]
    records = [
        {"id": name, "lang": "vi", "title": title, "body": [" ".join(words)], "published_at": "2025-10-01"}
        for name, title, words in (
            ("one", "Lũ rút", text),
            ("two", "Người dân dọn bùn", [*text, "hết"]),
            ("other", "Lũ rút", text[::-1]),
        )
    ]
    service = SearchService(library_of([article_from(record) for record in records]))
    found = page_of(service, "", sort=Sort.NEWEST)
    assert set(found) == {"one", "other"}
    assert [(item.id, item.title) for item in found["one"].copies] == [("two", "Người dân dọn bùn")]
    assert found["other"].copies == ()


def a_ranking(random: Random) -> list[Hit]:
    """Hits with groups and sketches, many of which are of one story."""
    texts = ["".join(random.choices("0123", k=64)) for _ in range(random.randint(1, 4))]
    hits = []
    for number in range(random.randint(0, 60)):
        columns = {}
        if random.random() < 0.4:
            columns["group"] = random.choice("ghijk")
        if random.random() < 0.6:
            text = random.choice(texts)
            changed = random.choice([0, 0, 6, 12, 13, 40])
            columns["sketch"] = "".join(random.choices("4567", k=changed)) + text[changed:]
        hits.append(Hit(f"d{number:02}", 0.0, columns))
    return hits


rankings = st.builds(Random, st.integers(0, 2**32 - 1)).map(a_ranking)


def pages_of(hits: Sequence[Hit], size: int, large: Sequence[str]) -> list[Story]:
    """The stories of all pages, as pages ask for them."""
    found: list[Story] = []
    start = 0
    while True:
        page = folded_page(
            lambda offset, limit: hits[offset : offset + limit], len(hits), start, start + size, large
        )
        assert page.all_stories >= start + len(page.stories)
        found += page.stories
        start += size
        if len(page.stories) < size:
            assert page.exact
            assert page.all_stories == len(found)
            return found


def shape(stories: Sequence[Story]) -> list[tuple[str, list[str], list[str]]]:
    """What of stories is shown."""
    return [(story.best.id, [copy.id for copy in story.copies], story.groups) for story in stories]


@settings(max_examples=300, deadline=None)
@given(hits=rankings, size=st.integers(1, 12), window=st.integers(1, 20), large=st.sampled_from(["", "g"]))
def test_every_article_is_shown_once(hits: list[Hit], size: int, window: int, large: str) -> None:
    """As a result, as a copy or as a member of a result's group; the pages are one long page cut."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(folding, "WINDOW", window)
        patch.setattr(folding, "first_hits", lambda end: end + 1)
        stories = pages_of(hits, size, large)
        assert shape(stories) == shape(pages_of(hits, 1_000, large)) == shape(folded(hits, large))
    shown = Counter(name for story in stories for name in [story.best.id, *(c.id for c in story.copies)])
    of_group = {group: story for story in stories for group in story.groups}
    assert sum(len(story.groups) for story in stories) == len(of_group)
    for hit in hits:
        if hit.id not in shown:
            assert hit.columns["group"] in of_group
    assert set(shown.values()) <= {1}


@settings(max_examples=200, deadline=None)
@given(hits=rankings, size=st.integers(1, 12), depth=st.integers(1, 40))
def test_behind_the_depth_every_article_stands_for_itself(hits: list[Hit], size: int, depth: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(folding, "DEPTH", depth)
        stories = pages_of(hits, size, "")
    inside = folded(hits[:depth])
    assert shape(stories[: len(inside)]) == shape(inside)
    assert [story.best.id for story in stories[len(inside) :]] == [hit.id for hit in hits[depth:]]
