"""What a run is worth beside the judgements, by ir-measures (that is, trec_eval)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median

import ir_measures
from ir_measures import AP, RR, P, R, nDCG

from .data_sets import Qrels

Run = Mapping[str, Sequence[str]]
"""Query id -> article ids, best first."""

SEARCH_MEASURES = {"MRR@10": RR @ 10, "nDCG@10": nDCG @ 10, "Recall@100": R @ 100}
RELATED_MEASURES = {"MAP": AP, "P@5": P @ 5, "P@1": P @ 1}
TRANSLATION_MEASURES = {"MRR@10": RR @ 10, "R@1": R @ 1}


def measured(qrels: Qrels, run: Run, measures: Mapping[str, ir_measures.Measure]) -> dict[str, float]:
    """Mean of every measure over the queries of `qrels`; one that found nothing counts 0.

    Judgements of queries that the caller did not ask must not be in `qrels`.
    """
    found = ir_measures.calc_aggregate(list(measures.values()), _plain(qrels), _scored(qrels, run))
    return {name: round(float(found[measure]), 4) for name, measure in measures.items()}


def trec_lines(run: Run, tag: str) -> list[str]:
    """The run as TREC tools read it: query, Q0, article, rank, score, tag."""
    return [
        f"{query} Q0 {article} {rank} {1 / rank:.6f} {tag}"
        for query, articles in run.items()
        for rank, article in enumerate(articles, start=1)
    ]


def percentile_95(values: Sequence[float]) -> float:
    """The value that one in twenty is above; 0 for no values."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))] if ordered else 0.0


def median_of(values: Sequence[float]) -> float:
    """The value in the middle; 0 for no values."""
    return median(values) if values else 0.0


def _plain(qrels: Qrels) -> dict[str, dict[str, int]]:
    return {query: dict(judged) for query, judged in qrels.items()}


def _scored(qrels: Qrels, run: Run) -> dict[str, dict[str, float]]:
    # trec_eval sorts by score and breaks ties by id, against the order that a reader saw: score by rank.
    return {
        query: {article: 1 / rank for rank, article in enumerate(run.get(query, ()), start=1)}
        for query in qrels
    }
