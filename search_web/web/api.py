"""The JSON API under `/api/v1`; its OpenAPI document is `/api/v1/openapi.json`."""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus
from typing import Any

from flask import Response, jsonify
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from pydantic import BaseModel

from ..core.json_shape import article_page_json, plain, related_json, result_page_json
from ..core.pages import SearchInput
from .api_models import (
    ArticleAnswer,
    ArticlePath,
    ErrorAnswer,
    ExplainAnswer,
    ExplainQuery,
    ExportQuery,
    FacetsAnswer,
    FacetsQuery,
    LanguagesAnswer,
    RelatedAnswer,
    RelatedQuery,
    SearchAnswer,
    SearchQuery,
    SuggestAnswer,
    SuggestQuery,
)
from .backend import Backend
from .machines.feed_views import export_response
from .rendering import text_dir

_VALUES = ("author", "section", "source", "tag")
_READ = Tag(name="read", description="Search the archive and read its articles")


def api_blueprint(service: Backend) -> APIBlueprint:
    """The routes of the API over a service."""
    api = APIBlueprint("api", __name__, url_prefix="/api/v1", abp_tags=[_READ], doc_ui=True)

    @api.get("/search", summary="Search the archive", responses=_answers(SearchAnswer))
    def search(query: SearchQuery) -> Response:
        return jsonify(result_page_json(service.search(query.as_input())))

    @api.get("/facets", summary="Count the values of every facet", responses=_answers(FacetsAnswer))
    def facets(query: FacetsQuery) -> Response:
        page = service.search(replace(query.as_input(), page_size=1, facets=True))
        return jsonify({"total": page.total, "facets": plain(page.facets)})

    @api.get("/export", summary="A whole search as CSV or JSON lines", responses=_file_answers())
    def export(query: ExportQuery) -> Response:
        asked, form = query.as_input(), query.format
        return export_response(service, asked, form, query.limit, text=query.text, bom=query.bom)

    @api.get("/languages", summary="Languages of the archive", responses=_answers(LanguagesAnswer))
    def languages() -> Response:
        page = service.search(SearchInput("", page_size=1))
        counted = [{"lang": item.value, "articles": item.count} for item in page.facets.get("lang", ())]
        return jsonify({"articles": page.total, "languages": counted})

    @api.get("/suggest", summary="Complete what is being typed", responses=_answers(SuggestAnswer))
    def suggest(query: SuggestQuery) -> Response:
        found = service.suggest(query.q, query.lang, query.limit)
        # A name may be in another script than its article: its own letters tell the direction.
        completions = [
            plain(item) | {"dir": "auto" if item.kind in _VALUES else text_dir(item.lang)} for item in found
        ]
        return jsonify({"q": query.q, "completions": completions})

    @api.get("/explain", summary="Why an article has its place", responses=_answers(ExplainAnswer))
    def explain(query: ExplainQuery) -> Response:
        explanation = plain(service.explain(query.q, query.id, as_typed=query.typed))
        return jsonify({"q": query.q, "id": query.id, "explanation": explanation})

    @api.get("/articles/<path:id>/related", summary="Related articles", responses=_or_removed(RelatedAnswer))
    def related(path: ArticlePath, query: RelatedQuery) -> Response:
        found = service.related(path.id, limit=query.limit)
        return jsonify({"id": path.id, "related": related_json(found)})

    @api.get("/articles/<path:id>", summary="One article", responses=_or_removed(ArticleAnswer))
    def article(path: ArticlePath) -> Response:
        return jsonify(article_page_json(service.article(path.id)))

    return api


def _file_answers() -> dict[str | int | HTTPStatus, type[BaseModel] | dict[Any, Any] | None]:
    text = {"schema": {"type": "string"}}
    found = {
        "description": "The file, written while it is read; `X-Total-Count` and its name say if it is cut",
        "content": {"text/csv": text, "application/x-ndjson": text},
    }
    return {"200": found, "400": ErrorAnswer, "429": ErrorAnswer, "503": ErrorAnswer}


def _answers(model: type[BaseModel]) -> dict[str | int | HTTPStatus, type[BaseModel] | dict[Any, Any] | None]:
    return {"200": model, "400": ErrorAnswer, "404": ErrorAnswer, "429": ErrorAnswer, "503": ErrorAnswer}


def _or_removed(
    model: type[BaseModel],
) -> dict[str | int | HTTPStatus, type[BaseModel] | dict[Any, Any] | None]:
    return _answers(model) | {"410": ErrorAnswer}
