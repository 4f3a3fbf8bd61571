"""Articles: reading, keeping, indexing them. Knows nothing of HTTP or of HTML shown to people."""
