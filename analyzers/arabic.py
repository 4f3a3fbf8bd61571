"""Arabic: spelling normalisation and the clitic rule. The only file that imports `pyarabic`.

Clitics are one-letter words written onto the next: و "and", ف "so", ب "in, with", ل "to, for", ك "like",
and the article ال "the". Stock stemmers cut letters blindly: they take وزير "minister" for و + زير and
so keep it apart from الوزير "the minister". Here a lone letter goes only when the archive itself attests
the rest.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from pyarabic import araby

ALEF = "\N{ARABIC LETTER ALEF}"
WAW = "\N{ARABIC LETTER WAW}"
FEH = "\N{ARABIC LETTER FEH}"
BEH = "\N{ARABIC LETTER BEH}"
LAM = "\N{ARABIC LETTER LAM}"
KAF = "\N{ARABIC LETTER KAF}"
YEH = "\N{ARABIC LETTER YEH}"
HEH = "\N{ARABIC LETTER HEH}"
ARTICLE = ALEF + LAM

_MARKS = re.compile(
    "["
    "\N{ARABIC SIGN SALLALLAHOU ALAYHE WASSALLAM}-\N{ARABIC SMALL KASRA}"
    "\N{ARABIC TATWEEL}\N{ARABIC FATHATAN}-\N{ARABIC WAVY HAMZA BELOW}"
    "\N{ARABIC LETTER SUPERSCRIPT ALEF}"
    "\N{ARABIC SMALL HIGH LIGATURE SAD WITH LAM WITH ALEF MAKSURA}-\N{ARABIC SMALL HIGH MEEM INITIAL FORM}"
    "\N{ARABIC SMALL HIGH ROUNDED ZERO}-\N{ARABIC SMALL HIGH MADDA}"
    "\N{ARABIC SMALL HIGH YEH}\N{ARABIC SMALL HIGH NOON}"
    "\N{ARABIC EMPTY CENTRE LOW STOP}-\N{ARABIC SMALL LOW MEEM}"
    "]"
)
_PERSIAN = str.maketrans(
    {
        "\N{ARABIC LETTER FARSI YEH}": YEH,
        "\N{ARABIC LETTER KEHEH}": KAF,
        "\N{ARABIC LETTER GAF}": "\N{ARABIC LETTER GHAIN}",
        "\N{ARABIC LETTER PEH}": BEH,
        "\N{ARABIC LETTER TCHEH}": "\N{ARABIC LETTER JEEM}",
        "\N{ARABIC LETTER JEH}": "\N{ARABIC LETTER ZAIN}",
        "\N{ARABIC LETTER VEH}": FEH,
        "\N{ARABIC LETTER ALEF WASLA}": ALEF,
        "\N{ARABIC LETTER HEH GOAL}": HEH,
        "\N{ARABIC LETTER HEH DOACHASHMEE}": HEH,
    }
)
_ANY_PERSIAN = re.compile(f"[{''.join(map(chr, _PERSIAN))}]")


def without_tashkeel(word: str) -> str:
    """Without vowel signs, Quranic marks and the stretching tatweel: كَتَبَ, كـتـب become كتب "he wrote"."""
    if not _MARKS.search(word):
        return word
    return _MARKS.sub("", araby.strip_tatweel(araby.strip_tashkeel(word)))


_CARRIERS = re.compile(f"[{''.join(araby.HAMZAT)}{araby.ALEF_MADDA}]")
_HAMZA_BEFORE_WAW = re.compile("\N{ARABIC LETTER YEH WITH HAMZA ABOVE}(?=\N{ARABIC LETTER WAW})")


def bare_hamza(word: str) -> str:
    """Hamza carriers as their bare letters: أحمد as احمد, مسؤول and مسئول ("official") both as مسوول.

    PyArabic's `tasheel` method; its default would turn أحمد into ءحمد. Before و the Egyptian spelling
    carries hamza on ي, the others on و: شئون/شؤون "affairs" are one word.
    """
    if not _CARRIERS.search(word):
        return word
    word = _HAMZA_BEFORE_WAW.sub("\N{ARABIC LETTER WAW WITH HAMZA ABOVE}", word)
    result: str = araby.normalize_hamza(word, method="tasheel")
    return result


def plain_final_letters(word: str) -> str:
    """ى as ي and ة as ه, which typists mix up: مستشفى/مستشفي "hospital", مدرسة/مدرسه "school"."""
    word = word.replace("\N{ARABIC LETTER ALEF MAKSURA}", YEH)
    return word.replace("\N{ARABIC LETTER TEH MARBUTA}", HEH)


def arabic_letters(word: str) -> str:
    """Persian and Urdu letters as the Arabic ones: کتاب as كتاب, ڤيتنام as فيتنام."""
    return word.translate(_PERSIAN) if _ANY_PERSIAN.search(word) else word


_JOINED_AFTER_CONJUNCTION = (ARTICLE, BEH + ARTICLE, LAM + LAM, KAF + ARTICLE)
_SHORTEST = 4
"""Shorter words are never cut: nothing sure is left of them."""
_JOINED = tuple(letter + ARTICLE for letter in (BEH, KAF, FEH, WAW))


def clitic_rule(counts: Mapping[str, int], protected: frozenset[str]) -> Callable[[str], str]:
    """The step that cuts clitics, for an archive whose words have these document frequencies.

    Words are normalised before. A word that takes the article itself in this archive is whole: وزير keeps
    its waw because الوزير exists, وكالة "agency" its وكال because of الوكالة, and التزام "commitment" its ال
    because of الالتزام; so are `protected` words. From the others the article and لل always go; its joins
    (وال فال بال كال) if the archive has the rest; a lone و ف ب ل ك only if the rest, with or without the
    article, stands in at least as many articles as the word. No suffix is cut.
    """

    def whole(word: str) -> bool:
        return len(word) < _SHORTEST or word in protected or ARTICLE + word in counts

    def separable(word: str, rest: str) -> bool:
        attested = counts.get(rest, 0) + counts.get(ARTICLE + rest, 0)
        return attested >= max(1, counts.get(word, 0))

    def cut(word: str) -> str:
        if whole(word):
            return word
        if word[0] in (WAW, FEH):
            rest = word[1:]
            joined = len(word) > _SHORTEST and rest.startswith(_JOINED_AFTER_CONJUNCTION)
            if joined or separable(word, rest):
                if whole(rest):
                    return rest
                word = rest
        if word.startswith((ARTICLE, LAM + LAM)):
            return word[2:]
        # فالنتين "Valentine" is no فال + نتين.
        if len(word) > _SHORTEST and word.startswith(_JOINED) and separable("", word[3:]):
            return word[3:]
        if word[0] in (BEH, LAM, KAF) and separable(word, word[1:]):
            return word[1:]
        return word

    return cut


MONTHS = {
    "يناير": "جانفي",
    "فبراير": "فيفري شباط",
    "مارس": "آذار",
    "ابريل": "افريل نيسان",
    "مايو": "ماي أيار",
    "يونيو": "جوان حزيران",
    "يوليو": "جويلية يوليوز تموز",
    "اغسطس": "أوت غشت آب",
    "سبتمبر": "شتنبر أيلول",
    "نوفمبر": "نونبر",
    "ديسمبر": "دجنبر",
}
"""Month of the Egyptian and Gulf press -> its names of one word elsewhere: the Maghreb's from French, the
Levant's from Syriac. Source: CLDR 44, Gregorian months of `ar`, `ar-DZ`, `ar-TN`, `ar-MA`, `ar-SY`."""

LEVANT_MONTHS = {
    "يناير": "كانون الثاني",
    "اكتوبر": "تشرين الأول",
    "نوفمبر": "تشرين الثاني",
    "ديسمبر": "كانون الأول",
}
"""The Levant's months of two words, of the same source."""

_FATHER = "أب"


def _spellings(name: str) -> set[str]:
    """A month with its hamza, without, and with the one that typists take for it; never أب "father"."""
    bare = bare_hamza(name)
    carried = {hamza + bare[1:] for hamza in "أإ"} if bare.startswith(ALEF) else set()
    return ({name, bare} | carried) - {_FATHER, bare_hamza(_FATHER), "إب"}


_MONTH_OF = {
    spelling: month
    for month, names in MONTHS.items()
    for name in names.split()
    for spelling in _spellings(name)
}


def one_month_name(word: str) -> str:
    """A month by its Egyptian name: نيسان and أفريل "April" as ابريل. Before hamza carriers: اب is "father".

    >>> one_month_name("نيسان"), one_month_name("آب"), one_month_name("أب")
    ('ابريل', 'اغسطس', 'أب')
    """
    return _MONTH_OF.get(word, word)


def levant_months(words: Sequence[str]) -> list[tuple[int, int, str]]:
    """The months in a text's normalised words that the Levant writes as two, and the other way round.

    (number of the first word, number after the last, the month's other name): of تشرين الاول it is اكتوبر.
    """
    found: list[tuple[int, int, str]] = []
    for at, word in enumerate(words):
        if word in LEVANT_MONTHS:
            found.append((at, at + 1, LEVANT_MONTHS[word]))
        elif month := _LEVANT.get((word, words[at + 1] if at + 1 < len(words) else "")):
            found.append((at, at + 2, month))
    return found


_LEVANT = {tuple(bare_hamza(word) for word in name.split()): month for month, name in LEVANT_MONTHS.items()}


_SUFFIXES = "تين تان هما كما تها ها هم هن نا كم وا ون ين ان ات ته تي يه".split() + list("هيتا")
_IMPERFECT = "يتنا"
"""First letters of an imperfect (يزور "he visits") and of verbs of five letters (اجتمع "he met")."""
_LONG_VOWELS = re.compile("[اوي]")
_ARABIC_WORD = re.compile("[\N{ARABIC LETTER HAMZA}-\N{ARABIC LETTER YEH}]+")
_LEAST_LEFT = 3
"""Letters of a word that stay: roots have three."""


def skeleton(word: str) -> str:
    """A word without one suffix, one verbal prefix and its inner long vowels: what its forms share.

    Broken plurals change the vowels (بنك/بنوك "bank, banks"), conjugation both ends (تزور/يزورون "visit").
    Words that are not related may share one too, so it only adds to the score. Takes normalised stems.

    >>> [skeleton(word) for word in ("بنوك", "بنك", "يجتمع", "اجتماع", "مدارس", "مدرسه")]
    ['بنك', 'بنك', 'جتمع', 'جتمع', 'مدرس', 'مدرس']
    """
    if len(word) <= _LEAST_LEFT or not _ARABIC_WORD.fullmatch(word):
        return word
    suffix = next((s for s in _SUFFIXES if word.endswith(s) and len(word) - len(s) >= _LEAST_LEFT), "")
    word = word.removesuffix(suffix) if suffix else word
    if len(word) > _LEAST_LEFT and word[0] in _IMPERFECT:
        word = word[1:]
    bare = word[0] + _LONG_VOWELS.sub("", word[1:])
    # Two letters are no root: of هانوي "Hanoi" nothing would stay but هن "they".
    return bare if len(bare) >= _LEAST_LEFT else word
