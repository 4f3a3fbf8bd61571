"""What translations of one story disagree on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from analyzers import NameReader
from indexer.articles import Article
from indexer.errors import QueryError
from indexer.library import Library
from search_web.core.locate import Located, Meant, locate
from search_web.core.pages import Filters
from search_web.core.translations.figures import FigureKind
from search_web.core.translations.translation_check import Disagreement, disagreements, read_article
from search_web.core.translations.translation_groups import CheckInput, TranslationGroups

from .small_library import library_of

SLUG = "lu-song-huong-dang-cao-thanh-pho-hue-ngap-nhieu-tuyen-pho"
VI = Article(
    id="vi",
    lang="vi",
    title="Lũ sông Hương vượt báo động",
    body=(
        "Rạng sáng 7/10, mực nước sông Hương lên 4,1 mét. Khoảng 1.250 hộ phải sơ tán.",
        "Ông Nguyễn Văn Hùng cho biết thiệt hại khoảng 35 tỷ đồng.",
        "Thành phố có 12 trạm bơm.",
    ),
)
EN = Article(
    id="en",
    lang="en",
    title="Perfume River passes the alarm mark",
    body=(
        "At dawn on 7 October the Perfume River stood at 4.1 metres. About 1,250 households left.",
        "Mr Nguyen Van Hung put the damage at some 35 billion dong.",
        "The city has twelve pumping stations.",
    ),
)
AR = Article(
    id="ar",
    lang="ar",
    title="نهر العطور يتجاوز مستوى الإنذار",
    body=(
        "فجر 7 تشرين الأول بلغ منسوب النهر ٤٫١ متر. وأُجليت نحو ١٬٢٥٠ أسرة.",
        "قدّر نغوين فان هونغ الأضرار بنحو 35 مليار دونغ.",
        "لدى المدينة اثنتا عشرة محطة ضخ.",
    ),
)


def _check(*articles: Article) -> list[Disagreement]:
    names = NameReader()
    return disagreements([read_article(article, names) for article in articles])


def _with(article: Article, old: str, new: str) -> Article:
    changed = replace(article, body=tuple(part.replace(old, new) for part in article.body))
    assert changed != article
    return changed


def test_true_translations_agree() -> None:
    """Digits of two scripts, three orders of dates, two families of months, numbers in words, one name."""
    assert _check(VI, EN, AR) == []


@pytest.mark.parametrize(
    ("article", "old", "new", "kind"),
    [
        (AR, "١٬٢٥٠", "١٬٥٢٠", FigureKind.NUMBER),
        (AR, "35 مليار", "35 مليون", FigureKind.NUMBER),
        (AR, "٤٫١", "٤٫٧", FigureKind.NUMBER),
        (AR, "7 تشرين الأول", "7 تشرين الثاني", FigureKind.DATE),
        (EN, "7 October", "9 October", FigureKind.DATE),
        (AR, "نغوين فان هونغ", "نغوين فان دونغ", FigureKind.NAME),
        (EN, "Nguyen Van Hung", "Nguyen Van Long", FigureKind.NAME),
    ],
)
def test_a_slip_is_found_in_its_sentence(article: Article, old: str, new: str, kind: FigureKind) -> None:
    """A number, scale, date or name that was changed stands first, beside what the other text says."""
    changed = _with(article, old, new)
    found = _check(VI, changed)
    assert found
    first = found[0]
    assert first.kind is kind
    assert first.other is not None
    written = {side.lang: side.written for side in (first.one, first.other)}
    assert written[changed.lang].strip() == new
    for side, text in ((first.one, first.one.sentence), (first.other, first.other.sentence)):
        (mark,) = text.marks
        assert text.text[mark.start : mark.end] == side.written


def test_the_odd_one_of_three_languages_is_told_against_each() -> None:
    """The article that is wrong stands in every disagreement."""
    found = _check(VI, EN, _with(AR, "35 مليار", "53 مليار"))
    assert {side.article_id for item in found for side in (item.one, item.other) if side} == {
        "vi",
        "en",
        "ar",
    }
    assert all("ar" in {item.one.article_id, item.other.article_id} for item in found if item.other)


def test_a_number_left_out_weighs_less_and_a_summary_lacks_nothing() -> None:
    """What a translation leaves out is told behind what it says otherwise; of a summary it is not told."""
    without = _with(EN, "About 1,250 households left.", "Many households left their homes behind.")
    (item,) = _check(VI, without)
    assert (item.other, item.missing_in, item.one.written) == (None, "en", "1.250")
    assert item.weight < _check(VI, _with(EN, "1,250", "1,520"))[0].weight
    assert _check(VI, replace(EN, body=("At dawn on 7 October the river rose.",))) == []


def test_a_text_in_a_language_of_no_table_lacks_nothing() -> None:
    """Numbers in Thai words are not read: their absence says nothing."""
    thai = replace(
        EN, id="th", lang="th", body=tuple(part.replace("1,250", "พันสองร้อยห้าสิบ") for part in EN.body)
    )
    assert _check(VI, thai) == []


def test_one_language_is_not_compared_with_itself() -> None:
    """Two editions in Vietnamese may differ: they are no translations."""
    assert _check(VI, replace(_with(VI, "35 tỷ", "53 tỷ"), id="vi2")) == []


def test_a_table_is_not_compared() -> None:
    """Of two lists of thousands of numbers every one might be the slip of every other."""
    numbers = [
        " ".join(f"{number};" for number in range(first, first + 20_000)) for first in (10_000, 40_000)
    ]
    vi, en = (replace(article, body=(text,)) for article, text in zip((VI, EN), numbers, strict=True))
    assert _check(vi, en) == []


def test_what_was_taken_out_of_the_archive_is_not_shown() -> None:
    """Nor what was changed there, though the index stays as it is until the next job."""
    wrong = _with(EN, "35 billion", "53 billion")
    library = library_of(
        replace(article, url=f"https://example.org/{article.lang}/{SLUG}") for article in (VI, wrong, AR)
    )
    groups = TranslationGroups(library)
    (group,) = groups.page(CheckInput()).groups
    assert "en" in {article.id for article in group.articles}
    kept = library.kept.pop("en")
    assert groups.page(CheckInput()).groups == ()
    found = groups.group(group.name)
    assert found is not None
    assert {article.id for article in found.articles} == {"vi", "ar"}
    library.kept["en"] = replace(kept, body=EN.body)
    assert groups.page(CheckInput()).groups == ()
    library.kept["en"] = kept
    assert groups.page(CheckInput()).groups == (group,)


@pytest.fixture(scope="module")
def library(sample_home: Path) -> Iterator[Library]:
    opened = Library(sample_home)
    yield opened
    opened.close()


def test_groups_of_the_sample(library: Library) -> None:
    """Every group has two languages or more; a page has those that disagree, the most telling first."""
    groups = TranslationGroups(library)
    page = groups.page(CheckInput())
    assert (page.total, page.checked, page.pages) == (51, 51, 1)
    assert all(len({article.lang for article in group.articles}) > 1 for group in groups.every(Filters()))
    weights = [group.weight for group in page.groups]
    assert weights == sorted(weights, reverse=True)
    # Invented with care: no two of its translations say two things.
    assert not [item for group in page.groups for item in group.disagreements if item.other]
    named = groups.group(page.groups[0].name)
    assert named == page.groups[0]
    assert groups.group("no-such-group") is None


def test_groups_are_filtered(library: Library) -> None:
    """By language and period; no such page is an error."""
    groups = TranslationGroups(library)
    thai = groups.page(CheckInput(Filters(lang=("th",))))
    assert 0 < thai.total < 51
    assert groups.page(CheckInput(Filters(date_from="2031"))).total == 0
    with pytest.raises(QueryError, match="no page 9"):
        groups.page(CheckInput(page=9))
    with pytest.raises(QueryError):
        groups.page(CheckInput(Filters(date_from="soon")))


@pytest.mark.parametrize(
    ("text", "meant", "article_id"),
    [
        ("vi-138", Meant.ARTICLE, "vi-138"),
        ("  vi-138 ", Meant.ARTICLE, "vi-138"),
        (f"https://example.org/vi/{SLUG}", Meant.ARTICLE, "vi-138"),
        # A mirror: the headline in the address is the same.
        (f"http://mirror.example.net/vi/{SLUG}.html", Meant.ARTICLE, "vi-138"),
        (f"mirror.example.net/en/{SLUG}", Meant.ARTICLE, "en-138"),
        ("https://elsewhere.example/news/2025", Meant.ADDRESS, ""),
        ("javascript://example.org/%0aalert(1)", Meant.WORDS, ""),
        ("http://[::1", Meant.WORDS, ""),
        ("sông Hương", Meant.WORDS, ""),
        ("x" * 5_000, Meant.WORDS, ""),
        ("", Meant.WORDS, ""),
    ],
)
def test_an_article_is_located(library: Library, text: str, meant: Meant, article_id: str) -> None:
    """By id, by address, by the address of a mirror; anything else is words or an address not here."""
    assert locate(library, text) == Located(meant, article_id)
