"""An article as a citation: one line of text, a BibTeX entry, a RIS record. Pure: no Flask here.

Sources: the BibTeX manual (Patashnik 1988) with the fields that biblatex and Zotero share, and the RIS format
specifications (Research Information Systems), type NEWS.
"""

from __future__ import annotations

import re
import unicodedata
import zlib
from collections.abc import Callable, Mapping
from datetime import date

from babel import Locale, UnknownLocaleError
from babel.dates import format_date

from indexer.articles import Article

_GIVEN_NAME_FIRST = ("en", "fr", "de", "es", "it", "pt", "nl")
"""Languages whose names BibTeX may take apart; of others it would make a family name of the last word."""
_BIBTEX_SIGNS = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}
_BIBTEX_IN_URL = {sign: f"%{ord(sign):02X}" for sign in "{}\\ "}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_QUOTES = {"ar": "«»", "fa": "«»", "ur": "«»", "fr": "«»", "ru": "«»", "zh": "《》", "ja": "「」"}
_COMMAS = {"ar": "، ", "fa": "، ", "ur": "، ", "zh": "，", "ja": "、"}
_MOST_NAMED = 10
"""Authors in the line of text; the files have all of them."""


def pieces(article: Article, address: str) -> list[tuple[str, bool]]:
    """One line in the article's own language, in pieces: authors, title, publisher, day, address.

    Of each, whether it is a name, a title, a day or an address: such a piece may be in another direction than
    the line, and a page sets it apart.

    >>> bridge = Article(id="x", lang="en", title="Bridge opens", authors=("A. Finch",))
    >>> "".join(text for text, _ in pieces(bridge, "https://e.org/x"))
    'A. Finch. “Bridge opens”. https://e.org/x'
    """
    language = article.lang.partition("-")[0]
    comma = (_COMMAS.get(language, ", "), False)
    quotes = _QUOTES.get(language, "“”")
    authors = [(name, True) for name in article.authors[:_MOST_NAMED]]
    if len(article.authors) > _MOST_NAMED:
        authors.append(("…", False))
    title = [(quotes[0], False), (article.title, True), (quotes[1], False)] if article.title else []
    published = [(text, True) for text in (article.source, _day(article, language)) if text]
    found: list[tuple[str, bool]] = []
    for sentence in (_joined(authors, comma), title, _joined(published, comma)):
        if sentence:
            # An abbreviated name or an ellipsis at the end has its full stop already.
            found += [*sentence, (" " if sentence[-1][0].endswith((".", "…")) else ". ", False)]
    return [*found, (address, True)]


def _joined(parts: list[tuple[str, bool]], comma: tuple[str, bool]) -> list[tuple[str, bool]]:
    return [piece for part in parts for piece in (comma, part)][1:]


def bibtex(article: Article, address: str) -> str:
    """An entry for BibTeX, biblatex and what reads their files, in UTF-8; ends with a line break."""
    language = article.lang.partition("-")[0]
    given_first = language in _GIVEN_NAME_FIRST
    fields: dict[str, str] = {}
    if article.authors:
        names = (_bibtex_text(name) for name in article.authors)
        fields["author"] = " and ".join(
            name if given_first and not re.search(r"[,{}]|\band\b", name) else f"{{{name}}}" for name in names
        )
    if article.title:
        # The inner pair keeps capitals as they are.
        fields["title"] = f"{{{_bibtex_text(article.title)}}}"
    if article.source:
        fields["journal"] = _bibtex_text(article.source)
    if day := _date(article):
        fields["year"] = str(day.year)
        fields["month"] = _MONTHS[day.month - 1]
        fields["day"] = str(day.day)
    fields["url"] = "".join(_BIBTEX_IN_URL.get(sign, sign) for sign in address)
    fields["language"] = article.lang
    if article.tags:
        fields["keywords"] = ", ".join(_bibtex_text(tag).replace(",", " ") for tag in article.tags)
    kind = "article" if article.source else "misc"
    lines = [
        f"  {name} = {value if name == 'month' else '{' + value + '}'}," for name, value in fields.items()
    ]
    return "\n".join([f"@{kind}{{{citation_key(article)},", *lines, "}", ""])


def ris(article: Article, address: str) -> str:
    """A RIS record of a newspaper article, in UTF-8, lines ended as the format asks (CR LF)."""
    pairs = [("TY", "NEWS"), ("ID", citation_key(article)), ("TI", article.title)]
    pairs += [("AU", name.replace("*", " ")) for name in article.authors]
    pairs += [("T2", article.source.replace("*", " ")), ("SE", article.section)]
    if day := _date(article):
        pairs += [("PY", str(day.year)), ("DA", f"{day:%Y/%m/%d}")]
    pairs += [("AB", article.lead), ("LA", article.lang), ("UR", address)]
    pairs += [("KW", tag.replace("*", " ")) for tag in article.tags]
    lines = [f"{name}  - {' '.join(value.split())}" for name, value in pairs if value]
    return "\r\n".join([*lines, "ER  - ", ""])


FILES: Mapping[str, tuple[Callable[[Article, str], str], str]] = {
    "bib": (bibtex, "application/x-bibtex"),
    "ris": (ris, "application/x-research-info-systems"),
}
"""What a citation can be downloaded as: ending of the file -> (what writes it, media type)."""


def citation_key(article: Article) -> str:
    """A name for the article in ASCII letters, digits and hyphens, at most 60 of them; equal ids, equal keys.

    >>> citation_key(Article(id="https://example.org/vi/cầu-đi-bộ", lang="vi"))
    'https-example-org-vi-cau-di-bo'
    """
    bare = unicodedata.normalize("NFKD", article.id.replace("đ", "d").replace("Đ", "D"))
    letters = re.sub(r"[^A-Za-z0-9]+", "-", "".join(c for c in bare if not unicodedata.combining(c)))
    key = letters.strip("-")
    lost = any(c.isalpha() and not c.isascii() and not unicodedata.combining(c) for c in bare)
    if len(key) > 60 or lost or not key:
        digest = f"{zlib.crc32(article.id.encode()):08x}"
        key = f"{key[:50].rstrip('-')}-{digest}".lstrip("-")
    return key


def _date(article: Article) -> date | None:
    return article.published_at.date() if article.published_at else None


def _day(article: Article, language: str) -> str:
    day = _date(article)
    if day is None:
        return ""
    try:
        locale = Locale.parse(language)
    except (ValueError, UnknownLocaleError):
        return day.isoformat()
    return format_date(day, format="long", locale=locale)


def _bibtex_text(text: str) -> str:
    return "".join(_BIBTEX_SIGNS.get(sign, sign) for sign in " ".join(text.split()))
