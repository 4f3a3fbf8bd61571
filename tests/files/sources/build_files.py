"""Writes the good, truncated and hostile files beside it; run it to make them anew, byte for byte.

Every text, name and host in them is invented.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import zipfile
from pathlib import Path

HERE = Path(__file__).parent
BODY = (
    "The old ferry between the two banks stopped on Monday, and forty boats carried pupils over the river "
    "instead. The school bell rang half an hour later than on other days."
)
MORE = "The council of the invented town of Lan Ha expects the bridge to open before the rains of summer."


def page(title: str, slug: str, *, body: str = BODY + "</p><p>" + MORE, head: str = "") -> str:
    """A small article page with a menu around it."""
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title} - Lan Ha Post</title>'
        f'<link rel="canonical" href="https://lanha.example/en/{slug}">'
        f'<meta property="og:site_name" content="Lan Ha Post">'
        f'<meta property="og:title" content="{title} - Lan Ha Post">'
        f'<meta property="article:published_time" content="2025-03-02T08:00:00+07:00">{head}</head>'
        f'<body><nav><a href="/">Home</a> <a href="/a">All</a></nav>'
        f"<article><h1>{title}</h1><p>{body}</p></article><footer>Lan Ha Post</footer></body></html>"
    )


MENU = (
    '<!doctype html><html lang="en"><head><title>Lan Ha Post</title></head><body><nav><ul>'
    + "".join(f'<li><a href="/{n}">Section {n}</a></li>' for n in range(9))
    + "</ul></nav></body></html>"
)


def record(kind: str, uri: str, content: bytes, content_type: str, status: str = "200 OK") -> bytes:
    """One WARC record; `kind` is `response`, `request` or `warcinfo`."""
    if kind == "response":
        head = f"HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\nContent-Length: {len(content)}\r\n\r\n"
        content, content_type = head.encode() + content, "application/http; msgtype=response"
    header = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {uri}\r\nWARC-Date: 2025-03-05T00:00:00Z\r\n"
        f"WARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-{len(content):012d}>\r\n"
        f"Content-Type: {content_type}\r\nContent-Length: {len(content)}\r\n\r\n"
    )
    return header.encode() + content + b"\r\n\r\n"


def response(slug: str, title: str) -> bytes:
    """A WARC response with an article page."""
    uri = f"https://lanha.example/en/{slug}"
    return record("response", uri, page(title, slug).encode(), "text/html; charset=utf-8")


def packed(parts: list[bytes]) -> bytes:
    """Each part a gzip member of its own, as in `.warc.gz`."""
    return b"".join(gzip.compress(part, mtime=0) for part in parts)


def zipped(members: dict[str, bytes]) -> bytes:
    """A zip file with fixed dates."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return data.getvalue()


def zipped_and_damaged(name: str, content: bytes) -> bytes:
    """A zip file whose one member is packed, with a block type that there is not at its begin."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
        begin = 30 + len(name)  # behind the local header
    return data.getvalue()[:begin] + b"\x07" + data.getvalue()[begin + 1 :]


def web_archives() -> dict[str, bytes]:
    """The WARC and WACZ files."""
    info = record("warcinfo", "", b"software: hand\r\n", "application/warc-fields")
    image = record("response", "https://lanha.example/a.png", b"\x89PNG\r\n\x1a\n" + bytes(64), "image/png")
    robots = record("response", "https://lanha.example/robots.txt", b"User-agent: *\n", "text/plain")
    moved = record("response", "https://lanha.example/old", b"<html>moved</html>", "text/html", "301 Moved")
    menu = record("response", "https://lanha.example/", MENU.encode(), "text/html")
    one, two = response("ferry-stops", "Ferry stops"), response("bridge-opens", "Bridge opens")
    good = [info, image, robots, moved, one, two]
    whole = packed(good)
    damaged = gzip.compress(one, mtime=0)
    damaged = damaged[:300] + bytes(80) + damaged[380:]
    broken = b"WARC/1.0\r\nWARC-Type response without a colon\r\nContent-Length: many\r\n\r\nlost\r\n\r\n"
    return {
        "good.warc": b"".join(good),
        "good.warc.gz": whole,
        "truncated.warc.gz": whole[: len(whole) - 200],
        "damaged_member.warc.gz": packed([info]) + damaged + packed([two]),
        "broken_record.warc": info + one + broken + two,
        "menu_only.warc": info + menu,
        "images.warc.gz": packed([info, image, image, robots]),
        "twice_packed.warc.gz": gzip.compress(gzip.compress(one, mtime=0), mtime=0),
        "good.wacz": zipped(
            {"datapackage.json": b"{}", "archive/data.warc.gz": whole, "pages/pages.jsonl": b"{}"}
        ),
        "zip_slip.wacz": zipped(
            {
                "../../evil.txt": b"out",
                "/etc/evil": b"out",
                "archive/../../evil.warc": one,
                "archive/data.warc": two,
            }
        ),
        "damaged_member.wacz": zipped_and_damaged("archive/data.warc", one),
        "truncated.wacz": zipped({"archive/data.warc.gz": whole})[:-60],
        "no_archive.wacz": zipped({"archive/index.cdx": b"", "readme.txt": b"nothing"}),
    }


def json_files() -> dict[str, bytes]:
    """JSON lines and arrays."""

    def line(number: int, **more: object) -> bytes:
        one = {"id": f"a{number}", "lang": "en", "title": f"Story {number}", "body": BODY, **more}
        return json.dumps(one, ensure_ascii=False).encode() + b"\n"

    hostile = [
        line(1),
        b'{"id": "a2", "lang": "en", "title": "caf\xe9"}\n',
        b'{"id": "a3", "title": "zero \x00 byte"}\n',
        b'{"id": "a4", "lang": "en", "title": "nan", "views": NaN}\n',
        b"\n",
        b"not json\n",
        b'["a", "list"]\n',
        b'"text"\n',
        b'{"id": "a9", "lang": "en", "title": "year nought", "date": "0000-01-01"}\n',
        b'{"id": "a10", "lang": "en"}\n',
        b'{"lang": "klingon language", "title": 7, "url": "javascript:alert(1)"}\n',
        b"[" * 100_000 + b"\n",
        line(13, title="<b>bold</b> & \N{RIGHT-TO-LEFT OVERRIDE}turned"),
        line(1, title="Story 1 again"),
    ]
    array = b"[\n" + b",\n".join(line(n).strip() for n in range(1, 4))
    return {
        "good.jsonl": b"\xef\xbb\xbf" + line(1) + b"\r\n" + line(2, date="26/10/2025"),
        "truncated.jsonl": line(1) + line(2)[:70],
        "hostile.jsonl": b"".join(hostile),
        "good.json": array + b"\n]\n",
        "truncated.json": array[:-40],
        "hostile.json": b'[{"id": "a1", "lang": "en", "title": "One"}, 7, {"a": NaN}, '
        b'{"id": "a2", "lang": "en", "title": "Two"}]',
        "one_after_another.json": b'{\n"id": "a1", "title": "One"\n}\n{\n"id": "a2", "title": "Two"\n}\n',
        "faulty_records.json": b'[{"id": "a1", "title": "One",}, {"a": '
        + b"[" * 9_000
        + b"]" * 9_000
        + b'}, {"id": "a2", "title": "Two]}"}, {"id": "a3", "title": "Three"}',
        "good.jsonl.gz": gzip.compress(line(1) + line(2), mtime=0),
        "schema_org.jsonl": json.dumps(
            {
                "@id": "https://lanha.example/vi/cau-moi",
                "headline": "Cầu mới",
                "articleBody": "Một.\n\nHai.",
                "datePublished": "2025-03-02",
                "inLanguage": "vi",
            },
            ensure_ascii=False,
        ).encode()
        + b"\n"
        + b'{"id": "a2", "title": "Bridge", "date": "02/03/2025", "category": "Town", "summary": "Short."}\n',
        "empty.jsonl": b"",
        "truncated.jsonl.gz": gzip.compress(
            b"".join(line(n, lead=hashlib.sha512(bytes(n)).hexdigest()) for n in range(6)), mtime=0
        )[:-200],
    }


def html_files() -> dict[str, bytes]:
    """HTML pages."""
    arabic = "وصلت أربعون قاربا إلى الضفة الأخرى صباح الاثنين، وحملت التلاميذ بعد توقف العبّارة القديمة."
    good = page("Ferry stops", "ferry-stops")
    old = (
        '<html lang="ar"><head><meta http-equiv="Content-Type" content="text/html; charset=windows-1256">'
        '<link rel="canonical" href="https://lanha.example/ar/ferry"><title>توقف العبارة</title></head><body>'
        f"<article><h1>توقف العبارة</h1><p>{arabic}</p><p>{arabic} وينتظر أهل البلدة الجسر.</p></article>"
        "</body></html>"
    )
    script = '<script type="application/ld+json">{"@type": "NewsArticle", "headline": </script>'
    return {
        "good.html": good.encode(),
        "windows_1256.html": old.encode("cp1256"),
        "truncated.html": good[: good.index("</article>") - 30].encode(),
        "menu.html": MENU.encode(),
        "hostile.html": page(
            "Cut &lt;b&gt;here&lt;/b&gt;", "hostile", head=script + "<script>alert(1)</script>"
        ).encode(),
        "deep.html": ("<html><body>" + "<div>" * 50_000 + BODY).encode(),
        "broken_utf8.html": page("Broken", "broken", body="\N{REPLACEMENT CHARACTER}" * 300)
        .encode()
        .replace(b"\xef\xbf\xbd", b"\xff"),
        "not_a_charset.html": good.replace('"utf-8"', '"base64"').encode().replace(b"river", b"r\xefver"),
        "nul.html": good.replace("river", "ri\0ver").encode(),
        "empty.html": b"",
    }


def feed_files() -> dict[str, bytes]:
    """RSS and Atom feeds."""
    head = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>Lan Ha Post</title>'
        "<language>en</language>\n"
    )

    def item(slug: str, title: str, more: str = "") -> str:
        return (
            f"<item><title>{title}</title><link>https://lanha.example/en/{slug}</link><description>In short."
            f"</description>{more}<content:encoded><![CDATA[<p>{BODY}</p><p>{MORE}</p>]]></content:encoded></item>\n"
        )

    good = (
        head + item("one", "One", "<category>Town</category><category>river</category>") + item("two", "Two")
    )
    bad_date = "<pubDate>0000-00-00</pubDate>"
    hostile = (
        head
        + item("one", "&lt;b&gt;One&lt;/b&gt; &amp;amp; all&lt;script&gt;alert(1)&lt;/script&gt;")
        + "<item><link>https://lanha.example/en/none</link></item>"
        + item("two", "Two", bad_date)
        + item("three", "Three")
    )
    laughs = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    bomb = (
        f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a0 "ha">{laughs}]><rss><channel><title>&a9;</title>'
        "</channel></rss>"
    )
    outside = (
        '<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss version="2.0">'
        "<channel><item><title>&x;</title></item></channel></rss>"
    )
    return {
        "good.rss": (good + "</channel></rss>").encode(),
        "breaks_parser.rss": (good + item("three", "Three") + "</channel></rss>")
        .replace("In short.", "In &#xD800; short. <b>", 1)
        .encode(),
        "truncated.rss": good[:-60].encode(),
        "hostile.rss": (hostile + "</channel></rss>").encode(),
        "entity_bomb.rss": bomb.encode(),
        "external_entity.xml": outside.encode(),
        "empty.rss": (head + "</channel></rss>").encode(),
        "good.atom": (
            '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title>Lan Ha Post</title><entry>'
            "<id>tag:1</id>"
            "<title>No date, no link</title><author><name>Mai Lan</name></author><content type='xhtml'><div "
            f"xmlns='http://www.w3.org/1999/xhtml'><p>{BODY}</p><p>{MORE}</p></div></content></entry></feed>"
        ).encode(),
    }


def page_files() -> dict[str, bytes]:
    """Saved page texts."""
    good = (
        "Lan Ha Post - news of an invented town\n\nFerry stops\n\nForty boats carry pupils.\n\n"
        f"Lan Ha PostLan Ha Post02/03/2025\n\nBoats at dawn.\nBoats at dawn.\n\n{BODY}\n\n{MORE}\n\nSource: https://lanha.example/en/"
        "ferry-stops\n\nComment (0)\n\nNo data\n\nSame category\n\nA list of other stories\n"
    )
    return {
        "good.txt": good.encode(),
        "truncated.txt": good[:60].encode(),
        "hostile.txt": good.replace("Forty", "\N{RIGHT-TO-LEFT OVERRIDE}<script>Forty").encode(),
        "nul.txt": good.replace("river", "ri\0ver").encode(),
        "broken_utf8.txt": good.encode().replace(b"boats", b"b\xffats", 1),
        "year_nought.txt": good.replace("02/03/2025", "02/03/0000").encode(),
        "utf16.txt": good.encode("utf-16"),
        "empty.txt": b"",
    }


def main() -> None:
    """Write every file."""
    for files in (web_archives(), json_files(), html_files(), feed_files(), page_files()):
        for name, content in files.items():
            (HERE / name).write_bytes(content)


if __name__ == "__main__":
    main()
