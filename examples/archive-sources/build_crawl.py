"""Build ``examples/archive/crawl.warc.gz`` from the pages in ``crawl-pages/``.

    python examples/archive-sources/build_crawl.py

Needs warcio. Dates and record ids are fixed, so that the same pages give the same bytes (with the same zlib).
Besides the pages the crawl holds what every real crawl holds and no archive wants: a ``warcinfo`` record, a
``request``, ``robots.txt`` and an image.
"""

from __future__ import annotations

import gzip
import re
import sys
import uuid
from io import BytesIO
from pathlib import Path

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

HERE = Path(__file__).parent
PAGES = HERE / "crawl-pages"
TARGET = HERE.parent / "archive" / "crawl.warc.gz"
CRAWLED_AT = "2025-11-20T02:00:00Z"
# A transparent image of 1 x 1.
PIXEL = (
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\xff\xff\xff\x00\x00\x00!\xf9\x04\x01\x00\x00\x00\x00"
    b",\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
)


def record_id(what: str) -> str:
    """The same id for the same record in every build."""
    return f"<urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, what)}>"


def response(writer: WARCWriter, url: str, mime: str, payload: bytes, *, encoding: str = "") -> None:
    """Write one HTTP 200 response record."""
    headers = [("Content-Type", mime), ("Content-Length", str(len(payload)))]
    if encoding:
        headers.append(("Content-Encoding", encoding))
    record = writer.create_warc_record(
        url,
        "response",
        payload=BytesIO(payload),
        http_headers=StatusAndHeaders("200 OK", headers, protocol="HTTP/1.1"),
        warc_headers_dict={"WARC-Date": CRAWLED_AT, "WARC-Record-ID": record_id(f"response {url}")},
    )
    writer.write_record(record)


def request(writer: WARCWriter, url: str) -> None:
    """Write one request record, which holds no article."""
    record = writer.create_warc_record(
        url,
        "request",
        http_headers=StatusAndHeaders("GET / HTTP/1.1", [("Host", "example.org")], is_http_request=True),
        warc_headers_dict={"WARC-Date": CRAWLED_AT, "WARC-Record-ID": record_id(f"request {url}")},
    )
    writer.write_record(record)


def warcinfo(writer: WARCWriter) -> None:
    """Write the record that says who made this file."""
    record = writer.create_warc_record(
        "",
        "warcinfo",
        payload=BytesIO(
            b"software: examples/archive-sources/build_crawl.py\r\nformat: WARC File Format 1.0\r\n"
        ),
        warc_headers_dict={
            "WARC-Date": CRAWLED_AT,
            "WARC-Record-ID": record_id("warcinfo"),
            "WARC-Filename": TARGET.name,
            "Content-Type": "application/warc-fields",
        },
    )
    writer.write_record(record)


def canonical_url(page: str) -> str:
    """The address that the page gives for itself."""
    found = re.search(r'<link rel="canonical" href="([^"]+)">', page)
    if found is None:
        raise ValueError("a crawl page has no <link rel=canonical>")
    return found[1]


def main() -> int:
    """Write the crawl and say how large it is."""
    pages = sorted(PAGES.glob("*.html"))
    with TARGET.open("wb") as out:
        writer = WARCWriter(out, gzip=True, warc_version="1.0")
        warcinfo(writer)
        response(writer, "https://example.org/robots.txt", "text/plain", b"User-agent: *\nDisallow: /login\n")
        for number, path in enumerate(pages):
            text = path.read_text(encoding="utf-8")
            url, payload = canonical_url(text), text.encode()
            if number == 0:
                request(writer, url)
            if number == 1:  # one server compresses: readers must honour Content-Encoding
                packed = gzip.compress(payload, mtime=0)
                response(writer, url, "text/html; charset=utf-8", packed, encoding="gzip")
            else:
                response(writer, url, "text/html; charset=utf-8", payload)
        response(writer, "https://example.org/img/pixel.gif", "image/gif", PIXEL)
    print(f"{TARGET.name}: {len(pages)} pages, {TARGET.stat().st_size} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
