"""Are copies found? Every pair of articles of nearly the same text, counted shingle by shingle, should be.

python -m benchmarks.eval_copies ant-multisource ant-jawhara vietnews
python -m benchmarks.eval_copies vietnews --home DIR --json

Copies share half of the shingles of both texts, excerpts have four fifths of the shorter one's in the other.
Few articles of public sets are copies, so drafts are made of them too: cut, cut and reworded, reworded. The
peer is the MinHash LSH of `datasketch`, if that is installed, with the same shingles and the same last check.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, redirect_stdout
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click

from analyzers import SHORT_TEXT, SHORTEST_TEXT, alike_sketches, sketch_of
from indexer.articles import Article
from indexer.errors import IndexerError
from indexer.library import Library, Snapshot
from search_web.core.copies import COPY, EXCERPT, Text, copies_of

from .data_sets import DataSetError, find_sets
from .indexed import indexed_sets
from .metrics import median_of, percentile_95

FOLDED = 0.8
"""Share of shingles from which folded results are meant to be copies."""
LSH_THRESHOLD, LSH_PERMUTATIONS = 0.4, 128
_DRAFT_EVERY = 20
_FEWEST_WORDS = 120

Asked = Callable[[Text], set[str]]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two articles with shingles in common."""

    one: str
    other: str
    alike: float
    contained: float

    @property
    def kind(self) -> str:
        """`copy`, `excerpt` or nothing."""
        return "copy" if self.alike >= COPY else "excerpt" if self.contained >= EXCERPT else ""


def pairs_of(texts: Mapping[str, Text]) -> list[Pair]:
    """All pairs that are copies or excerpts, of texts that are long enough to be told by parts."""
    holders: defaultdict[int, list[str]] = defaultdict(list)
    for name, text in texts.items():
        if len(text.shingles) >= SHORT_TEXT:
            for shingle in text.shingles.tolist():
                holders[shingle].append(name)
    shared: Counter[tuple[str, str]] = Counter()
    for names in holders.values():
        shared.update((one, other) for at, one in enumerate(names) for other in names[at + 1 :])
    pairs = [_pair(texts[one], texts[other], count) for (one, other), count in shared.items()]
    return [pair for pair in pairs if pair.kind]


def _pair(one: Text, other: Text, shared: int) -> Pair:
    sizes = len(one.shingles), len(other.shingles)
    return Pair(one.article.id, other.article.id, shared / (sum(sizes) - shared), shared / min(sizes))


def drafts_of(texts: Sequence[Text]) -> Iterator[tuple[str, Article, str]]:
    """(what was done, the draft, id of its original)."""
    chosen = random.Random(1)  # noqa: S311  # no secret
    for text in texts:
        words = " ".join((text.article.lead, *text.article.body)).split()
        if len(words) < _FEWEST_WORDS:
            continue
        start = chosen.randrange(len(words) // 2)
        made = {
            "first third": words[: len(words) // 3],
            "40 words inside": words[start : start + 40],
            "half, 1 word in 20 other": _reworded(words[start : start + len(words) // 2], 0.05, chosen),
            "whole, 1 word in 20 other": _reworded(words, 0.05, chosen),
            "paragraphs in another order": chosen.sample(words_by_30 := _parts(words), len(words_by_30)),
        }
        for name, kept in made.items():
            body = kept if name.startswith("par") else [" ".join(kept)]
            yield name, Article(id="", lang=text.article.lang, title="", body=tuple(body)), text.article.id


def _parts(words: Sequence[str]) -> list[str]:
    return [" ".join(words[at : at + 30]) for at in range(0, len(words), 30)]


def _reworded(words: Sequence[str], share: float, chosen: random.Random) -> list[str]:
    return [f"{word}x" if chosen.random() < share else word for word in words]


def found_by_us(snapshot: Snapshot, library: Library) -> Asked:
    """Ids that `copies_of` gives."""

    def ask(text: Text) -> set[str]:
        analyzer = snapshot.analyzer(text.article.lang)
        found = copies_of(text, analyzer, snapshot.engine, library.articles)
        return {item.result.id for item in found}

    return ask


def found_by_datasketch(texts: Mapping[str, Text]) -> tuple[Asked, dict[str, float]] | None:
    """The same by MinHash LSH and the same last check; None where it is not installed."""
    try:
        datasketch: Any = import_module("datasketch")
    except ImportError:
        return None
    lsh = datasketch.MinHashLSH(threshold=LSH_THRESHOLD, num_perm=LSH_PERMUTATIONS)

    def hashed(text: Text) -> Any:
        found = datasketch.MinHash(num_perm=LSH_PERMUTATIONS)
        found.update_batch([shingle.tobytes() for shingle in text.shingles])
        return found

    started = time.process_time()
    for name, text in texts.items():
        lsh.insert(name, hashed(text))
    cost = (time.process_time() - started) / len(texts) * 1000

    def ask(text: Text) -> set[str]:
        names = (name for name in lsh.query(hashed(text)) if name != text.article.id)
        return {name for name in names if _exact(text, texts[name]).kind}

    return ask, {"index_ms_per_article": round(cost, 3)}


def _exact(one: Text, other: Text) -> Pair:
    return _pair(one, other, len(set(one.shingles.tolist()).intersection(other.shingles.tolist())))


def measured(ask: Asked, texts: Mapping[str, Text], pairs: Sequence[Pair]) -> dict[str, Any]:
    """Recall of pairs, asked from both sides, by half of the articles; precision; time."""
    partners: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for pair in pairs:
        partners[pair.one][pair.other] = partners[pair.other][pair.one] = pair.kind
    hits: Counter[str] = Counter()
    all_of: Counter[str] = Counter()
    wrong = right = 0
    took: list[float] = []
    order = {name: number for number, name in enumerate(texts)}
    asked = [*partners, *(name for name in list(texts)[::50] if name not in partners)]
    for name in asked:
        started = time.perf_counter()
        found = ask(texts[name])
        took.append((time.perf_counter() - started) * 1000)
        known = partners.get(name, {})
        for other, kind in known.items():
            for group in (kind, f"{kind}, {'odd' if order[name] % 2 else 'even'} half"):
                all_of[group] += 1
                hits[group] += other in found
        right += len(found & known.keys())
        wrong += sum(1 for other in found - known.keys() if len(texts[other].shingles) >= SHORT_TEXT)
    return {
        **{f"recall of {kind}": round(hits[kind] / all_of[kind], 4) for kind in sorted(all_of)},
        **{f"number of {kind}": all_of[kind] for kind in ("copy", "excerpt")},
        "precision": round(right / max(1, right + wrong), 4),
        "query_p50_ms": round(median_of(took), 2),
        "query_p95_ms": round(percentile_95(took), 2),
    }


def of_drafts(ask: Asked, texts: Mapping[str, Text], snapshot: Snapshot) -> dict[str, float]:
    """What was done to a text -> how often its original was found."""
    long = [text for text in texts.values() if len(text.shingles) >= SHORT_TEXT][::_DRAFT_EVERY]
    found: defaultdict[str, list[bool]] = defaultdict(list)
    for name, draft, original in drafts_of(long):
        text = Text.of(draft, snapshot.analyzer(draft.lang))
        if _exact(text, texts[original]).kind:
            found[name].append(original in ask(text))
    return {f"{name} ({len(hits)})": round(sum(hits) / len(hits), 4) for name, hits in found.items()}


def of_sketches(texts: Mapping[str, Text], pairs: Sequence[Pair]) -> dict[str, Any]:
    """How well folding tells copies: exact share of the pairs that it folds, and of those that it should."""
    long = [text for text in texts.values() if len(text.shingles) >= SHORTEST_TEXT]
    sketches = [sketch_of(text.shingles) for text in long]
    found = alike_sketches(sketches, len(long))
    exact = [_exact(long[one], long[other]).alike for one, other in found]
    names = {frozenset((long[one].article.id, long[other].article.id)) for one, other in found}
    should = [pair for pair in pairs if pair.alike >= FOLDED]
    return {
        "folded_pairs": len(exact),
        "least_alike": round(min(exact, default=1.0), 3),
        "alike_at_least_0.7": round(sum(share >= 0.7 for share in exact) / max(1, len(exact)), 4),
        "recall_from_0.8": round(
            sum(frozenset((pair.one, pair.other)) in names for pair in should) / max(1, len(should)), 4
        ),
        "pairs_from_0.8": len(should),
    }


def evaluate(home: Path) -> dict[str, Any]:
    """All numbers for the articles of a home."""
    library = Library(home)
    try:
        snapshot = library.snapshot()
        ids = sorted(snapshot.engine.ids())
        texts: dict[str, Text] = {}
        for at in range(0, len(ids), 500):
            for name, article in library.articles(ids[at : at + 500]).items():
                texts[name] = _light(Text.of(article, snapshot.analyzer(article.lang)))
        pairs = pairs_of(texts)
        ours = found_by_us(snapshot, library)

        def full(text: Text) -> set[str]:
            return ours(Text.of(text.article, snapshot.analyzer(text.article.lang)))

        numbers: dict[str, Any] = {
            "articles": len(texts),
            "dalil": measured(full, texts, pairs),
            "drafts": of_drafts(ours, texts, snapshot),
            "folding": of_sketches(texts, pairs),
        }
        if peer := found_by_datasketch(texts):
            numbers["datasketch"] = peer[1] | measured(peer[0], texts, pairs)
            numbers["drafts_datasketch"] = of_drafts(peer[0], texts, snapshot)
        return numbers
    finally:
        library.close()


def _light(text: Text) -> Text:
    """Without its words, which are many megabytes of all articles together."""
    return replace(text, words=_NO_WORDS)


_NO_WORDS: Any = None


@click.command()
@click.argument("names", nargs=-1, required=True, metavar="SET...")
@click.option("--home", type=click.Path(path_type=Path), help="Keep the archive and its index here.")
@click.option("--json", "as_json", is_flag=True, help="Print the numbers as JSON only.")
def main(names: Sequence[str], home: Path | None, as_json: bool) -> None:  # noqa: FBT001  # click's way
    """Measure copies over the articles of all SETs together: folders, or names of shared sets."""
    try:
        # Standard output is for the numbers alone, whatever a library prints.
        with redirect_stdout(sys.stderr), ExitStack() as stack:
            place = home or Path(stack.enter_context(TemporaryDirectory(prefix="dalil-copies-")))
            with indexed_sets(find_sets(names), home=place):
                numbers = evaluate(place)
    except (DataSetError, IndexerError, OSError) as error:
        print(f"eval_copies: {error}", file=sys.stderr)
        sys.exit(2)
    if as_json:
        print(json.dumps(numbers, ensure_ascii=False))
        return
    for part, values in numbers.items():
        print(f"{part}: {values}" if isinstance(values, int) else part)
        for name, value in values.items() if isinstance(values, dict) else ():
            print(f"  {name:36}{value}")


if __name__ == "__main__":
    main()
