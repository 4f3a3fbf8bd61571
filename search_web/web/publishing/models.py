"""What the publishing part of the API takes and gives, as its OpenAPI document shows it."""

from __future__ import annotations

from typing import Literal

from flask_openapi3.models import RawModel
from flask_openapi3.models.tag import Tag
from pydantic import BaseModel, ConfigDict, Field

ARTICLE_BYTES = 16 * 1024 * 1024
"""Of one article as JSON: two million characters, each written as an escape, with all else."""
BULK_BYTES = 128 * 1024 * 1024
"""Of a whole bulk request, and of any other request that a server takes in at all."""
HOOK_BYTES = 4 * 1024 * 1024
"""Of a post to a hook, which is signed as a whole and so is taken in from anyone."""
MOST_WAITED_S = 30
TAG = Tag(name="publish", description="Publish and remove articles, with a token of the scope write")


class WriteQuery(BaseModel):
    """When the answer is wanted."""

    model_config = ConfigDict(extra="forbid")

    wait: Literal["", "searchable"] = Field(
        "", description="`searchable`: answer when searches find it, after 30 seconds at the latest"
    )


class JobPath(BaseModel):
    """Which job."""

    id: str = Field(min_length=1, max_length=64)


class HookPath(BaseModel):
    """Which hook."""

    name: str = Field(min_length=1, max_length=64)


class ArticleRecord(RawModel):
    """An article: the fields of `dalil export`, or schema.org's names."""

    mimetypes = ["application/json"]  # noqa: RUF012  # so it is declared there


class ArticleLines(RawModel):
    """An article a line; `{"delete": "ID"}` takes one out."""

    mimetypes = ["application/x-ndjson"]  # noqa: RUF012


class HookRecords(RawModel):
    """An article, or a list of articles and of `{"delete": "ID"}`."""

    mimetypes = ["application/json"]  # noqa: RUF012


class JobAnswer(BaseModel):
    """What a job did."""

    job: str
    state: Literal["archived", "searchable"] = Field(description="Safe on the disk, or found by searches too")
    done: bool = Field(description="False while lines of a bulk are still to come")
    archived_at: str
    sequence: int = Field(description="The change of the archive that an index must have")
    counts: dict[str, int] = Field(description="new, changed, unchanged, held, removed, absent, rejected")
    searchable_s: float | None = Field(
        None, description="Seconds from the request until searches found it, where one waited for that"
    )


class WriteAnswer(JobAnswer):
    """What became of one article."""

    id: str
    status: str = Field(description="new, changed, unchanged, held (under embargo), removed, absent")
