"""Saved page text: what a browser shows of an article page, copied into a text file.

    Site name                                   not always there
    Title
    Lead                                        not always there
    Báo Sông XanhBáo Sông Xanh08/03/2024        by-line: a name (often twice, glued) and a date
    A caption.                                  a block that says one line twice
    A caption.
    First paragraph ...
    photo_4100.jpg                              an image file name, its caption in the same block
    A caption.
    Last paragraph ...
    Source: https://...                         the article ends here
    Comment (0)                                 ... or here; lists of other stories follow

Blocks are separated by blank lines. The structure decides; the only words known are the headings that end
an article, the labels of a source line and those of a photo credit, each in a few languages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from ..articles import Article
from .dates import parse_date
from .limits import InputDamaged, Limits, read_whole
from .records import article_or_reject, derived_id, language_of
from .rejects import Reject, excerpt

_SOURCE_LABELS = (
    "المصدر", "مصدر", "nguồn", "source", "sources", "fonte", "fuente", "quelle", "bron", "sumber",
    "источник", "ที่มา", "แหล่งที่มา", "来源", "來源", "出典", "출처", "ប្រភព", "ແຫຼ່ງທີ່ມາ",
)  # fmt: skip
_END_HEADINGS = frozenset((
    "نفس الفئة", "نفس المؤلف", "نفس الموضوع", "اقرأ أيضا", "اقرأ أيضًا", "مواضيع ذات صلة", "التعليقات",
    "cùng chuyên mục", "cùng tác giả", "cùng chủ đề", "tin liên quan", "bài liên quan", "tin cùng chuyên mục",
    "bình luận",
    "same category", "same author", "same topic", "related stories", "related articles", "related news",
    "read also", "comments",
    "même catégorie", "même auteur", "articles liés", "à lire aussi", "commentaires",
    "หมวดหมู่เดียวกัน", "ผู้เขียนเดียวกัน", "ข่าวที่เกี่ยวข้อง",
    "同类", "同一类别", "同一作者", "相关新闻", "相关文章",
    "no data",
))  # fmt: skip
_PHOTO_LABELS = (
    "photo", "image", "picture", "صورة", "الصورة", "تصوير", "ảnh", "hình", "crédit", "foto", "ภาพ", "图",
    "图片", "照片",
)  # fmt: skip

_DATE = r"\d{1,2}[/.\-]\d{1,2}[/.\-]\d{4}"
_CLOCK = r"\d{1,2}:\d{2}(?::\d{2})?"
_GAP = r"[\s,;|\-–·•]*"
_BYLINE = re.compile(
    rf"(?P<name>.*?){_GAP}(?P<when>(?:{_CLOCK}{_GAP})?{_DATE}(?:{_GAP}{_CLOCK})?)(?:\s*\(?(?:GMT|UTC)?[+-]?[\d:]*\)?)?\Z",
    re.IGNORECASE,
)
_SOURCE_LINE = re.compile(r"(?P<label>[^:：\d/]{2,30}?)\s*[:：]\s*(?P<url>https?://\S+)\Z")
_COMMENTS = re.compile(r"[^\d().:]{2,30}\s?[(（]\s?\d+\s?[)）]\Z")
_IMAGE_FILE = re.compile(
    r"[^\s/\\][^/\\]{0,150}\.(?:jpe?g|png|webp|gif|avif|bmp|svg|heic|tiff?)\Z", re.IGNORECASE
)
_CREDIT = re.compile(
    rf"[(（]\s*(?:{'|'.join(_PHOTO_LABELS)})\s*[:：][^()（）]{{1,80}}[)）]\s*\.?\Z", re.IGNORECASE
)
_SENTENCE_END = re.compile(r"[.!?…؟。！？।][\"'»”’)\]]*\Z")

_LONGEST_BYLINE = 150
_LONGEST_NAME = 70
_LONGEST_CAPTION = 500
_HEADER_LINES = 8
"""A by-line stands among the first lines of a page, not in the middle of its text."""
_PROSE = 80
"""Code points from which a line that ends as a sentence is prose, not a title or a name."""

Block = list[str]


@dataclass
class _Page:
    """The parts of a page as they are found."""

    header: list[str] = field(default_factory=list)
    source: str = ""
    published: str = ""
    body: list[str] = field(default_factory=list)
    images: dict[str, str] = field(default_factory=dict)
    """caption -> file name, empty when only the caption was seen."""
    source_url: str = ""


def read_page_text(stream: BinaryIO, path: str, limits: Limits) -> Iterator[Article | Reject]:
    """The article of one saved page, or why there is none."""
    try:
        text = _decode(read_whole(stream, limits.record, "a saved page"))
    except InputDamaged as error:
        yield Reject(path, "", str(error))
        return
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        where = f"line {line}, byte {error.start + 1} of the file"
        yield Reject(path, where, f"broken UTF-8 ({error.reason}); save the file as UTF-8", "")
        return
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        yield Reject(
            path, f"line {line}", "the page has a NUL byte; the file is damaged or not text", excerpt(text)
        )
        return
    page = parse_page(text)
    if not text.strip():
        yield Reject(path, "", "the file is empty")
    elif page is None:
        reason = (
            "no saved article: it has neither a by-line with a date (`Name26/10/2025`) nor a source line "
            "(`Source: https://...`); give --format if it is something else"
        )
        yield Reject(path, "", reason, excerpt(text.lstrip()))
    else:
        yield _article(page, path)


def _article(fields: dict[str, Any], path: str) -> Article | Reject:
    problems: list[str] = []
    try:
        fields["published_at"] = parse_date(fields["published_at"])
    except ValueError as error:
        problems.append(f"published_at {error}")
        fields["published_at"] = None
    fields["lang"] = language_of(fields)
    # A saved page does not tell its own address; editions of a story share a source link, never a language.
    name = (fields["source_url"], "") if fields["source_url"] else (fields["source"], fields["title"])
    fields["id"] = derived_id(*name, fields["lang"])
    return article_or_reject(fields, path, "", problems)


def parse_page(text: str) -> dict[str, Any] | None:
    """The record that a page's text holds, in `Article`'s names and without `lang`.

    `None` if the page has neither a by-line nor a source line.
    """
    blocks = _blocks(text)
    lines = [line for block in blocks for line in block]
    byline = _find_byline(lines)
    page = _Page()
    blocks = _cut_end(blocks, page, after=byline or 0)
    if byline is None and not page.source_url:
        return None
    if byline is None:
        _split_header_without_byline(blocks, page)
    else:
        found = _byline(lines[byline])
        assert found is not None
        page.source, page.published = found
        page.header = lines[:byline]
        blocks = _drop_lines(blocks, byline + 1)
        _read_body(blocks, page)
    return _record(page)


def _decode(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16")
    return data.decode("utf-8-sig")


def _blocks(text: str) -> list[Block]:
    blocks: list[Block] = [[]]
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        # A line of direction marks alone is blank to the eye.
        stripped = (
            line.strip().strip("\N{LEFT-TO-RIGHT MARK}\N{RIGHT-TO-LEFT MARK}\N{ZERO WIDTH SPACE}").strip()
        )
        if stripped:
            blocks[-1].append(stripped)
        elif blocks[-1]:
            blocks.append([])
    return [block for block in blocks if block]


def _find_byline(lines: list[str]) -> int | None:
    candidates = [i for i, line in enumerate(lines[:_HEADER_LINES]) if i and _byline(line)]
    doubled = [i for i in candidates if _undouble(_raw_name(lines[i])) != _raw_name(lines[i])]
    return next(iter(doubled or candidates), None)


def _raw_name(line: str) -> str:
    found = _BYLINE.match(line)
    return found["name"].strip() if found else ""


def _byline(line: str) -> tuple[str, str] | None:
    """(name, date) of a by-line; `None` for any other line, such as a sentence that ends in a date."""
    if len(line) > _LONGEST_BYLINE or not (found := _BYLINE.match(line)):
        return None
    name = _undouble(found["name"].strip())
    if len(name) > _LONGEST_NAME or _SENTENCE_END.search(name) or len(name.split()) > 10:
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


def _cut_end(blocks: list[Block], page: _Page, after: int) -> list[Block]:
    """The blocks before the end of the article; remembers the source link that marked it."""
    lines = [line for block in blocks for line in block]
    end = len(lines)
    for i in range(after + 1, len(lines)):
        found = _SOURCE_LINE.match(lines[i])
        if found and (_is_source_label(found["label"]) or i + 1 == len(lines) or _is_heading(lines[i + 1])):
            page.source_url, end = found["url"], i
            break
        if _is_heading(lines[i]):
            end = i
            break
    kept: list[Block] = []
    for block in blocks:
        if end <= 0:
            break
        kept.append(block[:end])
        end -= len(block)
    return kept


def _is_source_label(label: str) -> bool:
    return label.strip().casefold() in _SOURCE_LABELS


def _is_heading(line: str) -> bool:
    return bool(_COMMENTS.match(line)) or line.rstrip(":： ").casefold() in _END_HEADINGS


def _drop_lines(blocks: list[Block], count: int) -> list[Block]:
    kept = []
    for block in blocks:
        kept.append(block[count:])
        count = max(0, count - len(block))
    return [block for block in kept if block]


def _split_header_without_byline(blocks: list[Block], page: _Page) -> None:
    """Lines before the first prose are site name and title; there is no telling a lead from the body."""
    for number, block in enumerate(blocks):
        if _is_prose(block[0]) or _captions_of(block):
            page.header = [line for before in blocks[:number] for line in before][:_HEADER_LINES]
            _read_body(blocks[number:], page)
            return
    page.header = [line for block in blocks for line in block][:2]
    _read_body(_drop_lines(blocks, 2), page)


def _read_body(blocks: list[Block], page: _Page) -> None:
    for block in blocks:
        for caption, file_name in _captions_of(block):
            # The picture at the top is often shown again, with its file name, in the text.
            page.images[caption] = page.images.get(caption) or file_name
    for block in blocks:
        if not _captions_of(block):
            page.body.extend(line for line in block if line not in page.images)


def _captions_of(block: Block) -> list[tuple[str, str]]:
    """(caption, file name) of each picture that a block shows; empty for a block of text."""
    if _IMAGE_FILE.match(block[0]):
        captions: list[tuple[str, str]] = []
        for line in block:
            if _IMAGE_FILE.match(line):
                captions.append(("", line))
            elif not captions[-1][0]:
                captions[-1] = (line, captions[-1][1])
        return captions
    short = len(block[0]) <= _LONGEST_CAPTION
    if short and len(set(block)) == 1 and (len(block) > 1 or _CREDIT.search(block[0])):
        return [(block[0], "")]
    return []


def _is_prose(line: str) -> bool:
    return len(line) >= _PROSE and _SENTENCE_END.search(line) is not None


def _record(page: _Page) -> dict[str, Any]:
    site, title, lead = _title_and_lead(page.header)
    record: dict[str, Any] = {
        "title": title,
        "lead": lead,
        "body": [line for line in page.body if line != lead],
        "source": page.source or site,
        "published_at": page.published,
        "source_url": page.source_url,
        "images": [{"url": name, "caption": caption} for caption, name in page.images.items()],
    }
    return record


def _title_and_lead(header: list[str]) -> tuple[str, str, str]:
    """(site, title, lead) of the lines before the by-line, any of them possibly empty."""
    if len(header) < 2:
        return "", "".join(header), ""
    if _is_prose(header[1]) or (len(header) == 2 and _SENTENCE_END.search(header[1])):
        return "", header[0], "\n\n".join(header[1:])
    return header[0], header[1], "\n\n".join(header[2:])
