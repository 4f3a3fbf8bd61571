"""The one JSON form of what the desk answers, for the API and the command line."""

from __future__ import annotations

from typing import Any

from indexer.articles import Article

from .json_shape import plain, related_json
from .pages import RelatedPage
from .translations.translation_check import Disagreement, Side
from .translations.translation_groups import CheckedGroup, CheckPage


def related_page_json(page: RelatedPage) -> dict[str, Any]:
    """The stories around an article or a draft, by their lists; a draft itself is not repeated."""
    return {
        "id": page.article.id or None,
        "lang": page.article.lang,
        "title": page.article.title,
        "translations": related_json(page.translations),
        "copies": related_json(page.copies),
        "related": related_json(page.related),
        "timeline": related_json(page.timeline),
        "background": related_json(page.background),
    }


def check_page_json(page: CheckPage) -> dict[str, Any]:
    """One page of the translation check."""
    return {
        "page": page.request.page,
        "pages": page.pages,
        "total": page.total,
        "checked": page.checked,
        "groups": [checked_group_json(group) for group in page.groups],
    }


def checked_group_json(group: CheckedGroup) -> dict[str, Any]:
    """One group of translations and what they disagree on."""
    return {
        "group": group.name,
        "articles": [_article(article) for article in group.articles],
        "disagreements": [_disagreement(item) for item in group.disagreements],
    }


def _article(article: Article) -> dict[str, Any]:
    return {
        "id": article.id,
        "lang": article.lang,
        "title": article.title,
        "url": article.url or None,
        "published_at": plain(article.published_at),
    }


def _disagreement(item: Disagreement) -> dict[str, Any]:
    return {
        "kind": item.kind.value,
        "weight": item.weight,
        "sides": [_side(side) for side in (item.one, item.other) if side],
        "missing_in": item.missing_in or None,
    }


def _side(side: Side) -> dict[str, Any]:
    return {"id": side.article_id, "lang": side.lang, "written": side.written, "sentence": side.sentence.text}
