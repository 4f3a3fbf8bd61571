"""The parts of a saved page: title, lead, by-line, captions, text, source link. `page_text.py` draws one."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from .page_words import COMMENT_HEADINGS, LIST_HEADINGS, PHOTO_LABELS, SOURCE_LABELS

_DATE = r"(?:\d{1,2}[/.\-]\d{1,2}[/.\-]\d{4}|\d{4}[/.\-]\d{1,2}[/.\-]\d{1,2})"
_CLOCK = r"\d{1,2}:\d{2}(?::\d{2})?"
_GAP = r"[\s,;|\-–·•]*"
_BYLINE = re.compile(
    rf"(?P<name>.*?){_GAP}(?P<when>(?:{_CLOCK}{_GAP})?{_DATE}(?:{_GAP}{_CLOCK})?)"
    r"(?:\s*\(?(?:GMT|UTC)?[+-]?[\d:]*\)?)?\Z",
    re.IGNORECASE,
)
_SOURCE_LINE = re.compile(r"(?P<label>[^:：\d/]{2,30}?)\s*[:：]\s*(?P<url>https?://\S+)\Z")
_COUNTED = re.compile(r"(?P<label>[^\d().:]{2,30}?)\s?[(（]\s?(?P<count>\d+)\s?[)）]\Z")
_IMAGE_FILE = re.compile(
    r"[^\s/\\][^/\\]{0,150}\.(?:jpe?g|png|webp|gif|avif|bmp|svg|heic|tiff?)\Z", re.IGNORECASE
)
_CREDIT = re.compile(
    rf"[(（]\s*(?:{'|'.join(PHOTO_LABELS)})\s*[:：][^()（）]{{1,80}}[)）]\s*\.?\Z", re.IGNORECASE
)
_SENTENCE_END = re.compile(r"[.!?…؟。！？।][\"'»”’)\]]*\Z")
_FULL_STOP = re.compile(r"[.…。।][\"'»”’)\]]*\Z")
_SITE = re.compile(r"[\w-]+(?:\.[\w-]+)*\.[a-z]{2,10}\b", re.IGNORECASE)
# Direction marks stand around names, dates and links of right-to-left pages and say nothing of them.
_DIRECTION_MARKS = dict.fromkeys(
    (0x061C, 0x200B, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF)
)

_LONGEST_BYLINE = 150
_LONGEST_NAME = 70
_MOST_NAME_WORDS = 10
_LONGEST_CAPTION = 500
_HEADER_LINES = 8
"""A by-line stands among the first lines of a page, not in the middle of its text."""
_PROSE = 80
"""Code points from which a line that ends as a sentence is prose, not a title or a name."""

Block = list[str]


@dataclass(slots=True)
class _Page:
    """The parts of a page as they are found."""

    header: list[str] = field(default_factory=list)
    source: str = ""
    published: str = ""
    body: list[str] = field(default_factory=list)
    images: list[dict[str, str]] = field(default_factory=list)
    source_url: str = ""


def parse_page(text: str) -> dict[str, Any] | None:
    """The record that a page's text holds, in `Article`'s names and without `lang`.

    `None` if the page has neither a by-line nor a source line.
    """
    page = _Page()
    blocks = _blocks(text)
    lines = [line for block in blocks for line in block]
    at = _find_byline(lines)
    blocks = _without_end(blocks, lines, page, after=at or 0)
    if at is None and not page.source_url:
        return None
    if at is None:
        blocks = _take_header(blocks, page)
    else:
        page.source, page.published = _byline(lines[at]) or ("", "")
        page.header = lines[:at]
        blocks = _drop_lines(blocks, at + 1)
    _read_body(blocks, page)
    return _record(page)


def _blocks(text: str) -> list[Block]:
    blocks: list[Block] = [[]]
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        if _bare(line):
            blocks[-1].append(line.strip())
        elif blocks[-1]:
            blocks.append([])
    return [block for block in blocks if block]


def _bare(line: str) -> str:
    """A line without direction marks: of these alone it is blank to the eye."""
    return line.translate(_DIRECTION_MARKS).strip()


def _find_byline(lines: list[str]) -> int | None:
    candidates = [i for i, line in enumerate(lines[:_HEADER_LINES]) if i and _byline(line)]
    doubled = [i for i in candidates if _undouble(_raw_name(lines[i])) != _raw_name(lines[i])]
    return next(iter(doubled or candidates), None)


def _raw_name(line: str) -> str:
    found = _BYLINE.match(_bare(line))
    return found["name"].strip() if found else ""


def _byline(line: str) -> tuple[str, str] | None:
    """(name, date) of a by-line; `None` for any other line, such as a sentence that ends in a date."""
    if len(line) > _LONGEST_BYLINE or not (found := _BYLINE.match(_bare(line))):
        return None
    name = _undouble(found["name"].strip())
    if len(name) > _LONGEST_NAME or _SENTENCE_END.search(name) or len(name.split()) > _MOST_NAME_WORDS:
        return None
    return name, found["when"]


def _undouble(name: str) -> str:
    """`Báo Sông XanhBáo Sông Xanh` -> `Báo Sông Xanh`; any other name as it is.

    >>> _undouble("Ba Sông Ba Sông")
    'Ba Sông'
    """
    half = len(name) // 2
    for cut in (half, half + 1):
        first, second = name[:cut].strip(" -–|,•"), name[cut:].strip(" -–|,•")
        if first and first == second:
            return first
    return name


def _without_end(blocks: list[Block], lines: list[str], page: _Page, after: int) -> list[Block]:
    """The blocks before the end of the article, without lists of other stories between paragraphs.

    Remembers the source link. A list ends the article unless a source line comes after it.
    """
    source = comments = first_list = len(lines)
    prose_follows, url = False, ""
    for i in range(len(lines) - 1, after, -1):
        if _is_comments(lines[i], prose_follows=prose_follows):
            comments = i
        elif _is_list(lines[i]):
            first_list = i
        elif link := _source_link(lines, i):
            source, url = i, link
        prose_follows = prose_follows or _is_prose(lines[i])
    if source < comments:
        page.source_url, end = url, source
    else:
        end = min(comments, first_list)
    unwanted = _lines_of_lists(lines[:end], after)
    kept: list[Block] = []
    number = 0
    for block in blocks:
        numbered = enumerate(block, start=number)
        kept.append([line for i, line in numbered if i < end and i not in unwanted])
        number += len(block)
    return [block for block in kept if block]


def _lines_of_lists(lines: list[str], after: int) -> set[int]:
    """A list between paragraphs: its heading and the titles up to the next line that ends as a sentence."""
    found: set[int] = set()
    within = False
    for i in range(after + 1, len(lines)):
        within = _is_list(lines[i]) or (within and not _SENTENCE_END.search(lines[i]))
        if within:
            found.add(i)
    return found


def _source_link(lines: list[str], at: int) -> str:
    """The link behind a known label, or behind any when the comments or nothing at all come next."""
    if not (found := _SOURCE_LINE.match(_bare(lines[at]))):
        return ""
    known = found["label"].strip().casefold() in SOURCE_LABELS
    last = at + 1 == len(lines) or _is_list(lines[at + 1]) or _COUNTED.match(_bare(lines[at + 1]))
    return found["url"] if known or last else ""


def _is_list(line: str) -> bool:
    return _bare(line).rstrip(":： ").casefold() in LIST_HEADINGS


def _is_comments(line: str, *, prose_follows: bool) -> bool:
    """`Comments (3)` in a known language, or in any when no prose follows: `Cup (1998)` may head text."""
    line = _bare(line)
    if line.rstrip(":： ").casefold() in COMMENT_HEADINGS:
        return True
    if not (found := _COUNTED.match(line)):
        return False
    if found["label"].strip().casefold() in COMMENT_HEADINGS or int(found["count"]) == 0:
        return True
    return not prose_follows


def _drop_lines(blocks: list[Block], count: int) -> list[Block]:
    kept = []
    for block in blocks:
        kept.append(block[count:])
        count = max(0, count - len(block))
    return [block for block in kept if block]


def _take_header(blocks: list[Block], page: _Page) -> list[Block]:
    """Without a by-line the lines before the first prose are site name and title, never a lead."""
    lines = [line for block in blocks for line in block]
    first = next((i for i, line in enumerate(lines) if _is_prose(line) or _IMAGE_FILE.match(line)), 2)
    page.header = lines[: min(first, 2)]
    return _drop_lines(blocks, len(page.header))


def _read_body(blocks: list[Block], page: _Page) -> None:
    without_file: dict[str, dict[str, str]] = {}
    for block in blocks:
        file = None
        for i, line in enumerate(block):
            short = len(line) <= _LONGEST_CAPTION
            if _IMAGE_FILE.match(line):
                file = {"url": line, "caption": ""}
                page.images.append(file)
                continue
            if file is not None and short:
                file["caption"] = line
            elif short and (line in block[max(0, i - 1) : i] + block[i + 1 : i + 2] or _CREDIT.search(line)):
                without_file.setdefault(line, {"url": "", "caption": line})
            else:
                page.body.append(line)
            file = None
    _join_pictures(page, without_file)


def _join_pictures(page: _Page, without_file: dict[str, dict[str, str]]) -> None:
    """A picture at the top is often shown again, with its file, in the text: it is one picture."""
    with_file = {image["caption"] for image in page.images}
    page.images += [image for caption, image in without_file.items() if caption not in with_file]
    captions = {image["caption"] for image in page.images}
    page.body = [line for line in page.body if line not in captions]


def _is_prose(line: str) -> bool:
    return len(line) >= _PROSE and _SENTENCE_END.search(line) is not None


def _record(page: _Page) -> dict[str, Any]:
    site, title, lead = _title_and_lead(page.header)
    return {
        "title": title,
        "lead": lead,
        "body": [line for line in page.body if line != lead],
        "source": page.source or site,
        "published_at": page.published,
        "source_url": page.source_url,
        "images": page.images,
    }


def _title_and_lead(header: list[str]) -> tuple[str, str, str]:
    """(site, title, lead) of the lines before the by-line, any of them possibly empty."""
    first, *rest = header or [""]
    if not rest:
        return "", first, ""
    # A second line that ends as a statement is a lead; a title may end in a question.
    is_lead = _FULL_STOP.search(rest[0]) and (len(rest) == 1 or _is_prose(rest[0]))
    if is_lead and not _SITE.match(_bare(first)):
        return "", first, "\n\n".join(rest)
    return first, rest[0], "\n\n".join(rest[1:])
