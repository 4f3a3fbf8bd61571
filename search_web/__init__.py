"""Searching: the core without I/O, the pages and the API over it, the command `dalil`. Imports no Flask."""
