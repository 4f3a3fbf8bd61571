"""Bodies of requests as articles; whatever is wrong is told with its reason."""

from __future__ import annotations

import io
import json
from typing import Any

from flask import Response

from indexer.archive.publications import Operation, Removal
from indexer.articles import MAX_ID, Article, clean_text
from indexer.sources import Reject
from indexer.sources.jsonl import read_lines
from indexer.sources.limits import DEFAULT_LIMITS
from indexer.sources.records import read_record

from ..errors import json_error


class Refused(Exception):
    """A record that is no article; nothing was done."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message

    def response(self) -> Response:
        """As the API's error."""
        return json_error(self.status, self.code, self.message)


def read_article(body: bytes, article_id: str) -> Article:
    """The article of a body that is to have this id. Raises `Refused`."""
    value = _json(body)
    if not isinstance(value, dict):
        raise Refused(422, "not_an_article", f"an article is a JSON object, got {type(value).__name__}")
    given = value.get("id")
    if given not in (None, "", article_id):
        raise Refused(
            422,
            "id_differs",
            f"the record has the id {str(given)[:80]!r}, the address {article_id[:80]!r}; leave one out",
        )
    return _article(value | {"id": article_id})


def read_operations(body: bytes, most: int) -> list[Operation]:
    """What a hook is to do: one record, or a list. Raises `Refused` if any of it cannot be done."""
    value = _json(body)
    values = value if isinstance(value, list) else [value]
    if not values or len(values) > most:
        raise Refused(422, "bad_list", f"the list has {len(values)} records; send 1 to {most}")
    return [_operation(one) for one in values]


def read_line(line: bytes) -> Operation:
    """What a line of a bulk is to do. Raises `Refused`."""
    if b'"delete"' in line:
        try:
            value = json.loads(line)
        except (ValueError, RecursionError):
            value = None
        if isinstance(value, dict) and "delete" in value:
            return _removal(value)
    for found in read_lines(io.BytesIO(line), "bulk", DEFAULT_LIMITS):
        if isinstance(found, Reject):
            raise Refused(422, "invalid_article", found.reason)
        return found
    raise Refused(422, "invalid_article", "the line is empty")


def removal_of(article_id: str) -> Removal:
    """Take out what was published under this id, which an article has as one clean line."""
    return Removal(" ".join(clean_text(article_id).split()))


def _json(body: bytes) -> Any:
    try:
        return json.loads(body.decode("utf-8-sig"), parse_constant=_no_constant)
    except UnicodeDecodeError as error:
        raise Refused(
            400, "bad_json", f"the body is not UTF-8 at byte {error.start + 1}; send UTF-8"
        ) from None
    except RecursionError:
        raise Refused(400, "bad_json", "the body is not JSON: nested too deeply") from None
    except ValueError as error:
        raise Refused(400, "bad_json", f"the body is not JSON: {str(error)[:200]}") from None


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not a JSON number")


def _operation(value: Any) -> Operation:
    if not isinstance(value, dict):
        raise Refused(422, "not_an_article", f"an article is a JSON object, got {type(value).__name__}")
    return _removal(value) if "delete" in value else _article(value)


def _removal(value: dict[str, Any]) -> Removal:
    wanted = value["delete"]
    if not isinstance(wanted, str) or not 0 < len(wanted) <= MAX_ID or len(value) > 1:
        raise Refused(422, "bad_delete", 'to take an article out, send {"delete": "ID"} and nothing else')
    return removal_of(wanted)


def _article(value: dict[str, Any]) -> Article:
    found = read_record(value, "request", "")
    if isinstance(found, Reject):
        raise Refused(422, "invalid_article", found.reason)
    return found
