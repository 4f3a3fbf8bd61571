"""A small gate for every change: relevance must not fall below what was reached.

python -m benchmarks.eval_gate            # 0 fine, 1 a measure is below its floor, 2 other data
python -m benchmarks.eval_gate --write    # raise floors to what is measured now; never lowers one

The sample archive has questions of its own in `gate/`; the public sets are measured when they are there.
Floors stand in `gate.json`, pinned to the hash of the files they were measured on. To lower one, edit it
and say why.
"""

from __future__ import annotations

import hashlib
import json
import math
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from indexer.errors import IndexerError
from search_web.core.service import SearchService

from .data_sets import SHARED, DataSet, DataSetError
from .eval_relevance import SetResult, ask_set, scores
from .indexed import IndexedSets, service_over

HERE = Path(__file__).parent
SAMPLE = HERE.parent / "examples" / "archive"
FLOORS = HERE / "gate.json"
SLACK = 0.005
"""Floors stand so far below what was measured: another version of ICU moves a query or two."""

Numbers = Mapping[str, Mapping[str, float]]
"""Language -> measure -> mean."""


@dataclass(frozen=True, slots=True)
class Part:
    """One corpus with its questions."""

    data_set: DataSet
    corpus: Path
    """File or folder that is indexed."""
    forms: tuple[str | None, ...] = (None,)
    """Forms in which the Vietnamese questions are asked, each with floors of its own."""

    def files_hash(self) -> str:
        """SHA-256 (hex) over corpus, questions and judgements."""
        files = sorted(self.corpus.rglob("*")) if self.corpus.is_dir() else [self.corpus]
        digest = hashlib.sha256()
        for path in [*files, self.data_set.folder / "queries.jsonl", self.data_set.folder / "qrels.tsv"]:
            if path.is_file() and path.suffix != ".md":
                digest.update(hashlib.sha256(path.read_bytes()).digest())
        return digest.hexdigest()


def parts() -> tuple[list[Part], list[str]]:
    """What can be measured here, and the names of the sets that are missing."""
    found = [Part(DataSet("sample", HERE / "gate"), SAMPLE)]
    public = [
        Part(DataSet(name, SHARED / name), SHARED / name / "corpus.jsonl", forms)
        for name, forms in (
            ("xquad", (None, "unaccented", "telex")),
            ("arcd", (None,)),
            ("mlqa-ar-dev", (None,)),
            ("viquad-sample", (None, "unaccented")),
            ("zalo2019-test-vi", (None, "unaccented")),
        )
    ]
    found += [part for part in public if part.corpus.is_file()]
    return found, [part.data_set.name for part in public if not part.corpus.is_file()]


def measure(part: Part) -> Iterator[tuple[str, Numbers, SetResult]]:
    """Index the corpus, ask its questions: (name of the record, numbers, answers) for each form."""
    with service_over([part.corpus]) as service:
        for form in part.forms:
            yield from _measure_form(part, service, form)


def _measure_form(
    part: Part, service: SearchService, form: str | None
) -> Iterator[tuple[str, Numbers, SetResult]]:
    result = ask_set(service, part.data_set, form)
    numbers: Numbers = scores(result, IndexedSets(service, {part.data_set.name: ""}))
    if form:
        numbers = {lang: row for lang, row in numbers.items() if lang == "vi"}
    yield " ".join(filter(None, (part.data_set.name, form))), numbers, result


def below(numbers: Numbers, floors: Numbers) -> list[str]:
    """One line for every measure under its floor, and for every floor that nothing measures any more."""
    faults = []
    for lang, row in floors.items():
        for name, floor in row.items():
            value = numbers.get(lang, {}).get(name)
            if value is None:
                faults.append(f"{lang} {name}: not measured, the floor is {floor:.4f}")
            elif value < floor:
                faults.append(f"{lang} {name}: {value:.4f} is below the floor {floor:.4f}")
    return faults


def raised(numbers: Numbers, floors: Numbers) -> dict[str, dict[str, float]]:
    """Floors moved up to `SLACK` under the numbers; one that stands higher stays."""
    return {
        lang: {
            name: max(floors.get(lang, {}).get(name, 0.0), math.floor((value - SLACK) * 1000) / 1000)
            for name, value in row.items()
        }
        for lang, row in numbers.items()
    }


def not_on_top(result: SetResult, languages: Collection[str]) -> list[str]:
    """Questions of these languages whose first answer is not relevant, with the rank of the first that is."""
    qrels = result.data_set.qrels()
    lines = []
    for query in result.queries:
        relevant = {article for article, grade in qrels[query.id].items() if grade > 0}
        ranks = (rank for rank, a in enumerate(result.found[query.id], start=1) if a in relevant)
        rank = next(ranks, None)
        if query.lang in languages and rank != 1:
            lines.append(f"{query.id} {query.text}: " + (f"rank {rank}" if rank else "not found"))
    return lines


def run_gate(
    found: Sequence[Part], recorded: Mapping[str, Any], *, write: bool
) -> tuple[int, dict[str, Any]]:
    """Measure every part against its record: exit code and the record to write."""
    code = 0
    records = dict(recorded)
    for part in found:
        files = part.files_hash()
        for name, numbers, result in measure(part):
            record = recorded.get(name, {"files": files, "floors": {}})
            if name not in recorded and not write:
                print(f"  {name}: no floors are recorded; --write records them")
            faults = below(numbers, record["floors"])
            _report(name, numbers, faults, not_on_top(result, {fault.split()[0] for fault in faults}))
            if record["files"] != files and not write:
                print(f"  {name}: its files are not those of the record; check the numbers, then --write")
                code = 2
            elif faults:
                code = code or 1
            elif write:
                records[name] = {"files": files, "floors": raised(numbers, record["floors"])}
    return code, records


def _report(name: str, numbers: Numbers, faults: Sequence[str], lost: Sequence[str]) -> None:
    for lang, row in numbers.items():
        print(f"{name:18}{lang:4}" + "  ".join(f"{measure} {value:.4f}" for measure, value in row.items()))
    for fault in faults:
        print(f"  {name} {fault}")
    for question in lost[:20]:
        print(f"  not on top: {question}")


@click.command()
@click.option("--write", is_flag=True, help="Raise the floors to what is measured now.")
def main(write: bool) -> None:  # noqa: FBT001  # click hands the option over
    """Fail when relevance is below its floors."""
    try:
        recorded = json.loads(FLOORS.read_text(encoding="utf-8")) if FLOORS.is_file() else {}
        found, missing = parts()
        code, records = run_gate(found, recorded, write=write)
        if write:
            text = json.dumps(records, indent=2, ensure_ascii=False, sort_keys=True)
            FLOORS.write_text(text + "\n", encoding="utf-8")
    except (DataSetError, IndexerError, OSError, ValueError) as error:
        print(f"eval_gate: {error}", file=sys.stderr)
        sys.exit(2)
    for name in missing:
        print(f"{name}: not measured, {SHARED / name} is not there")
    print({0: "relevance holds", 1: "relevance fell", 2: "other data than recorded"}[code])
    sys.exit(code)


if __name__ == "__main__":
    main()
