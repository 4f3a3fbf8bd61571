"""Mistyped queries: what keys mean, and when a query is taken for mistyped."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.keyboards import LAYOUTS, arabic_readings, latin_readings
from analyzers.mistyped import Decoding, TypingKind, plausible_typing
from analyzers.vietnamese import one_tone_place
from analyzers.vietnamese_keys import decode_telex, decode_vni, telex_escaped
from benchmarks.eval_typing import telex_in_place, vni, vni_in_place
from benchmarks.query_forms import telex

CASES = Path(__file__).resolve().parents[1] / "cases" / "typing"
KEYS: dict[str, list[dict[str, Any]]] = json.loads((CASES / "keys.json").read_text(encoding="utf-8"))
QUERIES: dict[str, Any] = json.loads((CASES / "queries.json").read_text(encoding="utf-8"))


def _label(case: dict[str, Any]) -> str:
    return str(case["label"])


def known(word: str) -> int:
    """Articles of the archive of the cases that have the word."""
    found = QUERIES["known"].get(word.lower(), 0)
    assert isinstance(found, int)
    return found


@pytest.mark.parametrize("case", KEYS["telex"], ids=_label)
def test_telex_keys(case: dict[str, Any]) -> None:
    """A syllable of the language, or nothing."""
    assert decode_telex(case["typed"]) == case["meant"]


@pytest.mark.parametrize("case", KEYS["vni"], ids=_label)
def test_vni_keys(case: dict[str, Any]) -> None:
    """The same with digits."""
    assert decode_vni(case["typed"]) == case["meant"]


@pytest.mark.parametrize("case", KEYS["arabic"], ids=_label)
def test_arabic_from_latin_keys(case: dict[str, Any]) -> None:
    """The first reading is the one with the typed capitals."""
    assert next(iter(arabic_readings(case["typed"])), None) == case["meant"]


@pytest.mark.parametrize("case", KEYS["latin"], ids=_label)
def test_latin_from_arabic_keys(case: dict[str, Any]) -> None:
    """Among the readings of the keys."""
    readings = latin_readings(case["typed"])
    assert case["meant"] in readings if case["meant"] else not readings


def test_other_layouts_have_other_keys() -> None:
    """The letter waw (and), and the word Vietnam, by layout."""
    assert [
        arabic_readings(key, layout) for key, layout in ((",", "windows"), ("m", "mac"), (";", "azerty"))
    ] == [
        ["و"],
        ["و"],
        ["و"],
    ]
    assert arabic_readings("tdjkhm", "azerty") == ["فيتناك"]
    assert "vietna" in latin_readings("رهثفىش", "windows")
    assert "nietDa" in latin_readings("رهثفىش", "mac")


def test_doubled_keys_are_letters() -> None:
    """A key typed twice takes its effect back."""
    assert [telex_escaped(word) for word in ("tesst", "xooong", "wweb", "dddr", "lan", "thế")] == [
        "test",
        "xoong",
        "web",
        "ddr",
        None,
        None,
    ]


def test_a_syllable_without_its_tone_is_read_on_request() -> None:
    """People who type no tones still type vowels."""
    assert decode_telex("vieet") is None
    assert decode_telex("vieet", toneless=True) == "viêt"
    assert decode_vni("vie6t", toneless=True) == "viêt"


ONSETS = ["", *"b c ch d đ g gh gi h k kh l m n ng ngh nh p ph qu r s t th tr v x".split()]
OPEN = (
    "a ai ao au ay âu ây e eo ê êu i ia iêu iu o oa oai oao oay oe oeo oi ô ôi ơ ơi u ua uây uê ui uôi uơ uy "
    "uya uyu ư ưa ưi ươi ươu ưu"
).split()
NASAL = (
    "am an ang anh ăm ăn ăng âm ân âng em en eng êm ên ênh iêm iên iêng im in inh oam oan oang oanh oăm "
    "oăn oăng om on ong ôm ôn ông ơm ơn uân uâng um un ung uôm uôn uông uyên uynh ưn ưng ươm ươn ương"
).split()
STOPPED = (
    "ac ach ap at ăc ăp ăt âc âp ât ec ep et êch êp êt ich iêc iêp iêt ip it oac oach oat oăc oăt oc op ot "
    "ôc ôp ôt ơp ơt uât uc uêch up ut uôc uôt uych uyêt uyt ưc ưt ươc ươp ươt"
).split()
TONES = ("\u0301", "\u0300", "\u0309", "\u0303", "\u0323", "")
FORMS: tuple[tuple[Callable[[str], str], Callable[[str], str | None]], ...] = (
    (telex, decode_telex),
    (telex_in_place, decode_telex),
    (vni, decode_vni),
    (vni_in_place, decode_vni),
)


def _written(onset: str, rhyme: str, tone: str) -> str | None:
    """A syllable in the spelling of the language; None where it spells it with another onset."""
    front = rhyme[0] in "eêi"
    if (onset in {"c", "ng"} and front) or (onset in {"gh", "ngh"} and not front):
        return None
    if (onset == "g" and rhyme[0] in "eê") or (onset == "gi" and rhyme[0] == "i"):
        return None
    if onset == "qu" and rhyme[0] in "uư":
        return None
    at = next(at for at, letter in enumerate(rhyme) if letter in "aăâeêioôơuưy")
    return one_tone_place(unicodedata.normalize("NFC", onset + rhyme[: at + 1] + tone + rhyme[at + 1 :]))


SYLLABLES = sorted(
    syllable
    for onset in ONSETS
    for rhymes, tones in ((OPEN + NASAL, TONES), (STOPPED, (TONES[0], TONES[4])))
    for rhyme in rhymes
    for tone in tones
    if (syllable := _written(onset, rhyme, tone))
)


@given(syllable=st.sampled_from(SYLLABLES), case=st.sampled_from((str.lower, str.upper, str.capitalize)))
def test_every_syllable_survives_every_habit_of_typing(syllable: str, case: Callable[[str], str]) -> None:
    """Onset, rhyme and tone, typed in Telex and VNI, tone last and in place, decode to themselves."""
    meant = case(syllable)
    for typed, decode in FORMS:
        keys = typed(meant)
        assert keys == meant or decode(keys) == meant, keys


@given(st.text(max_size=12))
def test_any_text_may_be_asked(text: str) -> None:
    """No text fails, and what is given is never the text itself."""
    assert decode_telex(text) != text
    assert decode_vni(text) != text or not text
    decoding = plausible_typing(text, known)
    assert decoding is None or (decoding.before == text != decoding.after)


@given(st.text(st.sampled_from("السلمونيتهرحجدقفغعخشثصضطكةىئءؤظزوذإأآ"), min_size=1, max_size=8))
def test_arabic_comes_back_from_its_keys(word: str) -> None:
    """What a layout gives for the keys of a word is the word."""
    keys = {value: key for key, value in LAYOUTS["windows"].items()}
    assert word in arabic_readings("".join(keys[letter] for letter in word))


@pytest.mark.parametrize("case", QUERIES["decoded"], ids=_label)
def test_mistyped_queries_are_read(case: dict[str, str]) -> None:
    """With the kind and the whole text before and after, for the page that says so."""
    kind = TypingKind(case["kind"])
    assert plausible_typing(case["typed"], known) == Decoding(kind, case["typed"], case["meant"])


@pytest.mark.parametrize("case", QUERIES["left_alone"], ids=_label)
def test_good_queries_are_left_alone(case: dict[str, str]) -> None:
    """What the archive knows as it was typed, and what nothing proves to be mistyped."""
    assert plausible_typing(case["typed"], known) is None


@pytest.mark.parametrize("case", QUERIES["known_failures"], ids=_label)
@pytest.mark.xfail(strict=True, reason="what the words of the archive cannot decide")
def test_known_failures(case: dict[str, str]) -> None:
    """When one of these begins to pass, it becomes a case of its own."""
    decoding = plausible_typing(case["typed"], known)
    assert decoding is not None
    assert decoding.after == case["meant"]


def test_long_texts_are_left_alone() -> None:
    """Someone who pastes an article typed it elsewhere."""
    assert plausible_typing("phamj " * 65, known) is None
    assert plausible_typing("phamj " * 64, known) is not None
