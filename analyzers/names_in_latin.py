"""Where a text in Latin script may name a person or place: Vietnamese names and places of the gazetteer.

Where a text has capitals, names have them: Đức is Germany and đức is virtue. A text without any, as queries
are typed, has a Vietnamese name only behind a family name, and no country whose name is one plain syllable.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .gazetteer import NO_NAMES, Name, Names, Place, accented_words, gazetteer, latin_words
from .name_keys_foreign import TERM as FOREIGN
from .name_keys_foreign import foreign_latin_key
from .name_keys_vietnamese import VietnameseSyllable, vietnamese_syllable
from .name_phrases import LONGEST, SHORTEST, begins_vietnamese
from .vietnamese import unaccented

# Compiled for Dalil from common knowledge, 2026. Rare ones that are everyday words (vàng "gold") are left
# out.
FAMILY_NAMES = frozenset(
    """
    âu bạch bành bế bồ bùi cao cấn chế chu chử châu cù diệp doãn dư dương đái đàm đan đào đặng đậu đèo
    điêu đinh đoàn đỗ đồng đổng giang giáp giàng hà hàn hầu hồ hoàng hồng hứa huỳnh khổng khúc khương
    khuất kiều kim la lã lạc lai lâm lê lò lỗ lục lư lữ lương lường lưu lý mã mạc mai mẫn mông nghiêm ngô
    ngọ ngụy nguyễn nhâm nhan ninh nông phạm phan phí phó phú phùng phương quách sầm sùng tạ tào tăng
    thạch thái thẩm thào thiều thịnh tiêu tô tôn tống trần triệu trình trịnh trương tưởng uông ung văn võ
    vũ vương
    """.split()
)
_BARE_FAMILY_NAMES = frozenset(map(unaccented, FAMILY_NAMES))

_COUNTRY_CONTEXT = frozenset("nước tại ở sang từ của và giữa với quân người tiếng đến tới về cho".split())
"""Words before a country; others stand before a person."""
_TITLES = frozenset("ông bà anh chị em cô chú bác cậu dì".split())
_ALSO_PLAIN_WORDS = frozenset({"anh", "áo", "ý"})
"""Britain, Austria and Italy, but also "brother, he", "shirt" and "idea", which begin sentences."""
_LEAST_LETTERS = 5


@dataclass(frozen=True, slots=True)
class LatinWord:
    """One word of a text in Latin script."""

    lower: str
    """In lower case, its accents kept."""
    bare: str
    """In lower case without accents, as the gazetteer compares."""
    capital: bool
    syllable: VietnameseSyllable | None
    names: Names
    """Those of the gazetteer that begin with the word."""
    alone: Name | None
    """The one of the gazetteer that is the word, as it is written."""
    foreign: str | None
    """The key of a foreign name that the word may be."""
    tells: frozenset[str]
    """The terms of names that may begin with the word, phrases of syllables up to their first `-`."""


class LatinWords(dict[str, LatinWord]):
    """Written word -> what it can be in a name; computed once a word."""

    _LIMIT = 300_000

    def __missing__(self, written: str) -> LatinWord:
        if len(self) >= self._LIMIT:
            self.clear()
        lower = "".join(accented_words(written))
        bare = "".join(latin_words(lower))
        names = gazetteer().latin(bare)
        syllable = vietnamese_syllable(written)
        foreign = None if syllable else foreign_latin_key(lower)
        alone = names.alone if names.alone and _is_spelt((lower,), names.alone) else None
        tells = {*names.terms, *(begins_vietnamese(syllable) if syllable else ())}
        if foreign:
            tells.add(FOREIGN + foreign)
        found = LatinWord(
            lower, bare, written[:1].isupper(), syllable, names, alone, foreign, frozenset(tells)
        )
        self[written] = found
        return found


def capitals(words: Sequence[LatinWord]) -> list[int]:
    """Places of the words that begin with a capital."""
    return [at for at, word in enumerate(words) if word.capital]


def family_name(word: LatinWord, *, accented: bool) -> bool:
    """Whether a word is a Vietnamese family name, as written in a text that has accents or has none."""
    return word.lower in FAMILY_NAMES if accented else word.bare in _BARE_FAMILY_NAMES


def places(
    words: Sequence[LatinWord], candidates: Sequence[int], *, cased: bool
) -> Iterator[tuple[int, int, tuple[Place, ...]]]:
    """First word, length in words and places of the longest names of the gazetteer, none inside another.

    `candidates`: where names may begin; with a capital in a text that is `cased`.
    """
    free = 0
    for at in candidates:
        word = words[at]
        if at < free or word.names is NO_NAMES:
            continue
        name = _longest(word.names, words, at)
        if name is None:
            alone = word.alone
            if alone is None:
                continue
            place = alone.places[0]
            if not (_single_in_text(words, at, place) if cased else _single_in_query(word, place)):
                continue
            name = alone
        free = at + len(name.words)
        yield at, free - at, name.places


def _longest(names: Names, words: Sequence[LatinWord], at: int) -> Name | None:
    if at + 1 == len(words) or words[at + 1].bare not in names.longer:
        return None
    name = names.longest(words[at + 1].bare, lambda count: [w.bare for w in words[at + 1 : at + 1 + count]])
    return name if name and _spelt(words[at : at + len(name.words)], name) else None


def _spelt(words: Sequence[LatinWord], name: Name) -> bool:
    return _is_spelt([word.lower for word in words], name)


def _is_spelt(written: Sequence[str], name: Name) -> bool:
    """Whether the accents are those of the name, or none are written."""
    if all(map(str.isascii, written)):
        return True
    if not name.written:
        # The gazetteer has some Vietnamese places by their English name alone.
        return name.places[0].size == "V"
    return tuple(written) in name.written


def _single_in_query(word: LatinWord, place: Place) -> bool:
    if word.syllable is not None:
        return place.size == "V" and not word.lower.isascii()
    return place.known_widely or len(word.bare) >= _LEAST_LETTERS


def _single_in_text(words: Sequence[LatinWord], at: int, place: Place) -> bool:
    word = words[at]
    if word.syllable is None:
        return place.known_widely or len(word.bare) >= _LEAST_LETTERS
    before = words[at - 1] if at else None
    after = words[at + 1] if at + 1 < len(words) else None
    if (before and before.capital) or (after and after.capital) or not place.known_widely:
        return False
    if word.lower in _ALSO_PLAIN_WORDS and len(words) > 1:
        return before is not None and before.lower in _COUNTRY_CONTEXT
    return before is None or before.lower not in _TITLES


def runs(syllables: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Start and end of each run of two or more of these places side by side."""
    start = end = -1
    for at in syllables:
        if at != end:
            if end - start >= SHORTEST:
                yield start, end
            start = at
        end = at + 1
    if end - start >= SHORTEST:
        yield start, end


def phrases(start: int, end: int) -> Iterator[tuple[int, int]]:
    """Start and end of each phrase of two to four syllables in a run."""
    for first in range(start, end - 1):
        for last in range(first + SHORTEST, min(first + LONGEST, end) + 1):
            yield first, last
