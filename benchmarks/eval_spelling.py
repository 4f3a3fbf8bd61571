"""How often the right word is offered for real misspellings of Arabic.

    python -m benchmarks.eval_spelling [--json]

The misspellings stand in `spelling-ar`; the vocabulary comes from the Arabic corpora, by the code that makes
an index's. A pair counts as met if the right word is among the first suggestions as it is written, tashkeel
aside. Pairs that differ in tashkeel only need no suggestion and are counted by themselves, and so are pairs
whose right word no article has: no speller that offers words of the archive can meet these.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from analyzers import analyzer_for, build_lexicon
from analyzers.arabic import without_tashkeel
from search_web.core.speller import Speller
from search_web.core.vocabulary import Vocabularies

from .data_sets import SHARED, find_sets, json_lines

CORPORA = ("ant-jawhara", "ant-multisource", "arcd", "mlqa-ar-dev", "xquad", "ntrex128")


@dataclass(frozen=True, slots=True)
class Pair:
    """One misspelled word and what stands in its place in the corrected text."""

    wrong: str
    right: str
    before: str
    after: str
    kind: str
    """`word`: wrong and right are one word each; `in phrase`: one of a phrase of equally many words."""
    half: int


def pairs() -> Iterator[Pair]:
    """The pairs of the set that are about words: rewritten phrases have no single right word."""
    for name in ("pairs", "a7ta"):
        for number, record in enumerate(json_lines(SHARED / "spelling-ar" / f"{name}.jsonl")):
            wrong = str(record["wrong"]).split()
            right = str(record["right"]).split()
            if len(wrong) == len(right) == 1:
                yield Pair(wrong[0], right[0].replace("_", " "), "", "", f"{name}: word", number % 2)
            elif len(wrong) == len(right):
                for at, (one, other) in enumerate(zip(wrong, right, strict=True)):
                    if one != other:
                        around = ("", *wrong, "")
                        yield Pair(one, other, around[at], around[at + 2], f"{name}: in phrase", number % 2)


def _speller() -> Speller:
    texts = [
        f"{article.get('title', '')} {article.get('body', '')}"
        for data_set in find_sets(CORPORA)
        for article in json_lines(data_set.corpus)
        if article["lang"] == "ar"
    ]
    lexicon = build_lexicon("ar", texts)
    return Speller("ar", Vocabularies().of("ar", lexicon), lexicon.surface)


def difference(pair: Pair) -> str:
    """`tashkeel`, `orthography` (one word to a search) or `letters`."""
    if without_tashkeel(pair.wrong) == without_tashkeel(pair.right):
        return "tashkeel"
    normal = analyzer_for("ar").normal
    same = [word for word, _ in normal(pair.wrong)] == [word for word, _ in normal(pair.right)]
    return "orthography" if same else "letters"


def measure(speller: Speller, asked: Sequence[Pair]) -> dict[str, dict[str, float]]:
    """Counts by kind of pair, kind of difference and half."""
    rows: dict[str, Counter[str]] = {}
    for pair in asked:
        right = without_tashkeel(pair.right)
        found = speller.suggestions(pair.wrong, 3, pair.before, pair.after)
        offered = [without_tashkeel(suggestion.text) for suggestion in found]
        what = difference(pair)
        for row in (f"{pair.kind}, {what}", f"{pair.kind}, all but tashkeel"):
            if row.endswith("all but tashkeel") and what == "tashkeel":
                continue
            for half in (f"half {pair.half}", "both"):
                counted = rows.setdefault(f"{row}, {half}", Counter())
                counted["pairs"] += 1
                counted["in vocabulary"] += all(map(speller.has, right.split()))
                counted["first"] += offered[:1] == [right]
                counted["in three"] += right in offered
    return {name: dict(rows[name]) for name in sorted(rows)}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--json", action="store_true", help="as JSON")
    arguments = parser.parse_args()
    speller, asked = _speller(), list(pairs())
    speller.suggestions("مثالل")  # warm
    started = time.process_time()
    rows = measure(speller, asked)
    took = (time.process_time() - started) * 1000 / len(asked)
    if arguments.json:
        print(json.dumps({"rows": rows, "ms a word": round(took, 2)}, ensure_ascii=False, indent=1))
        return
    for name, row in rows.items():
        n = row["pairs"]
        shares = (f"{key} {row[key] / n:6.1%}" for key in ("in vocabulary", "first", "in three"))
        print(f"{name:50} {n:5}  ", "  ".join(shares))
    print(f"{took:.1f} ms a word")


if __name__ == "__main__":
    main()
