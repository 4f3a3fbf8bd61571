"""Embedded search engines beside each other: the same terms, the same queries, one thread."""
