"""The desk's tools as JSON: stories around an article or a draft, and the translation check.

With a desk password set, programs send it as `Authorization: Bearer PASSWORD`.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Self

from flask import Response, abort, jsonify, request
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from pydantic import BaseModel, Field, model_validator

from indexer.articles import clean_text
from indexer.errors import ArticleNotFound

from ...core.desk_json import check_page_json, checked_group_json, related_page_json
from ...core.locate import Meant
from ...core.pages import Filters, RelatedInput
from ...core.translations.translation_groups import CheckInput
from ..api_document import TOKEN_OR_NOTHING
from ..api_models import ErrorAnswer, RelatedHitAnswer
from ..search_url import MAX_VALUES, read_search
from .views import DRAFT_BYTES, Desk

_TAG = Tag(name="desk", description="Tools for editors")
_MOST = 50


class _Narrowed(BaseModel, extra="forbid", populate_by_name=True):
    lang: list[str] = Field([], max_length=MAX_VALUES, description="BCP 47 tags of related articles")
    date_from: str = Field("", alias="from", description="2025, 2025-10 or 2025-10-26; its first day counts")
    date_to: str = Field("", alias="to", description="Its last day counts")

    @model_validator(mode="after")
    def _readable(self) -> Self:
        _, problems = read_search(self._pairs())
        if problems:
            raise ValueError("; ".join(f"{item.name}={item.value!r} cannot be used" for item in problems))
        return self

    def filters(self) -> Filters:
        """What the articles must pass."""
        return read_search(self._pairs())[0].filters

    def _pairs(self) -> list[tuple[str, str]]:
        dates = [("from", self.date_from), ("to", self.date_to)]
        return [*dates, *(("lang", value) for value in self.lang)]


class StoriesQuery(_Narrowed):
    """An article by its id or its address on any host of the archive."""

    id: str = Field("", max_length=200)
    url: str = Field("", max_length=2_000)
    limit: int = Field(20, ge=1, le=_MOST)

    @model_validator(mode="after")
    def _one(self) -> Self:
        if bool(self.id) == bool(self.url):
            raise ValueError("give either id or url")
        return self


class DraftBody(_Narrowed):
    """A draft; it is compared and not kept."""

    draft: str = Field(min_length=1, description="Its text, the title in the first line")
    draft_lang: str = Field("", max_length=40, description="BCP 47 tag; empty: told by the text")
    limit: int = Field(20, ge=1, le=_MOST)


class StoriesAnswer(BaseModel):
    """The stories around an article or a draft."""

    id: str | None
    lang: str
    title: str
    translations: list[RelatedHitAnswer]
    copies: list[RelatedHitAnswer] = Field(description="Of nearly the same text, the nearest first")
    related: list[RelatedHitAnswer]
    timeline: list[RelatedHitAnswer] = Field(description="Of the same story, by date")
    background: list[RelatedHitAnswer] = Field(description="Of long before")


class ChecksQuery(_Narrowed):
    """Which groups of translations to check."""

    section: list[str] = Field([], max_length=MAX_VALUES)
    page: int = Field(1, ge=1, le=100_000)

    def _pairs(self) -> list[tuple[str, str]]:
        return [*super()._pairs(), *(("section", value) for value in self.section)]


class SideAnswer(BaseModel):
    """What one article says, in its sentence."""

    id: str
    lang: str
    written: str
    sentence: str


class DisagreementAnswer(BaseModel):
    """One thing on which two articles disagree."""

    kind: str = Field(description="number, date or name")
    weight: float = Field(description="How telling it is")
    sides: list[SideAnswer]
    missing_in: str | None = Field(description="Id of the article that says nothing of it")


class CheckedAnswer(BaseModel):
    """One group of translations."""

    group: str
    articles: list[dict[str, Any]]
    disagreements: list[DisagreementAnswer]


class ChecksAnswer(BaseModel):
    """One page of groups, the newest first; of its groups those that disagree, the most telling first."""

    page: int
    pages: int
    total: int
    checked: int
    groups: list[CheckedAnswer]


class GroupPath(BaseModel):
    """Which group."""

    group: str = Field(min_length=1, max_length=2_000)


def desk_api_blueprint(desk: Desk) -> APIBlueprint:
    """The routes of the desk under `/api/v1`."""
    api = APIBlueprint(
        "desk_api", __name__, url_prefix="/api/v1", abp_tags=[_TAG], abp_security=TOKEN_OR_NOTHING
    )

    @api.before_request
    def _guard() -> None:
        request.max_content_length = DRAFT_BYTES
        desk.access.require_api()

    @api.after_request
    def _private(response: Response) -> Response:
        response.headers["Cache-Control"] = "no-store"
        return response

    @api.get("/related", summary="Stories around an article", responses=_answers(StoriesAnswer))
    def stories(query: StoriesQuery) -> Response:
        article_id = query.id or _located(desk, query.url)
        asked = RelatedInput(article_id, filters=query.filters(), limit=query.limit)
        return jsonify(related_page_json(desk.service.related_page(asked)))

    @api.post("/related", summary="Stories around a draft", responses=_answers(StoriesAnswer))
    def draft(body: DraftBody) -> Response:
        asked = RelatedInput(
            draft=clean_text(body.draft),
            draft_lang=body.draft_lang,
            filters=body.filters(),
            limit=body.limit,
        )
        return jsonify(related_page_json(desk.service.related_page(asked)))

    @api.get("/translation-checks", summary="Translations that disagree", responses=_answers(ChecksAnswer))
    def checks(query: ChecksQuery) -> Response:
        if desk.kept is None:
            abort(404)
        return jsonify(check_page_json(desk.kept.check_page(CheckInput(query.filters(), query.page))))

    @api.get(
        "/translation-checks/<path:group>",
        summary="One group of translations",
        responses=_answers(CheckedAnswer),
    )
    def checked(path: GroupPath) -> Response:
        found = desk.kept.check_group(path.group) if desk.kept else None
        if found is None:
            abort(404)
        return jsonify(checked_group_json(found))

    return api


def _located(desk: Desk, url: str) -> str:
    located = desk.kept.locate(url) if desk.kept else None
    if located is None or located.meant is not Meant.ARTICLE:
        raise ArticleNotFound(url)
    return located.article_id


def _answers(model: type[BaseModel]) -> dict[str | int | HTTPStatus, type[BaseModel] | dict[Any, Any] | None]:
    found: dict[str | int | HTTPStatus, type[BaseModel] | dict[Any, Any] | None] = {"200": model}
    for status in ("400", "401", "404", "413", "429", "503"):
        found[status] = ErrorAnswer
    return found
