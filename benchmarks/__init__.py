"""How good Dalil is (`eval_*`) and how fast (`bench_*`, pytest-benchmark)."""
