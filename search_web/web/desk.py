"""The pages for editors, put together."""

from __future__ import annotations

from flask import Flask

from .desk_check_views import add_check, kind_words
from .desk_names_views import add_names
from .desk_saved_views import add_saved, saved_feeds
from .desk_views import Desk, desk_blueprint
from .views import page_numbers


def add_desk(app: Flask, desk: Desk) -> None:
    """Everything under `/desk` in each page language, and the feeds of saved searches."""
    app.register_blueprint(desk_blueprint(desk, (add_check, add_saved, add_names)))
    app.register_blueprint(saved_feeds(desk))
    app.jinja_env.globals.update(kind_words=kind_words, page_numbers=page_numbers)
