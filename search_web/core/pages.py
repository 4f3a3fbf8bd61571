"""What the service answers: plain values that a template, the JSON API and the command line print."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum
from typing import Literal

from indexer.articles import Article
from indexer.engines.base import Sort


@dataclass(frozen=True, slots=True)
class Filters:
    """What a reader narrowed the search to. Values of one facet are alternatives, facets all hold."""

    lang: tuple[str, ...] = ()
    section: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    author: tuple[str, ...] = ()
    year: tuple[str, ...] = ()
    """`2025`"""
    month: tuple[str, ...] = ()
    """`2025-10`"""
    date_from: str = ""
    """`2025`, `2025-10` or `2025-10-26`; the first day of it counts. Empty: open."""
    date_to: str = ""
    """The last day of it counts."""


@dataclass(frozen=True, slots=True)
class SearchInput:
    """One search as a person or a program asks it."""

    text: str
    filters: Filters = field(default_factory=Filters)
    page: int = 1
    page_size: int = 10
    sort: Sort = Sort.RELEVANCE
    facets: bool = True
    snippets: bool = True
    """Whether to look for the best passages; without, results begin with their lead and mark nothing."""
    as_typed: bool = False
    """Take the query to the letter: no pasted text, no other keys, no words left out."""
    fold: bool = False
    """Show a story once: its translations and near-duplicates stand beside its best article."""
    apart: bool = False
    """Pages fold stories unless their address says `fold=0`, which this is; only addresses read it."""
    histogram: bool = False
    """Whether to count the articles found by their dates."""


@dataclass(frozen=True, slots=True)
class Span:
    """Half-open range of code points of a text."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Snippet:
    """A passage of the original text and the whole words in it to mark."""

    text: str
    marks: tuple[Span, ...]
    """In `text`, ascending, not overlapping."""
    cut_before: bool = False
    """Whether the original goes on before it (show an ellipsis)."""
    cut_after: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """One article found."""

    id: str
    lang: str
    title: Snippet
    score: float
    published_at: datetime | None
    url: str
    source: str
    section: str
    authors: tuple[str, ...]
    snippets: tuple[Snippet, ...]
    translations: tuple[Edition, ...] = ()
    """The same story in other languages, whether or not the query finds them; where stories are folded."""
    copies: tuple[Edition, ...] = ()
    """Articles of nearly the same text that the query finds too; where stories are folded."""
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Edition:
    """Another article of the same story, named beside it."""

    id: str
    lang: str
    title: str
    source: str
    published_at: datetime | None


@dataclass(frozen=True, slots=True)
class Bar:
    """The articles found of one stretch of time."""

    first: date
    last: date
    """Included."""
    count: int


@dataclass(frozen=True, slots=True)
class Histogram:
    """The articles found by their dates (UTC): bars of one length without gaps, first to last.

    The filters by date are left out of the counts, so that the range can be moved.
    """

    unit: Literal["year", "month", "day"]
    bars: tuple[Bar, ...]
    undated: int = 0


class Step(Enum):
    """A step of the rescue ladder: how a query was read that finds nothing as it was typed."""

    TELEX = "telex"
    """Telex keys without their input method; the notice's `text` is what they mean."""
    VNI = "vni"
    LATIN_KEYS = "latin-keys"
    """Arabic typed with a Latin keyboard layout on."""
    ARABIC_KEYS = "arabic-keys"
    TEXT = "text"
    """A pasted text: its quotes, minus signs and parentheses were read as punctuation."""
    QUOTES = "quotes"
    """The quoted words need not stand together."""
    NEAR = "near"
    """The words need not stand near each other."""
    OTHER_FORMS = "other-forms"
    """Articles with other forms of the words."""
    SPELLING = "spelling"
    """The nearest words of the archive; `text` is the query with them."""


class NoticeKind(Enum):
    """What the service wants to tell the person; the web layer words it in the page's language."""

    RESCUED = "rescued"
    """`step` of the rescue ladder was taken; `SearchInput.as_typed` undoes it."""
    RELAXED = "relaxed"
    """No article has all words; those with some of them are shown."""
    DID_YOU_MEAN = "did_you_mean"
    """`text` is another spelling that finds more."""
    QUERY_REPAIRED = "query_repaired"
    """The query has a mistake in its form; `text` says which, `start`/`end` where; it was read leniently."""
    QUERY_CUT = "query_cut"
    """The query was longer than the limits; `text` is what was searched."""
    ONLY_STOP_WORDS = "only_stop_words"
    """The query has only words too common to search; they were searched all the same."""
    NOTHING_FOUND = "nothing_found"
    BEHIND = "behind"
    """The index is behind the archive; `text` is the number of changes."""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to tell the person beside the results."""

    kind: NoticeKind
    text: str = ""
    start: int | None = None
    end: int | None = None
    step: Step | None = None
    """Of a `RESCUED` query."""


@dataclass(frozen=True, slots=True)
class Accents:
    """A word typed without accents, and the words of the archive that it may be."""

    word: str
    start: int
    """Code point of the query at which it begins."""
    end: int
    forms: tuple[tuple[str, int], ...]
    """(word with its accents, articles that have it), the most frequent first."""


@dataclass(frozen=True, slots=True)
class FacetValue:
    """One value of a facet with its number of hits."""

    value: str
    """As `Filters` takes it: `2025-10` for a month."""
    count: int
    selected: bool


@dataclass(frozen=True, slots=True)
class ResultPage:
    """One page of results."""

    request: SearchInput
    results: tuple[Result, ...]
    total: int
    total_relation: Literal["eq", "gte"]
    took_ms: float
    facets: Mapping[str, tuple[FacetValue, ...]]
    """`lang`, `section`, `source`, `author`, `year`, `month`."""
    notices: tuple[Notice, ...]
    accents: tuple[Accents, ...] = ()
    """Of a short Vietnamese query without accents: what each ambiguous word may be."""
    searched: str = ""
    """The query whose words are marked: `request.text`, or what a rescue made of it."""
    histogram: Histogram | None = None
    stories: int | None = None
    """Where stories are folded: how many there are to page through; at most so many unless
    `stories_exact`."""
    stories_exact: bool = False

    @property
    def folded(self) -> int:
        """Articles that stand beside others on this page."""
        return sum(len(result.translations) + len(result.copies) for result in self.results)

    @property
    def reachable(self) -> int:
        """Results of all pages together: stories where they are folded, or else articles."""
        return self.total if self.stories is None else self.stories


class ReasonKind(Enum):
    """Why an article is related."""

    TRANSLATION = "translation"
    """The same story in another language, by its address."""
    COPY = "copy"
    """Nearly the same text."""
    EXCERPT = "excerpt"
    """Most of the shorter of the two texts stands in the other."""
    SOURCE = "source"
    """Taken from the same address, or with the same picture."""
    NAMES = "names"
    """The same names, in whatever script; `values` are they as the related article writes them."""
    NUMBERS = "numbers"
    DATE = "date"
    """Published on the same day, or within so many days as `count` says."""
    WORDS = "words"
    """The same rare words; `values` are they as the related article writes them."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason why an article is related."""

    kind: ReasonKind
    values: tuple[str, ...] = ()
    """What the two have in common, the most telling first."""
    count: int = 0
    """How many they have in common, `values` or not."""


@dataclass(frozen=True, slots=True)
class Related:
    """One related article and why."""

    result: Result
    reasons: tuple[Reason, ...]
    """At least one, the strongest first."""


@dataclass(frozen=True, slots=True)
class RelatedInput:
    """What an editor asks related stories of: an article of the archive, or a draft."""

    article_id: str = ""
    """Empty: of the draft."""
    draft: str = ""
    """Text as it was pasted; its first line is the title."""
    draft_lang: str = ""
    """BCP 47 tag; empty: told by the text."""
    filters: Filters = field(default_factory=Filters)
    """Languages and dates that related articles are of."""
    limit: int = 20


@dataclass(frozen=True, slots=True)
class RelatedPage:
    """The stories around an article or a draft."""

    request: RelatedInput
    article: Article
    """The article asked of, or the draft as one without an id."""
    translations: tuple[Related, ...]
    copies: tuple[Related, ...]
    """Near-duplicates and excerpts, the nearest first."""
    related: tuple[Related, ...]
    """On the same matter, the nearest first; translations, copies and background are not among them."""
    timeline: tuple[Related, ...]
    """Of all these the articles of the same story, by date."""
    background: tuple[Related, ...]
    """Related articles of long before."""


@dataclass(frozen=True, slots=True)
class ArticlePage:
    """One article with what belongs to it."""

    article: Article
    translations: tuple[Result, ...]
    related: tuple[Related, ...]
    copies: tuple[Related, ...] = ()
    timeline: tuple[Related, ...] = ()
    """The article's own place in it is left to who shows it."""
    same_section: tuple[Result, ...] = ()
    same_author: tuple[Result, ...] = ()


@dataclass(frozen=True, slots=True)
class MarkedArticle:
    """The texts of an article with the words that a search found."""

    searched: str
    """The query whose words are marked: as it was typed, or what a rescue made of it."""
    title: Snippet
    lead: Snippet
    body: tuple[Snippet, ...]
    """As many as the article has paragraphs."""
