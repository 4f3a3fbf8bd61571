"""The parts of `bench_load`: readers and publishers at one server, and what they make of its answers."""
