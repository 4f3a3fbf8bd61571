"""`author:`, `section:` and `source:` find the values of the index as people type them."""

from __future__ import annotations

import pytest

from indexer.articles import article_from
from search_web.core.column_values import ColumnValues

from .small_library import SmallLibrary, library_of


@pytest.mark.parametrize(
    ("column", "typed", "found"),
    [
        ("author", "thu", ("Lê Uyển Thư",)),
        ("author", "LE UYỂN", ("Lê Uyển Thư",)),
        ("author", "bảo-khuê", ("Trần Bảo Khuê",)),
        ("author", "نديم الكرام", ("نديم الكرّام",)),
        ("author", "th", ()),
        ("author", "Uyen Le", ()),
        ("author", "Thư Trần", ()),
        ("author", "", ()),
        ("author", "?!", ()),
        ("section", "van hoa", ("Văn hóa",)),
        ("source", "three rivers", ("Three Rivers Post",)),
        ("source", "Báo", ("Thời báo Ba Sông",)),
    ],
)
def test_values_by_what_is_typed(
    library: SmallLibrary, column: str, typed: str, found: tuple[str, ...]
) -> None:
    """Whole words side by side, without regard to case, accents and punctuation."""
    assert ColumnValues(library.state.engine).matching(column, typed) == found


def test_a_value_typed_to_the_letter_is_the_only_one() -> None:
    """Else the Post could not be told from the Evening Post."""
    articles = [
        article_from({"id": name, "lang": "en", "title": "News", "source": name})
        for name in ("Rivers Post", "Rivers Post Evening")
    ]
    values = ColumnValues(library_of(articles).state.engine)
    assert values.matching("source", " Rivers Post ") == ("Rivers Post",)
    assert set(values.matching("source", "rivers post")) == {"Rivers Post", "Rivers Post Evening"}


@pytest.mark.parametrize(("typed", "found"), [("vi", "vi"), ("VI-VN", "vi"), ("xx", "xx")])
def test_a_language_is_its_tag(library: SmallLibrary, typed: str, found: str) -> None:
    """Without its region, as the index has it."""
    assert ColumnValues(library.state.engine).matching("lang", typed) == (found,)
