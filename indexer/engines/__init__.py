"""Engines: terms and query trees in, ids and scores out. No engine sees text that a person typed."""
