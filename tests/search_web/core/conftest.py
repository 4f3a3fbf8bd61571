"""A search service over twelve articles, new for every test."""

from __future__ import annotations

import pytest

from search_web.core.service import SearchService

from .small_library import ARTICLES, SmallLibrary, library_of


@pytest.fixture
def library() -> SmallLibrary:
    return library_of(ARTICLES)


@pytest.fixture
def service(library: SmallLibrary) -> SearchService:
    return SearchService(library)
