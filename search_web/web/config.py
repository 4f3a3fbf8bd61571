"""Settings of the web application."""

from __future__ import annotations

from dataclasses import dataclass, field

PAGE_LANGUAGES = ("ar", "vi", "en")
"""Languages of the pages themselves, in the order of the language switch."""
WARM_UP = "warm-up"
"""The address of requests that a server sends itself before the first reader comes; no reader has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebConfig:
    """How the pages behave; `create_app` takes one."""

    title: str = "Dalil"
    """Name in the browser's title bar and beside the logo's word."""
    default_language: str = "en"
    """Page language for a browser that asks for none of ours; one of `PAGE_LANGUAGES`."""
    page_size: int = 10
    """Results a page, 1 to 100."""
    rate_limit: str = "240 per minute"
    """Requests a client address, in Flask-Limiter's notation; empty for none."""
    public_url: str = ""
    """`https://news.example`: scheme and host for addresses in feeds and site maps; empty for none."""
    trusted_proxies: int = 0
    """Number of proxies in front whose `X-Forwarded-*` headers are believed."""
    max_content_length: int = 64 * 1024
    """Bytes of a request body; no route of ours reads one."""
    desk_password: str = field(default="", repr=False)
    """Of the pages for editors; empty: they can be read by all and changed by nobody."""
    local_metrics: bool = False
    """Whether `/metrics` is told to this machine without a token."""
    ready_behind_s: float = 0.0
    """Seconds that a change may wait for the index before the server is not ready; 0 for no limit."""
    log_queries: bool = False
    """Whether what readers typed stands in the log."""
    testing: bool = False
