"""How many mistyped queries are read rightly, and how many good ones are left alone.

    python -m benchmarks.eval_typing [--json]

Vietnamese questions are typed in Telex and VNI, tone keys at the end and in place, by encoders that do not
call the analyzers; Arabic and English ones with the other keyboard layout. The words of the archive come
from the corpora alone, once from all of them and once without any English article.
"""

from __future__ import annotations

import argparse
import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import islice

from analyzers import Lexicon, analyzer_for, build_lexicon
from analyzers.keyboards import LAYOUTS
from analyzers.mistyped import plausible_typing

from .data_sets import find_sets, json_lines
from .query_forms import telex, unaccented

CORPORA = (
    "xquad ntrex128 viquad-sample zalo2019-test-vi vietnamese-mds vietnews arcd mlqa-ar-dev ant-multisource"
)
QUERIES = ("xquad", "zalo2019-test-vi", "viquad-sample", "vietnamese-mds", "arcd", "mlqa-ar-dev")
_ARTICLES = 4000
"""Of each corpus at most so many."""
_WORD = re.compile(r"[^\W\d_]+")
_TELEX = {"đ": "d", "\u031b": "w", "\u0306": "w"} | {
    "\u0301": "s",
    "\u0300": "f",
    "\u0309": "r",
    "\u0303": "x",
    "\u0323": "j",
}
_VNI = {"\u0301": "1", "\u0300": "2", "\u0309": "3", "\u0303": "4", "\u0323": "5"}
_VNI |= {"đ": "9", "\u0302": "6", "\u031b": "7", "\u0306": "8"}


def telex_in_place(text: str) -> str:
    """Each key right after its letter: `nguwowfi`, `Vieejt`."""
    return _WORD.sub(lambda word: _like(word[0], _in_place(word[0], _TELEX)), _composed(text))


def vni_in_place(text: str) -> str:
    """Each digit right after its letter: `ngu7o72i`, `Vie65t`."""
    return _WORD.sub(lambda word: _like(word[0], _in_place(word[0], _VNI)), _composed(text))


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _in_place(word: str, keys: Mapping[str, str]) -> str:
    typed = []
    for letter in word.lower():
        base, marks = letter[:0], ""
        for part in unicodedata.normalize("NFD", letter):
            if unicodedata.combining(part):
                # The hat is its vowel again in Telex.
                marks += keys.get(part, base)
            else:
                base += part
        typed.append(f"d{keys['đ']}" if letter == "đ" else base + marks)
    return "".join(typed)


def _like(word: str, typed: str) -> str:
    """The keys in the capitals of the word."""
    if word.isupper() and len(word) > 1:
        return typed.upper()
    return typed.capitalize() if word.istitle() else typed


def vni(text: str) -> str:
    """The tone at the end of the syllable: `ngu7o7i2`, `Vie6t5`."""

    def tone_last(found: re.Match[str]) -> str:
        keys = re.sub(r"[1-5]", "", found[0])
        return keys + "".join(re.findall(r"[1-5]", found[0]))

    marked = _WORD.sub(lambda found: vni_in_place(found[0]), _composed(text))
    return re.sub(r"[^\W_]*[A-Za-z][^\W_]*", tone_last, marked)


def on_latin_keys(text: str) -> str:
    """Arabic text as a Windows keyboard gives it with the Latin layout on."""
    keys = {value: key for key, value in reversed(list(LAYOUTS["windows"].items()))}
    return "".join(keys.get(letter, letter) for letter in re.sub(r"[؟?.،,]", "", text))


def on_arabic_keys(text: str) -> str:
    """Latin text as a Windows keyboard gives it with the Arabic layout on."""
    layout = LAYOUTS["windows"]
    return "".join(layout.get(letter, letter) for letter in re.sub(r"[?.,'\"]", "", text.lower()))


def lexicons(names: Sequence[str], without: str = "") -> dict[str, Lexicon]:
    """The words of the corpora by language, as an index has them."""
    texts: dict[str, list[str]] = {}
    for data_set in find_sets(names):
        for article in islice(json_lines(data_set.corpus), _ARTICLES):
            texts.setdefault(str(article["lang"]), []).append(
                f"{article.get('title', '')} {article.get('body', '')}"
            )
    return {
        lang: build_lexicon(lang, found)
        for lang, found in texts.items()
        if lang in {"ar", "vi", "en"} - {without}
    }


def known_by(words: Mapping[str, Lexicon]) -> Callable[[str], int]:
    """What `plausible_typing` asks: articles of any language that have the word."""

    def known(word: str) -> int:
        return max(
            lexicon.counts.get(normal, 0)
            for lang, lexicon in words.items()
            for normal, _ in analyzer_for(lang).normal(word) or [("", "")]
        )

    return known


def _queries(lang: str) -> dict[str, list[str]]:
    asked: dict[str, list[str]] = {}
    for data_set in find_sets(QUERIES):
        for query in data_set.queries():
            if query.lang == lang:
                asked.setdefault(data_set.name, []).append(query.text)
    return asked


FORMS: Mapping[str, Mapping[str, Callable[[str], str]]] = {
    "vi": {"telex": telex, "telex in place": telex_in_place, "vni": vni, "vni in place": vni_in_place},
    "ar": {"latin keys": on_latin_keys},
    "en": {"arabic keys": on_arabic_keys},
}


def read_rightly(texts: Iterable[str], form: Callable[[str], str], known: Callable[[str], int]) -> float:
    """Share of the words of the queries that come back as they were before they were mistyped."""
    right = total = 0
    for text in texts:
        composed = unicodedata.normalize("NFC", text)
        typed = form(composed)
        decoding = plausible_typing(typed, known)
        got = _words(decoding.after if decoding else typed)
        wanted = _words(composed)
        total += len(wanted)
        right += sum(a == b for a, b in zip(wanted, got, strict=False)) if len(wanted) == len(got) else 0
    return right / total


def _words(text: str) -> list[list[str]]:
    normal = analyzer_for("ar" if re.search("[ء-ي]", text) else "vi").normal
    return [[word for word, _ in normal(part)] for part in re.findall(r"[^\W_]+", text)]


def _mistaken(texts: Iterable[str], known: Callable[[str], int]) -> list[tuple[str, str]]:
    found = ((text, plausible_typing(text, known)) for text in texts)
    return [(text, f"{decoding.kind.value}: {decoding.after}") for text, decoding in found if decoding]


def measure() -> dict[str, object]:
    """All the numbers: shares by language, set, half and form; good queries that were rewritten."""
    result: dict[str, object] = {}
    for label, without in (("all languages", ""), ("no English", "en")):
        known = known_by(lexicons(CORPORA.split(), without))
        rows: dict[str, object] = {}
        for lang, forms in FORMS.items():
            for name, texts in _queries(lang).items() if lang != without else ():
                for half in (0, 1):
                    for form, typed in forms.items():
                        share = read_rightly(texts[half::2], typed, known)
                        rows[f"{name} {lang} {form}, half {half}"] = round(share, 4)
        for lang in FORMS:
            for name, texts in _queries(lang).items():
                good = [*texts, *(unaccented(text) for text in texts if lang == "vi")]
                # Two or three words out of the middle: what people type in a box.
                short = [" ".join(text.split()[at : at + 2]) for text in texts for at in range(0, 8, 2)]
                rows[f"{name} {lang} rewritten of {len(good)}"] = _mistaken(good, known)
                rows[f"{name} {lang} rewritten of {len(short)} short"] = _mistaken(short, known)
        result[label] = rows
    return result


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--json", action="store_true", help="as JSON")
    arguments = parser.parse_args()
    result = measure()
    if arguments.json:
        print(json.dumps(result, ensure_ascii=False, indent=1))
        return
    for label, rows in result.items():
        print(label)
        for row, value in rows.items() if isinstance(rows, dict) else ():
            print(f"  {row:50}", value if isinstance(value, float) else f"{len(value)} {value[:6]}")


if __name__ == "__main__":
    main()
