"""Does a model of an archive's words give unaccented questions their accents back?

python -m benchmarks.eval_accents xquad viquad-sample zalo2019-test-vi
python -m benchmarks.eval_accents xquad --beside vietnews --json

The model is counted from the corpora alone; of each question the accents are taken off and restored.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator, Sequence

import click

from analyzers import AccentModel, analyzer_for, count_accents, unaccented

from .data_sets import DataSet, DataSetError, find_sets, json_lines

HALVES = ("odd", "even")


def model_of(sets: Sequence[DataSet]) -> AccentModel:
    """The model of the Vietnamese documents of these sets."""
    normal = analyzer_for("vi").normal

    def paragraphs() -> Iterator[list[str]]:
        for data_set in sets:
            for record in json_lines(data_set.corpus):
                if record.get("lang") == "vi":
                    for part in ("title", "summary", "body"):
                        for paragraph in str(record.get(part) or "").split("\n"):
                            yield [word for word, _ in normal(paragraph)]

    return count_accents(paragraphs())


def measured(data_set: DataSet, model: AccentModel) -> dict[str, dict[str, float]]:
    """Half of the questions -> words, share of them restored, milliseconds a question."""
    normal = analyzer_for("vi").normal
    questions = [q.text for q in data_set.queries() if q.lang == "vi"]
    found: dict[str, dict[str, float]] = {}
    for at, half in enumerate(HALVES):
        asked = [[word for word, _ in normal(text)] for text in questions[at::2]]
        started = time.perf_counter()
        restored = [model.restored([unaccented(word) for word in words]) for words in asked]
        took = (time.perf_counter() - started) * 1000
        total = sum(map(len, asked))
        right = sum(
            a == b
            for words, back in zip(asked, restored, strict=True)
            for a, b in zip(words, back, strict=True)
        )
        found[half] = {"words": total, "restored": right / max(total, 1), "ms": took / max(len(asked), 1)}
    return found


@click.command()
@click.argument("names", metavar="SET...", nargs=-1, required=True)
@click.option("--beside", metavar="SET", multiple=True, help="Count this corpus too and ask it nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print {set: {half: {measure: value}}} only.")
def main(names: tuple[str, ...], beside: tuple[str, ...], as_json: bool) -> None:  # noqa: FBT001
    """Measure on every SET: a folder, or the name of one of the shared sets."""
    try:
        chosen = find_sets([*names, *beside])
        model = model_of(chosen)
        numbers = {s.name: measured(s, model) for s in chosen[: len(dict.fromkeys(names))]}
    except (DataSetError, OSError) as error:
        print(f"eval_accents: {error}", file=sys.stderr)
        sys.exit(2)
    if as_json:
        print(json.dumps(numbers))
        return
    for name, halves in numbers.items():
        for half, row in halves.items():
            share = f"{100 * row['restored']:6.1f} %"
            print(f"{name:24}{half:6}{row['words']:8.0f} words {share} {row['ms']:6.2f} ms")


if __name__ == "__main__":
    main()
