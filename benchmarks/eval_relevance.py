"""Does the right article stand on top? Questions of public sets, asked as the page asks them.

python -m benchmarks.eval_relevance xquad arcd
python -m benchmarks.eval_relevance xquad --query-form unaccented --json
python -m benchmarks.eval_relevance arcd --distractors ant-jawhara --run-out arcd.trec
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import click

from indexer.errors import IndexerError
from search_web.core.pages import SearchInput
from search_web.core.service import SearchService

from .data_sets import DataSet, DataSetError, TestQuery, find_sets
from .indexed import IndexedSets, indexed_sets
from .metrics import SEARCH_MEASURES, measured, median_of, percentile_95, trec_lines
from .query_forms import QUERY_FORMS, in_form

DEPTH = 100
"""Articles taken from the top of every answer: one page of the largest size."""


@dataclass(frozen=True, slots=True)
class SetResult:
    """What the queries of one set found."""

    data_set: DataSet
    queries: Sequence[TestQuery]
    """Those with a judgement, in file order."""
    found: Mapping[str, tuple[str, ...]]
    """Query id -> ids in the index, best first."""
    milliseconds: Mapping[str, float]
    """Query id -> wall time of the search."""


def ask(service: SearchService, text: str) -> tuple[tuple[str, ...], float]:
    """Ids of the first `DEPTH` results, and the wall time in milliseconds."""
    started = time.perf_counter()
    page = service.search(SearchInput(text=text, page_size=DEPTH, facets=False, snippets=False))
    took = (time.perf_counter() - started) * 1000
    return tuple(result.id for result in page.results), took


def ask_set(service: SearchService, data_set: DataSet, form: str | None = None) -> SetResult:
    """Ask every judged query of a set, Vietnamese ones in `form`."""
    judged = data_set.qrels()
    queries = [query for query in data_set.queries() if query.id in judged]
    if not queries:
        raise DataSetError(f"no query of {data_set.folder} has a judgement in qrels.tsv")
    answers = {query.id: ask(service, in_form(query.text, query.lang, form)) for query in queries}
    return SetResult(
        data_set,
        queries,
        {query: ids for query, (ids, _) in answers.items()},
        {query: took for query, (_, took) in answers.items()},
    )


def scores(result: SetResult, indexed: IndexedSets) -> dict[str, dict[str, float]]:
    """Language of the query -> measure -> mean."""
    qrels = result.data_set.qrels()
    by_language = {}
    for lang in dict.fromkeys(query.lang for query in result.queries):
        asked = {
            query.id: {indexed.index_id(result.data_set, a): rel for a, rel in qrels[query.id].items()}
            for query in result.queries
            if query.lang == lang
        }
        by_language[lang] = measured(asked, result.found, SEARCH_MEASURES)
    return by_language


def table(results: Sequence[SetResult], numbers: Mapping[str, Mapping[str, Mapping[str, float]]]) -> str:
    """The numbers for people: measures times 100, milliseconds a query."""
    head = f"{'set':24}{'lang':6}{'queries':>8}" + "".join(f"{name:>12}" for name in SEARCH_MEASURES)
    lines = [head + f"{'median ms':>12}{'p95 ms':>9}"]
    for result in results:
        for lang, row in numbers[result.data_set.name].items():
            took = [result.milliseconds[query.id] for query in result.queries if query.lang == lang]
            cells = "".join(f"{100 * row[name]:12.1f}" for name in SEARCH_MEASURES)
            times = f"{median_of(took):12.1f}{percentile_95(took):9.1f}"
            lines.append(f"{result.data_set.name:24}{lang:6}{len(took):8}{cells}{times}")
    return "\n".join(lines)


def run_lines(results: Sequence[SetResult]) -> list[str]:
    """All answers as a TREC run; a set's name goes before its query ids when two sets share one."""
    ids = [query.id for result in results for query in result.queries]
    shared = len(set(ids)) < len(ids)
    lines = []
    for result in results:
        before = f"{result.data_set.name}/" if shared else ""
        named = {before + query: found for query, found in result.found.items()}
        lines += trec_lines(named, "dalil")
    return lines


@click.command()
@click.argument("names", metavar="SET...", nargs=-1, required=True)
@click.option("--distractors", metavar="SET", multiple=True, help="Index this set too and ask it nothing.")
@click.option("--run-out", type=click.Path(path_type=Path), help="Write every answer as a TREC run.")
@click.option("--json", "as_json", is_flag=True, help="Print {set: {language: {measure: value}}} only.")
@click.option("--query-form", type=click.Choice(list(QUERY_FORMS)), help="Damage Vietnamese queries so.")
@click.option("--home", type=click.Path(path_type=Path), help="Build the index here and keep it.")
def main(  # click hands every option over as an argument
    names: tuple[str, ...],
    distractors: tuple[str, ...],
    run_out: Path | None,
    as_json: bool,  # noqa: FBT001
    query_form: str | None,
    home: Path | None,
) -> None:
    """Measure relevance on every SET: a folder, or the name of one of the shared sets."""
    try:
        # Standard output is for the numbers alone, whatever a library prints.
        with redirect_stdout(sys.stderr):
            chosen = find_sets([*names, *distractors])
            asked, others = chosen[: len(dict.fromkeys(names))], chosen[len(dict.fromkeys(names)) :]
            with indexed_sets(asked, others, home) as indexed:
                results = [ask_set(indexed.service, data_set, query_form) for data_set in asked]
                numbers = {result.data_set.name: scores(result, indexed) for result in results}
        if run_out:
            run_out.write_text("".join(f"{line}\n" for line in run_lines(results)), encoding="utf-8")
    except (DataSetError, IndexerError, OSError) as error:
        print(f"eval_relevance: {error}", file=sys.stderr)
        sys.exit(2)
    print(json.dumps(numbers, ensure_ascii=False) if as_json else table(results, numbers))


if __name__ == "__main__":
    main()
