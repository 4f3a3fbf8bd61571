"""Twelve invented articles in three languages, and a library of them over the memory engine."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from analyzers import (
    AccentModel,
    Analyzer,
    Lexicon,
    NameReader,
    analyzer_for,
    build_lexicon,
    index_language,
    name_reader,
)
from indexer.articles import Article, article_from
from indexer.engines.base import Delete, Upsert
from indexer.engines.memory_engine import MemoryEngine
from indexer.errors import ArticleNotFound
from indexer.schema import document_of

_BRIDGE = "cau-di-bo-moi-bac-qua-song-han"
_FLOOD = "nguoi-hue-don-bun-sau-lu-cuoi-thang"

ARTICLES: tuple[Article, ...] = tuple(
    article_from(record)
    for record in (
        {
            "id": "ar-bridge",
            "lang": "ar",
            "title": "جسر جديد فوق نهر هان يفتح أمام المشاة",
            "lead": "قال وزير النقل إن الجسر يضاء ليلا.",
            "body": ["الجسر مخصص للمشاة والدراجات في مدينة دا نانغ."],
            "authors": ["نديم الكرّام"],
            "source": "جريدة الأنهار الثلاثة",
            "section": "مجتمع",
            "published_at": "2025-10-26T08:00:00Z",
            "url": f"https://example.org/ar/{_BRIDGE}-post100001.html",
        },
        {
            "id": "ar-trade",
            "lang": "ar",
            "title": "الوزير يزور سوق الأرز",
            "lead": "ارتفعت صادرات الأرز ٢٠ في المئة.",
            "body": ["وقال الوزير إن المدينة القديمة تحتاج إلى سوق جديد."],
            "authors": ["نديم الكرّام"],
            "source": "جريدة الأنهار الثلاثة",
            "section": "اقتصاد",
            "published_at": "2025-09-03T10:00:00Z",
            "url": "https://example.org/ar/rice",
        },
        {
            "id": "ar-verse",
            "lang": "ar",
            "title": "أمسية شعرية في المكتبة",
            "body": ["قرأ الشاعر بيتا عن النَّهْرِ والوزيــــر."],
            "source": "جريدة الأنهار الثلاثة",
            "section": "ثقافة",
            "published_at": "2024-03-01T10:00:00Z",
            "url": "https://example.org/ar/poem",
        },
        {
            "id": "vi-bridge",
            "lang": "vi",
            "title": "Cầu đi bộ mới bắc qua sông Hàn",
            "lead": "Cây cầu dành cho người đi bộ và xe đạp.",
            "body": ["Sở Giao thông Đà Nẵng cho biết cầu sáng đèn ban đêm."],
            "authors": ["Lê Uyển Thư"],
            "source": "Thời báo Ba Sông",
            "section": "Xã hội",
            "published_at": "2025-10-25T23:00:00Z",
            "url": f"https://example.org/vi/{_BRIDGE}-post100002.html",
        },
        {
            "id": "vi-flood",
            "lang": "vi",
            "title": "Người Huế dọn bùn sau lũ cuối tháng",
            "lead": "Uỷ ban thành phố phát gạo cho người dân.",
            "body": ["Nước rút, chợ họp lại.", "Bão đã tan, trường học mở cửa."],
            "authors": ["Lê Uyển Thư", "Trần Bảo Khuê"],
            "source": "Thời báo Ba Sông",
            "section": "Xã hội",
            "published_at": "2025-10-30T02:00:00Z",
            "url": f"https://example.org/vi/{_FLOOD}-post100003.html",
        },
        {
            "id": "vi-hanoi",
            "lang": "vi",
            "title": "Hà Nội mở phố đi bộ quanh hồ",
            "body": ["Phố đi bộ mở cửa cuối tuần, xe đạp được gửi miễn phí."],
            "authors": ["Trần Bảo Khuê"],
            "source": "Thời báo Ba Sông",
            "section": "Văn hóa",
            "published_at": "2024-05-05T02:00:00Z",
            "url": "https://example.org/vi/pho-di-bo",
        },
        {
            "id": "vi-crab",
            "lang": "vi",
            "title": "Mùa cua ở Cà Mau",
            "body": ["Cua của người dân bán giá cao. Hạ nơi này nắng gắt."],
            "source": "Thời báo Ba Sông",
            "section": "Kinh tế",
            "published_at": "2023-11-11T02:00:00Z",
            "url": "https://example.org/vi/mua-cua",
        },
        {
            "id": "en-bridge",
            "lang": "en",
            "title": "New footbridge over the Han river opens",
            "lead": "The bridge in Da Nang is for walkers and bicycles.",
            "body": ["Lights run along the bridge at night."],
            "authors": ["Ada Finch"],
            "source": "Three Rivers Post",
            "section": "Society",
            "published_at": "2025-10-27T09:00:00Z",
            "url": f"https://example.org/en/{_BRIDGE}-post100004.html",
        },
        {
            "id": "en-rice",
            "lang": "en",
            "title": "Rice exports rise as ministers meet",
            "body": ["The minister of trade said exports rose.", "Rice <b>prices</b> & markets stayed calm."],
            "authors": ["Ada Finch"],
            "source": "Three Rivers Post",
            "section": "Business",
            "published_at": "2025-09-04T09:00:00Z",
            "url": "https://example.org/en/rice",
        },
        {
            "id": "en-markup",
            "lang": "en",
            "title": "How the <script>alert(1)</script> tag came to markets",
            "body": ["A night market of old computers opened; bicycles were parked outside."],
            "source": "Three Rivers Post",
            "section": "Business",
            "published_at": "2023-01-02T09:00:00Z",
            "url": "https://example.org/en/markup",
        },
        {
            "id": "en-climate",
            "lang": "en",
            "title": "Climate talks in the north",
            "body": ["Ministers spoke of climate change and of rice. They change the plan at night."],
            "source": "Three Rivers Post",
            "section": "World",
            "published_at": "2024-12-31T23:30:00Z",
            "url": "https://example.org/en/climate",
        },
        {
            "id": "en-undated",
            "lang": "en",
            "title": "Footbridges of the world",
            "body": ["A book about footbridges, rivers and the people who cross them."],
        },
    )
)


@dataclass(frozen=True, slots=True)
class SmallSnapshot:
    """One state of the memory engine."""

    engine: MemoryEngine
    lexicons: Mapping[str, Lexicon]
    generation: str = "gen-000001"
    sequence: int = 1

    @property
    def names(self) -> NameReader:
        return name_reader(self.lexicons.get("ar"))

    def accents(self) -> AccentModel | None:
        return None

    def analyzer(self, lang: str) -> Analyzer:
        return analyzer_for(lang, self.lexicons.get(index_language(lang)))


@dataclass
class SmallLibrary:
    """A library in memory; tests change it between searches."""

    kept: dict[str, Article]
    state: SmallSnapshot
    waiting: int = field(default=0)

    def snapshot(self) -> SmallSnapshot:
        return self.state

    def article(self, article_id: str, /) -> Article:
        if article_id not in self.kept:
            raise ArticleNotFound(article_id)
        return self.kept[article_id]

    def articles(self, ids: Sequence[str], /) -> Mapping[str, Article]:
        return {article_id: self.kept[article_id] for article_id in ids if article_id in self.kept}

    def behind(self) -> int:
        return self.waiting

    def changed_at(self) -> float | None:
        return 1_762_000_000.0

    def drop_from_index(self, article_id: str) -> None:
        self.state.engine.apply([Delete(article_id)])


def library_of(articles: Iterable[Article]) -> SmallLibrary:
    """Articles indexed as a job does it: lexicons first, then the documents."""
    kept = {article.id: article for article in articles}
    texts: dict[str, list[str]] = {}
    for article in kept.values():
        texts.setdefault(index_language(article.lang), []).append(article.text)
    state = SmallSnapshot(MemoryEngine(), {lang: build_lexicon(lang, found) for lang, found in texts.items()})
    state.engine.apply([Upsert(document_of(a, state.analyzer(a.lang), state.names)) for a in kept.values()])
    return SmallLibrary(kept, state)
