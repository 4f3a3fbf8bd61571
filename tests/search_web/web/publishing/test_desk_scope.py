"""A token of the scope `desk` is as good as the password, for programs and for the desk's API alone."""

from __future__ import annotations

import pytest

from search_web.web.app import create_app
from search_web.web.config import WebConfig
from search_web.web.operations import Operations
from tests.search_web.web.publishing.conftest import Press


@pytest.mark.parametrize(
    ("scope", "status"), [("desk", 200), ("write", 401), ("read", 401), ("", 401), ("the password", 200)]
)
def test_who_may_ask_the_desk(press: Press, scope: str, status: int) -> None:
    press.put("a", "one")
    config = WebConfig(desk_password="the password", rate_limit="")  # noqa: S106
    app = create_app(press.service, config, operations=Operations(guard=press.access))
    given = press.tokens.get(scope, scope)
    answer = app.test_client().get("/api/v1/related?id=a", headers={"Authorization": f"Bearer {given}"})
    assert answer.status_code == status
