"""The JSON API keeps its names, its one error shape, and its document."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from analyzers import Step as AnalysisStep
from indexer.errors import IndexMissing, IndexOutOfDate, QueryError
from search_web.core.explanation import ExplainedWord, Explanation, Place, TermMatch
from search_web.core.pages import Accents, Notice, NoticeKind, Step
from search_web.web.api_models import (
    ArticleAnswer,
    ErrorAnswer,
    ExplainAnswer,
    RelatedAnswer,
    SearchAnswer,
    SuggestAnswer,
)

ROUTES = (
    "/api/v1/search?q=a",
    "/api/v1/facets?q=a",
    "/api/v1/languages",
    "/api/v1/suggest?q=a",
    "/api/v1/explain?q=a&id=ar-1",
    "/api/v1/articles/ar-1",
    "/api/v1/articles/ar-1/related",
)


def error_of(response: Any) -> dict[str, Any]:
    """The error of an answer, which must have the one shape and nothing else."""
    body = json.loads(response.data)
    assert set(body) == {"error"}
    assert set(body["error"]) <= {"code", "message", "detail"}
    ErrorAnswer.model_validate(body)
    error: dict[str, Any] = body["error"]
    return error


def test_search_has_the_promised_names(client: FlaskClient) -> None:
    """`SearchAnswer` has no other names, and marks are code points of the snippet."""
    body = client.get("/api/v1/search", query_string={"q": "الجسر"}).get_json()
    assert set(body) == {
        "total", "total_relation", "stories", "stories_exact", "took_ms", "searched", "hits", "facets",
        "histogram", "notices", "accents",
    }  # fmt: skip
    hit = body["hits"][0]
    assert {"id", "lang", "title", "score", "published_at", "url", "snippets"} <= set(hit)
    assert hit["id"] == "ar-1"
    start, end = hit["snippets"][0]["marks"][0]
    assert hit["snippets"][0]["text"][start:end] == "الجسر"
    assert body["facets"]["lang"] == [{"value": "ar", "count": 1, "selected": False}]
    SearchAnswer.model_validate(body)


def test_hits_are_counted_by_date_where_that_is_asked_for(client: FlaskClient) -> None:
    """Bars end to end with their days, and what has no date."""
    assert client.get("/api/v1/search").get_json()["histogram"] is None
    body = client.get("/api/v1/search?histogram=1").get_json()
    SearchAnswer.model_validate(body)
    found = body["histogram"]
    assert (found["unit"], found["undated"], len(found["bars"])) == ("month", 2, 20)
    assert found["bars"][-1] == {"first": "2025-10-01", "last": "2025-10-31", "count": 2}


def test_articles_and_related_follow_their_models(client: FlaskClient) -> None:
    """Ids with slashes work; the answers fit the document's models."""
    body = client.get("/api/v1/articles/en/2025/bridge").get_json()
    assert body["article"]["id"] == "en/2025/bridge"
    ArticleAnswer.model_validate(body)
    related = client.get("/api/v1/articles/en/2025/bridge/related?limit=2").get_json()
    assert len(related["related"]) == 2
    RelatedAnswer.model_validate(related)


def test_search_passes_on_what_was_asked(client: FlaskClient, service: Any) -> None:
    """Filters, order, page and size reach the service."""
    client.get("/api/v1/search?q=a&lang=ar&lang=vi&from=2024&sort=oldest&page=2&size=5&facets=false&typed=1")
    asked = service.asked[-1]
    assert asked.filters.lang == ("ar", "vi")
    assert (asked.filters.date_from, asked.sort.value, asked.page, asked.page_size) == (
        "2024",
        "oldest",
        2,
        5,
    )
    assert (asked.facets, asked.as_typed) == (False, True)
    assert asked.fold is False
    client.get("/api/v1/search?q=a&fold=1")
    assert service.asked[-1].fold is True
    client.get("/api/v1/facets?q=a&typed=true")
    assert service.asked[-1].as_typed is True
    client.get("/api/v1/facets?q=a")
    assert service.asked[-1].as_typed is False


def test_a_rescued_query_has_the_promised_names(client: FlaskClient, service: Any) -> None:
    """What was searched, by which step, and what a word without accents may be."""
    service.searched = "dương"
    service.notices = (Notice(NoticeKind.RESCUED, "dương", step=Step.TELEX), Notice(NoticeKind.RELAXED))
    service.accents = (Accents("duong", 0, 5, (("đường", 412), ("dương", 96))),)
    body = client.get("/api/v1/search?q=duowng").get_json()
    assert body["searched"] == "dương"
    rescued = {"kind": "rescued", "text": "dương", "start": None, "end": None, "step": "telex"}
    assert body["notices"][:2] == [rescued, rescued | {"kind": "relaxed", "text": "", "step": None}]
    forms = [{"text": "đường", "articles": 412}, {"text": "dương", "articles": 96}]
    assert body["accents"] == [{"word": "duong", "start": 0, "end": 5, "forms": forms}]
    SearchAnswer.model_validate(body)


def test_an_explanation_follows_its_model(client: FlaskClient, service: Any) -> None:
    """Steps, fields and places; `score` is null for what the article does not have."""
    match = TermMatch("vi.syl", "cầu", 2, None, (Place("title", "Cầu", 1),))
    word = ExplainedWord("vi", "Cầu", 0, 3, (AnalysisStep("case", "Cầu", "cầu"),), (match,))
    service.explanation = Explanation("Caauf", "Cầu", "vi-1", "Cầu đi bộ", True, 1.5, (word,), (match,))
    body = client.get("/api/v1/explain?q=Caauf&id=vi-1").get_json()
    ExplainAnswer.model_validate(body)
    told = body["explanation"]
    assert (told["query"], told["searched"], told["score"]) == ("Caauf", "Cầu", 1.5)
    assert (
        told["extras"]
        == told["words"][0]["matches"]
        == [
            {
                "field": "vi.syl",
                "term": "cầu",
                "document_frequency": 2,
                "score": None,
                "places": [{"part": "title", "written": "Cầu", "count": 1}],
            }
        ]
    )


def test_completions_have_the_promised_names(client: FlaskClient, service: Any) -> None:
    """`{q, completions: [{text, query, lang, dir, kind}]}`; a name tells its own direction."""
    body = client.get(
        "/api/v1/suggest", query_string={"q": "ال", "lang": ["ar", "fa"], "limit": 3}
    ).get_json()
    assert service.typed == [("ال", ("ar", "fa"), 3)]
    title, author = body["completions"]
    assert title == {
        "text": "جسر جديد فوق نهر هان يفتح أمام المشاة",
        "query": "جسر جديد فوق نهر هان يفتح أمام المشاة",
        "lang": "ar",
        "dir": "rtl",
        "kind": "title",
    }
    assert (author["kind"], author["dir"], author["query"]) == ("author", "auto", 'author:"نديم الكرّام"')
    SuggestAnswer.model_validate(body)


@pytest.mark.parametrize("query", ["", "q=", "q=%20", "q=zzzz", "q=%00", "q=%F0%9F%98%80"])
def test_nothing_to_complete_is_an_empty_list(client: FlaskClient, query: str) -> None:
    response = client.get(f"/api/v1/suggest?{query}")
    assert response.status_code == 200
    assert response.get_json()["completions"] == []


@pytest.mark.parametrize(
    "query",
    [
        "q=" + "a" * 65,
        "limit=0",
        "limit=11",
        "limit=x",
        "lang=klingon+language",
        "&".join(["lang=ar"] * 21),
        "colour=red",
    ],
)
def test_completions_have_limits(client: FlaskClient, service: Any, query: str) -> None:
    """Status 400 in the one shape, and the service is not asked."""
    response = client.get(f"/api/v1/suggest?{query}")
    assert response.status_code == 400
    assert error_of(response)["code"] == "invalid_request"
    assert service.typed == []


@pytest.mark.parametrize(
    "query",
    [
        "page=0",
        "page=x",
        "size=101",
        "page=1000&size=100",
        "sort=shuffle",
        "colour=red",
        "from=yesterday",
        "month=2025-13",
        "lang=klingon+language",
        "q=" + "a" * 513,
        "from=2025&to=2024",
        "typed=maybe",
    ],
)
def test_wrong_parameters_are_named(client: FlaskClient, query: str) -> None:
    """Status 400 and every problem in `detail`; programs are told, not guessed at."""
    response = client.get(f"/api/v1/search?{query}")
    assert response.status_code == 400
    error = error_of(response)
    assert error["code"] == "invalid_request"
    assert error["detail"]["problems"]


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (IndexMissing("no index in /home/someone"), 503, "index_missing"),
        (IndexOutOfDate("schema 2", "schema 1"), 503, "index_out_of_date"),
        (QueryError("too deep"), 400, "bad_query"),
        (RuntimeError("secret detail"), 500, "internal_error"),
    ],
)
def test_every_route_fails_in_one_shape(
    client: FlaskClient, service: Any, route: str, error: Exception, status: int, code: str
) -> None:
    """Whatever the service raises becomes the one shape, without the server's paths or a traceback."""
    service.error = error
    response = client.get(route)
    assert response.status_code == status
    assert error_of(response)["code"] == code
    assert "/home" not in response.text
    assert "secret" not in response.text


@pytest.mark.parametrize(
    ("method", "route", "status"),
    [
        ("GET", "/api/v1/articles/none", 404),
        ("GET", "/api/v1/articles/none/related", 404),
        ("GET", "/api/v1/articles/none.xml", 404),
        ("GET", "/api/v1/articles/none/search.atom", 404),
        ("GET", "/api/v1/explain?q=a&id=none", 404),
        ("GET", "/api/v1/explain", 400),
        ("GET", "/api/v1/explain?q=a&id=ar-1&typed=maybe", 400),
        ("GET", "/api/v1/articles/ar-1/related?limit=0", 400),
        ("GET", "/api/v1/nothing", 404),
        ("GET", "/api/v2/search", 404),
        ("POST", "/api/v1/search", 405),
        ("GET", "/api/v1/articles/" + quote("x" * 300), 400),
    ],
)
def test_other_mistakes_have_the_shape_too(client: FlaskClient, method: str, route: str, status: int) -> None:
    """Unknown articles, addresses and methods."""
    response = client.open(route, method=method)
    assert response.status_code == status
    error_of(response)


def test_the_document_describes_every_route(client: FlaskClient) -> None:
    """OpenAPI 3.1 with all paths, each with its answer and the error shape."""
    document = client.get("/api/v1/openapi.json").get_json()
    assert document["openapi"].startswith("3.1")
    assert set(document["paths"]) == {
        "/api/v1/search",
        "/api/v1/facets",
        "/api/v1/languages",
        "/api/v1/suggest",
        "/api/v1/explain",
        "/api/v1/articles/{id}",
        "/api/v1/articles/{id}/related",
        "/api/v1/export",
        "/api/v1/related",
        "/api/v1/translation-checks",
        "/api/v1/translation-checks/{group}",
    }
    for route, path in document["paths"].items():
        answers = path["get"]["responses"]
        # A file of nothing is a file: an export is never missing.
        assert {"200", "400", "503"} | ({"404"} if not route.endswith("/export") else set()) <= set(answers)
        assert "ErrorAnswer" in json.dumps(answers["400"])
