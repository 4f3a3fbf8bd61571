"""Are names found across scripts? Spellings of Vietnamese names and of places, and false hits in other news.

python -m benchmarks.eval_names            # a table by class and half of the set
python -m benchmarks.eval_names --json

`foreign` is the key of foreign names by itself, over names of one word with four consonants or more.
A pair is found when the Arabic spelling, in a sentence, is indexed by a term that the name in Latin script
asks for; and the other way round. A false hit is a place of Arabic news that a name's terms meet although it
is not one of the name's Arabic spellings; articles that mention Vietnam are left out for Vietnamese names.

The gazetteer has the same sources as most pairs of the set (CLDR, GeoNames), so what is found of places shows
its coverage; `by sound` counts the sound keys alone, which know no list.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import click

from analyzers import analyzer_for, build_lexicon
from analyzers.gazetteer import TERM, gazetteer
from analyzers.name_keys_foreign import TERM as FOREIGN
from analyzers.name_keys_foreign import foreign_arabic_key, foreign_latin_key, keys_for_latin
from analyzers.name_keys_vietnamese import vietnamese_syllable
from analyzers.names import NameReader
from analyzers.names_in_arabic import normal_word, without_clitics

from .data_sets import SHARED, json_lines

NAMES = SHARED / "names-ar-vi"
NEWS = ("ant-jawhara", "ant-multisource")
VIETNAM = "فيتنام"
_PROVINCE = re.compile("^(?:محافظة|مقاطعة) ")
_WORDS = re.compile(r"[^\W\d_]+(?:[’'][^\W\d_]+)*")


@dataclass(frozen=True, slots=True)
class Pair:
    """A name and one of its Arabic spellings."""

    latin: str
    arabic: str
    group: str
    """`three` syllables and more, `two`, `country`, `world`."""
    line: int
    """Of its file; odd lines are the half to develop on."""


def pairs() -> Iterator[Pair]:
    """The pairs of the set; single syllables and descriptions of nowhere are left out."""
    seen: set[tuple[str, str]] = set()
    for line, row in enumerate((NAMES / "pairs.tsv").read_text(encoding="utf-8").splitlines()[1:], start=2):
        latin, arabic, kind, _ = row.split("\t")
        if kind.startswith("vn"):
            group = _vietnamese_group(latin)
        elif kind == "country":
            group = "country"
        else:
            group = "world"
        if group and "không xác định" not in latin:
            seen.add((latin, arabic))
            yield Pair(latin, arabic, group, line)
    subdivisions = (NAMES / "cldr_vn_subdivisions.txt").read_text(encoding="utf-8").splitlines()
    for line, row in enumerate(subdivisions, start=1):
        _, latin, arabic = row.split("|")
        arabic = _PROVINCE.sub("", arabic)
        group = _vietnamese_group(latin)
        if group and (latin, arabic) not in seen:
            yield Pair(latin, arabic, group, line)
    for line, city in enumerate(json_lines(NAMES / "geonames_world.jsonl"), start=1):
        yield from (Pair(str(city["name"]), spelling, "world", line) for spelling in city["ar"])


def _vietnamese_group(name: str) -> str | None:
    syllables = len(_WORDS.findall(name))
    return None if syllables < 2 else "two" if syllables == 2 else "three"


@dataclass(frozen=True, slots=True)
class Found:
    """How many pairs of a class are found."""

    pairs: int
    found: int
    by_sound: int
    back: int
    """Found by the Arabic spelling in a Vietnamese text."""


def recall(reader: NameReader, chosen: Sequence[Pair]) -> tuple[Found, list[Pair]]:
    """What is found, and what is not."""
    found = by_sound = back = 0
    lost = []
    for pair in chosen:
        terms = indexed(reader, f"وقال مسؤول {pair.arabic} الاجتماع", "ar")
        asked = {term for mention in reader.mentions(pair.latin, "vi") for term in mention.terms}
        shared = terms & asked
        found += bool(shared)
        by_sound += any(not term.startswith(TERM) for term in shared)
        home = indexed(reader, f"hôm nay tại {pair.latin} diễn ra", "vi")
        back += bool(home & {term for m in reader.mentions(pair.arabic, "ar") for term in m.terms})
        if not shared:
            lost.append(pair)
    return Found(len(chosen), found, by_sound, back), lost


def indexed(reader: NameReader, text: str, language: str) -> set[str]:
    """The terms of a text."""
    words = analyzer_for(language).words(text)
    surfaces = [text[s:e] for s, e in zip(words.starts, words.ends, strict=True)]
    return {term for term, _, _ in reader.terms(surfaces, language)}


@dataclass(frozen=True, slots=True)
class News:
    """Arabic articles as written words."""

    articles: list[list[str]]

    @property
    def words(self) -> int:
        """Words of all articles."""
        return sum(map(len, self.articles))


def read_news() -> tuple[News, NameReader]:
    """Bodies of Arabic news that do not name Vietnam, and a reader that knows their words."""
    articles, texts = [], []
    analyzer = analyzer_for("ar")
    for name in NEWS:
        for record in json_lines(SHARED / name / "corpus.jsonl"):
            text = str(record["body"])
            if VIETNAM not in text:
                words = analyzer.words(text)
                articles.append([text[s:e] for s, e in zip(words.starts, words.ends, strict=True)])
                texts.append(text)
    lexicon = build_lexicon("ar", texts)
    return News(articles), NameReader(lexicon.counts, len(texts))


Span = tuple[str, ...]
"""Normalised words."""
Hits = Mapping[str, Mapping[Span, int]]
"""Term -> the spans that it is indexed for, with how often."""


def hits(reader: NameReader, news: News) -> tuple[Hits, int]:
    """Term -> the normalised spans that it was indexed for, and the number of postings."""
    found: dict[str, Counter[Span]] = defaultdict(Counter)
    postings = 0
    for words in news.articles:
        for term, start, length in reader.terms(words, "ar"):
            found[term][tuple(map(normal_word, words[start : start + length]))] += 1
            postings += 1
    return found, postings


def false_hits(
    reader: NameReader, found: Hits, names: Mapping[str, set[Span]], other_names: Mapping[str, set[Span]]
) -> tuple[Counter[str], Counter[str]]:
    """Name -> hits on spans that are none of its spellings in the set; and nor in the gazetteer.

    A clitic before the first word is allowed. The Saudi kingdom is called السعودية in the gazetteer, and
    by its full name in the set: the first count calls that false, the second does not.
    """
    strict: Counter[str] = Counter()
    surely: Counter[str] = Counter()
    for name, spellings in names.items():
        words = len(_WORDS.findall(name))
        asked = [(t, m) for m in reader.mentions(name, "vi") for t in m.terms]
        whole = {t for t, m in asked if m.kind == "place" and m.end - m.start >= words}
        aliases = set().union(*(other_names.get(term, set()) for term in whole))
        spans: dict[Span, int] = {}
        for term, _ in asked:
            spans |= found.get(term, {})
        for span, count in spans.items():
            plain = {span, *((rest, *span[1:]) for rest in without_clitics(span[0]))}
            if not plain & spellings:
                strict[name] += count
                if not plain & aliases:
                    surely[name] += count
    return strict, surely


def listed_names() -> dict[str, set[Span]]:
    """Term of a place -> its Arabic names in the gazetteer."""
    names: dict[str, set[Span]] = defaultdict(set)
    for place, words in gazetteer().spellings():
        names[place.term].add(words)
    return names


def made_up(group: str) -> list[str]:
    """Vietnamese names of so many syllables: each family name with given names of the set, as they come."""
    family = [line.strip().title() for line in (NAMES / "vn_surnames.txt").read_text("utf-8").splitlines()]
    rows = (NAMES / "vn_given_names.txt").read_text(encoding="utf-8").splitlines()
    given = [row.split("\t")[0] for row in rows][::4]
    if group == "two":
        given = list(dict.fromkeys(name.split()[-1] for name in given))
    names = [f"{family[i % len(family)]} {name}" for i, name in enumerate(given)]
    size = 2 if group == "two" else 3
    return [n for n in names if len(n.split()) == size and all(map(vietnamese_syllable, n.split()))]


def foreign_pairs(chosen: Sequence[Pair]) -> list[Pair]:
    """Pairs of single words that are long enough for the key of foreign names."""
    return [
        p
        for p in chosen
        if p.group == "world" and " " not in p.latin + p.arabic and foreign_latin_key(p.latin) is not None
    ]


def foreign_row(chosen: Sequence[Pair], found: Hits, words: int) -> dict[str, float]:
    """What the key of foreign names finds and meets falsely, without the gazetteer."""
    known = sum(foreign_arabic_key(normal_word(p.arabic)) in keys_for_latin(p.latin) for p in chosen)
    names: dict[str, set[Span]] = defaultdict(set)
    for pair in chosen:
        names[pair.latin].add((normal_word(pair.arabic),))
    false = 0
    for name, spellings in names.items():
        for key in keys_for_latin(name):
            spans = found.get(FOREIGN + key, {})
            false += sum(count for span, count in spans.items() if span not in spellings)
    return {"pairs": len(chosen), "found": known / len(chosen), "false": false / len(names) / words * 1e6}


def rows(chosen: Sequence[Pair], reader: NameReader, found: Hits, words: int) -> dict[str, dict[str, float]]:
    """Class -> its numbers: shares of pairs, false hits a name and million words."""
    result = {}
    aliases = listed_names()
    for group in ("three", "two", "country", "world"):
        pairs_of = [pair for pair in chosen if pair.group == group]
        names: dict[str, set[Span]] = defaultdict(set)
        for pair in pairs_of:
            names[pair.latin].add(tuple(map(normal_word, _WORDS.findall(pair.arabic))))
        share, _ = recall(reader, pairs_of)
        strict, surely = false_hits(reader, found, names, aliases)
        per = len(names) * words / 1e6
        result[group] = {
            "pairs": share.pairs,
            "found": share.found / share.pairs,
            "by sound": share.by_sound / share.pairs,
            "back": share.back / share.pairs,
            "false": strict.total() / per,
            "false, other names known": surely.total() / per,
        }
    result["foreign"] = foreign_row(foreign_pairs(chosen), found, words)
    return result


def negatives(reader: NameReader, found: Hits, words: int) -> dict[str, dict[str, float]]:
    """Invented Vietnamese names: what they meet in news that is not about Vietnam."""
    result = {}
    for group in ("three", "two"):
        names = made_up(group)
        _, false = false_hits(reader, found, {name: set() for name in names}, {})
        result[f"invented, {group}"] = {
            "names": len(names),
            "false": false.total() / len(names) / words * 1e6,
            "with any": len(false) / len(names),
        }
    return result


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--lost", is_flag=True, help="List the pairs that are not found, of the odd half alone.")
def main(*, as_json: bool, lost: bool) -> None:
    """Measure names across scripts."""
    if not NAMES.is_dir():
        raise click.ClickException(f"{NAMES} is missing; names are measured on that set alone")
    news, reader = read_news()
    found, postings = hits(reader, news)
    everything = list(pairs())
    report: dict[str, Any] = {"words": news.words, "postings a word": postings / news.words}
    for half, remainder in (("odd", 1), ("even", 0)):
        report[half] = rows([p for p in everything if p.line % 2 == remainder], reader, found, news.words)
    report["negatives"] = negatives(reader, found, news.words)
    if lost:
        report["lost"] = [
            (p.latin, p.arabic) for p in recall(reader, [p for p in everything if p.line % 2])[1]
        ]
    if as_json:
        print(json.dumps(report, ensure_ascii=False, indent=2))
        return
    print(f"{news.words:,} words of Arabic news, {report['postings a word']:.3f} postings a word")
    for half in ("odd", "even", "negatives"):
        for name, row in report[half].items():
            print(f"{half:10}{name:18}" + "  ".join(f"{key} {value:.4g}" for key, value in row.items()))
    for latin, arabic in report.get("lost", ()):
        print(f"lost  {latin}  {arabic}")


if __name__ == "__main__":
    main()
