"""What browsers and crawlers ask for first: OpenSearch description, completions, robots.txt."""

from __future__ import annotations

import json

from flask import Blueprint, Response, abort, g, render_template, request

from ...core.suggest import MAX_TYPED
from ..backend import Backend
from ..config import PAGE_LANGUAGES, WebConfig
from ..texts import page_language
from .freshness import entity_tag, fresh
from .site_root import root_or_404, site_root

_COMPLETIONS = 8
_SHORT = 16
"""Most characters of a search engine's name (OpenSearch 1.1, ShortName)."""


def discovery_blueprint(service: Backend, config: WebConfig) -> Blueprint:
    """The addresses by which browsers and crawlers know a site."""
    machines = Blueprint("machines", __name__)

    @machines.get("/opensearch.xml")
    def opensearch() -> Response:
        root = root_or_404()
        ui = request.args.get("ui", page_language())
        if ui not in PAGE_LANGUAGES:
            abort(400, f"ui={ui[:20]!r} cannot be used; write one of {', '.join(PAGE_LANGUAGES)}")
        # The description's own words are in the language that it leads to.
        g.page_language = ui
        body = render_template("opensearch.xml", root=root, ui=ui, short_name=config.title[:_SHORT].strip())
        response = Response(body, content_type="application/opensearchdescription+xml; charset=utf-8")
        return fresh(response, entity_tag("", body))

    @machines.get(f"/<any({', '.join(PAGE_LANGUAGES)}):ui>/suggestions")
    def suggestions(ui: str) -> Response:
        del ui
        typed = request.args.get("q", "")[:MAX_TYPED]
        found = service.suggest(typed, (), _COMPLETIONS)
        # OpenSearch Suggestions 1.1: what was typed, what it may become.
        body = json.dumps([typed, list(dict.fromkeys(item.query for item in found))], ensure_ascii=False)
        response = Response(body, content_type="application/x-suggestions+json; charset=utf-8")
        response.cache_control.max_age = 60
        return response

    @machines.get("/robots.txt")
    def robots() -> Response:
        root, script_root = site_root(), request.script_root
        body = render_template("robots.txt", root=root, script_root=script_root, languages=PAGE_LANGUAGES)
        return Response(body, content_type="text/plain; charset=utf-8")

    return machines
