"""What the keys of Telex and VNI mean when the input method is off: `Phamj` is Phạm, `Vie65t` Việt.

Both methods write a syllable in plain letters with keys for its marks among or after them. Telex: s f r x j
for the tones, aa ee oo dd, w for ă ơ ư (alone: ư). VNI: 1-5 for the tones, 6 for â ê ô, 7 for ơ ư, 8 for
ă, 9 for đ. A key may stand in its place or at the end of the syllable, and one w (7) serves both letters of
ươ. What comes out is a syllable of the language or nothing, so that English words mostly mean nothing.

Source: the Unikey manual (key tables); L. C. Thompson, *A Vietnamese Reference Grammar*, 1965 (rhymes, and
that syllables ending in c, ch, p, t have two tones only).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from .vietnamese import one_tone_place, unaccented

_ACUTE, _DOT = "\N{COMBINING ACUTE ACCENT}", "\N{COMBINING DOT BELOW}"
_TELEX_TONES = {
    "s": _ACUTE,
    "f": "\N{COMBINING GRAVE ACCENT}",
    "r": "\N{COMBINING HOOK ABOVE}",
    "x": "\N{COMBINING TILDE}",
    "j": _DOT,
}
_VNI_TONES = dict(zip("12345", (_TELEX_TONES[key] for key in "sfrxj"), strict=True))

_HAT = "^"
_HORN = "w"
"""Horn or breve: Telex has one key for both, and no two rhymes differ in that alone."""

_ONSETS = (*"ngh ng nh gh gi kh ph qu th tr ch b c d đ g h k l m n p r s t v x".split(), "")
_RHYMES = """
a ac ach ai am an ang anh ao ap at au ay  ăc ăm ăn ăng ăp ăt  âc âm ân âng âp ât âu ây
e ec em en eng eo ep et  ê êch êm ên êng ênh êp êt êu
i ia ich iêc iêm iên iêng iêp iêt iêu im in inh ip it iu
o oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oc oe oem oen oeo oet
oi om on ong oong ooc op ot  ô ôc ôi ôm ôn ông ôp ôt  ơ ơi ơm ơn ơp ơt
u ua uân uâng uât uây uc uê uêch uênh ui um un ung uơ up ut uôc uôi uôm uôn uông uôt
uy uya uych uyên uyêt uynh uyp uyt uyu
ư ưa ưc ưi ưm ưn ưng ưt ưu ươc ươi ươm ươn ương ươp ươt ươu
y yêm yên yêng yêt yêu
""".split()
_WRITTEN_BEFORE_FRONT = frozenset(("k", "gh", "ngh"))
_WRITTEN_BEFORE_OTHERS = frozenset(("c", "g", "ng"))
_FRONT = frozenset("eêiy")
_VOWELS = frozenset("aeiouy")
_STOPS = ("c", "ch", "p", "t")


_LONGEST = 16
"""Keys; the longest syllable, nghiêng with a tone, takes ten."""


def _shape(rhyme: str) -> str:
    """Which key its vowels need: none, the hat, or the horn."""
    if any(letter in "âêô" for letter in rhyme):
        return _HAT
    return _HORN if any(letter in "ăơư" for letter in rhyme) else ""


_BY_KEYS = {(unaccented(rhyme), _shape(rhyme)): rhyme for rhyme in _RHYMES}


_TYPED = re.compile(r"[a-z0-9]+|[A-Z][a-z0-9]*|[A-Z0-9]+|([A-Z])(?:\1|W)[a-z]*")
"""Capitals as people type them: Ddaats, DDaats, OWr, not CaSO."""


@dataclass(slots=True)
class _Keys:
    """A word read key by key: its plain letters and what the other keys ask for."""

    plain: str = ""
    upper: str = ""
    """A letter of `plain` -> `X` where it was typed as a capital, `x` where not."""
    shape: str = ""
    tone: str = ""
    stroke: bool = False
    marks: int = 0
    """Keys that are no letters of the syllable."""

    def letter(self, key: str, as_letter: str = "") -> None:
        self.plain += as_letter or key.lower()
        self.upper += "X" if key.isupper() else "x"

    @property
    def has_vowel(self) -> bool:
        return any(letter in _VOWELS for letter in self.plain)

    def take(self, shape: str = "", tone: str = "", *, stroke: bool = False) -> bool:
        """Note what a key asks for; False if another key asked for something else."""
        clash = (shape and self.shape not in {"", shape}) or (tone and self.tone) or (stroke and self.stroke)
        self.shape, self.tone = self.shape or shape, self.tone or tone
        self.stroke, self.marks = self.stroke or stroke, self.marks + 1
        return not clash


def decode_telex(word: str, *, toneless: bool = False) -> str | None:
    """The syllable that Telex makes of these keys; None if they make none or nothing changes.

    `toneless`: take `vieet` for viêt too, though a syllable that ends in c, ch, p or t has a tone.

    >>> [decode_telex(word) for word in ("Phamj", "nguwowfi", "nguowif", "DDaats", "moon", "street")]
    ['Phạm', 'người', 'người', 'Đất', 'môn', None]
    """
    if len(word) > _LONGEST or not _TYPED.fullmatch(word) or not word.isalpha():
        return None
    for doubled_is_hat in (True, False):
        keys = _telex_keys(word, doubled_is_hat=doubled_is_hat)
        if keys and keys.marks and (syllable := _composed(keys, toneless=toneless)):
            return syllable
    return None


def decode_vni(word: str, *, toneless: bool = False) -> str | None:
    """The syllable that VNI makes of these keys; None if they make none. See `decode_telex`.

    >>> [decode_vni(word) for word in ("Vie65t", "Viet65", "d9uo7ng2", "Ha2", "covid19")]
    ['Việt', 'Việt', 'đường', 'Hà', None]
    """
    if len(word) > _LONGEST or not _TYPED.fullmatch(word):
        return None
    keys = _vni_keys(word)
    return _composed(keys, toneless=toneless) if keys and keys.marks else None


def accented_forms(word: str) -> list[str]:
    """The syllable with each tone, with d and đ, in lower case: what `doong` may be without its accents."""
    plain = word.lower()
    stroked = "đ" + plain[1:] if plain.startswith("d") else plain
    return [
        one_tone_place(_with_tone(form, tone))
        for form in dict.fromkeys((plain, stroked))
        for tone in ("", *_TELEX_TONES.values())
    ]


_ESCAPED = re.compile(r"([aeiouy]\w*?)([sfrxj])\2|([aeo])\3(?=\3)|w(?=w)|d(?=dd)", re.IGNORECASE)


def telex_escaped(word: str) -> str | None:
    """The word that is meant when a key is typed twice to keep it a letter: `tesst` is test.

    >>> telex_escaped("tesst"), telex_escaped("WWeb"), telex_escaped("test")
    ('test', 'Web', None)
    """
    if not word.isascii() or not word.isalpha():
        return None
    plain = _ESCAPED.sub(lambda found: (found[1] or "") + (found[2] or found[3] or ""), word, count=1)
    return plain if plain != word else None


def _telex_keys(word: str, *, doubled_is_hat: bool) -> _Keys | None:
    keys = _Keys()
    for at, typed in enumerate(word):
        key = typed.lower()
        if key in _TELEX_TONES and keys.has_vowel:
            fits = keys.take(tone=_TELEX_TONES[key])
        elif key == "w":
            if not keys.has_vowel:
                keys.letter(typed, "u")
            elif keys.shape == _HORN and "uo" not in keys.plain:
                return None
            fits = keys.take(shape=_HORN)
        elif key == "d" and keys.plain.startswith("d") and (at == 1 or keys.has_vowel):
            fits = keys.take(stroke=True)
        elif key in "aeo" and key in keys.plain and doubled_is_hat:
            if keys.shape == _HAT and word[at - 1].lower() == key:
                # ooo is how oo is typed: xooong for xoong "saucepan".
                keys.shape, fits = "", True
                keys.letter(typed)
            else:
                fits = not keys.shape and keys.take(shape=_HAT)
        else:
            keys.letter(typed)
            fits = True
        if not fits:
            return None
    return keys


def _vni_keys(word: str) -> _Keys | None:
    keys = _Keys()
    for key in word:
        if not key.isdigit():
            keys.letter(key)
            continue
        if key in _VNI_TONES:
            fits = keys.has_vowel and keys.take(tone=_VNI_TONES[key])
        elif key == "9":
            fits = keys.plain.startswith("d") and keys.take(stroke=True)
        elif key == "6":
            fits = keys.has_vowel and not keys.shape and keys.take(shape=_HAT)
        elif key in "78":
            # 7 belongs to o and u, 8 to a.
            right = "a" in keys.plain if key == "8" else any(letter in "ou" for letter in keys.plain)
            fits = right and keys.take(shape=_HORN)
        else:
            fits = False
        if not fits:
            return None
    return keys


def _composed(keys: _Keys, *, toneless: bool) -> str | None:
    plain = "đ" + keys.plain[1:] if keys.stroke else keys.plain
    for onset in _ONSETS:
        if not plain.startswith(onset):
            continue
        rhyme = _BY_KEYS.get((plain[len(onset) :], keys.shape))
        if rhyme and _spelled(onset, rhyme) and _sung(rhyme, keys.tone, toneless=toneless):
            syllable = one_tone_place(_with_tone(onset + rhyme, keys.tone))
            return "".join(
                letter.upper() if case == "X" else letter
                for letter, case in zip(syllable, keys.upper, strict=True)
            )
    return None


def _with_tone(syllable: str, tone: str) -> str:
    """The tone on the last vowel; `one_tone_place` moves it."""
    last = max(at for at, letter in enumerate(syllable) if unaccented(letter) in _VOWELS)
    return unicodedata.normalize("NFC", syllable[: last + 1] + tone + syllable[last + 1 :])


def _spelled(onset: str, rhyme: str) -> bool:
    """Whether the onset is the spelling used before this vowel: kê, not cê; nghe, not nge."""
    if onset == "qu":
        return rhyme[0] not in "uư"
    front = rhyme[0] in _FRONT
    # k also stands before other vowels in names of the highlands: Đắk Lắk, Bắc Kạn.
    return not (front and onset in _WRITTEN_BEFORE_OTHERS and not (onset == "g" and rhyme[0] == "i")) and (
        front or onset not in _WRITTEN_BEFORE_FRONT or onset == "k"
    )


def _sung(rhyme: str, tone: str, *, toneless: bool) -> bool:
    """Whether the rhyme takes the tone."""
    return not rhyme.endswith(_STOPS) or tone in {_ACUTE, _DOT} or (toneless and not tone)
