"""How fast text becomes terms, one thread: with an empty memory of words (cold) and a full one (warm)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from analyzers import Analyzer, build_lexicon
from analyzers.languages import build_analyzer


def terms(analyzer: Analyzer, texts: list[str]) -> int:
    """Terms of the main field in all texts."""
    return sum(len(analyzer.terms(text)) for text in texts)


def index_terms(analyzer: Analyzer, texts: list[str]) -> int:
    """Terms of the main field, with all other fields made too, as indexing does."""
    main = analyzer.fields[0].name
    return sum(len(analyzer.index_terms(text)[main].terms) for text in texts)


@pytest.mark.parametrize("language", ["ar", "vi", "en"])
@pytest.mark.parametrize("start", ["cold", "warm"])
@pytest.mark.parametrize("count", [terms, index_terms])
def test_analysis(
    benchmark: BenchmarkFixture,
    texts: Mapping[str, list[str]],
    language: str,
    start: str,
    count: Callable[[Analyzer, list[str]], int],
) -> None:
    """Counts every term that `tokens` counts."""
    lines = texts[language]
    lexicon = build_lexicon(language, lines)
    warm = build_analyzer(language, lexicon)
    expected = sum(len(warm.tokens(line).terms) for line in lines)
    words = sum(len(warm.words(line).starts) for line in lines)
    count(warm, lines)

    def setup() -> tuple[tuple[Analyzer, list[str]], dict[str, object]]:
        # `analyzer_for` would hand out the one that has seen these words.
        return (warm if start == "warm" else build_analyzer(language, lexicon), lines), {}

    benchmark.group = f"analysis: {count.__name__}, {start}"
    found = benchmark.pedantic(count, setup=setup, rounds=5)
    assert found == expected > 0
    benchmark.extra_info["tokens"] = words
    assert benchmark.stats is not None
    # No times with --benchmark-disable.
    if benchmark.stats is not None:
        benchmark.extra_info["tokens_per_second"] = round(words / benchmark.stats.stats.median)
