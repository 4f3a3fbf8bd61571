"""Results as links to paste elsewhere: plain text, Markdown, HTML."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from flask import request
from markupsafe import escape

from ...core.pages import Result
from ..addresses import article_href
from ..machines.site_root import site_root
from ..rendering import text_dir, web_link

_MARKDOWN = re.compile(r"([\\`*_\[\]<>#|~!])")


@dataclass(frozen=True, slots=True)
class Copied:
    """A list of links in the three forms."""

    plain: str
    markdown: str
    html: str


def copied(results: Sequence[Result]) -> Copied:
    """Each result once, in order; its own address, or that of our page of it where it has none."""
    links = {result.id: (result, _address(result)) for result in results}.values()
    titled = [(result, " ".join(result.title.text.split()) or result.id, link) for result, link in links]
    return Copied(
        plain="\n".join(f"{title}\n{link}\n" for _, title, link in titled).rstrip(),
        markdown="\n".join(f"- [{_MARKDOWN.sub(_ESCAPED, title)}](<{link}>)" for _, title, link in titled),
        html="<ul>\n" + "".join(_item(*found) for found in titled) + "</ul>" if titled else "",
    )


_ESCAPED = r"\\\1"


def _item(result: Result, title: str, link: str) -> str:
    direction = text_dir(result.lang)
    attributes = f'lang="{escape(result.lang)}" dir="{direction}"'
    return f'<li><a href="{escape(link)}" {attributes}>{escape(title)}</a></li>\n'


def _address(result: Result) -> str:
    own = web_link(result.url)
    # What ends a link of Markdown stands in no address.
    if own and not any(sign.isspace() or sign in "<>" for sign in own):
        return own
    return (site_root() or request.host_url.rstrip("/")) + article_href(result.id)
