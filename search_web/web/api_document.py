"""The application with an OpenAPI document that is whole: every route, who may use it, no empty part."""

from __future__ import annotations

from typing import Any

from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.openapi import OpenAPI

TOKEN: list[dict[str, list[str]]] = [{"token": []}]
"""What a route needs that takes a token only."""
TOKEN_OR_NOTHING: list[dict[str, list[str]]] = [{"token": []}, {}]
"""What a route needs that an operator may have closed."""
SIGNATURE: list[dict[str, list[str]]] = [{"signature": [], "timestamp": []}]
"""What a hook needs."""
SCHEMES: dict[str, Any] = {
    "token": {
        "type": "http",
        "scheme": "bearer",
        "description": "A token of `dalil token create`; for the desk's routes its password too",
    },
    "signature": {
        "type": "apiKey",
        "in": "header",
        "name": "X-Dalil-Signature",
        "description": "sha256= and the HMAC-SHA256 of TIMESTAMP.BODY with the hook's secret, in hex",
    },
    "timestamp": {
        "type": "apiKey",
        "in": "header",
        "name": "X-Dalil-Timestamp",
        "description": "Seconds since 1970",
    },
}


class DocumentedApp(OpenAPI):
    """Flask with the document. Two parts may have methods of one address: both are described."""

    def __init__(self, import_name: str, **options: Any) -> None:
        super().__init__(import_name, security_schemes=SCHEMES, **options)

    def register_api(self, api: APIBlueprint, **options: Any) -> None:
        """Add the routes of a part, beside those that its addresses have already."""
        known = dict(self.paths)
        super().register_api(api, **options)
        for path, before in known.items():
            now = self.paths[path]
            for method in before.model_fields_set - now.model_fields_set:
                setattr(now, method, getattr(before, method))
