"""The pages for editors and their API, put together."""

from __future__ import annotations

from flask import Response
from flask_openapi3.openapi import OpenAPI

from ..errors import json_error
from ..views import page_numbers
from .access import TooManyAttempts
from .api import desk_api_blueprint
from .check_views import add_check, kind_words
from .names_views import add_names
from .saved_views import add_saved, saved_feeds
from .views import Desk, desk_blueprint


def add_desk(app: OpenAPI, desk: Desk) -> None:
    """Everything under `/desk` in each page language, the feeds of saved searches, the API."""
    app.register_blueprint(desk_blueprint(desk, (add_check, add_saved, add_names)))
    app.register_blueprint(saved_feeds(desk))
    app.register_api(desk_api_blueprint(desk))
    app.register_error_handler(TooManyAttempts, _too_many)
    app.jinja_env.globals.update(kind_words=kind_words, page_numbers=page_numbers)


def _too_many(error: TooManyAttempts) -> Response:
    # Pages catch it themselves: only the API comes here.
    response = json_error(429, "too_many_attempts", str(error))
    response.headers["Retry-After"] = str(error.wait_s)
    return response
