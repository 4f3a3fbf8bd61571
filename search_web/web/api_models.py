"""What the API takes and gives, as its OpenAPI document shows it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from indexer.engines.base import Sort

from ..core.export import MOST_EXPORTED
from ..core.pages import SearchInput, Step
from ..core.suggest import MAX_COMPLETIONS, MAX_TYPED
from .search_url import MAX_QUERY, MAX_RESULT, read_search

_AS_TYPED = "Take the query to the letter: no other keys, no other spelling, no words left out"
_FOLD = "A story once: its translations and near-duplicates stand beside its best article"


class _Request(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class FacetsQuery(_Request):
    """A search without paging."""

    q: str = Field("", max_length=MAX_QUERY, description="Query text; empty finds every article")
    lang: list[str] = Field([], description="BCP 47 tags; values of one facet are alternatives")
    section: list[str] = Field([])
    source: list[str] = Field([])
    author: list[str] = Field([])
    year: list[str] = Field([], description="2025")
    month: list[str] = Field([], description="2025-10")
    date_from: str = Field("", alias="from", description="2025, 2025-10 or 2025-10-26; its first day counts")
    date_to: str = Field("", alias="to", description="Its last day counts")
    typed: bool = Field(False, description=_AS_TYPED)

    @model_validator(mode="after")
    def _readable(self) -> Self:
        _, problems = read_search(self._pairs())
        if problems:
            raise ValueError("; ".join(f"{item.name}={item.value!r} cannot be used" for item in problems))
        return self

    def _pairs(self) -> list[tuple[str, str]]:
        pairs = [("q", self.q), ("from", self.date_from), ("to", self.date_to)]
        for name in ("lang", "section", "source", "author", "year", "month"):
            pairs += [(name, value) for value in getattr(self, name)]
        return pairs

    def as_input(self) -> SearchInput:
        """The search that the service takes."""
        return replace(read_search(self._pairs())[0], as_typed=self.typed, fold=False)


class SearchQuery(FacetsQuery):
    """A search."""

    page: int = Field(1, ge=1, le=MAX_RESULT)
    size: int = Field(10, ge=1, le=100, description="Hits a page")
    sort: Sort = Field(Sort.RELEVANCE)
    facets: bool = Field(True, description="Count facets too")
    histogram: bool = Field(False, description="Count by dates too, the filters by date left out")
    fold: bool = Field(False, description=_FOLD)

    @model_validator(mode="after")
    def _reachable(self) -> Self:
        if self.page * self.size > MAX_RESULT:
            raise ValueError(
                f"page times size is {self.page * self.size}, at most {MAX_RESULT} can be reached"
            )
        return self

    def as_input(self) -> SearchInput:
        """The search that the service takes."""
        return replace(
            super().as_input(),
            page=self.page,
            page_size=self.size,
            sort=self.sort,
            facets=self.facets,
            histogram=self.histogram,
            fold=self.fold,
        )


class ExportQuery(FacetsQuery):
    """A search as a file."""

    format: Literal["csv", "jsonl"] = Field("csv")
    limit: int = Field(MOST_EXPORTED, ge=1, le=MOST_EXPORTED, description="Articles, the first ones")
    sort: Sort = Field(Sort.RELEVANCE)
    text: bool = Field(False, description="The whole text too")
    bom: bool = Field(False, description="Begin CSV with the mark by which Excel knows UTF-8")

    def as_input(self) -> SearchInput:
        """The search that the service takes."""
        return replace(super().as_input(), sort=self.sort)


class ArticlePath(BaseModel):
    """Which article."""

    id: str = Field(min_length=1, max_length=200)


class RelatedQuery(_Request):
    """How many related articles."""

    limit: int = Field(10, ge=1, le=50)


class ExplainQuery(_Request):
    """A query and an article."""

    q: str = Field(min_length=1, max_length=MAX_QUERY)
    id: str = Field(min_length=1, max_length=200)
    typed: bool = Field(False, description=_AS_TYPED)


class SuggestQuery(_Request):
    """The beginning of a query."""

    q: str = Field("", max_length=MAX_TYPED, description="What is typed so far; its end is completed")
    lang: list[str] = Field([], max_length=20, description="BCP 47 tags; none for all languages")
    limit: int = Field(8, ge=1, le=MAX_COMPLETIONS)

    @model_validator(mode="after")
    def _readable(self) -> Self:
        _, problems = read_search([("lang", tag) for tag in self.lang])
        if problems:
            raise ValueError("; ".join(f"{item.name}={item.value!r} cannot be used" for item in problems))
        return self


class SnippetAnswer(BaseModel):
    """A passage; marks are half-open ranges of code points."""

    text: str
    marks: list[tuple[int, int]]
    cut_before: bool
    cut_after: bool


class EditionAnswer(BaseModel):
    """Another article of the same story."""

    id: str
    lang: str
    title: str
    source: str
    published_at: str | None


class HitAnswer(BaseModel):
    """One article found."""

    id: str
    lang: str
    title: str
    title_marks: list[tuple[int, int]]
    score: float
    published_at: str | None
    url: str
    source: str
    section: str
    authors: list[str]
    snippets: list[SnippetAnswer]
    translations: list[EditionAnswer] = Field(description="Of a folded story, found or not")
    copies: list[EditionAnswer] = Field(description="Found too, of nearly the same text; of a folded story")


class FacetValueAnswer(BaseModel):
    """One value of a facet."""

    value: str
    count: int
    selected: bool


class NoticeAnswer(BaseModel):
    """Something to know beside the hits."""

    kind: str
    text: str
    start: int | None
    end: int | None
    step: Step | None = Field(description="Of a `rescued` query: how it was read; `typed=1` undoes it")


class AccentedAnswer(BaseModel):
    """A word with its accents."""

    text: str
    articles: int


class AccentsAnswer(BaseModel):
    """What a word without accents may be; code points of `searched`."""

    word: str
    start: int
    end: int
    forms: list[AccentedAnswer]


class FacetsAnswer(BaseModel):
    """Every facet's values among all hits."""

    total: int
    facets: dict[str, list[FacetValueAnswer]]


class BarAnswer(BaseModel):
    """The hits of one stretch of time; both days belong to it."""

    first: str
    last: str
    count: int


class HistogramAnswer(BaseModel):
    """Hits by date (UTC), end to end without gaps."""

    unit: Literal["year", "month", "day"]
    bars: list[BarAnswer]
    undated: int


class SearchAnswer(FacetsAnswer):
    """One page of results."""

    total_relation: Literal["eq", "gte"]
    stories: int | None = Field(description="With `fold`: how many hits all pages have; see `stories_exact`")
    stories_exact: bool = Field(description="False: `stories` is at most so many")
    took_ms: float
    searched: str = Field(description="The query whose words are marked: `q`, or what a rescue made of it")
    hits: list[HitAnswer]
    histogram: HistogramAnswer | None = Field(description="With `histogram`; null where no hit has a date")
    notices: list[NoticeAnswer]
    accents: list[AccentsAnswer]


class LanguageAnswer(BaseModel):
    """One language of the archive."""

    lang: str
    articles: int


RelatedKind = Literal["translation", "copy", "excerpt", "source", "names", "numbers", "date", "words"]


class LanguagesAnswer(BaseModel):
    """The archive by language."""

    articles: int
    languages: list[LanguageAnswer]


class ReasonAnswer(BaseModel):
    """One reason why an article is related."""

    kind: RelatedKind
    values: list[str]
    count: int


class RelatedHitAnswer(HitAnswer):
    """One related article and why; `reason` is the first of `reasons`, the strongest."""

    reason: RelatedKind
    words: list[str]
    reasons: list[ReasonAnswer]


class RelatedAnswer(BaseModel):
    """Related articles, nearest first."""

    id: str
    related: list[RelatedHitAnswer]


class ArticleAnswer(BaseModel):
    """One article in the archive's field names, and the articles that belong to it."""

    article: dict[str, Any]
    translations: list[HitAnswer]
    related: list[RelatedHitAnswer]
    copies: list[RelatedHitAnswer] = Field(description="Of nearly the same text, the nearest first")
    timeline: list[RelatedHitAnswer] = Field(description="Of the same story, by date, this one left out")
    same_section: list[HitAnswer] = Field(description="The newest others of its section and language")
    same_author: list[HitAnswer] = Field(description="The newest others of its authors")


class PlaceAnswer(BaseModel):
    """Where an article has a term."""

    part: Literal["title", "lead", "body", "tags", "captions", "address"]
    written: str
    count: int


class TermMatchAnswer(BaseModel):
    """One term in one field of the article."""

    field: str
    term: str
    document_frequency: int
    score: float | None
    places: list[PlaceAnswer]


class StepAnswer(BaseModel):
    """One step from a word to its term."""

    name: str
    before: str
    after: str


class ExplainedWordAnswer(BaseModel):
    """One word of the query in one language."""

    language: str
    surface: str
    start: int
    end: int
    steps: list[StepAnswer]
    matches: list[TermMatchAnswer]


class ExplanationAnswer(BaseModel):
    """What each word became, where it stands, what it adds; `extras`: pairs, other forms, names, quotes."""

    query: str
    searched: str
    article_id: str
    title: str
    matches: bool
    score: float | None
    words: list[ExplainedWordAnswer]
    extras: list[TermMatchAnswer]


class ExplainAnswer(BaseModel):
    """Why an article has its place for a query."""

    q: str
    id: str
    explanation: ExplanationAnswer


class CompletionAnswer(BaseModel):
    """One way to go on."""

    text: str = Field(description="What a list shows")
    query: str = Field(description="What the search box holds once it is chosen")
    lang: str
    dir: Literal["ltr", "rtl", "auto"]
    kind: Literal["title", "name", "phrase", "word", "author", "tag", "section", "source"]


class SuggestAnswer(BaseModel):
    """Completions, best first."""

    q: str
    completions: list[CompletionAnswer]


class ErrorBody(BaseModel):
    """What went wrong."""

    code: str
    message: str
    detail: dict[str, Any] | None = None


class ErrorAnswer(BaseModel):
    """The one error shape."""

    error: ErrorBody
