"""The manifest of a generation: by which rules its index was built, so that no other rules read it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from analyzers import DECIDED_BY_LEXICON, Lexicon, analyzer_for, icu_version, known_languages

from .durable_files import write_durably
from .errors import IndexDamaged, IndexOutOfDate
from .schema import schema_manifest
from .unreadable import unreadable

FORMAT = 2
_FILE = "manifest.json"
_DECIDES = ("format", "icu", "schema", "lexicons", "analyzers")


@dataclass(frozen=True, slots=True)
class Manifest:
    """What decides the terms of an index."""

    format: int
    schema: Mapping[str, Any]
    """See `schema.schema_manifest`."""
    analyzers: Mapping[str, str]
    """Language -> `Analyzer.version`, with the lexicons of this generation."""
    icu: str
    lexicons: Mapping[str, str]
    """Language -> hash of its lexicon file."""
    articles: int
    """Articles in the archive when the generation was built."""
    created: str
    """ISO 8601, UTC."""

    @classmethod
    def of(cls, lexicons: Mapping[str, Lexicon], articles: int, created: str) -> Manifest:
        """The manifest that this program gives an index with these lexicons."""
        return cls(
            format=FORMAT,
            schema=schema_manifest(),
            analyzers={lang: analyzer_for(lang, lexicons.get(lang)).version for lang in known_languages()},
            icu=icu_version(),
            lexicons={language: lexicon.hash for language, lexicon in sorted(lexicons.items())},
            articles=articles,
            created=created,
        )

    def save(self, folder: Path) -> None:
        """Write it, with a checksum of itself."""
        body = asdict(self)
        write_durably(folder / _FILE, json.dumps(body | {"checksum": _checksum(body)}, indent=1) + "\n")

    @classmethod
    def load(cls, folder: Path) -> Manifest:
        """Read what `save` wrote. Raises `IndexDamaged`, `IndexUnavailable`, `IndexOutOfDate`."""
        path = folder / _FILE
        try:
            body = json.loads(path.read_text(encoding="utf-8"))
            if body["format"] != FORMAT:
                raise IndexOutOfDate(f"manifest format {FORMAT}", f"format {body['format']}")
            checksum = body.pop("checksum")
            manifest = cls(**body)
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise unreadable(path, error) from error
        if checksum != _checksum(body):
            raise IndexDamaged(f"{path} does not match its checksum; run `dalil reindex`")
        return manifest

    def check(self, lexicons: Mapping[str, Lexicon]) -> None:
        """Raise `IndexOutOfDate` if this program would make other terms."""
        mine = Manifest.of(lexicons, self.articles, self.created)
        for name in _DECIDES:
            got, expected = getattr(self, name), getattr(mine, name)
            if got != expected:
                raise IndexOutOfDate(_differing(name, expected, got), _differing(name, got, expected))


def rules_of(lexicons: Mapping[str, Lexicon]) -> str:
    """64 hex digits over what decides the terms, lexicons that decide none left out."""
    deciding = {language: each for language, each in lexicons.items() if language in DECIDED_BY_LEXICON}
    body = asdict(Manifest.of(deciding, 0, ""))
    return _checksum({name: body[name] for name in _DECIDES})


def _differing(name: str, value: Any, other: Any) -> str:
    """`icu 77.1`, and of a mapping only the entries that differ."""
    if isinstance(value, Mapping) and isinstance(other, Mapping):
        value = {key: entry for key, entry in value.items() if other.get(key) != entry}
    return f"{name} {value}"


def _checksum(body: Mapping[str, Any]) -> str:
    canonical = json.dumps(body, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
