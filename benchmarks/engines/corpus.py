"""News articles in any number: real ones as long as there are, then sentences of theirs drawn anew.

Two in five are Arabic, two in five Vietnamese, one in five English. The first N articles of a larger corpus
are the smaller one. About one word in a hundred of the drawn sentences is a new one, as in real news, so that
the dictionary grows with the articles. It is a file of one line an article: memory does not grow with them.
"""

from __future__ import annotations

import hashlib
import math
import random
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path

from indexer.articles import Article
from indexer.sources import read_path

from ..data_sets import SHARED
from ..peers.protocol import HOME
from .files import corpus_line
from .protocol import BenchArticle

CACHE = HOME / "cache"
SEED = 20_261_124
PATTERN = ("ar", "vi", "ar", "vi", "en")
"""Languages of five articles in a row."""
SOURCES = (
    "ant-jawhara",
    "ant-multisource",
    "vietnews",
    "vietnamese-mds",
    "ntrex128",
    "xquad",
    "arcd",
    "mlqa-ar-dev",
)
"""Sets whose articles are taken, in this order."""
SAMPLE = Path(__file__).parents[2] / "examples" / "archive"
MEAN_WORDS = 340
"""Of a drawn article; real ones are as long as they are."""
_SPREAD = 0.5
_LEAST_WORDS = 30
_NEW_WORDS = 0.01
_LETTERS = {
    "ar": "ابتثجحخدذرزسشصضطظعغفقكلمنهوي",
    "vi": "abcdeghiklmnopqrstuvxyđêôơư",
    "en": "abcdefghijklmnopqrstuvwxyz",
}
_LONGEST_WORD = 60
_WORD = re.compile(r"[^\W_]+")
_MARKS = re.compile(
    "[\N{ARABIC FATHATAN}-\N{ARABIC HAMZA BELOW}\N{ARABIC LETTER SUPERSCRIPT ALEF}\N{ARABIC TATWEEL}]"
)
_SENTENCE = re.compile("(?<=[.!?\N{ARABIC QUESTION MARK}])\\s+|\n+")
FIRST_DATE = 1_388_534_400
"""2014-01-01 UTC."""
YEARS = 10
_SECONDS = YEARS * 365 * 24 * 3600
_STEP = 181_081_013
"""Shares no divisor with `_SECONDS`: dates repeat only after as many articles as there are seconds."""


def words_of(text: str) -> str:
    """The terms of a text with blanks between: NFKC, lower case, letters and digits; no Arabic vowel marks.

    >>> words_of("Hà Nội, 12/2: “Giá vàng” TĂNG.")
    'hà nội 12 2 giá vàng tăng'
    """
    folded = _MARKS.sub("", unicodedata.normalize("NFKC", text).lower())
    return " ".join(word for word in _WORD.findall(folded) if len(word) <= _LONGEST_WORD)


def corpus_file(articles: int) -> Path:
    """A file with so many articles, made once; `files.read_corpus` reads it. Raises `OSError`."""
    path = CACHE / f"engines-{articles}-{_fingerprint(articles)}.tsv"
    if not path.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        made = path.with_suffix(".part")
        with made.open("w", encoding="utf-8") as file:
            for each in islice(generated(base_texts()), articles):
                file.write(corpus_line(each))
        made.replace(path)
    return path


def base_texts() -> Mapping[str, Sequence[str]]:
    """Language -> texts to begin with: public news where it is, else the sample archive."""
    found: dict[str, list[str]] = {lang: [] for lang in _LETTERS}
    for path in _source_files():
        for article in read_path(path):
            if isinstance(article, Article) and article.lang in found:
                found[article.lang].append(article.text)
    return found


def generated(texts: Mapping[str, Sequence[str]]) -> Iterator[BenchArticle]:
    """Articles without end, always the same ones for the same texts."""
    sentences = {lang: _sentences(of_lang) for lang, of_lang in texts.items()}
    chance = {lang: random.Random(f"{SEED} {lang}") for lang in texts}  # noqa: S311 -- the same ones every time
    number = 0
    taken = dict.fromkeys(texts, 0)
    while True:
        lang = PATTERN[number % len(PATTERN)]
        words = ""
        while not words and taken[lang] < len(texts[lang]):
            words = words_of(texts[lang][taken[lang]])
            taken[lang] += 1
        date = FIRST_DATE + number * _STEP % _SECONDS
        # Ids ascend: what an engine orders by number is in the order of the ids.
        yield BenchArticle(f"a{number:07}", lang, date, words or _drawn(lang, sentences[lang], chance[lang]))
        number += 1


def _drawn(lang: str, sentences: Sequence[str], chance: random.Random) -> str:
    mean = math.log(MEAN_WORDS) - _SPREAD**2 / 2
    length = max(_LEAST_WORDS, round(chance.lognormvariate(mean, _SPREAD)))
    words: list[str] = []
    while len(words) < length:
        words += chance.choice(sentences).split()
    del words[length:]
    return " ".join(word if chance.random() >= _NEW_WORDS else _new_word(lang, chance) for word in words)


def _new_word(lang: str, chance: random.Random) -> str:
    return "".join(chance.choices(_LETTERS[lang], k=chance.randint(5, 9)))


def _sentences(texts: Sequence[str]) -> list[str]:
    found = (words_of(part) for text in texts for part in _SENTENCE.split(text))
    return [words for words in found if words]


def _source_files() -> list[Path]:
    shared = [SHARED / name / "corpus.jsonl" for name in SOURCES]
    if all(path.is_file() for path in shared):
        return shared
    return [path for path in sorted(SAMPLE.rglob("*")) if path.is_file() and path.suffix != ".md"]


def _fingerprint(articles: int) -> str:
    digest = hashlib.sha256(Path(__file__).read_bytes())
    for path in _source_files():
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    digest.update(str(articles).encode())
    return digest.hexdigest()[:16]
