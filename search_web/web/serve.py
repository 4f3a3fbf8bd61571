"""Serve the application with waitress."""

from __future__ import annotations

from flask import Flask
from waitress import serve as waitress_serve  # type: ignore[import-untyped]  # it ships no types


def serve(app: Flask, host: str = "127.0.0.1", port: int = 8080, threads: int = 4) -> None:
    """Answer requests until the process is told to stop. Raises `OSError` when the port is taken."""
    waitress_serve(
        app, host=host, port=port, threads=threads, ident=None, clear_untrusted_proxy_headers=False
    )
