"""One hostile home for all attacks."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.attacks.site import hostile_home, site


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment of whoever runs the tests does not count."""
    for name in [name for name in os.environ if name.upper().startswith("DALIL_")]:
        monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home of hostile articles."""
    return hostile_home(tmp_path_factory.mktemp("hostile"))


@pytest.fixture(scope="session")
def app(hostile: Path) -> Iterator[Flask]:
    """The site over it, with a desk that has a password."""
    with site(hostile) as made:
        yield made
