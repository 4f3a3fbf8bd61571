"""Words that are numbers, scale them or name months, by language: tables for `figures_in_text`.

Common knowledge of the languages; months of Arabic after CLDR 44 (`ar`, `ar-SY`, `ar-DZ`, `ar-TN`, `ar-MA`),
as `analyzers.arabic` has them. Arabic words stand as `plain` leaves them: bare hamza, ه for ة, ي for ى.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_HAMZA = str.maketrans("أإآٱىة", "اااايه")
_MARKS = re.compile("[\N{ARABIC TATWEEL}\N{ARABIC FATHATAN}-\N{ARABIC SUKUN}]")


def plain(word: str) -> str:
    """An Arabic word as the tables have it: آلاف as الاف, مئة as مئه."""
    return plain_letters(_MARKS.sub("", word))


def plain_letters(text: str) -> str:
    """Arabic letters as in the tables, letter for letter."""
    return text.translate(_HAMZA)


def _table(text: str) -> Mapping[str, int]:
    """Lines of a value and the words for it."""
    rows = (line.split() for line in text.strip().splitlines())
    return {word.replace("_", " "): int(float(value)) for value, *words in rows for word in words}


SCALES: Mapping[str, Mapping[str, int]] = {
    "en": _table(
        """
        1e2 hundred
        1e3 thousand thousands
        1e6 million millions mln
        1e9 billion billions bn
        1e12 trillion trillions
        """
    ),
    "vi": _table(
        """
        1e2 trăm
        1e3 nghìn ngàn
        1e6 triệu
        1e9 tỷ tỉ
        """
    ),
    "ar": _table(
        """
        1e2 مئه مائه مئات
        1e3 الف الاف الفا
        1e6 مليون ملايين مليونا
        1e9 مليار مليارات مليارا بليون بلايين بليونا
        1e12 تريليون تريليونات تريليونا ترليون
        """
    ),
    "fr": _table(
        """
        1e3 mille millier milliers
        1e6 million millions
        1e9 milliard milliards
        """
    ),
}
"""What a number is multiplied with by the word behind it."""

UNITS: Mapping[str, Mapping[str, int]] = {
    "en": _table(
        """
        1 one first once
        2 two second twice double both pair couple
        3 three third thrice triple
        4 four fourth quarter quarters
        5 five fifth
        6 six sixth
        7 seven seventh
        8 eight eighth
        9 nine ninth
        10 ten tenth decade
        11 eleven eleventh
        12 twelve twelfth dozen
        13 thirteen thirteenth
        14 fourteen fourteenth
        15 fifteen fifteenth
        16 sixteen sixteenth
        17 seventeen seventeenth
        18 eighteen eighteenth
        19 nineteen nineteenth
        """
    ),
    "vi": _table(
        """
        1 một nhất mốt
        2 hai nhì đôi cặp
        3 ba
        4 bốn tư
        5 năm lăm
        6 sáu
        7 bảy bẩy
        8 tám
        9 chín
        """
    ),
    "ar": _table(
        """
        1 واحد واحده احد احدي اول اولي
        2 اثنان اثنين اثنتان اثنتين اثنا اثني اثنتا اثنتي ثاني ثانيه ثان ثنايي
        3 ثلاثه ثلاث ثالث ثالثه
        4 اربعه اربع رابع رابعه ربع
        5 خمسه خمس خامس خامسه
        6 سته ست سادس سادسه
        7 سبعه سبع سابع سابعه
        8 ثمانيه ثماني ثمان ثامن ثامنه
        9 تسعه تسع تاسع تاسعه
        10 عشره عشر عاشر عاشره عقد
        11 حادي حاديه
        """
    ),
    "fr": _table(
        """
        1 un une premier première
        2 deux deuxième second
        3 trois troisième
        4 quatre quatrième
        5 cinq cinquième
        6 six sixième
        7 sept septième
        8 huit huitième
        9 neuf neuvième
        10 dix dixième
        11 onze
        12 douze douzaine
        13 treize
        14 quatorze
        15 quinze
        16 seize
        20 vingt
        30 trente
        40 quarante
        50 cinquante
        60 soixante
        """
    ),
}

TENS: Mapping[str, Mapping[str, int]] = {
    "en": _table(
        """
        20 twenty twentieth
        30 thirty thirtieth
        40 forty fortieth
        50 fifty fiftieth
        60 sixty sixtieth
        70 seventy seventieth
        80 eighty eightieth
        90 ninety ninetieth
        """
    ),
    "vi": {},
    "ar": _table(
        """
        20 عشرون عشرين عشرينيات عشرينات
        30 ثلاثون ثلاثين ثلاثينيات ثلاثينات
        40 اربعون اربعين اربعينيات اربعينات
        50 خمسون خمسين خمسينيات خمسينات
        60 ستون ستين ستينيات ستينات
        70 سبعون سبعين سبعينيات سبعينات
        80 ثمانون ثمانين ثمانينيات ثمانينات
        90 تسعون تسعين تسعينيات تسعينات
        """
    ),
    "fr": {},
}

WHOLE: Mapping[str, Mapping[str, int]] = {
    "ar": _table(
        """
        200 مئتان مئتين مئتا مئتي مائتان مائتين مائتا مائتي
        300 ثلاثمئه ثلاثمائه
        400 اربعمئه اربعمائه
        500 خمسمئه خمسمائه
        600 ستمئه ستمائه
        700 سبعمئه سبعمائه
        800 ثمانمئه ثمانمائه ثمانيمئه
        900 تسعمئه تسعمائه
        2e3 الفان الفين الفا الفي
        2e6 مليونان مليونين مليوني
        2e9 ملياران مليارين ملياري
        2e12 تريليونين تريليونان
        """
    ),
}
"""Words that are a hundred or a scale and their number at once."""

_MONTH_TABLES = {
    "en": """
        1 january jan
        2 february feb
        3 march mar
        4 april apr
        5 may
        6 june jun
        7 july jul
        8 august aug
        9 september sept sep
        10 october oct
        11 november nov
        12 december dec
        """,
    "ar": """
        1 يناير جانفي كانون_الثاني
        2 فبراير فيفري شباط
        3 مارس اذار
        4 ابريل افريل نيسان
        5 مايو ماي ايار
        6 يونيو جوان حزيران
        7 يوليو جويليه يوليوز تموز
        8 اغسطس اوت غشت اب
        9 سبتمبر شتنبر ايلول
        10 اكتوبر تشرين_الاول
        11 نوفمبر نونبر تشرين_الثاني
        12 ديسمبر دجنبر كانون_الاول
        """,
    "fr": """
        1 janvier
        2 février
        3 mars
        4 avril
        5 mai
        6 juin
        7 juillet
        8 août
        9 septembre
        10 octobre
        11 novembre
        12 décembre
        """,
}
MONTHS: Mapping[str, Mapping[str, int]] = {lang: _table(text) for lang, text in _MONTH_TABLES.items()}
"""Names of months, in small letters; Vietnamese months are numbers."""
