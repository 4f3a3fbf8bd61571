"""The dictionary of names: what stories teach it, how it follows the archive, and how it is kept."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from analyzers import NameReader
from indexer import jobs
from indexer.articles import Article, article_from
from indexer.errors import ArchiveError
from indexer.generations import current_name, index_folder, open_current
from indexer.name_dictionary import NameDictionary
from indexer.name_files import (
    DICTIONARY,
    STORIES,
    NameEntry,
    counted,
    load_entries,
    load_witnesses,
    save,
)
from indexer.name_vetoes import (
    FILE,
    NamesError,
    Veto,
    add_veto,
    drop_veto,
    read_vetoes,
    readable_vetoes,
    veto_of,
)
from indexer.name_witnesses import NameCollector, Witness

Write = Callable[..., Path]
Run = Callable[..., Result]

THE_TUNG, DHI, DHA = "Phạm Thế Tùng", "فام ذي تونغ", "فام ذا تونغ"
SLUG = "thuong-tuong-pham-the-tung-phat-bieu"


def _record(id: str, lang: str, title: str, slug: str = SLUG, body: str = "") -> dict[str, Any]:
    url = f"https://example.org/{lang}/{slug}-post123456.html"
    return {"id": id, "lang": lang, "title": title, "url": url, "body": body}


def _article(*args: str, **more: str) -> Article:
    return article_from(_record(*args, **more))


def _witnesses(*articles: Article) -> list[tuple[str, str, str, str]]:
    collector = NameCollector(NameReader())
    for article in articles:
        collector.add(article)
    return [(w.name, w.arabic, w.article, w.other) for w in collector.witnesses()]


VI = _article("vi-1", "vi", f"Thượng tướng {THE_TUNG} phát biểu")
EN = _article("en-1", "en", "General Pham The Tung spoke")
AR = _article("ar-1", "ar", f"الفريق {DHI} يلقي كلمة")


def test_a_name_is_as_the_vietnamese_text_writes_it() -> None:
    assert _witnesses(AR, VI, EN) == [(THE_TUNG, DHI, "ar-1", "vi-1")]


def test_without_a_vietnamese_text_an_english_one_has_it_without_accents() -> None:
    assert _witnesses(EN, AR) == [("pham the tung", DHI, "ar-1", "en-1")]


def test_the_address_of_an_arabic_article_is_enough() -> None:
    assert _witnesses(AR) == [("pham the tung", DHI, "ar-1", "")]


def test_the_order_of_articles_does_not_matter() -> None:
    assert _witnesses(VI, EN, AR) == _witnesses(AR, EN, VI)


def test_two_articles_of_one_story_are_one_witness() -> None:
    again = _article("ar-2", "ar", f"كلمة {DHI} في الحفل")
    assert _witnesses(AR, again, VI) == [(THE_TUNG, DHI, "ar-1", "vi-1")]


def test_articles_of_different_stories_say_nothing_of_each_other() -> None:
    other = _article("ar-1", "ar", f"الفريق {DHI} يلقي كلمة", slug="mot-tin-khac-khong-co-ten-nguoi")
    assert _witnesses(VI, other) == []


def test_a_name_in_the_first_paragraphs_counts_and_one_far_below_does_not() -> None:
    near = _article("ar-1", "ar", "كلمة", body=f"كلمات. {DHI} قال")
    far = _article("ar-1", "ar", "كلمة", body="\n\n".join(["كلمات كثيرة " * 50] * 10 + [DHI]))
    assert _witnesses(near, VI) != []
    assert _witnesses(far, VI) == []


@pytest.mark.parametrize("words", ["هو منه", "منه هو", "فو", "منه"])
def test_common_words_are_no_names(words: str) -> None:
    """منه "from him" and هو "he" sound as Minh and Hồ do."""
    story = (_article("ar-1", "ar", words), _article("vi-1", "vi", "Ông Minh Hồ, Hồ Minh, Phú Minh, Phú"))
    assert _witnesses(*story) == []


def _rare(_word: str) -> int:
    return 1


def _witness(name: str, story: str, arabic: str = DHI, article: str = "ar-1") -> Witness:
    return Witness(name, arabic, story, article, "")


def test_entries_count_stories_and_name_the_first_article() -> None:
    found = counted([_witness(THE_TUNG, "a", article="ar-9"), _witness(THE_TUNG, "b", article="ar-2")], _rare)
    assert found == [NameEntry(THE_TUNG, DHI, 2, "ar-2", 1)]


def test_a_spelling_that_is_everywhere_joins_nothing() -> None:
    """ثانيا "secondly" beside Đá Nhảy in two stories, and in 21 articles or more."""
    witnesses = [_witness("Đá Nhảy", story, "ثانيا") for story in "ab"]
    assert [entry.joins for entry in counted(witnesses, lambda _: 20)] == [True]
    assert [entry.joins for entry in counted(witnesses, lambda _: 21)] == [False]
    phrase = [_witness(THE_TUNG, story) for story in "ab"]
    assert [entry.joins for entry in counted(phrase, {"فام": 900, "ذي": 12, "تونغ": 300}.__getitem__)] == [
        True
    ]


def test_a_name_without_accents_is_the_one_accented_name() -> None:
    assert counted([_witness(THE_TUNG, "a"), _witness("pham the tung", "b")], _rare) == [
        NameEntry(THE_TUNG, DHI, 2, "ar-1", 1)
    ]


def test_of_two_accented_names_a_name_without_accents_is_neither() -> None:
    found = counted(
        [_witness(THE_TUNG, "a"), _witness("Phạm Thế Tưng", "b"), _witness("pham the tung", "c")], _rare
    )
    assert {(entry.name, entry.stories) for entry in found} == {
        (THE_TUNG, 1),
        ("Phạm Thế Tưng", 1),
        ("pham the tung", 1),
    }


def test_what_is_saved_is_read_back(tmp_path: Path) -> None:
    witnesses = [_witness(THE_TUNG, "a"), _witness(THE_TUNG, "b", DHA)]
    save(tmp_path, witnesses, 7, _rare)
    assert load_witnesses(tmp_path) == (7, sorted(witnesses))
    assert load_entries(tmp_path) == (7, counted(witnesses, _rare))
    save(tmp_path, [], 8, _rare)
    assert load_entries(tmp_path) == (8, [])


def test_the_file_is_lines_for_people(tmp_path: Path) -> None:
    save(tmp_path, [_witness(THE_TUNG, "a"), _witness(THE_TUNG, "b")], 7, _rare)
    head, line, end = (tmp_path / DICTIONARY).read_text(encoding="utf-8").split("\n")
    assert head.startswith("# dalil names 2\t7\t")
    assert (line, end) == (f"{THE_TUNG}\t{DHI}\t2\tar-1\t1", "")


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data[:-1],
        lambda data: data.replace(b"\t2\t", b"\t9\t"),
        lambda data: data.replace(b"# dalil names 2", b"# dalil names 9"),
        lambda data: data[: len(data) // 2],
        lambda _: b"",
        lambda _: b"\xff\xfe\x00",
        lambda data: data.split(b"\n")[0] + b"\n",
    ],
    ids=["cut", "a count changed", "another format", "half", "empty", "no text", "only the head"],
)
def test_a_damaged_file_is_no_dictionary(tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    save(tmp_path, [_witness(THE_TUNG, "a"), _witness(THE_TUNG, "b")], 7, _rare)
    path = tmp_path / DICTIONARY
    path.write_bytes(damage(path.read_bytes()))
    assert load_entries(tmp_path) is None


def test_a_missing_file_is_no_dictionary(tmp_path: Path) -> None:
    assert load_entries(tmp_path) is None
    assert load_witnesses(tmp_path) is None


# What jobs do.

STORIES_OF = [
    _record("vi-1", "vi", f"Thượng tướng {THE_TUNG} phát biểu"),
    _record("ar-1", "ar", f"الفريق {DHI} يلقي كلمة"),
    _record("vi-2", "vi", f"Ông {THE_TUNG} thăm trường", slug="ong-pham-the-tung-tham-truong"),
    _record("ar-2", "ar", f"{DHI} يزور مدرسة", slug="ong-pham-the-tung-tham-truong"),
]


def _folder(home: Path) -> Path:
    return index_folder(home) / current_name(home)


def _entries(home: Path) -> list[NameEntry]:
    found = load_entries(_folder(home))
    assert found is not None
    with_state = json.loads((_folder(home) / "state.json").read_text(encoding="utf-8"))
    assert found[0] == with_state["sequence"]
    return [entry._replace(articles=0) for entry in found[1]]


@pytest.fixture
def taught(home: Path, write: Write) -> Path:
    """A home in which two stories have a name."""
    jobs.add(home, [write(STORIES_OF)])
    return home


def test_a_new_generation_has_a_dictionary(taught: Path) -> None:
    assert _entries(taught) == [NameEntry(THE_TUNG, DHI, 2, "ar-1")]


def test_a_later_article_is_counted(taught: Path, write: Write) -> None:
    third = _record("ar-3", "ar", f"{DHI} في هانوي", slug="tuong-pham-the-tung-o-ha-noi")
    jobs.add(taught, [write([third])])
    assert _entries(taught) == [NameEntry(THE_TUNG, DHI, 3, "ar-1")]


def test_a_later_translation_gives_the_accents(home: Path, write: Write) -> None:
    jobs.add(home, [write([STORIES_OF[1]])])
    assert _entries(home) == [NameEntry("pham the tung", DHI, 1, "ar-1")]
    jobs.add(home, [write([STORIES_OF[0]])])
    assert _entries(home) == [NameEntry(THE_TUNG, DHI, 1, "ar-1")]


@pytest.mark.parametrize("ids", [["ar-2"], ["ar-1", "vi-1"]])
def test_a_removed_article_is_no_longer_counted(taught: Path, ids: Sequence[str]) -> None:
    jobs.remove(taught, ids)
    assert [entry.stories for entry in _entries(taught)] == [1]


def test_a_changed_text_is_counted_as_it_is_now(taught: Path, write: Write) -> None:
    jobs.add(taught, [write([_record("ar-1", "ar", f"الفريق {DHA} يلقي كلمة")])])
    assert _entries(taught) == [NameEntry(THE_TUNG, DHA, 1, "ar-1"), NameEntry(THE_TUNG, DHI, 1, "ar-2")]


def test_a_changed_address_takes_an_article_out_of_its_story(taught: Path, write: Write) -> None:
    moved = _record("vi-1", "vi", f"Thượng tướng {THE_TUNG} phát biểu", slug="mot-dia-chi-hoan-toan-khac")
    jobs.add(taught, [write([moved])])
    witnesses = load_witnesses(_folder(taught))
    assert witnesses is not None
    assert sorted((w.article, w.other) for w in witnesses[1]) == [("ar-1", ""), ("ar-2", "vi-2")]


@pytest.mark.parametrize("name", [DICTIONARY, STORIES])
@pytest.mark.parametrize("damaged", [True, False])
def test_a_lost_or_damaged_file_is_made_again_by_the_next_job(taught: Path, name: str, damaged: bool) -> None:  # noqa: FBT001
    path = _folder(taught) / name
    before = path.read_bytes()
    if damaged:
        path.write_bytes(before[:-3])
    else:
        path.unlink()
    jobs.catch_up(taught)
    assert path.read_bytes() == before


def test_a_job_that_changes_nothing_writes_nothing(taught: Path) -> None:
    before = (_folder(taught) / DICTIONARY).stat().st_mtime_ns
    jobs.catch_up(taught)
    assert (_folder(taught) / DICTIONARY).stat().st_mtime_ns == before


def test_however_it_came_about_it_is_the_dictionary_of_the_archive(home: Path, write: Write) -> None:
    """Adding, changing and removing step by step ends as a new generation does."""
    chance = random.Random(7)  # noqa: S311
    names = [("Phú Quốc", "فو كوك"), (THE_TUNG, DHI), (THE_TUNG, DHA), ("Hà Giang", "ها جيانغ"), ("", "")]
    slugs = [SLUG, "le-hoi-hoa-tam-giac-mach-ha-giang", "dao-phu-quoc-don-khach-du-lich"]
    for step in range(8):
        records = []
        for _ in range(4):
            latin, arabic = chance.choice(names)
            lang = chance.choice(["ar", "ar", "vi", "en"])
            title = f"خبر عن {arabic} اليوم" if lang == "ar" else f"tin {latin} hôm nay"
            records.append(_record(f"{lang}-{chance.randrange(6)}", lang, title, chance.choice(slugs)))
        jobs.add(home, [write(records, f"{step}.jsonl")])
        if step % 3 == 2:
            jobs.remove(home, [records[0]["id"]])
    step_by_step = load_witnesses(_folder(home)), load_entries(_folder(home))
    assert step_by_step[1] is not None
    assert step_by_step[1][1]
    generation = open_current(home, read_only=True)
    lexicon_of_then = NameCollector(generation.name_terms)
    generation.engine.close()
    for line in _exported(home):
        lexicon_of_then.add(line)
    assert step_by_step[0] is not None
    assert step_by_step[0][1] == lexicon_of_then.witnesses()


def _exported(home: Path) -> list[Article]:
    from indexer.inspection import export  # noqa: PLC0415

    return [article_from(json.loads(line)) for line in export(home)]


# Look-ups.


def test_accents_count_where_they_are_typed() -> None:
    known = NameDictionary([NameEntry(THE_TUNG, DHI, 2, "a"), NameEntry("Phạm Thế Tưng", DHA, 2, "b")])

    def found(typed: str) -> set[str]:
        return {entry.name for name in known.names_in(typed.split()) for entry in name.entries}

    assert found("phạm thế tùng") == {THE_TUNG}
    assert found("pham the tung") == {THE_TUNG, "Phạm Thế Tưng"}
    assert found("phạm thế tung") == set()


def test_what_does_not_join_is_not_known() -> None:
    """Nor as another spelling of a name that has one that does."""
    known = NameDictionary([NameEntry(THE_TUNG, DHI, 2, "a"), NameEntry(THE_TUNG, DHA, 1, "b")])
    assert [entry.arabic for entry in known.spellings(THE_TUNG)] == [DHI]
    assert known.names_in(DHA.split()) == []


def test_a_clitic_is_no_part_of_a_spelling() -> None:
    known = NameDictionary([NameEntry("Phú Quốc", "فوكوك", 2, "a")])
    found = known.names_in("سافروا لفوكوك اليوم".split())
    assert [(name.start, name.end, name.written) for name in found] == [(1, 2, "فوكوك")]


def test_a_vetoed_entry_is_none() -> None:
    known = NameDictionary(
        [NameEntry(THE_TUNG, DHI, 2, "a"), NameEntry(THE_TUNG, DHA, 2, "b")], [Veto("pham the tung", DHA)]
    )
    assert [entry.arabic for entry in known.spellings(THE_TUNG)] == [DHI]
    assert [name.vetoes for name in known.names_in(DHA.split())] == [(Veto("pham the tung", DHA),)]


# Vetoes.


def test_a_veto_is_kept_and_taken_back(taught: Path) -> None:
    veto = veto_of(THE_TUNG, DHI)
    assert add_veto(taught, veto)
    assert not add_veto(taught, veto)
    assert read_vetoes(taught) == (Veto(THE_TUNG, DHI),)
    assert drop_veto(taught, veto_of("pham the tung", DHI))
    assert not drop_veto(taught, veto)
    assert read_vetoes(taught) == ()


def test_a_veto_outlives_a_new_generation_and_does_not_change_what_is_counted(taught: Path) -> None:
    before = _entries(taught)
    add_veto(taught, veto_of(THE_TUNG, DHI))
    jobs.reindex(taught)
    assert current_name(taught) == "gen-000002"
    assert read_vetoes(taught) == (Veto(THE_TUNG, DHI),)
    assert _entries(taught) == before


def test_spellings_are_compared_as_the_analyzer_does() -> None:
    """With or without tashkeel, ى or ي, in either order."""
    marked = "فَام ذى تونغ"
    assert veto_of(marked, "phạm  thế tùng") == veto_of(THE_TUNG, DHI)


@pytest.mark.parametrize(
    ("name", "arabic"),
    [(THE_TUNG, THE_TUNG), (DHI, DHA), ("", DHI), (THE_TUNG, ""), ("123", DHI), (THE_TUNG, "x" + DHI)],
)
def test_what_is_no_pair_is_refused(name: str, arabic: str) -> None:
    with pytest.raises(NamesError):
        veto_of(name, arabic)


def test_a_text_pasted_by_mistake_is_refused_in_one_line() -> None:
    with pytest.raises(NamesError, match="has 5000 characters"):
        veto_of("a" * 5_000, DHI)


def test_a_veto_needs_a_home(home: Path) -> None:
    with pytest.raises(ArchiveError, match="there is no archive"):
        add_veto(home, veto_of(THE_TUNG, DHI))
    assert not home.exists()


def test_a_slip_in_the_file_stops_editors_and_no_search(taught: Path) -> None:
    text = f"# mine\n{THE_TUNG}\t{DHI}\nno tab here\n"
    (taught / FILE).write_text(text, encoding="utf-8")
    assert readable_vetoes(taught) == (Veto(THE_TUNG, DHI),)
    with pytest.raises(NamesError, match=r"names-veto\.tsv, line 3, "):
        add_veto(taught, veto_of("Hà Giang", "ها جيانغ"))
    assert (taught / FILE).read_text(encoding="utf-8") == text


def test_a_file_edited_on_another_system_is_read(taught: Path) -> None:
    """With a byte-order mark and other line ends."""
    (taught / FILE).write_bytes(f"\ufeff{THE_TUNG}\t{DHI}\r\n".encode())
    assert read_vetoes(taught) == (Veto(THE_TUNG, DHI),)


# Commands.


@pytest.fixture
def run(run: Run) -> Run:
    """Run a command of `dalil names` as it is typed."""
    return lambda *words: run("names", *words)


def test_list_prints_what_joins(taught: Path, run: Run, write: Write) -> None:
    once = [
        _record("vi-9", "vi", "Lễ hội Hà Giang", slug="le-hoi-hoa-tam-giac-mach-ha-giang"),
        _record("ar-9", "ar", "مهرجان في ها جيانغ", slug="le-hoi-hoa-tam-giac-mach-ha-giang"),
    ]
    jobs.add(taught, [write(once)])
    line = f"{THE_TUNG}\t{DHI}\t2\tar-1\n"
    assert run("list").stdout == line
    assert run("list", "--least", "1").stdout == f"{line}Hà Giang\tها جيانغ\t1\tar-9\ttoo few\n"
    assert run("list", "--least", "1", "giang").stdout == "Hà Giang\tها جيانغ\t1\tar-9\ttoo few\n"
    assert run("list", "تونغ").stdout == line
    assert run("list", "the tung").stdout == line
    assert run("list", "thé").stdout == ""


def test_list_as_json_is_for_programs(taught: Path, run: Run) -> None:
    add_veto(taught, veto_of(THE_TUNG, DHA))
    result = run("list", "--json")
    pair = {"name": THE_TUNG, "arabic": DHI, "stories": 2, "article": "ar-1", "vetoed": False, "joins": True}
    assert json.loads(result.stdout) == [pair]
    unseen = {"arabic": DHA, "stories": 0, "article": None, "vetoed": True, "joins": False}
    assert json.loads(run("list", "--vetoed", "--json").stdout) == [pair | unseen]


@pytest.mark.parametrize("name", [THE_TUNG, "pham the tung", DHI, "phạm thế tùng"])
def test_show_prints_every_spelling_of_a_name(taught: Path, run: Run, write: Write, name: str) -> None:
    jobs.add(taught, [write([_record("ar-1", "ar", f"الفريق {DHA} يلقي كلمة")])])
    run("veto", THE_TUNG, DHA)
    assert run("show", name).stdout == (
        f"{THE_TUNG}\t{DHA}\t1\tar-1\tvetoed\n{THE_TUNG}\t{DHI}\t1\tar-2\ttoo few\n"
    )
    assert run("show", *name.split()).stdout == run("show", name).stdout


def test_veto_and_allow_say_what_they_did(taught: Path, run: Run) -> None:
    assert run("veto", THE_TUNG, DHI).stdout == f"vetoed: {THE_TUNG} = {DHI}\n"
    assert run("veto", DHI, "phạm thế tùng").stdout == f"vetoed already: {THE_TUNG} = {DHI}\n"
    result = run("allow", "--json", THE_TUNG, DHI)
    assert json.loads(result.stdout) == {"name": THE_TUNG, "arabic": DHI, "vetoed": False, "changed": True}
    assert (taught / FILE).read_text(encoding="utf-8").count("\n") == 1


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["allow", THE_TUNG, DHI], "is not vetoed"),
        (["veto", THE_TUNG, "abc"], "is no spelling in Arabic script"),
        (["veto", DHA, DHI], "is no name in Latin script"),
        (["show", "Nguyễn Văn Không"], "no story has the name"),
        (["veto", THE_TUNG], "Missing argument"),
        (["list", "--least", "0"], "Invalid value"),
    ],
)
def test_a_mistake_is_told_and_ends_with_2(taught: Path, run: Run, words: list[str], message: str) -> None:
    result = run(*words)
    assert result.exit_code == 2
    assert message in result.stderr
    assert result.stdout == ""
    assert not (taught / FILE).exists()


@pytest.mark.parametrize(
    "words", [["list"], ["show", "x"], ["veto", THE_TUNG, DHI], ["allow", THE_TUNG, DHI]]
)
def test_without_an_archive_the_commands_say_so_and_make_none(home: Path, run: Run, words: list[str]) -> None:
    result = run(*words)
    assert result.exit_code == 2
    assert "dalil add" in result.stderr
    assert not home.exists()


def test_without_a_dictionary_the_commands_say_how_to_get_one(taught: Path, run: Run) -> None:
    (_folder(taught) / DICTIONARY).unlink()
    result = run("list")
    assert result.exit_code == 2
    assert "`dalil catch-up`" in result.stderr


def test_a_slip_in_the_vetoes_is_told_by_every_command(taught: Path, run: Run) -> None:
    (taught / FILE).write_text("no tab here\n", encoding="utf-8")
    for words in (["list"], ["show", "x"], ["veto", THE_TUNG, DHI], ["allow", THE_TUNG, DHI]):
        result = run(*words)
        assert result.exit_code == 2
        assert "line 1" in result.stderr
    assert (taught / FILE).read_text(encoding="utf-8") == "no tab here\n"
