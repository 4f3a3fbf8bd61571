"""Which fields have positions that carry more than a word's number: what an `IndexPlan` must know."""

from __future__ import annotations

from analyzers import analyzer_for, known_languages

from ...schema import SHAPES, field_name, title_field


def position_units() -> dict[str, int]:
    """Field -> unit of its positions, for the main field of each language and its words of titles.

    >>> position_units()["ar.stem"], "vi.fold" in position_units()
    (1024, False)
    """
    main = {language: analyzer_for(language).fields[0].name for language in known_languages()}
    return {
        name: SHAPES
        for language, field in main.items()
        for name in (field_name(language, field), title_field(language, field))
    }
