"""Are related stories related? Every article of a cluster should lead to the others of its cluster.

python -m benchmarks.eval_related vietnamese-mds
python -m benchmarks.eval_related ntrex128 --mask digits --mask latin
python -m benchmarks.eval_related ntrex128 --distractors vietnews
python -m benchmarks.eval_related ant-multisource --half odd --json

`all` and the languages by themselves are asked for what is related in any language. `ar>vi` asks an Arabic
article for Vietnamese ones alone, where the set has translations.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from indexer.errors import ArticleNotFound, IndexerError
from search_web.core.pages import Filters, RelatedInput
from search_web.core.service import SearchService

from .data_sets import DataSet, DataSetError, find_sets, json_lines
from .indexed import indexed_sets
from .metrics import RELATED_MEASURES, TRANSLATION_MEASURES, measured
from .peers.more_like_this import PEERS
from .peers.protocol import PeerDocument, PeerMissing

DEPTH = 20
"""Related articles asked for."""
HALVES = ("odd", "even")
"""Clusters by their place in the order of their names: rules are made on one half, checked on the other."""
OVERLAPS = "overlap_clusters.jsonl"
"""Clusters of stories that share a part of their text, in sets that have no others."""
MASKS = {
    "digits": re.compile(r"\d+"),
    "latin": re.compile("[A-Za-zÀ-ɏ]+"),
}
"""What can be taken out of the articles, to see what is found without; Latin letters of Arabic ones alone."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The articles of a set that are not alone in their cluster."""

    clusters: Mapping[str, str]
    languages: Mapping[str, str]

    def of_language(self, lang: str = "") -> list[str]:
        """Those of a language, or all."""
        sizes = Counter(self.clusters.values())
        return [
            article
            for article, cluster in self.clusters.items()
            if sizes[cluster] > 1 and lang in {"", self.languages[article]}
        ]

    def same_story(self, articles: Sequence[str], lang: str = "") -> dict[str, dict[str, int]]:
        """Article -> the other members of its cluster, of a language or all; without those that have none."""
        members: dict[str, list[str]] = {}
        for article, cluster in self.clusters.items():
            if lang in {"", self.languages[article]}:
                members.setdefault(cluster, []).append(article)
        found = {
            article: {other: 1 for other in members.get(self.clusters[article], ()) if other != article}
            for article in articles
        }
        return {article: others for article, others in found.items() if others}


def asked_of(data_set: DataSet, half: str = "both") -> Asked:
    """The clusters of a set, or of one half of them. Raises `DataSetError` if no cluster has two articles."""
    languages = {str(r.get("id")): str(r.get("lang", "und")) for r in json_lines(data_set.corpus)}
    overlaps = data_set.folder / OVERLAPS
    if overlaps.is_file():
        clusters: Mapping[str, str] = {str(r["id"]): str(r["cluster"]) for r in json_lines(overlaps)}
    else:
        clusters = data_set.clusters()
    if half != "both":
        kept = set(sorted(set(clusters.values()))[HALVES.index(half) :: len(HALVES)])
        clusters = {article: cluster for article, cluster in clusters.items() if cluster in kept}
    asked = Asked(clusters, languages)
    if not asked.of_language():
        raise DataSetError(f"no cluster of {data_set.folder} has two articles; choose another set")
    return asked


def related_runs(service: SearchService, ids: Sequence[str], lang: str = "") -> dict[str, list[str]]:
    """Article id -> ids of its related articles, nearest first, in one language or in any.

    Raises `DataSetError` for a lost article.
    """
    filters = Filters(lang=(lang,) if lang else ())
    found: dict[str, list[str]] = {}
    try:
        for article in ids:
            page = service.related_page(RelatedInput(article, filters=filters, limit=DEPTH))
            nearest = (*page.translations, *page.copies, *page.related)
            found[article] = [item.result.id for item in nearest][:DEPTH]
    except ArticleNotFound as error:
        raise DataSetError(f"an article of the set is not in the index: {error}") from None
    return found


def evaluate(service: SearchService, asked: Asked) -> dict[str, dict[str, float]]:
    """Language of the articles, `all`, or `ar>vi` -> measure -> mean over the articles."""
    run = related_runs(service, asked.of_language())
    languages = sorted(set(asked.languages.values()))
    numbers = {
        lang or "all": measured(asked.same_story(asked.of_language(lang)), run, RELATED_MEASURES)
        for lang in (*languages, "")
        if asked.of_language(lang)
    }
    for lang in languages:
        for other in languages:
            wanted = asked.same_story(asked.of_language(lang), other) if lang != other else {}
            if wanted:
                found = related_runs(service, list(wanted), other)
                numbers[f"{lang}>{other}"] = measured(wanted, found, TRANSLATION_MEASURES)
    return numbers


@contextmanager
def masked(data_set: DataSet, masks: Sequence[str]) -> Iterator[DataSet]:
    """The set without what the masks take out of its titles and bodies."""
    if not masks:
        yield data_set
        return
    with TemporaryDirectory(prefix="dalil-masked-") as place:
        folder = Path(place)
        lines = (
            json.dumps(_masked(record, masks), ensure_ascii=False) for record in json_lines(data_set.corpus)
        )
        (folder / "corpus.jsonl").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        for name in ("clusters.jsonl", OVERLAPS):
            if (path := data_set.folder / name).is_file():
                (folder / name).write_bytes(path.read_bytes())
        yield DataSet(data_set.name, folder)


def _masked(record: dict[str, object], masks: Sequence[str]) -> dict[str, object]:
    taken_out = [MASKS[mask] for mask in masks if mask != "latin" or record.get("lang") == "ar"]
    changed = dict(record)
    for name in ("title", "summary", "body"):
        if isinstance(text := record.get(name), str):
            for pattern in taken_out:
                text = pattern.sub("", text)
            changed[name] = text
    return changed


def table(name: str, numbers: Mapping[str, Mapping[str, float]]) -> str:
    """The numbers for people, times 100."""
    measures = (*RELATED_MEASURES, *TRANSLATION_MEASURES)
    lines = [f"{'set':20}{'asked':22}" + "".join(f"{measure:>8}" for measure in measures)]
    for asked, row in numbers.items():
        cells = "".join(f"{100 * row[m]:8.1f}" if m in row else f"{'':8}" for m in measures)
        lines.append(f"{name:20}{asked:22}{cells}".rstrip())
    return "\n".join(lines)


def peer_numbers(data_set: DataSet, asked: Asked) -> dict[str, dict[str, float]]:
    """`lucene-mlt ar` and so on -> measure -> mean, where related means in the article's own language."""
    documents: dict[str, list[PeerDocument]] = {}
    for record in json_lines(data_set.corpus):
        text = [str(record.get(name, "")) for name in ("title", "summary", "body")]
        documents.setdefault(str(record.get("lang", "und")), []).append(
            PeerDocument(str(record["id"]), *text)
        )
    numbers = {}
    for lang, of_language in documents.items():
        wanted = asked.same_story(asked.of_language(lang), lang)
        for name, ask in PEERS.items() if wanted else ():
            try:
                run = ask(lang, of_language, list(wanted), DEPTH)
            except PeerMissing as missing:
                print(f"{name} is left out: {missing}", file=sys.stderr)
            else:
                numbers[f"{name} {lang}"] = measured(wanted, run, RELATED_MEASURES)
    return numbers


@click.command()
@click.argument("name", metavar="SET")
@click.option(
    "--half", type=click.Choice([*HALVES, "both"]), default="both", help="Ask of half the clusters."
)
@click.option("--mask", "masks", type=click.Choice(list(MASKS)), multiple=True, help="Take these out first.")
@click.option("--distractors", metavar="SET", multiple=True, help="Index this set too and ask it nothing.")
@click.option("--peers", is_flag=True, help="Ask MoreLikeThis of Lucene, tantivy and Whoosh too.")
@click.option("--json", "as_json", is_flag=True, help="Print {set: {asked: {measure: value}}} only.")
def main(
    name: str,
    half: str,
    masks: tuple[str, ...],
    distractors: tuple[str, ...],
    *,
    peers: bool,
    as_json: bool,
) -> None:
    """Measure related stories on SET: a folder, or the name of one of the shared sets."""
    try:
        # Standard output is for the numbers alone, whatever a library prints.
        with redirect_stdout(sys.stderr):
            found, *others = find_sets([name, *distractors])
            with masked(found, masks) as data_set, indexed_sets([data_set], others) as indexed:
                asked = asked_of(data_set, half)
                numbers = evaluate(indexed.service, asked)
                if peers:
                    numbers |= peer_numbers(data_set, asked)
    except (DataSetError, IndexerError, OSError) as error:
        print(f"eval_related: {error}", file=sys.stderr)
        sys.exit(2)
    if as_json:
        print(json.dumps({found.name: numbers}, ensure_ascii=False))
    else:
        print(table(found.name, numbers))


if __name__ == "__main__":
    main()
