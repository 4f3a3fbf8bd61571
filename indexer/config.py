"""Settings: HOME/dalil.toml, overruled by environment variables that begin with DALIL_."""

from __future__ import annotations

import difflib
import os
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, SettingsError

from .errors import ConfigError

DEFAULT_HOME = Path(".dalil")
"""Where archive and index are when neither `--home` nor DALIL_HOME says so: beside the files one works on."""

FILE = "dalil.toml"
PREFIX = "DALIL_"

_LIMIT = r"\d+ *(?:/|per) *(?:\d+ *)?(?:second|minute|hour|day|month|year)s?"

_SITE = r"^(?:https?://(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?/?)?$"

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class Settings(BaseSettings):
    """Every setting, its default and what is allowed; `dalil.toml.example` explains them to operators."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, extra="forbid", frozen=True)

    lock_wait_s: float = Field(default=30.0, ge=0, le=86_400)
    """Seconds that a job waits for another one that is writing."""
    commit_every: int = Field(default=2_000, ge=1, le=50_000)
    """Changed articles a commit of the index."""
    keep_generations: int = Field(default=2, ge=2, le=20)
    """Indexes that are kept, the serving one included; `dalil rollback` goes back to an older one."""
    canaries: tuple[Line, ...] = ()
    """Queries that must find something after each job, or with ` = ID` that article."""
    archive_url: Annotated[str, StringConstraints(strip_whitespace=True, max_length=2_000)] = Field(
        default="", repr=False
    )
    """Database of the archive on a server, which several machines share; empty for HOME/archive.db. Read by
    `archive_place`, once a process."""
    archive_password_file: Annotated[str, StringConstraints(strip_whitespace=True)] = ""
    """File whose first line is the password for it."""
    engine: Literal["whoosh", "opensearch"] = "whoosh"
    """What the next index is built with: files in the home, or an index of a cluster."""
    opensearch_urls: Annotated[str, StringConstraints(strip_whitespace=True, max_length=2_000)] = ""
    """Nodes of the cluster, separated by commas: `https://search-1:9200,https://search-2:9200`."""
    opensearch_user: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = ""
    """Name to sign in with; empty for a cluster that asks for none."""
    opensearch_password: Annotated[str, StringConstraints(max_length=1_000)] = Field(default="", repr=False)
    """Its password; better kept in `opensearch_password_file` or in the environment."""
    opensearch_password_file: Annotated[str, StringConstraints(strip_whitespace=True)] = ""
    """File whose first line is the password."""
    opensearch_ca_file: Annotated[str, StringConstraints(strip_whitespace=True)] = ""
    """PEM file of the authority that signed the cluster's certificates; empty for those of the system."""
    opensearch_verify: Literal["yes", "no"] = "yes"
    """Whether certificates are checked."""
    opensearch_prefix: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,60}$")] = "dalil"
    """What the names of its indexes begin with."""
    opensearch_shards: int = Field(default=1, ge=1, le=1_000)
    """Primary shards of the next index; `dalil plan` says how many."""
    opensearch_replicas: int = Field(default=0, ge=0, le=20)
    """Copies of each shard on other nodes."""
    opensearch_timeout_s: float = Field(default=10.0, gt=0, le=600)
    """Seconds that a search waits for the cluster."""
    host: Line = "127.0.0.1"
    """Address that `dalil serve` listens at."""
    port: int = Field(default=8080, ge=1, le=65_535)
    threads: int = Field(default=4, ge=1, le=64)
    """Requests that each process answers side by side."""
    processes: int = Field(default=0, ge=0, le=64)
    """Processes that answer; 0 for one a core, up to four."""
    title: Line = "Dalil"
    """Name in the browser's title bar."""
    default_language: Literal["ar", "vi", "en"] = "en"
    """Language of the pages for a browser that asks for none of them."""
    page_size: int = Field(default=10, ge=1, le=100)
    """Results a page."""
    rate_limit: Annotated[str, StringConstraints(pattern=rf"^(?:{_LIMIT}(?:[;,] *{_LIMIT})*)?$")] = (
        "240 per minute"
    )
    """Requests a client address; empty for no limit."""
    public_url: Annotated[str, StringConstraints(strip_whitespace=True, pattern=_SITE, max_length=200)] = ""
    """Scheme and host by which readers reach the server; empty: addresses in feeds name no host."""
    trusted_proxies: int = Field(default=0, ge=0, le=10)
    """Proxies in front of the server whose X-Forwarded headers are believed."""

    desk_password: Annotated[str, StringConstraints(pattern=r"^(?:.{8,200})?$")] = Field(
        default="", repr=False
    )
    """Password of the pages for editors, 8 to 200 characters; empty: all may read them and nobody change."""

    metrics: Literal["token", "local"] = "token"
    """Who is told `/metrics`: who has a token of the scope read, or this machine too."""
    ready_behind_s: float = Field(default=0.0, ge=0, le=86_400)
    """Seconds that a change may wait for the index before `/readyz` says 503; 0 for no limit."""
    log: Literal["auto", "json", "text"] = "auto"
    """Form of the server's log; auto: text on a terminal, else JSON."""
    log_queries: Literal["no", "yes"] = "no"
    """Whether what readers typed stands in the log."""

    @field_validator("*", mode="before")
    @classmethod
    def _no_truth(cls, value: Any) -> Any:
        # No setting is a yes or no, and `port = true` would be read as 1.
        if isinstance(value, bool):
            raise ValueError("true and false mean nothing here")  # noqa: TRY004 -- pydantic reports ValueError
        return value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment first, then what `load_settings` read from the file."""
        del settings_cls, dotenv_settings, file_secret_settings
        return env_settings, init_settings


def load_settings(home: Path) -> Settings:
    """The settings of a home. Raises `ConfigError` with every value that cannot be used."""
    path = home / FILE
    written = _read(path)
    unknown = [_unknown(name, path) for name in written if name not in Settings.model_fields]
    if unknown:
        raise ConfigError("; ".join(unknown))
    try:
        return Settings(**written)
    except ValidationError as error:
        problems = [_problem(dict(found), path) for found in error.errors(include_url=False)]
        raise ConfigError("; ".join(problems)) from None
    except SettingsError as error:
        # A list in the environment that is no JSON.
        raise ConfigError(f'{error}; write a list as ["one", "two"]') from None


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        raise ConfigError(f"{path} cannot be read ({error.strerror}); check its rights") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is not TOML: {error}; write lines such as port = 8080") from error


def _unknown(name: str, path: Path) -> str:
    near = difflib.get_close_matches(name, Settings.model_fields, n=1)
    remedy = f"did you mean {near[0]!r}?" if near else f"settings are {', '.join(Settings.model_fields)}"
    return f"{path}: there is no setting {name!r}; {remedy}"


def _problem(found: dict[str, Any], path: Path) -> str:
    """Where the value stands, what it is, what is allowed."""
    name = str(found["loc"][0])
    variables = {variable.upper(): variable for variable in os.environ}
    variable = variables.get(f"{PREFIX}{name}".upper())
    place = variable if variable and os.environ[variable] else f"{path}: {name}"
    allowed = str(found["msg"]).removeprefix("Value error, ")
    if name == "desk_password":
        # Never the value: messages end up in logs.
        return f"{place} cannot be used: a password has 8 to 200 characters in one line"
    if name == "archive_url":
        return f"{place} cannot be used: write a URL such as postgresql://user@host/database"
    if name == "opensearch_password":
        return f"{place} cannot be used: a password has at most 1000 characters"
    if name == "opensearch_prefix":
        allowed = "write lower-case letters, digits and hyphens, such as 'dalil'"
    if name == "rate_limit":
        allowed = "write it as '240 per minute', several joined by ';', or leave it empty"
    if name == "canaries":
        allowed = 'write a list of lines, such as ["Hà Nội", "فيتنام = ar-17"]'
    if name == "public_url":
        allowed = "write scheme and host, such as 'https://news.example', or leave it empty"
    return f"{place} is {str(found['input'])[:80]!r}: {allowed[:1].lower()}{allowed[1:]}"


def secret_in(path: str, setting: str) -> str:
    """The first line of a file that a setting names, blanks at its ends left out. Raises `ConfigError`."""
    try:
        return Path(path).read_text(encoding="utf-8").split("\n", 1)[0].strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"{setting} {path} cannot be read ({type(error).__name__}); check the path and its rights"
        ) from error
