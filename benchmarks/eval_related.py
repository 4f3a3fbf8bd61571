"""Are related stories related? Every article of a cluster should lead to the others of its cluster.

python -m benchmarks.eval_related vietnamese-mds
python -m benchmarks.eval_related ntrex128 --json
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import redirect_stdout

import click

from indexer.errors import ArticleNotFound, IndexerError
from search_web.core.service import SearchService

from .data_sets import DataSet, DataSetError, find_sets, json_lines
from .indexed import indexed_sets
from .metrics import RELATED_MEASURES, measured

DEPTH = 20
"""Related articles asked for."""


def related_runs(service: SearchService, ids: Sequence[str]) -> dict[str, list[str]]:
    """Article id -> ids of its related articles, nearest first. Raises `DataSetError` for a lost article."""
    try:
        return {
            article: [related.result.id for related in service.related(article, limit=DEPTH)]
            for article in ids
        }
    except ArticleNotFound as error:
        raise DataSetError(f"an article of the set is not in the index: {error}") from None


def evaluate(service: SearchService, data_set: DataSet) -> dict[str, dict[str, float]]:
    """Language of the article, or `all` -> measure -> mean over the articles that are not alone."""
    clusters = data_set.clusters()
    sizes = Counter(clusters.values())
    asked = [article for article, cluster in clusters.items() if sizes[cluster] > 1]
    if not asked:
        raise DataSetError(f"no cluster of {data_set.folder} has two articles; choose another set")
    run = related_runs(service, asked)
    languages = {str(r.get("id")): str(r.get("lang", "und")) for r in json_lines(data_set.corpus)}
    groups = {
        lang: [a for a in asked if languages.get(a) == lang] for lang in sorted(set(languages.values()))
    }
    groups["all"] = asked
    return {
        name: measured(_same_story(clusters, articles), run, RELATED_MEASURES)
        for name, articles in groups.items()
        if articles
    }


def table(name: str, numbers: Mapping[str, Mapping[str, float]]) -> str:
    """The numbers for people, times 100."""
    lines = [f"{'set':24}{'lang':6}" + "".join(f"{measure:>8}" for measure in RELATED_MEASURES)]
    for lang, row in numbers.items():
        cells = "".join(f"{100 * row[measure]:8.1f}" for measure in RELATED_MEASURES)
        lines.append(f"{name:24}{lang:6}{cells}")
    return "\n".join(lines)


def _same_story(clusters: Mapping[str, str], articles: Sequence[str]) -> dict[str, dict[str, int]]:
    members: dict[str, list[str]] = {}
    for article, cluster in clusters.items():
        members.setdefault(cluster, []).append(article)
    return {
        article: {other: 1 for other in members[clusters[article]] if other != article}
        for article in articles
    }


@click.command()
@click.argument("name", metavar="SET")
@click.option("--json", "as_json", is_flag=True, help="Print {set: {language: {measure: value}}} only.")
def main(name: str, as_json: bool) -> None:  # noqa: FBT001  # click hands the option over
    """Measure related stories on SET: a folder, or the name of one of the shared sets."""
    try:
        # Standard output is for the numbers alone, whatever a library prints.
        with redirect_stdout(sys.stderr):
            (data_set,) = find_sets([name])
            with indexed_sets([data_set]) as indexed:
                numbers = evaluate(indexed.service, data_set)
    except (DataSetError, IndexerError, OSError) as error:
        print(f"eval_related: {error}", file=sys.stderr)
        sys.exit(2)
    if as_json:
        print(json.dumps({data_set.name: numbers}, ensure_ascii=False))
    else:
        print(table(data_set.name, numbers))


if __name__ == "__main__":
    main()
