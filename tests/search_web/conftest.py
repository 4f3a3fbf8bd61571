"""The sample archive, indexed once, for tests of the whole way from files to answers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from indexer import jobs
from indexer.library import Library
from search_web.core.service import SearchService
from search_web.web.app import create_app
from search_web.web.config import WebConfig

SAMPLE = Path(__file__).resolve().parents[2] / "examples" / "archive"


@pytest.fixture(scope="session")
def sample_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Nobody writes to it."""
    home = tmp_path_factory.mktemp("sample") / "home"
    receipt = jobs.add(home, [SAMPLE])
    assert (receipt.new, receipt.rejected, receipt.indexed) == (157, 0, 157)
    return home


@pytest.fixture(scope="session")
def sample(sample_home: Path) -> Iterator[SearchService]:
    library = Library(sample_home)
    yield SearchService(library)
    library.close()


@pytest.fixture(scope="session")
def sample_pages(sample: SearchService) -> FlaskClient:
    """The real application over it."""
    return create_app(sample, WebConfig(rate_limit="", testing=True)).test_client()
