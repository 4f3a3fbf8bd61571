"""A home that articles are published to over HTTP, with a token of each scope and a hook."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from indexer.access import SCOPES, AccessFile
from indexer.config import Settings
from indexer.library import Library
from indexer.publishing import Publisher
from indexer.pulse import Pulse
from search_web.core.service import SearchService
from search_web.web.app import create_app
from search_web.web.config import WebConfig
from search_web.web.operations import Operations


@dataclass(frozen=True, slots=True)
class Press:
    """The server, and what opens it."""

    home: Path
    client: FlaskClient
    publisher: Publisher
    service: SearchService
    access: AccessFile
    tokens: dict[str, str]
    secret: str

    def send(
        self, method: str, path: str, body: Any = None, scope: str = "write", **headers: str
    ) -> TestResponse:
        """A request with the token of a scope; `body` as JSON unless it is text or bytes."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if scope:
            named["Authorization"] = f"Bearer {self.tokens.get(scope, scope)}"
        given = (
            {"data": body} if isinstance(body, str | bytes) else {"json": body} if body is not None else {}
        )
        return self.client.open(path, method=method, headers=named, **given)

    def put(self, article_id: str, title: str, *, wait: bool = True, **headers: str) -> TestResponse:
        """Publish an English article."""
        path = f"/api/v1/articles/{article_id}" + ("?wait=searchable" if wait else "")
        return self.send("PUT", path, {"lang": "en", "title": title}, **headers)


@pytest.fixture
def press(tmp_path: Path) -> Iterator[Press]:
    home = tmp_path / "home"
    access = AccessFile(home)
    tokens = {scope: access.create_token(scope, scope) for scope in SCOPES}
    secret = access.create_hook("cms")
    library = Library(home)
    service = SearchService(library)
    publisher = Publisher(home, library, Settings())
    pulse = Pulse(home, library)
    config = WebConfig(rate_limit="10 per minute", testing=True)
    app = create_app(service, config, operations=Operations(publisher, access, pulse))
    yield Press(home, app.test_client(), publisher, service, access, tokens, secret)
    publisher.close()
    pulse.close()
    library.close()
