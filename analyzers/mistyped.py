"""Whether a query was typed without its input method or with the wrong keyboard layout, and what it means.

The keys say what a word could mean (`vietnamese_keys`, `keyboards`); whether it does mean that is decided for
the whole query by the words of the archive: `thees` and `phamj` are no words of any language there, thế and
Phạm are. English words that are Telex too (been: bên "side") prove nothing by themselves. A query whose words
are known as they were typed is never rewritten.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from functools import cache, partial
from importlib import resources

from .keyboards import LAYOUTS, arabic_readings, latin_readings
from .languages import stop_words
from .vietnamese_keys import accented_forms, decode_telex, decode_vni, telex_escaped
from .vietnamese_syllables import is_syllable

Known = Callable[[str], int]
"""Articles that have a word as it is written here, accents counted, in any language; 0 for none."""


class TypingKind(Enum):
    """How a query was typed."""

    TELEX = "telex"
    VNI = "vni"
    LATIN_KEYS = "latin-keys"
    """Arabic, with a Latin layout on."""
    ARABIC_KEYS = "arabic-keys"
    """English, Vietnamese or the like, with an Arabic layout on."""


@dataclass(frozen=True, slots=True)
class Decoding:
    """What a query means; `before` is the text as typed, all of it."""

    kind: TypingKind
    before: str
    after: str


_LETTERS = r"(?:[^\W_][\N{ARABIC FATHATAN}-\N{ARABIC SUKUN}]*)+"
_WORD = re.compile(_LETTERS)
_ARABIC_LETTER = re.compile("[\N{ARABIC LETTER HAMZA}-\N{ARABIC LETTER YEH}]")
_LATIN_LETTER = re.compile("[A-Za-z]")
_LETTER = re.compile(r"[^\W\d_]")
_EDGES = re.compile(r"\A[\W_]+|[\W_]+\Z")
_LIKE_HAMA = re.compile(r"([aeo])[^aeiouywsfrxj]+\1\Z", re.IGNORECASE)
"""A name like Hama or Congo: few type the hat behind the consonant, and no tone with it."""
_ONE_WORD = re.compile(rf"[\W_]*{_LETTERS}(?:['’-]{_LETTERS})*[\W_]*")
"""Arabic words have letters on the keys of punctuation: غزوة gives y.,m, which is no word."""
_MOST_WORDS = 64
_MOST_CHARACTERS = 600

_ENOUGH = 1.0
"""Sum of the evidence from which a query is rewritten; 1.0 is one word, ten times as frequent as typed."""
_MOST_EVIDENCE = 2.0
_ENOUGH_A_WORD = 0.5
"""For another layout, where every word of the query has a reading."""
_KNOWN = 2
"""Articles from which a word is a word as it was typed; another layout is no guess then."""
_FUNCTION_WORD = -1.0
"""An English or French function word that is no Vietnamese syllable."""
_FOREIGN_WORD = -0.4
"""A word that the keys explain in no way: in a Vietnamese query a name."""
_SHORT_WORD = 0.4
"""Evidence of a word of one or two letters, or of an acronym, at most."""
_ACRONYM = 4
"""Letters; ASP is no áp."""


def plausible_typing(text: str, known: Known) -> Decoding | None:
    """What a mistyped query means, if its words say so beyond doubt; None for every other query.

    `known` is asked a few times a word. Text that is longer than 64 words or 600 characters is left alone.
    """
    if len(text) > _MOST_CHARACTERS or len(text.split()) > _MOST_WORDS:
        return None
    if _ARABIC_LETTER.search(text):
        return None if _LATIN_LETTER.search(text) else _with_other_layout(text, known, TypingKind.ARABIC_KEYS)
    if not _LATIN_LETTER.search(text):
        return None
    return (
        _as_vietnamese(text, known, TypingKind.TELEX)
        or _as_vietnamese(text, known, TypingKind.VNI)
        or _with_other_layout(text, known, TypingKind.LATIN_KEYS)
    )


def _as_vietnamese(text: str, known: Known, kind: TypingKind) -> Decoding | None:
    decode = decode_telex if kind is TypingKind.TELEX else decode_vni
    words = _WORD.findall(text)
    evidence = [_evidence(word, decode(word), known) for word in words]
    if sum(evidence) < _ENOUGH or max(evidence) < _ENOUGH:
        return None

    def meant(found: re.Match[str]) -> str:
        return _meant(found[0], kind, known)

    after = _WORD.sub(meant, text)
    return Decoding(kind, text, after) if after != text else None


def _evidence(word: str, decoded: str | None, known: Known) -> float:
    if decoded is None:
        if not word.isascii() or not word.isalpha() or is_syllable(word):
            return 0.0
        return _FUNCTION_WORD if word.lower() in _function_words() else _FOREIGN_WORD
    # `khoong` is không, but `doong` may be Đoòng without its accents.
    as_typed = [word, *accented_forms(word)] if is_syllable(word) else [word]
    ratio = _ratio(known(decoded), max(map(known, as_typed)))
    if word.lower() in _english_words() | _function_words():
        return min(ratio, 0.0)
    if _LIKE_HAMA.search(word):
        return min(ratio, _SHORT_WORD)
    acronym = word.isupper() and len(word) <= _ACRONYM
    return min(ratio, _SHORT_WORD) if acronym or len(word) < 3 else ratio


def _ratio(meant: int, typed: int) -> float:
    """Evidence that a word is meant which stands in so many articles, and not the one typed."""
    ratio = math.log10((meant + 0.1) / (typed + 0.1))
    return max(-_MOST_EVIDENCE, min(_MOST_EVIDENCE, ratio))


def _meant(word: str, kind: TypingKind, known: Known) -> str:
    """One word of a query that is Telex or VNI as a whole."""
    decode = decode_telex if kind is TypingKind.TELEX else decode_vni
    decoded = decode(word)
    typed = known(word)
    if decoded is not None:
        # The others have proved it, so the word stays only if it is far better known as it is: `Moon`.
        return decoded if 20 * known(decoded) >= typed else word
    if typed or is_syllable(word):
        return word
    escaped = telex_escaped(word) if kind is TypingKind.TELEX else None
    return decode(word, toneless=True) or (escaped if escaped and known(escaped) else None) or word


@cache
def _function_words() -> frozenset[str]:
    return stop_words("en") | stop_words("fr")


@cache
def _english_words() -> frozenset[str]:
    """English words that Telex reads as syllables."""
    path = resources.files(__package__).joinpath("data", "telex_english.txt")
    lines = path.read_text(encoding="utf-8").splitlines()
    listed = frozenset(word for line in lines if not line.startswith("#") for word in line.split())
    return listed | stop_words("en")


def _with_other_layout(text: str, known: Known, kind: TypingKind) -> Decoding | None:
    readings_of = arabic_readings if kind is TypingKind.LATIN_KEYS else latin_readings
    found = [_in_layout(text, known, partial(readings_of, layout=layout)) for layout in LAYOUTS]
    # The first of equals: Windows is what most people have.
    evidence, best = max(found, key=lambda one: one[0])
    if evidence <= 0 or best == text:
        return None
    # Both mistakes come together: Telex typed with an Arabic layout on.
    further = _as_vietnamese(best, known, TypingKind.TELEX) if kind is TypingKind.ARABIC_KEYS else None
    return Decoding(kind, text, further.after if further else best)


def _in_layout(text: str, known: Known, readings_of: Callable[[str], list[str]]) -> tuple[float, str]:
    """Evidence that the text was typed with this layout, 0 if it is not enough, and what it means then."""
    chosen: list[str] = []
    evidence: list[float] = []
    for chunk in text.split():
        # The Arabic "and" stands alone on the key of the comma.
        readings = [reading for reading in readings_of(chunk) if _ONE_WORD.fullmatch(reading)]
        meant = max(readings, key=lambda reading: _frequency(reading, known), default=chunk)
        chosen.append(meant)
        if _LETTER.search(chunk):
            evidence.append(_layout_evidence(chunk, meant, known) if readings else -1.0)
    explained = sum(one > 0 for one in evidence)
    if 2 * explained <= len(evidence) or sum(evidence) < max(_ENOUGH, _ENOUGH_A_WORD * len(evidence)):
        return 0.0, text
    parts = iter(chosen)
    return sum(evidence), re.sub(r"\S+", lambda _: next(parts), text)


def _layout_evidence(typed: str, meant: str, known: Known) -> float:
    typed, meant = _EDGES.sub("", typed) or typed, _EDGES.sub("", meant)
    as_typed = _frequency(typed, known)
    # `dau dau` gives Arabic words, but it is Vietnamese without accents; و2016 gives a comma and a year.
    if as_typed >= _KNOWN or is_syllable(typed) or not _LETTER.search(meant):
        return -1.0
    ratio = _ratio(_frequency(meant, known), as_typed)
    length = min(len(meant), len(typed))
    if length < 3:
        return min(ratio, _SHORT_WORD)
    # Three keys make an Arabic word by chance: fdg is بيل, Bill; four less often: kind is نهري.
    return ratio - {3: 1.2, 4: 0.5}.get(length, 0.0)


def _frequency(text: str, known: Known) -> int:
    """Articles that have the word, or the rarest of its parts, or what its keys mean in Telex."""
    plain = min((known(part) for part in _WORD.findall(text)), default=0)
    telex = decode_telex(_EDGES.sub("", text))
    return max(plain, known(telex)) if telex else plain
