"""Is Dalil's ranking better than that of its peers? The same documents and questions for all, in one run.

python -m benchmarks.eval_ranking --lang ar               # one index of all Arabic sets, as in an archive
python -m benchmarks.eval_ranking --lang vi --alone --sets xquad,vietnews --engines dalil,lucene,strong
python -m benchmarks.eval_ranking --lang vi --query-form unaccented --half odd --home /tmp/ranking
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import click

from indexer.errors import IndexerError

from .data_sets import DataSetError, find_sets
from .metrics import trec_lines
from .peers.dalil_engine import DalilEngine
from .peers.engines import PEERS, VARIANTS
from .peers.kept_answers import CACHE, KeptPeer
from .peers.protocol import Peer
from .peers.question_sets import POOLS, QuestionSet, question_set
from .peers.ranking import HALVES, Index, Outcome, alone, gains, half_of, outcomes, pool_of, scores
from .query_forms import QUERY_FORMS, in_form

ENGINES = ("dalil", *(peer.name for peer in PEERS))
ALL_ENGINES = (*ENGINES, "dalil-words", *(peer.name for peer in VARIANTS))

Numbers = dict[str, dict[str, dict[str, float]]]
"""Set -> engine -> measure -> mean."""


def question_sets(lang: str, names: Sequence[str], *, pool: bool) -> list[QuestionSet]:
    """The sets of `names` (folders or names); for a pool, or without names, those of the language."""
    wanted = [*POOLS[lang], *names] if pool or not names else names
    return [question_set(each, lang) for each in find_sets(wanted)]


def engines_of(names: Sequence[str], homes: Path | None, *, postings: bool) -> list[Peer]:
    """The engines by name, in the order of `ALL_ENGINES`; peers with their answers kept."""
    dalil = [DalilEngine(homes, postings, syntax) for syntax in (True, False)]
    return [
        *(engine for engine in dalil if engine.name in names),
        *(KeptPeer(peer, CACHE) for peer in (*PEERS, *VARIANTS) if peer.name in names),
    ]


def numbers_of(index: Index, found: Sequence[Outcome], half: str) -> Numbers:
    """Every measure of every engine on every set asked in an index."""
    return {
        each.name: {outcome.engine: scores(each, outcome, half) for outcome in found} for each in index.asked
    }


def table(numbers: Numbers, asked: Mapping[str, int]) -> str:
    """The numbers for people, times 100, with Dalil's gain over the best peer in each column."""
    measures = list(next(iter(next(iter(numbers.values())).values())))
    lines = [f"{'set':22}{'engine':17}{'questions':>10}" + "".join(f"{name:>13}" for name in measures)]
    for name, by_engine in numbers.items():
        for engine, row in by_engine.items():
            cells = "".join(f"{100 * row[measure]:13.1f}" for measure in measures)
            lines.append(f"{name:22}{engine:17}{asked[name]:10}{cells}")
        if gain := gains(by_engine):
            cells = "".join(f"{100 * gain[measure]:+13.1f}" for measure in measures)
            lines.append(f"{name:22}{'  gain':17}{'':10}{cells}")
    return "\n".join(lines)


def index_table(index: Index, found: Sequence[Outcome]) -> str:
    """Documents and postings of every engine's index; an engine that tells no postings has none shown."""
    names = ", ".join(each.name for each in index.asked)
    lines = [f"index of {len(index.documents)} documents, asked: {names}"]
    lines += [
        f"  {outcome.engine:17}{outcome.answers.documents:10} documents"
        + (f"{outcome.answers.postings:12} postings" if outcome.answers.postings else "")
        for outcome in found
    ]
    return "\n".join(lines)


def write_runs(folder: Path, found: Sequence[Outcome]) -> None:
    """Add every engine's answers to `<engine>.trec` in the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for outcome in found:
        lines = trec_lines(outcome.answers.found, outcome.engine)
        with (folder / f"{outcome.engine}.trec").open("a", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in lines)


def _names(_context: click.Context, _option: click.Parameter, value: str) -> tuple[str, ...]:
    return tuple(filter(None, value.split(",")))


def _engines(context: click.Context, option: click.Parameter, value: str) -> tuple[str, ...]:
    names = _names(context, option, value)
    if unknown := [name for name in names if name not in ALL_ENGINES]:
        raise click.BadParameter(f"no engine is called {unknown[0]}; there are {', '.join(ALL_ENGINES)}")
    return names


@click.command()
@click.option(
    "--lang", type=click.Choice(list(POOLS)), required=True, help="Language of documents and queries."
)
@click.option("--pool/--alone", default=True, help="All sets in one index, or an index for each set.")
@click.option("--sets", callback=_names, default="", help="Ask these only: names or folders, with commas.")
@click.option(
    "--engines",
    callback=_engines,
    default=",".join(ENGINES),
    show_default=True,
    help=f"With commas; also {', '.join(ALL_ENGINES[len(ENGINES) :])}.",
)
@click.option("--query-form", type=click.Choice(list(QUERY_FORMS)), help="Damage Vietnamese queries so.")
@click.option("--half", type=click.Choice([*HALVES, "both"]), default="both", show_default=True)
@click.option("--home", type=click.Path(path_type=Path), help="Keep Dalil's indexes in this folder.")
@click.option("--run-out", type=click.Path(path_type=Path), help="Write a TREC run of each engine there.")
@click.option("--postings", is_flag=True, help="Tell the size of every engine's index.")
@click.option("--json", "as_json", is_flag=True, help="Print {set: {engine: {measure: value}}} only.")
def main(**options: Any) -> None:
    """Measure Dalil and its peers on the same documents and questions."""
    skipped: dict[str, str] = {}
    try:
        # Standard output is for the numbers alone, whatever a library prints.
        with redirect_stdout(sys.stderr):
            print_out = _run(options, skipped)
    except (DataSetError, IndexerError, OSError) as error:
        print(f"eval_ranking: {error}", file=sys.stderr)
        sys.exit(2)
    for name, reason in skipped.items():
        print(f"skipped: {name}: {reason}", file=sys.stderr)
    print(print_out)


def _run(options: Mapping[str, Any], skipped: dict[str, str]) -> str:
    lang, half, form = options["lang"], options["half"], options["query_form"]
    sets = question_sets(lang, options["sets"], pool=options["pool"])
    names = _asked_names(sets, options["sets"])
    indexes = [pool_of(lang, sets, names)] if options["pool"] else alone(lang, sets, names)
    engines = engines_of(options["engines"], options["home"], postings=options["postings"])
    numbers: Numbers = {}
    sizes: list[str] = []
    if options["run_out"]:
        for old in options["run_out"].glob("*.trec"):
            old.unlink()
    for index in indexes:
        found = outcomes(index, engines, lambda text: in_form(text, lang, form), half, skipped)
        if not found:
            raise DataSetError(f"no engine could be asked: {skipped}")
        numbers |= numbers_of(index, found, half)
        sizes.append(index_table(index, found))
        if options["run_out"]:
            write_runs(options["run_out"], found)
    if options["as_json"]:
        return json.dumps(numbers, ensure_ascii=False)
    asked = {each.name: len(half_of(each.questions, half)) for index in indexes for each in index.asked}
    return "\n\n".join([table(numbers, asked), *(sizes if options["postings"] else [])])


def _asked_names(sets: Sequence[QuestionSet], wanted: Sequence[str]) -> list[str]:
    able = [each.name for each in sets if each.questions]
    if not wanted:
        return able
    chosen = [each.name for each in find_sets(wanted)]
    if unable := [name for name in chosen if name not in able]:
        raise DataSetError(
            f"the set {unable[0]} has no question in this language; choose of {', '.join(able)}"
        )
    return chosen


if __name__ == "__main__":
    main()
